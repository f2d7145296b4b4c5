"""The axes of a patient's course hold every figure and stay readable."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.identifiers import new_record_id
from desktop_app.gui.patient.course import (
    Course,
    CoursePoint,
    Measure,
    date_ticks,
    is_first_of_month,
    time_span,
    value_axis,
)


def point(day: date, model: str = "slim") -> CoursePoint:
    moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
    return CoursePoint(new_record_id(), moment, 0.4, 0.3, 0.5, AnswerState.ABOVE, 0.29, model)


@given(st.floats(0, 1))
def test_a_score_axis_holds_the_range_and_never_passes_one(highest: float) -> None:
    top, step = value_axis(highest, is_score=True)
    assert highest <= top <= 1
    assert top >= 0.7
    assert step == 0.2


@given(st.floats(0, 1e5))
def test_a_value_axis_holds_the_figure_in_few_steps(highest: float) -> None:
    top, step = value_axis(highest, is_score=False)
    assert top >= highest
    assert top / step <= 6


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 9000), st.integers(2, 12))
def test_ticks_lie_on_the_axis_in_order_and_are_few(first: date, days: int, most: int) -> None:
    start, end = time_span((point(first), point(first + timedelta(days=days))))
    ticks = date_ticks(start, end, most)
    assert list(ticks) == sorted(set(ticks))
    assert all(start <= tick.toordinal() <= end for tick in ticks)
    assert 1 <= len(ticks) <= most + 2


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 9000))
def test_every_point_has_room_on_both_sides(first: date, days: int) -> None:
    points = (point(first), point(first + timedelta(days=days)))
    start, end = time_span(points)
    assert start < points[0].ordinal <= points[1].ordinal < end


def test_a_year_and_a_half_is_told_in_months_and_a_fortnight_in_days() -> None:
    assert is_first_of_month(date_ticks(739000, 739550, 8))
    assert not is_first_of_month(date_ticks(739000, 739014, 8))


@pytest.mark.parametrize(
    ("models", "changes"),
    [(("a", "a", "a"), ()), (("a", "b", "b"), (1,)), (("a", "b", "a"), (1, 2)), ((), ())],
)
def test_a_change_of_model_is_marked_at_the_first_point_of_the_new_one(
    models: tuple[str, ...], changes: tuple[int, ...]
) -> None:
    points = tuple(point(date(2026, 1, 1 + at), model) for at, model in enumerate(models))
    assert Course(Measure.PROBABILITY, points).model_changes == changes
