"""Servers that have the classic calls only get each record once, by reading back."""

import json
import random
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.django_api.patients.models import Patient as ServerPatient
from backend.django_api.predictions.models import Prediction
from desktop_app.application import conflicts
from desktop_app.application.conflicts import Side
from desktop_app.domain.errors import ErrorCode
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.patient import Patient
from tests.sync.flawed_server import FlawedServer, flawed_server
from tests.sync.proxy import Call, Fault, Line, Said, line_to
from tests.sync.workstation import Desk, open_desk

CLASSIC = "/api/sync/"


@pytest.fixture
def flawed() -> Iterator[FlawedServer]:
    with flawed_server() as running:
        yield running


@pytest.fixture
def flawed_line(flawed: FlawedServer) -> Iterator[Line]:
    with line_to(flawed.address) as running:
        yield running


@pytest.fixture
def flawed_desk(flawed_line: Line, tmp_path: Path) -> Iterator[Desk]:
    """A workstation at a server with the known flaws."""
    folder = tmp_path / "flawed"
    folder.mkdir()
    desk = open_desk(folder, "room1", flawed_line.address, "sync")
    yield desk
    desk.close()


def test_a_server_without_the_sync_layer_gets_patients_and_assessments(
    desk: Desk, line: Line
) -> None:
    line.hides = CLASSIC
    patient = desk.register()
    assessment = desk.assess(patient)
    run = desk.synced().run
    assert (run.sent, run.confirmed) == (2, 2)
    (stored,) = ServerPatient.objects.all()
    assert stored.uuid == patient.patient_id
    assert stored.notes == f"[mesodesk:{patient.patient_id}]"
    (prediction,) = Prediction.objects.all()
    mark = prediction.input_data["_desktop"]
    assert mark["uuid"] == str(assessment.assessment_id)
    assert mark["model_sha256"] == assessment.model.sha256
    assert desk.synced().run.sent == 0


def test_a_server_that_learns_to_sync_holds_no_second_copy(desk: Desk, line: Line) -> None:
    line.hides = CLASSIC
    patient = desk.register()
    assessment = desk.assess(patient)
    desk.synced()
    line.hides = ""
    desk.change(patient, exposure_work="건설")
    desk.synced()
    desk.synced()
    assert (ServerPatient.objects.count(), Prediction.objects.count()) == (1, 1)
    assert ServerPatient.objects.get().details["exposure_work"] == "건설"
    assert Prediction.objects.get().uuid == assessment.assessment_id
    assert desk.counts().open == 0


def test_a_lost_answer_is_looked_for_before_anything_is_repeated(
    flawed_desk: Desk, flawed: FlawedServer, flawed_line: Line
) -> None:
    patient = flawed_desk.register()
    flawed_desk.assess(patient)
    for path in ("/api/patients/", "/api/predictions/"):
        flawed_line.once(Fault.CUT_AFTER, path=path)
        flawed_desk.sync()
        flawed_line.judge = lambda _call: Fault.NONE
        flawed_desk.synced()
    assert (len(flawed.patients), len(flawed.predictions)) == (1, 1)
    assert flawed_desk.counts().open == 0


def test_a_patient_renamed_after_a_lost_answer_is_found_by_the_mark(
    flawed_desk: Desk, flawed: FlawedServer, flawed_line: Line
) -> None:
    patient = flawed_desk.register()
    flawed_line.judge = lambda call: (
        Fault.CUT_AFTER if call.path == "/api/patients/" and call.method == "POST" else Fault.NONE
    )
    assert flawed_desk.sync().error is None
    assert len(flawed.patients) == 1
    flawed_line.judge = lambda _call: Fault.CUT_BEFORE
    flawed_desk.change(patient, name="홍길순", phone="010-1111-1111")
    flawed_desk.sync()
    flawed_line.judge = lambda _call: Fault.NONE
    flawed_desk.synced()
    (stored,) = flawed.patients
    assert (stored["name"], stored["phone"]) == ("홍길순", "010-1111-1111")


def test_an_edit_there_and_an_edit_here_are_merged_or_a_conflict(
    flawed_desk: Desk, flawed: FlawedServer
) -> None:
    patient = flawed_desk.register()
    flawed_desk.synced()
    flawed.patients[0] |= {"phone": "02-1", "updated_at": "2030-01-01T00:00:00Z"}
    flawed_desk.change(patient, name="홍길순")
    flawed_desk.synced()
    assert (flawed.patients[0]["name"], flawed.patients[0]["phone"]) == ("홍길순", "02-1")
    flawed_desk.change(patient, phone="010-2")
    flawed_desk.synced()
    assert flawed_desk.row(patient.patient_id).state is Delivery.CONFLICT
    conflict = conflicts.open_conflict(flawed_desk.session, patient.patient_id)
    assert [(one.name, one.here, one.server) for one in conflict.fields] == [
        ("phone", "010-2", "02-1")
    ]
    conflicts.decide_conflict(flawed_desk.session, conflict, {"phone": Side.HERE})
    flawed_desk.synced()
    assert flawed.patients[0]["phone"] == "010-2"
    assert flawed_desk.counts().open == 0


def test_a_patient_deleted_there_stays_here(flawed_desk: Desk, flawed: FlawedServer) -> None:
    patient = flawed_desk.register()
    flawed_desk.synced()
    flawed.patients.clear()
    flawed_desk.change(patient, phone="010-2")
    flawed_desk.synced()
    row = flawed_desk.row(patient.patient_id)
    assert row.state is Delivery.REFUSED
    assert row.refusal is not None
    assert row.refusal.status == 410
    assert flawed_desk.patient(patient).details.phone == "010-2"


ABSURD: tuple[dict[str, Any], ...] = (
    {"id": 10**30},
    {"id": -1},
    {"id": True},
    {"id": "1"},
    {"name": 7},
    {"name": None},
    {"name": "x" * 100_000},
    {"phone": ["010"]},
    {"birth_year": "x"},
    {"birth_year": 10**30},
    {"birth_year": None},
)


@pytest.mark.parametrize("db", ["sqlite"], indirect=True)
def test_absurd_answers_of_a_classic_server_change_nothing(desk: Desk, line: Line) -> None:
    line.hides = CLASSIC
    patient = desk.register()
    desk.synced()
    stands = desk.change(patient, phone="010-1111-1111")
    path = "/api/patients/"
    for absurd in ABSURD:

        def twist(call: Call, absurd: dict[str, Any] = absurd) -> Said | None:
            if not call.path.startswith(path):
                return None
            status, headers, content = line.ask(replace(call, method="GET", body=b""))
            return status, headers, json.dumps({**json.loads(content), **absurd}).encode()

        line.twist = twist
        outcome = desk.sync()
        assert outcome.error is not None, absurd
        assert outcome.error.code is ErrorCode.SERVER_UNREADABLE
        assert desk.patient(patient) == stands
        assert desk.row(patient.patient_id).state is Delivery.WAITING
    line.twist = lambda _call: None
    desk.synced()
    assert ServerPatient.objects.get().phone == "010-1111-1111"
    assert desk.counts().open == 0


def test_through_a_hundred_faults_a_flawed_server_holds_each_record_once(
    flawed_desk: Desk, flawed: FlawedServer, flawed_line: Line
) -> None:
    chance = random.Random(7)
    faults = (Fault.CUT_BEFORE, Fault.CUT_AFTER, Fault.TRUNCATED, Fault.ANSWER_500, Fault.GARBAGE)

    def judge(_call: Call) -> Fault:
        return chance.choice(faults) if chance.random() < 0.3 else Fault.NONE

    flawed_line.judge = judge
    made: dict[Patient, int] = {}
    for number in range(12):
        patient = flawed_desk.register(chart=str(number))
        made[patient] = 3
        for _ in range(made[patient]):
            flawed_desk.assess(patient)
        flawed_desk.sync()
    while flawed_desk.counts().open:
        flawed_desk.sync()
    assert sum(fault is not Fault.NONE for _, fault in flawed_line.calls) >= 30
    marks = [one["notes"] for one in flawed.patients]
    assert sorted(marks) == sorted(f"[mesodesk:{one.patient_id}]" for one in made)
    sent: list[Any] = [one["input_data"]["_desktop"]["uuid"] for one in flawed.predictions]
    assert len(sent) == len(set(sent)) == sum(made.values())
