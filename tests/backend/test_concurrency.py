"""Many writers at once: a cursor skips nothing, a uuid is stored once."""

import itertools
import threading
import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections, transaction
from rest_framework.test import APIClient

from backend.django_api.accounts.models import Role, User
from backend.django_api.patients.models import Patient
from backend.django_api.predictions.models import Prediction
from backend.django_api.records.models import ChangeCounter
from backend.django_api.sync import selectors, services
from tests.backend.conftest import Account
from tests.backend.samples import PASSWORD, PATIENT, assessment, item

WRITERS, BATCHES, SIZE = 6, 12, 5


def in_threads(*jobs: Callable[[], None]) -> None:
    """Run jobs side by side, each with a connection of its own; raise what any raised."""

    def job_and_close(job: Callable[[], None]) -> None:
        try:
            job()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(jobs)) as pool:
        for done in [pool.submit(job_and_close, job) for job in jobs]:
            done.result()


def push(user: User, *items: object) -> list[str]:
    return [str(result["status"]) for result in services.push(user=user, raw_items=items)]


def test_a_cursor_skips_nothing_while_writers_commit(account: Account) -> None:
    user = account(Role.ADMIN)
    is_done = threading.Event()
    pushed: list[str] = []
    pulled: list[str] = []
    numbers: list[int] = []

    def write(number: int) -> None:
        for batch in range(BATCHES):
            someone = item("patient", {**PATIENT, "name": f"환자 {number}-{batch}"})
            items = [item("assessment", assessment(someone["uuid"])) for _ in range(SIZE)]
            assert set(push(user, someone, *items)) == {"created"}
            pushed.extend(one["uuid"] for one in [someone, *items])

    def read() -> None:
        cursor = ""
        while True:
            was_done = is_done.is_set()
            page = selectors.pull(user=user, cursor=cursor, limit=7)
            pulled.extend(one["uuid"] for one in page.items)
            numbers.append(len(page.items))
            cursor = page.next_cursor
            if was_done and not page.has_more:
                return

    def write_all() -> None:
        try:
            in_threads(*[lambda n=n: write(n) for n in range(WRITERS)])
        finally:
            is_done.set()

    in_threads(write_all, read, read)
    assert len(pushed) == WRITERS * BATCHES * (SIZE + 1)
    assert sorted(pulled) == sorted(itertools.chain(pushed, pushed))


def test_one_uuid_pushed_by_many_at_once_is_stored_once(account: Account) -> None:
    user = account(Role.ADMIN)
    someone = item("patient", PATIENT)
    push(user, someone)
    contested = [item("assessment", assessment(someone["uuid"])) for _ in range(20)]
    statuses: list[str] = []

    def write(order: int) -> None:
        statuses.extend(push(user, *(contested if order % 2 else contested[::-1])))

    in_threads(*[lambda n=n: write(n) for n in range(WRITERS)])
    assert Prediction.objects.count() == 20
    assert statuses.count("created") == 20
    assert set(statuses) == {"created", "unchanged"}


def test_many_edits_of_one_patient_lose_no_field(account: Account) -> None:
    user = account(Role.ADMIN)
    someone = item("patient", PATIENT)
    push(user, someone)

    def write(number: int) -> None:
        change = {"details": {f"key {number}": number}}
        assert push(user, {**someone, "base_version": 1, "payload": change}) == ["updated"]

    in_threads(*[lambda n=n: write(n) for n in range(WRITERS)])
    last = selectors.pull(user=user, cursor="", limit=10).items[-1]
    assert last["version"] == WRITERS + 1
    assert len(last["payload"]["details"]) == WRITERS


def test_the_same_post_at_once_makes_one_record(account: Account) -> None:
    user = account(Role.ADMIN)
    name = str(uuid.uuid4())
    ids: set[int] = set()

    def post() -> None:
        client = APIClient()
        client.force_authenticate(user)
        body = {**PATIENT, "notes": f"[mesodesk:{name}]"}
        ids.add(client.post("/api/patients/", body).json()["id"])

    in_threads(*[post] * WRITERS)
    assert len(ids) == 1


def test_one_name_registered_by_many_at_once_is_one_account(db: str) -> None:
    body = {"username": "new.person", "password": PASSWORD}
    statuses: list[int] = []

    def register() -> None:
        statuses.append(APIClient().post("/api/auth/register/", body).status_code)

    in_threads(*[register] * WRITERS)
    assert sorted(statuses) == [201] + [400] * (WRITERS - 1)
    assert User.objects.count() == 1


def test_administrators_who_close_each_others_accounts_at_once_do_not_all_go(
    account: Account,
) -> None:
    one, two = account(Role.ADMIN), account(Role.ADMIN)
    statuses: list[int] = []

    def send(by: User, path: str, body: dict[str, object]) -> None:
        client = APIClient()
        client.force_authenticate(by)
        statuses.append(client.post(f"/api/auth/{path}", body).status_code)

    in_threads(
        lambda: send(one, "bulk-approve/", {"user_ids": [two.pk], "action": "reject"}),
        lambda: send(two, "change-role/", {"user_id": one.pk, "role": "STAFF"}),
    )
    assert sorted(statuses) == [200, 409]
    assert User.objects.filter(role=Role.ADMIN, is_active=True).count() == 1


@pytest.mark.parametrize("db", ["postgresql"], indirect=True)
def test_without_the_counters_lock_a_cursor_would_skip(account: Account) -> None:
    """Show that the proof above can fail: take numbers early, commit late, and one is lost."""
    user = account(Role.ADMIN)
    someone = item("patient", PATIENT)
    push(user, someone)
    has_number, may_commit = threading.Event(), threading.Event()

    def slow() -> None:
        # A number without the lock: what a plain sequence would give.
        with transaction.atomic():
            taken = ChangeCounter.objects.get(pk=1).value + 1
            Prediction.objects.create(
                patient=Patient.objects.get(),
                change_number=taken,
                created_by=user,
                created_at="2026-11-20T00:00:00Z",
                updated_at="2026-11-20T00:00:00Z",
                model_name="m",
                input_data={},
                output_label=0,
                output_proba=0.1,
            )
            has_number.set()
            assert may_commit.wait(20)

    def quick() -> None:
        assert has_number.wait(20)
        push(user, item("assessment", assessment(someone["uuid"])))
        cursor = selectors.pull(user=user, cursor="", limit=100).next_cursor
        may_commit.set()
        found.append(cursor)

    found: list[str] = []
    in_threads(slow, quick)
    assert selectors.pull(user=user, cursor=found[0], limit=100).items == []
    assert Prediction.objects.count() == 2
