"""Writing patients; each change takes its number, its version and its revision."""

import re
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

from django.utils import timezone
from rest_framework import serializers

from backend.django_api.accounts.models import User
from backend.django_api.doctors.selectors import get_doctor, unknown_doctors
from backend.django_api.patients import selectors
from backend.django_api.patients.models import MedicalRecord, Patient
from backend.django_api.records.models import Record
from backend.django_api.records.selectors import revisions_of
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

# How the desktop program names its record where it can only use the classic calls.
DESKTOP_MARK = re.compile(r"\[mesodesk:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\]\s*\Z", re.I)


def create_patient(*, user: User, data: dict[str, Any]) -> Patient:
    """Create a patient; the same body again returns the one it made."""
    digest = digest_of(data)
    mark = DESKTOP_MARK.search(data.get("notes", ""))
    with change_log() as log:
        found = find_repeated(Patient, digest=digest, by=user)
        if mark is not None:
            found = found or selectors.visible_patients(user).filter(uuid=mark[1]).first()
        if found is not None:
            return found
        uuid = uuid4() if mark is None else UUID(mark[1])
        if revisions_of([uuid]):
            # Another's patient, or a record of another kind.
            uuid = uuid4()
        return add_patient(log, user=user, uuid=uuid, data=data, post_digest=digest)


def add_patient(
    log: ChangeLog,
    *,
    user: User,
    uuid: UUID,
    data: dict[str, Any],
    post_digest: str = "",
    origin: Origin = CLASSIC,
) -> Patient:
    """Add a patient; a doctor who does so looks after them."""
    fields = dict(data)
    doctors = set(fields.pop("assigned_doctors", ()))
    refuse_unknown_doctors(sorted(doctors))
    if user.doctor_number is not None:
        doctors.add(user.doctor_number)
    patient = Patient(uuid=uuid, post_digest=post_digest, **fields)
    add_record(log, record=patient, by=user)
    patient.assigned_doctors.set(doctors)
    keep_revision(
        log,
        record=patient,
        payload=selectors.payload_of(patient),
        by=user,
        origin=origin,
    )
    return patient


def update_patient(*, user: User, patient_id: int, changes: dict[str, Any]) -> Patient:
    """Change some fields of a patient."""
    with change_log() as log:
        patient = selectors.get_patient(user=user, patient_id=patient_id)
        return apply_changes(log, user=user, patient=patient, changes=changes)


def apply_changes(
    log: ChangeLog,
    *,
    user: User,
    patient: Patient,
    changes: dict[str, Any],
    origin: Origin = CLASSIC,
) -> Patient:
    """Make the next version of a patient, unless nothing differs."""
    before = selectors.payload_of(patient)
    if all(before[name] == value for name, value in changes.items()) and origin is CLASSIC:
        return patient
    fields = dict(changes)
    doctors = fields.pop("assigned_doctors", None)
    if doctors is not None and doctors != before["assigned_doctors"]:
        refuse_unknown_doctors(doctors)
        patient.assigned_doctors.set(doctors)
        show_to_new_doctors(log, patient=patient)
    for name, value in fields.items():
        setattr(patient, name, value)
    log.stamp(patient)
    patient.version += 1
    patient.save()
    payload = selectors.payload_of(patient)
    keep_revision(log, record=patient, payload=payload, by=user, origin=origin)
    return patient


def records_about(patient: Patient) -> list[Any]:
    """Return the synchronised records of a patient, of whatever kind."""
    return [
        record
        for relation in Patient._meta.related_objects
        if relation.related_model and issubclass(relation.related_model, Record)
        for record in getattr(patient, relation.get_accessor_name() or "").all()
    ]


def show_to_new_doctors(log: ChangeLog, *, patient: Patient) -> None:
    """Let a new doctor's pull, which is past these records, meet them again."""
    for record in records_about(patient):
        log.stamp(record)
        record.save(update_fields=["change_number"])


def delete_patient(*, user: User, patient_id: int) -> None:
    """Leave tombstones of a patient and of everything about them; the rows stay."""
    with change_log() as log:
        patient = selectors.get_patient(user=user, patient_id=patient_id)
        bury(log, patient=patient)


def bury(log: ChangeLog, *, patient: Patient) -> None:
    """Mark a patient and their records deleted."""
    mark_deleted(log, record=patient)
    for record in records_about(patient):
        if record.deleted_at is None:
            mark_deleted(log, record=record)


def assign_doctors(*, user: User, patient_id: int, doctor_ids: Sequence[int]) -> Patient:
    """Say which doctors look after a patient."""
    return update_patient(
        user=user, patient_id=patient_id, changes={"assigned_doctors": list(doctor_ids)}
    )


def bulk_assign(*, user: User, patient_ids: Sequence[int], doctor_id: int, is_added: bool) -> int:
    """Add a doctor to patients or take one from them; return how many changed."""
    get_doctor(doctor_id=doctor_id)
    with change_log() as log:
        patients = list(selectors.visible_patients(user).filter(pk__in=patient_ids))
        if len(patients) != len(patient_ids):
            raise serializers.ValidationError({"patient_ids": ["Unknown patient."]})
        changed = [p for p in patients if (doctor_id in p.doctor_ids) != is_added]
        for patient in changed:
            wanted = set(patient.doctor_ids) ^ {doctor_id}
            apply_changes(
                log, user=user, patient=patient, changes={"assigned_doctors": sorted(wanted)}
            )
        return len(changed)


def refuse_unknown_doctors(doctor_ids: Sequence[int]) -> None:
    """Raise 400 where an id names no doctor."""
    if unknown := unknown_doctors(doctor_ids=doctor_ids):
        names = ", ".join(map(str, unknown[:5]))
        raise serializers.ValidationError({"assigned_doctors": [f"Unknown doctor: {names}."]})


def create_record(*, user: User, data: dict[str, Any]) -> MedicalRecord:
    """Add a medical record; the same body again returns the one it made."""
    digest = digest_of(data)
    # A medical record has no place in the order of changes; its twin waits at the same lock.
    with change_log():
        patient = selectors.get_patient(user=user, patient_id=data["patient"])
        if (doctor_id := data.get("doctor", user.doctor_number)) is not None:
            get_doctor(doctor_id=doctor_id)
        found = find_repeated(MedicalRecord, digest=digest, by=user)
        return found or MedicalRecord.objects.create(
            patient=patient,
            doctor_id=doctor_id,
            title=data["title"],
            content=data.get("content", ""),
            created_by=user,
            post_digest=digest,
        )


def update_record(*, user: User, record_id: int, changes: dict[str, Any]) -> MedicalRecord:
    """Change the words of a medical record."""
    record = selectors.get_record(user=user, record_id=record_id)
    for name, value in changes.items():
        setattr(record, name, value)
    record.save(update_fields=[*changes, "updated_at"])
    return record


def delete_record(*, user: User, record_id: int) -> None:
    """Hide a medical record; the row stays."""
    record = selectors.get_record(user=user, record_id=record_id)
    record.deleted_at = timezone.now()
    record.save(update_fields=["deleted_at"])
