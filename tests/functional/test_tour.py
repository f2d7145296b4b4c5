"""The tour as a person starts it: a process without a screen that leaves pictures and a report."""

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QLineEdit, QPushButton, QVBoxLayout, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.texts import Language, tr
from desktop_app.gui.tour.album import Album
from desktop_app.gui.tour.guide import Guide
from desktop_app.gui.tour.hands import Hands, Moves

ROOT = Path(__file__).resolve().parents[2]
STEPS = [
    "first-run-clinic",
    "recovery-key",
    "first-run-ready",
    "sign-in",
    "settings",
    "new-account",
    "accounts",
    "sync",
    "server",
    "patients",
    "register-duplicate",
    "patient-registered",
    "unit-question",
    "assessment",
    "result",
    "report",
    "report-saved",
    "history-first",
    "history",
    "compare",
    "staff-draft",
    "drafts-waiting",
    "draft-received",
    "locked",
    "unlocked",
]


@dataclass(frozen=True)
class Told:
    """What one tour left behind."""

    out: Path

    @property
    def steps(self) -> list[dict[str, Any]]:
        steps: list[dict[str, Any]] = json.loads((self.out / "tour.json").read_text("utf-8"))
        return steps

    def saw(self, step: str, name: str) -> str:
        """Return what stood in a widget at a step."""
        return str(next(one["saw"][name] for one in self.steps if one["step"] == step))


def run_tour(*options: str) -> subprocess.CompletedProcess[str]:
    """Start the tour as a process that has no screen."""
    unwanted = {"QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY"}
    return subprocess.run(
        [sys.executable, "-m", "desktop_app", "tour", *options],
        cwd=ROOT,
        env={
            **{name: value for name, value in os.environ.items() if name not in unwanted},
            "PYTHONIOENCODING": "utf-8",
        },
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=110,
        check=False,
    )


@pytest.mark.parametrize(
    ("language", "theme", "size"), [("ko", "light", (1366, 768)), ("en", "dark", (1280, 720))]
)
def test_the_main_job_is_done_from_the_first_start_to_the_printed_report(
    tmp_path: Path, language: Language, theme: str, size: tuple[int, int]
) -> None:
    clinic, out = tmp_path / "clinic", tmp_path / "out"
    look = ("--lang", language, "--theme", theme, "--size", f"{size[0]}x{size[1]}")
    report = run_tour("--out", str(out), "--data-dir", str(clinic), *look)
    assert (report.returncode, report.stderr) == (0, "")

    told = Told(out)
    assert [step["step"] for step in told.steps] == STEPS
    assert all(step["milliseconds"] >= 0 for step in told.steps)
    pictures = [step["picture"] for step in told.steps if step["picture"]]
    assert pictures == sorted(path.name for path in out.glob("*.png"))
    for name in pictures:
        picture = QImage(str(out / name))
        assert (picture.width(), picture.height()) == size
        is_dark = picture.pixelColor(3, size[1] - 3).lightness() < 128
        assert is_dark is (theme == "dark")
    assert (out / "report.pdf").read_bytes().startswith(b"%PDF")
    assert {"clinic.db", "vault.json"} <= {path.name for path in clinic.iterdir()}

    assert told.saw("sync", "connection_chip") == tr("sync.state_none", language=language)
    assert told.saw("patient-registered", "patient_name") == "이춘풍"
    assert "193000" in told.saw("unit-question", "message_text_plt")
    assert told.saw("result", "patient_name") == "이춘풍"
    assert 0 < float(told.saw("result", "result_probability")) < 1
    assert told.saw("result", "record_number").startswith("A-")
    assert "박서연" in told.saw("draft-received", "form_banner")
    assert told.saw("locked", "locked_person") == "김하늘"

    again = run_tour("--out", str(tmp_path / "again"), "--data-dir", str(clinic), *look)
    assert again.returncode == 1
    assert again.stderr.startswith(tr("errors.clinic_exists", language=language))


def test_a_place_that_takes_no_pictures_is_said(tmp_path: Path) -> None:
    file = tmp_path / "out"
    file.write_text("")
    report = run_tour("--out", str(file))
    assert report.returncode == 1
    assert "Traceback" not in report.stderr
    assert report.stderr.strip()


@pytest.mark.parametrize("name", ["report.pdf", "01-wedding.png"])
def test_files_that_are_no_earlier_tours_are_never_replaced(tmp_path: Path, name: str) -> None:
    mine = tmp_path / name
    mine.write_bytes(b"mine")
    (tmp_path / "tour.json").write_text('{"tour": "of Spain"}', encoding="utf-8")
    with pytest.raises(AppError) as refused:
        Album(tmp_path)
    assert refused.value.code is ErrorCode.FILE_UNWRITABLE
    assert mine.read_bytes() == b"mine"


def test_the_next_tour_takes_the_place_of_the_last_even_of_one_that_was_killed(
    tmp_path: Path, window: QWidget
) -> None:
    album = Album(tmp_path)
    album.keep("first-run", window, window, {})
    (tmp_path / "report.pdf").write_bytes(b"%PDF")
    (tmp_path / "notes.txt").write_text("mine", encoding="utf-8")
    Album(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["notes.txt", "tour.json"]


# -- the guide and its hands


@pytest.fixture
def window(qtbot: QtBot) -> QWidget:
    window = QWidget()
    qtbot.addWidget(window)
    column = QVBoxLayout(window)
    for widget, name in ((QLineEdit(), "field"), (QPushButton(), "button")):
        widget.setObjectName(name)
        column.addWidget(widget)
    window.show()
    return window


def lead(qtbot: QtBot, moves: Moves) -> BaseException | None:
    """Let the guide make the moves and return what stopped it."""
    guide = Guide(moves, limit_seconds=0.2)
    with qtbot.waitSignal(guide.ended):
        guide.start()
    return guide.error


def test_what_never_comes_stops_the_tour_with_a_sentence(qtbot: QtBot, window: QWidget) -> None:
    error = lead(qtbot, Hands(window).click("nowhere"))
    assert isinstance(error, AppError)
    assert error.code is ErrorCode.TOUR_STOPPED
    assert error.context["missing"] == "nowhere"


def test_a_button_that_is_off_is_not_pressed(qtbot: QtBot, window: QWidget) -> None:
    button = window.findChild(QPushButton, "button")
    assert button is not None
    button.setEnabled(False)
    assert isinstance(lead(qtbot, Hands(window).click("button")), AppError)


def test_the_hands_type_latin_and_hangul(qtbot: QtBot, window: QWidget) -> None:
    hands = Hands(window)
    assert lead(qtbot, hands.type("field", "old")) is None
    assert lead(qtbot, hands.type("field", "홍 Gil-dong <0.3")) is None
    assert hands.read("field") == "홍 Gil-dong <0.3"


def test_a_click_arrives_where_it_was_aimed(qtbot: QtBot, window: QWidget) -> None:
    button = window.findChild(QPushButton, "button")
    assert button is not None
    with qtbot.waitSignal(button.clicked):
        assert lead(qtbot, Hands(window).click("button")) is None
