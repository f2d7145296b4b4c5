"""Prescriptions."""

from django.db import models

from backend.django_api.doctors.models import Doctor
from backend.django_api.patients.models import Patient
from backend.django_api.records.models import Record


class Prescription(Record):
    """What a doctor prescribed, as formatted text."""

    title = models.CharField("제목", max_length=200)
    content_delta = models.TextField("내용")
    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="prescriptions")
    doctor = models.ForeignKey(Doctor, null=True, on_delete=models.PROTECT, related_name="+")

    class Meta:
        verbose_name = "처방"
        verbose_name_plural = "처방"
