"""The table of values on the report: as used, as typed, beside both ranges."""

from dataclasses import dataclass

from desktop_app.domain.lab_panel import BLOOD_LDH, EXPOSURE, FIELDS, PLEURAL_LDH, Field
from desktop_app.domain.panel import Measurement
from desktop_app.gui.findings import field_name
from desktop_app.gui.result.words import ResultFacts, band_text, missing_text, typed_text, used_text
from desktop_app.gui.texts import Language, format_range, tr

NOTHING = "—"


@dataclass(frozen=True)
class ValueLine:
    """One value in words; `is_marked` where the doctor should look."""

    name: str
    used: str
    typed: str
    reference: str
    training: str
    check: str
    is_marked: bool


def value_lines(facts: ResultFacts, language: Language) -> tuple[ValueLine, ...]:
    """Return the eleven values, those that the model does not use last."""
    ordered = sorted(FIELDS, key=lambda field: not field.is_used_by_model)
    return tuple(_line(facts, field, language) for field in ordered)


def _line(facts: ResultFacts, field: Field, language: Language) -> ValueLine:
    measured = facts.assessment.measurements[field.key]
    is_there = measured.value is not None
    used = used_text(measured, language)
    typed = typed_text(measured, language) if is_there else ""
    band = None if facts.bands is None else facts.bands[field.key]
    check, is_marked = _check(facts, field, measured, language)
    return ValueLine(
        name=field_name(field.key, language=language),
        used=used if is_there else NOTHING,
        typed=tr("report.same", language=language) if typed == used else typed,
        reference=_reference(field),
        training="" if band is None else band_text(field.key, band.p1, band.p99),
        check=check,
        is_marked=is_marked,
    )


def _reference(field: Field) -> str:
    if field.reference is None:
        return NOTHING
    high = f"{field.reference.high:f}"
    return (
        f"< {high}" if field.reference.low == 0 else format_range(f"{field.reference.low:f}", high)
    )


def _check(
    facts: ResultFacts, field: Field, measured: Measurement, language: Language
) -> tuple[str, bool]:
    if measured.is_no_fluid:
        key = "report.no_fluid_ldh" if field is PLEURAL_LDH else "report.no_fluid_protein"
        return tr(key, language=language), True
    if measured.value is None:
        reason = missing_text(measured, language).lower()
        return tr("report.missing", language=language, reason=reason), True
    note = next((one for one in facts.assessment.result.band_notes if one.field == field.key), None)
    if note is not None:
        key = "report.outside_all" if note.is_outside_all else "report.outside_band"
        return tr(key, language=language, range=band_text(field.key, note.low, note.high)), True
    if not field.is_used_by_model:
        return tr("report.unused", language=language), False
    if measured.comparator:
        return tr("report.limit_used", language=language), True
    if field is EXPOSURE:
        return tr("report.as_ratio_age", language=language), False
    if field in (BLOOD_LDH, PLEURAL_LDH):
        return tr("report.as_ldh_ratio", language=language), False
    return "", False
