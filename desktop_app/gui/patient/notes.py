"""What stands open with a patient, in words, the most pressing first."""

from collections.abc import Iterator
from datetime import datetime

from desktop_app.application.patients import PatientChart
from desktop_app.domain.account import Account, Right
from desktop_app.domain.exchange import Delivery
from desktop_app.gui.patient.banners import Note
from desktop_app.gui.patient.standing import Standing, reason_text
from desktop_app.gui.texts import format_relative, tr


def notes_of(
    chart: PatientChart, standing: Standing | None, person: Account, now: datetime
) -> tuple[Note, ...]:
    """Return the notes of a patient's page, with links where this person may follow them."""
    return (*_about_sync(standing, person), *_about_patient(chart, person, now))


def _about_sync(standing: Standing | None, person: Account) -> Iterator[Note]:
    if standing is None:
        return
    if standing.is_deleted_there:
        yield Note("deleted", "info", tr("patient.deleted"), tr("patient.deleted_text"))
    elif standing.state is Delivery.CONFLICT:
        may = person.may(Right.DECIDE_CONFLICTS)
        text = tr("patient.conflict_text" if may else "patient.conflict_text_reader")
        link = tr("patient.conflict_decide") if may else ""
        yield Note("conflict", "warn", tr("patient.conflict"), text, link)
    elif standing.refusal is not None:
        text = tr("patient.refused_text", reason=reason_text(standing.refusal))
        yield Note("refused", "err", tr("patient.refused"), text)


def _about_patient(chart: PatientChart, person: Account, now: datetime) -> Iterator[Note]:
    if chart.shares_number:
        strong, text = tr("patient.same_number"), tr("patient.same_number_text")
        yield Note("same_number", "warn", strong, text, tr("patient.same_number_find"))
    if chart.patient.is_archived:
        link = tr("patients.restore") if person.may(Right.ARCHIVE_PATIENTS) else ""
        yield Note("archived", "info", tr("patient.archived"), tr("patient.archived_text"), link)
    elif chart.draft is not None and person.may(Right.ENTER_VALUES):
        when = format_relative(chart.draft.saved_at, now, mid_sentence=True)
        text = tr("patient.draft_text", when=when, author=chart.draft.author_name)
        yield Note("draft", "info", tr("patient.draft"), text, tr("patient.draft_continue"))
