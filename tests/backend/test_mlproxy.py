"""The way to the ML service: passed on, kept, and never waited for too long."""

import json
import time
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext
from flask import Flask
from rest_framework.test import APIClient

from backend.django_api.mlproxy import services
from backend.django_api.predictions.models import Prediction
from backend.flask_ml.app import create_app
from risk_model.bundle import Bundle
from tests.backend.ml_service import KEY, misbehaving, serving, settings_of
from tests.backend.samples import PATIENT, VALUES, assessment, item, patient_of, push


@pytest.fixture(scope="module")
def ml_app() -> Flask:
    """Load the model once; no limits."""
    app = create_app(settings_of())
    next(iter(app.extensions["limiter"])).enabled = False
    return app


@pytest.fixture
def ml(ml_app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[Flask]:
    """Serve the ML service and point the REST server at it."""
    with serving(ml_app) as address:
        monkeypatch.setattr(settings, "ML_BASE_URL", address)
        monkeypatch.setattr(settings, "ML_API_KEY", KEY)
        yield ml_app


def bundle_of(app: Flask) -> Bundle:
    bundle: Bundle = app.extensions["ml_store"].bundle
    return bundle


def test_a_prediction_comes_back_as_the_model_says(doctor: APIClient, ml: Flask) -> None:
    answer = doctor.post("/api/ml/predict/", {"data": [VALUES, {**VALUES, "x": 1}]})
    assert answer.status_code == 200
    probability = bundle_of(ml).scorer.probability(VALUES)
    assert answer.json()["pred_proba"] == [probability, probability]
    assert not Prediction.objects.exists()
    assert doctor.get("/api/ml/schema/").json()["sha256"] == bundle_of(ml).sha256


def test_the_name_that_a_client_gives_the_model_is_kept(doctor: APIClient, ml: Flask) -> None:
    made = patient_of(doctor)
    body = {"patient_id": made["id"], "model_name": "meso_xgb_v1", "data": [VALUES]}
    doctor.post("/api/ml/predict/", body)
    assert [row["model_name"] for row in doctor.get("/api/predictions/").json()] == ["meso_xgb_v1"]


def test_each_call_waits_as_long_as_the_contract_says() -> None:
    waits = (services.SCHEMA_SECONDS, services.PREDICT_SECONDS, services.RELOAD_SECONDS)
    assert waits == (5, 15, 5)


def test_a_prediction_for_nobody_asks_the_database_once(doctor: APIClient, ml: Flask) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert doctor.post("/api/ml/predict/", {"data": [VALUES]}).status_code == 200
    assert len(queries) == 1


def test_the_first_row_is_really_kept_once(doctor: APIClient, ml: Flask) -> None:
    made = patient_of(doctor)
    body = {"patient_id": made["id"], "data": [{**VALUES, "x": 1}, VALUES]}
    answers = [doctor.post("/api/ml/predict/", body).json() for _ in range(2)]
    assert answers[0] == answers[1]
    kept = doctor.get("/api/predictions/").json()
    assert len(kept) == 1
    assert kept[0]["input_data"] == VALUES
    assert kept[0]["output_proba"] == answers[0]["pred_proba"][0]
    assert kept[0]["model_name"] == "meso_xgb"
    # Old clients store the answer themselves, since their servers never did.
    doctor.post(
        "/api/predictions/",
        {
            "patient_id": made["id"],
            "input_data": kept[0]["input_data"],
            "output_label": kept[0]["output_label"],
            "output_proba": kept[0]["output_proba"],
            "model_name": "meso_xgb_v1",
        },
    )
    assert len(doctor.get("/api/predictions/").json()) == 1


@pytest.mark.logs_warning
def test_a_failed_save_is_logged_and_counted_and_the_answer_stays(
    doctor: APIClient,
    ml: Flask,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    made = patient_of(doctor)

    def fail(**record: object) -> None:
        raise OperationalError("disk full")

    before = services.SaveFailures.count
    monkeypatch.setattr(services, "create_prediction", fail)
    answer = doctor.post("/api/ml/predict/", {"patient_id": made["id"], "data": [VALUES]})
    assert answer.json()["pred_proba"] == [bundle_of(ml).scorer.probability(VALUES)]
    assert services.SaveFailures.count == before + 1
    assert "a prediction was not kept" in caplog.messages


def test_too_few_values_are_refused_with_the_services_sentence(
    doctor: APIClient, ml: Flask
) -> None:
    answer = doctor.post("/api/ml/predict/", {"data": [{"age": 60}]})
    assert answer.status_code == 400
    assert "fewer than 6 of the 9" in answer.json()["detail"]


def test_somebody_elses_patient_is_404_before_anything_is_asked(
    admin: APIClient, doctor: APIClient
) -> None:
    made = patient_of(admin)
    body = {"patient_id": made["id"], "data": [VALUES]}
    assert doctor.post("/api/ml/predict/", body).status_code == 404


def test_an_unreachable_service_is_502(doctor: APIClient) -> None:
    for call in (
        doctor.get("/api/ml/schema/"),
        doctor.post("/api/ml/predict/", {"data": [VALUES]}),
    ):
        assert call.status_code == 502
        assert call.json() == {"detail": "The ML service cannot be reached."}


def http(status: str, body: bytes, *headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
    return "\r\n".join(lines).encode() + body


GARBAGE = {
    "nothing": b"",
    "noise": b"\x00\xff" * 100,
    "html": http("200 OK", b"<html>"),
    "a list": http("200 OK", b"[]"),
    "deep": http("200 OK", b"[" * 200_000),
    "cut short": b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{",
    "huge": http("200 OK", b'{"detail": "' + b"x" * (33 << 20) + b'"}'),
    "chunks cut short": b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\n{}\r\n9\r\n",
    "a header without end": b"HTTP/1.1 200 OK\r\nX-Long: " + b"x" * 100_000,
    "a thousand headers": http("200 OK", b"{}", *(f"X-{n}: y" for n in range(1000))),
    "a way elsewhere": http("302 Found", b"", "Location: http://127.0.0.1:9/"),
    "no words": http("200 OK", b'"\\ud800"'),
    "its own failure": http("500 E", b'{"detail": "prediction failed: MemoryError"}'),
    "a refused key": http("403 F", b'{"detail": "Forbidden"}'),
}


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", GARBAGE)
def test_garbage_is_502(doctor: APIClient, monkeypatch: pytest.MonkeyPatch, kind: str) -> None:
    with misbehaving(GARBAGE[kind]) as address:
        monkeypatch.setattr(settings, "ML_BASE_URL", address)
        assert doctor.post("/api/ml/predict/", {"data": [VALUES]}).status_code == 502


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_whole_answer_is_taken_at_once_though_the_line_stays_open(
    doctor: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with misbehaving(http("200 OK", b'{"base_features": []}'), hangs=True) as address:
        monkeypatch.setattr(settings, "ML_BASE_URL", address)
        start = time.monotonic()
        answer = doctor.post("/api/ml/predict/", {"data": [VALUES]})
        assert (answer.status_code, answer.json()) == (200, {"base_features": []})
        assert time.monotonic() - start < services.PREDICT_SECONDS / 2


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize("kind", ["hangs", "drips"])
def test_a_slow_service_is_502_in_time(
    doctor: APIClient, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.setattr(services, "PREDICT_SECONDS", 0.5)
    long = http("200 OK", b"{" + b" " * 1000)
    with misbehaving(b"" if kind == "hangs" else long, **{kind: True}) as address:
        monkeypatch.setattr(settings, "ML_BASE_URL", address)
        start = time.monotonic()
        assert doctor.post("/api/ml/predict/", {"data": [VALUES]}).status_code == 502
        assert time.monotonic() - start < 3


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    ("status", "headers", "expected"),
    [("503 N", (), 503), ("429 T", ("Retry-After: 7",), 429), ("409 C", (), 409)],
)
def test_what_the_client_can_act_on_is_passed_on(
    admin: APIClient,
    monkeypatch: pytest.MonkeyPatch,
    status: str,
    headers: tuple[str, ...],
    expected: int,
) -> None:
    with misbehaving(http(status, b'{"detail": "x"}', *headers)) as address:
        monkeypatch.setattr(settings, "ML_BASE_URL", address)
        answer = admin.post("/api/ml/reload/")
    assert answer.status_code == expected
    assert answer.headers.get("Retry-After") == {429: "7", 503: "5"}.get(expected)


@pytest.mark.logs_warning
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
@pytest.mark.parametrize(
    "body", [{}, {"base_features": [], "pred_proba": [], "pred_label": []}, {"base_features": 7},
             {"base_features": ["age"], "pred_proba": [7], "pred_label": [1]}]
)  # fmt: skip  # four short bodies
def test_a_malformed_answer_is_passed_on_and_not_kept(
    admin: APIClient, monkeypatch: pytest.MonkeyPatch, body: dict[str, object]
) -> None:
    made = patient_of(admin)
    with misbehaving(http("200 OK", json.dumps(body).encode())) as address:
        monkeypatch.setattr(settings, "ML_BASE_URL", address)
        asked = {"patient_id": made["id"], "data": [VALUES]}
        assert admin.post("/api/ml/predict/", asked).json() == body
    assert not Prediction.objects.exists()


def test_assessments_are_scored_again_when_the_model_is_the_same(
    admin: APIClient, ml: Flask
) -> None:
    bundle = bundle_of(ml)
    assert admin.get("/api/sync/").json()["model"] == {
        "model_name": bundle.name,
        "sha256": bundle.sha256,
    }
    someone = item("patient", PATIENT)
    right = bundle.scorer.probability(VALUES)
    same = {"model_sha256": bundle.sha256}
    cases = {
        "match": assessment(someone["uuid"], output_proba=right, **same),
        "mismatch": assessment(someone["uuid"], output_proba=right + 2e-9, **same),
        "not_checked": assessment(someone["uuid"], output_proba=0.9),
    }
    results = push(admin, someone, *(item("assessment", payload) for payload in cases.values()))
    assert {r["status"] for r in results} == {"created"}
    stored = Prediction.objects.order_by("pk")
    assert [p.server_check for p in stored] == list(cases)
    # The clinic's figures stay as they came.
    assert [p.output_proba for p in stored] == [c["output_proba"] for c in cases.values()]
    pulled = admin.get("/api/sync/pull/").json()["items"]
    assert [i["server_check"] for i in pulled[1:]] == list(cases)


@pytest.mark.logs_warning
def test_a_push_waits_for_no_model(
    admin: APIClient, ml: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin.get("/api/sync/")
    monkeypatch.setattr(settings, "ML_BASE_URL", "http://127.0.0.1:9")
    someone = item("patient", PATIENT)
    payload = assessment(someone["uuid"], model_sha256=bundle_of(ml).sha256)
    results = push(admin, someone, item("assessment", payload))
    assert [r["status"] for r in results] == ["created", "created"]
    assert Prediction.objects.get().server_check == "not_checked"
