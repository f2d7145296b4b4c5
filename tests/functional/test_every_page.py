"""What holds for every page and every role: one window, a keyboard that is seen, names for all."""

from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QDialog, QHeaderView, QMainWindow, QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop_app import bootstrap
from desktop_app.application.assessments import record_assessment
from desktop_app.application.ports import RiskModel
from desktop_app.domain.account import Right, Role
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes, theme
from desktop_app.gui.main_window import MainWindow
from desktop_app.gui.navigator import Navigator
from tests.fakes.panels import panel_with
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, opened_clinic

PAGES = tuple(bootstrap.WORK_PAGES)


@cache
def real_model() -> RiskModel:
    return bootstrap.shipped_model()


class WindowSpy(QObject):
    """Notes every window that is shown and is neither ours, a dialog, a menu nor a list."""

    def __init__(self, app: QApplication) -> None:
        super().__init__()
        self.seen: list[str] = []
        app.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Show and isinstance(watched, QWidget):
            expected = isinstance(watched, QMainWindow | QDialog | QMenu)
            if watched.isWindow() and not expected:
                self.seen.append(f"{type(watched).__name__} {watched.objectName()}")
        return False


@pytest.fixture
def spy(qapp: QApplication) -> Iterator[WindowSpy]:
    spy = WindowSpy(qapp)
    yield spy
    qapp.removeEventFilter(spy)


@pytest.fixture(params=[Role.DOCTOR, Role.STAFF, Role.ADMIN, Role.AUDITOR])
def clinic(qtbot: QtBot, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, role=request.param, pages=PAGES) as opened:
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        yield opened


def walk(clinic: OpenedClinic) -> Iterator[routes.Route]:
    """Open every page that the person may open, one after another."""
    person = clinic.session.person
    patient = clinic.add(sample_patient())
    first, second = (assess(clinic, patient) for _ in range(2))
    clinic.show()
    about = patient.patient_id
    wanted = [
        (Right.READ_PATIENTS, routes.patients()),
        (Right.READ_PATIENTS, routes.patient(about)),
        (Right.READ_PATIENTS, routes.patient(about, "assessments")),
        (Right.READ_PATIENTS, routes.patient(about, "details")),
        (Right.READ_RESULTS, routes.result(first)),
        (Right.READ_RESULTS, routes.compare(first, second)),
        (Right.ENTER_VALUES, routes.new_assessment(about)),
        (Right.EDIT_PATIENTS, routes.edit_patient(about)),
        (Right.EDIT_PATIENTS, routes.register_patient()),
    ]
    for right, route in wanted:
        if person.may(right):
            clinic.navigator.go(route)
            clinic.settle()
            yield route
    for section in ("screen", "lock", "clinic", "accounts", "shortcuts"):
        clinic.navigator.go(routes.settings(section))
        clinic.settle()
        yield routes.settings(section)


def assess(clinic: OpenedClinic, patient: Patient) -> RecordId:
    person = replace(clinic.session.person, roles=frozenset({Role.DOCTOR}))
    done = record_assessment(replace(clinic.session, person=person), patient, panel_with())
    return done.assessment_id


def test_no_page_shows_a_window_of_its_own_while_it_is_built(
    clinic: OpenedClinic, spy: WindowSpy
) -> None:
    for route in walk(clinic):
        assert not spy.seen, route
        assert clinic.window.isActiveWindow(), route


def test_every_page_puts_the_keyboard_where_it_is_seen(clinic: OpenedClinic) -> None:
    for route in walk(clinic):
        focused = QApplication.focusWidget()
        assert focused is not None, route
        assert focused.isVisible(), route
        assert clinic.page.isAncestorOf(focused), route


def test_everything_the_keyboard_reaches_has_a_name(clinic: OpenedClinic) -> None:
    for route in walk(clinic):
        for widget in clinic.window.findChildren(QWidget):
            if not widget.isVisible() or not widget.isEnabled() or isinstance(widget, QHeaderView):
                continue
            if widget.focusPolicy() & Qt.FocusPolicy.TabFocus and widget.focusProxy() is None:
                interface = QAccessible.queryAccessibleInterface(widget)
                name = interface.text(QAccessible.Text.Name)
                assert name.strip(), (route, type(widget), widget.objectName())


def test_the_window_of_the_demonstration_is_one_window(
    qtbot: QtBot, qapp: QApplication, spy: WindowSpy
) -> None:
    theme.start(qapp, "light")
    window = MainWindow(Navigator(), is_demonstration=True)
    qtbot.addWidget(window)
    window.show()
    window.rebuild()
    assert not spy.seen
