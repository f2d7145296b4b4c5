"""Saving one assessment, durable, with outbox and audit rows, against one bare INSERT."""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from desktop_app.application.ports import Records
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.assessment_message import message_of
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.exchange import OutboxItem, RecordKind
from desktop_app.infrastructure.storage.connection import connect, disconnect, load_library
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.bench.measuring import Measurement
from tests.fakes.samples import sample_assessment, sample_patient

ROUNDS = 300
DAY = date(2026, 3, 17)


def measure() -> Measurement:
    """Take both in turn, so that the disk treats them alike."""
    key = os.urandom(32)
    patient = sample_patient()
    waiting = [
        sample_assessment(patient.patient_id, f"A-2026-0317-{number:04}")
        for number in range(ROUNDS + 1)
    ]
    texts = [one.content() for one in waiting]
    with tempfile.TemporaryDirectory() as folder:
        records = SqlCipherRecordStore(Path(folder)).create(key)
        with records.unit_of_work() as work:
            work.patients.add(patient)
            work.commit()
        bare = connect(Path(folder, "bare.db"), key, load_library(), may_create=True)
        with bare.begin():
            bare.exec_driver_sql("CREATE TABLE record (id TEXT PRIMARY KEY, content TEXT)")

        def insert(number: int) -> None:
            with bare.begin():
                bare.exec_driver_sql("INSERT INTO record VALUES (?, ?)", (number, texts[number]))

        saved, inserted = [], []
        for number, assessment in enumerate(waiting):
            inserted.append(timed(insert, number))
            saved.append(timed(save, records, assessment))
        disconnect(bare)
        records.close()
    value, baseline = statistics.median(saved[1:]), statistics.median(inserted[1:])
    return Measurement(
        value=value,
        unit="ms",
        baseline="one bare INSERT and commit",
        baseline_value=baseline,
        ratio=value / baseline,
        goal="<= 3 x",
        met=value / baseline <= 3,
    )


def save(records: Records, assessment: Assessment) -> None:
    """Write what the use case writes when a doctor assesses."""
    with records.unit_of_work() as work:
        work.assessments.next_number(DAY)
        work.assessments.add(assessment)
        work.outbox.put(
            OutboxItem(
                RecordKind.ASSESSMENT,
                assessment.assessment_id,
                assessment.patient_id,
                1,
                assessment.assessed_at,
                message_of(assessment),
            )
        )
        work.audit.append(
            AuditEntry(
                AuditAction.ASSESSMENT_RECORDED,
                assessment.assessed_at,
                assessment.assessor_id,
                assessment.assessment_id,
            )
        )
        work.commit()


def timed(work: Callable[..., None], *arguments: object) -> float:
    """Return how many milliseconds a piece of work takes."""
    start = time.perf_counter_ns()
    work(*arguments)
    return (time.perf_counter_ns() - start) / 1e6
