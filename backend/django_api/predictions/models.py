"""What the model said of a patient, and what came of it."""

from django.db import models

from backend.django_api.doctors.models import Doctor
from backend.django_api.patients.models import Patient
from backend.django_api.records.models import Record


class ServerCheck(models.TextChoices):
    """What scoring again with the server's own model found."""

    NOT_CHECKED = "not_checked", "확인하지 않음"
    MATCH = "match", "일치"
    MISMATCH = "mismatch", "불일치"


class Prediction(Record):
    """One assessment: never edited, whichever way it came."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="predictions")
    requested_by_doctor = models.ForeignKey(
        Doctor, null=True, on_delete=models.PROTECT, related_name="+"
    )
    model_name = models.CharField("모델", max_length=80)
    input_data = models.JSONField("입력값")
    output_label = models.SmallIntegerField("라벨")
    output_proba = models.FloatField("확률")
    # The clinic's own record names these; other clients do not.
    assessed_at = models.DateTimeField("평가한 때", null=True)
    model_sha256 = models.CharField(max_length=64, blank=True)
    threshold = models.FloatField(null=True)
    server_check = models.CharField(
        "서버 확인", max_length=12, choices=ServerCheck.choices, default=ServerCheck.NOT_CHECKED
    )
    is_synced = models.BooleanField(default=False)

    class Meta:
        verbose_name = "예측"
        verbose_name_plural = "예측"


class Outcome(Record):
    """What was found out later about a patient or an assessment; never edited."""

    patient = models.ForeignKey(Patient, on_delete=models.PROTECT, related_name="outcomes")
    prediction = models.ForeignKey(
        Prediction, null=True, on_delete=models.PROTECT, related_name="outcomes"
    )
    outcome = models.CharField("결과", max_length=80)
    recorded_at = models.DateTimeField("기록한 때")

    class Meta:
        verbose_name = "결과"
        verbose_name_plural = "결과"
