"""Made-up records as clients send them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    # It wants Django's settings, which the load test leaves to the server.
    from rest_framework.test import APIClient

VALUES = {
    "age": 61,
    "duration_of_symptoms": 4,
    "platelet_count_(PLT)": 310,
    "cell_count_(WBC)": 8.1,
    "blood_lactic_dehydrogenise_(LDH)": 240,
    "pleural_lactic_dehydrogenise": 600,
    "pleural_protein": 4.1,
    "total_protein": 6.9,
    "albumin": 3.4,
    "C-reactive_protein_(CRP)": 55,
    "duration_of_asbestos_exposure": 20,
}
SHA = "ab" * 32
PASSWORD = "a-long-password-27"
PATIENT = {"name": "홍길동", "birth_year": 1961, "phone": "010-0000-0000"}
PREDICTION = {"input_data": VALUES, "output_label": 1, "output_proba": 0.4375}


def patient_of(client: APIClient, **fields: Any) -> dict[str, Any]:
    """Create a patient over the interface and return it."""
    answer = client.post("/api/patients/", {**PATIENT, **fields})
    assert answer.status_code == 201, answer.json()
    made: dict[str, Any] = answer.json()
    return made


def item(kind: str, payload: Any, *, base: int = 0, name: str = "") -> dict[str, Any]:
    """Wrap a payload as workstations push it."""
    return {
        "kind": kind,
        "uuid": name or str(uuid.uuid4()),
        "base_version": base,
        "payload": payload,
    }


def assessment(patient: str, **fields: Any) -> dict[str, Any]:
    """Return an assessment's payload."""
    return {
        "patient": patient,
        **PREDICTION,
        "model_name": "meso_xgb_v1",
        "model_sha256": SHA,
        "threshold": 0.29,
        "assessed_at": "2026-11-20T01:02:03Z",
        **fields,
    }


def push(client: APIClient, *items: Any) -> list[dict[str, Any]]:
    """Push a batch and return its results."""
    answer = client.post("/api/sync/push/", {"device_id": "desk-1", "items": list(items)})
    assert answer.status_code == 200, answer.json()
    results: list[dict[str, Any]] = answer.json()["results"]
    return results


def pull_all(client: APIClient, cursor: str = "", limit: int = 100) -> tuple[list[Any], str]:
    """Pull until there is no more; return the items and the cursor."""
    items: list[Any] = []
    while True:
        query: dict[str, Any] = {"cursor": cursor, "limit": limit}
        page = client.get("/api/sync/pull/", query).json()
        items += page["items"]
        cursor = page["next_cursor"]
        if not page["has_more"]:
            return items, cursor
