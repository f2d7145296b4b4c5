"""What other programs recorded about a patient, and every version of the patient, to read."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application.patients import list_history
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.exchange import RecordKind
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.patient.timeline_rows import Column, ForeignRow
from desktop_app.gui.widgets.label import Label
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic
from tests.functional.patient_pages import assess_thrice, cells, show
from tests.functional.record_states import stand, tell
from tests.functional.sync_clinic import sync_clinic


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with sync_clinic(qtbot, tmp_path, pages=("patients", "patient")) as opened:
        yield opened


@pytest.fixture
def patient() -> Patient:
    return sample_patient()


@pytest.fixture
def made(clinic: OpenedClinic, patient: Patient) -> list[Assessment]:
    """Three assessments, oldest first, of a patient whom the server has."""
    made = assess_thrice(clinic, patient)
    stand(clinic, patient)
    return made


# -- what other programs made


@pytest.mark.usefixtures("made")
def test_outcomes_and_prescriptions_stand_beside_the_timeline(
    clinic: OpenedClinic, patient: Patient
) -> None:
    tell(clinic, patient, RecordKind.PRESCRIPTION, "처방", days_ago=5, words="1일 3회")
    tell(clinic, patient, RecordKind.PRESCRIPTION, "메모", words="3개월 뒤 추적", is_deleted=True)
    page = show(clinic, patient)
    card = clinic.find(QWidget, "prescriptions_card")
    texts = [label.text() for label in card.findChildren(Label)]
    assert texts == [
        "처방·메모",
        "다른 프로그램의 기록",
        "메모",
        "오늘 05:20 · 이도윤 · 서버에서 지워짐",
        "3개월 뒤 추적",
        "처방",
        "3월 12일 · 이도윤",
        "1일 3회",
    ]
    assert not clinic.find(QWidget, "outcomes_card").isVisible()
    tell(clinic, patient, RecordKind.OUTCOME, "흉막 중피종")
    page.on_shown()
    clinic.settle()
    assert clinic.find(QWidget, "outcomes_card").isVisible()


def test_a_prediction_of_another_program_is_told_apart(
    clinic: OpenedClinic, patient: Patient, made: list[Assessment]
) -> None:
    tell(
        clinic,
        patient,
        RecordKind.ASSESSMENT,
        "meso_xgb_v1",
        days_ago=10,
        probability=0.66,
        label=1,
    )
    tell(
        clinic,
        patient,
        RecordKind.ASSESSMENT,
        "x",
        days_ago=100,
        probability=0.22,
        label=0,
        is_deleted=True,
    )
    page = show(clinic, patient)
    assert cells(page, Column.PROBABILITY) == [
        "다른 프로그램의 예측 0.66 · 라벨 1 · 이도윤",
        "0.31",
        "다른 프로그램의 예측 0.22 · 라벨 0 · 이도윤 · 서버에서 지워짐",
        "0.49",
        "0.15",
    ]
    assert cells(page, Column.ANSWER)[0] == cells(page, Column.RANGE)[0] == ""
    assert "0.66" not in page.trend.chart.accessibleName()
    assert page.tabs.tabText(1) == "평가  3"
    assert len(page.full.rows_model.rows) == 5
    assert page.brief.selected() == (made[2].assessment_id,)


def test_a_prediction_of_another_program_can_be_read_and_not_opened(
    clinic: OpenedClinic, patient: Patient, made: list[Assessment]
) -> None:
    tell(
        clinic,
        patient,
        RecordKind.ASSESSMENT,
        "meso_xgb_v1",
        days_ago=10,
        probability=0.41,
        label=1,
    )
    page = show(clinic, patient)
    page.brief.setFocus()
    clinic.press(Qt.Key.Key_Up)
    assert isinstance(page.brief.rows_model.rows[page.brief.currentIndex().row()], ForeignRow)
    assert page.brief.selected() == ()
    assert not {"print", "correct"} & page.handlers.keys()
    clinic.press(Qt.Key.Key_Return)
    assert clinic.opened == []
    clinic.press(Qt.Key.Key_Down)
    clinic.press(Qt.Key.Key_Return)
    assert clinic.opened == [routes.result(made[2].assessment_id)]


def test_a_patient_with_nothing_but_anothers_prediction(
    clinic: OpenedClinic, patient: Patient
) -> None:
    clinic.add(patient)
    tell(clinic, patient, RecordKind.ASSESSMENT, "meso_xgb_v1", probability=0.41, label=1)
    page = show(clinic, patient)
    assert not page.trend.isVisible()
    assert page.brief.isVisible()
    assert len(cells(page, Column.DATE)) == 1
    assert page.selected() is None


def test_f6_reaches_what_other_programs_recorded(
    clinic: OpenedClinic, patient: Patient, made: list[Assessment]
) -> None:
    tell(clinic, patient, RecordKind.OUTCOME, "흉막 중피종")
    page = show(clinic, patient)
    page.brief.setFocus()
    page.handlers["next_pane"]()
    assert clinic.focused is page.overview.cards


# -- the history


@pytest.mark.usefixtures("made")
def test_the_history_is_read_when_it_is_looked_at(clinic: OpenedClinic, patient: Patient) -> None:
    page = show(clinic, patient)
    with clinic.session.unit_of_work() as work:
        before = work.audit.count()
    assert page.history.table.rowCount() == 0
    page.tabs.setCurrentIndex(3)
    clinic.settle()
    with clinic.session.unit_of_work() as work:
        assert work.audit.count() == before + 1
    table = page.history.table
    row = [table.item(0, at).text() for at in range(4)]  # type: ignore[union-attr]  # filled
    assert row == ["2026-03-17 03:00", "김하늘", "이 컴퓨터", "환자를 등록했습니다."]
    assert len(list_history(clinic.session, patient.patient_id)) == table.rowCount() == 1
    page.handlers["next_pane"]()
    page.tabs.tabBar().setFocus()
    page.handlers["next_pane"]()
    assert table.hasFocus()
