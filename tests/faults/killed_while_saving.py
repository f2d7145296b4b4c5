"""Save assessments in children that are killed at random moments, and look at what is left.

    python -m tests.faults.killed_while_saving FOLDER RUNS SEED

Each child says a record's number once `commit` returned. Prints what was found as JSON. One process
that forks, because starting Python 200 times would take longer than the saving.
"""

import itertools
import json
import os
import random
import signal
import sys
import time
from datetime import timedelta
from pathlib import Path

from desktop_app.application.ports import Records
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.errors import AppError
from desktop_app.domain.exchange import OutboxItem, RecordKind
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.fakes.samples import NOON, sample_assessment, sample_patient

KEY = b"k" * 32
LONGEST_LIFE_SECONDS = 0.12
HEARD_FIRST = 2


def main(folder: Path, runs: int, seed: int) -> dict[str, int]:
    """Kill that many children, one after the other, on one database; return what was found."""
    chance = random.Random(seed)
    patient = sample_patient()
    records = SqlCipherRecordStore(folder).create(KEY)
    with records.unit_of_work() as work:
        work.patients.add(patient)
        work.commit()
    records.close()
    found = {"runs": 0, "committed": 0, "lost": 0, "unreadable": 0, "broken_chains": 0}
    said: set[str] = set()
    for run in range(runs):
        # One life in four may end before its first save, however long opening takes here.
        heard = 0 if run % 4 == 0 else HEARD_FIRST
        seconds = chance.uniform(0, LONGEST_LIFE_SECONDS)
        said |= _one_life(folder, patient.patient_id, heard, seconds)
        found["runs"] += 1
        found["committed"] = len(said)
        try:
            records = SqlCipherRecordStore(folder).open(KEY)
        except AppError:
            found["unreadable"] += 1
            continue
        _look(records, said, patient.patient_id, found)
        records.close()
    return found


def _one_life(folder: Path, patient_id: RecordId, first: int, seconds: float) -> set[str]:
    """Let a child save until it is killed; return the numbers it said were committed.

    It lives until it said `first` numbers, and `seconds` longer.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _save_for_ever(folder, patient_id, writing)
    os.close(writing)
    with os.fdopen(reading) as heard:
        lines = [heard.readline() for _ in range(first)]
        time.sleep(seconds)
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        lines += heard
    return {line.strip() for line in lines if line.endswith("\n")}


def _save_for_ever(folder: Path, patient_id: RecordId, writing: int) -> None:
    records = SqlCipherRecordStore(folder).open(KEY)
    for count in itertools.count():
        with records.unit_of_work() as work:
            number = work.assessments.next_number(NOON.date())
            at = NOON + timedelta(seconds=count)
            assessment = sample_assessment(patient_id, number, assessed_at=at)
            work.assessments.add(assessment)
            work.outbox.put(
                OutboxItem(RecordKind.ASSESSMENT, assessment.assessment_id, patient_id, 1, at)
            )
            work.audit.append(
                AuditEntry(AuditAction.ASSESSMENT_RECORDED, at, None, assessment.assessment_id)
            )
            work.commit()
        os.write(writing, f"{number}\n".encode())


def _look(records: Records, said: set[str], patient_id: RecordId, found: dict[str, int]) -> None:
    with records.unit_of_work() as work:
        kept = {summary.number for summary in work.assessments.list_of_patient(patient_id)}
        found["lost"] += len(said - kept)
        is_whole = work.audit.find_first_broken() is None
        in_step = len(kept) == work.audit.count() == work.outbox.counts().waiting
        found["broken_chains"] += not (is_whole and in_step)


if __name__ == "__main__":
    json.dump(main(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])), sys.stdout)
