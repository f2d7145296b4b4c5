"""`score` meets files and folders that are not as they should be, and leaves nothing half-done."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.documents.csv_files import MAX_MEGABYTES
from tests.fakes.panels import TEXTS
from tests.integration.scoring_files import NAMES, score, write_csv

GOOD_LINE = ",".join(TEXTS[name] for name in NAMES)
HEADER = ",".join(NAMES)


def refusal(source: Path, target: Path) -> ErrorCode:
    before = sorted(path.name for path in target.parent.iterdir())
    with pytest.raises(AppError) as refused:
        score(source, target)
    assert sorted(path.name for path in target.parent.iterdir()) == before
    return refused.value.code


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", ErrorCode.FILE_EMPTY),
        (b"\n\n\r\n", ErrorCode.FILE_EMPTY),
        (b"\xef\xbb\xbf", ErrorCode.FILE_EMPTY),
        (b"\x89PNG\r\n\x1a\n\x00\x00\x00", ErrorCode.FILE_NOT_TEXT),
        (bytes(range(128, 256)) * 50, ErrorCode.FILE_NOT_TEXT),
        (HEADER.encode("utf-16"), ErrorCode.FILE_NOT_TEXT),
        (b"name,age\nx,3\n", ErrorCode.FILE_WRONG_COLUMNS),
        (HEADER.replace(",", ";").encode(), ErrorCode.FILE_WRONG_COLUMNS),
        (f"{HEADER},age\n".encode(), ErrorCode.FILE_WRONG_COLUMNS),
        (HEADER.replace("albumin", "Albumin").encode(), ErrorCode.FILE_WRONG_COLUMNS),
        *(
            (f"{HEADER},{name}\n".encode(), ErrorCode.FILE_WRONG_COLUMNS)
            for name in ("albumin_unit", "Albumin__unit", "albumin__UNIT", "albumin units")
        ),
        ((HEADER + ",x" * 2000).encode(), ErrorCode.FILE_TOO_LARGE),
        (f"{HEADER}\n{GOOD_LINE}\n{'9' * 200_000}".encode(), ErrorCode.FILE_LINE_UNREADABLE),
        (
            f'{HEADER}\n"{GOOD_LINE}\n'.encode() + b"1,2,3\n" * 50_000,
            ErrorCode.FILE_LINE_UNREADABLE,
        ),
    ],
)
def test_a_file_that_is_no_table_of_ours_is_refused(
    tmp_path: Path, content: bytes, code: ErrorCode
) -> None:
    (tmp_path / "given.csv").write_bytes(content)
    assert refusal(tmp_path / "given.csv", tmp_path / "scored.csv") is code


def test_other_columns_may_speak_of_units(tmp_path: Path) -> None:
    header = f"{HEADER},unit,dose__unit,albumin__unit,reunite"
    (tmp_path / "given.csv").write_text(f"{header}\n{GOOD_LINE},x,mg,g/dL,y\n", encoding="utf-8")
    assert score(tmp_path / "given.csv", tmp_path / "scored.csv").scored == 1


def test_a_gigabyte_is_refused_at_a_glance(tmp_path: Path) -> None:
    with (tmp_path / "given.csv").open("wb") as file:
        file.truncate(MAX_MEGABYTES * 4 << 20)
    assert refusal(tmp_path / "given.csv", tmp_path / "scored.csv") is ErrorCode.FILE_TOO_LARGE


def test_a_missing_file_or_a_folder_cannot_be_scored(tmp_path: Path) -> None:
    assert refusal(tmp_path / "none.csv", tmp_path / "out.csv") is ErrorCode.FILE_NOT_FOUND
    assert refusal(tmp_path, tmp_path / "out.csv") is ErrorCode.FILE_NOT_FOUND


def test_the_input_is_never_overwritten(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "given.csv", [TEXTS])
    before = source.read_bytes()
    (tmp_path / "other.csv").hardlink_to(source)
    assert refusal(source, source) is ErrorCode.SAME_FILE
    assert refusal(source, tmp_path / "other.csv") is ErrorCode.SAME_FILE
    assert source.read_bytes() == before


def test_a_target_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "given.csv", [TEXTS])
    (tmp_path / "folder").mkdir()
    assert refusal(source, tmp_path / "folder") is ErrorCode.FILE_UNWRITABLE
    with pytest.raises(AppError) as refused:
        score(source, tmp_path / "nowhere" / "scored.csv")
    assert refused.value.code is ErrorCode.FILE_UNWRITABLE


def test_an_error_midway_leaves_the_earlier_result_as_it_was(tmp_path: Path) -> None:
    target = tmp_path / "scored.csv"
    target.write_text("kept", encoding="utf-8")
    lines = [HEADER, *[GOOD_LINE] * 9000, "9" * 200_000]
    (tmp_path / "given.csv").write_text("\n".join(lines), encoding="utf-8")
    assert refusal(tmp_path / "given.csv", target) is ErrorCode.FILE_LINE_UNREADABLE
    assert target.read_text(encoding="utf-8") == "kept"


FULL_DISK = """
import resource, signal, sys
from pathlib import Path
from desktop_app.domain.errors import AppError
from tests.integration.scoring_files import score, shipped_model
shipped_model()
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    score(Path(sys.argv[1]), Path(sys.argv[2]))
except AppError as error:
    print(error.code.value)
"""


@pytest.mark.skipif(os.name == "nt", reason="the size limit that stands for a full disk is POSIX")
def test_a_full_disk_leaves_nothing_half_written(tmp_path: Path) -> None:
    source = write_csv(tmp_path / "given.csv", [TEXTS] * 3000)
    answer = subprocess.run(
        [sys.executable, "-c", FULL_DISK, str(source), str(tmp_path / "scored.csv")],
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
        cwd=Path(__file__).parents[2],
    )
    assert answer.stdout.split() == ["disk_full"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["given.csv"]


@pytest.mark.parametrize(
    ("method", "code"),
    [("is_file", ErrorCode.FILE_NOT_FOUND), ("exists", ErrorCode.FILE_UNWRITABLE)],
)
def test_a_folder_that_nobody_may_look_into_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, method: str, code: ErrorCode
) -> None:
    def refusing(allowed: Callable[..., bool]) -> Callable[..., bool]:
        def look(path: Path, *other: Path) -> bool:
            if path.is_relative_to(tmp_path):
                raise PermissionError
            return allowed(path, *other)

        return look

    given = write_csv(tmp_path / "given.csv", [TEXTS])
    for name in ("samefile", method):
        monkeypatch.setattr(Path, name, refusing(getattr(Path, name)))
    with pytest.raises(AppError) as refused:
        score(given, tmp_path / "scored.csv")
    assert refused.value.code is code


@pytest.mark.skipif(sys.platform == "win32", reason="its processes end without a signal")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
def test_a_command_that_is_ended_leaves_no_half_of_a_file(tmp_path: Path, name: str) -> None:
    given = write_csv(tmp_path / "given.csv", [TEXTS])
    program = (
        "import os, signal, sys\n"
        "from desktop_app.__main__ import main\n"
        "name = sys.argv.pop()\n"
        "os.fsync = lambda _file: os.kill(os.getpid(), getattr(signal, name))\n"
        "sys.exit(main())"
    )
    arguments = ("score", str(given), "-o", str(tmp_path / "scored.csv"), name)
    ended = subprocess.run(
        [sys.executable, "-c", program, *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (1, "", "")
    assert list(tmp_path.iterdir()) == [given]


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no special files")
def test_a_pipe_or_a_device_is_no_place_for_the_result(tmp_path: Path) -> None:
    given, pipe = write_csv(tmp_path / "given.csv", [TEXTS]), tmp_path / "pipe"
    os.mkfifo(pipe)
    assert refusal(given, pipe) is ErrorCode.FILE_UNWRITABLE
    assert pipe.is_fifo()
