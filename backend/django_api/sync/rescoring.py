"""Scoring assessments again with the server's own model; the clinic's figure stays."""

import logging
import time
from dataclasses import dataclass
from typing import Any

from backend.django_api.common.errors import BadGateway
from backend.django_api.mlproxy import client
from backend.django_api.predictions.models import ServerCheck

logger = logging.getLogger(__name__)

TOLERANCE = 1e-9
SECONDS = 5.0
# A worker asks again after this time; another model than the one remembered is never compared.
REMEMBERED_SECONDS = 30.0


@dataclass
class _Remembered:
    model: dict[str, Any]
    at: float = float("-inf")


_server_model = _Remembered({"model_name": None, "sha256": None})


def server_model() -> dict[str, Any]:
    """Return name and SHA-256 of the server's model; null where the ML service is away."""
    if time.monotonic() - _server_model.at > REMEMBERED_SECONDS:
        try:
            body = client.call("GET", "/schema", timeout=2.0).body
            _server_model.model = {name: body.get(name) for name in ("model_name", "sha256")}
            _server_model.at = time.monotonic()
        except BadGateway:
            _server_model.model = {"model_name": None, "sha256": None}
    return _server_model.model


def forget_server_model() -> None:
    """Ask again at the next call."""
    _server_model.at = float("-inf")


def check_figures(payloads: list[dict[str, Any]]) -> list[str]:
    """Return for each assessment whether the server's model finds the same probability."""
    checks: list[str] = [ServerCheck.NOT_CHECKED] * len(payloads)
    ours = server_model()["sha256"]
    same = [i for i, payload in enumerate(payloads) if ours and payload["model_sha256"] == ours]
    if not same:
        return checks
    rows = [payloads[i]["input_data"] for i in same]
    try:
        answer = client.call("POST", "/rescore", timeout=SECONDS, body={"data": rows})
        found = answer.body["pred_proba"]
        if answer.status != 200 or answer.body["sha256"] != ours or len(found) != len(same):
            raise ValueError("not as agreed")
        for i, probability in zip(same, found, strict=True):
            if probability is not None:
                difference = abs(float(probability) - payloads[i]["output_proba"])
                is_same = difference <= TOLERANCE
                checks[i] = ServerCheck.MATCH if is_same else ServerCheck.MISMATCH
    except (BadGateway, KeyError, TypeError, ValueError) as error:
        logger.error(
            "assessments were not scored again",
            extra={"count": len(same), "kind": type(error).__name__},
        )
        return [ServerCheck.NOT_CHECKED] * len(payloads)
    return checks
