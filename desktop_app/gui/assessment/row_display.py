"""What one row of the form shows, worked out from the checked panel; plain values, no widgets."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from desktop_app.application.ports import TrainingBand
from desktop_app.domain.lab_panel import AGE, BLOOD_LDH, FLUID_FIELDS, PLEURAL_PROTEIN, Field
from desktop_app.domain.panel import Finding, FindingCode, Measurement, MissingReason, Tier
from desktop_app.domain.units import Unit
from desktop_app.gui.assessment.form import Form
from desktop_app.gui.findings import (
    describe_finding,
    field_name,
    figure_text,
    reason_text,
    unit_text,
    value_text,
)
from desktop_app.gui.texts import MINUS, format_range, tr


class FieldState(Enum):
    """How a value field looks; the style sheet selects by the value."""

    PLAIN = ""
    COMPUTED = "computed"
    MISSING = "missing"
    NO_FLUID = "no_fluid"
    CONFIRM = "confirm"
    REFUSED = "refused"


class MessageKind(Enum):
    """What stands in the line below a row."""

    REFUSED = "refused"
    UNIT = "unit"
    CONFIRM = "confirm"
    REASON = "reason"


_GAPS = (FindingCode.MISSING, FindingCode.REASON_NEEDED)
_KINDS = {
    Tier.REFUSE: MessageKind.REFUSED,
    Tier.UNIT: MessageKind.UNIT,
    Tier.CONFIRM: MessageKind.CONFIRM,
}


@dataclass(frozen=True)
class RowMessage:
    """A message below a row, with the answers that are open to the person.

    `strong` is the part of the text that is asked about, `suggested_unit` the unit that Alt+U
    takes, `reason` the one chosen for a gap.
    """

    kind: MessageKind
    text: str
    spoken: str
    strong: str = ""
    suggested_unit: str = ""
    can_confirm: bool = False
    reason: MissingReason | None = None


@dataclass(frozen=True)
class RowDisplay:
    """Everything a row shows beside its label.

    `text` is what was typed, or the age, or nothing where there is no fluid; `range_parts` are
    (text, tone) pieces of the range column. `value` stands on the training band in the canonical
    unit; `place_text` says why there is no place. `description` is for a screen reader.
    """

    state: FieldState = FieldState.PLAIN
    text: str = ""
    range_parts: tuple[tuple[str, str], ...] = ()
    band: TrainingBand | None = None
    value: float | None = None
    place_text: str = ""
    place_sentence: str = ""
    previous: str = ""
    message: RowMessage | None = None
    description: str = ""


@dataclass(frozen=True)
class Surroundings:
    """What rows show beside the panel itself; `bands` is empty while the model loads."""

    bands: Mapping[str, TrainingBand]
    previous: Mapping[str, Measurement]
    exposure_years: str = ""


def show_row(form: Form, field: Field, around: Surroundings) -> RowDisplay:
    """Work out what a row shows now."""
    measured = form.checked.measurements[field.key]
    findings = form.shown_findings(field.key)
    is_blocked = any(finding.blocks for finding in form.checked.findings_of(field.key))
    unit = _unit(form, field)
    band = around.bands.get(field.key)
    value = None if is_blocked or measured.is_no_fluid else measured.value
    message = _message(form, field, findings)
    ranges = _range_parts(form, field, measured, value, findings, around)
    if band is not None and value is not None and not band.p1 <= value <= band.p99:
        ranges += ((tr("assessment.training_range", range=_band_text(band, unit)), "t2"),)
    place_text = _place_text(form.checked.findings_of(field.key), measured)
    return RowDisplay(
        state=_state(field, measured, message),
        text=_text(form, field, measured),
        range_parts=ranges,
        band=None if place_text else band,
        value=value,
        place_text=place_text,
        place_sentence=_place_sentence(field, value, band),
        previous=_previous(field, value, measured, around.previous.get(field.key)),
        message=message,
        description=_description(field, unit, ranges, band, message),
    )


def gap_text(field: Field, reason: MissingReason) -> str:
    """Name a gap and its reason: 알부민 비어 있음 · 결과 대기."""
    return f"{field_name(field.key)} {tr('common.missing')} · {reason_text(reason)}"


def _unit(form: Form, field: Field) -> Unit:
    try:
        return field.unit(form.entry(field.key).unit)
    except KeyError:
        return field.canonical


def _text(form: Form, field: Field, measured: Measurement) -> str:
    if measured.is_no_fluid:
        return ""
    if field is AGE and measured.value is not None:
        return figure_text(Decimal(repr(measured.value)))
    return form.entry(field.key).text


def _state(field: Field, measured: Measurement, message: RowMessage | None) -> FieldState:
    if measured.is_no_fluid:
        return FieldState.NO_FLUID
    if field is AGE:
        return FieldState.COMPUTED
    if message is None:
        return FieldState.PLAIN
    return {
        MessageKind.REFUSED: FieldState.REFUSED,
        MessageKind.UNIT: FieldState.PLAIN,
        MessageKind.CONFIRM: FieldState.CONFIRM,
        MessageKind.REASON: FieldState.MISSING,
    }[message.kind]


def _message(form: Form, field: Field, findings: tuple[Finding, ...]) -> RowMessage | None:
    """Return what is to be said about a row; each has one finding at most."""
    for finding in findings:
        if finding.code in _GAPS:
            reason = form.entry(field.key).missing
            return RowMessage(
                MessageKind.REASON,
                tr("assessment.reason"),
                spoken=describe_finding(finding) if reason is None else gap_text(field, reason),
                reason=reason,
            )
        if (kind := _KINDS.get(finding.tier)) is not None:
            ucum = finding.context.get("suggested_unit")
            typed, sentence = str(finding.context.get("typed")), describe_finding(finding)
            return RowMessage(
                kind,
                sentence,
                spoken=sentence,
                strong="" if ucum is None else value_text(typed, field.key, str(ucum)),
                suggested_unit="" if ucum is None else unit_text(str(ucum)),
                can_confirm=form.can_be_confirmed(field.key),
            )
    return None


def _range_parts(
    form: Form,
    field: Field,
    measured: Measurement,
    value: float | None,
    findings: tuple[Finding, ...],
    around: Surroundings,
) -> tuple[tuple[str, str], ...]:
    """Return reference range, high or low, and the figure in the model's unit where it differs."""
    if measured.is_no_fluid:
        is_zero = field is PLEURAL_PROTEIN
        gets = tr("assessment.model_gets_zero" if is_zero else "assessment.model_gets_nothing")
        return ((gets, "t2"),)
    if field is AGE:
        return ((tr("assessment.from_birth_date"), "t2"),)
    unit = _unit(form, field)
    parts = []
    if reference := _reference_text(form, field, unit):
        parts.append((reference, "t2"))
    for finding in findings:
        if finding.code in (FindingCode.HIGH, FindingCode.LOW):
            parts.append((describe_finding(finding), "strong"))
    if value is not None and not unit.reads_like(field.canonical):
        figure = measured.comparator + figure_text(Decimal(repr(value)))
        parts.append((f"= {value_text(figure, field.key, field.canonical.ucum)}", "t2"))
    if around.exposure_years and field.key == "duration_of_asbestos_exposure":
        parts.append((around.exposure_years, "t2"))
    return tuple(parts)


def _reference_text(form: Form, field: Field, unit: Unit) -> str:
    """Return the reference range in the chosen unit; the laboratory's own limit comes first."""
    if field.reference is None:
        return ""
    low, high = field.reference.low, field.reference.high
    own_limit = form.panel.ldh_upper_limit
    if field is BLOOD_LDH and own_limit is not None:
        high = own_limit
    if unit.reads_like(field.canonical):
        texts = str(low), str(high)
    else:
        texts = (
            figure_text(unit.from_canonical(low), digits=3),
            figure_text(unit.from_canonical(high), digits=3),
        )
    if low == 0:
        return tr("assessment.reference_below", limit=texts[1])
    return format_range(*texts)


def _band_text(band: TrainingBand, unit: Unit) -> str:
    low, high = (
        figure_text(unit.from_canonical(Decimal(repr(end))), digits=3)
        for end in (band.p1, band.p99)
    )
    return format_range(low, high)


def _place_text(findings: tuple[Finding, ...], measured: Measurement) -> str:
    if measured.is_no_fluid:
        return tr("assessment.does_not_apply")
    tiers = {finding.tier for finding in findings if finding.blocks and measured.text}
    if Tier.REFUSE in tiers:
        return tr("assessment.shown_once_corrected")
    if tiers & {Tier.UNIT, Tier.CONFIRM}:
        return tr("assessment.shown_once_confirmed")
    return ""


def _place_sentence(field: Field, value: float | None, band: TrainingBand | None) -> str:
    if band is None or value is None:
        return ""
    inside = band.p1 <= value <= band.p99
    return tr(
        "assessment.place_inside" if inside else "assessment.place_outside",
        field=field_name(field.key),
        value=value_text(figure_text(Decimal(repr(value))), field.key, field.canonical.ucum),
        range=_band_text(band, field.canonical),
    )


def _previous(
    field: Field, value: float | None, measured: Measurement, before: Measurement | None
) -> str:
    """Return the earlier value in the canonical unit and how far this one lies from it."""
    if field in FLUID_FIELDS and measured.is_no_fluid:
        return tr("assessment.nothing")
    if before is None:
        return ""
    if before.value is None:
        return tr("common.no_fluid") if before.is_no_fluid else tr("assessment.nothing")
    earlier = Decimal(repr(before.value))
    is_canonical = field.unit(before.unit).reads_like(field.canonical)
    shown = before.text.strip() if is_canonical else before.comparator + figure_text(earlier)
    if field is AGE or value is None or before.comparator or measured.comparator:
        return shown
    return f"{shown} {_delta_text(Decimal(repr(value)) - earlier)}".strip()


def _delta_text(delta: Decimal) -> str:
    text = figure_text(abs(delta), digits=3)
    if not any(char in "123456789" for char in text):
        return ""
    return (MINUS if delta < 0 else "+") + text


def _description(
    field: Field,
    unit: Unit,
    ranges: tuple[tuple[str, str], ...],
    band: TrainingBand | None,
    message: RowMessage | None,
) -> str:
    parts = [tr("assessment.spoken_unit", unit=unit_text(unit.ucum))]
    parts += [text for text, _tone in ranges]
    if not field.is_used_by_model:
        parts.append(tr("assessment.unused"))
    if band is not None:
        parts.append(tr("assessment.training_range", range=_band_text(band, unit)))
    if message is not None:
        parts.append(message.spoken)
    return ", ".join(dict.fromkeys(parts))
