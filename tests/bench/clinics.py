"""Clinics of a given size, made once a run."""

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

from desktop_app.application.ports import Records
from desktop_app.domain.hangul import initials
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.bench.million import KEY, build


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


def names_in(records: Records, count: int) -> list[tuple[str, str]]:
    """Return name and chart number of patients from all over the clinic."""
    chance = random.Random(7)
    with records.unit_of_work() as work:
        charts = [f"{chance.randrange(1, 1_000_001):07}" for _ in range(count)]
        found = [work.patients.find_by_chart_number(chart) for chart in charts]
    return [(p.details.name, p.details.chart_number) for p in found if p is not None]


def queries(people: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Return what a person would type for each patient, by kind."""
    return {
        "1 syllable": [name[1] for name, _ in people],
        "2 syllables": [name[1:3] for name, _ in people],
        "initial consonants": [initials(name) for name, _ in people],
        "chart number": [chart[1:6] for _, chart in people],
    }
