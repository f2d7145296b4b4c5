"""Reading doctors."""

from collections.abc import Sequence

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from backend.django_api.doctors.models import Doctor


def list_doctors() -> QuerySet[Doctor]:
    """Return every doctor."""
    return Doctor.objects.all()


def get_doctor(*, doctor_id: int) -> Doctor:
    """Return one doctor, or raise 404."""
    return get_object_or_404(Doctor, pk=doctor_id)


def unknown_doctors(*, doctor_ids: Sequence[int]) -> list[int]:
    """Return the ids among these that name no doctor."""
    if not doctor_ids:
        return []
    known = set(Doctor.objects.filter(pk__in=doctor_ids).values_list("pk", flat=True))
    return [number for number in doctor_ids if number not in known]
