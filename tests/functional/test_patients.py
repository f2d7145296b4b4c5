"""A doctor finds a patient: search while composing, filters, order, keyboard, preview, archive."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application import patients as use_cases
from desktop_app.application.ports import PatientFilter
from desktop_app.domain.account import Role
from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.draft import Draft
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.panel import Panel
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.patients.model import Column
from desktop_app.gui.patients.view import PatientsPage
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, assessed, opened_clinic

TODAY = date(2026, 3, 17)
FEW = {
    "홍길동": AnswerState.CANNOT_SAY,
    "성춘향": AnswerState.BELOW,
    "임꺽정": AnswerState.ABOVE,
    "하연지": AnswerState.CANNOT_SAY,
}


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, pages=("patients",)) as opened:
        yield opened


@pytest.fixture
def few(clinic: OpenedClinic) -> dict[str, Patient]:
    """Four assessed patients, one a day earlier than the next, and one never assessed."""
    made = {}
    for at, (name, state) in enumerate(FEW.items()):
        born = date(1958, 8, 21) - timedelta(days=400 * at)
        patient = sample_patient(name, f"0041{at}758", birth_date=born)
        made[name] = clinic.add(
            patient, assessed(patient, state, at + 1, TODAY - timedelta(days=at))
        )
    made["월매"] = clinic.add(sample_patient("월매", "00500001", birth_date=date(1990, 1, 2)))
    clinic.show()
    return made


def page_of(clinic: OpenedClinic) -> PatientsPage:
    assert isinstance(clinic.page, PatientsPage)
    return clinic.page


def names(clinic: OpenedClinic) -> list[str]:
    return [row.patient.name for row in page_of(clinic).model.rows]


def selected(clinic: OpenedClinic) -> str:
    row = page_of(clinic).table.selected()
    return row.patient.name if row else ""


def search(clinic: OpenedClinic, text: str) -> None:
    page_of(clinic).search.set_text(text)
    clinic.settle()


@pytest.mark.usefixtures("few")
def test_newest_assessments_come_first_and_the_never_assessed_last(clinic: OpenedClinic) -> None:
    assert names(clinic) == ["홍길동", "성춘향", "임꺽정", "하연지", "월매"]
    assert selected(clinic) == "홍길동"


@pytest.mark.usefixtures("few")
def test_a_syllable_still_being_composed_finds_its_patients(clinic: OpenedClinic) -> None:
    clinic.compose("ㅎ")
    assert names(clinic) == ["홍길동", "성춘향", "하연지"]

    clinic.compose("호", "홍")
    assert names(clinic) == ["홍길동"]
    assert page_of(clinic).search.line.text() == ""

    clinic.compose(commit="홍")
    assert names(clinic) == ["홍길동"]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("ㅇㄲㅈ", ["임꺽정"]),
        ("춘향", ["성춘향"]),
        ("00411", ["성춘향"]),
        ("1990-01", ["월매"]),
        ("19900102", ["월매"]),
        ("홍길동 00410", ["홍길동"]),
    ],
)
def test_one_box_searches_name_initials_number_and_birth_date(
    clinic: OpenedClinic, text: str, found: list[str]
) -> None:
    search(clinic, text)

    assert names(clinic) == found


@pytest.mark.usefixtures("few")
def test_only_the_newest_question_is_answered(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    shown: list[list[str]] = []
    page.model.modelReset.connect(lambda: shown.append(names(clinic)))

    for text in ("홍", "홍길", "성", "임", "임꺽"):
        page.search.set_text(text)
    clinic.settle()

    assert shown == [["임꺽정"]]


@pytest.mark.usefixtures("few")
def test_rows_move_and_open_while_the_search_has_the_keyboard(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    assert page.search.line.hasFocus()

    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Down)
    assert selected(clinic) == "임꺽정"
    clinic.press(Qt.Key.Key_PageDown)
    assert selected(clinic) == "월매"
    clinic.press(Qt.Key.Key_Up)
    clinic.press(Qt.Key.Key_Return)

    assert clinic.opened[-1].name == "patient"
    assert clinic.opened[-1].patient_id == page.model.rows[3].patient.patient_id


@pytest.mark.usefixtures("few")
def test_escape_clears_the_search_and_shows_everybody(clinic: OpenedClinic) -> None:
    clinic.type("0041")
    assert len(names(clinic)) == 4

    clinic.press(Qt.Key.Key_Escape)

    assert len(names(clinic)) == 5
    assert page_of(clinic).search.text() == ""


@pytest.mark.usefixtures("few")
def test_filters_hold_what_they_count(clinic: OpenedClinic) -> None:
    expected = {
        "filter_above": (["임꺽정"], "1"),
        "filter_cannot_say": (["홍길동", "하연지"], "2"),
        "filter_archived": ([], "0"),
        "filter_all": (["홍길동", "성춘향", "임꺽정", "하연지", "월매"], "5"),
    }
    for name, (found, count) in expected.items():
        clinic.click(name)
        assert names(clinic) == found
        assert clinic.find(QWidget, name).accessibleName().endswith(f" {count}")


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize(
    ("column", "first"),
    [(Column.NAME, "성춘향"), (Column.CHART, "홍길동"), (Column.SEX_AGE, "하연지")],
)
def test_a_head_orders_the_rows_and_again_the_other_way(
    clinic: OpenedClinic, column: Column, first: str
) -> None:
    header = page_of(clinic).table.horizontalHeader()

    header.sectionClicked.emit(column)
    clinic.settle()
    assert names(clinic)[0] == first

    ordered = names(clinic)
    header.sectionClicked.emit(column)
    clinic.settle()
    assert names(clinic) == ordered[::-1]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("column", [Column.PROBABILITY, Column.RANGE, Column.ANSWER, Column.TREND])
def test_no_head_orders_the_rows_by_score(clinic: OpenedClinic, column: Column) -> None:
    before = names(clinic)

    page_of(clinic).table.horizontalHeader().sectionClicked.emit(column)
    clinic.settle()

    assert names(clinic) == before


def test_every_patient_of_a_long_list_appears_once(clinic: OpenedClinic) -> None:
    for number in range(300):
        clinic.add(sample_patient(f"환자{number:03}", f"{number:08}"))
    clinic.show()
    page = page_of(clinic)
    assert len(page.model.rows) < 300

    while page.model.next_cursor is not None:
        page.table.scrollToBottom()
        clinic.settle()

    assert sorted(names(clinic)) == [f"환자{number:03}" for number in range(300)]
    clinic.press(Qt.Key.Key_Down)
    assert "2 / 300" in page.context_keys


def test_coming_back_finds_search_row_and_place_as_they_were(clinic: OpenedClinic) -> None:
    for number in range(80):
        clinic.add(sample_patient(f"환자{number:03}", f"{number:08}"))
    clinic.show()
    page = page_of(clinic)
    search(clinic, "환자")
    page.table.choose(42)
    place = page.table.verticalScrollBar().value()
    chosen = selected(clinic)
    assert place > 0

    clinic.press(Qt.Key.Key_Return)
    assert clinic.page is not page
    clinic.navigator.back()
    clinic.settle()

    assert clinic.page is page
    assert (selected(clinic), page.search.text()) == (chosen, "환자")
    assert page.table.verticalScrollBar().value() == place


@pytest.mark.usefixtures("few")
def test_a_page_built_anew_asks_the_same_question(clinic: OpenedClinic) -> None:
    search(clinic, "길동")

    clinic.window.rebuild()
    clinic.settle()

    assert names(clinic) == ["홍길동"]
    assert page_of(clinic).search.text() == "길동"


def test_archiving_asks_and_can_be_undone(clinic: OpenedClinic, few: dict[str, Patient]) -> None:
    page = page_of(clinic)
    page.table.setFocus()

    kept = clinic.answer(lambda: clinic.press(Qt.Key.Key_Delete), "dialog_reject")
    assert "홍길동" in kept
    assert "홍길동" in names(clinic)

    undo = []
    clinic.navigator.notice_raised.connect(lambda notice: undo.append(notice.act))
    clinic.answer(lambda: clinic.press(Qt.Key.Key_Delete), "dialog_accept")
    assert "홍길동" not in names(clinic)
    assert use_cases.count_patients(clinic.session)[PatientFilter.ARCHIVED] == 1

    undo[0]()
    clinic.settle()
    assert names(clinic)[0] == "홍길동"
    with clinic.session.unit_of_work() as work:
        assert work.patients.get(few["홍길동"].patient_id).version == 3


@pytest.mark.usefixtures("few")
def test_the_preview_shows_the_selected_patient_and_closes_on_a_small_window(
    clinic: OpenedClinic,
) -> None:
    page = page_of(clinic)
    assert page.preview.isVisible()
    search(clinic, "임꺽정")
    assert "임꺽정" in page.preview.accessibleName()

    clinic.window.resize(1280, 680)
    clinic.qtbot.waitUntil(lambda: not page.preview.isVisible())
    page.table.setFocus()
    clinic.press(Qt.Key.Key_Space)
    assert page.preview.isVisible()
    clinic.press(Qt.Key.Key_Backslash, Qt.KeyboardModifier.ControlModifier)
    assert not page.preview.isVisible()


@pytest.mark.usefixtures("few")
def test_columns_can_be_put_away_but_never_the_name(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    page.table.want_column(Column.CHART, is_wanted=False)
    assert page.table.isColumnHidden(Column.CHART)
    assert not page.table.isColumnHidden(Column.NAME)
    widths = [page.table.columnWidth(column) for column in Column]
    assert sum(widths) == page.table.viewport().width()


def test_a_draft_that_staff_handed_over_waits_with_its_note_beside_own_ones(
    clinic: OpenedClinic, few: dict[str, Patient]
) -> None:
    handed = Draft(
        draft_id=new_record_id(),
        patient_id=few["월매"].patient_id,
        panel=Panel({}),
        author_id=clinic.session.person.account_id,
        author_name="김하늘",
        saved_at=clinic.session.clock.now(),
        doctor_id=clinic.session.person.account_id,
        message="흉수 결과는 오후에 나옵니다.",
        handed_at=clinic.session.clock.now(),
        handed_by_name="박간호",
    )
    own = replace(
        handed,
        draft_id=new_record_id(),
        patient_id=few["홍길동"].patient_id,
        saved_at=handed.saved_at - timedelta(days=1),
        doctor_id=None,
        message="",
        handed_at=None,
        handed_by_name="",
    )
    with clinic.session.unit_of_work() as work:
        work.drafts.save(handed)
        work.drafts.save(own)
        work.commit()
    page = page_of(clinic)
    page.on_shown()
    clinic.settle()

    clinic.click("filter_drafts")
    model = page.drafts.model()
    rows = [
        [model.data(model.index(row, column)) for column in (0, 2, 3, 4)]
        for row in range(model.rowCount())
    ]
    assert rows == [
        ["월매", "박간호", "오늘 05:20", "흉수 결과는 오후에 나옵니다."],
        ["홍길동", "내 초안", "어제 05:20", ""],
    ]

    page.search.setFocus()
    clinic.press(Qt.Key.Key_Return)
    assert clinic.opened[-1].draft_id == handed.draft_id


def test_whom_one_opened_last_is_one_press_away(qtbot: QtBot, tmp_path: Path) -> None:
    with opened_clinic(qtbot, tmp_path, pages=("patients", "patient")) as clinic:
        people = [
            clinic.add(sample_patient(name, f"0041{name}")) for name in ("가희", "나희 & 다희")
        ]
        clinic.show()
        assert not clinic.find(QToolButton, "recent").isVisible()
        for patient in (people[0], people[1], people[0]):
            clinic.navigator.go(routes.patient(patient.patient_id))
            clinic.settle()
            clinic.window.back()
            clinic.settle()

        menu = clinic.find(QToolButton, "recent").menu()

        texts = [action.text() for action in menu.actions()]
        assert texts == ["가희 · 0041가희", "나희 && 다희 · 0041나희 && 다희"]
        menu.actions()[1].trigger()
        assert clinic.opened[-1] == routes.patient(people[1].patient_id)


@pytest.mark.usefixtures("few")
def test_nobody_found_says_where_else_to_look(clinic: OpenedClinic) -> None:
    search(clinic, "없는사람")
    assert clinic.find(QWidget, "empty_action").isVisible()

    clinic.click("empty_action")

    assert len(names(clinic)) == 5


def test_an_empty_clinic_offers_its_first_patient(clinic: OpenedClinic) -> None:
    clinic.show()

    clinic.click("empty_action")

    assert clinic.opened[-1] == routes.register_patient()


@pytest.mark.parametrize(
    ("role", "menu"),
    [
        (Role.DOCTOR, ["열기", "새 평가", "정보 고치기", "", "보관…"]),
        (Role.STAFF, ["열기", "새 평가", "정보 고치기"]),
        (Role.ADMIN, ["열기"]),
    ],
)
def test_the_menu_holds_what_the_role_may_do(
    qtbot: QtBot, tmp_path: Path, role: Role, menu: list[str]
) -> None:
    with opened_clinic(qtbot, tmp_path, role=role, pages=("patients",)) as clinic:
        clinic.add(sample_patient())
        clinic.show()
        page = page_of(clinic)

        page.table.customContextMenuRequested.emit(page.table.rect().center())

        shown = page.findChild(QMenu, "patient_menu")
        assert shown is not None
        assert [action.text() for action in shown.actions()] == menu
        shown.close()
        assert clinic.find(QWidget, "new_patient").isVisible() is (role is not Role.ADMIN)


@pytest.mark.usefixtures("few")
def test_the_window_keys_act_on_the_selected_patient(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    page.table.choose(1)
    chosen = page.model.rows[1].patient.patient_id

    clinic.press(Qt.Key.Key_E, Qt.KeyboardModifier.ControlModifier)
    clinic.navigator.back()
    clinic.window.actions_by_name["edit_patient"].trigger()

    assert clinic.opened == [routes.new_assessment(chosen), routes.edit_patient(chosen)]


@pytest.mark.usefixtures("few")
def test_f6_walks_through_the_panes(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    seen = []
    for _ in range(3):
        QTest.keyClick(clinic.window.focusWidget(), Qt.Key.Key_F6)
        seen.append(clinic.window.focusWidget().objectName())

    assert seen == ["patient_table", "preview_open", "search"]
    assert page.search.line.hasFocus()
