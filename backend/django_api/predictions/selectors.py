"""Reading predictions and outcomes."""

from datetime import UTC, datetime
from typing import Any

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from backend.django_api.accounts.models import User
from backend.django_api.patients.selectors import all_patients_of, owners
from backend.django_api.predictions.models import Outcome, Prediction

# The extra key of the desktop program in `input_data`, where it can only use the classic calls.
DESKTOP_KEY = "_desktop"


def list_predictions(
    *, user: User, patient_id: int | None = None, doctor_id: int | None = None
) -> QuerySet[Prediction]:
    """Return the predictions of visible patients."""
    patients = all_patients_of(user).filter(deleted_at=None).values("pk")
    found = Prediction.objects.filter(deleted_at=None, patient__in=patients)
    filters = owners(patient_id=patient_id, requested_by_doctor_id=doctor_id)
    return found.filter(**filters).select_related("patient")


def get_prediction(*, user: User, prediction_id: int) -> Prediction:
    """Return one prediction of a visible patient, or raise 404."""
    return get_object_or_404(list_predictions(user=user), pk=prediction_id)


def utc_text(moment: datetime | None) -> str | None:
    """Return a time as the contract writes it."""
    return None if moment is None else moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def assessment_payload(prediction: Prediction) -> dict[str, Any]:
    """Return what workstations exchange of an assessment."""
    inputs = {k: v for k, v in prediction.input_data.items() if k != DESKTOP_KEY}
    return {
        "patient": str(prediction.patient.uuid),
        "requested_by_doctor_id": prediction.requested_by_doctor_id,
        "model_name": prediction.model_name,
        "model_sha256": prediction.model_sha256,
        "threshold": prediction.threshold,
        "input_data": inputs,
        "output_label": prediction.output_label,
        "output_proba": prediction.output_proba,
        "assessed_at": utc_text(prediction.assessed_at or prediction.created_at),
        "details": prediction.details,
    }


def outcome_payload(outcome: Outcome) -> dict[str, Any]:
    """Return what workstations exchange of an outcome."""
    return {
        "patient": str(outcome.patient.uuid),
        "assessment": None if outcome.prediction is None else str(outcome.prediction.uuid),
        "outcome": outcome.outcome,
        "recorded_at": utc_text(outcome.recorded_at),
        "details": outcome.details,
    }
