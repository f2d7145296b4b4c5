"""What somebody else stored meanwhile, where it differs from the form."""

from collections.abc import Mapping
from datetime import date

from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import PatientDetails, Sex
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.patient_words import doctor_name, sex_text

_LABEL_KEYS = {
    "name": "register.name_plain",
    "chart_number": "common.chart_number",
    "birth_date": "common.birth_date",
    "sex": "register.sex_plain",
    "phone": "register.phone_plain",
    "doctor_id": "register.doctor_plain",
    "exposure_start": "register.exposure_start_plain",
    "exposure_end": "register.exposure_end_plain",
    "exposure_work": "register.exposure_work_plain",
}


def describe_differences(
    stored: PatientDetails, typed: PatientDetails, doctors: Mapping[RecordId, str]
) -> str:
    """Return the stored values that the form would replace, in words; empty if there are none."""
    return ", ".join(
        f"{tr(key)} {_worded(stored, attribute, doctors)}"
        for attribute, key in _LABEL_KEYS.items()
        if getattr(stored, attribute) != getattr(typed, attribute)
    )


def _worded(stored: PatientDetails, attribute: str, doctors: Mapping[RecordId, str]) -> str:
    if attribute == "doctor_id":
        return doctor_name(stored, doctors) or tr("register.none")
    value = getattr(stored, attribute)
    if isinstance(value, Sex):
        return sex_text(value)
    if isinstance(value, date):
        return format_date(value)
    return str(value) if value else tr("register.none")
