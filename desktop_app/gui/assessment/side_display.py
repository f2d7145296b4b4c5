"""What the pane beside the form shows: open points, derived ratios, why Assess is off."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

from desktop_app.application.ports import TrainingBand
from desktop_app.domain.lab_panel import (
    AGE,
    BLOOD_LDH,
    EXPOSURE,
    FIELDS,
    FLUID_FIELDS,
    LIGHT_LDH_RATIO,
    LIGHT_PROTEIN_RATIO,
    MIN_VALUES_FOR_ASSESSMENT,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
    TOTAL_PROTEIN,
    USED_FIELDS,
    Field,
)
from desktop_app.domain.panel import Finding, FindingCode, Tier
from desktop_app.gui.assessment.form import Form
from desktop_app.gui.findings import field_name, figure_text, reason_text
from desktop_app.gui.texts import tr


@dataclass(frozen=True)
class OpenPoint:
    """One line of the input check: how many values have it, and which."""

    icon: str
    ink: str
    title: str
    about: str
    is_quiet: bool
    fields: tuple[str, ...]


@dataclass(frozen=True)
class RatioDisplay:
    """One derived ratio with the two values it comes from."""

    title: str
    value: str
    hint: str


@dataclass(frozen=True)
class SideDisplay:
    """The whole pane; `reason` is empty when nothing stands against assessing."""

    points: tuple[OpenPoint, ...]
    used: str
    ratios: tuple[RatioDisplay, ...]
    light: str
    reason: str


def show_side(form: Form, bands: Mapping[str, TrainingBand]) -> SideDisplay:
    """Work out what the pane shows now."""
    return SideDisplay(
        points=tuple(_points(form, bands)),
        used=_used_text(form),
        ratios=_ratios(form),
        light=_light_text(form),
        reason=reason_against(form),
    )


def list_problem_fields(form: Form, bands: Mapping[str, TrainingBand]) -> tuple[str, ...]:
    """Return the fields that F8 visits, in the form's order."""
    found = {key for point in _points(form, bands) for key in point.fields}
    return tuple(field.key for field in FIELDS if field.key in found)


def reason_against(form: Form) -> str:
    """Say what has to be settled before an assessment; empty if nothing has."""
    counts = [
        (_count(form, Tier.REFUSE), "assessment.errors"),
        (_count(form, Tier.UNIT), "assessment.unit_questions"),
        (_count(form, Tier.CONFIRM), "assessment.confirmations"),
    ]
    if form.checked.has_enough_values:
        needed = sum(
            finding.code in (FindingCode.REASON_NEEDED, FindingCode.REQUIRED)
            for finding in form.list_open(Tier.MISSING)
        )
        counts.append((needed, "assessment.reasons_needed"))
    named = [tr(key, n=count) for count, key in counts if count]
    if named:
        return tr("assessment.settle_first", what=_joined(named))
    if not form.checked.has_enough_values:
        return tr(
            "assessment.too_few",
            used=form.checked.used_count,
            all=len(USED_FIELDS),
            needed=MIN_VALUES_FOR_ASSESSMENT,
        )
    return ""


def _joined(named: list[str]) -> str:
    if len(named) == 1:
        return named[0]
    return tr("assessment.and", first=", ".join(named[:-1]), last=named[-1])


def _count(form: Form, tier: Tier) -> int:
    return len(form.list_open(tier))


def _points(form: Form, bands: Mapping[str, TrainingBand]) -> Iterable[OpenPoint]:
    for tier, icon, ink, key in (
        (Tier.REFUSE, "octagon-x", "err", "assessment.point_errors"),
        (Tier.UNIT, "arrow-left-right", "acc", "assessment.point_units"),
        (Tier.CONFIRM, "triangle-alert", "warn", "assessment.point_confirmations"),
    ):
        if findings := form.list_open(tier):
            yield _point(icon, ink, key, [finding.field for finding in findings])
    gaps = [one for one in form.list_open(Tier.MISSING) if one.code is not FindingCode.NO_FLUID]
    if gaps:
        about = _gap_text(form, gaps)
        yield _point("circle-dashed", "t1", "assessment.point_missing", _keys(gaps), about)
    if form.panel.has_no_fluid:
        yield OpenPoint(
            "droplet-off",
            "t1",
            tr("common.no_fluid"),
            tr("assessment.both_fluid_fields"),
            False,
            (),
        )
    if outside := _outside(form, bands):
        yield _point("diamond", "t2", "assessment.point_outside", outside, is_quiet=True)


def _point(
    icon: str, ink: str, key: str, fields: list[str], about: str = "", *, is_quiet: bool = False
) -> OpenPoint:
    return OpenPoint(
        icon, ink, tr(key, n=len(fields)), about or _names(fields), is_quiet, tuple(fields)
    )


def _keys(findings: list[Finding]) -> list[str]:
    return [finding.field for finding in findings]


def _names(fields: list[str]) -> str:
    first = field_name(fields[0])
    return first if len(fields) == 1 else tr("assessment.and_more", first=first, n=len(fields) - 1)


def _gap_text(form: Form, gaps: list[Finding]) -> str:
    reason = form.entry(gaps[0].field).missing
    if len(gaps) > 1 or reason is None:
        return _names(_keys(gaps))
    return f"{field_name(gaps[0].field)} · {reason_text(reason)}"


def _outside(form: Form, bands: Mapping[str, TrainingBand]) -> list[str]:
    blocked = {finding.field for finding in form.checked.blocking}
    return [
        field.key
        for field in USED_FIELDS
        if field.key not in blocked
        and (band := bands.get(field.key)) is not None
        and (value := form.checked.measurements[field.key].value) is not None
        and not band.p1 <= value <= band.p99
    ]


def _used_text(form: Form) -> str:
    return tr(
        "assessment.used",
        used=form.checked.used_count,
        all=len(USED_FIELDS),
        needed=MIN_VALUES_FOR_ASSESSMENT,
    )


def _ratios(form: Form) -> tuple[RatioDisplay, ...]:
    ratios = form.checked.ratios
    return (
        _ratio(
            form,
            field_name("LDH_ratio"),
            ratios.ldh,
            (PLEURAL_LDH, BLOOD_LDH),
            _light_hint(ratios.ldh, LIGHT_LDH_RATIO),
        ),
        _ratio(
            form,
            field_name("protein_ratio"),
            ratios.protein,
            (PLEURAL_PROTEIN, TOTAL_PROTEIN),
            f"{_light_hint(ratios.protein, LIGHT_PROTEIN_RATIO)} · {tr('assessment.unused')}",
        ),
        _ratio(form, field_name("exposure_age_ratio"), ratios.exposure_age, (EXPOSURE, AGE), ""),
    )


def _ratio(
    form: Form, title: str, ratio: float | None, parts: tuple[Field, Field], light: str
) -> RatioDisplay:
    why_not = _why_no_ratio(form, parts)
    if ratio is None or why_not:
        return RatioDisplay(title, tr("assessment.nothing"), why_not)
    values = (form.checked.measurements[field.key].value for field in parts)
    worked = " / ".join(figure_text(Decimal(repr(value))) for value in values)
    return RatioDisplay(title, f"{ratio:.2f}", f"{worked} · {light}" if light else worked)


def _why_no_ratio(form: Form, parts: tuple[Field, Field]) -> str:
    if form.panel.has_no_fluid and parts[0] in FLUID_FIELDS:
        return tr("common.no_fluid")
    unsettled = _unsettled(form)
    for field in parts:
        if field.key in unsettled:
            return tr("assessment.once_corrected", field=field_name(field.key))
    for field in parts:
        if form.checked.measurements[field.key].value is None:
            return tr("assessment.once_entered", field=field_name(field.key))
    return ""


def _unsettled(form: Form) -> set[str]:
    """Return the fields whose typed figure is refused or asked about."""
    return {one.field for one in form.checked.blocking if form.entry(one.field).text.strip()}


def _light_hint(ratio: float | None, limit: Decimal) -> str:
    if ratio is None:
        return ""
    key = "assessment.light_over" if Decimal(repr(ratio)) > limit else "assessment.light_under"
    return tr(key, limit=limit)


def _light_text(form: Form) -> str:
    """Say what Light's criteria give together."""
    ratios = form.checked.ratios
    parts = {PLEURAL_LDH.key, BLOOD_LDH.key, PLEURAL_PROTEIN.key, TOTAL_PROTEIN.key}
    if ratios.is_exudate is None or form.panel.has_no_fluid or parts & _unsettled(form):
        return ""
    if not ratios.is_exudate:
        return tr("assessment.transudate")
    over_one = (ratios.ldh or 0) > LIGHT_LDH_RATIO or (ratios.protein or 0) > LIGHT_PROTEIN_RATIO
    return tr("assessment.exudate") if over_one else tr("assessment.exudate_by_limit")
