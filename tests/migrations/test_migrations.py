"""Each step of the database: up, down, data kept, equal to the models, from every release."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic import command
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

from desktop_app.domain.errors import AppError, ErrorCode
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
RELEASES = ["0001"]
NEXT_STEP = '''
"""A step of a later release."""
from alembic import op
revision = "0002"
down_revision = "0001"
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
    (steps / "versions" / "0002_later.py").write_text(NEXT_STEP.format(more=more), "utf-8")
    connection = connect(tmp_path / "later.db", KEY, load_library(), may_create=True)
    command.upgrade(alembic_config(connection, Schema("", "", steps)), "0001")
    with connection.begin():
        connection.exec_driver_sql("ALTER TABLE patients ADD COLUMN nickname TEXT")
    later = Schema("0002", fingerprint(connection), steps)
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
    kept = clinic / f"{DATABASE_NAME}.before-0002"
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
