"""Changes with ids: lost answers, late files, other people, on both databases."""

import uuid
from hashlib import sha256
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.django_api.accounts.models import Role
from backend.django_api.records.models import Revision
from backend.django_api.records.services import start_new_epoch
from tests.backend.conftest import SignedIn
from tests.backend.samples import PATIENT, assessment, item, pull_all, push

DELTA = '[{"insert": "하루 한 번\\n"}]'
Change = dict[str, Any]


@pytest.fixture
def patient(admin: APIClient) -> Change:
    """Push a patient."""
    pushed = {**item("patient", PATIENT), "change_id": str(uuid.uuid4())}
    result = push(admin, pushed)[0]
    assert (result["status"], result["base_version"]) == ("created", 1)
    assert result["change_id"] == pushed["change_id"]
    return pushed


def change(record: Change, base: int, *supersedes: Change, **fields: Any) -> Change:
    """Return a change of a record, built on some earlier ones."""
    return {
        **{name: record[name] for name in ("kind", "uuid")},
        "base_version": base,
        "payload": fields,
        "change_id": str(uuid.uuid4()),
        "supersedes": [one["change_id"] for one in supersedes],
    }


def now(client: APIClient, record: Change) -> dict[str, Any]:
    """Return what stands, flat."""
    found = next(one for one in pull_all(client)[0] if one["uuid"] == record["uuid"])
    payload: dict[str, Any] = found["payload"]
    return {**payload, **payload["details"]}


def said(result: dict[str, Any]) -> tuple[str, int, int | None]:
    """Return what an answer says of versions."""
    return result["status"], result["version"], result.get("base_version")


def test_the_same_change_again_is_the_version_that_it_made(
    admin: APIClient, patient: Change
) -> None:
    first = change(patient, 1, phone="1")
    assert [said(r) for r in push(admin, first, first)] == [("updated", 2, 2), ("unchanged", 2, 2)]
    push(admin, change(patient, 2, phone="2"))
    again = push(admin, first)[0]
    assert said(again) == ("unchanged", 2, 2)
    assert again["change_id"] == first["change_id"]
    assert now(admin, patient)["phone"] == "2"


def test_a_change_back_to_an_earlier_value_is_no_repetition(
    admin: APIClient, patient: Change
) -> None:
    first = change(patient, 1, phone="1")
    second = change(patient, 1, first, phone="2")
    back = change(patient, 1, first, second, phone="1")
    for one in (first, second, back):
        assert push(admin, one)[0]["status"] == "updated"
    assert now(admin, patient)["phone"] == "1"
    to_the_start = change(patient, 1, first, second, back, phone=PATIENT["phone"])
    assert said(push(admin, to_the_start)[0]) == ("updated", 5, 5)
    assert now(admin, patient)["phone"] == PATIENT["phone"]


def test_nobody_conflicts_with_their_own_change_whose_answer_was_lost(
    admin: APIClient, patient: Change
) -> None:
    first = change(patient, 1, phone="1", address="부산")
    push(admin, first)
    second = change(patient, 1, first, phone="2", address="부산")
    assert said(push(admin, second)[0]) == ("updated", 3, 3)
    not_named = change(patient, 1, phone="3")
    assert push(admin, not_named)[0]["status"] == "conflict"


def test_a_new_record_whose_answer_was_lost_is_edited_whole(
    admin: APIClient, doctor: APIClient
) -> None:
    new = {**item("patient", {**PATIENT, "assigned_doctors": []}), "change_id": str(uuid.uuid4())}
    edited = change(new, 0, new, **{**new["payload"], "phone": "1"})
    # The server adds the doctor to their new patient; that is no change of anybody else.
    assert [said(r) for r in push(doctor, new, edited)] == [("created", 1, 1), ("updated", 2, 2)]
    assert len(now(doctor, new)["assigned_doctors"]) == 1
    late = {**item("patient", PATIENT), "change_id": str(uuid.uuid4())}
    first = change(late, 0, late, **{**PATIENT, "phone": "2"})
    assert [r["status"] for r in push(admin, first, late)] == ["created", "unchanged"]
    assert now(admin, late)["phone"] == "2"


def test_what_somebody_else_changed_between_is_never_overwritten_unseen(
    admin: APIClient, patient: Change
) -> None:
    first = change(patient, 1, phone="1")
    push(admin, first, change(patient, 2, phone="theirs", address="대구"))
    second = change(patient, 1, first, phone="2", notes="n")
    result = push(admin, second)[0]
    assert (result["status"], result["fields_in_conflict"]) == ("conflict", ["phone"])
    assert result["fields_changed"] == ["notes"]
    assert result["current"]["payload"]["phone"] == "theirs"
    decided = change(patient, result["version"], first, second, phone="2", notes="n")
    assert said(push(admin, decided)[0]) == ("updated", 4, 4)
    assert (now(admin, patient)["phone"], now(admin, patient)["address"]) == ("2", "대구")
    assert push(admin, second)[0]["status"] == "unchanged"


def test_an_answer_tells_which_version_may_be_built_on_without_a_pull(
    admin: APIClient, patient: Change
) -> None:
    push(admin, change(patient, 1, address="대구"))
    mine = change(patient, 1, phone="1")
    assert said(push(admin, mine)[0]) == ("updated", 3, 1)
    # Whoever took 3 as their base would overwrite the address that they never saw.
    unseen = push(admin, change(patient, 1, mine, address="부산"))[0]
    assert unseen["fields_in_conflict"] == ["address"]
    assert said(push(admin, change(patient, 1, mine, phone="2"))[0]) == ("updated", 4, 1)


def test_what_a_change_only_repeats_is_not_taken_from_it(admin: APIClient, patient: Change) -> None:
    first = change(patient, 1, phone="1")
    push(admin, first, change(patient, 2, phone="theirs"))
    second = change(patient, 1, first, phone="1", notes="n")
    assert push(admin, second)[0]["status"] == "updated"
    assert now(admin, patient)["phone"] == "theirs"
    third = change(patient, 1, first, second, phone="3")
    assert push(admin, third)[0]["fields_in_conflict"] == ["phone"]


def test_files_come_in_any_order(admin: APIClient, patient: Change) -> None:
    first = change(patient, 1, phone="1", notes="a")
    second = change(patient, 1, first, phone="2", notes="a")
    third = change(patient, 1, first, second, phone=PATIENT["phone"], notes="a")
    results = push(admin, third, second, first, third)
    assert [r["status"] for r in results] == ["updated", "unchanged", "unchanged", "unchanged"]
    assert {r["version"] for r in results} == {2}
    assert now(admin, patient)["phone"] == PATIENT["phone"]


def test_a_change_that_alters_nothing_is_known_all_the_same(
    admin: APIClient, patient: Change
) -> None:
    lost = change(patient, 1, phone="1")
    back = change(patient, 1, lost, phone=PATIENT["phone"])
    assert said(push(admin, back)[0]) == ("updated", 2, 2)
    assert said(push(admin, lost)[0]) == ("unchanged", 2, 1)
    assert now(admin, patient)["phone"] == PATIENT["phone"]


def test_a_field_that_no_later_change_carried_is_taken_from_a_late_one(
    admin: APIClient, patient: Change
) -> None:
    late = change(patient, 1, phone="1", notes="only here")
    careless = change(patient, 1, late, phone="2")
    assert push(admin, careless)[0]["status"] == "updated"
    assert push(admin, late, late)[0]["status"] == "updated"
    assert push(admin, late)[0]["status"] == "unchanged"
    assert (now(admin, patient)["phone"], now(admin, patient)["notes"]) == ("2", "only here")


def test_an_older_backup_of_a_workstation_merges_or_conflicts(
    admin: APIClient, patient: Change
) -> None:
    kept_in_the_backup = change(patient, 1, phone="1")
    push(admin, kept_in_the_backup)
    push(admin, change(patient, 1, kept_in_the_backup, phone="2", notes="forgotten"))
    assert push(admin, kept_in_the_backup)[0]["status"] == "unchanged"
    other_field = change(patient, 1, kept_in_the_backup, address="부산")
    assert push(admin, other_field)[0]["status"] == "updated"
    same_field = change(patient, 1, kept_in_the_backup, phone="3")
    assert push(admin, same_field)[0]["fields_in_conflict"] == ["phone"]
    assert now(admin, patient)["phone"] == "2"


def test_superseding_nothing_or_somebody_elses_changes_nothing_beyond_the_pushed_fields(
    admin: APIClient, signed_in: SignedIn, patient: Change
) -> None:
    """A forged list is worth what naming the newest base_version is: the fields pushed, no more.

    A change that stands is only read as a base; one that comes later loses to the forger no field
    but those that the forger pushed, and may overwrite anyway.
    """
    other = signed_in(Role.STAFF)
    arrived = change(patient, 1, phone="1", notes="n")
    push(admin, arrived)
    nothing = {"change_id": str(uuid.uuid4())}
    assert push(other, change(patient, 2, nothing, address="부산"))[0]["status"] == "updated"
    on_its_way = change(patient, 3, phone="5", notes="m")
    forged = change(patient, 1, arrived, on_its_way, phone="forged")
    assert push(other, forged)[0]["status"] == "updated"
    assert now(admin, patient)["notes"] == "n"
    assert push(admin, on_its_way)[0]["status"] == "updated"
    assert (now(admin, patient)["phone"], now(admin, patient)["notes"]) == ("forged", "m")


def test_prescriptions_and_details_are_told_apart_the_same_way(
    admin: APIClient, patient: Change
) -> None:
    body = {"patient": patient["uuid"], "title": "t", "content_delta": DELTA}
    new = {**item("prescription", body), "change_id": str(uuid.uuid4())}
    edited = change(new, 0, new, **{**body, "title": "u", "details": {"a": 1}})
    assert [r["status"] for r in push(admin, new, edited, new)] == [
        "created", "updated", "unchanged",
    ]  # fmt: skip  # one list
    push(admin, change(new, 2, details={"b": 2}))
    mine = change(new, 2, details={"a": 3})
    result = push(admin, change(new, 2, mine, details={"a": 4}), mine)
    assert [said(r) for r in result] == [("updated", 4, 2), ("unchanged", 4, 2)]
    assert (now(admin, new)["title"], now(admin, new)["details"]) == ("u", {"a": 4, "b": 2})
    moved = change(new, 4, patient=str(uuid.uuid4()))
    assert push(admin, moved)[0]["status"] == "rejected"


def test_a_refused_change_of_a_prescription_leaves_no_trace_in_its_batch(
    admin: APIClient, patient: Change
) -> None:
    new = item("prescription", {"patient": patient["uuid"], "title": "t", "content_delta": DELTA})
    push(admin, new)
    bad, good = change(new, 1, title="bad", doctor=999), change(new, 1, details={"a": 1})
    assert [r["status"] for r in push(admin, bad, good)] == ["rejected", "updated"]
    assert now(admin, new)["title"] == "t"


def test_tombstones_know_the_changes_before_them(admin: APIClient, patient: Change) -> None:
    lost = change(patient, 1, phone="1")
    push(admin, lost)
    tomb = {**change(patient, 1), "deleted": True, "version": 1}
    del tomb["base_version"], tomb["payload"]
    assert push(admin, tomb)[0]["status"] == "conflict"
    tomb["supersedes"] = [lost["change_id"]]
    assert push(admin, tomb)[0]["status"] == "updated"
    assert [r["status"] for r in push(admin, tomb, lost)] == ["unchanged", "unchanged"]
    late = change(patient, 2, lost, phone="2")
    assert push(admin, late)[0]["current"] == {"deleted": True, "version": 3}


def test_a_version_of_another_life_of_the_database_is_no_base(
    admin: APIClient, patient: Change
) -> None:
    epoch = admin.get("/api/sync/").json()["epoch"]

    def push_of(life: str, *items: Change) -> list[dict[str, Any]]:
        body = {"device_id": "desk-1", "items": list(items), "epoch": life}
        results: list[dict[str, Any]] = admin.post("/api/sync/push/", body).json()["results"]
        return results

    first = change(patient, 1, phone="1")
    assert push_of(epoch, first)[0]["status"] == "updated"
    start_new_epoch()
    new_epoch = admin.get("/api/sync/").json()["epoch"]
    assert new_epoch != epoch
    # What was version 2 once may be anybody's here: only equal values and one's own are known.
    result = push_of(epoch, change(patient, 2, address="부산", phone="2"))[0]
    assert result["fields_in_conflict"] == ["address", "phone"]
    assert push_of(epoch, change(patient, 2, first, phone="2"))[0]["status"] == "updated"
    assert push_of(new_epoch, change(patient, 3, address="부산"))[0]["status"] == "updated"


@pytest.mark.parametrize(
    "wrong",
    [
        {"change_id": 7},
        {"change_id": None},
        {"change_id": "x"},
        {"change_id": True},
        {"supersedes": None},
        {"supersedes": "x"},
        {"supersedes": {}},
        {"supersedes": [1]},
        {"supersedes": [str(uuid.uuid4())] * 201},
        {"uuid": 7},
    ],
)
def test_additions_of_a_wrong_form_are_rejected(
    admin: APIClient, patient: Change, wrong: Change
) -> None:
    result = push(admin, {**change(patient, 1, phone="1"), **wrong})[0]
    assert (result["status"], list(result["errors"])) == ("rejected", list(wrong))


def test_a_change_without_an_id_supersedes_nothing(admin: APIClient, patient: Change) -> None:
    nameless = change(patient, 1, patient, phone="1")
    del nameless["change_id"]
    assert push(admin, nameless)[0]["status"] == "rejected"


def test_a_rejection_names_the_change_too(admin: APIClient, patient: Change) -> None:
    bad = change(patient, 1, birth_year=1)
    assert push(admin, bad)[0]["change_id"] == bad["change_id"]


def test_an_assessment_is_answered_with_the_digest_of_its_sealed_text(
    admin: APIClient, patient: Change
) -> None:
    text = '{"순서": "그대로", "x": 1.50}'
    sealed = item("assessment", assessment(patient["uuid"], details={"sealed": text}))
    plain = item("assessment", assessment(patient["uuid"], details={"sealed": 7}))
    sealed["change_id"] = str(uuid.uuid4())
    digest = sha256(text.encode()).hexdigest()
    for status in ("created", "unchanged"):
        results = push(admin, sealed, plain)
        assert [r["status"] for r in results] == [status] * 2
        assert [r["content_sha256"] for r in results] == [digest, None]
        assert results[0]["change_id"] == sealed["change_id"]
    other = {**sealed, "payload": {**sealed["payload"], "details": {"sealed": "x"}}}
    assert "content_sha256" not in push(admin, other)[0]


def test_a_pull_says_who_made_a_version(
    admin: APIClient, signed_in: SignedIn, patient: Change
) -> None:
    staff = signed_in(Role.STAFF, last_name="김", first_name="영희")
    push(admin, item("assessment", assessment(patient["uuid"])))
    clash = change(patient, 1, phone="1")
    push(staff, clash, change(patient, 1, clash, phone="2"))
    items = {one["kind"]: one for one in pull_all(admin)[0]}
    assert items["patient"]["changed_by"] == "김영희"
    assert items["assessment"]["changed_by"].startswith("admin-")
    conflict = push(admin, change(patient, 1, phone="3"))[0]
    assert conflict["current"]["changed_by"] == "김영희"


def test_a_classic_change_keeps_no_fields_of_a_push(admin: APIClient, patient: Change) -> None:
    number = push(admin, patient)[0]["id"]
    admin.patch(f"/api/patients/{number}/", {"phone": "02-1"})
    kept = Revision.objects.order_by("version").values_list("change_id", "supersedes", "pushed")
    assert [row[1:] for row in kept] == [([], PATIENT), ([], None)]
    assert [str(row[0]) for row in kept] == [patient["change_id"], "None"]
