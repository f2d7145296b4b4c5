"""Decide when the next run in the background is due: after sleep, changed clocks and failures."""

import math
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import LONGEST_INTERVAL_MINUTES

SOON_SECONDS = 30.0
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 60.0, 3600.0
LONGEST_NAMED_PAUSE_SECONDS = LONGEST_INTERVAL_MINUTES * 60.0
# Trying again changes nothing before a person did something.
NEEDS_PERSON = frozenset(
    {
        ErrorCode.SERVER_NOT_SET,
        ErrorCode.SERVER_ADDRESS_WRONG,
        ErrorCode.PROXY_ADDRESS_WRONG,
        ErrorCode.CERTIFICATE_FILE_WRONG,
        ErrorCode.SERVER_SIGN_IN_NEEDED,
        ErrorCode.SERVER_CREDENTIALS_WRONG,
        ErrorCode.SERVER_FORBIDS,
        ErrorCode.SERVER_UNTRUSTED,
        ErrorCode.SERVER_CERTIFICATE_NAME,
        ErrorCode.CLOCK_WRONG,
        ErrorCode.PROXY_REFUSES,
        ErrorCode.SERVER_REDIRECTS,
        ErrorCode.SERVER_NEWER,
        ErrorCode.KEY_STORE_INSECURE,
        ErrorCode.UNATTENDED_NOT_ALLOWED,
        ErrorCode.ROLE_NOT_ALLOWED,
    }
)


@dataclass(frozen=True)
class Moment:
    """One moment on two clocks: the wall clock may be set, the other may stop in sleep.

    `ticks` is None for a moment of an earlier start of the program.
    """

    wall: datetime
    ticks: float | None = None


LONG_AGO = Moment(datetime(1970, 1, 1, tzinfo=UTC))


@dataclass(frozen=True)
class Schedule:
    """What decides about the next run; `since` is when the last one ended.

    `changed` is when the first record was made that no run has seen. `pause_seconds` is the wait
    after a failure; `is_paused` waits for a person.
    """

    interval_seconds: float
    since: Moment = LONG_AGO
    changed: Moment | None = None
    failures: int = 0
    pause_seconds: float = 0.0
    is_paused: bool = False

    def after_success(self, now: Moment) -> "Schedule":
        """Return the schedule after a run that went through."""
        return Schedule(self.interval_seconds, now)

    def after_failure(self, now: Moment, error: AppError, spread: float) -> "Schedule":
        """Return the schedule after a run that failed; `spread` is a random factor around 1.

        The wait doubles from one minute to sixty, or is what the server asked for.
        """
        failures = self.failures + 1
        pause = min(FIRST_PAUSE_SECONDS * 2.0 ** (failures - 1), LONGEST_PAUSE_SECONDS) * spread
        named = error.context.get("retry_after")
        if isinstance(named, int | float):
            pause = max(pause, min(float(named), LONGEST_NAMED_PAUSE_SECONDS))
        return replace(
            self,
            since=now,
            changed=None,
            failures=failures,
            pause_seconds=pause,
            is_paused=error.code in NEEDS_PERSON,
        )

    def after_change(self, now: Moment) -> "Schedule":
        """Return the schedule after records were made; the first of them counts."""
        return replace(self, changed=self.changed or now)

    def resumed(self) -> "Schedule":
        """Return the schedule after a person changed what a run failed by: it is due at once."""
        return Schedule(self.interval_seconds)


def next_due(schedule: Schedule, now: Moment) -> float | None:
    """Return the seconds until the next run, 0 if it is due, None while a person is needed."""
    if schedule.is_paused:
        return None
    passed = _elapsed(schedule.since, now)
    if schedule.failures:
        return max(0.0, schedule.pause_seconds - passed)
    left = max(0.0, schedule.interval_seconds - passed)
    if schedule.changed is not None:
        left = min(left, max(0.0, SOON_SECONDS - _elapsed(schedule.changed, now)))
    return left


def _elapsed(since: Moment, now: Moment) -> float:
    """Return the seconds in between by the clock that saw more of them pass.

    A wall clock that was set back tells nothing, nor does a counter that slept; one that was set
    forward brings a run early, which harms nobody.
    """
    by_wall = (now.wall - since.wall).total_seconds()
    if since.ticks is None or now.ticks is None:
        return by_wall if by_wall >= 0 else math.inf
    return max(by_wall, now.ticks - since.ticks)
