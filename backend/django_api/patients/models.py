"""Patients and their medical records."""

from django.conf import settings
from django.db import models

from backend.django_api.doctors.models import Doctor
from backend.django_api.records.models import Record


class Patient(Record):
    """A person who is looked after."""

    name = models.CharField("이름", max_length=80)
    birth_year = models.PositiveSmallIntegerField("출생 연도")
    phone = models.CharField("전화", max_length=32, blank=True)
    address = models.CharField("주소", max_length=300, blank=True)
    notes = models.TextField("메모", blank=True)
    assigned_doctors = models.ManyToManyField(
        Doctor, verbose_name="담당 의사", blank=True, related_name="patients"
    )

    class Meta:
        verbose_name = "환자"
        verbose_name_plural = "환자"

    def __str__(self) -> str:
        return self.name

    @property
    def doctor_ids(self) -> list[int]:
        """Return the ids of the assigned doctors, sorted."""
        return sorted(doctor.pk for doctor in self.assigned_doctors.all())


class MedicalRecord(models.Model):
    """A note in a patient's chart."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="records")
    doctor = models.ForeignKey(Doctor, null=True, on_delete=models.PROTECT, related_name="+")
    title = models.CharField("제목", max_length=200)
    content = models.TextField("내용", blank=True)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    created_at = models.DateTimeField("작성한 때", auto_now_add=True)
    updated_at = models.DateTimeField("바꾼 때", auto_now=True)
    deleted_at = models.DateTimeField("삭제한 때", null=True, editable=False)
    post_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)

    class Meta:
        verbose_name = "진료 기록"
        verbose_name_plural = "진료 기록"
