"""An assessment: what the model said about a panel, how far it may be trusted, and its seal."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, is_dataclass
from datetime import date, datetime
from enum import Enum
from uuid import UUID

from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.lab_panel import MIN_VALUES_FOR_ANSWER
from desktop_app.domain.panel import Measurement


class AnswerState(Enum):
    """The three answers, of equal weight."""

    ABOVE = "above"
    BELOW = "below"
    CANNOT_SAY = "cannot_say"


class WithheldReason(Enum):
    """Why the answer is "cannot say", in the order in which the sentence names them."""

    RANGE_STRADDLES = "range_straddles"
    TOO_MUCH_MISSING = "too_much_missing"
    OUTSIDE_TRAINING = "outside_training"
    JOINTLY_UNUSUAL = "jointly_unusual"


@dataclass(frozen=True)
class ModelIdentity:
    """Which model scored: its name, version, SHA-256 of the joblib file and threshold."""

    name: str
    version: str
    sha256: str
    algorithm: str
    threshold: float


@dataclass(frozen=True)
class BandNote:
    """A value outside the training band p1-p99, a note, or outside minimum to maximum.

    `low` and `high` are the ends of the band that was left, in the canonical unit.
    """

    field: str
    value: float
    low: float
    high: float
    is_outside_all: bool


@dataclass(frozen=True)
class Contribution:
    """What one model input added to the score: `amount`, the exact Shapley value of `value`."""

    feature: str
    value: float | None
    amount: float


@dataclass(frozen=True)
class UnitNote:
    """A value whose figure, read in another accepted unit, moves the score across the threshold."""

    field: str
    unit: str
    probability: float


@dataclass(frozen=True)
class ModelResult:
    """Everything the model says about one set of inputs.

    Probabilities lie in 0-1. `low` and `high` are the 5th and 95th percentile over the refits.
    `contributions` add up with `base_value` to `probability`, largest amount first. Of
    `similar_count` training records within 0.05 of the score (out of fold), `similar_positive` had
    the positive label.
    """

    probability: float
    low: float
    high: float
    base_value: float
    contributions: tuple[Contribution, ...]
    similar_count: int
    similar_positive: int
    band_notes: tuple[BandNote, ...]
    joint_distance: float
    joint_limit: float

    @property
    def is_jointly_unusual(self) -> bool:
        """Tell whether the inputs together lie farther out than the training records."""
        return self.joint_distance > self.joint_limit


def withheld_reasons(
    result: ModelResult, *, threshold: float, used_count: int
) -> tuple[WithheldReason, ...]:
    """Return every reason to answer "cannot say", most important first; empty if there is none."""
    sides = {result.probability >= threshold, result.low >= threshold, result.high >= threshold}
    found = {
        WithheldReason.RANGE_STRADDLES: len(sides) > 1,
        WithheldReason.TOO_MUCH_MISSING: used_count < MIN_VALUES_FOR_ANSWER,
        WithheldReason.OUTSIDE_TRAINING: any(note.is_outside_all for note in result.band_notes),
        WithheldReason.JOINTLY_UNUSUAL: result.is_jointly_unusual,
    }
    return tuple(reason for reason, holds in found.items() if holds)


def answer(
    result: ModelResult, *, threshold: float, reasons: tuple[WithheldReason, ...]
) -> AnswerState:
    """Return which of the three answers the result supports."""
    if reasons:
        return AnswerState.CANNOT_SAY
    return AnswerState.ABOVE if result.probability >= threshold else AnswerState.BELOW


@dataclass(frozen=True)
class Assessment:
    """A finished assessment; never changed, only followed by a version that names it in `corrects`.

    `number` is what people read aloud (A-2026-0317-004). `label` is 0 or 1 at the threshold.
    """

    assessment_id: RecordId
    number: str
    patient_id: RecordId
    corrects: RecordId | None
    assessed_at: datetime
    assessor_id: RecordId
    assessor_name: str
    collected_on: date | None
    laboratory: str
    ldh_upper_limit: float | None
    measurements: Mapping[str, Measurement]
    used_count: int
    model: ModelIdentity
    result: ModelResult
    label: int
    state: AnswerState
    reasons: tuple[WithheldReason, ...]
    unit_notes: tuple[UnitNote, ...]

    def content(self) -> str:
        """Return the sealed text: canonical JSON with sorted keys and shortest floats."""
        return json.dumps(
            self, sort_keys=True, separators=(",", ":"), ensure_ascii=False, default=_plain
        )

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the sealed text, in hexadecimal."""
        return hashlib.sha256(self.content().encode()).hexdigest()


def _plain(value: object) -> object:
    # Five times as fast as dataclasses.asdict, which copies every leaf.
    if is_dataclass(value):
        return vars(value)
    if isinstance(value, Enum):
        return str(value.value)
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)


class Stance(Enum):
    """What a doctor thinks of an answer; never required."""

    AGREE = "agree"
    DISAGREE = "disagree"


@dataclass(frozen=True)
class Opinion:
    """A doctor's view of one assessment; the latest counts, earlier ones are kept."""

    opinion_id: RecordId
    assessment_id: RecordId
    stance: Stance
    reason: str
    author_id: RecordId
    author_name: str
    stated_at: datetime
