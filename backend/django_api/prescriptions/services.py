"""Writing prescriptions; each change takes its number, its version and its revision."""

from typing import Any
from uuid import UUID, uuid4

from rest_framework import serializers

from backend.django_api.accounts.models import User
from backend.django_api.doctors.selectors import unknown_doctors
from backend.django_api.patients.models import Patient
from backend.django_api.patients.selectors import get_patient
from backend.django_api.prescriptions import selectors
from backend.django_api.prescriptions.models import Prescription
from backend.django_api.records.services import (
    CLASSIC,
    ChangeLog,
    Origin,
    add_record,
    change_log,
    digest_of,
    find_repeated,
    keep_revision,
    mark_deleted,
)


def create_prescription(*, user: User, data: dict[str, Any]) -> Prescription:
    """Create a prescription; the same body again returns the one it made."""
    digest = digest_of(data)
    with change_log() as log:
        fields = dict(data)
        patient = get_patient(user=user, patient_id=fields.pop("patient"))
        if fields.get("doctor") is None:
            fields["doctor"] = user.doctor_number
        return find_repeated(Prescription, digest=digest, by=user) or add_prescription(
            log, user=user, uuid=uuid4(), patient=patient, data=fields, post_digest=digest
        )


def add_prescription(
    log: ChangeLog,
    *,
    user: User,
    uuid: UUID,
    patient: Patient,
    data: dict[str, Any],
    post_digest: str = "",
    origin: Origin = CLASSIC,
) -> Prescription:
    """Add a prescription for a patient."""
    fields = dict(data)
    doctor_id = fields.pop("doctor", None)
    refuse_unknown_doctor(doctor_id)
    prescription = Prescription(
        uuid=uuid,
        patient=patient,
        doctor_id=doctor_id,
        post_digest=post_digest,
        **fields,
    )
    add_record(log, record=prescription, by=user)
    keep_revision(
        log,
        record=prescription,
        payload=selectors.payload_of(prescription),
        by=user,
        origin=origin,
    )
    return prescription


def update_prescription(
    *, user: User, prescription_id: int, changes: dict[str, Any]
) -> Prescription:
    """Change some fields of a prescription."""
    with change_log() as log:
        found = selectors.get_prescription(user=user, prescription_id=prescription_id)
        return apply_changes(log, user=user, prescription=found, changes=changes)


def apply_changes(
    log: ChangeLog,
    *,
    user: User,
    prescription: Prescription,
    changes: dict[str, Any],
    origin: Origin = CLASSIC,
) -> Prescription:
    """Make the next version of a prescription, unless nothing differs."""
    before = selectors.payload_of(prescription)
    if all(before[name] == value for name, value in changes.items()) and origin is CLASSIC:
        return prescription
    # Refused before anything is set: another item of a batch may write this same object.
    refuse_unknown_doctor(changes.get("doctor"))
    for name, value in changes.items():
        setattr(prescription, "doctor_id" if name == "doctor" else name, value)
    log.stamp(prescription)
    prescription.version += 1
    prescription.save()
    payload = selectors.payload_of(prescription)
    keep_revision(log, record=prescription, payload=payload, by=user, origin=origin)
    return prescription


def delete_prescription(*, user: User, prescription_id: int) -> None:
    """Leave a tombstone; the row stays."""
    with change_log() as log:
        found = selectors.get_prescription(user=user, prescription_id=prescription_id)
        mark_deleted(log, record=found)


def refuse_unknown_doctor(doctor_id: int | None) -> None:
    """Raise 400 where the id names no doctor."""
    if doctor_id is not None and unknown_doctors(doctor_ids=[doctor_id]):
        raise serializers.ValidationError({"doctor": ["Unknown doctor."]})
