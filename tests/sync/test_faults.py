"""Through any number of faults and kills each record is on the server exactly once."""

import random
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.domain.identifiers import RecordId
from tests.backend.deployment import ROOT
from tests.sync.proxy import Call, Fault, Line, line_to
from tests.sync.server import OwnServer, own_server
from tests.sync.workstation import Desk, open_desk

FAULTS = tuple(fault for fault in Fault if fault is not Fault.NONE)


@pytest.fixture
def own(tmp_path: Path) -> Iterator[OwnServer]:
    folder = tmp_path / "server"
    folder.mkdir()
    with own_server(folder) as running:
        yield running


def filled_desk(folder: Path, address: str, records: int) -> tuple[Desk, dict[RecordId, list[str]]]:
    """Make a workstation with so many records, ten a patient; return them in their order."""
    folder.mkdir()
    desk = open_desk(folder, "room1", address, None)
    made: dict[RecordId, list[str]] = {}
    for number in range(max(1, records // 10)):
        patient = desk.register(chart=str(number))
        made[patient.patient_id] = [str(desk.assess(patient).assessment_id) for _ in range(9)]
    return desk, made


class Misfortune:
    """Lets so many faults happen, at random, about one call in two."""

    def __init__(self, seed: int, faults: int) -> None:
        self.chance, self.left, self.seed = random.Random(seed), faults, seed

    def __call__(self, call: Call) -> Fault:
        if not self.left or self.chance.random() < 0.5:
            return Fault.NONE
        self.left -= 1
        return self.chance.choice(FAULTS)


def on_server(own: OwnServer) -> tuple[list[str], list[str]]:
    """Return the uuids of patients and of predictions as they stand in the server's tables."""
    return tuple(  # type: ignore[return-value] # two lists
        [plain(row[0]) for row in own.query(f"SELECT uuid FROM {table} ORDER BY id")]
        for table in ("patients_patient", "predictions_prediction")
    )


def plain(uuid: str) -> str:
    """Return a uuid without hyphens."""
    return uuid.replace("-", "")


def confirmed(desk: Desk) -> set[str]:
    """Return which records this workstation calls confirmed."""
    records: Any = desk.session.records
    with desk.session.unit_of_work():
        rows = records._connection.connection.driver_connection.execute(
            "SELECT record_id FROM sync_records WHERE version > 0"
        ).fetchall()
    return {row[0].hex() for row in rows}


def check_all_there(own: OwnServer, desk: Desk, made: dict[RecordId, list[str]]) -> None:
    """Each record once, in its patient's order, and confirmed here."""
    patients, predictions = on_server(own)
    assert sorted(patients) == sorted(one.hex for one in made)
    assert sorted(predictions) == sorted(plain(one) for many in made.values() for one in many)
    for assessments in made.values():
        places = [predictions.index(plain(one)) for one in assessments]
        assert places == sorted(places)
    assert desk.counts().open == 0
    assert confirmed(desk) == {*patients, *predictions}


@pytest.mark.timeout(1200)  # the long form kills and starts 100 times
def test_through_faults_and_kills_each_record_is_on_the_server_exactly_once(
    tmp_path: Path, own: OwnServer, is_full_run: bool
) -> None:
    records, faults, kills = (1000, 1000, 100) if is_full_run else (200, 100, 8)
    folder = tmp_path / "desk"
    with line_to(own.address) as line:
        desk, made = filled_desk(folder, line.address, records)
        desk.close()
        misfortune = Misfortune(11, faults)
        line.judge = misfortune
        killed_at_work = 0
        for kill in range(kills):
            process = started(folder)
            calls = len(line.calls)
            while process.poll() is None and len(line.calls) < calls + 3:
                time.sleep(0.005)
            time.sleep(misfortune.chance.uniform(0, 0.1))
            if kill % 2:
                killed_at_work += process.poll() is None
                own.kill()
                own.start()
            else:
                killed_at_work += process.poll() is None
            process.kill()
            process.wait()
            desk.start_again()
            there = on_server(own)
            assert confirmed(desk) <= {*there[0], *there[1]}
            assert all(len(uuids) == len(set(uuids)) for uuids in there)
            more = desk.register(chart=f"{kill}-later")
            made[more.patient_id] = [str(desk.assess(more).assessment_id)]
            desk.close()
        finish(folder, line, misfortune)
        desk.start_again()
        check_all_there(own, desk, made)
        desk.close()
        happened = sum(fault is not Fault.NONE for _, fault in line.calls)
        assert happened >= faults
        assert killed_at_work >= kills // 2


def started(folder: Path) -> "subprocess.Popen[bytes]":
    """Start a workstation's process."""
    command = [sys.executable, "-m", "tests.sync.desk_process", str(folder)]
    return subprocess.Popen(command, cwd=ROOT)


def finish(folder: Path, line: Line, misfortune: Misfortune) -> None:
    """Let it go on undisturbed by kills, until the faults are used up and all is confirmed."""
    assert started(folder).wait(110) == 0
    while misfortune.left:
        # What is left happens to calls that only look for news.
        assert started(folder).wait(110) == 0
    line.judge = lambda _call: Fault.NONE
    assert started(folder).wait(110) == 0
