"""A full disk, a read-only folder, two programs at once: a sentence, and nothing lost."""

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktop_app.application.ports import Records
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.storage import record_store
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from desktop_app.infrastructure.workstation.folder import is_possible
from tests.fakes.samples import sample_assessment, sample_patient

ROOT = Path(__file__).resolve().parents[2]
KEY = b"k" * 32
Mount = Callable[..., None]


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[tuple[Path, Mount]]:
    """Give a disk of 2 MB and a way to mount it anew."""
    folder = tmp_path / "disk"
    folder.mkdir()

    def mount(*options: str) -> None:
        subprocess.run(["mount", *options, str(folder)], check=True, capture_output=True)

    try:
        mount("-t", "tmpfs", "-o", "size=2m", "tmpfs")
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this account may not mount a disk")
    yield folder, mount
    # Lazily: a failed test may still have files open.
    subprocess.run(["umount", "-l", str(folder)], check=True)


def _save_until_refused(records: Records, patient_id: RecordId) -> tuple[list[str], AppError]:
    saved: list[str] = []
    while True:
        number = f"A-2026-0317-{len(saved) + 1:03}"
        try:
            with records.unit_of_work() as work:
                work.assessments.add(sample_assessment(patient_id, number))
                work.commit()
        except AppError as error:
            return saved, error
        saved.append(number)


def test_a_full_disk_is_told_and_every_saved_record_stays(
    small_disk: tuple[Path, Mount],
) -> None:
    folder, mount = small_disk
    records = SqlCipherRecordStore(folder).create(KEY)
    patient = sample_patient()
    with records.unit_of_work() as work:
        work.patients.add(patient)
        work.commit()
    saved, error = _save_until_refused(records, patient.patient_id)
    assert error.code is ErrorCode.DISK_FULL
    with records.unit_of_work() as work:
        assert len(work.assessments.list_of_patient(patient.patient_id)) == len(saved)
    records.close()
    mount("-o", "remount,size=8m")
    records = SqlCipherRecordStore(folder).open(KEY)
    with records.unit_of_work() as work:
        kept = {one.number for one in work.assessments.list_of_patient(patient.patient_id)}
        assert kept == set(saved)
        work.assessments.add(sample_assessment(patient.patient_id, "A-2026-0318-001"))
        work.commit()
    records.close()


def test_a_disk_too_full_for_a_clinic_makes_none(small_disk: tuple[Path, Mount]) -> None:
    folder, _ = small_disk
    (folder / "other").write_bytes(bytes(1_990_000))
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(folder).create(KEY)
    assert error.value.code is ErrorCode.DISK_FULL
    assert not SqlCipherRecordStore(folder).exists()


def test_a_read_only_folder_is_told(small_disk: tuple[Path, Mount]) -> None:
    folder, mount = small_disk
    SqlCipherRecordStore(folder).create(KEY).close()
    mount("-o", "remount,ro")
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(folder).open(KEY)
    assert error.value.code is ErrorCode.FOLDER_READ_ONLY


@pytest.mark.skipif(sys.platform == "win32", reason="Windows keeps open files")
@pytest.mark.parametrize("replaced", [False, True])
def test_a_database_taken_away_while_it_is_open_takes_no_more_records(
    tmp_path: Path, replaced: bool
) -> None:
    folder = tmp_path / "data"
    folder.mkdir()
    records = SqlCipherRecordStore(folder).create(KEY)
    folder.rename(tmp_path / "elsewhere")
    if replaced:
        folder.mkdir()
        SqlCipherRecordStore(folder).create(KEY).close()
    with pytest.raises(AppError) as error:
        records.unit_of_work()
    assert error.value.code is ErrorCode.DATABASE_MISSING
    if replaced:
        shutil.rmtree(folder)
    (tmp_path / "elsewhere").rename(folder)
    with records.unit_of_work() as work:
        assert work.audit.count() == 0
    records.close()


def test_a_data_folder_is_possible_unless_something_else_has_its_name(tmp_path: Path) -> None:
    file, broken = tmp_path / "file", tmp_path / "broken"
    file.write_bytes(b"")
    broken.symlink_to(tmp_path / "gone")
    assert is_possible(tmp_path)
    assert is_possible(tmp_path / "new" / "folder")
    assert not is_possible(file)
    assert not is_possible(broken)


_HOLDER = """
import sys
from pathlib import Path
from desktop_app.domain.errors import AppError
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
try:
    records = SqlCipherRecordStore(Path(sys.argv[1])).open(b"k" * 32)
except AppError as error:
    print(error.code.value, flush=True)
else:
    print("opened", flush=True)
    sys.stdin.read()
"""


def _start(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(folder)],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def _first_line(program: subprocess.Popen[str]) -> str:
    assert program.stdout is not None
    return program.stdout.readline().strip()


def test_of_two_programs_started_at_once_one_opens_the_clinic(tmp_path: Path) -> None:
    SqlCipherRecordStore(tmp_path).create(KEY).close()
    with _start(tmp_path) as one, _start(tmp_path) as other:
        answers = sorted([_first_line(one), _first_line(other)])
        one.kill()
        other.kill()
    assert answers == ["clinic_in_use", "opened"]
    SqlCipherRecordStore(tmp_path).open(KEY).close()


def test_a_claimed_folder_is_closed_to_others_even_while_locked(tmp_path: Path) -> None:
    mine = SqlCipherRecordStore(tmp_path)
    mine.create(KEY).close()
    mine.claim()
    mine.open(KEY).close()
    with _start(tmp_path) as other:
        assert _first_line(other) == "clinic_in_use"
    mine.release()
    with _start(tmp_path) as other:
        assert _first_line(other) == "opened"
        other.kill()


def test_a_folder_where_the_write_ahead_log_should_be_is_damage(tmp_path: Path) -> None:
    SqlCipherRecordStore(tmp_path).create(KEY).close()
    (tmp_path / "clinic.db-wal").mkdir()
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(tmp_path).open(KEY)
    assert error.value.code is ErrorCode.DATABASE_DAMAGED


def test_a_write_ahead_log_that_nobody_may_read_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path) -> None:
        raise PermissionError

    SqlCipherRecordStore(tmp_path).create(KEY).close()
    monkeypatch.setattr(record_store, "inspect_journal", refuse)
    with pytest.raises(AppError) as error:
        SqlCipherRecordStore(tmp_path).open(KEY)
    assert error.value.code is ErrorCode.FOLDER_READ_ONLY
