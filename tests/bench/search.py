"""Search as one types among a million encrypted patients, against LIKE '%..%' on the same file."""

from pathlib import Path

from desktop_app.application.ports import PatientQuery, Records
from desktop_app.infrastructure.storage.connection import connect, disconnect, load_library
from desktop_app.infrastructure.storage.keys import StorageKeys
from desktop_app.infrastructure.storage.record_store import DATABASE_NAME
from tests.bench.clinics import clinic_of, names_in, opened, queries
from tests.bench.measuring import Measurement, milliseconds, p95
from tests.bench.million import KEY, MILLION

ROUNDS = 100
LIKE_ROUNDS = 10
LIKE = """
    SELECT id, name, chart_number, birth_date, phone FROM patients
    WHERE name LIKE ? OR chart_number LIKE ? OR search_text LIKE ?
    ORDER BY listed_at DESC LIMIT 60
"""


def measure() -> Measurement:
    """Take the slowest kind of query for the figure, and name them all."""
    folder = clinic_of(MILLION)
    with opened(folder) as records:
        kinds = queries(names_in(records, ROUNDS + 1))
        found = {kind: p95(ours(records, texts)) for kind, texts in kinds.items()}
    like = {kind: p95(theirs(folder, texts)) for kind, texts in kinds.items()}
    slowest = max(found, key=lambda kind: found[kind])
    ratio = min(like[kind] / found[kind] for kind in found)
    return Measurement(
        value=found[slowest],
        unit="ms",
        baseline="LIKE '%..%' on the same file (slowest kind)",
        baseline_value=like[slowest],
        ratio=ratio,
        goal="p95 <= 10 ms and >= 20 x for every kind",
        met=found[slowest] <= 10 and ratio >= 20,
        also={
            kind: f"p95 {found[kind]:.2f} ms, LIKE {like[kind]:.0f} ms, "
            f"{like[kind] / found[kind]:.0f} x"
            for kind in found
        },
    )


def ours(records: Records, texts: list[str]) -> list[float]:
    """Time the first page of each query, a transaction each, as the list asks for it."""
    waiting = iter(texts)

    def search() -> None:
        with records.unit_of_work() as work:
            work.patients.list_page(PatientQuery(next(waiting)))

    return milliseconds(search, rounds=len(texts) - 1)


def theirs(folder: Path, texts: list[str]) -> list[float]:
    """Time what a program without an index would ask."""
    key = StorageKeys.derive(KEY).database
    connection = connect(folder / DATABASE_NAME, key, load_library())
    waiting = iter(texts)

    def search() -> None:
        pattern = f"%{next(waiting)}%"
        with connection.begin():
            connection.exec_driver_sql(LIKE, (pattern, pattern, pattern)).all()

    try:
        return milliseconds(search, rounds=LIKE_ROUNDS)
    finally:
        disconnect(connection)
