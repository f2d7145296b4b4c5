"""The course of one figure over time and the axes it is drawn on; no Qt."""

import math
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import Enum

from desktop_app.application.patients import PatientChart
from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.lab_panel import CRP, PLATELETS, Field
from desktop_app.gui.texts import local


class Measure(Enum):
    """What a course is of."""

    PROBABILITY = "probability"
    PLATELETS = "platelets"
    CRP = "crp"


FIELDS: dict[Measure, Field] = {Measure.PLATELETS: PLATELETS, Measure.CRP: CRP}


@dataclass(frozen=True)
class CoursePoint:
    """One assessment on the chart; `low` and `high` are the refit range, equal for a value."""

    assessment_id: RecordId
    at: datetime
    value: float
    low: float
    high: float
    state: AnswerState
    threshold: float
    model_name: str

    @property
    def ordinal(self) -> float:
        """Return where on a time axis in days the point lies, by local time."""
        moment = local(self.at)
        return moment.toordinal() + moment.hour / 24 + moment.minute / 1440


@dataclass(frozen=True)
class Course:
    """Points oldest first, corrected versions left out; `missing` assessments had no value."""

    measure: Measure
    points: tuple[CoursePoint, ...]
    missing: int = 0

    @property
    def model_changes(self) -> tuple[int, ...]:
        """Return the places of the points whose model is another than the point's before."""
        return tuple(
            at
            for at in range(1, len(self.points))
            if self.points[at].model_name != self.points[at - 1].model_name
        )


def course_of(measure: Measure, chart: PatientChart) -> Course:
    """Return how a figure went over the patient's valid assessments."""
    valid = [one for one in reversed(chart.assessments) if not one.is_corrected]
    points = []
    for one in valid:
        figures: tuple[float | None, float, float] = (one.probability, one.low, one.high)
        if measure is not Measure.PROBABILITY:
            found = chart.values[one.assessment_id][FIELDS[measure].key]
            figures = (found, found or 0.0, found or 0.0)
        value, low, high = figures
        if value is not None:
            points.append(
                CoursePoint(
                    one.assessment_id,
                    one.assessed_at,
                    value,
                    low,
                    high,
                    one.state,
                    one.threshold,
                    one.model_name,
                )
            )
    return Course(measure, tuple(points), len(valid) - len(points))


def value_axis(highest: float, *, is_score: bool) -> tuple[float, float]:
    """Return the end and the step of an axis from 0 that holds the highest figure."""
    if is_score:
        return min(1.0, max(0.7, math.ceil(highest * 10 + 0.3) / 10)), 0.2
    rough = max(highest, 1e-9) * 1.1 / 4
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(factor * power for factor in (1, 2, 2.5, 5, 10) if factor * power >= rough)
    return step * math.ceil(highest * 1.1 / step), step


_MONTH_STEPS = (1, 2, 3, 6, 12, 24, 60, 120)
_DAY_STEPS = (1, 2, 7, 14)
_SHORT_SPAN = 75
_NARROWEST_SPAN = 14


def time_span(points: tuple[CoursePoint, ...]) -> tuple[float, float]:
    """Return the days that a chart of these points covers, with room at both ends."""
    first, last = points[0].ordinal, points[-1].ordinal
    room = max((last - first) * 0.08, (_NARROWEST_SPAN - (last - first)) / 2, 0.5)
    return first - room, last + room


def date_ticks(first: float, last: float, most: int) -> tuple[date, ...]:
    """Return at most about `most` days to write under an axis: beginnings of months, or days."""
    begin, end = date.fromordinal(math.ceil(first)), date.fromordinal(math.floor(last))
    days = last - first
    if days < _SHORT_SPAN:
        step = next((one for one in _DAY_STEPS if days / one <= most), 28)
        count = (end - begin).days // step + 1
        return tuple(begin + timedelta(days=step * at) for at in range(count))
    months = days / 30.4
    step = next((one for one in _MONTH_STEPS if months / one <= most), 240)
    ticks = []
    at = begin.year * 12 + begin.month - 1
    while (day := date(at // 12, at % 12 + 1, 1)) <= end:
        if at % 12 % min(step, 12) == 0 and (step <= 12 or day.year % (step // 12) == 0):
            ticks.append(day)
        at += 1
    # A coarse step may miss a short axis altogether; its first day then names the time.
    return tuple(tick for tick in ticks if tick >= begin) or (begin,)


def is_first_of_month(ticks: tuple[date, ...]) -> bool:
    """Tell whether ticks stand at months rather than days."""
    return all(tick.day == 1 for tick in ticks) and len(ticks) > 1
