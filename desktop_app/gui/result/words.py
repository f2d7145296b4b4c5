"""What a result says, in either language; the page and the report speak the same sentences."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from desktop_app.application.assessments import ResultFile
from desktop_app.application.ports import ModelEvaluation, TrainingBand
from desktop_app.domain.assessment import (
    AnswerState,
    Assessment,
    BandNote,
    Contribution,
    WithheldReason,
)
from desktop_app.domain.contributions import RATIO_PARTS, is_against_knowledge, round_to_sum
from desktop_app.domain.lab_panel import FIELD_BY_KEY, FIELDS, FLUID_FIELDS
from desktop_app.domain.panel import Measurement
from desktop_app.gui.findings import field_name, figure_text, reason_text, unit_text, value_text
from desktop_app.gui.texts import Language, format_probability, format_range, tr
from desktop_app.gui.widgets.contribution_list import ContributionRow

FEWEST_SIMILAR = 20
_WRITTEN_WITH_A_DECIMAL = ("g/dL", "mo")


@dataclass(frozen=True)
class ResultFacts:
    """A result and what the installed model adds to it.

    `evaluation` and `bands` are None where the installed model is another one, or none.
    """

    file: ResultFile
    evaluation: ModelEvaluation | None
    bands: Mapping[str, TrainingBand] | None
    is_demonstration: bool = False

    @property
    def assessment(self) -> Assessment:
        """Return the assessment."""
        return self.file.assessment

    @property
    def medians(self) -> dict[str, float]:
        """Return the training medians, as far as they are known."""
        return {key: band.median for key, band in (self.bands or {}).items()}


@dataclass(frozen=True)
class Point:
    """One thing to check: an icon and a sentence with its weight marked."""

    icon: str
    ink: str
    html: str


def range_text(assessment: Assessment) -> str:
    """Return the refit range as 0.27–0.50."""
    result = assessment.result
    return format_range(format_probability(result.low), format_probability(result.high))


def sentence(facts: ResultFacts, language: Language | None = None) -> str:
    """Return the one sentence beside the answer; it names the first reason that holds."""
    assessment = facts.assessment
    result, evaluation = assessment.result, facts.evaluation
    if assessment.state is AnswerState.ABOVE:
        return tr(
            "result.sentence_above",
            language=language,
            count=result.similar_count,
            negatives=result.similar_count - result.similar_positive,
        )
    if assessment.state is AnswerState.BELOW:
        if evaluation is None:
            return tr("result.sentence_below_plain", language=language)
        return tr(
            "result.sentence_below",
            language=language,
            positives=evaluation.positives,
            missed=evaluation.positives - evaluation.true_positives,
        )
    return _withheld_sentence(facts, assessment.reasons[0], language)


def _withheld_sentence(
    facts: ResultFacts, reason: WithheldReason, language: Language | None
) -> str:
    assessment = facts.assessment
    if reason is WithheldReason.RANGE_STRADDLES:
        text = tr(
            "result.sentence_range_straddles",
            language=language,
            threshold=format_probability(assessment.model.threshold),
        )
        if facts.evaluation is None:
            return text
        share = round(100 * facts.evaluation.share_cannot_say)
        return f"{text} {tr('result.sentence_share', language=language, share=share)}"
    if reason is WithheldReason.TOO_MUCH_MISSING:
        return tr("result.sentence_too_much_missing", language=language, used=assessment.used_count)
    if reason is WithheldReason.OUTSIDE_TRAINING:
        note = next(note for note in assessment.result.band_notes if note.is_outside_all)
        return tr(
            "result.sentence_outside_training",
            language=language,
            value=_note_value(note, language),
            range=_note_range(note),
        )
    return tr("result.sentence_jointly_unusual", language=language)


def decides_alone(assessment: Assessment) -> bool:
    """Tell whether the answer is withheld although the whole range lies on one side."""
    return bool(assessment.reasons) and WithheldReason.RANGE_STRADDLES not in assessment.reasons


def points(facts: ResultFacts, language: Language | None = None) -> tuple[Point, ...]:
    """Return everything to check about a result, what moves the answer first."""
    return tuple(_points(facts, language))


def _points(facts: ResultFacts, language: Language | None) -> Iterator[Point]:
    assessment = facts.assessment
    yield from _unit_points(assessment, language)
    for note in assessment.result.band_notes:
        key = "result.point_outside" if note.is_outside_all else "result.point_band"
        yield Point(
            "diamond",
            "warn",
            tr(key, language=language, value=_note_value(note, language), range=_note_range(note)),
        )
    if assessment.result.is_jointly_unusual:
        yield Point("diamond", "warn", tr("result.point_joint", language=language))
    if any(measured.is_no_fluid for measured in assessment.measurements.values()):
        yield Point("droplet-off", "t2", tr("result.point_no_fluid", language=language))
    for field in FIELDS:
        yield from _value_points(assessment.measurements[field.key], language)
    if not assessment.result.band_notes and assessment.used_count == len(FIELDS) - 2:
        yield Point("check", "t2", tr("result.point_counts", language=language))


def _unit_points(assessment: Assessment, language: Language | None) -> Iterator[Point]:
    for note in assessment.unit_notes:
        measured = assessment.measurements[note.field]
        yield Point(
            "arrow-left-right",
            "t1",
            tr(
                "result.point_unit",
                language=language,
                name=field_name(note.field, language=language),
                figure=escape(measured.text.strip()),
                unit=unit_text(measured.unit, language=language),
                other=unit_text(note.unit, language=language),
                probability=format_probability(note.probability),
            ),
        )
    if not assessment.unit_notes:
        yield Point("arrow-left-right", "t2", tr("result.point_no_unit", language=language))


def _value_points(measured: Measurement, language: Language | None) -> Iterator[Point]:
    if measured.missing is not None and not measured.is_no_fluid:
        key = "result.point_missing"
        if not FIELD_BY_KEY[measured.field].is_used_by_model:
            key = "result.point_missing_unused"
        yield Point(
            "circle-dashed",
            "t2",
            tr(
                key,
                language=language,
                name=field_name(measured.field, language=language),
                reason=missing_text(measured, language).lower(),
            ),
        )
    elif measured.comparator:
        name = field_name(measured.field, language=language)
        value = escape(f"{name} {typed_text(measured, language)}")
        yield Point("info", "t2", tr("result.point_comparator", language=language, value=value))


def typed_text(measured: Measurement, language: Language | None = None) -> str:
    """Return a value as it was typed, with the unit it was typed in."""
    return value_text(measured.text.strip(), measured.field, measured.unit, language=language)


def used_text(measured: Measurement, language: Language | None = None) -> str:
    """Return a value as the model used it, in the canonical unit; why it is missing otherwise."""
    if measured.is_no_fluid:
        return tr("common.no_fluid", language=language)
    if measured.value is None:
        return missing_text(measured, language)
    canonical = FIELD_BY_KEY[measured.field].canonical.ucum
    if measured.unit == canonical:
        return typed_text(measured, language)
    figure = measured.comparator + figure_text(Decimal(repr(measured.value)))
    return value_text(figure, measured.field, canonical, language=language)


def missing_text(measured: Measurement, language: Language | None = None) -> str:
    """Return why a value is missing."""
    if measured.missing is None:
        return tr("common.missing", language=language)
    return reason_text(measured.missing, language=language)


def _note_value(note: BandNote, language: Language | None) -> str:
    name = field_name(note.field, language=language)
    canonical = FIELD_BY_KEY[note.field].canonical.ucum
    figure = figure_text(Decimal(repr(note.value)))
    return f"{name} {value_text(figure, note.field, canonical, language=language)}"


def _note_range(note: BandNote) -> str:
    return band_text(note.field, note.low, note.high)


def band_text(key: str, low: float, high: float) -> str:
    """Return a training band, rounded as the field's values are written."""
    decimals = 1 if FIELD_BY_KEY[key].canonical.ucum in _WRITTEN_WITH_A_DECIMAL else 0
    return format_range(*(f"{round(end, decimals):g}" for end in (low, high)))


def contribution_rows(
    facts: ResultFacts, language: Language | None = None
) -> tuple[ContributionRow, ...]:
    """Return a row an input, largest first, rounded so that they add up from mean to score."""
    result = facts.assessment.result
    outside = {note.field for note in result.band_notes}
    total = round(result.probability, 2) - round(result.base_value, 2)
    amounts = round_to_sum([one.amount for one in result.contributions], round(total, 2))
    return tuple(
        _contribution_row(facts, one, amount, outside, language)
        for one, amount in zip(result.contributions, amounts, strict=True)
    )


def _contribution_row(
    facts: ResultFacts,
    one: Contribution,
    amount: float,
    outside: set[str],
    language: Language | None,
) -> ContributionRow:
    measurements = facts.assessment.measurements
    parts = RATIO_PARTS.get(one.feature)
    sources = parts or (one.feature,)
    origin = ""
    if one.value is None:
        gap = next(key for key in sources if measurements[key].model_value is None)
        value = used_text(measurements[gap], language)
    elif parts is not None:
        value = f"{one.value:.2f}"
        origin = " / ".join(_bare_figure(measurements[key]) for key in parts)
    else:
        value = used_text(measurements[one.feature], language)
    return ContributionRow(
        name=field_name(one.feature, language=language).partition(" (")[0],
        value=value,
        amount=amount,
        origin=origin,
        is_missing=one.value is None,
        is_outside=any(key in outside for key in sources),
        is_against_knowledge=is_against_knowledge(one, facts.medians),
    )


def _bare_figure(measured: Measurement) -> str:
    value = measured.model_value
    return "" if value is None else figure_text(Decimal(repr(value)))


def unused_text(assessment: Assessment, language: Language | None = None) -> str:
    """Return the recorded values that the model does not use, joined by dots."""
    return " · ".join(
        f"{field_name(field.key, language=language).partition(' (')[0]} "
        f"{used_text(assessment.measurements[field.key], language)}"
        for field in FIELDS
        if not field.is_used_by_model and field not in FLUID_FIELDS
    )


def similar_sentence(assessment: Assessment, language: Language | None = None) -> str:
    """Return how many training records scored alike and how many had the positive label."""
    result = assessment.result
    if result.similar_count < FEWEST_SIMILAR:
        return tr("result.similar_few", language=language, count=result.similar_count)
    return tr(
        "result.similar_sentence",
        language=language,
        count=result.similar_count,
        positives=result.similar_positive,
        share=similar_share(assessment),
    )


def similar_share(assessment: Assessment) -> int | None:
    """Return how many of a hundred similar records had the label; None if too few are similar."""
    result = assessment.result
    if result.similar_count < FEWEST_SIMILAR:
        return None
    return round(100 * result.similar_positive / result.similar_count)


def auc_range(evaluation: ModelEvaluation) -> str:
    """Return the interval of the AUC."""
    return format_range(
        format_probability(evaluation.auc_low), format_probability(evaluation.auc_high)
    )


def limits_text(evaluation: ModelEvaluation, language: Language | None = None) -> str:
    """Return the limits in words; they stand wherever the score is large."""
    return tr(
        "result.limits",
        language=language,
        auc=format_probability(evaluation.auc),
        range=auc_range(evaluation),
        records=evaluation.records,
    )


def percent(share: float) -> str:
    """Return a share of people per cent with one decimal."""
    return f"{100 * share:.1f}%"
