"""What a day at the clinic leaves in the audit trail: who did what, and no clinical value."""

from dataclasses import replace

import pytest

from desktop_app.application.accounts import (
    AccountDetails,
    change_account,
    change_own_password,
    create_account,
    give_password,
)
from desktop_app.application.assessments import (
    hand_over_draft,
    open_result,
    record_assessment,
    start_form,
    state_opinion,
    verify_record,
)
from desktop_app.application.patients import (
    archive_patient,
    change_patient,
    list_history,
    open_chart,
    restore_patient,
)
from desktop_app.application.reports import issue_report
from desktop_app.application.session import Session
from desktop_app.application.settings import change_clinic, read_clinic
from desktop_app.domain.account import Role
from desktop_app.domain.assessment import Assessment, Stance
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.clinic import Language
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from tests.fakes.clock import FakeClock
from tests.fakes.panels import panel_with
from tests.fakes.records import FakeRecords
from tests.unit.application.conftest import PASSWORD

NEW_PASSWORD = "blue-pine-boat"


@pytest.fixture
def assessment(session: Session, patient: Patient) -> Assessment:
    return record_assessment(session, patient, panel_with())


def trail(records: FakeRecords) -> list[AuditEntry]:
    with records.unit_of_work() as work:
        return list(work.audit.state.audit)


def actions(records: FakeRecords) -> list[AuditAction]:
    return [entry.action for entry in trail(records)]


def test_everything_done_to_a_patient_is_noted(
    session: Session, records: FakeRecords, patient: Patient
) -> None:
    open_chart(session, patient.patient_id)
    changed = change_patient(session, patient, replace(patient.details, phone=""))
    restore_patient(session, archive_patient(session, changed))
    list_history(session, patient.patient_id)
    assert actions(records) == [
        AuditAction.PATIENT_REGISTERED,
        AuditAction.PATIENT_READ,
        AuditAction.PATIENT_CHANGED,
        AuditAction.PATIENT_ARCHIVED,
        AuditAction.PATIENT_RESTORED,
        AuditAction.PATIENT_READ,
    ]
    for entry in trail(records):
        assert entry.subject_id == patient.patient_id
        assert entry.actor_id == session.person.account_id
        assert not entry.codes


def test_everything_done_to_an_assessment_is_noted(
    session: Session, records: FakeRecords, patient: Patient
) -> None:
    start = start_form(session, patient.patient_id)
    first = record_assessment(session, start.patient, panel_with())
    open_result(session, first.assessment_id)
    state_opinion(session, first.assessment_id, Stance.AGREE, "secret reason")
    issue_report(session, first.assessment_id, language=Language.KOREAN, pdf=b"%PDF")
    verify_record(session, first.number)
    record_assessment(session, patient, panel_with(), corrects=first.assessment_id)
    assert actions(records)[1:] == [
        AuditAction.PATIENT_READ,
        AuditAction.ASSESSMENT_RECORDED,
        AuditAction.ASSESSMENT_READ,
        AuditAction.OPINION_STATED,
        AuditAction.REPORT_ISSUED,
        AuditAction.ASSESSMENT_READ,
        AuditAction.ASSESSMENT_CORRECTED,
    ]
    assert trail(records)[-2].subject_id == first.assessment_id
    assert [dict(entry.codes) for entry in trail(records) if entry.codes] == [{"language": "ko"}]


def test_a_draft_that_changes_hands_is_noted(
    session: Session, records: FakeRecords, patient: Patient
) -> None:
    start = start_form(session, patient.patient_id)
    draft = Draft(
        draft_id=new_record_id(),
        patient_id=start.patient.patient_id,
        panel=panel_with(),
        author_id=session.person.account_id,
        author_name=session.person.name,
        saved_at=session.clock.now(),
    )
    hand_over_draft(session, draft, doctor_id=session.person.account_id, message="secret")
    assert actions(records)[-1] is AuditAction.DRAFT_HANDED_OVER
    assert not trail(records)[-1].codes


def test_settings_are_noted_by_name_without_what_they_say(
    session: Session, records: FakeRecords
) -> None:
    change_clinic(session, replace(read_clinic(session), prevalence=0.05, seat="2"))
    assert [(entry.action, dict(entry.codes)) for entry in trail(records)] == [
        (AuditAction.SETTING_CHANGED, {"setting": "seat"}),
        (AuditAction.SETTING_CHANGED, {"setting": "prevalence"}),
    ]


def test_accounts_and_passwords_are_noted(session: Session, records: FakeRecords) -> None:
    details = AccountDetails("seoyeon", "이서연", frozenset({Role.STAFF}))
    account = create_account(session, details, PASSWORD)
    give_password(session, account.account_id, NEW_PASSWORD)
    change_account(session, account.account_id, replace(details, is_active=False))
    assert [(entry.action, entry.subject_id) for entry in trail(records)] == [
        (AuditAction.ACCOUNT_CREATED, account.account_id),
        (AuditAction.PASSWORD_CHANGED, account.account_id),
        (AuditAction.ACCOUNT_CHANGED, account.account_id),
    ]


def test_failures_are_noted_when_a_new_password_forgives_them(
    session: Session, records: FakeRecords
) -> None:
    for _ in range(3):
        with pytest.raises(AppError):
            change_own_password(session, "wrong-password", NEW_PASSWORD)
    change_own_password(session, PASSWORD, NEW_PASSWORD)
    assert actions(records) == [AuditAction.SIGN_IN_FAILED, AuditAction.PASSWORD_CHANGED]
    assert trail(records)[0].codes == {"failures": 3}
    assert trail(records)[0].actor_id is None


def test_a_corrected_assessment_is_not_corrected_again(
    session: Session, patient: Patient, assessment: Assessment
) -> None:
    newer = record_assessment(session, patient, panel_with(), corrects=assessment.assessment_id)
    for again in (
        lambda: record_assessment(
            session, patient, panel_with(), corrects=assessment.assessment_id
        ),
        lambda: start_form(session, patient.patient_id, corrects=assessment.assessment_id),
    ):
        with pytest.raises(AppError) as refusal:
            again()
        assert refusal.value.code is ErrorCode.CHANGED_ELSEWHERE
    last = record_assessment(session, patient, panel_with(), corrects=newer.assessment_id)
    assert open_result(session, newer.assessment_id).corrected_by == last.assessment_id


def test_a_patient_renamed_while_the_form_was_open_is_not_assessed(
    session: Session, records: FakeRecords, patient: Patient
) -> None:
    change_patient(session, patient, replace(patient.details, name="홍길순"))
    with pytest.raises(AppError) as refusal:
        record_assessment(session, patient, panel_with())
    assert refusal.value.code is ErrorCode.PATIENT_MISMATCH
    assert AuditAction.ASSESSMENT_RECORDED not in actions(records)


def test_a_clock_set_back_gives_each_assessment_a_number_of_its_own(
    session: Session, patient: Patient, assessment: Assessment
) -> None:
    clock = session.clock
    assert isinstance(clock, FakeClock)
    clock.pass_time(-2 * 86400)
    earlier = record_assessment(session, patient, panel_with())
    clock.pass_time(2 * 86400)
    later = record_assessment(session, patient, panel_with())
    assert len({assessment.number, earlier.number, later.number}) == 3
    assert later.number > assessment.number > earlier.number
