"""The frozen program runs on its own: no Python, no environment, no source beside it."""

import csv
import json
import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import numpy as np
import pytest

from desktop_app.domain.lab_panel import FIELDS

ROOT = Path(__file__).resolve().parents[2]
PROGRAM = ROOT / "dist" / "mesodesk" / ("mesodesk.exe" if os.name == "nt" else "mesodesk")
ROWS = 2000
SECONDS_TO_A_WINDOW = 60
# xwininfo's line of a window: title, class, size; Qt keeps windows of one point beside it.
WINDOW = re.compile(r'"[^"]*MesoDesk[^"]*": \("[^"]*" "MesoDesk"\) +\d{3,}x\d{3,}')

pytestmark = [pytest.mark.frozen, pytest.mark.timeout(300)]

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def clean(tmp_path: Path) -> dict[str, str]:
    """Give an environment with nothing of this machine but a home folder."""
    home = tmp_path / "home"
    home.mkdir()
    kept = {name: os.environ[name] for name in ("SYSTEMROOT",) if name in os.environ}
    return {**kept, "HOME": str(home), "USERPROFILE": str(home)}


@pytest.fixture
def frozen(tmp_path: Path, clean: Mapping[str, str]) -> Run:
    """Run the frozen program in that environment, from a folder without our source."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [PROGRAM, *arguments],
            cwd=tmp_path,
            env=clean,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            encoding="utf-8",
            timeout=280,
            check=False,
        )

    return run


@pytest.fixture
def display(clean: dict[str, str]) -> Iterator[str]:
    """Start a screen of its own and name it in the environment."""
    reading, writing = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1366x768x24",
        "-nolisten",
        "tcp",
    ]
    with subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL) as server:
        os.close(writing)
        with os.fdopen(reading) as pipe:
            clean["DISPLAY"] = f":{pipe.readline().strip()}"
        yield clean["DISPLAY"]
        server.terminate()


def windows_on(display: str) -> str:
    """List the windows of a screen."""
    command = ["xwininfo", "-display", display, "-root", "-tree"]
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="Xvfb is a screen of Linux")
def test_the_window_opens_in_a_clean_environment(
    clean: dict[str, str], display: str, tmp_path: Path
) -> None:
    with subprocess.Popen([PROGRAM, "--demo"], cwd=tmp_path, env=clean) as program:
        try:
            deadline = time.monotonic() + SECONDS_TO_A_WINDOW
            while not WINDOW.search(windows_on(display)):
                assert program.poll() is None, "the program ended before its window opened"
                assert time.monotonic() < deadline, "no window opened"
        finally:
            program.terminate()


def test_the_frozen_program_finds_itself_whole(frozen: Run, tmp_path: Path) -> None:
    report = frozen("selfcheck", "--json", "--data-dir", str(tmp_path / "clinic"))
    findings = json.loads(report.stdout)
    assert "broken" not in report.stdout, findings
    assert not report.stderr


@pytest.mark.parametrize("language", ["ko", "en"])
def test_the_frozen_program_tells_its_whole_story(
    frozen: Run, tmp_path: Path, language: str
) -> None:
    pictures = tmp_path / "tour"
    report = frozen("tour", "--out", str(pictures), "--lang", language)
    assert report.returncode == 0, report.stderr
    assert (pictures / "report.pdf").read_bytes().startswith(b"%PDF")
    assert json.loads((pictures / "tour.json").read_text("utf-8"))
    assert len(list(pictures.glob("*.png"))) >= 8


def test_frozen_scores_equal_the_sources_to_the_last_bit(frozen: Run, tmp_path: Path) -> None:
    given = tmp_path / "rows.csv"
    write_rows(given)
    ours, theirs = tmp_path / "source.csv", tmp_path / "frozen.csv"
    command = [sys.executable, "-m", "desktop_app", "score", str(given), "-o", str(ours)]
    subprocess.run(command, cwd=ROOT, check=True, stdin=subprocess.DEVNULL)
    report = frozen("score", str(given), "-o", str(theirs))
    assert report.returncode == 0, report.stderr
    assert theirs.read_bytes() == ours.read_bytes()
    with theirs.open(encoding="utf-8-sig", newline="") as file:
        scored = [row["pred_proba"] for row in csv.DictReader(file)]
    assert len(scored) == ROWS
    assert sum(bool(probability) for probability in scored) > ROWS / 4


def test_the_frozen_folder_holds_no_part_that_never_runs() -> None:
    files = {str(path.relative_to(PROGRAM.parent)) for path in PROGRAM.parent.rglob("*")}
    unwanted = re.compile(r"Qt6Qml|Qt6Quick|libqgtk3|sqldrivers|VirtualKeyboard|/tests/|matplotlib")
    assert not [name for name in files if unwanted.search(name)]


def test_the_frozen_folder_brings_its_licences() -> None:
    for name in ("LICENSE", "THIRD_PARTY_NOTICES.md"):
        assert list(PROGRAM.parent.rglob(name))


def write_rows(file: Path) -> None:
    """Write made-up rows between the limits, a value missing in most."""
    generator = np.random.default_rng(7)
    low = [float(field.confirm.low) for field in FIELDS]
    high = [float(field.confirm.high) for field in FIELDS]
    table = generator.uniform(low, high, size=(ROWS, len(FIELDS))).round(2)
    with file.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target)
        writer.writerow([field.key for field in FIELDS])
        for number, row in enumerate(table):
            left_out = number % 20
            writer.writerow(
                "" if place == left_out and not field.is_required else value
                for place, (field, value) in enumerate(zip(FIELDS, row, strict=True))
            )


@pytest.fixture(scope="session", autouse=True)
def _program_was_built() -> None:
    """Say plainly what is missing, instead of a failure to start."""
    if not shutil.which(PROGRAM):
        pytest.fail(f"{PROGRAM} is missing: run make build")
