"""Turn patients into table rows and back."""

from collections.abc import Sequence
from operator import attrgetter
from typing import Any

from sqlalchemy import Row

from desktop_app.domain.hangul import normalise_name
from desktop_app.domain.patient import Patient, PatientDetails, Sex, chart_number_order
from desktop_app.infrastructure.storage.search_index import search_text
from desktop_app.infrastructure.storage.tables import patients

_DERIVED = {
    "standing",
    "listed_at",
    "position",
    "search_position",
    "name_order",
    "chart_order",
    "phone_digits",
    "search_text",
}
PATIENT_COLUMNS = [column for column in patients.c if column.name not in _DERIVED]
_BY_NAME = attrgetter(*(column.name for column in PATIENT_COLUMNS))


def patient_from(row: Row[Any]) -> Patient:
    """Rebuild a patient from the columns of any row that has them all."""
    return patient_of(_BY_NAME(row))


def patient_of(values: Sequence[Any]) -> Patient:
    """Rebuild a patient from the values of `PATIENT_COLUMNS`.

    A list unpacks its rows: asking each of them for its columns by name costs as much as finding
    them.
    """
    (
        _,
        patient_id,
        name,
        chart_number,
        birth_date,
        sex,
        phone,
        doctor_id,
        doctor_name,
        exposure_start,
        exposure_end,
        exposure_work,
        registered_at,
        changed_at,
        version,
        is_archived,
    ) = values
    return Patient(
        patient_id=patient_id,
        details=PatientDetails(
            name=name,
            chart_number=chart_number,
            birth_date=birth_date,
            sex=None if sex is None else Sex(sex),
            phone=phone,
            doctor_id=doctor_id,
            doctor_name=doctor_name,
            exposure_start=exposure_start,
            exposure_end=exposure_end,
            exposure_work=exposure_work,
        ),
        registered_at=registered_at,
        changed_at=changed_at,
        version=version,
        is_archived=is_archived,
    )


def columns_from(patient: Patient) -> dict[str, Any]:
    """Return the columns that follow from the patient alone."""
    details = patient.details
    return {
        "patient_id": patient.patient_id,
        "name": details.name,
        "chart_number": details.chart_number,
        "birth_date": patient.birth_date,
        "sex": None if details.sex is None else details.sex.value,
        "phone": details.phone,
        "doctor_id": details.doctor_id,
        "doctor_name": details.doctor_name,
        "exposure_start": details.exposure_start,
        "exposure_end": details.exposure_end,
        "exposure_work": details.exposure_work,
        "registered_at": patient.registered_at,
        "changed_at": patient.changed_at,
        "version": patient.version,
        "is_archived": patient.is_archived,
        "name_order": normalise_name(details.name).casefold(),
        "chart_order": chart_number_order(details.chart_number),
        "phone_digits": digits_of(details.phone),
        "search_text": search_text(details),
    }


def digits_of(phone: str) -> str:
    """Return the figures of a phone number."""
    return "".join(char for char in phone if char.isdigit())
