"""Passing calls on to the ML service, and keeping what it predicted."""

import logging
from typing import Any

from django.db import DatabaseError
from rest_framework.exceptions import APIException, Throttled

from backend.django_api.accounts.models import User
from backend.django_api.common.errors import BadGateway, Conflict, NotReady
from backend.django_api.mlproxy import client
from backend.django_api.patients.selectors import get_patient
from backend.django_api.predictions.services import DEFAULT_MODEL_NAME, create_prediction

logger = logging.getLogger(__name__)

SCHEMA_SECONDS = 5.0
PREDICT_SECONDS = 15.0
RELOAD_SECONDS = 5.0


class RefusedByModel(APIException):
    """The ML service refused the rows; its sentence says why."""

    status_code = 400


class SaveFailures:
    """How many predictions this process could not keep."""

    count = 0


def read_schema(*, user: User) -> dict[str, Any]:
    """Return the model's features and threshold."""
    return _passed_on(client.call("GET", "/schema", timeout=SCHEMA_SECONDS, user_id=user.pk))


def reload_model(*, user: User) -> dict[str, Any]:
    """Let the ML service read its model again."""
    return _passed_on(client.call("POST", "/reload", timeout=RELOAD_SECONDS, user_id=user.pk))


def predict(
    *, user: User, rows: list[dict[str, Any]], patient_id: int | None, model_name: str | None
) -> dict[str, Any]:
    """Return the ML service's answer; keep the first row where a patient is named."""
    if patient_id is not None:
        get_patient(user=user, patient_id=patient_id)
    body = {"data": rows}
    answer = _passed_on(
        client.call("POST", "/predict", timeout=PREDICT_SECONDS, body=body, user_id=user.pk)
    )
    if patient_id is not None:
        try:
            _keep_first_row(user, patient_id, rows, answer, model_name or DEFAULT_MODEL_NAME)
        except (DatabaseError, APIException, KeyError, TypeError, ValueError, IndexError) as error:
            SaveFailures.count += 1
            logger.exception(
                "a prediction was not kept",
                extra={"count": SaveFailures.count, "kind": type(error).__name__},
            )
    return answer


def _keep_first_row(
    user: User,
    patient_id: int,
    rows: list[dict[str, Any]],
    answer: dict[str, Any],
    model_name: str,
) -> None:
    features = answer["base_features"]
    probability, label = answer["pred_proba"][0], answer["pred_label"][0]
    if label not in (0, 1) or not 0 <= probability <= 1:
        raise ValueError("the answer is not well formed")
    create_prediction(
        user=user,
        patient_id=patient_id,
        data={
            "input_data": {name: rows[0].get(name) for name in features},
            "output_label": int(label),
            "output_proba": float(probability),
            "model_name": model_name,
        },
    )


def _passed_on(answer: client.MlAnswer) -> dict[str, Any]:
    if answer.status == 200:
        return answer.body
    detail = str(answer.body.get("detail", ""))[:500]
    if answer.status == 400:
        raise RefusedByModel(detail)
    if answer.status == 409:
        raise Conflict(detail)
    if answer.status == 429:
        wait = answer.retry_after
        raise Throttled(int(wait) if wait and wait.isdigit() else 60)
    if answer.status == 503:
        raise NotReady(detail)
    # A refused key, or a failure within: nothing that the client could put right.
    raise BadGateway("The ML service does not answer as agreed.")
