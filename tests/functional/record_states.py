"""Records in every state towards a server, for the stories that show it."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from desktop_app.application import patients
from desktop_app.application.patients import keep_version
from desktop_app.application.ports import UnitOfWork
from desktop_app.application.session import Session
from desktop_app.domain.account import Role
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.exchange import (
    Delivery,
    OutboxItem,
    RecordKind,
    Refusal,
    ServerRecord,
    ServerVersion,
    SyncRecord,
)
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.domain.patient_fields import fields_of
from desktop_app.domain.sync import SyncPosition, SyncRun, Transport
from tests.fakes.samples import NOON, sample_assessment, sample_patient
from tests.functional.opened_clinic import OpenedClinic

UNKNOWN_MODEL = Refusal("model meso_xgb_v1 is not registered", 409)


def _as_doctor(clinic: OpenedClinic) -> Session:
    doctor = replace(clinic.session.person, roles=frozenset({Role.DOCTOR}))
    return replace(clinic.session, person=doctor)


def register(clinic: OpenedClinic, name: str, chart: str, **details: Any) -> Patient:
    """Register a patient as a colleague would have, in the name of a doctor."""
    wanted = sample_patient(name, chart, **details).details
    return patients.register_patient(_as_doctor(clinic), wanted, is_another_person=True)


def assess(clinic: OpenedClinic, patient: Patient, number: str) -> Assessment:
    """Store an assessment of a patient and queue it."""
    assessment = sample_assessment(patient.patient_id, number)
    with clinic.session.unit_of_work() as work:
        work.assessments.add(assessment)
        work.outbox.put(
            OutboxItem(RecordKind.ASSESSMENT, assessment.assessment_id, patient.patient_id, 1, NOON)
        )
        work.commit()
    return assessment


def stand(
    clinic: OpenedClinic,
    patient: Patient,
    *assessments: Assessment,
    state: Delivery = Delivery.CONFIRMED,
    reason: Refusal = UNKNOWN_MODEL,
) -> None:
    """Put a stored patient, or assessments of the patient instead, into a state."""
    with clinic.session.unit_of_work() as work:
        whole = [(RecordKind.PATIENT, patient.patient_id, patient.version)]
        parts = [(RecordKind.ASSESSMENT, one.assessment_id, 1) for one in assessments]
        for kind, record_id, version in parts or whole:
            _put(clinic, work, patient, kind, record_id)
            if state is Delivery.CONFIRMED:
                base = fields_of(patient) if kind is RecordKind.PATIENT else None
                work.outbox.confirm(record_id, version)
                work.sync.save(
                    SyncRecord(record_id, kind, 7, 1, version, base, confirmed_at=NOON, epoch="1")
                )
            elif state is Delivery.REFUSED:
                if kind is RecordKind.ASSESSMENT:
                    _try_thrice(work, record_id)
                work.outbox.refuse(record_id, version, reason)
            elif state is Delivery.CONFLICT:
                _contradict(work, patient, {"phone": "010-9999-9999"})
        work.commit()


def _put(
    clinic: OpenedClinic,
    work: UnitOfWork,
    patient: Patient,
    kind: RecordKind,
    record_id: RecordId,
) -> None:
    """Queue a record as storing it does, unless it stands in the outbox already."""
    if work.outbox.find(record_id) is not None:
        return
    if kind is RecordKind.PATIENT and not work.sync.list_versions(record_id):
        keep_version(work, patient, clinic.session.person)
    else:
        now = clinic.session.clock.now()
        work.outbox.put(OutboxItem(kind, record_id, patient.patient_id, 1, now))


def _try_thrice(work: UnitOfWork, record_id: RecordId) -> None:
    """Let a record have been sent three times."""
    waiting = work.outbox.read_batch(0, 500).records
    entries = [one.entry for one in waiting if one.record_id == record_id]
    for _ in range(3):
        work.outbox.mark_tried(entries, NOON)


def _contradict(work: UnitOfWork, patient: Patient, there: dict[str, Any]) -> None:
    """Let the server hold other values of a patient than were known here."""
    theirs = {**fields_of(patient), **there}
    current = ServerVersion(2, theirs, "이도윤", NOON - timedelta(hours=1))
    work.outbox.mark_conflict(patient.patient_id, current)


def differ(clinic: OpenedClinic, patient: Patient, *, here: Any, there: dict[str, Any]) -> Patient:
    """Change a confirmed patient here, and let the server hold other changes: a conflict."""
    stand(clinic, patient)
    details = replace(patient.details, **here)
    changed = patients.change_patient(_as_doctor(clinic), patient, details)
    with clinic.session.unit_of_work() as work:
        _contradict(work, patient, there)
        work.commit()
    return changed


def know(clinic: OpenedClinic, record_id: RecordId, kind: RecordKind, **parts: Any) -> None:
    """Store what the server said about a record that it holds."""
    with clinic.session.unit_of_work() as work:
        work.sync.save(SyncRecord(record_id, kind, 7, 1, 1, **parts))
        work.commit()


def tell(
    clinic: OpenedClinic,
    patient: Patient,
    kind: RecordKind,
    title: str,
    *,
    days_ago: int = 0,
    **parts: Any,
) -> None:
    """Store what another program made about a patient."""
    at = clinic.session.clock.now() - timedelta(days=days_ago)
    record = ServerRecord(
        new_record_id(), kind, patient.patient_id, 1, at, "이도윤", title, **parts
    )
    with clinic.session.unit_of_work() as work:
        work.sync.save_server_record(record)
        work.commit()


def remember_runs(clinic: OpenedClinic) -> None:
    """Let some runs have taken place."""
    day = timedelta(days=1)
    with clinic.session.unit_of_work() as work:
        for run in (
            SyncRun(NOON - 8 * day, Transport.SERVER, sent=6, confirmed=6, received=9),
            SyncRun(NOON - 4 * day, Transport.SERVER, sent=8, confirmed=8, received=3),
            SyncRun(NOON - 2 * day, Transport.USB, sent=21),
            SyncRun(NOON - day, Transport.SERVER, sent=12, confirmed=11, received=5, refused=1),
        ):
            work.sync.add_run(run)
        last = NOON - day
        work.sync.save_position(SyncPosition("1", "1", last_tried=last, last_confirmed=last))
        work.commit()
