"""Reading patients: who may see whom."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from backend.django_api.accounts.models import Role, User
from backend.django_api.patients.models import MedicalRecord, Patient


def all_patients_of(user: User) -> QuerySet[Patient]:
    """Return the patients that a person may see, deleted ones among them."""
    if user.role in (Role.ADMIN, Role.STAFF):
        return Patient.objects.all()
    if user.role == Role.DOCTOR and user.doctor_number is not None:
        own = Patient.assigned_doctors.through.objects.filter(doctor_id=user.doctor_number)
        return Patient.objects.filter(pk__in=own.values("patient_id"))
    return Patient.objects.none()


def visible_patients(user: User) -> QuerySet[Patient]:
    """Return the patients that a person may see."""
    return all_patients_of(user).filter(deleted_at=None).prefetch_related("assigned_doctors")


def list_patients(
    *,
    user: User,
    search: str = "",
    doctor_id: int | None = None,
    updated_after: datetime | None = None,
) -> QuerySet[Patient]:
    """Return visible patients by name or phone, doctor and time of change."""
    found = visible_patients(user)
    if search:
        found = found.filter(Q(name__icontains=search) | Q(phone__icontains=search))
    if doctor_id is not None:
        found = found.filter(assigned_doctors=doctor_id)
    if updated_after is not None:
        found = found.filter(updated_at__gt=updated_after)
    return found


def get_patient(*, user: User, patient_id: int) -> Patient:
    """Return one visible patient, or raise 404."""
    return get_object_or_404(visible_patients(user), pk=patient_id)


def list_records(
    *, user: User, patient_id: int | None = None, doctor_id: int | None = None
) -> QuerySet[MedicalRecord]:
    """Return the medical records of visible patients."""
    patients = all_patients_of(user).filter(deleted_at=None).values("pk")
    found = MedicalRecord.objects.filter(deleted_at=None, patient__in=patients)
    return found.filter(**owners(patient_id=patient_id, doctor_id=doctor_id))


def owners(**filters: int | None) -> dict[str, Any]:
    """Return the filters that were given."""
    return {name: value for name, value in filters.items() if value is not None}


def get_record(*, user: User, record_id: int) -> MedicalRecord:
    """Return one medical record of a visible patient, or raise 404."""
    return get_object_or_404(list_records(user=user), pk=record_id)


def payload_of(patient: Patient) -> dict[str, Any]:
    """Return what workstations exchange of a patient."""
    return {
        "name": patient.name,
        "birth_year": patient.birth_year,
        "phone": patient.phone,
        "address": patient.address,
        "notes": patient.notes,
        "assigned_doctors": patient.doctor_ids,
        "details": patient.details,
    }
