"""Runs the exchange with the server: on demand, by schedule, and while the screen is locked."""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from functools import partial
from threading import Event
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from desktop_app.domain.account import Right
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.progress import ProgressRelay
from desktop_app.gui.tasks import Tasks

# The sign-in window must not wait for what synchronises: it is imported where it is used.
if TYPE_CHECKING:
    from collections.abc import Callable

    from desktop_app.application.courier import Outcome, Progress
    from desktop_app.application.server_setup import ConnectionCheck
    from desktop_app.application.session import Session
    from desktop_app.application.sign_in import Entrance
    from desktop_app.application.sync_schedule import Moment, Schedule
    from desktop_app.application.synchronise import SyncStatus
    from desktop_app.domain.sync import ServerSettings, SyncPosition
    from desktop_app.gui.navigator import Navigator
    from desktop_app.gui.unattended import UnattendedRun

_LONGEST_GOODBYE_SECONDS = 2.0
_LOOK_EVERY_MILLISECONDS = 5000
_SETTLED_AFTER_MILLISECONDS = 1000
_ONLY_UNATTENDED = (ErrorCode.UNATTENDED_NOT_ALLOWED, ErrorCode.KEY_STORE_INSECURE)


@dataclass(frozen=True)
class SyncStanding:
    """How synchronising stands at this moment.

    `status` is None before it was read and for whom it does not concern. `error` is what the last
    run or check ended with, `incident` the number of one that ended unexpectedly; `is_reached`
    tells that the server answered last. `total` is how many records waited when the run began.
    """

    status: SyncStatus | None = None
    is_running: bool = False
    is_stopping: bool = False
    progress: Progress | None = None
    total: int = 0
    is_reached: bool = False
    error: AppError | None = None
    incident: str = ""

    @property
    def is_in_use(self) -> bool:
        """Tell whether records are meant to reach a server."""
        return self.status is not None and self.status.is_in_use

    @property
    def open(self) -> int:
        """Return how many records the server does not hold as they are here."""
        return self.status.counts.open if self.status is not None else 0


class SyncRunner(QObject):
    """Owns the network's workers and never does two runs at once.

    `changed` tells that `standing` is another one; `ended` carries the outcome of a run that a
    person asked for, or the AppError by which it did not begin. `calls` is for what else a person
    asks of the server: it does not wait for a run.
    """

    changed = Signal()
    ended = Signal(object)

    def __init__(self, records: Tasks, navigator: Navigator, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records, self._navigator = records, navigator
        self._network = Tasks("sync", self)
        self.calls = Tasks("network", self)
        self.entrance: Entrance | None = None
        self._session: Session | None = None
        self._state = SyncStanding()
        self._schedule: Schedule | None = None
        self._stop: Event | None = None
        self._unattended: UnattendedRun | None = None
        self._is_unattended_allowed = False
        self._is_known = False
        self._is_asked_for = False
        self._has_news = False
        self._relay = ProgressRelay(self)
        self._relay.progressed.connect(self._on_progress)
        self._network.incident_raised.connect(self._on_incident)
        records.incident_raised.connect(self._on_incident_of_records)
        self._look_timer = self._timer(_LOOK_EVERY_MILLISECONDS, self.look)
        self._settle_timer = self._timer(_SETTLED_AFTER_MILLISECONDS, self.refresh)
        self._settle_timer.setSingleShot(True)

    def _timer(self, milliseconds: int, act: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(milliseconds)
        timer.timeout.connect(act)
        return timer

    @property
    def standing(self) -> SyncStanding:
        """Return how synchronising stands."""
        return self._state

    # -- coming and going ----------------------------------------------------------------------

    def watch(self, entrance: Entrance) -> None:
        """Run unattended before anybody has signed in, where that was allowed."""
        self.entrance = entrance
        allowed = entrance.vault.allows_unattended
        self._records.run(allowed, self._on_allowed, _ignore, owner=self)

    def _on_allowed(self, is_allowed: bool) -> None:
        from desktop_app.application.sync_schedule import Schedule
        from desktop_app.domain.sync import LONGEST_INTERVAL_MINUTES

        if is_allowed and not self._is_known and self._session is None:
            # Whether and when is in the records: the first look opens them.
            self._is_unattended_allowed = True
            self._schedule = Schedule(LONGEST_INTERVAL_MINUTES * 60.0)
            self._look_timer.start()

    def begin(self, entrance: Entrance, session: Session) -> None:
        """Work for the person who has just come in."""
        self.entrance, self._session = entrance, session
        if self._state.error is not None and self._state.error.code in _ONLY_UNATTENDED:
            # That there was no key to run without a person is over: there is a person.
            self._schedule = None
            self._change(error=None)
        if not session.person.may(Right.READ_SYNC):
            self._change(status=None)
            return
        if self._has_news:
            self._tell_news()
        else:
            self.refresh()

    def leave(self) -> None:
        """End the present run: the records are being closed."""
        self._session = None
        self._settle_timer.stop()
        self.cancel()

    def make_way(self) -> None:
        """Close the records that a run has open with nobody signed in, before somebody comes in."""
        if self._unattended is not None:
            self._unattended.make_way()

    def forget(self) -> None:
        """Leave this clinic for another: nothing of it is followed any more."""
        self.leave()
        self.make_way()
        self._look_timer.stop()
        self._schedule, self._is_known = None, False
        self._change(status=None, error=None, incident="", is_reached=False)

    def close(self) -> None:
        """Let the network finish, but not for long; `leave` and `make_way` come before."""
        self._look_timer.stop()
        until = time.monotonic() + _LONGEST_GOODBYE_SECONDS
        for tasks in (self._network, self.calls):
            tasks.close(max(0.0, until - time.monotonic()))

    # -- how it stands -------------------------------------------------------------------------

    def note_work(self) -> None:
        """Look, in a moment, whether what a person did is to be sent."""
        if self._session is not None and self._state.status is not None:
            self._settle_timer.start()

    def refresh(self) -> None:
        """Read how the records stand."""
        from desktop_app.application.synchronise import read_sync_status

        session = self._session
        if session is not None:
            read = partial(read_sync_status, session)
            self._records.run(read, partial(self._on_status, session), _ignore, owner=self)

    def _on_status(self, session: Session, status: SyncStatus) -> None:
        if session is not self._session:
            return
        earlier = self._state.status
        self._follow(status.settings, status.position)
        is_more = earlier is not None and status.counts.waiting > earlier.counts.waiting
        if is_more and self._schedule is not None and not self._state.is_running:
            self._schedule = self._schedule.after_change(self._now())
        self._change(status=status)

    def _follow(self, settings: ServerSettings, position: SyncPosition) -> None:
        """Go by what an administrator decided about running in the background."""
        from desktop_app.application.sync_schedule import LONG_AGO, Moment, Schedule

        if not self._is_known:
            self._is_known, self._schedule = True, None
        self._is_unattended_allowed = settings.is_unattended
        if not (settings.is_set and settings.is_automatic):
            self._schedule = None
            self._look_timer.stop()
            return
        interval = settings.interval_minutes * 60.0
        if self._schedule is None:
            tried = position.last_tried
            since = LONG_AGO if tried is None else Moment(tried)
            self._schedule = Schedule(interval, since)
        self._schedule = replace(self._schedule, interval_seconds=interval)
        self._look_timer.start()

    def note_check(self, check: ConnectionCheck) -> None:
        """Show what a check of the connection found; one that went through lets runs go on."""
        if check.error is None:
            self.resume()
        reached = check.error is None or check.greeting is not None
        self._change(error=check.error, incident="", is_reached=reached)

    def resume(self) -> None:
        """Go on: a person changed the settings or signed in to the server."""
        if self._schedule is not None:
            self._schedule = self._schedule.resumed()
        self._change(error=None, incident="")
        self.refresh()

    def _change(self, **parts: object) -> None:
        self._state = replace(self._state, **parts)  # type: ignore[arg-type] # parts of the state
        self.changed.emit()

    def _now(self) -> Moment:
        from desktop_app.application.sync_schedule import LONG_AGO, Moment

        if self.entrance is None:
            return LONG_AGO
        clock = self.entrance.clock
        return Moment(clock.now(), clock.monotonic())

    # -- running -------------------------------------------------------------------------------

    def look(self) -> None:
        """Begin a run if one is due."""
        session = self._session
        if not self._is_due() or self._stop is not None:
            return
        if session is not None and self._is_known and session.person.may(Right.SEND_RECORDS):
            self._start(session)
        elif session is None and self._is_unattended_allowed and self.entrance is not None:
            self._start_unattended(self.entrance)

    def _is_due(self) -> bool:
        from desktop_app.application.sync_schedule import next_due

        return self._schedule is not None and next_due(self._schedule, self._now()) == 0

    def _is_unattended_due(self, settings: ServerSettings, position: SyncPosition) -> bool:
        self._follow(settings, position)
        return self._is_due()

    def start(self) -> None:
        """Run now, because a person asked for it."""
        if self._session is not None and self._stop is None:
            self._is_asked_for = True
            self._start(self._session)

    def cancel(self) -> None:
        """Stop the present run after the step it is at."""
        if self._stop is not None and not self._stop.is_set():
            self._stop.set()
            self._change(is_stopping=True)

    def _start(self, session: Session) -> None:
        from desktop_app.application.synchronise import synchronise

        stop = self._note_start()
        work = partial(synchronise, session, stop=stop, observe=self._relay)
        self._network.run(work, self._on_outcome, self._on_failed, owner=self)

    def _start_unattended(self, entrance: Entrance) -> None:
        from desktop_app.gui.unattended import UnattendedRun

        stop = self._note_start()
        self._unattended = UnattendedRun(
            entrance,
            self._records,
            self._network,
            stop=stop,
            observe=self._relay,
            is_due=self._is_unattended_due,
            parent=self,
        )
        self._unattended.start(self._on_outcome, self._on_failed)

    def _note_start(self) -> Event:
        from desktop_app.application.courier import Progress

        self._stop = stop = Event()
        status = self._state.status
        total = status.counts.waiting if status is not None else 0
        self._change(is_running=True, is_stopping=False, progress=Progress(0, 0), total=total)
        return stop

    def _on_progress(self, progress: Progress) -> None:
        if self._state.is_running:
            self._change(progress=progress)

    def _on_outcome(self, outcome: Outcome | None) -> None:
        if outcome is None:
            self._end_run()
            self._change()
        else:
            self._end(outcome.error, outcome)

    def _on_failed(self, error: AppError) -> None:
        self._end(error, error)

    def _on_incident(self, number: str) -> None:
        """Show it in the state: what went wrong in the background pops up over nobody's work."""
        self.make_way()
        if self._schedule is not None:
            self._schedule = replace(self._schedule, is_paused=True)
        self._end_run()
        self._change(error=None, incident=number)

    def _on_incident_of_records(self, number: str) -> None:
        if self._unattended is not None:
            self._on_incident(number)

    def _end(self, error: AppError | None, answer: Outcome | AppError) -> None:
        was_stopped = self._stop is not None and self._stop.is_set()
        was_asked_for = self._is_asked_for
        self._end_run()
        if error is not None and error.code is ErrorCode.NOT_SIGNED_IN:
            # The screen was locked, or somebody came in: nothing is wrong, and the run stays due.
            self._change()
        elif was_stopped:
            self._note_in_schedule(None)
            self._change(error=None, incident="")
        else:
            self._note_in_schedule(error)
            self._change(error=error, incident="", is_reached=error is None)
        self._tell_news()
        if was_asked_for and self._session is not None:
            self.ended.emit(answer)

    def _tell_news(self) -> None:
        """Let the pages read anew what a run changed, after the unlocking if it ended before."""
        self._has_news = self._session is None
        if not self._has_news:
            self._navigator.records_synced.emit()
            self.refresh()

    def _note_in_schedule(self, error: AppError | None) -> None:
        if self._schedule is None:
            return
        if error is None:
            self._schedule = self._schedule.after_success(self._now())
        else:
            spread = random.uniform(0.75, 1.25)  # noqa: S311 - spreads the load, protects nothing
            self._schedule = self._schedule.after_failure(self._now(), error, spread)

    def _end_run(self) -> None:
        self._stop = None
        self._is_asked_for = False
        if self._unattended is not None:
            self._unattended.deleteLater()
            self._unattended = None
        self._state = replace(
            self._state, is_running=False, is_stopping=False, progress=None, total=0
        )


def _ignore(_error: AppError) -> None:
    """Leave it: the records were closed, or whoever asks next is told."""
