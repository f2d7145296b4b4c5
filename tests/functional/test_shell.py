"""The window itself: places, way back, titles, menus, lock, change of person, language, size."""

import gc
import os
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from secrets import token_bytes
from threading import Event
from types import SimpleNamespace
from typing import Any, cast

import pytest
from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QLabel,
    QLineEdit,
    QMenu,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.application.ports import HealthFinding, HealthState, SecretStore
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.domain.account import Account, Role
from desktop_app.domain.audit import AuditHead
from desktop_app.domain.clinic import Clinic, Language, Preferences
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import OutboxItem, RecordKind
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.sync import ServerSettings
from desktop_app.gui import routes, theme, trail_watch
from desktop_app.gui.application import Application, Fronts
from desktop_app.gui.desk import Desk
from desktop_app.gui.page import FrontPage, Page
from desktop_app.gui.routes import Route
from desktop_app.gui.widgets.patient_bar import PageHeader
from tests.fakes.clock import FakeClock
from tests.fakes.exchange import Entry, ExchangeState, FakeOutbox, FakeSyncRecords
from tests.fakes.vault import FakeSecretStore

SHOTS = os.environ.get("MESODESK_SHOTS")


class Work:
    """A transaction on nothing but preferences, the clinic, the trail and the outbox."""

    def __init__(self, clinic: "ClinicRecords") -> None:
        self._clinic = clinic
        self.accounts = self
        self.audit = clinic.audit
        self.outbox = FakeOutbox(clinic.exchange, {}, {})
        self.sync = FakeSyncRecords(clinic.exchange, {}, {})

    def preferences(self, _account: object) -> Preferences | None:
        return self._clinic.preferences

    def save_preferences(self, _account: object, preferences: Preferences) -> None:
        self._clinic.preferences = preferences

    def clinic(self) -> Clinic:
        return self._clinic.clinic

    def commit(self) -> None:
        pass

    def __enter__(self) -> "Work":
        return self

    def __exit__(self, *_error: object) -> None:
        pass


class Trail(list[str]):
    """What the window notes, after the sign-in that came before it."""

    def append(self, entry: Any) -> None:
        super().append(entry.action.name)

    def count(self) -> int:  # type: ignore[override]  # the trail's, not the list's
        return len(self) + 1

    def head(self) -> AuditHead:
        return AuditHead(self.count(), "0" * 64)

    def holds(self, head: AuditHead) -> bool:
        return head.sequence <= self.count()


@dataclass
class ClinicRecords:
    clinic: Clinic = field(default_factory=lambda: Clinic("가나다내과의원", "진료실 2"))
    preferences: Preferences | None = None
    audit: Trail = field(default_factory=Trail)
    exchange: ExchangeState = field(default_factory=ExchangeState)
    is_open: bool = True
    broken: tuple[str, ...] = ()

    def check_health(self) -> tuple[HealthFinding, ...]:
        return tuple(HealthFinding(check, HealthState.BROKEN) for check in self.broken)

    def unit_of_work(self) -> Work:
        return Work(self)

    def close(self) -> None:
        self.is_open = False


class StubPage(Page):
    """A page with a line to type into, that remembers being saved and may refuse to be left."""

    def __init__(self, route: Route) -> None:
        super().__init__()
        self.route = route
        self.place = "settings" if route.name == "settings" else "patients"
        self.saved = 0
        self.lets_go = True
        self.line = QLineEdit()
        self.line.setObjectName("line")
        header = PageHeader()
        header.row.addWidget(QLabel(route.name))
        header.row.addWidget(self.line)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(header)
        column.addStretch(1)
        self.found = 0
        self.offer("find", self._find)
        self.set_title(f"page {route.name}")
        self.set_context_keys(f"keys {route.name}")

    def _find(self) -> None:
        self.found += 1

    def save_work(self) -> None:
        self.saved += 1

    def can_leave(self) -> bool:
        return self.lets_go

    def focus_first(self) -> None:
        self.line.setFocus()


class Remembered:
    def __init__(self) -> None:
        self.preferences = Preferences()

    def load(self) -> Preferences:
        return self.preferences

    def save(self, preferences: Preferences) -> None:
        self.preferences = preferences


def person(name: str, *roles: Role) -> Account:
    return Account(new_record_id(), name.lower(), name, frozenset(roles))


@dataclass
class Shell:
    """The application over stub pages, as a test drives it."""

    application: Application
    records: ClinicRecords
    remembered: Remembered
    qtbot: QtBot

    @property
    def window(self) -> Any:
        return self.application.window

    @property
    def page(self) -> StubPage:
        return cast(StubPage, self.window.pages.page)

    def session(self, account: Account) -> Session:
        self.records.is_open = True
        return Session(
            person=account,
            records=cast(Any, self.records),
            clock=FakeClock(),
            model=_no_model,
            data_key=b"",
            vault=cast(Any, None),
            guard=cast(Any, None),
            encode_qr=cast(Any, None),
            link=cast(Any, None),
        )

    def open(self, account: Account) -> None:
        self.application.start(self.session(account))
        self.qtbot.waitUntil(lambda: self.window.pages is not None)
        # Shortcuts reach an active window only.
        self.window.activateWindow()
        self.qtbot.waitUntil(self.window.isActiveWindow)

    def front(self) -> FrontPage:
        self.qtbot.waitUntil(lambda: self.window.is_covered)
        return cast(FrontPage, self.window.findChild(FrontPage, "front"))

    def trigger(self, action: str) -> None:
        self.window.actions_by_name[action].trigger()

    def shoot(self, name: str) -> None:
        if SHOTS:
            QApplication.processEvents()
            self.window.grab().save(str(Path(SHOTS) / f"shell-{name}.png"))


def _no_model() -> Any:
    raise AppError(ErrorCode.MODEL_MISSING)


def _front(title: str) -> FrontPage:
    page = FrontPage(title)
    page.setObjectName("front")
    return page


@pytest.fixture
def make_shell(qtbot: QtBot, qapp: QApplication, tmp_path: Path) -> Iterator[Callable[..., Shell]]:
    made: list[Application] = []

    def make(
        clinic: Clinic | None = None,
        claim: Callable[[], None] = lambda: None,
        secrets: SecretStore | None = None,
    ) -> Shell:
        store = SimpleNamespace(claim=claim, release=lambda: None, check_sealed=lambda: ())
        entrance = SimpleNamespace(
            vault=SimpleNamespace(allows_unattended=lambda: False),
            has_clinic=True,
            data_folder=tmp_path,
            model=_fake_model,
            store=store,
            secrets=secrets or FakeSecretStore(is_kept_securely=False),
            clock=FakeClock(),
        )
        records = ClinicRecords(clinic or Clinic("가나다내과의원", "진료실 2"))
        remembered = Remembered()
        application = Application(
            qapp,
            cast(Entrance, entrance),
            remembered,
            Fronts(
                first_run=lambda _entrance, _tasks: _front("first run"),
                sign_in=lambda _entrance, _tasks: _front("sign in"),
                lock=lambda _entrance, _tasks, _person, _idle: _front("locked"),
            ),
            dict.fromkeys(("patients", "patient", "settings", "new_assessment", "sync"), _build),
            demonstrate=lambda: (cast(Entrance, entrance), shell.session(DOCTOR)),
        )
        made.append(application)
        shell = Shell(application, records, remembered, qtbot)
        return shell

    yield make
    for application in made:
        application.window.close()
        application.window.deleteLater()


def _build(_desk: Desk, route: Route) -> Page:
    return StubPage(route)


def _fake_model() -> Any:
    return SimpleNamespace(identity=SimpleNamespace(name="meso_xgb_v1"))


DOCTOR = person("김하늘", Role.DOCTOR)
ADMIN = person("관리자", Role.ADMIN)
AUDITOR = person("감사자", Role.AUDITOR)


def test_a_doctor_starts_at_the_patients(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    assert shell.page.route == routes.patients()
    assert shell.window.windowTitle() == "MesoDesk — page patients"
    assert shell.window.findChild(QLabel, "context_keys").text() == "keys patients"
    assert shell.window.findChild(QLabel, "person_roles").text() == "의사"
    shell.qtbot.waitUntil(
        lambda: "meso_xgb_v1" in " ".join(x.text() for x in shell.window.findChildren(QLabel))
    )
    shell.shoot("patients")


def test_back_returns_to_the_page_as_it_was_left(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    first = shell.page
    first.line.setText("홍")
    shell.application.navigator.go(routes.patient(new_record_id()))
    assert shell.page is not first
    QTest.keyClick(shell.window, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert shell.page is first
    assert first.line.text() == "홍"


def test_a_finished_form_is_skipped_on_the_way_back(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    patient_id = new_record_id()
    shell.application.navigator.go(routes.patient(patient_id))
    shell.application.navigator.go(routes.new_assessment(patient_id))
    shell.application.navigator.go(routes.patient(new_record_id()), replace=True)
    shell.application.navigator.back()
    assert shell.page.route == routes.patient(patient_id)


def test_a_page_that_does_not_let_go_stays(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    shell.application.navigator.go(routes.new_assessment(new_record_id()))
    form = shell.page
    form.lets_go = False
    shell.trigger("place_patients")
    assert shell.page is form
    form.lets_go = True
    shell.trigger("place_patients")
    assert shell.page.route == routes.patients()


def test_menus_hold_only_what_the_role_may_do(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(AUDITOR)
    assert shell.page.route == routes.settings()
    assert "new_patient" not in shell.window.actions_by_name
    assert shell.window.findChild(QWidget, "place_patients") is None
    titles = [action.text() for action in shell.window.menuBar().actions()]
    assert titles == ["파일(&F)", "편집(&E)", "보기(&V)", "도구(&T)", "도움말(&H)"]


def test_an_action_is_on_only_where_a_page_carries_it_out(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    actions = shell.window.actions_by_name
    assert actions["find"].isEnabled()
    assert not actions["assess"].isEnabled()
    done: list[bool] = []
    shell.page.offer("assess", lambda: done.append(True))
    assert actions["assess"].isEnabled()
    QTest.keyClick(shell.window, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    assert done
    shell.page.offer("assess", lambda: None, enabled=False)
    assert not actions["assess"].isEnabled()


def test_locking_stores_the_draft_and_closes_the_database(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    page = shell.page
    QTest.keyClick(shell.window, Qt.Key.Key_L, Qt.KeyboardModifier.ControlModifier)
    assert shell.front().title == "locked"
    shell.qtbot.waitUntil(lambda: not shell.records.is_open)
    assert page.saved == 1
    assert shell.records.audit == ["LOCKED"]
    assert not shell.window.menuBar().isVisible()
    assert "page" not in shell.window.windowTitle()
    assert not any(action.isEnabled() for action in shell.window.actions_by_name.values())
    shell.shoot("locked")


@pytest.mark.parametrize("changes_person", [False, True])
def test_a_locked_program_holds_no_key(
    make_shell: Callable[..., Shell], changes_person: bool
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    desk = shell.application.desk
    assert desk is not None
    key = token_bytes(32)
    desk.session = replace(desk.session, data_key=key)
    shell.application.lock(changes_person=changes_person)
    shell.qtbot.waitUntil(lambda: not shell.records.is_open)
    shell.application.tasks.run(lambda: None, lambda _nothing: None)
    shell.qtbot.waitUntil(lambda: not shell.application.tasks.is_busy)
    gc.collect()
    # By its type alone: asking a weak proxy for its class raises once its object is gone.
    held = [one for one in gc.get_objects() if type(one) is Session and one.data_key == key]
    assert not held


def test_unlocking_by_the_same_person_shows_the_page_as_it_was_left(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    page = shell.page
    page.line.setText("85")
    shell.application.lock()
    shell.front().signed_in.emit(shell.session(DOCTOR))
    assert shell.page is page
    assert page.line.text() == "85"
    assert not shell.window.is_covered
    assert shell.window.menuBar().isVisible()
    assert shell.window.actions_by_name["find"].isEnabled()


def test_another_person_begins_anew(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    shell.trigger("change_person")
    assert shell.front().title == "sign in"
    shell.front().signed_in.emit(shell.session(ADMIN))
    shell.qtbot.waitUntil(lambda: not shell.window.is_covered)
    assert shell.window.findChild(QLabel, "person_name").text() == "관리자"
    assert "assess" not in shell.window.actions_by_name


def test_an_idle_screen_locks_after_a_warning(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    shell.application.idle.start(0.01)
    assert shell.window.findChild(QLabel, "notice_text").text().startswith("30초")
    shell.qtbot.waitUntil(lambda: shell.window.is_covered, timeout=5000)
    assert shell.front().title == "locked"


def test_a_lock_answers_an_open_dialog_with_its_safe_choice(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    dialog = QDialog(shell.window)
    dialog.open()
    shell.application.lock()
    assert not dialog.isVisible()
    assert dialog.result() == QDialog.DialogCode.Rejected


def test_a_lock_closes_open_lists_and_menus(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    menu = QMenu(shell.window)
    menu.addAction("홍길동")
    menu.popup(shell.window.rect().center())
    assert menu.isVisible()
    shell.application.lock()
    assert not menu.isVisible()


def test_work_that_ends_behind_the_lock_tells_nothing_and_opens_its_page_afterwards(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    saved = routes.patient(new_record_id())
    shell.application.lock()
    shell.application.navigator.go(saved)
    shell.application.navigator.notify("홍길동")
    assert "page" not in shell.window.windowTitle()
    assert not shell.window.findChild(QWidget, "notice").isVisible()
    shell.front().signed_in.emit(shell.session(DOCTOR))
    assert shell.page.route == saved
    assert shell.window.windowTitle() == "MesoDesk — page patient"


def test_what_ended_behind_the_lock_is_not_shown_to_another_person(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    shell.application.lock()
    shell.application.navigator.go(routes.patient(new_record_id()))
    shell.front().signed_in.emit(shell.session(ADMIN))
    shell.qtbot.waitUntil(lambda: not shell.window.is_covered)
    assert shell.page.route == routes.patients()


def test_a_change_of_language_builds_everything_again(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    patient = routes.patient(new_record_id())
    shell.application.navigator.go(patient)
    old = shell.page
    desk = shell.application.desk
    assert desk is not None
    desk.settings = Preferences(language=Language.ENGLISH)
    shell.application.navigator.rebuild()
    assert old.saved == 1
    assert shell.page is not old
    assert shell.page.route == patient
    assert shell.window.menuBar().actions()[0].text() == "&File"
    assert shell.window.findChild(QLabel, "person_roles").text() == "Doctor"
    assert shell.remembered.preferences.language is Language.ENGLISH
    shell.application.navigator.back()
    assert shell.page.route == routes.patients()
    shell.shoot("patients-en")


def test_text_grows_and_is_remembered(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    shell.trigger("larger")
    shell.trigger("larger")
    assert theme.scale() == 1.25
    shell.qtbot.waitUntil(
        lambda: (
            shell.records.preferences is not None and shell.records.preferences.text_percent == 125
        )
    )
    shell.shoot("patients-125")
    shell.trigger("normal_size")
    assert theme.scale() == 1.0


def test_the_demonstration_is_marked_on_every_page(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell(Clinic("시연", "1", is_demonstration=True))
    shell.open(DOCTOR)
    assert shell.window.windowTitle().endswith("시연용 의원")
    assert shell.window.findChild(QWidget, "demo_band").isVisible()
    badge = shell.page.findChild(QLabel, "demo_badge")
    assert badge is not None
    assert badge.text() == "시연"
    shell.application.navigator.go(routes.settings())
    assert shell.window.windowTitle() == "MesoDesk — page settings · 시연용 의원"
    shell.shoot("demo")


def test_the_demonstration_is_prepared_behind_a_waiting_page(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell(Clinic("시연", "1", is_demonstration=True))
    shell.application.start(is_demonstration=True)
    assert shell.window.findChild(FrontPage, "waiting_page") is not None
    shell.shoot("waiting")
    shell.qtbot.waitUntil(lambda: shell.window.pages is not None and not shell.window.is_covered)
    assert shell.page.route == routes.patients()
    shell.application.lock()
    facts = [label.text() for label in shell.window.findChildren(QLabel)]
    assert any("mesodesk-demo" in fact for fact in facts)


def test_the_sidebar_gets_narrow_before_anything_is_cut(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    assert shell.window.findChild(QWidget, "sidebar").width() == 196
    shell.trigger("larger")
    shell.window.resize(QSize(1280, 680))
    shell.qtbot.waitUntil(lambda: shell.window.findChild(QWidget, "sidebar").width() < 100)


def test_the_keys_are_listed_in_the_help(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    seen: list[str] = []

    def read() -> None:
        dialog = shell.window.findChild(QDialog, "dialog")
        seen.extend(label.text() for label in dialog.findChildren(QLabel))
        if SHOTS:
            dialog.grab().save(str(Path(SHOTS) / "shell-shortcuts.png"))
        dialog.reject()

    QTimer.singleShot(0, read)
    shell.trigger("shortcuts")
    assert "Ctrl+E" in seen
    assert "새 평가" in seen


def test_closing_the_window_signs_out(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    page = shell.page
    shell.window.close()
    assert page.saved == 1
    assert shell.records.audit == ["SIGNED_OUT"]
    assert not shell.records.is_open


def test_work_that_ends_while_the_window_closes_opens_no_page(
    make_shell: Callable[..., Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    unexpected: list[object] = []
    monkeypatch.setattr(sys, "excepthook", lambda *error: unexpected.append(error))
    navigator = shell.application.navigator
    asked: list[Route] = []
    navigator.route_requested.connect(lambda route, _replace: asked.append(route))
    shell.application.tasks.run(lambda: routes.patient(new_record_id()), navigator.go)
    shell.window.close()
    assert len(asked) == 1
    assert not unexpected
    assert shell.records.audit == ["SIGNED_OUT"]


def test_an_error_is_told_in_a_sentence(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    seen: list[str] = []

    def read() -> None:
        dialog = shell.window.findChild(QDialog, "dialog")
        seen.extend(label.text() for label in dialog.findChildren(QLabel))
        if SHOTS:
            dialog.grab().save(str(Path(SHOTS) / "shell-error.png"))
        dialog.reject()

    QTimer.singleShot(0, read)
    shell.application.navigator.show_error(AppError(ErrorCode.DISK_FULL))
    assert any("디스크에 빈 공간이 없어" in text for text in seen)


@pytest.mark.logs_warning
def test_an_unexpected_error_shows_a_number_and_no_traceback(
    make_shell: Callable[..., Shell], caplog: pytest.LogCaptureFixture
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    seen: list[str] = []

    def read() -> None:
        dialog = shell.window.findChild(QDialog, "dialog")
        seen.extend(label.text() for label in dialog.findChildren(QLabel))
        dialog.reject()

    def fail() -> None:
        raise ValueError("홍길동")

    shell.application.tasks.run(fail, lambda _: None)
    timer = QTimer()
    timer.setInterval(10)

    def look() -> None:
        if shell.window.findChild(QDialog, "dialog") is not None:
            timer.stop()
            read()

    timer.timeout.connect(look)
    timer.start()
    shell.qtbot.waitUntil(lambda: bool(seen))
    number = caplog.records[-1].getMessage().split()[1].rstrip(":")
    assert any(number in text for text in seen)
    assert "홍길동" not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_second_program_is_told_that_the_clinic_is_in_use_and_ends(
    make_shell: Callable[..., Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse() -> None:
        raise AppError(ErrorCode.CLINIC_IN_USE)

    shell = make_shell(claim=refuse)
    ended: list[int] = []
    monkeypatch.setattr(shell.application._app, "exit", ended.append, raising=False)
    said = _close_dialogs(shell)
    shell.application.start()
    shell.qtbot.waitUntil(lambda: ended == [1])
    assert said


def test_damage_found_after_sign_in_is_said_once(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.records.broken = ("audit",)
    said = _close_dialogs(shell)
    shell.open(DOCTOR)
    shell.qtbot.waitUntil(lambda: len(said) == 1)
    assert "audit" in said[0]


class KeyStore(FakeSecretStore):
    """A key store with one secret, which answers to any name, when it is let."""

    def __init__(self, secret: str | None) -> None:
        super().__init__()
        self.secret = secret
        self.answers = Event()
        self.answers.set()

    def get(self, name: str) -> str | None:
        self.answers.wait()
        return self.secret

    def put(self, name: str, secret: str) -> None:
        self.answers.wait()
        self.secret = secret


def test_where_the_trail_ends_is_kept_at_each_coming_and_going(
    make_shell: Callable[..., Shell],
) -> None:
    store = KeyStore(None)
    shell = make_shell(secrets=store)
    shell.open(DOCTOR)
    shell.qtbot.waitUntil(lambda: store.secret == f"1 {'0' * 64}")
    shell.application.lock()
    shell.qtbot.waitUntil(lambda: store.secret == f"2 {'0' * 64}")
    with shell.qtbot.waitSignal(shell.application._trail_watch.compared):
        shell.front().signed_in.emit(shell.session(DOCTOR))
    shell.window.close()
    assert shell.records.audit == ["LOCKED", "SIGNED_OUT"]
    assert store.secret == f"3 {'0' * 64}"
    assert shell.window.findChild(QWidget, "alarm_banner") is None


def test_an_older_database_is_told_over_the_work_in_both_languages_and_no_further_kept(
    make_shell: Callable[..., Shell],
) -> None:
    store = KeyStore(f"99 {'a' * 64}")
    shell = make_shell(secrets=store)
    shell.open(DOCTOR)

    def banner() -> QWidget:
        return cast(QWidget, shell.window.findChild(QWidget, "alarm_banner"))

    shell.qtbot.waitUntil(lambda: banner().isVisible())
    assert "99번 항목이 없습니다" in banner().accessibleName()
    shell.shoot("alarm")
    assert shell.records.audit == ["AUDIT_HEAD_MISSING"]
    shell.trigger("place_settings")
    assert banner().isVisible()
    desk = shell.application.desk
    assert desk is not None
    desk.settings = Preferences(language=Language.ENGLISH)
    shell.application.navigator.rebuild()
    assert "lacks entry 99" in banner().accessibleName()
    shell.qtbot.waitUntil(lambda: banner().isVisible())
    shell.application.lock()
    assert not banner().isVisible()
    shell.window.close()
    assert store.secret == f"99 {'a' * 64}"


def test_the_alarm_ends_when_an_administrator_was_told(make_shell: Callable[..., Shell]) -> None:
    store = KeyStore(f"99 {'a' * 64}")
    shell = make_shell(secrets=store)
    shell.open(ADMIN)
    shell.qtbot.waitUntil(lambda: store.secret == f"2 {'0' * 64}")
    assert shell.window.findChild(QWidget, "alarm_banner").isVisible()
    shell.application.lock()
    shell.front().signed_in.emit(shell.session(ADMIN))
    shell.qtbot.waitUntil(lambda: not shell.window.findChild(QWidget, "alarm_banner").isVisible())
    assert shell.records.audit == ["AUDIT_HEAD_MISSING", "LOCKED"]


def fact_of_syncing(shell: Shell) -> str:
    return cast(str, shell.window.findChild(QLabel, "fact_1").text())


def put_a_record_on_its_way(shell: Shell) -> None:
    shell.records.exchange.settings = ServerSettings("https://sync.ganada.example", account="kim")
    patient = new_record_id()
    item = OutboxItem(RecordKind.PATIENT, patient, patient, 1, FakeClock().now())
    shell.records.exchange.entries[patient] = Entry(1, item)


@pytest.mark.parametrize("roles", [(Role.DOCTOR,), (Role.STAFF,)])
def test_everybody_reads_in_the_status_bar_how_syncing_stands(
    make_shell: Callable[..., Shell], roles: tuple[Role, ...]
) -> None:
    shell = make_shell()
    put_a_record_on_its_way(shell)
    shell.open(person("김하늘", *roles))
    shell.qtbot.waitUntil(lambda: fact_of_syncing(shell) == "대기 1")
    is_doctor = Role.DOCTOR in roles
    place = shell.window.findChild(QWidget, "place_sync")
    assert (place is not None) == is_doctor
    if is_doctor:
        assert place.accessibleName() == "동기화, 확인되지 않은 기록 1건"
    desk = shell.application.desk
    assert desk is not None
    desk.settings = Preferences(language=Language.ENGLISH)
    shell.application.navigator.rebuild()
    assert fact_of_syncing(shell) == "1 waiting"
    shell.shoot("waiting-records")


def test_a_program_that_ended_counts_no_idle_time(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    (countdown,) = shell.application.idle.findChildren(QTimer)
    assert countdown.isActive()
    shell.application.navigator.rebuild()
    shell.window.close()
    assert not countdown.isActive()


def test_without_a_server_nothing_is_said_of_syncing(make_shell: Callable[..., Shell]) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    shell.qtbot.waitUntil(lambda: shell.application.sync.standing.status is not None)
    assert fact_of_syncing(shell) == "오프라인 · 이 컴퓨터에만 저장"
    place = shell.window.findChild(QWidget, "place_sync")
    assert place.accessibleName() == "동기화"


def test_what_is_stored_shows_in_the_badge_a_moment_later(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell()
    shell.records.exchange.settings = ServerSettings("https://sync.ganada.example", account="kim")
    shell.open(DOCTOR)
    shell.qtbot.waitUntil(lambda: fact_of_syncing(shell) == "보낼 기록 없음")
    put_a_record_on_its_way(shell)
    shell.application.navigator.notify("saved")
    shell.qtbot.waitUntil(lambda: fact_of_syncing(shell) == "대기 1")


def test_f5_on_another_page_tells_in_a_notice_what_came_of_it(
    make_shell: Callable[..., Shell],
) -> None:
    shell = make_shell()
    shell.open(DOCTOR)
    said = _close_dialogs(shell)
    QTest.keyClick(shell.window, Qt.Key.Key_F5)
    notice = shell.window.findChild(QLabel, "notice_text")
    shell.qtbot.waitUntil(lambda: "서버를 정하지 않았습니다" in notice.text())
    assert not said
    shell.window.findChild(QWidget, "notice_action").click()
    assert shell.page.route == routes.sync()


def test_a_key_store_that_does_not_answer_holds_nobody_up(
    make_shell: Callable[..., Shell], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_watch, "_LONGEST_GOODBYE_SECONDS", 0.05)
    store = KeyStore(None)
    store.answers.clear()
    shell = make_shell(secrets=store)
    shell.open(DOCTOR)
    shell.application.navigator.go(routes.patient(new_record_id()))
    shell.application.lock()
    shell.qtbot.waitUntil(lambda: not shell.records.is_open)
    shell.front().signed_in.emit(shell.session(DOCTOR))
    shell.window.close()
    assert shell.records.audit == ["LOCKED", "SIGNED_OUT"]
    assert store.secret is None
    store.answers.set()


def _close_dialogs(shell: Shell) -> list[str]:
    """Close every dialog as it comes up and keep what it said."""
    said: list[str] = []
    timer = QTimer(shell.window)

    def look() -> None:
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            said.append(dialog.accessibleDescription())
            dialog.reject()

    timer.timeout.connect(look)
    timer.start(5)
    return said
