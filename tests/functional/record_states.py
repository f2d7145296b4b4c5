"""Records in every state towards a server, for the stories that show it."""

from datetime import timedelta
from typing import Any

from desktop_app.application.patients import keep_version
from desktop_app.application.ports import UnitOfWork
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
from desktop_app.domain.sync import ServerSettings
from tests.functional.opened_clinic import OpenedClinic

REASON = Refusal("model meso_xgb_v1 is not registered", 409)


def use_sync(clinic: OpenedClinic) -> None:
    """Name a server, as an administrator would have."""
    with clinic.session.unit_of_work() as work:
        work.sync.save_settings(ServerSettings(address="https://sync.example"))
        work.commit()


def stand(
    clinic: OpenedClinic,
    patient: Patient,
    *assessments: Assessment,
    state: Delivery = Delivery.CONFIRMED,
    reason: Refusal = REASON,
) -> None:
    """Put a stored patient, or assessments of the patient instead, into a state."""
    with clinic.session.unit_of_work() as work:
        ids = [(RecordKind.ASSESSMENT, one.assessment_id) for one in assessments]
        for kind, record_id in ids or [(RecordKind.PATIENT, patient.patient_id)]:
            _put(clinic, work, patient, kind, record_id)
            if state is Delivery.CONFIRMED:
                work.outbox.confirm(record_id, 1)
                work.sync.save(SyncRecord(record_id, kind, 7, 1, 1))
            elif state is Delivery.REFUSED:
                work.outbox.refuse(record_id, 1, reason)
            elif state is Delivery.CONFLICT:
                theirs = {**fields_of(patient), "phone": "010-9999-9999"}
                current = ServerVersion(2, theirs, "이서연", clinic.session.clock.now())
                work.outbox.mark_conflict(record_id, current)
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
