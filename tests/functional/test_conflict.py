"""A conflict decided field by field, by keyboard, with nothing lost on either side."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.errors import ErrorCode
from desktop_app.domain.exchange import Delivery, ServerVersion
from desktop_app.domain.patient import Patient
from desktop_app.domain.patient_fields import fields_of
from desktop_app.gui import routes
from desktop_app.gui.conflict.view import ConflictPage
from tests.fakes.samples import NOON
from tests.functional.opened_clinic import OpenedClinic
from tests.functional.record_states import assess, differ, register, stand
from tests.functional.sync_clinic import sync_clinic

HERE = {"phone": "010-0000-1234", "exposure_start": 1990, "exposure_work": "건설 현장"}
THERE = {
    "phone": "010-0000-5678",
    "exposure_end": 2003,
    "exposure_work": "건설 현장과 철거",
    "birth_date": "1954-11-02",
}
ALT, CTRL = Qt.KeyboardModifier.AltModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with sync_clinic(qtbot, tmp_path) as opened:
        yield opened


@pytest.fixture
def patient(clinic: OpenedClinic) -> Patient:
    patient = register(clinic, "임꺽정", "00377415")
    differ(clinic, patient, here=HERE, there=THERE)
    assess(clinic, patient, "A-2026-0316-001")
    return patient


def show(clinic: OpenedClinic, patient: Patient) -> ConflictPage:
    clinic.show()
    # Shortcuts and the keyboard reach an active window only.
    clinic.qtbot.waitUntil(clinic.window.isActiveWindow)
    clinic.navigator.go(routes.sync())
    clinic.settle()
    clinic.navigator.go(routes.conflict(patient.patient_id))
    clinic.settle()
    clinic.opened.clear()
    return page_of(clinic)


def page_of(clinic: OpenedClinic) -> ConflictPage:
    assert isinstance(clinic.page, ConflictPage)
    return clinic.page


def saved(clinic: OpenedClinic, name: str) -> str:
    """Return what a field says it will be saved as, nothing while it is undecided."""
    label = page_of(clinic).rows[name].findChild(QLabel, f"saved_{name}")
    assert label is not None
    return "" if label.isHidden() else label.text()


def text(clinic: OpenedClinic, name: str) -> str:
    return clinic.find(QLabel, name).text()


def stored(clinic: OpenedClinic, patient: Patient) -> Patient:
    with clinic.session.unit_of_work() as work:
        return work.patients.get(patient.patient_id)


def press(clinic: OpenedClinic, *keys: Qt.Key) -> None:
    for key in keys:
        clinic.press(key)


def test_both_versions_stand_side_by_side_with_authors_and_times(
    clinic: OpenedClinic, patient: Patient
) -> None:
    page = show(clinic, patient)
    assert list(page.rows) == [
        "birth_date",
        "phone",
        "exposure_start",
        "exposure_end",
        "exposure_work",
    ]
    assert text(clinic, "here_author") == "김하늘 · 2026-03-17 05:20"
    assert text(clinic, "server_author") == "이도윤 · 2026-03-17 02:00"
    assert text(clinic, "fields_differing") == "다른 항목 5개"
    assert text(clinic, "conflict_number") == "충돌 1 / 1"
    assert page.bar.name.text() == "임꺽정"
    assert page.title == "충돌 해결 · 임꺽정 (00377415)"
    row = page.rows["phone"]
    assert row.accessibleName() == (
        "전화. 이 컴퓨터 010-0000-1234. 서버 010-0000-5678. 저장할 값 정하지 않음."
    )


def test_only_what_one_side_left_alone_is_chosen_already(
    clinic: OpenedClinic, patient: Patient
) -> None:
    page = show(clinic, patient)
    assert saved(clinic, "exposure_start") == "1990년"
    assert saved(clinic, "exposure_end") == "2003년"
    assert saved(clinic, "phone") == ""
    # Changed on the server only, yet people are told apart by it.
    assert saved(clinic, "birth_date") == ""
    assert text(clinic, "left_to_decide") == "정할 것 3개"
    assert not page.save.isEnabled()
    assert text(clinic, "bottom_reason") == "생년월일을 정하면 저장할 수 있습니다."


def test_the_keyboard_alone_decides_and_saves(clinic: OpenedClinic, patient: Patient) -> None:
    page = show(clinic, patient)
    assert clinic.focused is page.rows["birth_date"]
    press(clinic, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Right)
    assert saved(clinic, "phone") == "010-0000-5678"
    press(clinic, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_Down, Qt.Key.Key_B)
    assert saved(clinic, "exposure_work") == "건설 현장, 건설 현장과 철거"
    assert page.save.isEnabled()
    clinic.press(Qt.Key.Key_Return, CTRL)
    merged = stored(clinic, patient).details
    assert (merged.phone, merged.exposure_start, merged.exposure_end) == (
        "010-0000-5678",
        1990,
        2003,
    )
    assert merged.exposure_work == "건설 현장, 건설 현장과 철거"
    assert merged.birth_date == patient.birth_date
    assert any("임꺽정" in notice for notice in clinic.notices)
    with clinic.session.unit_of_work() as work:
        row = work.outbox.find(patient.patient_id)
        versions = work.sync.list_versions(patient.patient_id)
    assert row is not None
    assert row.state is Delivery.WAITING
    assert [one.author_name for one in versions[-2:]] == ["이도윤", "김하늘"]


@pytest.mark.parametrize(("key", "typed"), [(Qt.Key.Key_B, "b"), (Qt.Key.Key_unknown, "ㅠ")])
def test_b_keeps_both_whatever_language_the_keyboard_is_in(
    clinic: OpenedClinic, patient: Patient, key: Qt.Key, typed: str
) -> None:
    page = show(clinic, patient)
    page.focus_row("exposure_work")
    assert clinic.focused is page.rows["exposure_work"]
    event = QKeyEvent(QKeyEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, typed)
    QApplication.sendEvent(clinic.focused, event)
    assert saved(clinic, "exposure_work") == "건설 현장, 건설 현장과 철거"


def test_b_does_nothing_where_only_one_can_stay(clinic: OpenedClinic, patient: Patient) -> None:
    show(clinic, patient).focus_row("phone")
    press(clinic, Qt.Key.Key_B)
    assert saved(clinic, "phone") == ""


@pytest.mark.parametrize(("key", "phone"), [(Qt.Key.Key_1, "1234"), (Qt.Key.Key_2, "5678")])
def test_one_key_takes_all_of_one_side(
    clinic: OpenedClinic, patient: Patient, key: Qt.Key, phone: str
) -> None:
    page = show(clinic, patient)
    QTest.keyClick(clinic.window, key, ALT)
    assert saved(clinic, "phone").endswith(phone)
    assert page.save.isEnabled()
    assert text(clinic, "left_to_decide") == "모두 정했습니다"


def test_a_click_anywhere_on_a_side_chooses_it(clinic: OpenedClinic, patient: Patient) -> None:
    show(clinic, patient)
    clinic.click("server_phone")
    assert saved(clinic, "phone") == "010-0000-5678"
    clinic.click("here_phone_mark")
    assert saved(clinic, "phone") == "010-0000-1234"


def test_two_marks_that_go_together_are_set_one_by_one(
    clinic: OpenedClinic, patient: Patient
) -> None:
    show(clinic, patient)
    clinic.click("here_exposure_work")
    clinic.click("server_exposure_work")
    assert saved(clinic, "exposure_work") == "건설 현장, 건설 현장과 철거"
    clinic.click("here_exposure_work")
    assert saved(clinic, "exposure_work") == "건설 현장과 철거"


def test_words_that_differ_are_underlined_and_bold(clinic: OpenedClinic, patient: Patient) -> None:
    show(clinic, patient)
    server = clinic.find(QWidget, "server_exposure_work").findChild(QLabel)
    assert server is not None
    assert server.text() == "건설 <b><u>현장과 철거</u></b>"
    assert "<" not in server.accessibleName()


def test_esc_leaves_it_for_later_and_what_was_chosen_is_still_there(
    clinic: OpenedClinic, patient: Patient
) -> None:
    show(clinic, patient)
    press(clinic, Qt.Key.Key_Left, Qt.Key.Key_Escape)
    assert clinic.page.objectName() == "sync_page"
    assert stored(clinic, patient).details.phone == "010-0000-1234"
    clinic.navigator.go(routes.conflict(patient.patient_id))
    clinic.settle()
    assert saved(clinic, "birth_date") == "1958-08-21"
    assert saved(clinic, "phone") == ""


def test_a_change_of_language_keeps_what_was_chosen(clinic: OpenedClinic, patient: Patient) -> None:
    show(clinic, patient)
    press(clinic, Qt.Key.Key_Right)
    clinic.window.rebuild()
    clinic.settle()
    assert saved(clinic, "birth_date") == "1954-11-02"


def test_what_changed_meanwhile_is_read_anew_and_said(
    clinic: OpenedClinic, patient: Patient
) -> None:
    page = show(clinic, patient)
    QTest.keyClick(clinic.window, Qt.Key.Key_1, ALT)
    theirs = ServerVersion(3, {**fields_of(patient), **THERE, "phone": "010-9"}, "박서연", NOON)
    with clinic.session.unit_of_work() as work:
        work.outbox.mark_conflict(patient.patient_id, theirs)
        work.commit()
    clinic.click("save_merged")
    assert "그사이" in page.banner.accessibleName()
    assert not clinic.errors
    # The field whose server value is another one has to be decided again.
    assert saved(clinic, "phone") == ""
    assert saved(clinic, "birth_date") == "1958-08-21"
    assert text(clinic, "server_author") == "박서연 · 2026-03-17 03:00"


def test_values_that_do_not_go_together_are_named(clinic: OpenedClinic) -> None:
    patient = register(clinic, "임꺽정", "00377415")
    here: dict[str, Any] = {"exposure_start": 2010, "exposure_end": 2015}
    there = {"exposure_start": 1980, "exposure_end": 1995}
    differ(clinic, patient, here=here, there=there)
    page = show(clinic, patient)
    press(clinic, Qt.Key.Key_Left, Qt.Key.Key_Down, Qt.Key.Key_Right)
    clinic.press(Qt.Key.Key_Return, CTRL)
    assert "석면 노출 끝" in page.banner.accessibleName()
    assert page.save.isEnabled()


def test_the_next_conflict_follows_the_saved_one(clinic: OpenedClinic, patient: Patient) -> None:
    other = register(clinic, "홍길동", "00417")
    differ(clinic, other, here={"phone": "1"}, there={"phone": "2"})
    show(clinic, patient)
    assert text(clinic, "conflict_number") == "충돌 1 / 2"
    QTest.keyClick(clinic.window, Qt.Key.Key_1, ALT)
    clinic.press(Qt.Key.Key_Return, CTRL)
    assert page_of(clinic).bar.name.text() == "홍길동"
    QTest.keyClick(clinic.window, Qt.Key.Key_2, ALT)
    clinic.press(Qt.Key.Key_Return, CTRL)
    assert clinic.page.objectName() == "sync_page"


def test_what_is_the_same_is_folded_and_assessments_never_conflict(
    clinic: OpenedClinic, patient: Patient
) -> None:
    page = show(clinic, patient)
    assert not clinic.find(QWidget, "same_fields").isVisible()
    clinic.click("show_same")
    words = [one.text() for one in clinic.find(QWidget, "same_fields").findChildren(QLabel)]
    assert "차트번호" in words
    assert "00377415" in words
    assert "평가 1건" in page.assessments.accessibleName()


def test_a_conflict_that_is_over_leads_back(clinic: OpenedClinic) -> None:
    patient = register(clinic, "홍길동", "00417")
    stand(clinic, patient)
    clinic.show()
    # Shortcuts and the keyboard reach an active window only.
    clinic.qtbot.waitUntil(clinic.window.isActiveWindow)
    clinic.navigator.go(routes.sync())
    clinic.settle()
    clinic.navigator.go(routes.conflict(patient.patient_id))
    clinic.settle()
    assert clinic.page.objectName() == "sync_page"
    assert clinic.notices == ["이 충돌은 이미 해결되었습니다."]
    assert ErrorCode.NOT_FOUND not in [error.code for error in clinic.errors]
