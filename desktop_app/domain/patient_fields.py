"""A patient as fields by name: what is exchanged, compared and kept as history."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any

from desktop_app.domain.exchange import Fields
from desktop_app.domain.identifiers import RecordId, parse_record_id
from desktop_app.domain.patient import Patient, PatientDetails, Sex

# Records are told apart by these; nobody but a person decides about them.
IDENTIFYING = ("name", "chart_number", "birth_date")


@dataclass(frozen=True)
class PatientVersion:
    """One version of a patient as it was; `change_id` names the change that made it.

    `is_ours` tells that it was made on this workstation, not taken from the server.
    """

    patient_id: RecordId
    version: int
    change_id: RecordId
    fields: Fields
    changed_at: datetime
    author_name: str
    is_ours: bool = True
    author_id: RecordId | None = None


def fields_of(patient: Patient) -> dict[str, Any]:
    """Return everything that is exchanged of a patient."""
    details = patient.details
    return {
        "name": details.name,
        "chart_number": details.chart_number,
        "birth_date": patient.birth_date.isoformat(),
        "sex": None if details.sex is None else details.sex.value,
        "phone": details.phone,
        "doctor": None
        if details.doctor_id is None
        else {"id": str(details.doctor_id), "name": details.doctor_name},
        "exposure_start": details.exposure_start,
        "exposure_end": details.exposure_end,
        "exposure_work": details.exposure_work,
        "is_archived": patient.is_archived,
        "registered_at": moment_text(patient.registered_at),
    }


def details_from(fields: Fields) -> PatientDetails:
    """Return the details that fields hold, empty where one is absent; ValueError if one is none."""
    doctor, born, sex = fields.get("doctor"), fields.get("birth_date"), fields.get("sex")
    return PatientDetails(
        name=fields.get("name", ""),
        chart_number=fields.get("chart_number", ""),
        birth_date=None if born is None else date.fromisoformat(born),
        sex=None if sex is None else Sex(sex),
        phone=fields.get("phone", ""),
        doctor_id=None if doctor is None else parse_record_id(doctor["id"]),
        doctor_name="" if doctor is None else doctor["name"],
        exposure_start=fields.get("exposure_start"),
        exposure_end=fields.get("exposure_end"),
        exposure_work=fields.get("exposure_work", ""),
    )


def with_fields(patient: Patient, fields: Fields, at: datetime) -> Patient:
    """Return the patient's next version, with these fields; ValueError if one is none."""
    return replace(
        patient,
        details=details_from(fields),
        is_archived=bool(fields["is_archived"]),
        registered_at=datetime.fromisoformat(fields["registered_at"]),
        version=patient.version + 1,
        changed_at=at,
    )


def moment_text(moment: datetime) -> str:
    """Return a moment as it is exchanged, in UTC."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
