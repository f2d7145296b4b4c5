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


def in_turn(*works: Callable[[], object], rounds: int) -> list[list[float]]:
    """Time some pieces of work in turn, so that the machine treats them alike.

    A first round warms them up and does not count.
    """
    taken: list[list[float]] = [[] for _ in works]
    for _ in range(rounds + 1):
        for work, times in zip(works, taken, strict=True):
            start = time.perf_counter_ns()
            work()
            times.append((time.perf_counter_ns() - start) / 1e6)
    return [times[1:] for times in taken]


def milliseconds(work: Callable[[], object], *, rounds: int) -> list[float]:
    """Time each of some rounds of a piece of work, after one that warms it up."""
    (taken,) = in_turn(work, rounds=rounds)
    return taken


def median_milliseconds(work: Callable[[], object], *, rounds: int) -> float:
    """Return the median time of a piece of work."""
    return statistics.median(milliseconds(work, rounds=rounds))


def p95(taken: list[float]) -> float:
    """Return the time that 95 of 100 rounds stay below."""
    return statistics.quantiles(taken, n=20)[-1]
