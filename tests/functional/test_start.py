"""Starting the window: what keeps it from opening is said in a dialog, never as a traceback."""

import subprocess
import sys
from pathlib import Path

import pytest

from desktop_app.domain.clinic import Language, Preferences
from desktop_app.gui.texts import tr
from desktop_app.infrastructure.workstation.preferences import FilePreferences

# Nobody is there to close the dialog: it prints what it says instead.
START = """
import sys
from PySide6.QtWidgets import QDialog
QDialog.exec = lambda dialog: print(dialog.accessibleDescription())
from desktop_app.cli import run
sys.exit(run(sys.argv[1:]))
"""


CLOSE_AT_ONCE = """
import logging, sys
from PySide6.QtCore import QTimer
from desktop_app.gui.main_window import MainWindow
def close(window):
    logging.getLogger("desktop_app").error("something to log")
    window.close()
show = MainWindow.show
MainWindow.show = lambda window: (show(window), QTimer.singleShot(0, lambda: close(window)))
from desktop_app.cli import run
sys.exit(run(sys.argv[1:]))
"""


def run_program(source: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run source that starts the program."""
    return subprocess.run(
        [sys.executable, "-c", source, *arguments],
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )


@pytest.mark.parametrize("language", list(Language))
def test_a_folder_with_two_clinics_is_refused_in_a_dialog(
    tmp_path: Path, language: Language
) -> None:
    finished = tmp_path / "finished-clinic"
    finished.mkdir()
    for folder in (tmp_path, finished):
        (folder / "vault.json").write_text("{}", encoding="utf-8")

    told = run_program(START, "--data-dir", str(tmp_path), "--lang", language.value)

    assert told.returncode == 1
    assert told.stdout.startswith(tr("errors.clinic_exists", language=language.value))
    assert "Traceback" not in told.stderr


@pytest.mark.parametrize("geometry", ["abc", "1, 2, 3", "@ByteArray(nonsense)", "@Invalid()"])
def test_a_damaged_memory_of_the_windows_size_is_no_hindrance(
    tmp_path: Path, geometry: str
) -> None:
    (tmp_path / "window.ini").write_text(f"[General]\ngeometry={geometry}\n", encoding="utf-8")
    (tmp_path / "mesodesk.log").mkdir()
    seen = run_program(CLOSE_AT_ONCE, "--data-dir", str(tmp_path))
    assert seen.returncode == 0, seen.stderr
    assert "Traceback" not in seen.stderr


def test_a_language_that_was_asked_for_stands_in_for_the_remembered_one(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    FilePreferences(file).save(Preferences(language=Language.KOREAN, text_percent=125))
    asked = FilePreferences(file, Language.ENGLISH).load()
    assert asked == Preferences(language=Language.ENGLISH, text_percent=125)
    assert FilePreferences(file).load().language is Language.KOREAN


SIGNAL_WHEN_SHOWN = """
import os, signal, sys
from PySide6.QtCore import QTimer
from desktop_app.gui.main_window import MainWindow
show = MainWindow.show
name = sys.argv.pop()
def send():
    os.kill(os.getpid(), getattr(signal, name))
MainWindow.show = lambda window: (show(window), QTimer.singleShot(300, send))
from desktop_app.cli import run
sys.exit(run(sys.argv[1:]))
"""


@pytest.mark.skipif(sys.platform == "win32", reason="its consoles send no signals")
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGHUP"])
@pytest.mark.parametrize("command", ["window", "tour"])
def test_who_ends_the_program_from_the_terminal_sees_no_traceback(
    tmp_path: Path, command: str, name: str
) -> None:
    data = ("--data-dir", str(tmp_path / "data"), "--lang", "en")
    arguments = data if command == "window" else ("tour", "--out", str(tmp_path / "out"), *data)
    ended = run_program(SIGNAL_WHEN_SHOWN, *arguments, name)
    assert "Traceback" not in ended.stderr
    if command == "window":
        assert ended.returncode == 0, ended.stderr
    else:
        # A tour that was stopped has not shown what it should.
        assert ended.returncode == 1
        assert tr("errors.cancelled", language="en") in ended.stderr


NO_ROOM = """
import sys, tempfile
def refuse(*_names, **_more):
    raise FileNotFoundError("No usable temporary directory found")
tempfile.TemporaryDirectory = refuse
"""


def test_the_window_opens_where_there_is_no_room_for_a_demonstration(tmp_path: Path) -> None:
    seen = run_program(NO_ROOM + CLOSE_AT_ONCE, "--data-dir", str(tmp_path))
    assert seen.returncode == 0, seen.stderr
    assert "Traceback" not in seen.stderr


def test_a_tour_without_room_for_its_clinic_is_a_sentence(tmp_path: Path) -> None:
    run = "from desktop_app.cli import run\nsys.exit(run(sys.argv[1:]))"
    arguments = ("--lang", "en", "tour", "--out", str(tmp_path / "out"))
    seen = run_program(NO_ROOM + run, *arguments)
    assert seen.returncode == 1
    assert seen.stderr.startswith(tr("errors.folder_read_only", language="en"))
