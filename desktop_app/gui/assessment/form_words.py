"""What the form says about itself: its heading, where a draft came from, sample, years."""

from datetime import date
from typing import NamedTuple

from desktop_app.domain.assessment import Assessment
from desktop_app.domain.draft import Draft
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.lab_panel import EXPOSURE
from desktop_app.domain.panel import Entry, Panel
from desktop_app.gui.findings import figure_text
from desktop_app.gui.texts import format_date, format_range, tr

_DAYS_WITHOUT_YEAR = 300


class Origin(NamedTuple):
    """Why this form is not simply a new one: one bold sentence and one plain one."""

    strong: str
    text: str


def heading_text(draft: Draft, *, may_assess: bool) -> str:
    """Return the name of the form."""
    if draft.corrects is not None:
        return tr("assessment.correction")
    return tr("assessment.new") if may_assess else tr("assessment.new_draft")


def origin_of(draft: Draft, reader: RecordId) -> Origin | None:
    """Say what a form corrects, or who handed it to the reader and with which message."""
    if draft.corrects is not None:
        return Origin(tr("assessment.correcting"), tr("assessment.original_stays"))
    if draft.doctor_id != reader:
        return None
    return Origin(tr("assessment.handed_by", name=draft.handed_by_name), draft.message)


def previous_text(previous: Assessment | None, today: date) -> str:
    """Return the head of the column of earlier values: 이전 12-15."""
    if previous is None:
        return ""
    day = previous.collected_on or previous.assessed_at.astimezone().date()
    is_recent = (today - day).days < _DAYS_WITHOUT_YEAR
    return tr("assessment.previous", day=format_date(day)[5:] if is_recent else format_date(day))


def sample_text(panel: Panel) -> str:
    """Say when and where the blood was taken."""
    parts = []
    if panel.collected_on is not None:
        parts.append(tr("assessment.collected", day=format_date(panel.collected_on)))
    if panel.laboratory:
        parts.append(panel.laboratory)
    if panel.ldh_upper_limit is not None:
        parts.append(tr("assessment.own_limit", limit=figure_text(panel.ldh_upper_limit)))
    return " · ".join(parts) or tr("assessment.no_sample")


def years_text(entry: Entry, years: tuple[int | None, int | None], today: date) -> str:
    """Return the years of exposure, as long as the typed figure is theirs."""
    start, end = years
    if start is None or entry.unit != EXPOSURE.canonical.ucum:
        return ""
    if entry.text.strip() != str((end or today.year) - start):
        return ""
    return format_range(str(start), str(end or ""))
