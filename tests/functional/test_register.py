"""A patient is registered or changed: no syllable lost, duplicates seen, nothing thrown away."""

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application import patients as use_cases
from desktop_app.application.ports import PatientFilter, PatientQuery
from desktop_app.domain.account import Role
from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.patient import Patient, Sex
from desktop_app.gui import routes
from desktop_app.gui.register.view import RegisterPage
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, assessed, opened_clinic, renamed

CTRL = Qt.KeyboardModifier.ControlModifier
ALT = Qt.KeyboardModifier.AltModifier
PAGES = ("patients", "register_patient", "edit_patient")


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, pages=PAGES) as opened:
        yield opened


@pytest.fixture
def known(clinic: OpenedClinic) -> Patient:
    """A registered and assessed patient, and an open window."""
    patient = sample_patient("홍길동", "00412758", phone="010-0000-1234")
    day = date(2026, 3, 17)
    clinic.add(patient, assessed(patient, AnswerState.CANNOT_SAY, 1, day))
    clinic.show()
    return patient


def open_form(clinic: OpenedClinic) -> RegisterPage:
    if clinic.window.pages is None:
        clinic.show()
    clinic.navigator.go(routes.register_patient())
    return form_page(clinic)


def open_details(clinic: OpenedClinic, patient: Patient) -> RegisterPage:
    clinic.navigator.go(routes.edit_patient(patient.patient_id))
    return form_page(clinic)


def form_page(clinic: OpenedClinic) -> RegisterPage:
    clinic.settle()
    assert isinstance(clinic.page, RegisterPage)
    return clinic.page


def field(clinic: OpenedClinic, name: str) -> QLineEdit:
    return clinic.find(QLineEdit, f"field_{name}")


def enter(clinic: OpenedClinic, **texts: str) -> None:
    """Type into the named fields and leave the last one."""
    for name, text in texts.items():
        field(clinic, name).setFocus()
        field(clinic, name).selectAll()
        clinic.type(text)
    clinic.press(Qt.Key.Key_Tab)


def enter_whole(clinic: OpenedClinic, name: str = "성춘향", born: str = "19640505") -> None:
    field(clinic, "name").setText(name)
    enter(clinic, birth_date=born)
    clinic.click("sex_F")


def wait_for_matches(clinic: OpenedClinic, *, shown: bool = True) -> None:
    panel = clinic.find(QWidget, "matches")
    clinic.qtbot.waitUntil(lambda: panel.isVisible() is shown)
    clinic.settle()


def stored(clinic: OpenedClinic) -> list[Patient]:
    query = PatientQuery(limit=100)
    return [row.patient for row in use_cases.list_patients(clinic.session, query).rows]


# -- the story


def test_a_patient_is_registered_by_keyboard(clinic: OpenedClinic) -> None:
    open_form(clinic)
    assert field(clinic, "chart_number").text()
    assert field(clinic, "name").hasFocus()

    clinic.compose("ㅅ", "서", "성", commit="성")
    clinic.compose("춘", commit="춘")
    clinic.compose("향")
    clinic.press(Qt.Key.Key_Return)
    enter(clinic, birth_date="1964.5.5", phone="010-0000-0001", exposure_start="1979")
    enter(clinic, exposure_end="2014", exposure_work="dock")
    clinic.press(Qt.Key.Key_X, ALT)
    clinic.press(Qt.Key.Key_Space)
    clinic.press(Qt.Key.Key_S, CTRL)

    (patient,) = stored(clinic)
    details = patient.details
    assert (details.name, details.birth_date) == ("성춘향", date(1964, 5, 5))
    assert (details.sex, details.phone) == (Sex.MALE, "010-0000-0001")
    assert (details.exposure_start, details.exposure_end) == (1979, 2014)
    assert details.doctor_id == clinic.session.person.account_id
    assert clinic.opened[-1] == routes.patient(patient.patient_id)
    assert clinic.notices == ["성춘향 환자를 등록했습니다."]
    with clinic.session.unit_of_work() as work:
        assert work.outbox.counts().waiting == 1
        assert work.audit.count() == 1

    clinic.navigator.back()
    assert not isinstance(clinic.page, RegisterPage)


def test_age_and_exposure_are_shown_while_typing(clinic: OpenedClinic) -> None:
    page = open_form(clinic)

    enter(clinic, birth_date="1958-08-21", exposure_start="1979", exposure_end="2014")

    assert page.form.message_of("birth_date") == "만 67세"
    assert clinic.find(QWidget, "exposure_years").accessibleName() == "= 35년"


# -- Hangul


@pytest.mark.parametrize(
    "end",
    [
        lambda clinic: clinic.press(Qt.Key.Key_Return),
        lambda clinic: clinic.press(Qt.Key.Key_Tab),
        lambda clinic: clinic.click("field_phone"),
        lambda clinic: clinic.click("form_ground"),
        lambda clinic: clinic.press(Qt.Key.Key_S, CTRL),
        lambda clinic: clinic.press(Qt.Key.Key_Return, CTRL),
        lambda clinic: clinic.click("save_patient"),
    ],
    ids=["enter", "tab", "click on a field", "click beside", "ctrl+s", "ctrl+enter", "button"],
)  # fmt: skip
def test_no_syllable_of_a_name_is_lost(
    clinic: OpenedClinic, end: Callable[[OpenedClinic], object]
) -> None:
    page = open_form(clinic)
    enter_whole(clinic, name="")
    field(clinic, "name").setFocus()

    clinic.compose("ㅅ", "서", "성", commit="성")
    clinic.compose("ㅊ", "추", "춘")
    end(clinic)
    if clinic.page is page:
        clinic.press(Qt.Key.Key_S, CTRL)

    assert [patient.name for patient in stored(clinic)] == ["성춘"]


# -- possible duplicates


@pytest.mark.usefixtures("known")
def test_a_registered_patient_shows_beside_the_form_and_asks_for_a_tick(
    clinic: OpenedClinic,
) -> None:
    open_form(clinic)
    enter_whole(clinic, "홍길동", "1958-08-21")
    wait_for_matches(clinic)
    assert "홍길동" in clinic.find(QWidget, "match_1").accessibleName()
    save = clinic.find(QPushButton, "save_patient")
    reason = clinic.find(QWidget, "bottom_reason")
    assert not save.isEnabled()
    assert "표시한 뒤" in reason.accessibleName()

    clinic.press(Qt.Key.Key_S, CTRL)
    assert len(stored(clinic)) == 1

    clinic.find(QCheckBox, "is_another_person").click()
    assert save.isEnabled()
    clinic.press(Qt.Key.Key_S, CTRL)
    assert len(stored(clinic)) == 2


@pytest.mark.usefixtures("known")
def test_saving_faster_than_the_comparison_still_asks(clinic: OpenedClinic) -> None:
    page = open_form(clinic)
    clinic.click("sex_M")
    field(clinic, "name").setText("홍길동")
    field(clinic, "birth_date").setText("1958-08-21")

    page.save_chosen.emit()
    clinic.settle()

    assert len(stored(clinic)) == 1
    wait_for_matches(clinic)
    assert clinic.find(QCheckBox, "is_another_person").isVisible()


def test_alt_1_opens_the_registered_patient_and_back_finds_the_form(
    clinic: OpenedClinic, known: Patient
) -> None:
    page = open_form(clinic)
    enter_whole(clinic, "홍길동", "1958-08-21")
    wait_for_matches(clinic)

    clinic.press(Qt.Key.Key_1, ALT)
    assert clinic.opened[-1] == routes.patient(known.patient_id)
    clinic.navigator.back()

    assert clinic.page is page
    assert field(clinic, "name").text() == "홍길동"


@pytest.mark.usefixtures("known")
def test_the_panel_closes_when_nobody_is_similar_any_more(clinic: OpenedClinic) -> None:
    open_form(clinic)
    enter_whole(clinic, "홍길동", "1958-08-21")
    wait_for_matches(clinic)

    enter(clinic, birth_date="1970-01-01")

    wait_for_matches(clinic, shown=False)
    assert clinic.find(QPushButton, "save_patient").isEnabled()


def test_a_patient_being_changed_is_no_duplicate_of_itself(
    clinic: OpenedClinic, known: Patient
) -> None:
    open_details(clinic, known)
    enter(clinic, phone="010-0000-9999")
    clinic.press(Qt.Key.Key_S, CTRL)

    assert stored(clinic)[0].details.phone == "010-0000-9999"
    assert not isinstance(clinic.page, RegisterPage)


# -- problems beside their fields


def test_what_is_missing_is_said_beside_the_fields_once_saving_was_tried(
    clinic: OpenedClinic,
) -> None:
    page = open_form(clinic)
    clinic.press(Qt.Key.Key_Tab)
    assert page.form.message_of("name") == ""

    clinic.press(Qt.Key.Key_S, CTRL)

    for name in ("name", "birth_date", "sex"):
        assert page.form.message_of(name) == "꼭 필요합니다."
    assert field(clinic, "name").hasFocus()
    assert stored(clinic) == []

    enter(clinic, name="Kim")
    assert page.form.message_of("name") == ""


def test_a_registration_number_is_refused_at_once_with_the_law(clinic: OpenedClinic) -> None:
    page = open_form(clinic)
    field(clinic, "phone").setFocus()

    clinic.type("5808211234567")

    assert "제24조의2" in page.form.message_of("phone")
    assert field(clinic, "phone").property("state") == "refused"


def test_six_digits_ask_for_the_century(clinic: OpenedClinic) -> None:
    page = open_form(clinic)
    enter(clinic, birth_date="150821")
    assert "네 자리" in page.form.message_of("birth_date")

    clinic.click("day_0")

    assert field(clinic, "birth_date").text() == "1915-08-21"
    assert page.form.message_of("birth_date") == "만 110세"


@pytest.mark.usefixtures("known")
def test_a_taken_chart_number_is_said_beside_its_field(clinic: OpenedClinic) -> None:
    page = open_form(clinic)
    enter_whole(clinic)
    enter(clinic, chart_number="00412758")

    clinic.press(Qt.Key.Key_S, CTRL)

    assert page.form.message_of("chart_number") == "다른 환자가 쓰는 번호입니다."
    assert field(clinic, "chart_number").hasFocus()
    enter(clinic, chart_number="00412759")
    assert page.form.message_of("chart_number") != "다른 환자가 쓰는 번호입니다."
    clinic.press(Qt.Key.Key_S, CTRL)
    assert len(stored(clinic)) == 2


def test_somebody_elses_change_is_shown_and_nothing_typed_is_lost(
    clinic: OpenedClinic, known: Patient
) -> None:
    page = open_details(clinic, known)
    with clinic.session.unit_of_work() as work:
        work.patients.update(renamed(known, phone="010-9999-0000"), expected_version=1)
        work.commit()

    enter(clinic, exposure_work="dock")
    clinic.press(Qt.Key.Key_S, CTRL)

    assert page.banner.isVisible()
    assert "전화 010-9999-0000" in page.banner.accessibleName()
    assert field(clinic, "exposure_work").text() == "dock"
    assert stored(clinic)[0].details.phone == "010-9999-0000"

    clinic.press(Qt.Key.Key_S, CTRL)
    details = stored(clinic)[0].details
    assert (details.phone, details.exposure_work) == ("010-0000-1234", "dock")


# -- leaving


def test_leaving_an_untouched_form_asks_nothing(clinic: OpenedClinic) -> None:
    page = open_form(clinic)

    clinic.press(Qt.Key.Key_Escape)

    assert clinic.page is not page


def test_leaving_with_something_typed_asks_and_escape_keeps_it(clinic: OpenedClinic) -> None:
    page = open_form(clinic)
    enter(clinic, name="Kim")

    clinic.answer(lambda: clinic.press(Qt.Key.Key_Escape), "dialog_reject")
    assert clinic.page is page
    assert field(clinic, "name").text() == "Kim"

    clinic.answer(lambda: clinic.press(Qt.Key.Key_Escape), "dialog_accept")
    assert clinic.page is not page


def test_a_form_built_anew_holds_what_was_typed(clinic: OpenedClinic) -> None:
    page = open_form(clinic)
    field(clinic, "name").setFocus()
    clinic.compose("홍", commit="홍")
    clinic.compose("길")

    clinic.window.rebuild()
    clinic.settle()

    assert clinic.page is not page
    assert field(clinic, "name").text() == "홍길"


def test_an_administrator_reads_and_cannot_register(qtbot: QtBot, tmp_path: Path) -> None:
    with opened_clinic(qtbot, tmp_path, role=Role.ADMIN, pages=PAGES) as clinic:
        clinic.show()
        assert "new_patient" not in clinic.window.actions_by_name
        assert use_cases.count_patients(clinic.session)[PatientFilter.ALL] == 0
