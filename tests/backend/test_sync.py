"""The sync layer on both databases: push, pull, merge, tombstones."""

import uuid
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from rest_framework.test import APIClient

from backend.django_api.accounts.models import Role
from backend.django_api.predictions.models import Prediction
from backend.django_api.records.services import start_new_epoch
from backend.django_api.sync import apis
from tests.backend.conftest import SignedIn
from tests.backend.samples import PATIENT, VALUES, assessment, item, patient_of, pull_all, push

DELTA = '[{"insert": "하루 한 번\\n"}]'


@pytest.fixture
def patient(admin: APIClient) -> dict[str, Any]:
    """Push a patient."""
    pushed = item("patient", PATIENT)
    assert push(admin, pushed)[0]["status"] == "created"
    return pushed


def test_the_server_says_what_it_speaks(doctor: APIClient) -> None:
    said = doctor.get("/api/sync/").json()
    assert set(said) == {
        "protocol", "server_time", "max_batch", "model", "extensions", "epoch", "transfer",
    }  # fmt: skip  # a set of keys
    assert said["extensions"] == ["change_ids", "content_hash", "epoch"]
    assert said["transfer"] is None
    assert (said["protocol"], said["max_batch"]) == (1, apis.MAX_BATCH)
    assert said["server_time"].endswith("Z")
    assert said["model"] == {"model_name": None, "sha256": None}


def test_the_same_push_again_changes_nothing(admin: APIClient, patient: dict[str, Any]) -> None:
    known = item("assessment", assessment(patient["uuid"]))
    batch = [
        known,
        item("outcome", {
            "patient": patient["uuid"],
            "assessment": known["uuid"],
            "outcome": "confirmed",
            "recorded_at": "2026-11-21T00:00:00Z",
        }),
        item("prescription", {
            "patient": patient["uuid"], "title": "t", "content_delta": DELTA,
        }),
    ]  # fmt: skip  # one item, one block
    first = push(admin, *batch)
    assert [result["status"] for result in first] == ["created"] * 3
    before = pull_all(admin)
    again = push(admin, *batch, patient)
    assert {result["status"] for result in again} == {"unchanged"}
    assert [(r["id"], r["version"]) for r in again[:3]] == [(r["id"], 1) for r in first]
    assert pull_all(admin) == before


def test_a_patient_and_what_is_about_them_may_come_in_one_batch_in_any_order(
    admin: APIClient,
) -> None:
    someone = item("patient", PATIENT)
    result = push(admin, item("assessment", assessment(someone["uuid"])), someone)
    assert [r["status"] for r in result] == ["created", "created"]


def test_the_same_item_twice_in_a_batch_is_one_record(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    twice = item("assessment", assessment(patient["uuid"]))
    results = push(admin, twice, twice)
    assert [r["status"] for r in results] == ["created", "unchanged"]
    assert results[0]["id"] == results[1]["id"] is not None
    assert Prediction.objects.count() == 1


def test_assessments_and_outcomes_are_never_edited(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    first = item("assessment", assessment(patient["uuid"]))
    push(admin, first)
    other = {**first, "payload": assessment(patient["uuid"], output_proba=0.1)}
    assert push(admin, other)[0]["status"] == "rejected"
    assert push(admin, {**first, "base_version": 1})[0]["status"] == "rejected"
    assert push(admin, first)[0]["status"] == "unchanged"
    assert pull_all(admin)[0][-1]["payload"]["output_proba"] == 0.4375
    found = {"patient": patient["uuid"], "outcome": "a", "recorded_at": "2026-11-21T00:00:00Z"}
    outcome = item("outcome", found)
    push(admin, outcome)
    assert push(admin, {**outcome, "payload": {**found, "outcome": "b"}})[0]["status"] == "rejected"
    assert push(admin, {**outcome, "base_version": 1})[0]["status"] == "rejected"
    assert pull_all(admin)[0][-1]["payload"]["outcome"] == "a"


def test_one_bad_item_never_fails_the_batch(admin: APIClient, patient: dict[str, Any]) -> None:
    good = item("assessment", assessment(patient["uuid"]))
    bad: list[Any] = [
        None,
        7,
        "x",
        [],
        {},
        {**good, "kind": "king"},
        {**good, "uuid": "x"},
        {**good, "uuid": 7},
        item("assessment", assessment("x")),
        item("outcome", {"patient": patient["uuid"], "assessment": 7, "outcome": "o"}),
        {**good, "payload": None},
        {**good, "surplus": 1},
        item("assessment", assessment(patient["uuid"], output_proba=2)),
        item("assessment", assessment(patient["uuid"], output_label="1x")),
        item("assessment", assessment(patient["uuid"], surplus=1)),
        item("assessment", assessment(str(uuid.uuid4()))),
        item("outcome", {"patient": patient["uuid"]}),
        item("patient", {**PATIENT, "birth_year": 1}),
        item("patient", {**PATIENT, "assigned_doctors": [999]}),
        item("patient", PATIENT, base=3),
    ]
    results = push(admin, *bad, good)
    assert [r["status"] for r in results] == ["rejected"] * len(bad) + ["created"]
    assert all(r["errors"] for r in results[:-1])


def test_a_uuid_of_another_kind_is_refused_for_itself(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    body = {"patient": patient["uuid"], "title": "t", "content_delta": DELTA}
    good, name = item("prescription", body), str(uuid.uuid4())
    results = push(
        admin,
        item("prescription", body, name=patient["uuid"]),
        good,
        item("patient", PATIENT, name=name),
        item("prescription", body, name=name),
    )
    assert [r["status"] for r in results] == ["rejected", "created", "created", "rejected"]
    assert results[0]["errors"] == {"uuid": ["A record of another kind has this uuid."]}
    marked = patient_of(admin, name="다른 환자", notes=f"[mesodesk:{good['uuid']}]")
    assert marked["id"] not in (results[2]["id"], push(admin, patient)[0]["id"])


def test_changes_of_different_fields_are_merged(admin: APIClient, patient: dict[str, Any]) -> None:
    number = push(admin, patient)[0]["id"]
    admin.patch(f"/api/patients/{number}/", {"phone": "02-1"})
    mine = {**patient, "base_version": 1, "payload": {**PATIENT, "address": "부산"}}
    result = push(admin, mine)[0]
    assert (result["status"], result["version"]) == ("updated", 3)
    merged = admin.get(f"/api/patients/{number}/").json()
    assert (merged["phone"], merged["address"]) == ("02-1", "부산")
    assert push(admin, mine)[0] == {**result, "status": "unchanged"}


def test_changes_of_one_field_conflict_and_show_the_servers(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    number = push(admin, patient)[0]["id"]
    admin.patch(f"/api/patients/{number}/", {"phone": "02-1"})
    mine = {**patient, "base_version": 1, "payload": {"phone": "02-2"}}
    result = push(admin, mine)[0]
    assert (result["status"], result["version"]) == ("conflict", 2)
    assert result["current"]["payload"]["phone"] == "02-1"
    assert result["current"]["changed_by"] == admin.get("/api/auth/me/").json()["username"]
    assert result["current"]["changed_at"].endswith("Z")
    assert result["fields_in_conflict"] == ["phone"]
    assert admin.get(f"/api/patients/{number}/").json()["phone"] == "02-1"
    decided = push(admin, {**mine, "base_version": 2})[0]
    assert (decided["status"], decided["version"]) == ("updated", 3)


def test_the_same_change_on_both_sides_is_no_conflict(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    number = push(admin, patient)[0]["id"]
    admin.patch(f"/api/patients/{number}/", {"phone": "02-1"})
    same = {**patient, "base_version": 1, "payload": {"phone": "02-1"}}
    assert push(admin, same)[0]["status"] == "unchanged"


def test_a_late_repeat_is_known_though_others_went_on(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    number = push(admin, patient)[0]["id"]
    mine = {**patient, "base_version": 1, "payload": {"phone": "02-2"}}
    assert push(admin, mine)[0]["version"] == 2
    admin.patch(f"/api/patients/{number}/", {"phone": "02-3"})
    repeated = push(admin, mine)[0]
    assert (repeated["status"], repeated["version"]) == ("unchanged", 2)
    assert admin.get(f"/api/patients/{number}/").json()["phone"] == "02-3"


def test_prescriptions_merge_and_conflict_too(admin: APIClient, patient: dict[str, Any]) -> None:
    body = {"patient": patient["uuid"], "title": "t", "content_delta": DELTA}
    first = item("prescription", body)
    number = push(admin, first)[0]["id"]
    admin.patch(f"/api/prescriptions/{number}/", {"title": "새 제목"})
    other = {**first, "base_version": 1, "payload": {**body, "content_delta": "[]"}}
    assert push(admin, other)[0]["status"] == "updated"
    clash = {**first, "base_version": 1, "payload": {**body, "title": "다른 제목"}}
    assert push(admin, clash)[0]["status"] == "conflict"


def test_details_of_the_workstation_merge_key_by_key(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    with_details = {
        **patient,
        "base_version": 1,
        "payload": {"details": {"chart": "7", "sex": "M"}},
    }
    assert push(admin, with_details)[0]["version"] == 2
    one = {**patient, "base_version": 2, "payload": {"details": {"chart": "8", "sex": "M"}}}
    two = {**patient, "base_version": 2, "payload": {"details": {"chart": "7", "sex": "F"}}}
    assert [r["status"] for r in (push(admin, one) + push(admin, two))] == ["updated", "updated"]
    assert pull_all(admin)[0][-1]["payload"]["details"] == {"chart": "8", "sex": "F"}


def test_a_synced_assessment_appears_to_existing_clients(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    result = push(admin, item("assessment", assessment(patient["uuid"])))[0]
    row = admin.get("/api/predictions/").json()[0]
    assert row["id"] == result["id"]
    assert row["input_data"] == VALUES
    assert (row["output_label"], row["output_proba"]) == (1, 0.4375)


def test_what_came_by_the_classic_calls_is_the_same_record_by_push(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    number = push(admin, patient)[0]["id"]
    pushed = item("assessment", assessment(patient["uuid"]))
    mark = {"uuid": pushed["uuid"], "assessed_at": "2026-11-20T01:02:03Z", "threshold": 0.29}
    body = {"patient_id": number, "output_label": 1, "output_proba": 0.4375}
    posted = admin.post("/api/predictions/", {**body, "input_data": {**VALUES, "_desktop": mark}})
    result = push(admin, pushed)[0]
    assert (result["status"], result["id"]) == ("unchanged", posted.json()["id"])
    again = admin.post("/api/predictions/", {**body, "input_data": {**VALUES, "_desktop": mark}})
    assert again.json()["id"] == posted.json()["id"]


def test_a_pull_goes_on_where_the_last_one_stopped(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    push(admin, *(item("assessment", assessment(patient["uuid"])) for _ in range(6)))
    items, cursor = pull_all(admin, limit=2)
    assert [i["kind"] for i in items] == ["patient"] + ["assessment"] * 6
    assert pull_all(admin, cursor) == ([], cursor)
    push(admin, item("assessment", assessment(patient["uuid"])))
    later, _ = pull_all(admin, cursor)
    assert len(later) == 1
    assert {i["uuid"] for i in later}.isdisjoint(i["uuid"] for i in items)


def test_roles_see_what_they_may(admin: APIClient, doctor: APIClient, signed_in: SignedIn) -> None:
    own = patient_of(doctor, name="나의 환자")
    other = item("patient", PATIENT)
    push(admin, other, item("assessment", assessment(other["uuid"])))
    assert [i["id"] for i in pull_all(doctor)[0]] == [own["id"]]
    assert len(pull_all(signed_in(Role.STAFF))[0]) == 3
    assert pull_all(signed_in(Role.PATIENT))[0] == []
    stolen = [
        item("assessment", assessment(other["uuid"])),
        {**other, "base_version": 1, "payload": {"phone": "1"}},
        {**other, "payload": {**PATIENT, "phone": "1"}},
    ]
    assert {r["status"] for r in push(doctor, *stolen)} == {"rejected"}


def test_a_new_doctor_meets_what_is_older_than_their_cursor(
    admin: APIClient, doctor: APIClient, patient: dict[str, Any]
) -> None:
    push(admin, item("assessment", assessment(patient["uuid"])))
    empty, cursor = pull_all(doctor)
    assert empty == []
    me = doctor.get("/api/auth/me/").json()["doctor"]["id"]
    number = push(admin, patient)[0]["id"]
    body = {"patient_id": number, "doctor_ids": [me]}
    admin.post("/api/patients/assign-doctors/", body)
    assert sorted(i["kind"] for i in pull_all(doctor, cursor)[0]) == ["assessment", "patient"]


def test_deleting_leaves_tombstones(admin: APIClient, patient: dict[str, Any]) -> None:
    first = item("assessment", assessment(patient["uuid"]))
    push(admin, first)
    _, cursor = pull_all(admin)
    number = push(admin, patient)[0]["id"]
    admin.delete(f"/api/patients/{number}/")
    tombs, _ = pull_all(admin, cursor)
    assert {(t["kind"], t["uuid"], t["deleted"], t["version"]) for t in tombs} == {
        ("patient", patient["uuid"], True, 2),
        ("assessment", first["uuid"], True, 2),
    }
    assert not any("payload" in tomb for tomb in tombs)
    assert push(admin, first)[0]["status"] == "unchanged"
    edit = {**patient, "base_version": 1, "payload": {"phone": "1"}}
    assert push(admin, edit)[0]["current"] == {"deleted": True, "version": 2}


def test_only_an_administrator_pushes_tombstones(
    admin: APIClient, signed_in: SignedIn, patient: dict[str, Any]
) -> None:
    tomb = {"kind": "patient", "uuid": patient["uuid"], "deleted": True, "version": 1}
    assert push(signed_in(Role.STAFF), tomb)[0]["status"] == "rejected"
    assert push(admin, {**tomb, "version": 0})[0]["status"] == "conflict"
    assert push(admin, tomb)[0]["status"] == "updated"
    assert push(admin, tomb)[0]["status"] == "unchanged"


@pytest.mark.parametrize("cursor", ["x", "é", "AAAA", "=" * 20, "bnVsbA", "LTE6LTE"])
def test_a_broken_cursor_is_400(admin: APIClient, cursor: str) -> None:
    answer = admin.get("/api/sync/pull/", {"cursor": cursor})
    assert (answer.status_code, list(answer.json())) == (400, ["cursor"])


def test_after_a_restored_backup_every_cursor_starts_anew(
    admin: APIClient, patient: dict[str, Any]
) -> None:
    items, cursor = pull_all(admin)
    start_new_epoch()
    assert pull_all(admin, cursor)[0] == items


def test_a_batch_that_is_too_large_is_413(admin: APIClient) -> None:
    body = {"device_id": "d", "items": [None] * (apis.MAX_BATCH + 1)}
    assert admin.post("/api/sync/push/", body).status_code == 413


def test_a_batch_takes_a_fixed_number_of_queries(admin: APIClient, patient: dict[str, Any]) -> None:
    def queries_of(count: int) -> int:
        batch = [item("assessment", assessment(patient["uuid"])) for _ in range(count)]
        with CaptureQueriesContext(connection) as queries:
            push(admin, *batch)
        return len(queries)

    queries_of(1)
    # SQLite takes about fifty rows a statement; that is all that grows.
    assert queries_of(200) <= queries_of(2) + 200 // 40
    known = [item("assessment", assessment(patient["uuid"])) for _ in range(20)]
    push(admin, *known)
    with CaptureQueriesContext(connection) as named:
        results = push(
            admin,
            *(
                item("outcome", {
                    "patient": patient["uuid"], "assessment": one["uuid"],
                    "outcome": "confirmed", "recorded_at": "2026-11-21T00:00:00Z",
                })
                for one in known
            ),
        )  # fmt: skip  # one item, one block
    assert {result["status"] for result in results} == {"created"}
    assert len(named) <= 12
    with CaptureQueriesContext(connection) as one_page:
        admin.get("/api/sync/pull/", {"limit": 500})
    assert len(one_page) <= 8
