"""Two workstations and the server change the same patients at random, and all come to agree."""

import random
from collections import defaultdict
from typing import Any

import pytest
from rest_framework.test import APIClient

from backend.django_api.patients.models import Patient as ServerPatient
from desktop_app.application import conflicts
from desktop_app.application.conflicts import Side
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import Patient
from tests.backend.samples import PASSWORD
from tests.sync.conftest import MakeDesk
from tests.sync.proxy import Call, Fault, Line
from tests.sync.workstation import Desk

# Each value tells who wrote it when.
FIELDS = ("phone", "exposure_work", "exposure_end")
SERVER_FIELDS = ("phone",)
FAULTS = (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TWICE, Fault.LATER_AGAIN, Fault.TRUNCATED)

Written = dict[tuple[RecordId, str], list[tuple[str, Any]]]


class World:
    """Everybody who changes something, and what each wrote."""

    def __init__(self, desks: tuple[Desk, Desk], mobile: APIClient, seed: int) -> None:
        self.desks, self.mobile = desks, mobile
        self.chance = random.Random(seed)
        self.written: Written = defaultdict(list)
        self.count = 0

    def value_of(self, field: str) -> Any:
        """Return a value that nobody wrote before."""
        self.count += 1
        if field == "exposure_end":
            return 1976 + self.count % 49
        return f"010-{self.count:04}" if field == "phone" else f"일 {self.count}"

    def change_here(self, patient: Patient) -> None:
        """Let a person at one of the workstations change a field or two."""
        at = self.chance.randrange(2)
        fields = self.chance.sample(FIELDS, self.chance.randint(1, 2))
        values = {field: self.value_of(field) for field in fields}
        self.desks[at].change(patient, **values)
        for field, value in values.items():
            self.written[patient.patient_id, field].append((f"room{at}", value))

    def change_there(self, patient: Patient) -> None:
        """Let another program change the server's record."""
        stored = ServerPatient.objects.filter(uuid=patient.patient_id).first()
        if stored is not None:
            value = self.value_of("phone")
            answer = self.mobile.patch(f"/api/patients/{stored.pk}/", {"phone": value})
            assert answer.status_code == 200
            self.written[patient.patient_id, "phone"].append(("server", value))

    def decide(self, desk: Desk) -> int:
        """Let a person decide every conflict, either way."""
        waiting = conflicts.list_conflicts(desk.session)
        for patient in waiting:
            conflict = conflicts.open_conflict(desk.session, patient.patient_id)
            choices = {
                one.name: one.preset or self.chance.choice((Side.HERE, Side.SERVER))
                for one in conflict.fields
            }
            conflicts.decide_conflict(desk.session, conflict, choices)
        return len(waiting)


def fields_at(patient: Patient) -> dict[str, Any]:
    return {field: getattr(patient.details, field) for field in FIELDS}


def fields_there(patient: Patient) -> dict[str, Any]:
    stored = ServerPatient.objects.get(uuid=patient.patient_id)
    return {field: stored.details.get(field, getattr(stored, field, None)) for field in FIELDS}


@pytest.mark.parametrize("seed", range(3))
def test_all_come_to_agree_and_nothing_is_lost_unseen(
    make_desk: MakeDesk, line: Line, seed: int, is_full_run: bool
) -> None:
    desks = make_desk("room1"), make_desk("room2")
    mobile = APIClient()
    tokens = mobile.post("/api/auth/token/", {"username": "sync", "password": PASSWORD}).json()
    mobile.credentials(HTTP_AUTHORIZATION=f"Bearer {tokens['access']}")
    world = World(desks, mobile, seed)
    patients = 200 if is_full_run else 30
    people = [desks[0].register(chart=str(number)) for number in range(patients)]
    for desk in desks:
        desk.synced()

    def judge(call: Call) -> Fault:
        is_sync = call.path.startswith(("/api/sync/push", "/api/sync/pull"))
        return (
            world.chance.choice(FAULTS) if is_sync and world.chance.random() < 0.3 else Fault.NONE
        )

    line.judge = judge
    for _ in range(8 * patients):
        happening = world.chance.random()
        if happening < 0.7:
            world.change_here(world.chance.choice(people))
        elif happening < 0.85:
            world.change_there(world.chance.choice(people))
        else:
            world.chance.choice(desks).sync()
    line.judge = lambda _call: Fault.NONE

    decided = 0
    for _ in range(6):
        for desk in desks:
            desk.synced()
            decided += world.decide(desk)
    for desk in (*desks, desks[0]):
        desk.synced()
        assert desk.counts().open == 0

    here = [desk.patients() for desk in desks]
    assert decided > 0
    for patient in people:
        stands = fields_there(patient)
        assert [fields_at(one[patient.patient_id]) for one in here] == [stands, stands]
        for field, value in stands.items():
            written = world.written[patient.patient_id, field]
            if written:
                assert value in [one for _, one in written]
            if len({who for who, _ in written}) == 1:
                assert value == written[-1][1], "the only writer's last word was lost"
