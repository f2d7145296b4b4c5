"""A doctor looks at a patient: course, timeline, corrections, draft, comparison, rights."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application import assessments as assessment_use_cases
from desktop_app.application import patients as use_cases
from desktop_app.domain.account import Role
from desktop_app.domain.assessment import AnswerState, Assessment, Stance
from desktop_app.domain.draft import Draft
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.panel import Panel
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.patient.course import Measure
from desktop_app.gui.patient.timeline_rows import Column, text_of
from desktop_app.gui.patient.view import PatientPage
from desktop_app.gui.widgets.banner import Banner
from tests.fakes.samples import sample_assessment, sample_patient
from tests.functional.opened_clinic import OpenedClinic, assessed, opened_clinic
from tests.functional.patient_pages import DAYS, assess_thrice


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, pages=("patient",)) as opened:
        yield opened


@pytest.fixture
def patient() -> Patient:
    return sample_patient()


@pytest.fixture
def made(clinic: OpenedClinic, patient: Patient) -> list[Assessment]:
    """Three assessments, oldest first, and the page of their patient."""
    made = assess_thrice(clinic, patient)
    show(clinic, patient)
    return made


def show(clinic: OpenedClinic, patient: Patient) -> None:
    clinic.show()
    clinic.qtbot.waitUntil(clinic.window.isActiveWindow)
    clinic.navigator.go(routes.patient(patient.patient_id))
    clinic.settle()
    clinic.opened.clear()


def page_of(clinic: OpenedClinic) -> PatientPage:
    assert isinstance(clinic.page, PatientPage)
    return clinic.page


def days(clinic: OpenedClinic) -> list[str]:
    return [text_of(row, Column.DATE) for row in page_of(clinic).brief.rows_model.rows]


def selected(clinic: OpenedClinic) -> object:
    row = page_of(clinic).selected()
    return row.summary.assessment_id if row else None


@pytest.mark.usefixtures("made")
def test_the_bar_the_title_and_the_tabs_say_whose_page_this_is(
    clinic: OpenedClinic, patient: Patient
) -> None:
    page = page_of(clinic)
    assert page.bar.name.text() == patient.name
    assert patient.chart_number in page.bar.accessibleName()
    assert patient.name in clinic.window.windowTitle()
    assert patient.chart_number in clinic.window.windowTitle()
    assert [page.tabs.tabText(at) for at in range(page.tabs.count())] == [
        "개요",
        "평가  3",
        "인적 사항",
        "변경 이력",
    ]


def test_the_newest_assessment_stands_first_and_is_selected(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    assert days(clinic) == ["2026-01-20", "2025-09-16", "2025-03-03"]
    assert selected(clinic) == made[-1].assessment_id


@pytest.mark.usefixtures("made")
def test_the_chart_says_all_of_itself_in_one_sentence(clinic: OpenedClinic) -> None:
    sentence = page_of(clinic).trend.chart.accessibleName()
    for words in ("2025-03-03 0.15", "기준 미만", "기준 이상", "판정 보류", "기준 0.29"):
        assert words in sentence


def test_left_and_right_walk_along_the_points_and_enter_opens(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    page = page_of(clinic)
    page.trend.chart.setFocus()
    clinic.press(Qt.Key.Key_Left)
    assert selected(clinic) == made[1].assessment_id
    assert "2025-09-16" in page.trend.chart.accessibleDescription()
    clinic.press(Qt.Key.Key_Home)
    assert selected(clinic) == made[0].assessment_id
    clinic.press(Qt.Key.Key_Left)
    assert selected(clinic) == made[0].assessment_id
    clinic.press(Qt.Key.Key_Return)
    assert clinic.opened == [routes.result(made[0].assessment_id)]


def test_a_click_on_a_point_selects_its_row(clinic: OpenedClinic, made: list[Assessment]) -> None:
    chart = page_of(clinic).trend.chart
    hit = None
    for x in range(0, chart.width(), 4):
        for y in range(0, chart.height(), 4):
            QTest.mouseClick(chart, Qt.MouseButton.LeftButton, pos=QPoint(x, y))
            if selected(clinic) == made[0].assessment_id:
                hit = (x, y)
                break
        if hit:
            break
    assert hit is not None


@pytest.mark.usefixtures("made")
def test_the_chart_gives_way_to_a_table_of_the_same_figures(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    page.trend.chart.setFocus()
    page.handlers["data_table"]()
    assert page.trend.table.isVisible()
    assert page.trend.table.hasFocus()
    shown = [page.trend.table.item(row, 1).text() for row in range(3)]  # type: ignore[union-attr]  # filled
    assert shown == ["0.15", "0.49", "0.31"]
    page.handlers["data_table"]()
    assert page.trend.chart.isVisible()


@pytest.mark.usefixtures("made")
def test_platelets_and_crp_have_courses_of_their_own(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    clinic.click("measure_platelets")
    assert page.trend.title.text() == "혈소판 수 (PLT) 추세"
    assert "13.5" in page.trend.chart.accessibleName()
    clinic.click("measure_crp")
    assert page.trend.title.text() == "CRP 추세"


def test_enter_opens_the_result_of_the_row(clinic: OpenedClinic, made: list[Assessment]) -> None:
    page_of(clinic).brief.setFocus()
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Return)
    assert clinic.opened == [routes.result(made[1].assessment_id)]


def test_two_rows_are_compared_older_first(clinic: OpenedClinic, made: list[Assessment]) -> None:
    page_of(clinic).brief.setFocus()
    clinic.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    clinic.press(Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    clinic.press(Qt.Key.Key_Up, Qt.KeyboardModifier.ShiftModifier)
    page_of(clinic).handlers["compare"]()
    assert clinic.opened == [routes.compare(made[1].assessment_id, made[2].assessment_id)]


def test_one_row_is_compared_with_the_assessment_before_it(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    page_of(clinic).brief.select(made[1].assessment_id)
    clinic.click("compare_assessments")
    assert clinic.opened == [routes.compare(made[0].assessment_id, made[1].assessment_id)]


def test_a_corrected_version_leaves_the_course_and_names_its_successor(
    clinic: OpenedClinic, patient: Patient
) -> None:
    wrong = assessed(patient, AnswerState.ABOVE, 1, DAYS[0])
    right = sample_assessment(
        patient.patient_id,
        "A-2025-0303-002",
        assessed_at=wrong.assessed_at,
        corrects=wrong.assessment_id,
        probability=0.2,
        state=AnswerState.BELOW,
    )
    clinic.add(patient, wrong, right)
    show(clinic, patient)
    page = page_of(clinic)
    assert len(page.brief.rows_model.rows) == 1
    assert "0.20" in page.trend.chart.accessibleName()
    assert "0.49" not in page.trend.chart.accessibleName()
    versions = {row.summary.number: row.version for row in page.full.rows_model.assessments}
    assert versions == {
        "A-2025-0303-001": "A-2025-0303-002로 고침",
        "A-2025-0303-002": "A-2025-0303-001을 고침",
    }
    assert not page.overview.compare.isVisible()
    page.step_tab(1)
    page.full.select(wrong.assessment_id)
    assert "correct" not in page.handlers
    page.full.select(right.assessment_id)
    assert "correct" in page.handlers


def test_what_the_doctor_thought_and_what_to_check_stand_in_the_row(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    assessment_use_cases.state_opinion(clinic.session, made[0].assessment_id, Stance.AGREE)
    page_of(clinic).on_shown()
    clinic.settle()
    row = page_of(clinic).brief.rows_model.assessments[-1]
    assert text_of(row, Column.OPINION) == "동의"
    assert text_of(row, Column.CHECKS) == "범위 밖 1, 빈칸 1"


@pytest.mark.usefixtures("made")
def test_an_unfinished_form_is_offered_and_opens_as_it_was_left(
    clinic: OpenedClinic, patient: Patient
) -> None:
    draft = Draft(
        new_record_id(),
        patient.patient_id,
        Panel(),
        clinic.session.person.account_id,
        clinic.session.person.name,
        clinic.session.clock.now(),
    )
    assessment_use_cases.save_draft(clinic.session, draft)
    page = page_of(clinic)
    assert not page.banners.isVisible()
    page.on_shown()
    clinic.settle()
    clinic.find(Banner, "banner_draft").link_activated.emit()
    assert clinic.opened == [routes.new_assessment(patient.patient_id, None, draft.draft_id)]


def test_a_patient_without_assessment_is_told_how_to_begin(
    clinic: OpenedClinic, patient: Patient
) -> None:
    clinic.add(patient)
    show(clinic, patient)
    page = page_of(clinic)
    assert not page.trend.isVisible()
    assert "compare" not in page.handlers
    assert "print" not in page.handlers
    clinic.click("new_assessment")
    assert clinic.opened == [routes.new_assessment(patient.patient_id)]


@pytest.mark.usefixtures("made")
def test_archiving_asks_and_the_page_offers_to_restore(
    clinic: OpenedClinic, patient: Patient
) -> None:
    page = page_of(clinic)
    asked = clinic.answer(page.handlers["archive"], "dialog_accept")
    assert patient.name in asked
    assert not page.assess_button.isEnabled()
    assert "new_assessment" not in page.handlers
    clinic.find(Banner, "banner_archived").link_activated.emit()
    clinic.settle()
    assert not page.banners.isVisible()
    stored = use_cases.open_chart(clinic.session, patient.patient_id).patient
    assert not stored.is_archived


@pytest.mark.parametrize(
    ("role", "shown", "offered"),
    [
        (Role.DOCTOR, {"print_report", "new_assessment"}, {"archive", "correct", "edit_patient"}),
        (Role.STAFF, {"new_assessment"}, {"edit_patient"}),
        (Role.ADMIN, set(), set()),
    ],
)
def test_what_a_role_may_not_do_is_absent(
    qtbot: QtBot, tmp_path: Path, patient: Patient, role: Role, shown: set[str], offered: set[str]
) -> None:
    with opened_clinic(qtbot, tmp_path, role=role, pages=("patient",)) as clinic:
        clinic.add(patient, assessed(patient, AnswerState.BELOW, 1, DAYS[0]))
        show(clinic, patient)
        buttons = ("print_report", "new_assessment")
        assert {name for name in buttons if clinic.find(QWidget, name).isVisible()} == shown
        asked = {"archive", "correct", "edit_patient"}
        assert asked & page_of(clinic).handlers.keys() == offered


@pytest.mark.usefixtures("made")
def test_tabs_and_panes_are_reached_by_keyboard(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    page.handlers["next_tab"]()
    assert page.tabs.currentIndex() == 1
    page.handlers["next_pane"]()
    assert page.full.hasFocus()
    page.handlers["previous_tab"]()
    page.handlers["next_pane"]()
    assert page.trend.chart.hasFocus()
    page.handlers["next_pane"]()
    assert page.brief.hasFocus()


def test_on_a_tab_without_a_table_the_keyboard_is_on_the_tabs(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    clinic.navigator.go(routes.patient(made[0].patient_id, "details"))
    clinic.settle()
    assert clinic.focused.isVisible()
    assert clinic.focused is page_of(clinic).tabs.tabBar()


def test_the_menu_of_a_row_offers_what_the_keys_do(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    page = page_of(clinic)
    page.menu_wanted.emit(QPoint(10, 10))
    menu = page.findChild(QMenu, "assessment_menu")
    assert menu is not None
    texts = [action.text() for action in menu.actions() if action.text()]
    assert texts == ["결과 열기", "두 평가 비교", "고친 판 만들기"]
    menu.actions()[-1].trigger()
    menu.close()
    expected = routes.new_assessment(made[0].patient_id, corrects=made[-1].assessment_id)
    assert clinic.opened == [expected]


def test_the_page_comes_back_as_it_was_after_a_change_of_language(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    page = page_of(clinic)
    page.trend.show_measure(Measure.CRP)
    page.brief.select(made[0].assessment_id)
    page.step_tab(1)
    clinic.window.rebuild()
    clinic.settle()
    again = page_of(clinic)
    assert again is not page
    assert again.tabs.currentIndex() == 1
    assert again.trend.measure is Measure.CRP
    assert selected(clinic) == made[0].assessment_id


def test_a_key_held_while_the_page_opens_does_not_change_the_selection(
    clinic: OpenedClinic, made: list[Assessment]
) -> None:
    page = page_of(clinic)
    QTest.keyPress(clinic.window, Qt.Key.Key_F24, Qt.KeyboardModifier.ControlModifier)
    page.on_shown()
    clinic.settle()
    page.brief.select(made[0].assessment_id)
    chosen = page.brief.selected()
    QTest.keyRelease(clinic.window, Qt.Key.Key_F24, Qt.KeyboardModifier.NoModifier)
    assert chosen == (made[0].assessment_id,)
