"""Signing in, failing, waiting, locking, and the way back in: on the real window and folder."""

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QLabel, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application.accounts import AccountDetails, create_account
from desktop_app.application.first_run import ClinicPlan, create_clinic, open_clinic
from desktop_app.application.ports import RiskModel
from desktop_app.application.sign_in import Entrance, sign_in, sign_out
from desktop_app.bootstrap import WORK_PAGES, assemble, front_pages, remember_preferences
from desktop_app.domain.account import Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.recovery_key import recovery_groups
from desktop_app.gui.application import Application
from desktop_app.gui.page import FrontPage
from desktop_app.gui.sign_in.account_list import AccountList
from desktop_app.gui.texts import tr
from desktop_app.infrastructure.vault.key_wrapping import KdfCost
from desktop_app.infrastructure.vault.sign_in_guard import FileSignInGuard
from tests.fakes.clock import FakeClock
from tests.fakes.samples import mistyped

SHOTS = os.environ.get("MESODESK_SHOTS")
CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
PASSWORD = "gray-lamp-river"
DOCTOR_PASSWORD = "blue-pine-boat"
LEFT = Qt.MouseButton.LeftButton


def no_model() -> RiskModel:
    raise AppError(ErrorCode.MODEL_MISSING)


@dataclass
class Clinic:
    """A data folder with an administrator and a doctor."""

    folder: Path
    clock: FakeClock
    recovery_key: str

    def entrance(self) -> Entrance:
        made = assemble(self.folder, model=no_model, password_cost=CHEAP)
        guard = FileSignInGuard(self.folder, self.clock)
        return replace(made, clock=self.clock, guard=guard)


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    clinic = Clinic(tmp_path / "data", FakeClock(), "")
    entrance = clinic.entrance()
    plan = ClinicPlan("가나다내과의원", "진료실 2", "최민재", "minjae.choi", PASSWORD)
    new = create_clinic(entrance, plan)
    groups = recovery_groups(new.recovery_key)
    open_clinic(entrance, new, {number: groups[number - 1] for number in new.proof_groups})
    admin = sign_in(entrance, "minjae.choi", PASSWORD)
    doctor = AccountDetails("haneul.kim", "김하늘", frozenset({Role.DOCTOR}), "호흡기내과")
    create_account(admin, doctor, DOCTOR_PASSWORD)
    admin.close()
    return replace(clinic, recovery_key=new.recovery_key)


@dataclass
class Desk:
    """The running program, driven by widget events."""

    application: Application
    qtbot: QtBot

    @property
    def window(self) -> Any:
        return self.application.window

    def find(self, name: str, kind: type[QWidget] = QWidget) -> Any:
        tops = [self.window, *QApplication.topLevelWidgets()]
        found = [w for top in tops for w in top.findChildren(kind, name) if w.isVisible()]
        assert found, f"no visible {name}"
        return found[0]

    def wait_for(self, name: str) -> None:
        self.qtbot.waitUntil(
            lambda: any(w.isVisible() for w in self.window.findChildren(QWidget, name))
        )

    def type(self, name: str, text: str) -> None:
        field = self.find(name, QLineEdit)
        field.setFocus()
        QTest.keyClicks(field, text)

    def click(self, name: str) -> None:
        QTest.mouseClick(self.find(name), LEFT)

    def text(self, name: str) -> str:
        return cast(str, self.find(name, QLabel).text())

    def try_password(self, password: str) -> None:
        self.type("password", password)
        QTest.keyClick(self.find("password", QLineEdit), Qt.Key.Key_Return)

    def fail(self, times: int = 1) -> str:
        """Try wrong passwords; return what the page says then."""
        for _ in range(times):
            self.try_password("wrong-password")
            self.wait_for("problem")
        return self.text("problem")

    def wait_until_working(self) -> None:
        self.qtbot.waitUntil(
            lambda: self.application.desk is not None and not self.window.is_covered
        )

    @property
    def person(self) -> str:
        assert self.application.desk is not None
        return self.application.desk.session.person.name

    def shoot(self, name: str) -> None:
        if SHOTS:
            QApplication.processEvents()
            self.window.grab().save(str(Path(SHOTS) / f"sign-in-{name}.png"))


@pytest.fixture
def start(qtbot: QtBot, qapp: QApplication, clinic: Clinic) -> Iterator[Callable[[], Desk]]:
    started: list[Application] = []

    def start_program() -> Desk:
        remembered = remember_preferences(clinic.folder)
        application = Application(qapp, clinic.entrance(), remembered, front_pages(), WORK_PAGES)
        started.append(application)
        application.start()
        qtbot.waitExposed(application.window)
        desk = Desk(application, qtbot)
        desk.wait_for("sign_in_page")
        return desk

    yield start_program
    for application in started:
        application.window.close()
        application.window.deleteLater()


def test_who_was_here_last_is_greeted_and_signs_in_with_enter(start: Callable[[], Desk]) -> None:
    desk = start()
    assert desk.text("clinic") == "가나다내과의원 · 진료실 2"
    assert desk.text("hello") == tr("sign_in.hello", name="최민재")
    desk.shoot("page")
    desk.try_password(PASSWORD)
    desk.wait_until_working()
    assert desk.person == "최민재"


def test_another_person_is_chosen_by_the_arrow_keys(start: Callable[[], Desk]) -> None:
    desk = start()
    QTest.keyClick(desk.find("accounts", AccountList), Qt.Key.Key_Down)
    assert desk.text("hello") == tr("sign_in.hello_doctor", name="김하늘")
    desk.try_password(DOCTOR_PASSWORD)
    desk.wait_until_working()
    assert desk.person == "김하늘"


def test_a_login_can_be_typed(start: Callable[[], Desk]) -> None:
    desk = start()
    desk.click("other_account")
    assert desk.window.focusWidget() is desk.find("login", QLineEdit)
    desk.type("login", "Haneul.Kim")
    desk.try_password(DOCTOR_PASSWORD)
    desk.wait_until_working()
    assert desk.person == "김하늘"


@pytest.mark.parametrize("login", ["haneul.kim", "nobody.here"])
def test_a_wrong_name_and_a_wrong_password_read_the_same(
    start: Callable[[], Desk], login: str
) -> None:
    desk = start()
    desk.click("other_account")
    desk.type("login", login)
    assert desk.fail() == f"{tr('sign_in.wrong')} {tr('sign_in.tries_left', n=4)}"
    assert desk.find("password", QLineEdit).text() == ""
    assert desk.window.focusWidget() is desk.find("password", QLineEdit)


def test_failures_make_everyone_wait_longer_even_after_a_restart(
    start: Callable[[], Desk], clinic: Clinic
) -> None:
    desk = start()
    assert tr("sign_in.next_try_in", n=30) in desk.fail(5)
    desk.shoot("delayed")
    desk.application.window.close()
    again = start()
    rows = again.find("accounts", AccountList).model()
    badge = rows.data(rows.index(0, 0), Qt.ItemDataRole.AccessibleTextRole)
    assert tr("sign_in.delayed_for", n=30) in badge
    again.try_password(PASSWORD)
    again.wait_for("problem")
    assert again.text("problem") == tr("sign_in.next_try_in", n=30)
    clinic.clock.pass_time(30)
    again.try_password(PASSWORD)
    again.wait_until_working()


def test_the_page_changes_its_language_and_keeps_the_chosen_person(
    start: Callable[[], Desk],
) -> None:
    desk = start()
    box = desk.find("language", QComboBox)
    box.setCurrentIndex(1)
    box.activated.emit(1)
    desk.wait_for("hello")
    assert desk.text("hello") == "Hello, 최민재"
    desk.shoot("english")


@pytest.mark.parametrize("was_locked", [False, True])
def test_who_is_coming_in_while_the_window_closes_is_signed_out(
    start: Callable[[], Desk], clinic: Clinic, was_locked: bool
) -> None:
    entries = count_entries(clinic)
    desk = start()
    if was_locked:
        desk.try_password(PASSWORD)
        desk.wait_until_working()
        desk.application.lock()
        desk.wait_for("lock_page")
        entries += len(("signed in", "locked"))
    desk.try_password(PASSWORD)
    desk.window.close()
    entries += len(("signed in or unlocked", "signed out"))
    assert count_entries(clinic) == entries + len(("signed out", "signed in"))


def count_entries(clinic: Clinic) -> int:
    """Return how long the trail is while somebody is signed in to look."""
    session = sign_in(clinic.entrance(), "minjae.choi", PASSWORD)
    with session.unit_of_work() as work:
        count = work.audit.count()
    sign_out(session)
    return count


def test_lock_and_unlock_open_the_same_work(start: Callable[[], Desk]) -> None:
    desk = start()
    desk.try_password(PASSWORD)
    desk.wait_until_working()
    desk.application.lock()
    desk.wait_for("lock_page")
    assert desk.text("locked_person") == "최민재"
    assert desk.text("lock_reason") == tr("sign_in.locked_now")
    assert desk.fail() == f"{tr('sign_in.wrong')} {tr('sign_in.tries_left', n=4)}"
    desk.shoot("locked")
    desk.try_password(PASSWORD)
    desk.wait_until_working()
    assert desk.person == "최민재"


def test_the_locked_screen_says_how_long_nobody_was_here(start: Callable[[], Desk]) -> None:
    desk = start()
    desk.try_password(PASSWORD)
    desk.wait_until_working()
    desk.application.idle.expired.emit()
    desk.wait_for("lock_page")
    assert desk.text("lock_reason") == tr("sign_in.locked_idle", n=5)


def test_someone_else_signs_in_from_the_locked_screen(start: Callable[[], Desk]) -> None:
    desk = start()
    desk.try_password(PASSWORD)
    desk.wait_until_working()
    desk.application.lock()
    desk.wait_for("lock_page")
    desk.click("other_person")
    desk.wait_for("sign_in_page")
    desk.find("accounts", AccountList).choose("haneul.kim")
    desk.try_password(DOCTOR_PASSWORD)
    desk.qtbot.waitUntil(lambda: not desk.window.is_covered and desk.person == "김하늘")


def test_the_recovery_key_gives_a_new_password(start: Callable[[], Desk], clinic: Clinic) -> None:
    desk = start()
    desk.click("use_recovery_key")
    desk.qtbot.waitUntil(lambda: bool(QApplication.activeModalWidget()))
    assert desk.find("reset_login", QLineEdit).text() == "minjae.choi"
    desk.type("recovery_key", mistyped(recovery_groups(clinic.recovery_key)[0]))
    assert desk.text("recovery_key_word") == tr("sign_in.group_wrong", group=1)
    desk.find("recovery_key", QLineEdit).clear()
    desk.type("recovery_key", clinic.recovery_key.lower())
    assert desk.text("recovery_key_word") == tr("sign_in.key_fits")
    desk.type("new_password", "green-fern-stone")
    assert not desk.find("dialog_accept").isEnabled()
    desk.type("new_password_again", "green-fern-stone")
    desk.click("dialog_accept")
    desk.wait_for("sign_in_notice")
    desk.try_password("green-fern-stone")
    desk.wait_until_working()
    assert desk.person == "최민재"


def test_without_its_vault_the_page_says_what_to_do_and_makes_nothing(
    start: Callable[[], Desk], clinic: Clinic
) -> None:
    for name in ("vault.json", "vault.json.previous"):
        (clinic.folder / name).unlink()
    desk = start()
    assert tr("errors.vault_missing") in desk.find("sign_in_trouble").accessibleName()
    assert not desk.window.findChild(QLineEdit, "password").isVisible()
    assert not (clinic.folder / "vault.json").exists()
    desk.shoot("vault-missing")


def test_a_damaged_database_is_a_sentence_on_the_page(
    start: Callable[[], Desk], clinic: Clinic
) -> None:
    (clinic.folder / "clinic.db").write_bytes(b"SQLite format 3\0 and nothing more")
    desk = start()
    desk.try_password(PASSWORD)
    desk.wait_for("problem")
    assert tr("errors.database_not_encrypted") in desk.text("problem")


def test_help_tells_how_to_get_in(start: Callable[[], Desk]) -> None:
    desk = start()
    said: list[str] = []

    def read() -> None:
        dialog = cast(Any, QApplication.activeModalWidget())
        said.append(dialog.findChild(QLabel, "dialog_title").text())
        dialog.reject()

    QTimer.singleShot(0, read)
    desk.click("help")
    assert said == [tr("sign_in.help_title")]


def test_nothing_of_the_clinic_is_open_while_locked(start: Callable[[], Desk]) -> None:
    desk = start()
    desk.try_password(PASSWORD)
    desk.wait_until_working()
    desk.application.lock()
    desk.wait_for("lock_page")
    page = cast(FrontPage, desk.find("lock_page", FrontPage))
    assert desk.window.windowTitle() == tr("shell.title", page=page.title)
    assert not any(action.isEnabled() for action in desk.window.actions_by_name.values())
