"""Check a panel: read what was typed, ask about units, refuse the impossible, derive ratios."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from desktop_app.domain.figure import FigureError, parse_figure
from desktop_app.domain.lab_panel import (
    AGE,
    ALBUMIN,
    BLOOD_LDH,
    EXPOSURE,
    FIELDS,
    FLUID_FIELDS,
    LIGHT_LDH_RATIO,
    LIGHT_PROTEIN_RATIO,
    LIGHT_SERUM_LIMIT_SHARE,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
    SERUM_LDH_UPPER_LIMIT,
    TOTAL_PROTEIN,
    USED_FIELDS,
    Field,
    Range,
)
from desktop_app.domain.panel import (
    CheckedPanel,
    Entry,
    Finding,
    FindingCode,
    Measurement,
    Panel,
    Ratios,
    Tier,
)
from desktop_app.domain.unit_sentinel import Reading, doubted_units, possible_elsewhere
from desktop_app.domain.units import Unit


@dataclass(frozen=True)
class PanelContext:
    """What the checks know beside the form.

    `age` comes from the birth date, None where it is typed (files). `earlier` holds up to three
    earlier canonical figures a field, newest first.
    """

    today: date
    age: int | None = None
    earlier: Mapping[str, tuple[Decimal, ...]] = field(default_factory=dict)


def check_panel(panel: Panel, context: PanelContext) -> CheckedPanel:
    """Check a whole panel; the same rules for the form, files and the server's answers.

    A field gets one finding at most, the first of: unreadable, unit in doubt, impossible, at odds
    with another field, unusual, high or low. What is impossible has no value any more.
    """
    entries = {one.key: _entry(one, panel, context) for one in FIELDS}
    readings, findings = _read_all(panel, entries)
    # Findings are added under the field's key; a field that has one is not looked at again.
    for key, other in doubted_units(readings, context.earlier).items():
        findings[key] = _unit_question(readings[key], other)
    for key, reading in readings.items():
        if key not in findings and not reading.field.refuse.holds(reading.value):
            findings[key] = _out_of_limits(reading)
    findings |= _cross_check(
        {key: reading for key, reading in readings.items() if key not in findings}
    )
    for key, reading in readings.items():
        if key not in findings and (found := _remark(reading, panel)):
            findings[key] = found
    measurements = {
        one.key: _measurement(
            one, entries[one.key], panel, readings.get(one.key), findings.get(one.key)
        )
        for one in FIELDS
    }
    return CheckedPanel(
        measurements=measurements,
        findings=tuple(findings[one.key] for one in FIELDS if one.key in findings),
        ratios=_ratios(measurements, panel.ldh_upper_limit),
        used_count=sum(measurements[one.key].model_value is not None for one in USED_FIELDS),
    )


def _entry(one: Field, panel: Panel, context: PanelContext) -> Entry:
    if one is AGE and context.age is not None:
        return Entry(str(context.age), AGE.canonical.ucum)
    return panel.entries.get(one.key, Entry())


def _is_no_fluid(one: Field, panel: Panel) -> bool:
    return panel.has_no_fluid and one in FLUID_FIELDS


def _read_all(
    panel: Panel, entries: Mapping[str, Entry]
) -> tuple[dict[str, Reading], dict[str, Finding]]:
    """Read every entry; what cannot be read, or is not there, is a finding instead."""
    readings: dict[str, Reading] = {}
    findings: dict[str, Finding] = {}
    for one in FIELDS:
        found = (
            Finding(one.key, FindingCode.NO_FLUID, Tier.MISSING)
            if _is_no_fluid(one, panel)
            else _read(one, entries[one.key])
        )
        if isinstance(found, Reading):
            readings[one.key] = found
        else:
            findings[one.key] = found
    return readings, findings


def _read(one: Field, entry: Entry) -> Reading | Finding:
    if not entry.text.strip():
        return _gap(one, entry)
    typed = {"typed": entry.text.strip(), "unit": entry.unit}
    unit = _unit(one, entry)
    if unit is None:
        return Finding(one.key, FindingCode.UNIT_NOT_ACCEPTED, Tier.REFUSE, typed)
    try:
        figure = parse_figure(entry.text)
    except FigureError as error:
        return Finding(one.key, error.code, Tier.REFUSE, typed)
    return Reading(one, figure.figure, unit, typed["typed"], figure.comparator, entry.is_confirmed)


def _unit(one: Field, entry: Entry) -> Unit | None:
    if not entry.unit:
        return one.canonical
    return next((unit for unit in one.units if unit.ucum == entry.unit), None)


def _gap(one: Field, entry: Entry) -> Finding:
    if one.is_required:
        return Finding(one.key, FindingCode.REQUIRED, Tier.REFUSE)
    if entry.missing is None:
        return Finding(one.key, FindingCode.REASON_NEEDED, Tier.MISSING)
    return Finding(one.key, FindingCode.MISSING, Tier.MISSING, {"reason": entry.missing})


def _finding(reading: Reading, code: FindingCode, tier: Tier, **context: object) -> Finding:
    """Make a finding whose context names the figure as typed, its unit and what else is given."""
    typed = {"typed": reading.text, "unit": reading.unit.ucum}
    return Finding(reading.field.key, code, tier, {**typed, **context})


def _limits(reading: Reading, limits: Range) -> dict[str, Decimal]:
    """Return limits in the unit that the person is typing in."""
    convert = reading.unit.from_canonical
    return {"low": convert(limits.low), "high": convert(limits.high)}


def _suggestion(other: Reading | None) -> dict[str, object]:
    if other is None:
        return {}
    return {"suggested_unit": other.unit.ucum, "suggested_value": other.value}


def _unit_question(reading: Reading, other: Reading) -> Finding:
    return _finding(
        reading,
        FindingCode.UNIT_LOOKS_WRONG,
        Tier.UNIT,
        value=reading.value,
        is_possible=reading.field.refuse.holds(reading.value),
        **_suggestion(other),
    )


def _out_of_limits(reading: Reading) -> Finding:
    return _finding(
        reading,
        FindingCode.OUT_OF_LIMITS,
        Tier.REFUSE,
        **_limits(reading, reading.field.refuse),
        **_suggestion(possible_elsewhere(reading)),
    )


def _cross_check(readings: Mapping[str, Reading]) -> dict[str, Finding]:
    """Compare fields with one another.

    A protein above the total protein is asked about, not refused: 13 of the 324 training records
    have one, and two samples need not be of the same hour.
    """
    found: dict[str, Finding] = {}
    age, exposure = readings.get(AGE.key), readings.get(EXPOSURE.key)
    if age and exposure and exposure.value > age.value:
        found[EXPOSURE.key] = _finding(
            exposure,
            FindingCode.EXPOSURE_OVER_AGE,
            Tier.REFUSE,
            age=age.value,
            **_limits(exposure, Range(Decimal(0), age.value)),
        )
    total = readings.get(TOTAL_PROTEIN.key)
    for part, code in (
        (ALBUMIN, FindingCode.ALBUMIN_OVER_PROTEIN),
        (PLEURAL_PROTEIN, FindingCode.FLUID_OVER_PROTEIN),
    ):
        reading = readings.get(part.key)
        if total is None or reading is None or reading.is_confirmed:
            continue
        if reading.value > total.value or (part is ALBUMIN and reading.value == total.value):
            found[part.key] = _finding(
                reading,
                code,
                Tier.CONFIRM,
                total_typed=total.text,
                total_unit=total.unit.ucum,
            )
    return found


def _remark(reading: Reading, panel: Panel) -> Finding | None:
    """Return what is unusual but possible: a question, or the words high and low."""
    one = reading.field
    if not one.confirm.holds(reading.value) and not reading.is_confirmed:
        return _finding(reading, FindingCode.UNUSUAL, Tier.CONFIRM, **_limits(reading, one.confirm))
    if one.reference is None:
        return None
    high = _ldh_upper_limit(panel.ldh_upper_limit) if one is BLOOD_LDH else one.reference.high
    if reading.value > high:
        return _finding(reading, FindingCode.HIGH, Tier.FLAG)
    if reading.value < one.reference.low:
        return _finding(reading, FindingCode.LOW, Tier.FLAG)
    return None


def _measurement(
    one: Field, entry: Entry, panel: Panel, reading: Reading | None, finding: Finding | None
) -> Measurement:
    is_impossible = finding is not None and (
        finding.tier is Tier.REFUSE or finding.context.get("is_possible") is False
    )
    return Measurement(
        field=one.key,
        text=entry.text,
        unit=entry.unit or one.canonical.ucum,
        comparator=reading.comparator if reading else "",
        value=float(reading.value) if reading and not is_impossible else None,
        missing=None if entry.text.strip() else entry.missing,
        is_no_fluid=_is_no_fluid(one, panel),
        is_confirmed=entry.is_confirmed,
    )


def _ldh_upper_limit(own: Decimal | None) -> Decimal:
    """Return the laboratory's own upper limit of serum LDH, the common one where there is none."""
    if own is not None and own.is_finite() and BLOOD_LDH.refuse.holds(own):
        return own
    return SERUM_LDH_UPPER_LIMIT


def _ratios(measurements: Mapping[str, Measurement], own_limit: Decimal | None) -> Ratios:
    """Derive the ratios, and Light's criteria for an exudate (Light, Ann Intern Med 1972)."""

    def value(one: Field) -> float | None:
        return measurements[one.key].value

    ldh = _ratio(value(PLEURAL_LDH), value(BLOOD_LDH))
    protein = _ratio(value(PLEURAL_PROTEIN), value(TOTAL_PROTEIN))
    of_limit = _ratio(value(PLEURAL_LDH), float(_ldh_upper_limit(own_limit)))
    criteria = [
        None if ratio is None else ratio > float(limit)
        for ratio, limit in (
            (protein, LIGHT_PROTEIN_RATIO),
            (ldh, LIGHT_LDH_RATIO),
            (of_limit, LIGHT_SERUM_LIMIT_SHARE),
        )
    ]
    is_exudate = True if True in criteria else None if None in criteria else False
    return Ratios(ldh, protein, _ratio(value(EXPOSURE), value(AGE)), is_exudate)


def _ratio(part: float | None, whole: float | None) -> float | None:
    return None if part is None or not whole else part / whole
