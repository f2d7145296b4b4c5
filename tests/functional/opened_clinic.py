"""A real window over a real encrypted clinic, signed in, for the stories of single screens."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import QInputMethodEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application.ports import RiskModel, StagedClinic
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.bootstrap import WORK_PAGES, make_link
from desktop_app.domain.account import Account, Role
from desktop_app.domain.assessment import AnswerState, Assessment
from desktop_app.domain.clinic import Clinic, Preferences
from desktop_app.domain.errors import AppError
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.gui import theme
from desktop_app.gui.desk import Desk
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.navigator import Navigator
from desktop_app.gui.page import Page
from desktop_app.gui.routes import Route
from desktop_app.gui.sync_runner import SyncRunner
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.texts import set_language
from desktop_app.infrastructure.documents.qr import encode_qr
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from tests.fakes.clock import FakeClock
from tests.fakes.samples import sample_assessment
from tests.fakes.vault import FakeSecretStore, FakeSignInGuard, FakeVault

KEY = bytes(range(32))
Sought = TypeVar("Sought", bound=QWidget)


def no_model() -> RiskModel:
    """Refuse: these stories score nothing."""
    raise AssertionError("no story of this screen scores")


def no_new_clinic() -> StagedClinic:
    """Refuse: these stories found nothing."""
    raise AssertionError("no story of this screen founds a clinic")


@dataclass
class OpenedClinic:
    """The window and what stands behind it; `opened` lists every route that was asked for."""

    qtbot: QtBot
    session: Session
    entrance: Entrance
    pages: frozenset[str]
    size: QSize
    preferences: Preferences
    navigator: Navigator = field(default_factory=Navigator)
    opened: list[Route] = field(default_factory=list)
    notices: list[str] = field(default_factory=list)
    errors: list[AppError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.tasks = Tasks("records")
        self.sync = SyncRunner(self.tasks, self.navigator)
        self.desk = Desk(self.session, self.tasks, self.navigator, self.preferences, self.sync)
        self.window = MainWindow(self.navigator)
        self.qtbot.addWidget(self.window, before_close_func=lambda window: window.close_work())
        self.window.resize(self.size)
        self.incidents: list[str] = []
        for tasks in (self.tasks, self.sync.calls):
            tasks.incident_raised.connect(self.incidents.append)
        self.tasks.error_raised.connect(self.errors.append)
        self.navigator.error_raised.connect(self.errors.append)
        self.navigator.route_requested.connect(lambda route, _replace: self.opened.append(route))
        self.navigator.notice_raised.connect(lambda notice: self.notices.append(notice.text))

    def show(self) -> None:
        """Show the first page, as after signing in."""
        self.window.open_work(self.session.person, self._build)
        self.sync.begin(self.entrance, self.session)
        self.window.show()
        self.window.activateWindow()
        self.qtbot.waitActive(self.window).__enter__()
        self.settle()

    def _build(self, route: Route) -> Page:
        return WORK_PAGES[route.name](self.desk, route) if route.name in self.pages else Page()

    @property
    def page(self) -> Page:
        """Return the page that is shown."""
        assert self.window.pages is not None
        assert self.window.pages.page is not None
        return self.window.pages.page

    def settle(self) -> None:
        """Wait until the worker has answered everything."""
        self.qtbot.waitUntil(lambda: not self.tasks.is_busy and not self.sync.calls.is_busy)
        assert not self.incidents

    def find(self, kind: type[Sought], name: str) -> Sought:
        """Return a widget of the shown page by its object name."""
        found = self.page.findChild(kind, name)
        assert found is not None, name
        return found

    @property
    def focused(self) -> QWidget:
        """Return what has the keyboard, or would have it in the window; else the window."""
        # A window of the test before may take the keyboard along as it goes.
        focused: QWidget | None = QApplication.focusWidget()
        kept: QWidget | None = self.window.focusWidget()
        return focused or kept or self.window

    def click(self, name: str) -> None:
        """Press a button of the shown page."""
        QTest.mouseClick(self.find(QWidget, name), Qt.MouseButton.LeftButton)
        self.settle()

    def press(self, key: Qt.Key, held: Qt.KeyboardModifier | None = None) -> None:
        """Press a key wherever the keyboard is."""
        QTest.keyClick(self.focused, key, held or Qt.KeyboardModifier.NoModifier)
        self.settle()

    def type(self, text: str) -> None:
        """Type plain letters wherever the keyboard is."""
        QTest.keyClicks(self.focused, text)
        self.settle()

    def compose(self, *preedits: str, commit: str = "") -> None:
        """Send what an input method sends while Hangul grows."""
        target = self.focused
        for preedit in preedits:
            QApplication.sendEvent(target, QInputMethodEvent(preedit, []))
        if commit:
            event = QInputMethodEvent("", [])
            event.setCommitString(commit)
            QApplication.sendEvent(target, event)
        self.settle()

    def answer(self, act: Callable[[], object], button: str) -> str:
        """Do what opens a dialog, press one of its buttons and return its question."""
        asked: list[str] = []

        def press() -> None:
            dialog = QApplication.activeModalWidget()
            if not isinstance(dialog, QDialog):
                QTimer.singleShot(5, press)
                return
            asked.append(dialog.accessibleName())
            chosen = dialog.findChild(QPushButton, button)
            assert chosen is not None
            chosen.click()

        QTimer.singleShot(0, press)
        act()
        self.settle()
        assert asked, "no question was asked"
        self.window.activateWindow()
        self.qtbot.waitUntil(lambda: QApplication.focusWidget() is not None)
        return asked[0]

    # -- records

    def add(self, patient: Patient, *assessments: Assessment) -> Patient:
        """Store a patient as colleagues would have."""
        with self.session.unit_of_work() as work:
            work.patients.add(patient)
            for assessment in assessments:
                work.assessments.add(assessment)
            work.commit()
        return patient


def assessed(patient: Patient, state: AnswerState, number: int, day: date) -> Assessment:
    """Return an assessment of the patient with this answer."""
    figures = {
        AnswerState.ABOVE: 0.49,
        AnswerState.BELOW: 0.15,
        AnswerState.CANNOT_SAY: 0.31,
    }
    return sample_assessment(
        patient.patient_id,
        f"A-{day:%Y-%m%d}-{number:03}",
        assessed_at=FakeClock().wall.replace(year=day.year, month=day.month, day=day.day),
        state=state,
        probability=figures[state],
    )


@contextmanager
def opened_clinic(
    qtbot: QtBot,
    folder: Path,
    *,
    role: Role = Role.DOCTOR,
    pages: tuple[str, ...],
    language: str = "ko",
    size: tuple[int, int] = (1366, 768),
    preferences: Preferences | None = None,
) -> Iterator[OpenedClinic]:
    """Found a clinic in the folder with one person of that role and open its window."""
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    set_language(language)
    theme.start(app, "light")
    clock = FakeClock()
    person = Account(new_record_id(), "haneul", "김하늘", frozenset({role}))
    records = SqlCipherRecordStore(folder).create(KEY)
    secrets = FakeSecretStore()
    entrance = Entrance(
        data_folder=folder,
        vault=FakeVault(),
        guard=FakeSignInGuard(clock),
        store=SqlCipherRecordStore(folder),
        clock=clock,
        model=no_model,
        auc=lambda: None,
        stage_clinic=no_new_clinic,
        encode_qr=encode_qr,
        secrets=secrets,
        link=make_link(secrets),
    )
    session = Session(
        person,
        records,
        clock,
        no_model,
        KEY,
        entrance.vault,
        entrance.guard,
        encode_qr,
        entrance.link,
    )
    with session.unit_of_work() as work:
        work.accounts.save(person)
        work.save_clinic(Clinic("가나다내과의원", "진료실 2"))
        work.commit()
    opened = OpenedClinic(
        qtbot, session, entrance, frozenset(pages), QSize(*size), preferences or Preferences()
    )
    try:
        yield opened
    finally:
        opened.window.close_work()
        opened.sync.leave()
        opened.sync.make_way()
        opened.tasks.close()
        opened.sync.close()
        records.close()


def renamed(patient: Patient, **details: Any) -> Patient:
    """Return the patient as somebody else would have changed it."""
    changed = replace(patient.details, **details)
    return replace(patient, details=changed, version=patient.version + 1)
