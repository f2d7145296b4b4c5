"""A doctor or a colleague types a panel: units, questions, gaps, drafts, hand-over, assessment."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QScrollArea,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_app.application.patients import archive_patient
from desktop_app.application.ports import RiskModel
from desktop_app.domain.account import Account, Role
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.lab_panel import FIELDS
from desktop_app.domain.panel import Entry, Measurement, MissingReason
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.assessment import draft_keeper
from desktop_app.gui.assessment.dialogs import Sample, SampleDialog
from desktop_app.gui.assessment.form_editor import FormEditor
from desktop_app.gui.assessment.view import AssessmentView
from desktop_app.gui.widgets.label import Label
from tests.fakes.risk_model import FakeRiskModel
from tests.fakes.samples import sample_assessment, sample_patient
from tests.functional.opened_clinic import OpenedClinic, opened_clinic

# As typed at the keyboard, in the order of the form; platelets in the unit of the lab slip.
SLIP = {
    "sym": "5",
    "asb": "35",
    "plt": "193",
    "wbc": "7.2",
    "ldh": "231",
    "tp": "7.1",
    "alb": "3.8",
    "crp": "40",
    "pldh": "576",
    "ppro": "3.9",
}
CTRL, ALT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.AltModifier


def scored(opened: OpenedClinic, model: Callable[[], RiskModel] = FakeRiskModel) -> OpenedClinic:
    """Give the clinic a model."""
    opened.session = opened.desk.session = replace(opened.session, model=model)
    return opened


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, pages=("new_assessment",)) as opened:
        yield scored(opened)


@pytest.fixture
def patient(clinic: OpenedClinic) -> Patient:
    """A patient of 67 years whose chart names no years of exposure."""
    return clinic.add(sample_patient(exposure_start=None, exposure_end=None))


@pytest.fixture
def form(clinic: OpenedClinic, patient: Patient) -> OpenedClinic:
    clinic.show()
    open_form(clinic, patient)
    return clinic


def open_form(
    clinic: OpenedClinic,
    patient: Patient,
    *,
    corrects: RecordId | None = None,
    draft_id: RecordId | None = None,
) -> AssessmentView:
    route = routes.new_assessment(patient.patient_id, corrects, draft_id)
    clinic.navigator.go(route)
    clinic.settle()
    clinic.qtbot.waitUntil(clinic.page.isEnabled)
    clinic.settle()
    assert isinstance(clinic.page, AssessmentView)
    return clinic.page


def sign_in_as(clinic: OpenedClinic, name: str, role: Role) -> Account:
    """Let a colleague go on in the same clinic."""
    person = Account(new_record_id(), name.lower(), name, frozenset({role}))
    with clinic.session.unit_of_work() as work:
        work.accounts.save(person)
        work.commit()
    clinic.session = clinic.desk.session = replace(clinic.session, person=person)
    return person


def value(clinic: OpenedClinic, name: str) -> QLineEdit:
    field = clinic.find(QLineEdit, f"value_{name}")
    assert isinstance(field, QLineEdit)
    return field


def words(clinic: OpenedClinic, name: str) -> str:
    label = clinic.find(QLabel, name)
    assert isinstance(label, QLabel)
    return label.text()


def message(clinic: OpenedClinic, name: str) -> str:
    return words(clinic, f"message_text_{name}") if is_shown(clinic, f"message_{name}") else ""


def is_shown(clinic: OpenedClinic, name: str) -> bool:
    found = clinic.page.findChild(QWidget, name)
    return found is not None and found.isVisible()


def enter(clinic: OpenedClinic, name: str, text: str) -> None:
    """Type a value and leave its row."""
    field = value(clinic, name)
    field.setFocus()
    field.selectAll()
    QTest.keyClicks(field, text) if text else QTest.keyClick(field, Qt.Key.Key_Delete)
    clinic.press(Qt.Key.Key_Tab)
    clinic.press(Qt.Key.Key_Tab)


def enter_slip(clinic: OpenedClinic, **changed: str) -> None:
    for name, text in {**SLIP, **changed}.items():
        enter(clinic, name, text)


def choose_unit(clinic: OpenedClinic, name: str, ucum: str) -> None:
    """Choose a unit as the keyboard does: open the list and step to it."""
    box = clinic.find(QComboBox, f"unit_{name}")
    assert isinstance(box, QComboBox)
    box.setFocus()
    while box.currentData() != ucum:
        before = box.currentIndex()
        QTest.keyClick(box, Qt.Key.Key_Down)
        assert box.currentIndex() != before
    clinic.settle()


def answer(clinic: OpenedClinic, button_name: str, choice: str) -> None:
    """Press a button that opens a dialog, and one in the dialog."""
    clinic.answer(lambda: clinic.click(button_name), choice)
    with clinic.qtbot.waitActive(clinic.window):
        clinic.window.activateWindow()


def focused_name() -> str:
    focused = QApplication.focusWidget()
    return focused.objectName() if focused is not None else ""


def is_on(clinic: OpenedClinic, name: str) -> bool:
    return clinic.find(QAbstractButton, name).isEnabled()


def drafts(clinic: OpenedClinic, patient: Patient) -> Draft | None:
    with clinic.session.unit_of_work() as work:
        found = work.drafts.list_of_patient(patient.patient_id, clinic.session.person.account_id)
    return found[0] if found else None


def assessments(clinic: OpenedClinic, patient: Patient) -> list[Assessment]:
    with clinic.session.unit_of_work() as work:
        return [
            work.assessments.get(one.assessment_id)
            for one in work.assessments.list_of_patient(patient.patient_id)
        ]


# -- typing and assessing ---------------------------------------------------------------------


def test_a_doctor_enters_a_panel_by_keyboard_alone_and_gets_a_result(
    form: OpenedClinic, patient: Patient
) -> None:
    assert QApplication.focusWidget() is value(form, "sym")
    for text in SLIP.values():
        form.type(text)
        form.press(Qt.Key.Key_Return)
    assert QApplication.focusWidget() is form.find(QWidget, "assess")
    form.press(Qt.Key.Key_Return, CTRL)
    (assessment,) = assessments(form, patient)
    assert form.opened[-1] == routes.result(assessment.assessment_id)
    assert assessment.measurements["platelet_count_(PLT)"].text == "193"
    assert assessment.assessor_name == "김하늘"
    assert drafts(form, patient) is None


def test_tab_goes_from_value_to_unit_to_the_next_value(form: OpenedClinic) -> None:
    seen = []
    for _ in range(6):
        focused = QApplication.focusWidget()
        seen.append(focused_name())
        if isinstance(focused, QLineEdit):
            form.type("5")
        form.press(Qt.Key.Key_Tab)
    assert seen == [
        "value_sym",
        "unit_sym",
        "value_asb",
        "unit_asb",
        "exposure_years",
        "edit_sample",
    ]


def test_going_from_an_empty_value_to_its_unit_asks_for_no_reason_yet(form: OpenedClinic) -> None:
    value(form, "alb").setFocus()
    form.press(Qt.Key.Key_Tab)
    assert not is_shown(form, "message_alb")
    form.press(Qt.Key.Key_Tab)
    assert is_shown(form, "message_alb")


def test_the_years_of_exposure_may_be_typed_instead(form: OpenedClinic) -> None:
    def type_years() -> None:
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(5, type_years)
            return
        for name, year in (("exposure_start", "1981"), ("exposure_end", "2003")):
            field = dialog.findChild(QLineEdit, name)
            assert field is not None
            field.setText(year)
        accept = dialog.findChild(QAbstractButton, "dialog_accept")
        assert accept is not None
        accept.click()

    QTimer.singleShot(0, type_years)
    form.click("exposure_years")
    assert value(form, "asb").text() == "22"
    assert "1981\N{EN DASH}2003" in words(form, "range_asb")


def test_the_years_in_the_chart_are_typed_already(clinic: OpenedClinic) -> None:
    patient = clinic.add(sample_patient(exposure_start=1981, exposure_end=2003))
    clinic.show()
    open_form(clinic, patient)
    assert value(clinic, "asb").text() == "22"


def test_the_age_comes_from_the_birth_date_and_is_not_typed(form: OpenedClinic) -> None:
    assert value(form, "age").text() == "67"
    assert value(form, "age").isReadOnly()


def test_a_unit_question_is_answered_with_one_key_and_leaves_the_typed_text(
    form: OpenedClinic, patient: Patient
) -> None:
    enter_slip(form, plt="193000")
    assert "193000" in message(form, "plt")
    assert not is_on(form, "assess")
    value(form, "plt").setFocus()
    form.press(Qt.Key.Key_U, ALT)
    assert value(form, "plt").text() == "193000"
    assert message(form, "plt") == ""
    form.press(Qt.Key.Key_Return, CTRL)
    (assessment,) = assessments(form, patient)
    measured = assessment.measurements["platelet_count_(PLT)"]
    assert (measured.text, measured.unit, measured.value) == ("193000", "/uL", 193.0)


def test_an_unusual_value_is_confirmed_with_one_key_and_stays_quiet(form: OpenedClinic) -> None:
    enter(form, "plt", "1100")
    assert "1100" in message(form, "plt")
    value(form, "plt").setFocus()
    form.press(Qt.Key.Key_K, ALT)
    assert message(form, "plt") == ""
    enter(form, "plt", "1100")
    value(form, "crp").setFocus()
    form.settle()
    assert "1100" in message(form, "plt")


def test_the_impossible_is_refused_and_cannot_be_called_right(form: OpenedClinic) -> None:
    enter_slip(form, asb="85")
    assert "85" in message(form, "asb")
    assert not is_shown(form, "confirm_asb")
    assert not is_on(form, "assess")
    assert words(form, "assess_reason")
    enter(form, "asb", "35")
    assert message(form, "asb") == ""
    assert is_on(form, "assess")


def test_a_message_waits_for_a_pause_and_vanishes_at_once(form: OpenedClinic) -> None:
    field = value(form, "asb")
    field.setFocus()
    form.type("85")
    assert message(form, "asb") == ""
    form.qtbot.waitUntil(lambda: message(form, "asb") != "")
    form.press(Qt.Key.Key_Backspace)
    assert message(form, "asb") == ""


def test_hangul_in_a_value_is_refused_in_words_and_nothing_is_lost(form: OpenedClinic) -> None:
    value(form, "alb").setFocus()
    form.compose("ㅎ", "하", "한")
    form.press(Qt.Key.Key_Return)
    assert value(form, "alb").text() == "한"
    assert message(form, "alb")


def test_the_list_of_units_opens_with_alt_and_down(form: OpenedClinic) -> None:
    value(form, "plt").setFocus()
    form.press(Qt.Key.Key_Down, ALT)
    box = form.find(QComboBox, "unit_plt")
    assert isinstance(box, QComboBox)
    assert box.view().isVisible()
    box.hidePopup()


def test_a_value_in_another_unit_shows_what_the_model_gets(form: OpenedClinic) -> None:
    choose_unit(form, "crp", "mg/dL")
    enter(form, "crp", "8.3")
    shown = words(form, "range_crp").replace("&nbsp;", " ")
    assert "= 83 mg/L" in shown
    assert value(form, "crp").text() == "8.3"


def test_earlier_values_stand_beside_with_their_difference(clinic: OpenedClinic) -> None:
    patient = sample_patient()
    ldh = "blood_lactic_dehydrogenise_(LDH)"
    before = sample_assessment(patient.patient_id)
    measured = {**before.measurements, ldh: Measurement(ldh, "248", "U/L", value=248.0)}
    clinic.add(patient, replace(before, measurements=measured))
    clinic.show()
    open_form(clinic, patient)
    enter(clinic, "ldh", "231")
    assert words(clinic, "previous_ldh") == "248 \N{MINUS SIGN}17"


def test_ratios_and_lights_criteria_follow_the_typing(form: OpenedClinic) -> None:
    enter(form, "ldh", "231")
    enter(form, "pldh", "576")
    assert words(form, "ratio_0") == "2.49"
    assert words(form, "light_criteria")
    enter(form, "pldh", "20")
    assert words(form, "ratio_0") == "\N{EM DASH}"


def test_f8_walks_through_what_is_open(form: OpenedClinic) -> None:
    enter_slip(form, asb="85", plt="193000", crp="")
    value(form, "sym").setFocus()
    visited = []
    for _ in range(3):
        form.press(Qt.Key.Key_F8)
        visited.append(focused_name())
    assert visited == ["value_asb", "value_plt", "value_crp"]


def test_ctrl_enter_on_an_unfinished_form_shows_what_is_open_and_goes_there(
    form: OpenedClinic, patient: Patient
) -> None:
    enter(form, "sym", "5")
    form.press(Qt.Key.Key_Return, CTRL)
    assert QApplication.focusWidget() is value(form, "asb")
    assert message(form, "asb")
    assert not assessments(form, patient)


# -- gaps and fluid ---------------------------------------------------------------------------


def test_a_gap_asks_for_its_reason_once_and_names_it_in_the_record(
    form: OpenedClinic, patient: Patient
) -> None:
    enter_slip(form, alb="")
    assert not is_on(form, "assess")
    form.click("reason_alb_not_done")
    assert is_on(form, "assess")
    form.press(Qt.Key.Key_Return, CTRL)
    (assessment,) = assessments(form, patient)
    assert assessment.measurements["albumin"].missing is MissingReason.NOT_DONE
    assert assessment.measurements["albumin"].value is None


def test_a_gap_in_todays_sample_is_pending_until_somebody_says_otherwise(
    form: OpenedClinic, patient: Patient
) -> None:
    answer(form, "edit_sample", "dialog_accept")
    enter_slip(form, alb="")
    assert is_on(form, "assess")
    form.press(Qt.Key.Key_Return, CTRL)
    (assessment,) = assessments(form, patient)
    assert assessment.collected_on == date(2026, 3, 17)
    assert assessment.measurements["albumin"].missing is MissingReason.PENDING


@pytest.mark.parametrize(
    ("day", "problem"),
    [
        ("2026-03-18", "채취일이 오늘보다 뒤입니다."),
        ("0206-03-17", "채취일이 생년월일보다 앞입니다."),
        ("그저께", "채취일을 2026-03-17처럼 적으세요."),
    ],
)
def test_a_sample_was_taken_between_the_birth_and_today(
    form: OpenedClinic, day: str, problem: str
) -> None:
    dialog = SampleDialog(form.window, Sample(), born=date(1958, 8, 5), today=date(2026, 3, 17))
    field = dialog.findChild(QLineEdit, "sample_day")
    assert field is not None
    field.setText(day)
    assert dialog.problem() == problem
    field.setText("1958-08-05")
    assert dialog.problem() == ""


def test_no_fluid_is_a_state_of_its_own_and_can_be_taken_back(
    form: OpenedClinic, patient: Patient
) -> None:
    enter_slip(form)
    form.click("no_fluid")
    for name in ("pldh", "ppro"):
        assert value(form, name).text() == ""
        assert value(form, name).placeholderText() == "흉수 없음"
        assert value(form, name).isReadOnly()
    form.click("no_fluid")
    assert value(form, "ppro").text() == "3.9"
    form.click("no_fluid")
    form.press(Qt.Key.Key_Return, CTRL)
    (assessment,) = assessments(form, patient)
    assert assessment.measurements["pleural_protein"].is_no_fluid
    assert assessment.measurements["pleural_protein"].model_value == 0.0


def test_fewer_than_six_used_values_give_no_assessment(form: OpenedClinic) -> None:
    for name in ("sym", "asb", "plt"):
        enter(form, name, SLIP[name])
    assert not is_on(form, "assess")
    assert "6" in words(form, "assess_reason")


# -- drafts -----------------------------------------------------------------------------------


def test_what_was_typed_is_kept_two_seconds_after_the_last_key(
    form: OpenedClinic, patient: Patient
) -> None:
    enter(form, "sym", "5")
    assert drafts(form, patient) is None
    form.qtbot.waitUntil(lambda: words(form, "draft_state") != "", timeout=10_000)
    kept = drafts(form, patient)
    assert kept is not None
    assert kept.panel.entries["duration_of_symptoms"] == Entry("5", "mo")


def test_escape_closes_and_the_draft_opens_again_as_it_was(
    form: OpenedClinic, patient: Patient
) -> None:
    enter(form, "plt", "193000")
    value(form, "crp").setFocus()
    form.type("<0.3")
    form.press(Qt.Key.Key_Escape)
    assert not isinstance(form.page, AssessmentView)
    open_form(form, patient)
    assert value(form, "crp").text() == "<0.3"
    assert value(form, "plt").text() == "193000"
    assert message(form, "plt")


def test_a_lock_in_the_middle_of_a_syllable_keeps_everything(
    form: OpenedClinic, patient: Patient
) -> None:
    value(form, "sym").setFocus()
    form.type("5")
    form.compose("하")
    form.page.save_work()
    form.settle()
    kept = drafts(form, patient)
    assert kept is not None
    assert kept.panel.entries["duration_of_symptoms"].text == "5하"


def test_a_draft_that_cannot_be_kept_is_told_once_and_tried_on(
    form: OpenedClinic, patient: Patient, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[Draft] = []

    def refuse(_session: object, draft: Draft) -> Draft:
        tries.append(draft)
        raise AppError(ErrorCode.DISK_FULL)

    with monkeypatch.context() as full_disk:
        full_disk.setattr(draft_keeper, "save_draft", refuse)
        enter(form, "sym", "5")
        keeper = form.page.findChild(draft_keeper.DraftKeeper)
        assert keeper is not None
        for _ in range(3):
            keeper.save()
            form.settle()
    assert len(tries) == 3
    assert [error.code for error in form.errors] == [ErrorCode.DISK_FULL]
    keeper.save()
    form.settle()
    assert drafts(form, patient) is not None


def test_text_that_arrives_before_the_keyboard_is_checked_in_its_row(
    form: OpenedClinic,
) -> None:
    editor = form.page.findChild(FormEditor)
    assert editor is not None
    editor._current = ""
    form.page.setFocus()
    value(form, "sym").insert("나")
    form.qtbot.waitUntil(lambda: bool(message(form, "sym")))


def test_a_lock_while_the_form_is_being_assessed_leaves_no_draft_of_it(
    form: OpenedClinic, patient: Patient
) -> None:
    enter_slip(form)
    QTest.keyClick(form.focused, Qt.Key.Key_Return, CTRL)
    assert form.window.pages is not None
    form.window.pages.save_work()
    form.settle()
    assert len(assessments(form, patient)) == 1
    assert drafts(form, patient) is None


def test_a_form_that_was_only_looked_at_leaves_no_draft(
    form: OpenedClinic, patient: Patient
) -> None:
    form.press(Qt.Key.Key_Escape)
    assert drafts(form, patient) is None


def test_a_draft_that_somebody_finished_meanwhile_leads_back_with_a_sentence(
    clinic: OpenedClinic, patient: Patient
) -> None:
    clinic.show()
    clinic.navigator.go(routes.new_assessment(patient.patient_id, draft_id=new_record_id()))
    clinic.settle()
    assert [error.code for error in clinic.errors] == [ErrorCode.NOT_FOUND]
    assert not isinstance(clinic.page, AssessmentView)


def test_a_link_to_an_archived_patients_form_leads_back_with_a_sentence(
    clinic: OpenedClinic, patient: Patient
) -> None:
    archive_patient(clinic.session, patient)
    clinic.show()
    clinic.navigator.go(routes.new_assessment(patient.patient_id))
    clinic.settle()
    assert [error.code for error in clinic.errors] == [ErrorCode.PATIENT_ARCHIVED]
    assert not isinstance(clinic.page, AssessmentView)


def test_throwing_a_draft_away_asks_first_and_the_safe_answer_keeps_it(
    form: OpenedClinic, patient: Patient
) -> None:
    enter(form, "sym", "5")
    form.page.save_work()
    form.settle()
    answer(form, "discard_draft", "dialog_reject")
    assert drafts(form, patient) is not None
    answer(form, "discard_draft", "dialog_accept")
    assert drafts(form, patient) is None
    assert not isinstance(form.page, AssessmentView)


# -- colleagues -------------------------------------------------------------------------------


def test_a_colleague_hands_a_draft_to_the_doctor_who_sees_from_whom_and_why(
    clinic: OpenedClinic, patient: Patient
) -> None:
    doctor_session = clinic.session
    sign_in_as(clinic, "박서연", Role.STAFF)
    clinic.show()
    open_form(clinic, patient)
    assert clinic.page.findChild(QWidget, "assess") is None
    enter(clinic, "sym", "5")
    note = clinic.find(QPlainTextEdit, "hand_over_message")
    assert isinstance(note, QPlainTextEdit)
    note.setPlainText("혈액 LDH는 15시에 나옵니다.")
    clinic.press(Qt.Key.Key_Return, CTRL)
    assert clinic.notices == ["김하늘에게 넘겼습니다."]
    clinic.session = clinic.desk.session = doctor_session
    with clinic.session.unit_of_work() as work:
        (handed,) = work.drafts.list_waiting_for(doctor_session.person.account_id)
    clinic.window.open_work(doctor_session.person, clinic._build)
    open_form(clinic, patient, draft_id=handed.draft_id)
    banner = clinic.find(QWidget, "form_banner").accessibleName()
    assert "박서연" in banner
    assert "15시" in banner
    assert value(clinic, "sym").text() == "5"
    enter(clinic, "wbc", "6")
    clinic.press(Qt.Key.Key_Escape)
    open_form(clinic, patient, draft_id=handed.draft_id)
    assert value(clinic, "wbc").text() == "6"
    assert clinic.find(QWidget, "form_banner").accessibleName() == banner


def test_a_patient_changed_by_a_colleague_meanwhile_is_not_assessed(
    form: OpenedClinic, patient: Patient
) -> None:
    enter_slip(form)
    other = replace(patient.details, name="홍길순")
    with form.session.unit_of_work() as work:
        work.patients.update(replace(patient, details=other, version=2), expected_version=1)
        work.commit()
    form.press(Qt.Key.Key_Return, CTRL)
    assert [error.code for error in form.errors] == [ErrorCode.PATIENT_MISMATCH]
    assert is_shown(form, "form_banner")
    assert not assessments(form, patient)
    assert value(form, "sym").text() == "5"


# -- the model --------------------------------------------------------------------------------


def test_without_a_model_values_are_kept_and_the_reason_stands_beside_the_button(
    clinic: OpenedClinic, patient: Patient
) -> None:
    def off() -> RiskModel:
        raise AppError(ErrorCode.MODEL_WITHOUT_THRESHOLD)

    scored(clinic, off).show()
    open_form(clinic, patient)
    enter_slip(clinic)
    assert not is_on(clinic, "assess")
    assert words(clinic, "assess_reason")
    clinic.page.save_work()
    clinic.settle()
    assert drafts(clinic, patient) is not None


# -- corrections ------------------------------------------------------------------------------


def test_a_correction_opens_with_the_old_values_and_names_what_it_corrects(
    form: OpenedClinic, patient: Patient
) -> None:
    enter_slip(form)
    form.press(Qt.Key.Key_Return, CTRL)
    (wrong,) = assessments(form, patient)
    open_form(form, patient, corrects=wrong.assessment_id)
    assert is_shown(form, "form_banner")
    assert value(form, "crp").text() == "40"
    enter(form, "crp", "48")
    form.press(Qt.Key.Key_Return, CTRL)
    newest = max(assessments(form, patient), key=lambda one: one.number)
    assert newest.corrects == wrong.assessment_id
    assert newest.measurements["C-reactive_protein_(CRP)"].value == 48.0


def test_an_unfinished_correction_opens_again_as_it_was_left(
    form: OpenedClinic, patient: Patient
) -> None:
    enter_slip(form)
    form.press(Qt.Key.Key_Return, CTRL)
    (wrong,) = assessments(form, patient)
    open_form(form, patient, corrects=wrong.assessment_id)
    enter(form, "crp", "48")
    form.press(Qt.Key.Key_Escape)
    open_form(form, patient)
    enter(form, "crp", "7")
    form.press(Qt.Key.Key_Escape)
    open_form(form, patient, corrects=wrong.assessment_id)
    assert value(form, "crp").text() == "48"
    form.press(Qt.Key.Key_Escape)
    open_form(form, patient)
    assert value(form, "crp").text() == "7"


# -- how it looks and sounds ------------------------------------------------------------------


@pytest.mark.parametrize("language", ["ko", "en"])
@pytest.mark.parametrize(("size", "scrolls"), [((1366, 768), False), ((1280, 680), True)])
def test_the_whole_form_fits_and_scrolls_only_down_in_the_smallest_window(
    qtbot: QtBot, tmp_path: Path, language: str, size: tuple[int, int], scrolls: bool
) -> None:
    pages = ("new_assessment",)
    with opened_clinic(qtbot, tmp_path, pages=pages, language=language, size=size) as opened:
        scored(opened)
        patient = opened.add(sample_patient())
        opened.show()
        open_form(opened, patient)
        enter_slip(opened, plt="193000", asb="85", alb="")
        for _ in range(3):  # a layout may ask for another one
            QApplication.processEvents()
        areas = [area for area in opened.page.findChildren(QScrollArea) if area.isVisible()]
        assert len(areas) == 2
        for area in areas:
            assert area.horizontalScrollBar().maximum() == 0
            assert scrolls or area.verticalScrollBar().maximum() == 0


@pytest.mark.usefixtures("form")
def test_every_control_has_a_name_and_every_value_a_description(form: OpenedClinic) -> None:
    for kind in (QLineEdit, QComboBox, QAbstractButton, QPlainTextEdit):
        for widget in form.page.findChildren(kind):
            if widget.isVisible() and not isinstance(widget.parent(), QComboBox):
                assert widget.accessibleName(), widget.objectName()
    for name in SLIP:
        assert value(form, name).accessibleDescription()
    enter(form, "asb", "85")
    assert message(form, "asb") in value(form, "asb").accessibleDescription()


def test_no_letter_of_the_form_is_one_of_the_menu_bar(form: OpenedClinic) -> None:
    bar = form.window.menuBar()
    menu_letters = {QKeySequence.mnemonic(action.text()) for action in bar.actions()}
    letters = [
        QKeySequence.mnemonic(label.text())
        for label in form.page.findChildren(Label)
        if label.buddy() is not None
    ]
    letters = [letter for letter in letters if not letter.isEmpty()]
    assert len(letters) == len(FIELDS) - 1
    assert len({letter.toString() for letter in letters}) == len(letters)
    assert not menu_letters & set(letters)
