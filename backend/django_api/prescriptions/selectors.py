"""Reading prescriptions."""

from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from backend.django_api.accounts.models import User
from backend.django_api.patients.selectors import all_patients_of, owners
from backend.django_api.prescriptions.models import Prescription


def list_prescriptions(
    *, user: User, patient_id: int | None = None, doctor_id: int | None = None
) -> QuerySet[Prescription]:
    """Return the prescriptions of visible patients."""
    patients = all_patients_of(user).filter(deleted_at=None).values("pk")
    found = Prescription.objects.filter(deleted_at=None, patient__in=patients)
    return found.filter(**owners(patient_id=patient_id, doctor_id=doctor_id))


def get_prescription(*, user: User, prescription_id: int) -> Prescription:
    """Return one prescription of a visible patient, or raise 404."""
    return get_object_or_404(list_prescriptions(user=user), pk=prescription_id)


def payload_of(prescription: Prescription) -> dict[str, Any]:
    """Return what workstations exchange of a prescription."""
    return {
        "patient": str(prescription.patient.uuid),
        "doctor": prescription.doctor_id,
        "title": prescription.title,
        "content_delta": prescription.content_delta,
        "details": prescription.details,
    }
