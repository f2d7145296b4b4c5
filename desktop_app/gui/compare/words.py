"""What two assessments have in common and what not, in words and figures; no Qt."""

from dataclasses import dataclass
from decimal import Decimal

from desktop_app.application.comparison import Comparison
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.contributions import is_against_knowledge, round_to_sum
from desktop_app.domain.lab_panel import (
    FIELDS,
    Field,
)
from desktop_app.domain.panel import Measurement
from desktop_app.gui.findings import (
    field_name,
    figure_text,
    reason_text,
    unit_text,
    value_text,
)
from desktop_app.gui.texts import (
    MINUS,
    format_date,
    format_moment,
    format_number,
    format_probability,
    format_range,
    local,
    tr,
)

NO_VALUE = "\N{EM DASH}"


@dataclass(frozen=True)
class InputRow:
    """One input on both sides in the canonical unit; `typed` tells where it was typed otherwise."""

    name: str
    unit: str
    first: str
    second: str
    change: str
    typed: str
    is_used: bool
    is_outside: bool
    is_first_missing: bool
    is_second_missing: bool


@dataclass(frozen=True)
class MovedRow:
    """What one model input added on each side, rounded so that each side adds up."""

    name: str
    first: float
    second: float
    is_against_knowledge: bool

    @property
    def change(self) -> float:
        """Return the difference of the figures as they are shown."""
        return round(self.second - self.first, 2)


def day_names(comparison: Comparison) -> tuple[str, str]:
    """Return what tells the sides apart: the days, with the time where the days are the same."""
    moments = [side.assessment.assessed_at for side in (comparison.first, comparison.second)]
    first, second = (format_date(moment) for moment in moments)
    if first != second:
        return first, second
    return format_moment(moments[0]), format_moment(moments[1])


def short_day_names(comparison: Comparison) -> tuple[str, str]:
    """Return the days without their years where that is enough; the heads have them in full."""
    days = [local(side.assessment.assessed_at) for side in (comparison.first, comparison.second)]
    months = tr("patient.months").split()
    first, second = (
        tr("patient.tick_day", month=months[day.month - 1], day=day.day) for day in days
    )
    return (first, second) if first != second else day_names(comparison)


# -- the sentence


def verdict(comparison: Comparison) -> tuple[str, str]:
    """Return honestly what the difference is worth: a strong sentence and a plain one."""
    first, second = comparison.first.assessment, comparison.second.assessment
    before, after = (round(one.result.probability, 2) for one in (first, second))
    gap = abs(round(after - before, 2))
    figure = format_probability(gap)
    widths = [one.result.high - one.result.low for one in (first, second)]
    overlap = first.result.low <= second.result.high and second.result.low <= first.result.high
    if first.model.sha256 != second.model.sha256:
        strong = tr("compare.other_model", gap=figure)
    elif not gap:
        strong = tr("compare.no_gap")
    elif not overlap:
        strong = tr("compare.apart", gap=figure)
    elif gap < min(widths) / 2:
        strong = tr("compare.far_less", gap=figure)
    elif gap < min(widths):
        strong = tr("compare.less", gap=figure)
    else:
        strong = tr("compare.overlapping", gap=figure)
    return strong, " ".join(_remarks(comparison))


def _remarks(comparison: Comparison) -> list[str]:
    sides = (comparison.first.assessment, comparison.second.assessment)
    days = day_names(comparison)
    remarks = []
    straddling = [
        at
        for at, one in enumerate(sides)
        if one.result.low < one.model.threshold <= one.result.high
    ]
    threshold = format_probability(sides[1].model.threshold)
    if len(straddling) == 2:
        remarks.append(tr("compare.both_straddle", threshold=threshold))
    elif straddling:
        remarks.append(tr("compare.one_straddles", day=days[straddling[0]], threshold=threshold))
    for day, one in zip(days, sides, strict=True):
        names = ", ".join(_short(note.field) for note in one.result.band_notes)
        if names:
            remarks.append(tr("compare.outside", day=day, names=names))
    return remarks


# -- inputs


def input_rows(comparison: Comparison) -> tuple[InputRow, ...]:
    """Return the eleven inputs, those the model does not use last."""
    first, second = comparison.first.assessment, comparison.second.assessment
    outside = {note.field for one in (first, second) for note in one.result.band_notes}
    ordered = sorted(FIELDS, key=lambda field: not field.is_used_by_model)
    return tuple(
        _input_row(field, first.measurements[field.key], second.measurements[field.key], outside)
        for field in ordered
    )


def _input_row(
    field: Field, first: Measurement, second: Measurement, outside: set[str]
) -> InputRow:
    return InputRow(
        name=field_name(field.key),
        unit=unit_text(field.canonical.ucum).partition(" (")[0],
        first=_used(first),
        second=_used(second),
        change=_change(first, second),
        typed=_typed(field, first, second),
        is_used=field.is_used_by_model,
        is_outside=field.key in outside,
        is_first_missing=first.value is None,
        is_second_missing=second.value is None,
    )


def _used(measured: Measurement) -> str:
    """Return the figure as the model used it, or why there is none."""
    if measured.value is not None:
        return measured.comparator + figure_text(Decimal(repr(measured.value)))
    if measured.is_no_fluid:
        return tr("common.no_fluid")
    return reason_text(measured.missing) if measured.missing else tr("common.missing")


def _change(first: Measurement, second: Measurement) -> str:
    if first.value is None or second.value is None:
        return NO_VALUE
    difference = Decimal(repr(second.value)) - Decimal(repr(first.value))
    if not difference:
        return tr("compare.same")
    text = figure_text(abs(difference))
    return (MINUS if difference < 0 else "+") + text


def _typed(field: Field, first: Measurement, second: Measurement) -> str:
    """Return how the figures were typed where that differs from the canonical unit."""
    if second.value is None:
        return NO_VALUE
    shown = [
        value_text(one.comparator + one.text.lstrip("<>="), field.key, one.unit)
        for one in (first, second)
        if one.value is not None and not field.unit(one.unit).reads_like(field.canonical)
    ]
    return " \N{RIGHTWARDS ARROW} ".join(dict.fromkeys(shown)) or tr("compare.as_shown")


# -- contributions


def moved_rows(comparison: Comparison) -> tuple[MovedRow, ...]:
    """Return each model input with what it added on both sides, the largest of now first."""
    first, second = comparison.first.assessment, comparison.second.assessment
    before, after = _rounded(first), _rounded(second)
    medians = {key: band.median for key, band in (comparison.bands or {}).items()}
    against = {
        one.feature
        for side in (first, second)
        for one in side.result.contributions
        if is_against_knowledge(one, medians)
    }
    features = list(dict.fromkeys([*after, *before]))
    return tuple(
        MovedRow(_short(key), before.get(key, 0.0), after.get(key, 0.0), key in against)
        for key in features
    )


def _rounded(assessment: Assessment) -> dict[str, float]:
    result = assessment.result
    total = round(round(result.probability, 2) - round(result.base_value, 2), 2)
    amounts = round_to_sum([one.amount for one in result.contributions], total)
    names = [one.feature for one in result.contributions]
    return dict(zip(names, amounts, strict=True))


def _short(key: str) -> str:
    return field_name(key).partition(" (")[0]


def start_text(comparison: Comparison) -> str:
    """Return where the contributions start: the training mean of one model or of each."""
    bases = [
        format_probability(side.assessment.result.base_value)
        for side in (comparison.first, comparison.second)
    ]
    return tr("compare.sum_from", mean=" / ".join(dict.fromkeys(bases)))


def moved_sentence(comparison: Comparison, rows: tuple[MovedRow, ...]) -> str:
    """Return the whole list in one sentence for a screen reader."""
    first, second = day_names(comparison)
    parts = "; ".join(
        tr(
            "compare.moved_row",
            name=row.name,
            first=format_probability(row.first, signed=True),
            second=format_probability(row.second, signed=True),
        )
        for row in rows
    )
    return tr("compare.moved_sentence", first=first, second=second, rows=parts)


def range_of(assessment: Assessment) -> str:
    """Return the refit range."""
    result = assessment.result
    return format_range(format_probability(result.low), format_probability(result.high))


def signed(amount: float) -> str:
    """Return a difference of scores with its sign."""
    return format_number(amount, 2, signed=True)
