"""How every screen words a patient's sex, age and exchanged fields."""

from datetime import date, datetime

from desktop_app.domain.patient import Patient, PatientDetails, Sex, exposure_years
from desktop_app.gui.texts import Language, format_moment, tr

_SEX_KEYS = {
    Sex.MALE: "person.sex_m",
    Sex.FEMALE: "person.sex_f",
    Sex.OTHER: "person.sex_o",
    Sex.UNKNOWN: "person.sex_u",
}


def sex_text(sex: Sex | None, language: Language | None = None) -> str:
    """Return a sex in its shortest form: 남, F."""
    return tr(_SEX_KEYS[sex or Sex.UNKNOWN], language=language)


def sex_and_age(patient: Patient, today: date) -> str:
    """Return sex and age as they stand behind a name: 남 · 67세."""
    return tr("person.sex_and_age", sex=sex_text(patient.details.sex), age=patient.age_on(today))


def exposure_text(details: PatientDetails, today: date) -> str:
    """Return the years and the kind of asbestos exposure: 35년 (조선소 배관)."""
    years = exposure_years(details, today)
    if years is None:
        return details.exposure_work or tr("person.exposure_unknown")
    text = tr("person.years", n=years)
    return f"{text} ({details.exposure_work})" if details.exposure_work else text


def field_text(name: str) -> str:
    """Return what a field of a patient is called, by its exchanged name."""
    return tr(f"person.field_{name}")


def field_value_text(name: str, value: object) -> str:
    """Return an exchanged value in words: a sex, a doctor's name, a year, a moment."""
    if name == "is_archived":
        return tr("person.value_archived" if value else "person.value_active")
    if value is None or value == "":
        return tr("person.value_none")
    if name == "sex":
        return sex_text(Sex(str(value)))
    if name == "doctor" and isinstance(value, dict):
        return str(value["name"])
    if name in ("exposure_start", "exposure_end"):
        return tr("person.value_year", year=value)
    if name == "registered_at":
        return format_moment(datetime.fromisoformat(str(value)))
    return str(value)
