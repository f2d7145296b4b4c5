"""What a bench gives back, and how it measures time."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Measurement:
    """One figure beside its baseline; `met` tells whether the goal in words holds."""

    value: float
    unit: str
    goal: str
    met: bool | None
    baseline: str | None = None
    baseline_value: float | None = None
    ratio: float | None = None
    also: dict[str, Any] | None = None


def milliseconds(work: Callable[[], object], *, rounds: int) -> list[float]:
    """Time each of some rounds of a piece of work, after one that warms it up."""
    work()
    taken = []
    for _ in range(rounds):
        start = time.perf_counter_ns()
        work()
        taken.append((time.perf_counter_ns() - start) / 1e6)
    return taken


def median_milliseconds(work: Callable[[], object], *, rounds: int) -> float:
    """Return the median time of a piece of work."""
    return statistics.median(milliseconds(work, rounds=rounds))


def p95(taken: list[float]) -> float:
    """Return the time that 95 of 100 rounds stay below."""
    return statistics.quantiles(taken, n=20)[-1]
