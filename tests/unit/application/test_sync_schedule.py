"""The background schedule keeps its promise whatever happens to clocks, line and machine."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.application.sync_schedule import (
    LONGEST_NAMED_PAUSE_SECONDS,
    NEEDS_PERSON,
    Moment,
    Schedule,
    next_due,
)
from desktop_app.domain.errors import AppError, ErrorCode, ErrorFamily
from tests.fakes.samples import NOON

START = Moment(NOON, 1000.0)
QUARTER = Schedule(900.0, START)
NO_ROUTE = AppError(ErrorCode.SERVER_NO_ROUTE)


def later(seconds: float, *, wall: float | None = None) -> Moment:
    """Return a moment after the start; the wall clock may have gone another way."""
    shown = seconds if wall is None else wall
    return Moment(NOON + timedelta(seconds=shown), 1000.0 + seconds)


def test_the_first_run_is_due_at_once() -> None:
    assert next_due(Schedule(900.0), START) == 0


def test_a_run_is_due_when_the_interval_is_over() -> None:
    assert next_due(QUARTER, later(600)) == 300
    assert next_due(QUARTER, later(900)) == 0
    assert next_due(QUARTER, later(5000)) == 0


def test_a_start_soon_after_the_last_one_waits_for_the_rest_of_the_interval() -> None:
    earlier_start = Schedule(900.0, Moment(NOON))
    assert next_due(earlier_start, later(0, wall=300)) == 600
    assert next_due(earlier_start, later(0, wall=-300)) == 0


def test_sleep_counts_although_the_counter_stood_still() -> None:
    assert next_due(QUARTER, later(10, wall=8 * 3600)) == 0


def test_a_clock_that_was_set_back_delays_nothing() -> None:
    assert next_due(QUARTER, later(600, wall=-86_400)) == 300
    assert next_due(QUARTER, later(900, wall=-86_400)) == 0


def test_records_made_here_go_soon_and_the_first_of_them_counts() -> None:
    changed = QUARTER.after_change(later(100)).after_change(later(125))
    assert next_due(changed, later(125)) == 5
    assert next_due(changed, later(130)) == 0
    assert next_due(QUARTER.after_change(later(890)), later(890)) == 10


def test_a_run_that_went_through_begins_the_interval_anew() -> None:
    failed = QUARTER.after_change(later(1)).after_failure(later(2), NO_ROUTE, 1)
    assert failed.after_success(later(9)) == Schedule(900.0, later(9))


def test_failures_wait_ever_longer_up_to_an_hour() -> None:
    schedule, waits = QUARTER, []
    for _ in range(9):
        schedule = schedule.after_failure(START, NO_ROUTE, 1)
        waits.append(next_due(schedule, START))
    assert waits == [60, 120, 240, 480, 960, 1920, 3600, 3600, 3600]


def test_what_is_made_meanwhile_does_not_hasten_a_line_that_is_down() -> None:
    failed = QUARTER.after_failure(START, NO_ROUTE, 1).after_change(later(1))
    assert next_due(failed, later(40)) == 20


def test_the_wait_that_a_server_names_is_kept_within_reason() -> None:
    busy = AppError(ErrorCode.SERVER_BUSY, retry_after=600.0)
    assert next_due(QUARTER.after_failure(START, busy, 1), START) == 600
    for_ever = AppError(ErrorCode.SERVER_BUSY, retry_after=1e9)
    schedule = QUARTER.after_failure(START, for_ever, 1)
    assert next_due(schedule, START) == LONGEST_NAMED_PAUSE_SECONDS
    unnamed = AppError(ErrorCode.SERVER_BUSY, retry_after=None)
    assert next_due(QUARTER.after_failure(START, unnamed, 1), START) == 60


@pytest.mark.parametrize("code", sorted(code.value for code in NEEDS_PERSON))
def test_what_needs_a_person_waits_until_something_was_changed(code: str) -> None:
    error = AppError(ErrorCode(code))
    paused = QUARTER.after_failure(START, error, 1).after_change(later(1))
    assert next_due(paused, later(1_000_000)) is None
    assert next_due(paused.resumed(), later(1)) == 0


def test_whatever_may_pass_by_itself_is_tried_again() -> None:
    passing = {code for code in ErrorCode if code.family is ErrorFamily.TRY_LATER}
    assert not passing & NEEDS_PERSON


@given(
    passed=st.floats(0, 1e7),
    wall=st.floats(-1e7, 1e7),
    interval=st.floats(300, 86_400),
    failures=st.integers(0, 20),
    spread=st.floats(0.5, 1.5),
)
def test_no_clock_puts_a_run_off_beyond_the_wait_that_was_decided(
    passed: float, wall: float, interval: float, failures: int, spread: float
) -> None:
    schedule = Schedule(interval, START)
    for _ in range(failures):
        schedule = schedule.after_failure(START, NO_ROUTE, spread)
    left = next_due(schedule, later(passed, wall=wall))
    longest = 3600 * spread if failures else interval
    assert left is not None
    assert 0 <= left <= max(0.0, longest - passed) + 1e-6


def test_the_interval_can_be_changed_without_forgetting_the_last_run() -> None:
    assert next_due(replace(QUARTER, interval_seconds=1800.0), later(900)) == 900
