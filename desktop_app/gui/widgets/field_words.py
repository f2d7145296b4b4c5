"""How every screen words the exchanged fields of a patient and their values."""

from collections.abc import Mapping
from datetime import datetime

from desktop_app.domain.patient import Sex
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.patient_words import sex_text

_LABEL_KEYS = {
    "name": "register.name_plain",
    "chart_number": "common.chart_number",
    "birth_date": "common.birth_date",
    "sex": "register.sex_plain",
    "phone": "register.phone_plain",
    "doctor": "register.doctor_plain",
    "exposure_start": "register.exposure_start_plain",
    "exposure_end": "register.exposure_end_plain",
    "exposure_work": "register.exposure_work_plain",
    "is_archived": "person.archived",
    "registered_at": "patient.registered",
}


def field_label(name: str) -> str:
    """Return what a field is called."""
    return tr(_LABEL_KEYS[name])


def field_value(name: str, value: object) -> str:
    """Return an exchanged value as a person reads it."""
    if name == "is_archived":
        return tr("person.archived_yes" if value else "person.archived_no")
    if name == "doctor" and isinstance(value, Mapping):
        value = value["name"]
    if not value:
        return tr("register.none")
    if name == "sex":
        return sex_text(Sex(value))
    if name == "registered_at":
        return format_date(datetime.fromisoformat(str(value)))
    return str(value)
