"""The classic layer as existing mobile clients know it."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backend.django_api.accounts.models import Role
from backend.django_api.common import paging
from tests.backend.conftest import SignedIn
from tests.backend.samples import PATIENT, PREDICTION, VALUES, patient_of

PATIENT_KEYS = {
    "id", "name", "birth_year", "phone", "address", "notes", "assigned_doctors", "created_at",
    "updated_at",
}  # fmt: skip  # the contract's own line
PREDICTION_KEYS = {
    "id", "patient_id", "patient_name", "requested_by_doctor_id", "created_by", "model_name",
    "input_data", "output_label", "output_proba", "created_at",
}  # fmt: skip  # the contract's own line
PRESCRIPTION_KEYS = {
    "id", "title", "content_delta", "patient", "doctor", "created_at", "updated_at",
}  # fmt: skip  # the contract's own line
DELTA = '{"ops": [{"insert": "하루 세 번\\n"}]}'


def number_of(client: APIClient) -> int:
    """Return the doctor's id of a signed-in doctor."""
    return int(client.get("/api/auth/me/").json()["doctor"]["id"])


def test_a_patient_is_created_read_changed_and_deleted(admin: APIClient) -> None:
    made = patient_of(admin, notes="메모", address="서울")
    assert set(made) == PATIENT_KEYS
    assert made["created_at"].endswith("Z")
    path = f"/api/patients/{made['id']}/"
    assert admin.get(path).json() == made
    changed = admin.patch(path, {"phone": "02-1"}).json()
    assert (changed["phone"], changed["name"]) == ("02-1", "홍길동")
    assert admin.delete(path).status_code == 204
    assert admin.get(path).status_code == 404
    assert admin.get("/api/patients/").json() == []


def test_names_are_kept_composed(admin: APIClient) -> None:
    assert patient_of(admin, name="홍길동")["name"] == "홍길동"


def test_lists_filter(admin: APIClient, doctor: APIClient) -> None:
    mine = number_of(doctor)
    old = patient_of(admin, name="김철수")
    new = patient_of(admin, name="이영희", phone="031-7", assigned_doctors=[mine])

    def ids(client: APIClient, path: str = "", **query: Any) -> list[int]:
        return [row["id"] for row in client.get(f"/api/patients/{path}", query).json()]

    assert ids(admin) == ids(admin, "all/") == [new["id"], old["id"]]
    assert ids(admin, search="영희") == ids(admin, search="031") == [new["id"]]
    assert ids(admin, doctor_id=mine) == ids(admin, f"by-doctor/{mine}/") == [new["id"]]
    assert ids(admin, updated_after=old["updated_at"]) == [new["id"]]
    assert ids(doctor) == ids(doctor, "mine/") == [new["id"]]


def test_a_doctor_sees_own_patients_only(
    admin: APIClient, doctor: APIClient, signed_in: SignedIn
) -> None:
    own = patient_of(doctor, name="나의 환자")
    other = patient_of(admin)
    assert own["assigned_doctors"] == [number_of(doctor)]
    for path in (f"/api/patients/{other['id']}/", f"/api/prescriptions/by-patient/{other['id']}/"):
        assert doctor.get(path).status_code == 404
    assert doctor.patch(f"/api/patients/{other['id']}/", {"name": "x"}).status_code == 404
    stolen = {**PREDICTION, "patient_id": other["id"]}
    assert doctor.post("/api/predictions/", stolen).status_code == 404
    stranger = signed_in(Role.DOCTOR)
    assert stranger.get(f"/api/patients/by-doctor/{number_of(doctor)}/").json() == []


def test_a_patients_account_reads_nothing_and_writes_nothing(
    admin: APIClient, signed_in: SignedIn
) -> None:
    made = patient_of(admin)
    client = signed_in(Role.PATIENT)
    assert client.get("/api/patients/").json() == []
    assert client.get(f"/api/patients/{made['id']}/").status_code == 404
    assert client.get("/api/predictions/").json() == []
    for path, body in (
        ("patients/", PATIENT),
        ("predictions/", {**PREDICTION, "patient_id": made["id"]}),
        ("prescriptions/", {"title": "t", "content_delta": DELTA, "patient": made["id"]}),
        ("patients/records/", {"title": "t", "patient": made["id"]}),
        ("ml/predict/", {"data": [VALUES]}),
        ("sync/push/", {"device_id": "d", "items": []}),
    ):
        assert client.post(f"/api/{path}", body).status_code == 403, path


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("get", "patients/all/", {"ADMIN", "STAFF"}),
        ("get", "patients/mine/", {"ADMIN", "DOCTOR"}),
        ("post", "patients/assign-doctors/", {"ADMIN", "STAFF"}),
        ("post", "patients/bulk-assign-doctor/", {"ADMIN", "STAFF"}),
        ("delete", "patients/1/", {"ADMIN"}),
        ("delete", "predictions/1/", {"ADMIN"}),
        ("post", "ml/reload/", {"ADMIN"}),
    ],
)
def test_each_call_is_open_to_its_roles(
    signed_in: SignedIn, method: str, path: str, roles: set[str]
) -> None:
    for role in Role.values:
        status = getattr(signed_in(role), method)(f"/api/{path}").status_code
        assert (status == 403) == (role not in roles), role


def test_doctors_are_assigned_one_by_one_and_in_bulk(admin: APIClient, signed_in: SignedIn) -> None:
    first, second = number_of(signed_in(Role.DOCTOR)), number_of(signed_in(Role.DOCTOR))
    one, two = patient_of(admin, name="하나"), patient_of(admin, name="둘")
    body = {"patient_id": one["id"], "doctor_ids": [second, first]}
    assert admin.post("/api/patients/assign-doctors/", body).json()["assigned_doctors"] == [
        first,
        second,
    ]
    bulk = {"patient_ids": [one["id"], two["id"]], "doctor_id": first}
    path = "/api/patients/bulk-assign-doctor/"
    assert admin.post(path, {**bulk, "action": "add"}).json() == {"updated": 1}
    assert admin.post(path, {**bulk, "action": "remove"}).json() == {"updated": 2}
    assert admin.post(path, {**bulk, "action": "add", "doctor_id": 999}).status_code == 404
    unknown = admin.post(path, {**bulk, "action": "add", "patient_ids": [999]})
    assert unknown.json() == {"patient_ids": ["Unknown patient."]}


def test_medical_records_live_with_their_patient(admin: APIClient, doctor: APIClient) -> None:
    made = patient_of(doctor)
    body = {"patient": made["id"], "title": "초진", "content": "기침 3주"}
    record = doctor.post("/api/patients/records/", body).json()
    assert record["doctor"] == number_of(doctor)
    path = f"/api/patients/records/{record['id']}/"
    assert doctor.get(path).json() == record
    assert doctor.patch(path, {"content": "기침 4주"}).json()["content"] == "기침 4주"
    listing = admin.get("/api/patients/records/", {"patient_id": made["id"]}).json()
    assert [row["id"] for row in listing] == [record["id"]]
    assert admin.get("/api/patients/records/", {"doctor_id": 999}).json() == []
    assert admin.delete(path).status_code == 204
    assert doctor.get(path).status_code == 404


def test_predictions_are_posted_listed_and_deleted(admin: APIClient, doctor: APIClient) -> None:
    made = patient_of(doctor)
    body = {**PREDICTION, "patient_id": made["id"], "model_name": "meso_xgb_v1"}
    posted = doctor.post("/api/predictions/", body)
    assert posted.status_code == 201
    stored = posted.json()
    assert set(stored) == PREDICTION_KEYS
    assert stored["input_data"] == VALUES
    assert (stored["patient_name"], stored["output_proba"]) == ("홍길동", 0.4375)
    assert stored["requested_by_doctor_id"] == number_of(doctor)
    for query in ({"patient_id": made["id"]}, {"doctor_id": number_of(doctor)}):
        assert admin.get("/api/predictions/", query).json() == [stored]
    assert doctor.get(f"/api/predictions/{stored['id']}/").json() == stored
    assert doctor.delete(f"/api/predictions/{stored['id']}/").status_code == 403
    assert admin.delete(f"/api/predictions/{stored['id']}/").status_code == 204
    assert doctor.get("/api/predictions/").json() == []


def test_the_default_model_name(admin: APIClient) -> None:
    made = patient_of(admin)
    stored = admin.post("/api/predictions/", {**PREDICTION, "patient_id": made["id"]}).json()
    assert stored["model_name"] == "meso_xgb"


def test_a_repeated_post_stores_no_second_copy(admin: APIClient) -> None:
    made = patient_of(admin)
    assert patient_of(admin)["id"] == made["id"]
    for path, body in (
        ("predictions/", {**PREDICTION, "patient_id": made["id"]}),
        ("prescriptions/", {"title": "t", "content_delta": DELTA, "patient": made["id"]}),
        ("patients/records/", {"title": "t", "patient": made["id"]}),
    ):
        answers = [admin.post(f"/api/{path}", body) for _ in range(3)]
        assert {answer.status_code for answer in answers} == {201}
        assert len({answer.json()["id"] for answer in answers}) == 1, path
        assert len(admin.get(f"/api/{path}").json()) == 1, path


def test_the_desktops_marks_name_a_record_once(admin: APIClient, signed_in: SignedIn) -> None:
    name = "0c3a4bd0-0a6e-4b5e-9d8e-2f7d3c9f1a11"
    notes = f"memo\n[mesodesk:{name}]"
    made = patient_of(admin, notes=notes)
    other_person = signed_in(Role.STAFF)
    assert patient_of(other_person, notes=notes, phone="1")["id"] == made["id"]
    mark = {"uuid": name, "assessed_at": "2026-11-20T01:02:03Z", "threshold": 0.29}
    body = {**PREDICTION, "patient_id": made["id"], "input_data": {**VALUES, "_desktop": mark}}
    first = admin.post("/api/predictions/", body).json()
    again = other_person.post("/api/predictions/", body).json()
    assert first == again
    assert first["input_data"]["_desktop"] == mark
    assert admin.post("/api/predictions/", {**body, "output_proba": 0.1}).status_code == 409


def test_doctors_are_listed_and_shown(admin: APIClient, signed_in: SignedIn) -> None:
    made = [signed_in(Role.DOCTOR).get("/api/auth/me/").json()["doctor"] for _ in range(2)]
    assert admin.get("/api/doctors/").json() == made[::-1]
    assert [admin.get(f"/api/doctors/{one['id']}/").json() for one in made] == made


def test_prescriptions_whole(admin: APIClient, doctor: APIClient) -> None:
    made = patient_of(doctor)
    body = {"title": "진해제", "content_delta": DELTA, "patient": made["id"]}
    stored = doctor.post("/api/prescriptions/", body).json()
    assert set(stored) == PRESCRIPTION_KEYS
    assert (stored["content_delta"], stored["doctor"]) == (DELTA, number_of(doctor))
    path = f"/api/prescriptions/{stored['id']}/"
    assert doctor.get(path).json() == stored
    assert doctor.patch(path, {"title": "항생제"}).json()["title"] == "항생제"
    for listing in ("", f"by-patient/{made['id']}/", f"by-doctor/{stored['doctor']}/"):
        rows = admin.get(f"/api/prescriptions/{listing}").json()
        assert [row["id"] for row in rows] == [stored["id"]], listing
    assert admin.get("/api/prescriptions/by-doctor/999/").status_code == 404
    broken = doctor.patch(path, {"content_delta": "not a delta"})
    assert list(broken.json()) == ["content_delta"]
    assert doctor.delete(path).status_code == 204
    assert doctor.get(path).status_code == 404


def test_deleting_a_patient_hides_what_is_about_them(admin: APIClient) -> None:
    made = patient_of(admin)
    stored = admin.post("/api/predictions/", {**PREDICTION, "patient_id": made["id"]}).json()
    admin.delete(f"/api/patients/{made['id']}/")
    assert admin.get(f"/api/predictions/{stored['id']}/").status_code == 404
    assert admin.get("/api/predictions/").json() == []


def test_lists_page_and_the_plain_list_is_capped(
    admin: APIClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [patient_of(admin, name=f"환자 {n}")["id"] for n in range(5)][::-1]
    seen, cursor = [], None
    while True:
        query = {"limit": 2} | ({"cursor": cursor} if cursor else {})
        page = admin.get("/api/patients/", query)
        seen += [row["id"] for row in page.json()]
        cursor = page.headers.get("X-Next-Cursor")
        if cursor is None:
            break
    assert seen == ids
    assert "X-Result-Capped" not in admin.get("/api/patients/").headers
    monkeypatch.setattr(paging, "CAP", 3)
    capped = admin.get("/api/patients/")
    assert [row["id"] for row in capped.json()] == ids[:3]
    assert capped["X-Result-Capped"] == "3"


@pytest.mark.parametrize(
    ("path", "most"),
    [("patients/", 3), ("predictions/", 2), ("prescriptions/", 2), ("doctors/", 2)],
)
def test_a_list_takes_a_fixed_number_of_queries(
    admin: APIClient, doctor: APIClient, path: str, most: int
) -> None:
    for n in range(7):
        made = patient_of(admin, name=f"환자 {n}", assigned_doctors=[number_of(doctor)])
        admin.post("/api/predictions/", {**PREDICTION, "patient_id": made["id"]})
        body = {"title": "t", "content_delta": DELTA, "patient": made["id"]}
        admin.post("/api/prescriptions/", body)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert admin.get(f"/api/{path}").json()
    assert len(queries) <= most, [q["sql"] for q in queries.captured_queries]
