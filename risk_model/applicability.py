"""How a row of values lies beside the training records: each value alone, and all together."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import Enum
from typing import Any, NamedTuple, Self

import numpy as np

from risk_model.inputs import Floats
from risk_model.scorer import Row, Scorer

JOINT_PERCENTILE = 0.99


@dataclass(frozen=True)
class Band:
    """What the training records held of one base feature, in its unit."""

    minimum: float
    p1: float
    p25: float
    p50: float
    p75: float
    p99: float
    maximum: float

    @classmethod
    def of(cls, values: Floats) -> Self:
        """Take the quantiles of a column."""
        return cls(*map(float, np.quantile(values, (0, 0.01, 0.25, 0.5, 0.75, 0.99, 1))))

    def to_json(self) -> dict[str, float]:
        """Give the band by name."""
        return asdict(self)


class Place(Enum):
    """Where a value lies against its band."""

    INSIDE = "inside"
    BELOW_BAND = "below_band"  # under the 1st percentile: a note
    ABOVE_BAND = "above_band"
    BELOW_ALL = "below_all"  # under every training record: outside
    ABOVE_ALL = "above_all"
    MISSING = "missing"

    @property
    def is_outside(self) -> bool:
        """Tell whether no training record goes so far."""
        return self in (Place.BELOW_ALL, Place.ABOVE_ALL)


class Applicability(NamedTuple):
    """The place of each base feature, and the distance of the inputs together."""

    places: dict[str, Place]
    joint_distance: float
    joint_limit: float

    @property
    def is_jointly_unusual(self) -> bool:
        """Tell whether 99 of 100 training records lie closer."""
        return self.joint_distance > self.joint_limit


class TrainingSpace:
    """Place rows against the bands and the joint spread of the training records.

    The joint distance is Mahalanobis' on the inputs that are present, each drawn back to its own
    1st or 99th percentile: it speaks of the combination, the bands speak of each value. A limit
    is kept for every pattern of missing inputs, since fewer inputs make shorter distances.
    """

    def __init__(self, scorer: Scorer, bands: Mapping[str, Band], joint: Mapping[str, Any]) -> None:
        self.bands = dict(bands)
        self._scorer = scorer
        self._ends = np.array(joint["ends"])
        self._centre = np.array(joint["centre"])
        self._covariance = np.array(joint["covariance"])
        self._limits: list[float] = joint["limits"]

    def check(self, values: Row) -> Applicability:
        """Place one row: a mapping by name, or the base features in order."""
        table = self._scorer.table(values)
        places = {
            name: place_of(float(value), self.bands[name])
            for name, value in zip(self._scorer.base_features, table[0], strict=True)
        }
        distances, limits = self.joint(table)
        return Applicability(places, float(distances[0]), float(limits[0]))

    def joint(self, rows: Floats) -> tuple[Floats, Floats]:
        """Give the joint distance and its limit for rows x base features."""
        inputs = self._scorer.selected(np.asarray(rows, dtype=np.float64))
        deviations = np.clip(inputs, *self._ends) - self._centre
        patterns = pattern_of(deviations)
        distances = np.zeros(len(deviations))
        for pattern in np.unique(patterns):
            mine = patterns == pattern
            distances[mine] = mahalanobis(deviations[mine], self._covariance)
        return distances, np.array(self._limits)[patterns]


def place_of(value: float, band: Band) -> Place:
    """Compare a value with its band; NaN is missing."""
    if np.isnan(value):
        return Place.MISSING
    if value < band.p1:
        return Place.BELOW_ALL if value < band.minimum else Place.BELOW_BAND
    if value > band.p99:
        return Place.ABOVE_ALL if value > band.maximum else Place.ABOVE_BAND
    return Place.INSIDE


def pattern_of(inputs: Floats) -> Any:
    """Number the pattern of present inputs of each row: bit i stands for input i."""
    return (~np.isnan(inputs)) @ (1 << np.arange(inputs.shape[1]))


def mahalanobis(deviations: Floats, covariance: Floats) -> Floats:
    """Give the distances of rows that share their pattern of present inputs."""
    present = ~np.isnan(deviations[0])
    if not present.any():
        return np.zeros(len(deviations))
    known = deviations[:, present]
    solved = np.linalg.solve(covariance[np.ix_(present, present)], known.T).T
    return np.asarray(np.sqrt((known * solved).sum(axis=1)))


def joint_statistics(inputs: Floats) -> dict[str, Any]:
    """Measure centre, covariance and the limit of each pattern on complete training inputs."""
    ends = np.quantile(inputs, (0.01, 0.99), axis=0)
    inputs = np.clip(inputs, *ends)
    centre, covariance = inputs.mean(axis=0), np.cov(inputs, rowvar=False)
    limits = []
    for pattern in range(2 ** inputs.shape[1]):
        present = (pattern >> np.arange(inputs.shape[1])) & 1 == 1
        distances = mahalanobis(np.where(present, inputs - centre, np.nan), covariance)
        limits.append(float(np.quantile(distances, JOINT_PERCENTILE)))
    return {
        "percentile": JOINT_PERCENTILE,
        "ends": ends.tolist(),
        "centre": centre.tolist(),
        "covariance": covariance.tolist(),
        "limits": limits,
    }
