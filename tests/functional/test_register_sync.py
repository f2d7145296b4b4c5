"""The patient form where other workstations have patients and doctors of their own."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QLineEdit, QWidget
from pytestqt.qtbot import QtBot

from desktop_app.application import patients as use_cases
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.register.view import RegisterPage
from tests.fakes.samples import sample_patient
from tests.functional.opened_clinic import OpenedClinic, opened_clinic, renamed


@pytest.fixture
def clinic(qtbot: QtBot, tmp_path: Path) -> Iterator[OpenedClinic]:
    with opened_clinic(qtbot, tmp_path, pages=("register_patient", "edit_patient")) as opened:
        yield opened


@pytest.fixture
def theirs(clinic: OpenedClinic) -> Patient:
    """A patient from another workstation, and an open window."""
    patient = sample_patient("홍길동", "00412758", doctor_id=new_record_id(), doctor_name="최도윤")
    with clinic.session.unit_of_work() as work:
        work.patients.add(patient, is_from_server=True)
        work.commit()
    clinic.show()
    return patient


def edit(clinic: OpenedClinic, patient: Patient) -> RegisterPage:
    clinic.navigator.go(routes.edit_patient(patient.patient_id))
    clinic.settle()
    assert isinstance(clinic.page, RegisterPage)
    return clinic.page


def retype(clinic: OpenedClinic, **texts: str) -> None:
    for name, text in texts.items():
        field = clinic.find(QLineEdit, f"field_{name}")
        field.setFocus()
        field.selectAll()
        field.insert(text)
        clinic.press(Qt.Key.Key_Tab)


def stored(clinic: OpenedClinic, patient: Patient) -> Patient:
    return use_cases.open_chart(clinic.session, patient.patient_id).patient


def test_a_doctor_of_another_workstation_is_chosen_and_kept(
    clinic: OpenedClinic, theirs: Patient
) -> None:
    edit(clinic, theirs)
    box = clinic.find(QComboBox, "field_doctor")
    assert box.currentText() == "최도윤"
    assert [box.itemText(at) for at in range(box.count())] == ["정하지 않음", "김하늘", "최도윤"]
    retype(clinic, phone="010-0000-0001")
    clinic.click("save_patient")
    wanted = replace(theirs.details, phone="010-0000-0001")
    assert stored(clinic, theirs).details == wanted


def test_another_doctor_can_take_over(clinic: OpenedClinic, theirs: Patient) -> None:
    edit(clinic, theirs)
    clinic.find(QComboBox, "field_doctor").setCurrentIndex(1)
    clinic.click("save_patient")
    details = stored(clinic, theirs).details
    person = clinic.session.person
    assert (details.doctor_id, details.doctor_name) == (person.account_id, person.name)


def test_a_doctor_whom_another_workstation_set_meanwhile_is_named(
    clinic: OpenedClinic, theirs: Patient
) -> None:
    page = edit(clinic, theirs)
    with clinic.session.unit_of_work() as work:
        changed = renamed(theirs, doctor_id=new_record_id(), doctor_name="정다온")
        work.patients.update(changed, expected_version=1, is_from_server=True)
        work.commit()
    retype(clinic, phone="010-0000-0001")
    clinic.click("save_patient")
    assert "담당 의사 정다온" in page.banner.accessibleName()
    clinic.click("save_patient")
    assert stored(clinic, theirs).details.doctor_name == "최도윤"


def test_a_patient_from_the_server_is_a_possible_duplicate(
    clinic: OpenedClinic, theirs: Patient
) -> None:
    clinic.navigator.go(routes.register_patient())
    clinic.settle()
    retype(clinic, name="홍길순", chart_number=theirs.chart_number)
    panel = clinic.find(QWidget, "matches")
    clinic.qtbot.waitUntil(panel.isVisible)
    clinic.settle()
    assert "홍길동" in clinic.find(QWidget, "match_1").accessibleName()
