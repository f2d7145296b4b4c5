"""Make a clinic of as many fictional patients as wanted, in an encrypted database like any other.

    python -m tests.bench.million FOLDER [PATIENTS]

One patient in twenty has an assessment, those registered last.
"""

import random
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, insert

from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient, PatientDetails, Sex
from desktop_app.infrastructure.storage.connection import connect, disconnect, load_library, run
from desktop_app.infrastructure.storage.keys import StorageKeys
from desktop_app.infrastructure.storage.list_position import Span
from desktop_app.infrastructure.storage.patient_rows import columns_from
from desktop_app.infrastructure.storage.patients import settle
from desktop_app.infrastructure.storage.record_store import DATABASE_NAME, SqlCipherRecordStore
from desktop_app.infrastructure.storage.search_index import grams_of, tidy_index
from desktop_app.infrastructure.storage.tables import patients
from tests.fakes.samples import sample_assessment

KEY = bytes(range(32))
MILLION = 1_000_000
_CHUNK = 20_000
_ASSESSED_ONE_IN = 20
_FIRST_DAY = datetime(2016, 1, 4, tzinfo=UTC)
_BETWEEN = timedelta(seconds=300)
# Weights are rough shares of family names in Korea.
_FAMILIES = {
    "김": 215, "이": 147, "박": 84, "최": 47, "정": 43, "강": 24, "조": 21, "윤": 21, "장": 20,
    "임": 17, "한": 15, "오": 15, "서": 15, "신": 15, "권": 14, "황": 14, "안": 14, "송": 14,
    "전": 11, "홍": 11, "유": 19, "고": 9, "문": 9, "양": 9, "손": 9, "배": 8, "백": 8, "허": 7,
    "남": 5, "심": 5, "노": 5, "하": 5, "곽": 4, "성": 4, "차": 4, "주": 4, "우": 4, "구": 4,
    "민": 3, "류": 3, "나": 3, "진": 3, "지": 3, "엄": 3, "채": 3, "원": 3, "천": 2, "방": 2,
    "공": 2, "현": 2, "함": 2, "변": 2, "염": 1, "여": 1, "추": 1, "도": 1, "석": 1, "선": 1,
}  # fmt: skip
_GIVEN = (
    "영민수정미경현지은성진희숙순옥자명철호준우석상재동기태용훈길연서윤하아혜선나주원유인규섭병"
    "광덕종춘말분란월복남일식환배열찬혁빈솔별"
)


def build(folder: Path, count: int = MILLION) -> None:
    """Make the database in an empty folder, under `KEY`."""
    folder.mkdir(parents=True, exist_ok=True)
    SqlCipherRecordStore(folder).create(KEY).close()
    everyone = list(_people(count))
    with _without_fsync(folder) as connection:
        _add_patients(connection, everyone)
        _index(connection, everyone)
    _assess(folder, everyone[-(count // _ASSESSED_ONE_IN) :])
    with _without_fsync(folder) as connection, connection.begin():
        settle(connection, limit=count)
        # As after many days, each of which ends with a little of this.
        tidy_index(connection, pages=count)


@contextmanager
def _without_fsync(folder: Path) -> Iterator[Connection]:
    """Open the file for bulk work; a power cut costs nothing, it is made again."""
    connection = connect(folder / DATABASE_NAME, StorageKeys.derive(KEY).database, load_library())
    try:
        run(connection, "PRAGMA synchronous = OFF")
        yield connection
    finally:
        disconnect(connection)


def _people(count: int) -> Iterator[Patient]:
    chance = random.Random(20260317)
    families, weights = tuple(_FAMILIES), tuple(_FAMILIES.values())
    for number in range(count):
        at = _FIRST_DAY + number * _BETWEEN
        given = chance.choice(_GIVEN) + chance.choice(_GIVEN)
        details = PatientDetails(
            name=chance.choices(families, weights)[0] + given,
            chart_number=f"{number + 1:07}",
            birth_date=date(1930, 1, 1) + timedelta(days=chance.randrange(27_000)),
            sex=chance.choice((Sex.MALE, Sex.FEMALE)),
            phone=f"010-{chance.randrange(10**4):04}-{chance.randrange(10**4):04}",
        )
        yield Patient(new_record_id(), details, registered_at=at, changed_at=at)


def _position(patient: Patient) -> int:
    span = Span.of(is_archived=False, is_assessed=False)
    return span.wanted(patient.registered_at)


def _add_patients(connection: Connection, everyone: list[Patient]) -> None:
    for start in range(0, len(everyone), _CHUNK):
        rows = [
            columns_from(patient)
            | {
                "listed_at": patient.registered_at,
                "position": _position(patient),
                "search_position": _position(patient),
            }
            for patient in everyone[start : start + _CHUNK]
        ]
        with connection.begin():
            connection.execute(insert(patients), rows)


def _index(connection: Connection, everyone: list[Patient]) -> None:
    """Fill the search index in its own order, which it takes in much faster."""
    raw: Any = connection.connection.driver_connection
    with connection.begin():
        raw.executemany(
            "INSERT INTO search (rowid, grams) VALUES (?, ?)",
            ((_position(patient), grams_of(patient.details)) for patient in reversed(everyone)),
        )


def _assess(folder: Path, assessed: list[Patient]) -> None:
    records = SqlCipherRecordStore(folder).open(KEY)
    try:
        for start in range(0, len(assessed), _CHUNK):
            with records.unit_of_work() as work:
                for patient in assessed[start : start + _CHUNK]:
                    at = patient.registered_at + _BETWEEN / 2
                    number = work.assessments.next_number(at.date())
                    state = list(AnswerState)[ord(patient.details.name[1]) % 3]
                    work.assessments.add(
                        sample_assessment(patient.patient_id, number, assessed_at=at, state=state)
                    )
                work.commit()
    finally:
        records.close()


if __name__ == "__main__":
    build(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else MILLION)
