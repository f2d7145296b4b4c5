"""The addresses of the pages: a name and what the page is about."""

from dataclasses import dataclass

from desktop_app.domain.identifiers import RecordId


@dataclass(frozen=True)
class Route:
    """Where to go; only what the named page needs is set."""

    name: str
    patient_id: RecordId | None = None
    assessment_id: RecordId | None = None
    other_id: RecordId | None = None
    corrects: RecordId | None = None
    draft_id: RecordId | None = None
    tab: str | None = None
    section: str | None = None
    search: str | None = None


def patients(search: str | None = None) -> Route:
    """Lead to the patient list, or to a search in it."""
    return Route("patients", search=search)


def register_patient() -> Route:
    """Lead to the form of a new patient."""
    return Route("register_patient")


def edit_patient(patient_id: RecordId) -> Route:
    """Lead to a patient's details."""
    return Route("edit_patient", patient_id=patient_id)


def patient(patient_id: RecordId, tab: str | None = None) -> Route:
    """Lead to a patient's page."""
    return Route("patient", patient_id=patient_id, tab=tab)


def new_assessment(
    patient_id: RecordId,
    corrects: RecordId | None = None,
    draft_id: RecordId | None = None,
) -> Route:
    """Lead to the assessment form: empty, from a draft, or as a correction."""
    return Route("new_assessment", patient_id=patient_id, corrects=corrects, draft_id=draft_id)


def result(assessment_id: RecordId) -> Route:
    """Lead to the result of an assessment."""
    return Route("result", assessment_id=assessment_id)


def compare(first: RecordId, second: RecordId) -> Route:
    """Lead to two assessments side by side."""
    return Route("compare", assessment_id=first, other_id=second)


def settings(section: str | None = None) -> Route:
    """Lead to the settings."""
    return Route("settings", section=section)


def sync() -> Route:
    """Lead to the sync centre."""
    return Route("sync")


def conflict(patient_id: RecordId) -> Route:
    """Lead to the two versions of a patient that was changed in two places."""
    return Route("conflict", patient_id=patient_id)
