"""Hostile bodies get 4xx and change nothing; the database gone gets 503."""

import json
import logging
import sys
import time
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from rest_framework.test import APIClient

from backend.django_api.accounts.models import Role, User
from backend.django_api.common.logs import JsonLines
from backend.django_api.patients import selectors
from backend.django_api.patients.models import MedicalRecord, Patient
from backend.django_api.predictions.models import Prediction
from backend.django_api.prescriptions.models import Prescription
from backend.django_api.records.models import ChangeCounter, Revision
from tests.backend.conftest import SignedIn, use_database
from tests.backend.postgres import free_port
from tests.backend.samples import PATIENT, PREDICTION, VALUES, item, patient_of, push

POSTS = (
    "auth/token/", "auth/token/refresh/", "auth/register/", "auth/register-doctor/",
    "auth/change-role/", "auth/register-bulk/", "auth/bulk-approve/", "patients/",
    "patients/assign-doctors/", "patients/bulk-assign-doctor/", "patients/records/",
    "predictions/", "prescriptions/", "ml/predict/", "sync/push/",
    "sync/workstations/",
)  # fmt: skip  # a list of paths

MEGABYTE = "x" * 1_000_000
BODIES: dict[str, bytes] = {
    "empty": b"",
    "not JSON": b"{",
    "not UTF-8": b'{"name": "\xff"}',
    "null": b"null",
    "a number": b"7",
    "a list": b"[]",
    "text": b'"x"',
    "an empty object": b"{}",
    "deep": b'{"data": ' + b"[" * 100_000,
    "deep and whole": b'{"data": ' + b"[" * 500 + b"]" * 500 + b"}",
    "NaN": b'{"output_proba": NaN}',
    "Infinity": b'{"birth_year": Infinity}',
    "1e999": b'{"birth_year": 1e999}',
    "a long number": b'{"birth_year": ' + b"9" * 5000 + b"}",
    "NUL": b'{"name": "a\\u0000b", "username": "a\\u0000b"}',
    "half a character": b'{"name": "\\ud800", "username": "\\ud800"}',
    "unknown fields": b'{"is_superuser": true}',
    "wrong types": json.dumps(
        {
            name: {"$ne": 1}
            for name in ("name", "username", "password", "patient", "patient_id", "data", "items")
        }
    ).encode(),
    "a megabyte of text": json.dumps(
        dict.fromkeys(("name", "username", "password", "refresh", "title", "device_id"), MEGABYTE)
    ).encode(),
    "sql": b'{"name": "\'; DROP TABLE patients_patient;--", "birth_year": "1 OR 1=1"}',
}


def send(client: Any, path: str, body: bytes, kind: str = "application/json") -> Any:
    """POST these very bytes."""
    return client.generic("POST", f"/api/{path}", body, kind)


def counts() -> list[int]:
    """Count what a call could have changed."""
    models = (User, Patient, MedicalRecord, Prediction, Prescription, Revision)
    return [model._default_manager.count() for model in models]


@pytest.mark.parametrize("kind", BODIES)
def test_a_hostile_body_is_refused_everywhere(admin: APIClient, kind: str) -> None:
    before = counts()
    for path in POSTS:
        answer = send(admin, path, BODIES[kind])
        assert 400 <= answer.status_code < 500, (path, answer.status_code)
        assert isinstance(answer.json(), dict), path
    assert counts() == before


def test_other_forms_than_json_are_415(admin: APIClient) -> None:
    answer = send(admin, "patients/", b"name=x", "application/x-www-form-urlencoded")
    assert answer.status_code == 415


def test_a_body_above_the_limit_is_413(admin: APIClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "MAX_BODY_BYTES", 1000)
    answer = send(admin, "patients/", b" " * 2000)
    assert answer.status_code == 413


@pytest.mark.parametrize(
    "path",
    [
        f"{prefix}{number}/"
        for prefix in ("patients/", "predictions/", "prescriptions/", "doctors/")
        for number in (0, 10**18, 2**63, 10**40)
    ]
    + ["patients/?doctor_id=99999999999999999999", "patients/?limit=x", "patients/?cursor=-1",
       "patients/?updated_after=yesterday", "patients/?search=%00", "predictions/?patient_id=1e3",
       "sync/pull/?limit=0", "sync/pull/?cursor=%F0%9F%98%80"],
)  # fmt: skip  # a list of addresses
def test_a_hostile_address_is_refused(admin: APIClient, path: str) -> None:
    assert admin.get(f"/api/{path}").status_code in (400, 404)


@pytest.mark.parametrize(
    "changes",
    [
        {"output_proba": "0.5"},
        {"output_proba": True},
        {"output_proba": -0.1},
        {"output_label": 2},
        {"input_data": []},
        {"input_data": {"x": "y" * 30_000}},
        {"input_data": {"_desktop": 7}},
        {"input_data": {"_desktop": {"uuid": "x"}}},
        {"patient_id": "1; DROP TABLE"},
        {"patient_id": True},
        {"requested_by_doctor_id": 424242},
        {"surplus": 1},
    ],
)
def test_a_bad_prediction_is_400(admin: APIClient, changes: dict[str, Any]) -> None:
    made = patient_of(admin)
    body = {**PREDICTION, "patient_id": made["id"], **changes}
    assert admin.post("/api/predictions/", body).status_code == 400
    assert not Prediction.objects.exists()


def test_a_record_sent_back_whole_is_taken(admin: APIClient) -> None:
    """Old clients PATCH what they read, server-made fields among it; those change nothing."""
    made = patient_of(admin)
    sent = {**made, "id": 4242, "created_at": "1999-01-01T00:00:00Z", "name": "김철수"}
    changed = admin.patch(f"/api/patients/{made['id']}/", sent).json()
    assert (changed["id"], changed["created_at"]) == (made["id"], made["created_at"])
    assert changed["name"] == "김철수"


def test_other_peoples_numbers_change_nothing(
    admin: APIClient, doctor: APIClient, signed_in: SignedIn
) -> None:
    other = patient_of(admin)
    delta = '{"ops": []}'
    hidden = item("patient", PATIENT)
    push(admin, hidden)
    before = (*counts(), ChangeCounter.objects.get().value)
    for method, path, body in (
        ("patch", f"patients/{other['id']}/", {"name": "x"}),
        ("post", "patients/records/", {"patient": other["id"], "title": "x"}),
        ("post", "predictions/", {**PREDICTION, "patient_id": other["id"]}),
        ("post", "prescriptions/", {"patient": other["id"], "title": "x", "content_delta": delta}),
        ("post", "ml/predict/", {"patient_id": other["id"], "data": [VALUES]}),
    ):
        assert getattr(doctor, method)(f"/api/{path}", body).status_code == 404, path
    edits = [{**hidden, "base_version": 1, "payload": {"phone": "1"}}, hidden]
    assert {r["status"] for r in push(signed_in(Role.DOCTOR), *edits)} == {"rejected"}
    users_before = before[0]
    assert (*counts(), ChangeCounter.objects.get().value) == (users_before + 1, *before[1:])


@pytest.mark.logs_warning
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_the_database_gone_is_503_at_once(admin: APIClient) -> None:
    use_database(f"postgresql://postgres@127.0.0.1:{free_port()}/postgres")
    start = time.monotonic()
    for path in ("patients/", "ready/", "auth/me/"):
        answer = admin.get(f"/api/{path}")
        assert answer.status_code == 503, path
        assert list(answer.json()) == ["detail"]
        assert answer["Retry-After"] == "5"
    token = APIClient().post("/api/auth/token/", {"username": "a", "password": "b"})
    assert token.status_code == 503
    signed_in_by_cookie = APIClient(raise_request_exception=False)
    signed_in_by_cookie.cookies["sessionid"] = "x" * 32
    page = signed_in_by_cookie.get("/admin/")
    assert (page.status_code, page["Retry-After"]) == (503, "5")
    assert admin.get("/api/health/").status_code == 200
    assert time.monotonic() - start < 10


@pytest.mark.logs_warning
@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_a_full_disk_is_503_and_what_stands_can_be_read(admin: APIClient) -> None:
    made = patient_of(admin)
    before = counts()
    with connection.cursor() as cursor:
        # Whatever other tests left free would be filled first.
        cursor.execute("VACUUM")
        cursor.execute("PRAGMA page_count")
        (pages,) = cursor.fetchone()
        # What SQLite is told here it is told by a full disk too: "database or disk is full".
        cursor.execute(f"PRAGMA max_page_count = {pages}")
    big = "가" * 9_000
    batch = [item("patient", {**PATIENT, "notes": f"{n}{big}"}) for n in range(20)]
    for path, body in (
        ("patients/records/", {"patient": made["id"], "title": "t", "content": big * 5}),
        ("sync/push/", {"device_id": "d", "items": batch}),
    ):
        answer = admin.post(f"/api/{path}", body)
        assert answer.status_code == 503, path
        assert list(answer.json()) == ["detail"]
    assert admin.get(f"/api/patients/{made['id']}/").json() == made
    assert counts() == before


def test_the_document_is_one_whatever_the_address_asks_for(db: str) -> None:
    client = APIClient()
    document = client.get("/api/schema/").content
    assert document.startswith(b"openapi:")
    for query in ("version=a%0d%0aSet-Cookie:x", "version=%0a", "lang=%00", "lang=ko", "x=1"):
        answer = client.get(f"/api/schema/?{query}")
        assert (answer.status_code, answer.content) == (200, document), query
        assert "Set-Cookie" not in str(answer.headers)
    start = time.monotonic()
    for n in range(20):
        client.get(f"/api/schema/?n={n}")
    # Written anew, the document takes some tenths of a second each time.
    assert time.monotonic() - start < 2


def test_a_bug_is_500_without_a_word_of_it_and_its_place_is_logged(
    admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(**query: object) -> None:
        raise RuntimeError("홍길동 010-0000-0000")

    monkeypatch.setattr(selectors, "list_patients", fail)
    admin.raise_request_exception = False
    answer = admin.get("/api/patients/", {"search": "찾는 이름"})
    assert answer.status_code == 500
    assert answer.json() == {"detail": "The server failed. The failure is in its log."}
    logger = logging.getLogger("django.request")
    record = logger.makeRecord(
        logger.name, logging.ERROR, "f", 1, "Internal Server Error: %s", ("/api/patients/",), None
    )
    try:
        fail()
    except RuntimeError:
        record.exc_info = sys.exc_info()
    line = json.loads(JsonLines().format(record))
    assert (line["exception"], line["place"].split(":")[0]) == ("RuntimeError", "fail")
    assert "홍길동" not in json.dumps(line, ensure_ascii=False)
