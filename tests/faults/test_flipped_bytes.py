"""Damage to the database or its journal is detected or harmless, never silent."""

import random
import shutil
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest

from desktop_app.application.ports import HealthState, Records
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.storage.journal import JournalState, inspect_journal
from desktop_app.infrastructure.storage.record_store import DATABASE_NAME, SqlCipherRecordStore
from tests.fakes.samples import NOON, sample_assessment, sample_patient

KEY = b"k" * 32
CASES = 300
DAMAGE = {ErrorCode.DATABASE_DAMAGED, ErrorCode.DATABASE_FOREIGN, ErrorCode.DATABASE_NOT_ENCRYPTED}
JOURNAL_NAME = f"{DATABASE_NAME}-wal"


@dataclass(frozen=True)
class Crashed:
    """A data folder as a kill leaves it: some saves in the database, the last in the journal."""

    folder: Path
    contents: tuple[str, ...]

    def copy_to(self, folder: Path) -> Path:
        return Path(shutil.copytree(self.folder, folder))


@pytest.fixture(scope="module")
def crashed(tmp_path_factory: pytest.TempPathFactory) -> Crashed:
    working, crashed = (tmp_path_factory.mktemp(name) / "clinic" for name in ("live", "crashed"))
    working.mkdir()
    patient = sample_patient()
    records = SqlCipherRecordStore(working).create(KEY)
    with records.unit_of_work() as work:
        work.patients.add(patient)
        work.commit()
    records.close()
    records = SqlCipherRecordStore(working).open(KEY)
    for i in range(1, 13):
        at = NOON + timedelta(minutes=i)
        with records.unit_of_work() as work:
            work.assessments.add(
                sample_assessment(patient.patient_id, f"A-2026-0317-{i:03}", assessed_at=at)
            )
            work.audit.append(AuditEntry(AuditAction.ASSESSMENT_RECORDED, at, None))
            work.commit()
    # The copy is what a kill leaves; closing would empty the journal.
    shutil.copytree(working, crashed)
    records.close()
    return Crashed(crashed, _contents(SqlCipherRecordStore(working).open(KEY)))


def _contents(records: Records) -> tuple[str, ...]:
    """Return everything stored, and close."""
    with records.unit_of_work() as work:
        found = work.patients.find_by_chart_number("00417")
        assert found is not None
        summaries = work.assessments.list_of_patient(found.patient_id)
        texts = [work.assessments.sealed_text(one.assessment_id)[0] for one in summaries]
        contents = (repr(found), repr(summaries), *texts, str(work.audit.find_first_broken()))
    records.close()
    return contents


def _flip(path: Path, chance: random.Random) -> None:
    damaged = bytearray(path.read_bytes())
    damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
    path.write_bytes(damaged)


def _is_detected(folder: Path, contents: tuple[str, ...]) -> bool:
    """Open a damaged clinic; return whether the damage was named, False where it did no harm."""
    try:
        records = SqlCipherRecordStore(folder).open(KEY)
    except AppError as error:
        if error.code not in DAMAGE:
            raise
        return True
    if any(finding.state is HealthState.BROKEN for finding in records.check_health()):
        records.close()
        return True
    assert _contents(records) == contents, "silent damage"
    return False


def test_a_killed_clinic_opens_whole(crashed: Crashed, tmp_path: Path) -> None:
    folder = crashed.copy_to(tmp_path / "clinic")
    assert (folder / JOURNAL_NAME).stat().st_size > 100_000
    assert not _is_detected(folder, crashed.contents)


@pytest.mark.timeout(200)
@pytest.mark.parametrize("name", [DATABASE_NAME, JOURNAL_NAME])
def test_flipped_bits_are_detected_or_harmless(crashed: Crashed, tmp_path: Path, name: str) -> None:
    chance = random.Random(name)
    detected = 0
    for case in range(CASES // 2):
        folder = crashed.copy_to(tmp_path / str(case))
        _flip(folder / name, chance)
        detected += _is_detected(folder, crashed.contents)
        shutil.rmtree(folder)
    assert detected > CASES // 4


def test_damage_before_the_last_transaction_is_refused_and_kept(
    crashed: Crashed, tmp_path: Path
) -> None:
    folder = crashed.copy_to(tmp_path / "clinic")
    journal = folder / JOURNAL_NAME
    damaged = bytearray(journal.read_bytes())
    damaged[5000] ^= 1
    journal.write_bytes(damaged)
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(folder).open(KEY)
    assert error.value.code is ErrorCode.DATABASE_DAMAGED
    assert journal.read_bytes() == damaged


def test_a_lost_last_transaction_is_told_and_its_journal_kept(
    crashed: Crashed, tmp_path: Path
) -> None:
    folder = crashed.copy_to(tmp_path / "clinic")
    journal = folder / JOURNAL_NAME
    damaged = bytearray(journal.read_bytes())
    frame = 24 + 4096
    damaged[-2 * frame + 100] ^= 1
    journal.write_bytes(damaged)
    assert inspect_journal(journal) is JournalState.TAIL_LOST
    records = SqlCipherRecordStore(folder).open(KEY)
    broken = [one.check for one in records.check_health() if one.state is HealthState.BROKEN]
    records.close()
    assert broken == ["integrity"]
    assert (folder / f"{JOURNAL_NAME}.lost").read_bytes() == damaged


def test_a_write_that_never_ended_is_no_damage(crashed: Crashed, tmp_path: Path) -> None:
    folder = crashed.copy_to(tmp_path / "clinic")
    journal = folder / JOURNAL_NAME
    journal.write_bytes(journal.read_bytes()[:-1000])
    assert inspect_journal(journal) is JournalState.WHOLE
    assert not _is_detected(folder, crashed.contents)
