"""Clinics of a given size, made once a run."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from desktop_app.application.ports import Records
from desktop_app.domain.patient import Patient
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.bench.million import KEY, MILLION, build


@cache
def _folder() -> "tempfile.TemporaryDirectory[str]":
    """Return a folder that is removed when the process ends."""
    return tempfile.TemporaryDirectory(prefix="mesodesk-bench-")


@cache
def clinic_of(patients: int) -> Path:
    """Make a clinic, or return the one that was made before."""
    print(f"making a clinic of {patients:,} patients", flush=True)
    folder = Path(_folder().name, str(patients))
    build(folder, patients)
    return folder


@contextmanager
def opened(folder: Path) -> Iterator[Records]:
    """Open a clinic's records."""
    records = SqlCipherRecordStore(folder).open(KEY)
    try:
        yield records
    finally:
        records.close()


def people_in(records: Records, count: int, *, seed: int) -> list[Patient]:
    """Return patients from all over the clinic of a million."""
    chance = random.Random(seed)
    with records.unit_of_work() as work:
        charts = [f"{number:07}" for number in chance.sample(range(1, MILLION + 1), count)]
        found = [work.patients.find_by_chart_number(chart) for chart in charts]
    return [patient for patient in found if patient is not None]
