"""Whose draft it is, and that no archived patient is assessed."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from desktop_app.application.assessments import (
    discard_draft,
    hand_over_draft,
    list_my_drafts,
    record_assessment,
    save_draft,
    start_form,
)
from desktop_app.application.patients import archive_patient, register_patient, restore_patient
from desktop_app.application.session import Session
from desktop_app.domain.account import Account, Role
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from tests.fakes.panels import panel_with
from tests.fakes.records import FakeRecords
from tests.fakes.samples import sample_patient


def colleague(session: Session, name: str, *roles: Role) -> Session:
    """Return the session of another person at the same clinic."""
    person = Account(new_record_id(), name, name, frozenset(roles))
    with session.unit_of_work() as work:
        work.accounts.save(person)
        work.commit()
    return replace(session, person=person)


@pytest.fixture
def staff(session: Session) -> Session:
    return colleague(session, "seoyeon", Role.STAFF)


@pytest.fixture
def doctor(session: Session) -> Session:
    return colleague(session, "jimin", Role.DOCTOR)


def typed_by(session: Session, patient: Patient) -> Draft:
    """Return a kept draft of that person."""
    return save_draft(
        session,
        Draft(
            draft_id=new_record_id(),
            patient_id=patient.patient_id,
            panel=panel_with(),
            author_id=session.person.account_id,
            author_name=session.person.name,
            saved_at=session.clock.now(),
        ),
    )


def stored(session: Session, draft: Draft) -> Draft | None:
    with session.unit_of_work() as work:
        return work.drafts.find(draft.draft_id)


def refusal(action: Callable[[], object]) -> ErrorCode:
    with pytest.raises(AppError) as refused:
        action()
    return refused.value.code


def everything_done_with(
    session: Session, draft: Draft, patient: Patient
) -> tuple[Callable[[], object], ...]:
    """Return all that can be done with a draft."""
    about = draft.draft_id
    return (
        partial(start_form, session, patient.patient_id, draft_id=about),
        partial(save_draft, session, replace(draft, message="mine now")),
        partial(
            hand_over_draft, session, draft, doctor_id=session.person.account_id, message="to me"
        ),
        partial(record_assessment, session, patient, panel_with(), draft_id=about),
        partial(discard_draft, session, about),
    )


def test_a_draft_is_closed_to_colleagues_and_to_administrators(
    session: Session, staff: Session, doctor: Session, patient: Patient
) -> None:
    draft = typed_by(staff, patient)
    for other in (doctor, session):
        for action in everything_done_with(other, draft, patient):
            assert refusal(action) is ErrorCode.DRAFT_OF_ANOTHER
    assert stored(session, draft) == draft


def test_the_author_and_the_doctor_it_was_handed_to_may_go_on(
    session: Session, staff: Session, doctor: Session, patient: Patient
) -> None:
    draft = hand_over_draft(
        staff, typed_by(staff, patient), doctor_id=doctor.person.account_id, message=""
    )
    assert start_form(staff, patient.patient_id, draft_id=draft.draft_id).draft == draft
    draft = save_draft(staff, draft)
    assert start_form(doctor, patient.patient_id, draft_id=draft.draft_id).draft == draft
    assert refusal(partial(discard_draft, session, draft.draft_id)) is ErrorCode.DRAFT_OF_ANOTHER
    record_assessment(doctor, patient, panel_with(), draft_id=draft.draft_id)
    assert stored(doctor, draft) is None


def test_a_form_left_open_does_not_overwrite_what_the_doctor_went_on_with(
    staff: Session, doctor: Session, patient: Patient
) -> None:
    draft = hand_over_draft(
        staff, typed_by(staff, patient), doctor_id=doctor.person.account_id, message=""
    )
    taken = save_draft(doctor, draft)
    assert refusal(partial(save_draft, staff, draft)) is ErrorCode.DRAFT_OF_ANOTHER
    assert refusal(partial(discard_draft, staff, draft.draft_id)) is ErrorCode.DRAFT_OF_ANOTHER
    assert stored(doctor, draft) == taken


def test_a_draft_never_shows_under_another_patients_name(doctor: Session, patient: Patient) -> None:
    draft = typed_by(doctor, patient)
    other = register_patient(doctor, sample_patient("성춘향", "00518").details)
    moved = replace(draft, patient_id=other.patient_id)
    for action in (
        partial(start_form, doctor, other.patient_id, draft_id=draft.draft_id),
        partial(save_draft, doctor, moved),
        partial(hand_over_draft, doctor, moved, doctor_id=doctor.person.account_id, message=""),
        partial(record_assessment, doctor, other, panel_with(), draft_id=draft.draft_id),
    ):
        assert refusal(action) is ErrorCode.PATIENT_MISMATCH
    assert stored(doctor, draft) == draft


def test_discarding_what_is_gone_does_nothing_and_notes_nothing(
    doctor: Session, patient: Patient, records: FakeRecords
) -> None:
    discard_draft(doctor, new_record_id())
    with records.unit_of_work() as work:
        assert AuditAction.DRAFT_DISCARDED not in [one.action for one in work.audit.state.audit]
    discard_draft(doctor, typed_by(doctor, patient).draft_id)
    with records.unit_of_work() as work:
        assert work.audit.state.audit[-1].action is AuditAction.DRAFT_DISCARDED


def test_an_archived_patient_is_not_assessed_until_restored(
    doctor: Session, patient: Patient
) -> None:
    first = record_assessment(doctor, patient, panel_with())
    draft = typed_by(doctor, patient)
    archived = archive_patient(doctor, patient)
    for action in (
        partial(start_form, doctor, patient.patient_id),
        partial(start_form, doctor, patient.patient_id, draft_id=draft.draft_id),
        partial(start_form, doctor, patient.patient_id, corrects=first.assessment_id),
        partial(record_assessment, doctor, patient, panel_with()),
        partial(record_assessment, doctor, patient, panel_with(), corrects=first.assessment_id),
    ):
        assert refusal(action) is ErrorCode.PATIENT_ARCHIVED
    restore_patient(doctor, archived)
    assert start_form(doctor, patient.patient_id).draft == draft
    record_assessment(doctor, patient, panel_with(), draft_id=draft.draft_id)


def test_what_was_typed_before_the_patient_was_archived_is_kept(
    doctor: Session, patient: Patient
) -> None:
    draft = typed_by(doctor, patient)
    archive_patient(doctor, patient)
    later = save_draft(doctor, replace(draft, message="more"))
    assert [one for one, _ in list_my_drafts(doctor)] == [later]
