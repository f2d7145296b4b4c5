"""The first set-up as a person does it: fields, paper, proof, start, and the first sign-in."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtPrintSupport import QPrinterInfo
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application.ports import RiskModel
from desktop_app.application.sign_in import sign_in
from desktop_app.bootstrap import WORK_PAGES, assemble, front_pages, remember_preferences
from desktop_app.domain.account import Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.application import Application
from desktop_app.gui.first_run.key_panel import KeyPanel
from desktop_app.gui.texts import tr
from desktop_app.infrastructure.vault.key_wrapping import KdfCost

SHOTS = os.environ.get("MESODESK_SHOTS")
CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
PASSWORD = "gray-lamp-river"


def no_model() -> RiskModel:
    raise AppError(ErrorCode.MODEL_MISSING)


@dataclass
class Desk:
    """The real program on an empty folder, driven by widget events."""

    application: Application
    folder: Path
    qtbot: QtBot

    @property
    def window(self) -> Any:
        return self.application.window

    def find(self, name: str, kind: type[QWidget] = QWidget) -> Any:
        found = [one for one in self.window.findChildren(kind, name) if one.isVisible()]
        assert found, f"no visible {name}"
        return found[-1]

    def type(self, name: str, text: str) -> None:
        field = self.find(name, QLineEdit)
        field.setFocus()
        QTest.keyClicks(field, text)

    def click(self, name: str) -> None:
        button = self.find(name)
        assert button.isEnabled(), f"{name} is off"
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    def text(self, name: str) -> str:
        return cast(str, self.find(name, QLabel).text())

    def wait_for(self, name: str) -> None:
        self.qtbot.waitUntil(
            lambda: any(one.isVisible() for one in self.window.findChildren(QWidget, name))
        )

    def answer_dialog(self, button: str) -> None:
        """Press a button of the next modal dialog."""

        def press() -> None:
            dialog = QApplication.activeModalWidget()
            assert isinstance(dialog, QDialog)
            QTest.mouseClick(cast(QWidget, dialog.findChild(QWidget, button)), LEFT)

        QTimer.singleShot(0, press)

    def shoot(self, name: str) -> None:
        if SHOTS:
            QApplication.processEvents()
            self.window.grab().save(str(Path(SHOTS) / f"first-run-{name}.png"))

    def choose_language(self, code: str) -> None:
        self.click(f"language_{code}")
        words = tr("first_run.clinic_heading", language=cast(Any, code))
        self.qtbot.waitUntil(lambda: words in [one.text() for one in self.visible_labels()])

    def visible_labels(self) -> list[QLabel]:
        return [one for one in self.window.findChildren(QLabel) if one.isVisible()]

    def fill_clinic(self, *, login: str = "minjae.choi") -> None:
        self.type("clinic_name", "Ganada Clinic")
        self.type("seat", "Room 2")
        self.type("admin_name", "Minjae Choi")
        self.type("admin_login", login)
        self.type("new_password", PASSWORD)
        self.type("new_password_again", PASSWORD)

    def reach_key(self) -> tuple[str, ...]:
        """Fill the first page and return the groups of the key that the second one shows."""
        self.fill_clinic()
        self.click("next_step")
        self.wait_for("key_panel")
        return cast(tuple[str, ...], self.find("key_panel", KeyPanel).shown_groups())

    def asked(self) -> list[int]:
        return [
            group for group in range(1, 9) if self.window.findChild(QLineEdit, f"proof_{group}")
        ]

    def prove(self, groups: tuple[str, ...]) -> None:
        for number in self.asked():
            self.type(f"proof_{number}", groups[number - 1].lower())
        self.find("keep_apart").setChecked(True)


LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., Desk]]:
    started: list[Application] = []
    folder = tmp_path / "data"

    def start_program(language: str = "ko") -> Desk:
        entrance = assemble(folder, model=no_model, password_cost=CHEAP)
        remembered = remember_preferences(folder)
        application = Application(qapp, entrance, remembered, front_pages(), WORK_PAGES)
        started.append(application)
        application.start()
        qtbot.waitExposed(application.window)
        desk = Desk(application, folder, qtbot)
        if language != "ko":
            desk.choose_language(language)
        return desk

    yield start_program
    for application in started:
        application.window.close()
        application.window.deleteLater()


@pytest.mark.parametrize("language", ["ko", "en"])
def test_from_an_empty_folder_to_the_first_sign_in(
    start: Callable[..., Desk], language: str
) -> None:
    desk = start(language)
    assert desk.text("step_of") == tr("first_run.step_of", n=1, all=3)
    assert not desk.find("next_step").isEnabled()
    desk.fill_clinic()
    desk.find("is_doctor").setChecked(True)
    desk.shoot(f"clinic-{language}")
    desk.click("next_step")
    desk.wait_for("key_panel")
    groups = desk.find("key_panel", KeyPanel).shown_groups()
    assert not desk.find("next_step").isEnabled()
    desk.prove(groups)
    desk.shoot(f"key-{language}")
    desk.click("next_step")
    desk.wait_for("summary")
    desk.shoot(f"start-{language}")
    assert not (desk.folder / "vault.json").exists()
    desk.click("start")
    desk.wait_for("sign_in_page")
    assert desk.text("clinic") == tr(
        "sign_in.clinic_and_seat", clinic="Ganada Clinic", seat="Room 2"
    )
    assert desk.text("hello") == tr("sign_in.hello_doctor", name="Minjae Choi")
    desk.shoot(f"sign-in-{language}")
    desk.type("password", PASSWORD)
    desk.click("submit")
    desk.qtbot.waitUntil(lambda: desk.application.desk is not None)
    opened = desk.application.desk
    assert opened is not None
    assert opened.session.person.roles == {Role.ADMIN, Role.DOCTOR}
    assert opened.settings.language.value == language


def test_what_is_missing_is_named_one_after_the_other(start: Callable[..., Desk]) -> None:
    desk = start()
    steps = [
        ("clinic_name", "가", "first_run.need_clinic_name"),
        ("admin_name", "나", "first_run.need_name"),
        ("admin_login", "ab", "first_run.need_login"),
        ("new_password", PASSWORD, "password.missing"),
        ("new_password_again", PASSWORD, "password.type_again"),
    ]
    for field, text, reason in steps:
        assert desk.text("bottom_reason") == tr(reason)
        assert not desk.find("next_step").isEnabled()
        desk.find(field, QLineEdit).setText(text)
    assert desk.find("next_step").isEnabled()
    for typed, is_open in (("90", False), ("abc", False), ("5", True), ("0.5 %", True)):
        desk.find("prevalence", QLineEdit).setText(typed)
        assert desk.find("next_step").isEnabled() is is_open


def test_changing_the_language_keeps_what_was_typed(start: Callable[..., Desk]) -> None:
    desk = start()
    desk.type("clinic_name", "Ganada Clinic")
    desk.type("admin_login", "minjae")
    desk.choose_language("en")
    assert desk.find("clinic_name", QLineEdit).text() == "Ganada Clinic"
    assert desk.find("admin_login", QLineEdit).text() == "minjae"


def test_a_group_is_hidden_while_it_is_typed_and_must_be_right(start: Callable[..., Desk]) -> None:
    desk = start()
    groups = desk.reach_key()
    first, second = desk.asked()
    desk.type(f"proof_{first}", groups[second - 1])
    shown = desk.find("key_panel", KeyPanel).shown_groups()
    assert groups[first - 1] not in shown
    assert groups[second - 1] not in shown
    assert desk.text(f"proof_{first}_word") == tr("first_run.proof_differs")
    desk.find("print_key").setFocus()
    assert desk.find("key_panel", KeyPanel).shown_groups() == groups
    desk.find(f"proof_{first}", QLineEdit).clear()
    desk.type(f"proof_{first}", groups[first - 1])
    desk.type(f"proof_{second}", groups[second - 1])
    assert desk.text("bottom_reason") == tr("first_run.need_promise")
    assert not desk.find("next_step").isEnabled()


def test_going_back_and_on_keeps_the_key_unless_something_changed(
    start: Callable[..., Desk],
) -> None:
    desk = start()
    groups = desk.reach_key()
    desk.click("previous_step")
    desk.click("next_step")
    assert desk.find("key_panel", KeyPanel).shown_groups() == groups
    desk.click("previous_step")
    desk.type("clinic_name", " 2")
    desk.click("next_step")
    desk.qtbot.waitUntil(
        lambda: desk.window.findChild(KeyPanel, "key_panel").shown_groups() != groups
    )
    desk.wait_for("old_paper")


def test_cancelling_asks_first_and_leaves_nothing(start: Callable[..., Desk]) -> None:
    desk = start()
    desk.reach_key()
    desk.answer_dialog("dialog_reject")
    desk.click("cancel_setup")
    assert desk.find("key_panel")
    desk.answer_dialog("dialog_accept")
    desk.click("cancel_setup")
    assert not desk.window.isVisible()
    assert [path.name for path in desk.folder.iterdir() if "clinic" in path.name] == []
    assert not (desk.folder / "vault.json").exists()


def test_the_key_goes_to_a_stick_but_never_beside_the_records(
    start: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    desk = start()
    desk.reach_key()
    stick = tmp_path / "stick"
    stick.mkdir()

    def choose(target: Path) -> None:
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))

    choose(desk.folder / "key.pdf")
    desk.answer_dialog("dialog_reject")
    desk.click("save_key")
    assert not (desk.folder / "key.pdf").exists()
    # Of this one the file dialog has not asked whether it may be replaced.
    (stick / "key.pdf").write_bytes(b"another clinic's")
    choose(stick / "key")
    desk.answer_dialog("dialog_reject")
    desk.click("save_key")
    assert (stick / "key.pdf").read_bytes() == b"another clinic's"
    (stick / "key.pdf").unlink()
    desk.click("save_key")
    assert (stick / "key.pdf").read_bytes().startswith(b"%PDF")
    assert desk.text("print_done")


def test_without_a_printer_a_sentence_says_so(
    start: Callable[..., Desk], monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = start()
    desk.reach_key()
    monkeypatch.setattr(QPrinterInfo, "availablePrinterNames", list)
    said: list[str] = []

    def read() -> None:
        dialog = cast(QDialog, QApplication.activeModalWidget())
        said.append(cast(QLabel, dialog.findChild(QLabel, "dialog_text")).text())
        dialog.reject()

    QTimer.singleShot(0, read)
    desk.click("print_key")
    assert tr("errors.printer_unavailable") in said[0]


def test_the_clinic_of_the_assistant_is_a_real_one(start: Callable[..., Desk]) -> None:
    desk = start()
    desk.prove(desk.reach_key())
    desk.click("next_step")
    desk.wait_for("summary")
    desk.click("start")
    desk.wait_for("sign_in_page")
    desk.window.close()  # a clinic is open to one program at a time
    session = sign_in(assemble(desk.folder, model=no_model), "minjae.choi", PASSWORD)
    assert session.person.name == "Minjae Choi"
    session.close()
