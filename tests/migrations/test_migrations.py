"""Each step of the database: up, down, data kept, equal to the models, from every release."""

import shutil
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from desktop_app.application.ports import PatientFilter
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import RecordKind
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.patient_fields import fields_of
from desktop_app.infrastructure.storage.connection import connect, disconnect, load_library, run
from desktop_app.infrastructure.storage.keys import StorageKeys
from desktop_app.infrastructure.storage.migration import alembic_config
from desktop_app.infrastructure.storage.record_store import DATABASE_NAME, SqlCipherRecordStore
from desktop_app.infrastructure.storage.schema import (
    CURRENT_SCHEMA,
    Schema,
    fingerprint,
    read_revision,
)
from desktop_app.infrastructure.storage.tables import metadata
from tests.fakes.samples import sample_assessment, sample_patient

KEY = b"k" * 32
RELEASES = ["0001", "0002"]
NEXT_STEP = '''
"""A step of a later release."""
from alembic import op
revision = "0003"
down_revision = "0002"
def upgrade() -> None:
    op.execute("ALTER TABLE patients ADD COLUMN nickname TEXT")
    {more}
def downgrade() -> None:
    op.execute("ALTER TABLE patients DROP COLUMN nickname")
'''


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Connection]:
    connection = connect(tmp_path / "empty.db", KEY, load_library(), may_create=True)
    yield connection
    disconnect(connection)


@pytest.fixture
def clinic(tmp_path: Path) -> Path:
    """A data folder of the present release with a record in it."""
    folder = tmp_path / "clinic"
    folder.mkdir()
    records = SqlCipherRecordStore(folder).create(KEY)
    patient = sample_patient()
    with records.unit_of_work() as work:
        work.patients.add(patient)
        work.assessments.add(sample_assessment(patient.patient_id))
        work.commit()
    records.close()
    return folder


def later_schema(tmp_path: Path, more: str = "pass") -> Schema:
    """Return a schema one step later, its fingerprint measured on a database of its own."""
    steps = tmp_path / "migrations"
    shutil.copytree(CURRENT_SCHEMA.migrations, steps)
    (steps / "versions" / "0003_later.py").write_text(NEXT_STEP.format(more=more), "utf-8")
    connection = connect(tmp_path / "later.db", KEY, load_library(), may_create=True)
    command.upgrade(alembic_config(connection, Schema("", "", steps)), "0002")
    with connection.begin():
        connection.exec_driver_sql("ALTER TABLE patients ADD COLUMN nickname TEXT")
    later = Schema("0003", fingerprint(connection), steps)
    disconnect(connection)
    return later


def test_the_steps_form_one_line_that_ends_at_the_present_schema(empty: Connection) -> None:
    script = ScriptDirectory.from_config(alembic_config(empty, CURRENT_SCHEMA))
    line = [step.revision for step in reversed(list(script.walk_revisions()))]
    assert line == RELEASES
    assert script.get_heads() == [CURRENT_SCHEMA.revision]


@pytest.mark.parametrize("revision", RELEASES)
def test_each_release_comes_up_to_the_present_schema(empty: Connection, revision: str) -> None:
    config = alembic_config(empty, CURRENT_SCHEMA)
    command.upgrade(config, revision)
    command.upgrade(config, CURRENT_SCHEMA.revision)
    empty.rollback()
    assert read_revision(empty) == CURRENT_SCHEMA.revision
    assert fingerprint(empty) == CURRENT_SCHEMA.fingerprint


@pytest.mark.parametrize("revision", RELEASES)
def test_each_step_down_undoes_the_step_up(empty: Connection, revision: str) -> None:
    config = alembic_config(empty, CURRENT_SCHEMA)
    command.upgrade(config, revision)
    before = fingerprint(empty)
    command.downgrade(config, "-1")
    command.upgrade(config, revision)
    assert fingerprint(empty) == before
    command.downgrade(config, "base")
    left = run(empty, "SELECT name FROM sqlite_schema WHERE name NOT LIKE 'sqlite%'").fetchall()
    assert left == [("alembic_version",)]


def test_the_models_say_what_the_steps_make(empty: Connection) -> None:
    command.upgrade(alembic_config(empty, CURRENT_SCHEMA), CURRENT_SCHEMA.revision)
    inspector = inspect(empty)
    made = {
        name: [
            (column["name"], str(column["type"]), column["nullable"])
            for column in inspector.get_columns(name)
        ]
        for name in inspector.get_table_names()
        if not name.startswith("search") and name != "alembic_version"
    }
    said = {
        name: [
            (column.name, column.type.compile(empty.dialect), column.nullable)
            for column in table.columns
        ]
        for name, table in metadata.tables.items()
    }
    keys = {name: inspector.get_pk_constraint(name)["constrained_columns"] for name in made}
    for columns in made.values():
        # SQLite calls an integer key nullable; it never is.
        columns[:] = [
            (name, kind, nullable and name not in ("id", "sequence"))
            for name, kind, nullable in columns
        ]
    assert made == said
    assert keys == {
        name: [column.name for column in table.primary_key]
        for name, table in metadata.tables.items()
    }


def test_an_older_database_is_brought_up_with_its_records(clinic: Path, tmp_path: Path) -> None:
    store = SqlCipherRecordStore(clinic, schema=later_schema(tmp_path))
    before = (clinic / DATABASE_NAME).read_bytes()
    records = store.open(KEY)
    with records.unit_of_work() as work:
        found = work.patients.find_by_chart_number("00417")
        assert found is not None
        (summary,) = work.assessments.list_of_patient(found.patient_id)
        assert work.assessments.get(summary.assessment_id).number == summary.number
    assert all(finding.state.value == "whole" for finding in records.check_health())
    records.close()
    kept = clinic / f"{DATABASE_NAME}.before-0003"
    assert kept.read_bytes() == before
    store.open(KEY).close()


@pytest.mark.parametrize(
    "more", ["raise RuntimeError('a bug')", "op.execute('DROP TABLE outbox')"], ids=["bug", "drift"]
)
def test_a_step_that_fails_leaves_the_database_as_it_was(
    clinic: Path, tmp_path: Path, more: str
) -> None:
    before = (clinic / DATABASE_NAME).read_bytes()
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(clinic, schema=later_schema(tmp_path, more)).open(KEY)
    assert error.value.code is ErrorCode.MIGRATION_FAILED
    assert (clinic / DATABASE_NAME).read_bytes() == before
    assert sorted(path.name for path in clinic.iterdir()) == [DATABASE_NAME, "clinic.lock"]
    SqlCipherRecordStore(clinic).open(KEY).close()


def test_an_older_program_refuses_a_newer_database(clinic: Path, tmp_path: Path) -> None:
    SqlCipherRecordStore(clinic, schema=later_schema(tmp_path)).open(KEY).close()
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(clinic).open(KEY)
    assert error.value.code is ErrorCode.DATABASE_NEWER


def test_a_database_with_another_schema_is_refused(clinic: Path) -> None:
    connection = connect(clinic / DATABASE_NAME, StorageKeys.derive(KEY).database, load_library())
    run(connection, "DROP TRIGGER audit_trail_no_update")
    disconnect(connection)
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(clinic).open(KEY)
    assert error.value.code is ErrorCode.DATABASE_DAMAGED


def test_sync_finds_the_records_of_the_first_release(tmp_path: Path) -> None:
    path = tmp_path / DATABASE_NAME
    connection = connect(path, StorageKeys.derive(KEY).database, load_library(), may_create=True)
    command.upgrade(alembic_config(connection, CURRENT_SCHEMA), "0001")
    connection.rollback()
    fill_first_release(connection)
    disconnect(connection)

    records = SqlCipherRecordStore(tmp_path).open(KEY)
    with records.unit_of_work() as work:
        known, archived = (work.patients.find_by_chart_number(one) for one in ("0001", "0002"))
        assert known is not None
        assert archived is not None
        assert known.details.doctor_name == "김하늘"
        for patient in (known, archived):
            (version,) = work.sync.list_versions(patient.patient_id)
            assert version.version == patient.version
            assert version.fields == fields_of(patient)
        counts = work.outbox.counts()
        batch = work.outbox.read_batch(0, 10)
        assert work.patients.count(PatientFilter.NOT_SYNCED) == 1
    assert (counts.waiting, counts.confirmed) == (3, 0)
    assert [(one.kind, one.record_id, one.version) for one in batch.records] == [
        (RecordKind.PATIENT, known.patient_id, 2),
        (RecordKind.PATIENT, archived.patient_id, 1),
        (RecordKind.ASSESSMENT, ASSESSED, 1),
    ]
    assert all(finding.state.value == "whole" for finding in records.check_health())
    records.close()


ASSESSED = new_record_id()


def fill_first_release(connection: Connection) -> None:
    """Write two patients, the first changed since, and an assessment as the first release did."""
    doctor = new_record_id().bytes
    run(
        connection,
        "INSERT INTO accounts VALUES (?, 'h', '김하늘', 'DOCTOR', '', 1, NULL)",
        (doctor,),
    )
    patient_ids = [new_record_id().bytes for _ in range(2)]
    for place, (patient_id, doctor_id) in enumerate(
        zip(patient_ids, (doctor, None), strict=True), start=1
    ):
        values = (
            *(place, patient_id, "홍길동", f"000{place}", "1958-08-21", "M", "010-1", doctor_id),
            *(1975, None, "배관", 1_773_716_400_000_000 + place - 1, 1_773_716_400_000_000),
            *(3 - place, place == 2, None, 1_773_716_400_000_000, place, place),
            *("홍길동", f"000{place}", "0101", "홍길동"),
        )
        run(connection, f"INSERT INTO patients VALUES ({', '.join('?' * len(values))})", values)
    sealed = sample_assessment(RecordId(UUID(bytes=patient_ids[0])), assessment_id=ASSESSED)
    run(
        connection,
        "INSERT INTO assessments VALUES (20260317000001, 1, ?, NULL, 1773716400000000, '김하늘', "
        "0.4, 0.3, 0.5, 0.29, 'above', 1, 'slim', 0, 0, ?, ?)",
        (ASSESSED.bytes, bytes.fromhex(sealed.digest), sealed.content()),
    )
    for kind, record_id, version in (
        ("patient", patient_ids[0], 1),
        ("patient", patient_ids[0], 2),
        ("patient", patient_ids[1], 1),
        ("assessment", ASSESSED.bytes, 1),
    ):
        statement = "INSERT INTO outbox (kind, record_id, version, queued_at) VALUES (?, ?, ?, 5)"
        run(connection, statement, (kind, record_id, version))
