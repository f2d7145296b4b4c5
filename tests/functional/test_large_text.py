"""Large text in the smallest window: nothing is cut, what is too wide folds, the rest scrolls."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cache, partial
from pathlib import Path

import pytest
from PySide6.QtCore import QSize
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app import bootstrap
from desktop_app.application.assessments import record_assessment
from desktop_app.application.ports import RiskModel
from desktop_app.domain.account import Account, Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery, RecordKind
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.sync import ServerSettings
from desktop_app.gui import routes, theme
from desktop_app.gui.assessment.dialogs import Sample, SampleDialog
from desktop_app.gui.messages import describe
from desktop_app.gui.settings.accounts_dialogs import AccountDialog, GivePasswordDialog
from desktop_app.gui.sign_in.account_list import AccountRow
from desktop_app.gui.sign_in.lock_view import LockView
from desktop_app.gui.sign_in.recovery_dialog import RecoveryDialog
from desktop_app.gui.sign_in.view import SignInView
from desktop_app.gui.sync.enrolment_dialog import EnrolmentDialog
from desktop_app.gui.sync.server_dialog import ServerDialog
from desktop_app.gui.sync.sign_in_dialog import ServerSignInDialog
from desktop_app.gui.texts import LANGUAGES, set_language, tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.dialog import Dialog
from desktop_app.gui.widgets.label import ElidedLabel, Label
from desktop_app.gui.widgets.person import person_line
from tests.fakes.panels import panel_with
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, opened_clinic
from tests.functional.record_states import differ, register, remember_runs, stand, tell
from tests.functional.sync_clinic import sync_clinic

SMALLEST = (1280, 680)
SCALES = (1.0, 1.25, 1.5, 2.0)
PAGES = (
    "patients",
    "patient",
    "new_assessment",
    "result",
    "settings",
    "register_patient",
    "sync",
    "conflict",
)


@cache
def real_model() -> RiskModel:
    return bootstrap.shipped_model()


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=SCALES)
def scale(request: pytest.FixtureRequest, qapp: QApplication, language: str) -> float:
    theme.start(qapp, "light")
    set_language(language)
    return float(request.param)


def cut(top: QWidget) -> list[str]:
    """Return the texts of labels and buttons that have less room than they need."""
    found = []
    for widget in top.findChildren(QWidget):
        if not widget.isVisible() or isinstance(widget, ElidedLabel):
            continue
        if isinstance(widget, QLabel) and widget.text():
            needed = widget.sizeHint()
            if widget.wordWrap():
                needed = QSize(0, widget.heightForWidth(widget.width()))
        elif isinstance(widget, QPushButton | QToolButton) and widget.text():
            needed = widget.sizeHint()
        else:
            continue
        if needed.width() > widget.width() + 1 or needed.height() > widget.height() + 1:
            found.append(widget.text())
    return found


def is_whole(top: QWidget) -> bool:
    return not cut(top)


@pytest.fixture
def clinic(
    qtbot: QtBot, tmp_path: Path, language: str, scale: float
) -> Iterator[tuple[OpenedClinic, tuple[routes.Route, ...]]]:
    with sync_clinic(qtbot, tmp_path, pages=PAGES, language=language, size=SMALLEST) as opened:
        theme.apply(scale=scale)
        opened.window.rebuild()
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        patient = opened.add(sample_patient(birth_date=date(1958, 8, 21)))
        first = record_assessment(opened.session, patient, panel_with())
        stand(opened, patient, state=Delivery.CONFLICT)
        for kind in (RecordKind.OUTCOME, RecordKind.PRESCRIPTION, RecordKind.ASSESSMENT):
            tell(
                opened,
                patient,
                kind,
                "흉막 중피종",
                words="3개월 뒤 추적",
                probability=0.2,
                label=0,
            )
        other = register(opened, "임꺽정", "00418")
        here, there = {"exposure_work": "건설 현장"}, {"exposure_work": "건설 현장과 철거"}
        differ(opened, other, here={**here, "phone": "010-1"}, there={**there, "phone": "010-2"})
        remember_runs(opened)
        opened.show()
        yield (
            opened,
            (
                routes.patients(),
                routes.patient(patient.patient_id),
                routes.patient(patient.patient_id, "details"),
                routes.patient(patient.patient_id, "history"),
                routes.new_assessment(patient.patient_id),
                routes.result(first.assessment_id),
                routes.register_patient(),
                routes.settings(),
                routes.sync(),
                routes.conflict(other.patient_id),
            ),
        )


def test_no_text_of_any_page_is_cut(
    clinic: tuple[OpenedClinic, tuple[routes.Route, ...]],
) -> None:
    opened, all_routes = clinic
    for route in all_routes:
        opened.navigator.go(route)
        opened.settle()
        opened.qtbot.waitUntil(partial(is_whole, opened.window), timeout=2000)


def test_the_forms_head_stands_above_its_columns(
    clinic: tuple[OpenedClinic, tuple[routes.Route, ...]],
) -> None:
    opened, all_routes = clinic
    opened.navigator.go(all_routes[4])
    opened.settle()
    head = opened.find(Label, "previous_head")
    value = opened.find(Label, "previous_crp")

    def right(widget: QWidget) -> int:
        return widget.mapTo(opened.window, widget.rect().topRight()).x()

    opened.qtbot.waitUntil(lambda: abs(right(head) - right(value)) <= 1)


def test_the_rows_of_the_form_push_the_side_below_rather_than_out_of_sight(
    qtbot: QtBot, tmp_path: Path, qapp: QApplication
) -> None:
    theme.start(qapp, "light")
    with opened_clinic(
        qtbot, tmp_path, pages=("new_assessment",), language="en", size=(1366, 768)
    ) as opened:
        theme.apply(scale=1.25)
        opened.window.rebuild()
        opened.session = opened.desk.session = replace(opened.session, model=real_model)
        patient = opened.add(sample_patient())
        record_assessment(opened.session, patient, panel_with())
        opened.show()
        opened.navigator.go(routes.new_assessment(patient.patient_id))
        opened.settle()
        value = opened.find(Label, "previous_crp")
        opened.qtbot.waitUntil(
            lambda: value.visibleRegion().boundingRect().width() == value.width()
        )


def test_sign_in_and_lock_can_be_used_at_any_text_size(
    qtbot: QtBot, qapp: QApplication, scale: float
) -> None:
    theme.apply(scale=scale)
    person = Account(new_record_id(), "haneul", "김하늘", frozenset({Role.DOCTOR}), "호흡기내과")
    sign_in = SignInView()
    sign_in.show_clinic("가나다내과의원 · 진료실 2")
    sign_in.show_accounts([AccountRow("haneul", "김하늘", person_line(person), "", False)])
    sign_in.show_person(tr("sign_in.hello_doctor", name="김하늘"), types_login=True)
    sign_in.show_honest_line(tr("sign_in.honest_without_figure"))
    lock = LockView("김하늘", person_line(person), tr("sign_in.locked_idle", n=5))
    for page in (sign_in, lock):
        window = QWidget()
        qtbot.addWidget(window)
        column = QVBoxLayout(window)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(page)
        window.resize(QSize(*SMALLEST))
        window.show()
        qtbot.waitUntil(partial(is_whole, window), timeout=2000)


def dialogs(parent: QWidget) -> Iterator[Dialog]:
    person = Account(new_record_id(), "haneul", "김하늘", frozenset({Role.DOCTOR}))
    message = describe(AppError(ErrorCode.DISK_FULL))
    yield Dialog(parent, message.title, message.sentence, icon="circle-x")
    yield AccountDialog(parent)
    yield GivePasswordDialog(parent, person)
    yield RecoveryDialog(parent, "haneul")
    yield ServerDialog(parent, ServerSettings("https://sync.ganada.example:8443"))
    yield ServerSignInDialog(parent, "sync.ganada.example:8443", "")
    yield EnrolmentDialog(parent)
    yield SampleDialog(parent, Sample(laboratory="검사실"), date(1958, 8, 5), date(2026, 3, 17))


def test_no_dialog_cuts_its_text_or_leaves_the_screen(
    qtbot: QtBot, qapp: QApplication, scale: float
) -> None:
    theme.apply(scale=scale)
    parent = QWidget()
    qtbot.addWidget(parent)
    for dialog in dialogs(parent):
        dialog.open()
        qtbot.waitUntil(partial(is_whole, dialog), timeout=2000)
        room = dialog.screen().availableGeometry()
        assert dialog.height() < room.height()
        assert dialog.width() <= room.width()
        foot = [one for one in dialog.findChildren(Button) if one.objectName().startswith("dialog")]
        for button in foot:
            assert button.visibleRegion().boundingRect().size() == button.size()
        dialog.reject()


def test_a_dialog_grows_with_what_it_has_to_say(qtbot: QtBot, qapp: QApplication) -> None:
    theme.start(qapp, "light")
    dialog = Dialog(None, "제목", "짧은 글")
    qtbot.addWidget(dialog)
    more = Label("", wrap=True)
    dialog.body.addWidget(more)
    dialog.open()
    before = dialog.height()
    more.setText("긴 글입니다. " * 60)
    qtbot.waitUntil(lambda: dialog.height() > before + 100)
    qtbot.waitUntil(partial(is_whole, dialog))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_problem_that_makes_a_dialog_grow_is_seen_whole(
    qtbot: QtBot, qapp: QApplication, language: str
) -> None:
    theme.start(qapp, "light")
    set_language(language)
    parent = QWidget()
    qtbot.addWidget(parent)
    dialog = ServerSignInDialog(parent, "sync.ganada.example:8443", "haneul.kim")
    dialog.open()
    dialog.show_problem(describe(AppError(ErrorCode.SERVER_CREDENTIALS_WRONG)).sentence)
    problem = dialog.findChild(QLabel, "dialog_problem")
    assert problem is not None
    qtbot.waitUntil(lambda: problem.visibleRegion().boundingRect().size() == problem.size())
    bars = [area.verticalScrollBar().isVisible() for area in dialog.findChildren(QScrollArea)]
    assert not any(bars)
