"""How a patient and the assessments stand towards the server, said on the patient's page."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.account import Role
from desktop_app.domain.assessment import AnswerState, Assessment
from desktop_app.domain.exchange import (
    DELETED,
    Delivery,
    RecordKind,
    Refusal,
)
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.patient.timeline_rows import Column
from desktop_app.gui.patient.view import PatientPage
from desktop_app.gui.patients.view import PatientsPage
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.label import Label
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, assessed, opened_clinic
from tests.functional.patient_pages import DAYS, assess_thrice, cells, show
from tests.functional.record_states import know, stand, tell
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


def tooltip(page: PatientPage, row: int, column: Column) -> str:
    at = page.brief.rows_model.columns.index(column)
    return str(page.brief.rows_model.index(row, at).data(Qt.ItemDataRole.ToolTipRole))


def banner(clinic: OpenedClinic, name: str) -> str:
    found = clinic.page.findChild(Banner, f"banner_{name}")
    return found.accessibleName() if found is not None and found.isVisible() else ""


def link(clinic: OpenedClinic, name: str) -> QPushButton | None:
    found = clinic.find(Banner, f"banner_{name}").findChild(QPushButton)
    return found if found is not None and found.isVisible() else None


# -- how the assessments stand


def test_each_assessment_says_how_it_stands_and_why(
    clinic: OpenedClinic, patient: Patient, made: list[Assessment]
) -> None:
    stand(clinic, patient, made[2], state=Delivery.WAITING)
    stand(clinic, patient, made[1], state=Delivery.REFUSED)
    page = show(clinic, patient)
    assert cells(page, Column.SYNC) == ["대기", "거절됨", "확인됨"]
    assert not page.brief.isColumnHidden(page.brief.rows_model.columns.index(Column.SYNC))
    assert "기다립니다" in tooltip(page, 0, Column.SYNC)
    assert "“model meso_xgb_v1 is not registered” (409)" in tooltip(page, 1, Column.SYNC)
    assert "확인했습니다" in tooltip(page, 2, Column.SYNC)
    assert made[1].number in tooltip(page, 1, Column.DATE)


def test_what_the_server_computed_otherwise_or_deleted_is_marked(
    clinic: OpenedClinic, patient: Patient, made: list[Assessment]
) -> None:
    know(clinic, made[2].assessment_id, RecordKind.ASSESSMENT, server_check="mismatch")
    know(clinic, made[1].assessment_id, RecordKind.ASSESSMENT, is_deleted=True)
    page = show(clinic, patient)
    words = ["확인됨 · 서버 계산 다름", "서버에서 지워짐", "확인됨"]
    assert cells(page, Column.SYNC) == words
    assert "다릅니다" in tooltip(page, 0, Column.SYNC)


@pytest.mark.usefixtures("made")
def test_the_servers_words_are_never_markup(
    clinic: OpenedClinic, patient: Patient, made: list[Assessment]
) -> None:
    reason = Refusal("<img src='x'>", 400)
    stand(clinic, patient, made[2], state=Delivery.REFUSED, reason=reason)
    tell(clinic, patient, RecordKind.PRESCRIPTION, "<b>처방</b>", words="<i>1일 3회</i>")
    page = show(clinic, patient)
    assert "&lt;img" in tooltip(page, 0, Column.SYNC)
    plain = Qt.TextFormat.PlainText
    labels = clinic.find(QWidget, "prescriptions_card").findChildren(Label)
    assert {one.textFormat() for one in labels if "<" in one.text()} == {plain}


# -- how the patient stands


@pytest.mark.usefixtures("made")
def test_a_conflict_leads_to_the_decision(clinic: OpenedClinic, patient: Patient) -> None:
    stand(clinic, patient, state=Delivery.CONFLICT)
    page = show(clinic, patient)
    assert "두 곳에서 바뀌었습니다" in banner(clinic, "conflict")
    assert clinic.find(Banner, "banner_conflict").property("banner") == "warn"
    button = link(clinic, "conflict")
    assert button is not None
    clinic.find(QWidget, "new_assessment").setFocus()
    QTest.keyClick(clinic.focused, Qt.Key.Key_Tab)
    assert clinic.focused is button
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    assert clinic.opened == [routes.conflict(patient.patient_id)]
    assert page.details.findChild(Label, "standing") is not None


@pytest.mark.parametrize("role", [Role.STAFF, Role.ADMIN])
def test_who_may_not_decide_a_conflict_reads_who_does(
    qtbot: QtBot, tmp_path: Path, patient: Patient, role: Role
) -> None:
    with sync_clinic(qtbot, tmp_path, role=role, pages=("patient",)) as clinic:
        clinic.add(patient)
        stand(clinic, patient, state=Delivery.CONFLICT)
        show(clinic, patient)
        assert "의사가" in banner(clinic, "conflict")
        assert link(clinic, "conflict") is None


@pytest.mark.usefixtures("made")
def test_a_refused_patient_comes_with_the_reason(clinic: OpenedClinic, patient: Patient) -> None:
    reason = Refusal("phone: not a number", 400)
    stand(clinic, patient, state=Delivery.REFUSED, reason=reason)
    page = show(clinic, patient)
    assert "“phone: not a number” (400)" in banner(clinic, "refused")
    assert clinic.find(Banner, "banner_refused").property("banner") == "err"
    page.tabs.setCurrentIndex(2)
    assert "“phone: not a number” (400)" in clinic.find(Label, "standing").text()


@pytest.mark.usefixtures("made")
@pytest.mark.parametrize("is_waiting", [True, False])
def test_a_patient_deleted_on_the_server_stays_here(
    clinic: OpenedClinic, patient: Patient, *, is_waiting: bool
) -> None:
    if is_waiting:
        stand(clinic, patient, state=Delivery.REFUSED, reason=DELETED)
    know(clinic, patient.patient_id, RecordKind.PATIENT, is_deleted=True)
    show(clinic, patient)
    assert "서버에서 지워졌습니다" in banner(clinic, "deleted")
    assert clinic.find(Banner, "banner_deleted").property("banner") == "info"
    assert not banner(clinic, "refused")


@pytest.mark.usefixtures("made")
def test_a_shared_chart_number_leads_to_both_patients(
    clinic: OpenedClinic, patient: Patient
) -> None:
    other = sample_patient("성춘향", patient.chart_number)
    with clinic.session.unit_of_work() as work:
        work.patients.add(other, is_from_server=True)
        work.commit()
    clinic.add(sample_patient("월매", "0099"))
    show(clinic, other)
    assert "차트번호가 같은" in banner(clinic, "same_number")
    button = link(clinic, "same_number")
    assert button is not None
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    clinic.settle()
    page = clinic.page
    assert isinstance(page, PatientsPage)
    assert page.search.text() == patient.chart_number
    assert {row.patient.name for row in page.model.rows} == {patient.name, "성춘향"}


@pytest.mark.usefixtures("made")
def test_a_doctor_of_another_workstation_stands_in_the_bar(clinic: OpenedClinic) -> None:
    patient = clinic.add(
        sample_patient("월매", "7", doctor_id=new_record_id(), doctor_name="최도윤")
    )
    page = show(clinic, patient)
    assert "담당 최도윤" in page.bar.accessibleName()


# -- without a server


def test_without_a_server_the_page_is_as_it_was(
    qtbot: QtBot, tmp_path: Path, patient: Patient
) -> None:
    with opened_clinic(qtbot, tmp_path, pages=("patient",)) as clinic:
        clinic.add(patient, assessed(patient, AnswerState.BELOW, 1, DAYS[0]))
        stand(clinic, patient, state=Delivery.REFUSED)
        page = show(clinic, patient)
        for table in (page.brief, page.full):
            assert table.isColumnHidden(table.rows_model.columns.index(Column.SYNC))
        assert not page.banners.isVisible()
        assert not page.overview.cards.isVisible()
        assert page.details.findChild(Label, "standing") is None
        page.tabs.setCurrentIndex(3)
        clinic.settle()
        history = page.history.table
        heads = [
            history.model().headerData(at, Qt.Orientation.Horizontal)
            for at in range(4)
            if not history.isColumnHidden(at)
        ]
        assert heads == ["언제", "누가", "바뀐 것"]


# -- after a sync


def test_the_page_is_read_anew_and_stays_as_it_is(
    clinic: OpenedClinic, patient: Patient, made: list[Assessment]
) -> None:
    stand(clinic, patient, made[2], state=Delivery.WAITING)
    page = show(clinic, patient)
    page.brief.select(made[0].assessment_id)
    page.tabs.setCurrentIndex(1)
    stand(clinic, patient, made[2])
    tell(clinic, patient, RecordKind.ASSESSMENT, "x", days_ago=1, probability=0.2, label=0)
    clinic.navigator.records_synced.emit()
    clinic.settle()
    assert cells(page, Column.SYNC) == ["", "확인됨", "확인됨", "확인됨"]
    assert page.full.selected() == page.brief.selected() == (made[0].assessment_id,)
    assert page.tabs.currentIndex() == 1


def test_a_long_timeline_does_not_move(clinic: OpenedClinic, patient: Patient) -> None:
    days = [date(2025, 1, 1) + timedelta(days=at) for at in range(40)]
    clinic.add(patient, *(assessed(patient, AnswerState.ABOVE, 1, day) for day in days))
    page = show(clinic, patient)
    page.tabs.setCurrentIndex(1)
    bar = page.full.verticalScrollBar()
    bar.setValue(bar.maximum() - 3)
    place = bar.value()
    assert place > 0
    clinic.navigator.records_synced.emit()
    clinic.settle()
    assert bar.value() == place


def test_a_banner_goes_when_it_is_solved(
    clinic: OpenedClinic, patient: Patient, made: list[Assessment]
) -> None:
    stand(clinic, patient, state=Delivery.CONFLICT)
    show(clinic, patient)
    stand(clinic, patient)
    clinic.navigator.records_synced.emit()
    clinic.settle()
    assert not banner(clinic, "conflict")
