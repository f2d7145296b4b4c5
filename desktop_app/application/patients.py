"""Find, register, change and archive patients."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import pairwise

from desktop_app.application.ports import (
    AssessmentSummary,
    PatientFilter,
    PatientPage,
    PatientQuery,
    PatientRow,
    UnitOfWork,
)
from desktop_app.application.session import Session
from desktop_app.domain.account import Account, Right, Role
from desktop_app.domain.assessment import Opinion
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import OutboxItem, RecordKind
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.merging import changed_fields
from desktop_app.domain.patient import (
    Patient,
    PatientDetails,
    is_likely_duplicate,
    problems_of,
)
from desktop_app.domain.patient_fields import PatientVersion, fields_of


def list_patients(session: Session, query: PatientQuery, cursor: str | None = None) -> PatientPage:
    """Return the next rows of the patient list."""
    session.require(Right.READ_PATIENTS)
    with session.unit_of_work() as work:
        return work.patients.list_page(query, cursor)


def count_patients(session: Session) -> dict[PatientFilter, int]:
    """Return how many patients each filter holds."""
    session.require(Right.READ_PATIENTS)
    with session.unit_of_work() as work:
        return {show: work.patients.count(show) for show in PatientFilter}


def list_doctors(session: Session) -> tuple[Account, ...]:
    """Return everybody who is or was a doctor here, by name."""
    session.require(Right.READ_PATIENTS)
    with session.unit_of_work() as work:
        return tuple(one for one in work.accounts.list_all() if Role.DOCTOR in one.roles)


def find_similar_patients(session: Session, details: PatientDetails) -> tuple[PatientRow, ...]:
    """Return registered patients who may be the one being typed."""
    session.require(Right.READ_PATIENTS)
    with session.unit_of_work() as work:
        return work.patients.list_similar(details.normalised())


def propose_chart_number(session: Session) -> str:
    """Return a free chart number for the next patient."""
    session.require(Right.EDIT_PATIENTS)
    with session.unit_of_work() as work:
        return work.patients.next_chart_number()


def register_patient(
    session: Session, details: PatientDetails, *, is_another_person: bool = False
) -> Patient:
    """Store a new patient.

    AppError INVALID_INPUT carries `problems` by attribute. Where a registered patient has the same
    name and birth date, DUPLICATE_UNCONFIRMED unless `is_another_person`.
    """
    session.require(Right.EDIT_PATIENTS)
    details = _checked(session, details)
    now = session.clock.now()
    with session.unit_of_work() as work:
        details = _with_doctor(work, details)
        patient = Patient(new_record_id(), details, registered_at=now, changed_at=now)
        if not is_another_person and any(
            is_likely_duplicate(details, row.patient.details)
            for row in work.patients.list_similar(details)
        ):
            raise AppError(ErrorCode.DUPLICATE_UNCONFIRMED)
        work.patients.add(patient)
        keep_version(work, patient, session.person)
        work.audit.append(session.audit_entry(AuditAction.PATIENT_REGISTERED, patient.patient_id))
        work.commit()
    return patient


def change_patient(session: Session, patient: Patient, details: PatientDetails) -> Patient:
    """Store new details of the patient as last read; CHANGED_ELSEWHERE if somebody was faster."""
    session.require(Right.EDIT_PATIENTS)
    changed = replace(patient, details=_checked(session, details))
    return _store_change(session, changed, AuditAction.PATIENT_CHANGED)


def archive_patient(session: Session, patient: Patient) -> Patient:
    """Take a patient out of the daily list; nothing is deleted."""
    session.require(Right.ARCHIVE_PATIENTS)
    return _store_change(session, replace(patient, is_archived=True), AuditAction.PATIENT_ARCHIVED)


def restore_patient(session: Session, patient: Patient) -> Patient:
    """Bring an archived patient back into the daily list."""
    session.require(Right.ARCHIVE_PATIENTS)
    return _store_change(session, replace(patient, is_archived=False), AuditAction.PATIENT_RESTORED)


@dataclass(frozen=True)
class PatientChart:
    """Everything the patient page shows; assessments and opinions newest first.

    `values` are those of each assessment by field, in the canonical unit, None where missing.
    `shares_number` tells that another patient has the same chart number.
    """

    patient: Patient
    assessments: tuple[AssessmentSummary, ...]
    opinions: tuple[Opinion, ...]
    draft: Draft | None
    values: Mapping[RecordId, Mapping[str, float | None]]
    shares_number: bool


def open_chart(session: Session, patient_id: RecordId) -> PatientChart:
    """Return a patient's chart; that it was read goes to the audit trail."""
    session.require(Right.READ_PATIENTS)
    with session.unit_of_work() as work:
        patient = work.patients.get(patient_id)
        summaries = work.assessments.list_of_patient(patient_id)
        namesake = work.patients.find_by_chart_number(patient.chart_number, other_than=patient_id)
        chart = PatientChart(
            patient=patient,
            assessments=summaries,
            opinions=work.assessments.list_opinions(patient_id),
            draft=next(
                iter(work.drafts.list_of_patient(patient_id, session.person.account_id)), None
            ),
            values={
                one.assessment_id: {
                    key: measured.value
                    for key, measured in work.assessments.get(
                        one.assessment_id
                    ).measurements.items()
                }
                for one in summaries
            },
            shares_number=namesake is not None,
        )
        work.audit.append(session.audit_entry(AuditAction.PATIENT_READ, patient_id))
        work.commit()
    return chart


@dataclass(frozen=True)
class PatientChange:
    """One version of a patient and what it changed: (before, now) by field.

    The first that is kept has nothing before it.
    """

    version: PatientVersion
    changed: Mapping[str, tuple[object, object]]
    is_first: bool = False


def list_history(session: Session, patient_id: RecordId) -> tuple[PatientChange, ...]:
    """Return every version of a patient, newest first; that it was read goes to the trail."""
    session.require(Right.READ_PATIENTS)
    with session.unit_of_work() as work:
        versions = work.sync.list_versions(patient_id)
        work.audit.append(session.audit_entry(AuditAction.PATIENT_READ, patient_id))
        work.commit()
    first = tuple(PatientChange(one, {}, is_first=True) for one in versions[:1])
    later = tuple(PatientChange(now, _changes(before, now)) for before, now in pairwise(versions))
    return (first + later)[::-1]


def _changes(before: PatientVersion, now: PatientVersion) -> Mapping[str, tuple[object, object]]:
    return {
        name: (before.fields.get(name), value)
        for name, value in changed_fields(before.fields, now.fields).items()
    }


def _checked(session: Session, details: PatientDetails) -> PatientDetails:
    details = details.normalised()
    problems = problems_of(details, session.clock.today())
    if problems:
        raise AppError(ErrorCode.INVALID_INPUT, problems=problems)
    return details


def _store_change(session: Session, changed: Patient, action: AuditAction) -> Patient:
    now = session.clock.now()
    stored = replace(changed, version=changed.version + 1, changed_at=now)
    with session.unit_of_work() as work:
        stored = replace(stored, details=_with_doctor(work, stored.details))
        work.patients.update(stored, expected_version=changed.version)
        keep_version(work, stored, session.person)
        work.audit.append(session.audit_entry(action, stored.patient_id))
        work.commit()
    return stored


def keep_version(work: UnitOfWork, patient: Patient, author: Account) -> None:
    """Keep a version that was made here for ever, and queue it for the server."""
    work.sync.add_version(
        PatientVersion(
            patient_id=patient.patient_id,
            version=patient.version,
            change_id=new_record_id(),
            fields=fields_of(patient),
            changed_at=patient.changed_at,
            author_name=author.name,
            author_id=author.account_id,
        )
    )
    work.outbox.put(
        OutboxItem(
            RecordKind.PATIENT,
            patient.patient_id,
            patient.patient_id,
            patient.version,
            patient.changed_at,
        )
    )


def _with_doctor(work: UnitOfWork, details: PatientDetails) -> PatientDetails:
    """Let the name follow the account; a doctor of another workstation keeps the name given."""
    names = {one.account_id: one.name for one in work.accounts.list_all()}
    name = names.get(details.doctor_id, details.doctor_name) if details.doctor_id else ""
    return replace(details, doctor_name=name)
