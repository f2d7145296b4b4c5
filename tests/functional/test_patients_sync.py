"""The list says of each patient how far the records got on their way to the server."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.domain.sync import ServerSettings
from desktop_app.gui.patients.model import ROW_ROLE, Column
from desktop_app.gui.patients.view import PatientsPage
from desktop_app.gui.texts import LANGUAGES
from desktop_app.gui.widgets.sync_chip import SyncChip
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, assessed
from tests.functional.record_states import stand
from tests.functional.sync_clinic import sync_clinic

TODAY = date(2026, 3, 17)
STATES = {
    "홍길동": Delivery.WAITING,
    "성춘향": Delivery.CONFIRMED,
    "임꺽정": Delivery.CONFLICT,
    "전우치": Delivery.REFUSED,
}


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with sync_clinic(qtbot, tmp_path, pages=("patients",)) as opened:
        yield opened


@pytest.fixture
def made(clinic: OpenedClinic) -> dict[str, Patient]:
    """A patient in each state, the first assessed last."""
    made = {}
    for at, (name, state) in enumerate(STATES.items()):
        patient = made[name] = sample_patient(name, f"0041{at}758")
        day = TODAY - timedelta(days=at)
        clinic.add(patient, assessed(patient, AnswerState.CANNOT_SAY, at + 1, day))
        stand(clinic, patient, state=state)
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


def words(clinic: OpenedClinic) -> list[str]:
    model = page_of(clinic).model
    return [str(model.index(at, Column.SYNC).data()) for at in range(len(model.rows))]


@pytest.mark.usefixtures("made")
def test_every_row_says_how_its_records_stand(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    assert not page.table.isColumnHidden(Column.SYNC)
    assert words(clinic) == ["대기", "확인됨", "충돌", "거절됨"]
    spoken = page.model.index(2, Column.SYNC).data(Qt.ItemDataRole.AccessibleTextRole)
    assert spoken == "동기화 충돌"


@pytest.mark.usefixtures("made")
def test_the_preview_says_it_of_the_selected_patient(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    chip = page.preview.findChild(SyncChip)
    assert chip is not None
    seen = []
    for at in range(4):
        page.table.choose(at)
        assert chip.isVisible()
        seen.append(chip.accessibleName())
    assert seen == ["대기", "확인됨", "충돌", "거절됨"]


@pytest.mark.usefixtures("made")
def test_the_filter_holds_whom_the_server_lacks(clinic: OpenedClinic) -> None:
    button = clinic.find(QToolButton, "filter_not_synced")
    assert button.text() == "동기화 안 됨 3"
    clinic.click("filter_not_synced")
    assert names(clinic) == ["홍길동", "임꺽정", "전우치"]


@pytest.mark.usefixtures("made")
def test_the_column_can_be_put_away(clinic: OpenedClinic) -> None:
    page = page_of(clinic)
    menu = clinic.find(QToolButton, "columns").menu()
    menu.aboutToShow.emit()
    sync = next(action for action in menu.actions() if action.text() == "동기화")
    sync.setChecked(False)
    assert page.table.isColumnHidden(Column.SYNC)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("size", [(1366, 768), (1280, 680)])
def test_the_column_has_room_in_the_usual_windows(
    qtbot: QtBot, tmp_path: Path, language: str, size: tuple[int, int]
) -> None:
    with sync_clinic(qtbot, tmp_path, pages=("patients",), language=language, size=size) as clinic:
        patient = sample_patient()
        clinic.add(patient, assessed(patient, AnswerState.ABOVE, 1, TODAY))
        clinic.show()
        table = page_of(clinic).table
        clinic.qtbot.waitUntil(lambda: not table.isColumnHidden(Column.SYNC))
        for column in (Column.SEX_AGE, Column.LAST, Column.PROBABILITY, Column.ANSWER):
            assert not table.isColumnHidden(column)
        widths = [table.columnWidth(column) for column in Column]
        assert sum(widths) == table.viewport().width()


def test_without_a_server_nothing_of_it_shows(
    clinic: OpenedClinic, made: dict[str, Patient]
) -> None:
    clinic.click("filter_not_synced")
    assert len(names(clinic)) < len(made)
    with clinic.session.unit_of_work() as work:
        work.sync.save_settings(ServerSettings())
        work.commit()
    page = page_of(clinic)
    page.on_shown()
    clinic.settle()
    assert page.table.isColumnHidden(Column.SYNC)
    assert not clinic.find(QWidget, "filter_not_synced").isVisible()
    assert names(clinic) == list(made)
    chip = page.preview.findChild(SyncChip)
    assert chip is not None
    assert not chip.isVisible()
    menu = clinic.find(QToolButton, "columns").menu()
    menu.aboutToShow.emit()
    assert "동기화" not in [action.text() for action in menu.actions()]


# -- after a sync


def test_rows_are_read_anew_and_nothing_moves(clinic: OpenedClinic) -> None:
    people = [
        clinic.add(sample_patient(f"환자{number:03}", f"{number:08}")) for number in range(80)
    ]
    for patient in people:
        stand(clinic, patient, state=Delivery.WAITING)
    clinic.show()
    page = page_of(clinic)
    page.search.set_text("환자")
    clinic.settle()
    page.table.choose(42)
    bar = page.table.verticalScrollBar()
    bar.setValue(38)
    chosen = selected(clinic)

    stand(clinic, people[79 - 42])
    clinic.navigator.records_synced.emit()
    clinic.settle()

    assert (selected(clinic), page.search.text(), bar.value()) == (chosen, "환자", 38)
    assert words(clinic)[42] == "확인됨"
    assert words(clinic)[41] == "대기"


def test_patients_who_arrive_push_the_selected_one_down_unmoved_on_the_screen(
    clinic: OpenedClinic,
) -> None:
    for number in range(80):
        clinic.add(sample_patient(f"환자{number:03}", f"{number:08}"))
    clinic.show()
    page = page_of(clinic)
    page.table.choose(30)
    top = page.table.rowViewportPosition(30)
    chosen = selected(clinic)
    for number in range(3):
        newer = clinic.session.clock.now() + timedelta(days=1)
        clinic.add(sample_patient(f"새{number}", f"N{number}", registered_at=newer))

    clinic.navigator.records_synced.emit()
    clinic.settle()

    assert selected(clinic) == chosen
    assert page.table.currentIndex().row() == 33
    assert page.table.rowViewportPosition(33) == top


def test_whoever_leaves_the_filter_leaves_the_selection_where_it_was(
    clinic: OpenedClinic, made: dict[str, Patient]
) -> None:
    clinic.click("filter_not_synced")
    page_of(clinic).table.choose(1)
    stand(clinic, made["임꺽정"])
    clinic.navigator.records_synced.emit()
    clinic.settle()
    assert names(clinic) == ["홍길동", "전우치"]
    assert selected(clinic) == "전우치"


def test_behind_the_lock_rows_are_read_anew_once_they_are_seen(
    clinic: OpenedClinic, made: dict[str, Patient]
) -> None:
    page = page_of(clinic)
    stand(clinic, made["홍길동"])
    clinic.window.hide()
    clinic.navigator.records_synced.emit()
    clinic.settle()
    assert words(clinic)[0] == "대기"
    clinic.window.show()
    clinic.settle()
    assert words(clinic)[0] == "확인됨"
    assert page.isVisible()


@pytest.mark.usefixtures("made")
def test_a_list_that_is_gone_is_not_asked(clinic: OpenedClinic) -> None:
    clinic.window.rebuild()
    clinic.settle()
    clinic.navigator.records_synced.emit()
    clinic.settle()
    assert words(clinic)[0] == "대기"


# -- whose doctor works elsewhere


def test_a_doctor_of_another_workstation_is_named(clinic: OpenedClinic) -> None:
    clinic.add(sample_patient(doctor_id=new_record_id(), doctor_name="최도윤"))
    clinic.show()
    page = page_of(clinic)
    row = page.model.index(0, Column.DOCTOR)
    assert row.data(ROW_ROLE).patient.details.doctor_name == "최도윤"
    assert row.data() == "최도윤"
    assert clinic.find(QWidget, "preview_doctor").accessibleName() == "최도윤"
