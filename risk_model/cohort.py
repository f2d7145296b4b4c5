"""How many training records scored alike, and how many of them had the positive label."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from risk_model.inputs import Floats

REACH = 0.05
STEP = 0.01
# The data may be published in groups of five or more, never record by record.
MIN_RECORDS_A_BIN = 5


@dataclass(frozen=True)
class Similar:
    """Training records with an out-of-fold score near a score."""

    count: int
    positives: int


@dataclass(frozen=True)
class Bin:
    """At least five training records with neighbouring out-of-fold scores."""

    low: float
    high: float
    count: int
    positives: int


class Cohort:
    """Count in a histogram of out-of-fold scores."""

    def __init__(self, bins: Sequence[Bin]) -> None:
        self.bins = tuple(bins)

    @classmethod
    def of(cls, scores: Floats, labels: npt.NDArray[np.int64]) -> Self:
        """Build bins of 0.01, joined until each holds five records."""
        cells = np.minimum((scores / STEP).astype(int), round(1 / STEP) - 1)
        bins: list[Bin] = []
        waiting: list[int] = []
        for cell in np.unique(cells):
            waiting.append(int(cell))
            if np.isin(cells, waiting).sum() >= MIN_RECORDS_A_BIN:
                bins.append(_bin(waiting, cells, labels))
                waiting = []
        if waiting and bins:
            rest = _bin(waiting, cells, labels)
            last = bins.pop()
            bins.append(
                Bin(last.low, rest.high, last.count + rest.count, last.positives + rest.positives)
            )
        return cls(bins)

    def similar(self, probability: float) -> Similar:
        """Count the records of the bins whose middle lies within 0.05 of the score."""
        near = [b for b in self.bins if abs((b.low + b.high) / 2 - probability) <= REACH]
        return Similar(sum(b.count for b in near), sum(b.positives for b in near))

    def to_json(self) -> list[dict[str, Any]]:
        """Give the bins by name."""
        return [asdict(b) for b in self.bins]

    @classmethod
    def from_json(cls, bins: Sequence[dict[str, Any]]) -> Self:
        """Read what `to_json` gave."""
        return cls([Bin(**b) for b in bins])


def _bin(
    members: Sequence[int], cells: npt.NDArray[np.int64], labels: npt.NDArray[np.int64]
) -> Bin:
    mine = np.isin(cells, members)
    low, high = round(members[0] * STEP, 2), round((members[-1] + 1) * STEP, 2)
    return Bin(low, high, int(mine.sum()), int(labels[mine].sum()))
