"""What the database file shows to others, what it refuses, and what it never lets change."""

import shutil
import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy.exc import IntegrityError

from desktop_app.application.ports import HealthState, PatientFilter, PatientOrder, PatientQuery
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import new_record_id
from desktop_app.infrastructure.storage.connection import connect, disconnect, load_library, run
from desktop_app.infrastructure.storage.keys import StorageKeys
from desktop_app.infrastructure.storage.record_store import (
    DATABASE_NAME,
    SqlCipherRecords,
    SqlCipherRecordStore,
)
from tests.fakes.samples import NOON, sample_assessment, sample_patient

KEY = b"k" * 32


@pytest.fixture
def records(tmp_path: Path) -> Iterator[SqlCipherRecords]:
    records = SqlCipherRecordStore(tmp_path).create(KEY)
    yield records
    records.close()


def refused(folder: Path, key: bytes = KEY) -> ErrorCode:
    before = sorted(path.name for path in folder.iterdir())
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(folder).open(key)
    left = {"clinic.lock"}
    assert set(before) | left == {path.name for path in folder.iterdir()} | left, "made anew"
    return error.value.code


def test_nothing_stored_can_be_read_from_any_file(
    records: SqlCipherRecords, tmp_path: Path
) -> None:
    patient = sample_patient("가나다라", "ZQXJ-77")
    with records.unit_of_work() as work:
        work.patients.add(patient)
        work.assessments.add(sample_assessment(patient.patient_id, assessor_name="QWZX"))
        work.commit()
    for path in tmp_path.iterdir():
        content = path.read_bytes()
        for told in ("가나다라", "ZQXJ-77", "QWZX", "patients", "SQLite"):
            assert told.encode() not in content, (path.name, told)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps rights in other places")
def test_nobody_else_on_the_computer_can_read_the_files(tmp_path: Path) -> None:
    records = SqlCipherRecordStore(tmp_path).create(KEY)
    try:
        modes = {file.name: file.stat().st_mode & 0o077 for file in tmp_path.glob("clinic.db*")}
    finally:
        records.close()
    assert modes
    assert not any(modes.values()), modes


def test_plain_sqlite_is_refused_as_a_library(tmp_path: Path) -> None:
    SqlCipherRecordStore(tmp_path).create(KEY).close()
    plain = SqlCipherRecordStore(tmp_path, library=sqlite3)
    for use in (plain.open, SqlCipherRecordStore(tmp_path / "new", library=sqlite3).create):
        with pytest.raises(AppError) as error:
            use(KEY)
        assert error.value.code is ErrorCode.CIPHER_UNAVAILABLE
    (finding,) = plain.check_sealed()
    assert (finding.check, finding.state) == ("cipher", HealthState.BROKEN)


def test_an_unencrypted_database_is_refused(tmp_path: Path) -> None:
    plain = sqlite3.connect(tmp_path / DATABASE_NAME)
    plain.execute("CREATE TABLE patients (name TEXT)")
    plain.close()
    assert refused(tmp_path) is ErrorCode.DATABASE_NOT_ENCRYPTED
    states = {one.check: one.state for one in SqlCipherRecordStore(tmp_path).check_sealed()}
    assert states["database"] is HealthState.BROKEN


def test_the_database_of_another_clinic_is_refused(tmp_path: Path) -> None:
    SqlCipherRecordStore(tmp_path).create(KEY).close()
    assert refused(tmp_path, b"x" * 32) is ErrorCode.DATABASE_FOREIGN


def test_an_encrypted_file_that_is_no_clinic_is_refused(tmp_path: Path) -> None:
    key = StorageKeys.derive(KEY).database
    other = connect(tmp_path / DATABASE_NAME, key, load_library(), may_create=True)
    run(other, "CREATE TABLE songs (title TEXT)")
    disconnect(other)
    assert refused(tmp_path) is ErrorCode.DATABASE_FOREIGN


@pytest.mark.parametrize("content", [b"", b"short", b"x" * 5000])
def test_a_file_of_nonsense_is_refused_and_kept(tmp_path: Path, content: bytes) -> None:
    (tmp_path / DATABASE_NAME).write_bytes(content)
    assert refused(tmp_path) in (ErrorCode.DATABASE_DAMAGED, ErrorCode.DATABASE_FOREIGN)
    assert (tmp_path / DATABASE_NAME).read_bytes() == content


def test_a_truncated_database_is_refused(tmp_path: Path) -> None:
    SqlCipherRecordStore(tmp_path).create(KEY).close()
    path = tmp_path / DATABASE_NAME
    path.write_bytes(path.read_bytes()[:-4096])
    assert refused(tmp_path) is ErrorCode.DATABASE_DAMAGED


def test_a_wrong_key_says_nothing_on_stderr(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    SqlCipherRecordStore(tmp_path).create(KEY).close()
    refused(tmp_path, b"x" * 32)
    assert capfd.readouterr() == ("", "")


def test_an_interrupted_creation_leaves_no_clinic(tmp_path: Path) -> None:
    (tmp_path / f"{DATABASE_NAME}.new").write_bytes(b"half made")
    store = SqlCipherRecordStore(tmp_path)
    assert not store.exists()
    store.create(KEY).close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [DATABASE_NAME, "clinic.lock"]


def test_a_folder_with_an_odd_name_works(tmp_path: Path) -> None:
    folder = tmp_path / "한글 100% a?b#c"
    folder.mkdir()
    SqlCipherRecordStore(folder).create(KEY).close()
    SqlCipherRecordStore(folder).open(KEY).close()
    assert (folder / DATABASE_NAME).exists()


@pytest.mark.parametrize("table", ["assessments", "opinions", "reports", "audit_trail"])
def test_history_cannot_be_changed_or_deleted(records: SqlCipherRecords, table: str) -> None:
    patient = sample_patient()
    with records.unit_of_work() as work:
        work.patients.add(patient)
        work.assessments.add(sample_assessment(patient.patient_id))
        work.audit.append(AuditEntry(AuditAction.SIGNED_IN, NOON, None))
        work.commit()
    connection = records._connection
    rows = run(connection, f"SELECT count(*) FROM {table}").fetchone()[0]
    if rows == 0:
        triggers = run(connection, "SELECT name FROM sqlite_schema WHERE tbl_name = ?", (table,))
        assert {f"{table}_no_update", f"{table}_no_delete"} <= {name for (name,) in triggers}
        return
    for statement in (f"UPDATE {table} SET rowid = 9", f"DELETE FROM {table}"):
        with pytest.raises(IntegrityError, match="only ever added to"), connection.begin():
            connection.exec_driver_sql(statement)


def tamper(folder: Path, statement: str) -> None:
    """Change the closed database as somebody who has its key would."""
    connection = connect(folder / DATABASE_NAME, StorageKeys.derive(KEY).database, load_library())
    guard = run(
        connection, "SELECT sql FROM sqlite_schema WHERE name = 'audit_trail_no_update'"
    ).fetchone()[0]
    other = run(
        connection, "SELECT sql FROM sqlite_schema WHERE name = 'audit_trail_no_delete'"
    ).fetchone()[0]
    run(connection, "DROP TRIGGER audit_trail_no_update")
    run(connection, "DROP TRIGGER audit_trail_no_delete")
    run(connection, statement)
    run(connection, guard)
    run(connection, other)
    disconnect(connection)


@pytest.mark.parametrize(
    ("statement", "broken"),
    [
        ("UPDATE audit_trail SET at = at + 1 WHERE sequence = 2", 2),
        ("UPDATE audit_trail SET action = 'locked' WHERE sequence = 3", 3),
        ("UPDATE audit_trail SET actor_id = NULL WHERE sequence = 4", 4),
        ("UPDATE audit_trail SET codes = '{}' WHERE sequence = 1", 1),
        ("UPDATE audit_trail SET mac = zeroblob(32) WHERE sequence = 5", 5),
        ("DELETE FROM audit_trail WHERE sequence = 3", 3),
        ("DELETE FROM audit_trail WHERE sequence = 1", 1),
    ],
)
def test_the_first_broken_link_of_the_trail_is_named(
    tmp_path: Path, statement: str, broken: int
) -> None:
    records = SqlCipherRecordStore(tmp_path).create(KEY)
    for i in range(5):
        with records.unit_of_work() as work:
            work.audit.append(
                AuditEntry(AuditAction.SIGNED_IN, NOON, new_record_id(), new_record_id(), {"n": i})
            )
            work.commit()
    records.close()
    tamper(tmp_path, statement)
    records = SqlCipherRecordStore(tmp_path).open(KEY)
    with records.unit_of_work() as work:
        assert work.audit.find_first_broken() == broken
    findings = {one.check: one for one in records.check_health()}
    records.close()
    assert findings["audit"].state is HealthState.BROKEN
    assert findings["audit"].facts["first_broken"] == broken


def test_a_whole_clinic_is_found_whole(records: SqlCipherRecords) -> None:
    states = {finding.check: finding.state for finding in records.check_health()}
    assert states == dict.fromkeys(("cipher", "integrity", "schema", "audit"), HealthState.WHOLE)


def test_settings_that_keep_data_safe_are_on(records: SqlCipherRecords) -> None:
    connection = records._connection
    values = {
        name: run(connection, f"PRAGMA {name}").fetchone()[0]
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert values == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def plan_of_first_page(
    records: SqlCipherRecords, show: PatientFilter, order: PatientOrder
) -> list[str]:
    """Return how the database finds the first page of an empty list."""
    connection = records._connection
    asked: list[str] = []
    raw = connection.connection.driver_connection
    assert raw is not None
    raw.set_trace_callback(asked.append)
    with records.unit_of_work() as work:
        page = work.patients.list_page(PatientQuery(show=show, order=order))
    raw.set_trace_callback(None)
    assert page.rows == ()
    (first, *_) = [statement for statement in asked if "FROM patients" in statement]
    return [step[3] for step in run(connection, f"EXPLAIN QUERY PLAN {first}")]


@pytest.mark.parametrize("order", PatientOrder)
@pytest.mark.parametrize("show", set(PatientFilter) - {PatientFilter.NOT_SYNCED})
def test_pages_of_the_list_are_read_from_an_index_without_sorting(
    records: SqlCipherRecords, order: PatientOrder, show: PatientFilter
) -> None:
    plan = plan_of_first_page(records, show, order)
    assert all("USING INDEX" in step for step in plan), plan


@pytest.mark.parametrize("order", PatientOrder)
def test_few_unsent_patients_are_sorted_and_of_many_the_first_are_read_in_order(
    records: SqlCipherRecords, order: PatientOrder
) -> None:
    plan = plan_of_first_page(records, PatientFilter.NOT_SYNCED, order)
    assert "SCAN outbox USING COVERING INDEX outbox_of_patient" in plan
    many = "UPDATE patient_counts SET patients = 1000000 WHERE shown = 'not_synced'"
    run(records._connection, many)
    plan = plan_of_first_page(records, PatientFilter.NOT_SYNCED, order)
    assert all("INDEX" in step or "SUBQUERY" in step for step in plan), plan
    assert not any("TEMP B-TREE" in step for step in plan)


def test_closing_gives_moved_patients_their_place_in_the_index(tmp_path: Path) -> None:
    patient = sample_patient()
    records = SqlCipherRecordStore(tmp_path).create(KEY)
    with records.unit_of_work() as work:
        work.patients.add(patient)
        work.assessments.add(sample_assessment(patient.patient_id))
        work.commit()
        moved = "SELECT count(*) FROM patients WHERE position <> search_position"
    assert run(records._connection, moved).fetchone()[0] == 1
    records.close()
    records = SqlCipherRecordStore(tmp_path).open(KEY)
    assert run(records._connection, moved).fetchone()[0] == 0
    with records.unit_of_work() as work:
        (row,) = work.patients.list_page(PatientQuery("홍길")).rows
    records.close()
    assert row.patient == patient


def test_a_copy_of_the_folder_opens_with_the_key(tmp_path: Path) -> None:
    folder = tmp_path / "clinic"
    folder.mkdir()
    SqlCipherRecordStore(folder).create(KEY).close()
    copy = shutil.copytree(folder, tmp_path / "copy")
    SqlCipherRecordStore(copy).open(KEY).close()


def test_a_folder_in_the_databases_place_is_damage(tmp_path: Path) -> None:
    (tmp_path / "clinic.db").mkdir()
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(tmp_path).open(b"k" * 32)
    assert error.value.code is ErrorCode.DATABASE_DAMAGED


def test_half_a_character_is_refused_in_a_sentence(records: SqlCipherRecords) -> None:
    with records.unit_of_work() as work, pytest.raises(AppError) as error:
        work.patients.add(sample_patient("홍\ud83d"))
    assert error.value.code is ErrorCode.INVALID_INPUT
