"""Writing predictions over the classic calls."""

from typing import Any

from rest_framework import serializers

from backend.django_api.accounts.models import User
from backend.django_api.common.errors import Conflict
from backend.django_api.common.serializers import UuidField
from backend.django_api.doctors.selectors import unknown_doctors
from backend.django_api.patients.selectors import get_patient
from backend.django_api.predictions import selectors
from backend.django_api.predictions.models import Prediction
from backend.django_api.records.services import (
    add_record,
    change_log,
    digest_of,
    find_repeated,
    mark_deleted,
)

DEFAULT_MODEL_NAME = "meso_xgb"
SAME_IN_EVERY_CLIENT = ("input_data", "output_label", "output_proba")


class DesktopMark(serializers.Serializer[Any]):
    """What the desktop program says of its own record, where it can only use these calls."""

    uuid = UuidField()
    assessed_at = serializers.DateTimeField(required=False)
    model_sha256 = serializers.RegexField(r"^[0-9a-f]{64}$", required=False)
    threshold = serializers.FloatField(required=False)


def create_prediction(*, user: User, patient_id: int, data: dict[str, Any]) -> Prediction:
    """Store a prediction; the same again returns the first one."""
    digest = digest_of([patient_id, *(data[name] for name in SAME_IN_EVERY_CLIENT)])
    mark = _desktop_mark(data["input_data"])
    doctor_id = data.get("requested_by_doctor_id", user.doctor_number)
    if doctor_id is not None and unknown_doctors(doctor_ids=[doctor_id]):
        raise serializers.ValidationError({"requested_by_doctor_id": ["Unknown doctor."]})
    with change_log() as log:
        patient = get_patient(user=user, patient_id=patient_id)
        found = find_repeated(Prediction, digest=digest, by=user)
        if mark:
            found = Prediction.objects.filter(uuid=mark["uuid"]).first()
            if found is not None and not _is_same(found, patient_id=patient.pk, data=data):
                raise Conflict("Another assessment has this uuid.")
        if found is not None:
            return found
        prediction = Prediction(
            patient=patient,
            requested_by_doctor_id=doctor_id,
            model_name=data.get("model_name") or DEFAULT_MODEL_NAME,
            post_digest=digest,
            **{name: data[name] for name in SAME_IN_EVERY_CLIENT},
            **mark,
        )
        add_record(log, record=prediction, by=user)
        return prediction


def delete_prediction(*, user: User, prediction_id: int) -> None:
    """Leave a tombstone; the row stays."""
    with change_log() as log:
        prediction = selectors.get_prediction(user=user, prediction_id=prediction_id)
        mark_deleted(log, record=prediction)


def _is_same(found: Prediction, *, patient_id: int, data: dict[str, Any]) -> bool:
    """Compare without the mark: the same record may have come by push before."""
    mine = {k: v for k, v in data["input_data"].items() if k != selectors.DESKTOP_KEY}
    theirs = {k: v for k, v in found.input_data.items() if k != selectors.DESKTOP_KEY}
    return (found.patient_id, theirs, found.output_label, found.output_proba) == (
        patient_id,
        mine,
        data["output_label"],
        data["output_proba"],
    )


def _desktop_mark(input_data: dict[str, Any]) -> dict[str, Any]:
    stated = input_data.get(selectors.DESKTOP_KEY)
    if stated is None:
        return {}
    mark = DesktopMark(data=stated)
    if not mark.is_valid():
        raise serializers.ValidationError({"input_data": ["_desktop is not as agreed."]})
    return dict(mark.validated_data)
