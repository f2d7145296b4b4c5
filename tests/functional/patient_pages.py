"""A patient with three assessments, and the page that shows them."""

from datetime import date

from desktop_app.domain.assessment import AnswerState, Assessment
from desktop_app.domain.patient import Patient
from desktop_app.gui import routes
from desktop_app.gui.patient.timeline_rows import Column, text_of
from desktop_app.gui.patient.view import PatientPage
from tests.functional.opened_clinic import OpenedClinic, assessed

DAYS = (date(2025, 3, 3), date(2025, 9, 16), date(2026, 1, 20))
STATES = (AnswerState.BELOW, AnswerState.ABOVE, AnswerState.CANNOT_SAY)


def assess_thrice(clinic: OpenedClinic, patient: Patient) -> list[Assessment]:
    """Store a patient with an assessment of each state, oldest first."""
    made = [assessed(patient, state, 1, day) for state, day in zip(STATES, DAYS, strict=True)]
    clinic.add(patient, *made)
    return made


def show(clinic: OpenedClinic, patient: Patient) -> PatientPage:
    """Show the patient's page; what was opened on the way there is forgotten."""
    if clinic.window.pages is None:
        clinic.show()
    clinic.navigator.go(routes.patient(patient.patient_id))
    clinic.settle()
    clinic.opened.clear()
    assert isinstance(clinic.page, PatientPage)
    return clinic.page


def cells(page: PatientPage, column: Column) -> list[str]:
    """Return what a column of the page's brief table says, newest first."""
    return [text_of(row, column) for row in page.brief.rows_model.rows]
