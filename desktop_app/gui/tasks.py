"""Background work: the only place of the windows that starts a thread."""

import gc
import logging
import queue
import secrets
import threading
import traceback
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

import shiboken6
from PySide6.QtCore import QCoreApplication, QObject, Qt, QTimer, Signal

from desktop_app.domain.errors import AppError

_log = logging.getLogger(__name__)

T = TypeVar("T")


def record_incident(error: BaseException) -> str:
    """Log an unexpected error without any value it carries and return its incident number."""
    number = secrets.token_hex(4).upper()
    frames = " < ".join(
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in reversed(traceback.extract_tb(error.__traceback__))
    )
    _log.error("incident %s: %s at %s", number, type(error).__name__, frames)
    return number


class _Job(NamedTuple):
    work: Callable[[], Any]
    done: Callable[[Any], None]
    failed: Callable[[AppError], None] | None
    owner: QObject | None


class _Outcome(NamedTuple):
    job: _Job
    value: Any
    error: BaseException | None


class Tasks(QObject):
    """One worker thread that takes jobs in order; outcomes arrive on the GUI thread.

    A job's outcome is dropped when its owner (by default the receiver of `done`, where that is a
    QObject) no longer exists. A job without `failed` reports its error through `error_raised`.
    """

    error_raised = Signal(AppError)
    incident_raised = Signal(str)
    busy_changed = Signal(bool)
    _finished = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._waiting = 0
        self._finished.connect(self._deliver, Qt.ConnectionType.QueuedConnection)
        self._thread = threading.Thread(target=self._work_through, name=name, daemon=True)
        self._thread.start()

    def run(
        self,
        work: Callable[[], T],
        done: Callable[[T], None],
        failed: Callable[[AppError], None] | None = None,
        *,
        owner: QObject | None = None,
    ) -> None:
        """Do `work` on the worker thread and hand its result to `done` on this one."""
        receiver = getattr(done, "__self__", None)
        if owner is None and isinstance(receiver, QObject):
            owner = receiver
        self._count(+1)
        self._jobs.put(_Job(work, done, failed, owner))

    @property
    def is_busy(self) -> bool:
        """Tell whether a job runs or waits."""
        return self._waiting > 0

    def settle(self) -> None:
        """Wait until every job is done and its outcome delivered, also jobs that outcomes add."""
        while self.is_busy and self._thread.is_alive():
            reached = threading.Event()
            self.run(reached.set, lambda _nothing: None)
            reached.wait()
            QCoreApplication.sendPostedEvents(self)

    def close(self, longest_seconds: float | None = None) -> None:
        """Finish every job that was handed in, deliver the outcomes, and end the thread.

        After `longest_seconds` what still runs is left to itself.
        """
        if self._thread.is_alive():
            self._jobs.put(None)
            self._thread.join(longest_seconds)
        QCoreApplication.sendPostedEvents(self)

    def _count(self, step: int) -> None:
        was_busy = self.is_busy
        self._waiting += step
        if self.is_busy != was_busy:
            self.busy_changed.emit(self.is_busy)

    def _work_through(self) -> None:
        while (job := self._jobs.get()) is not None:
            try:
                outcome = _Outcome(job, job.work(), None)
            except BaseException as error:  # noqa: BLE001 - a failing job must not end the worker
                outcome = _Outcome(job, None, error)
            self._finished.emit(outcome)

    def _deliver(self, outcome: _Outcome) -> None:
        self._count(-1)
        job, error = outcome.job, outcome.error
        if job.owner is not None and not shiboken6.isValid(job.owner):
            return
        if error is None:
            job.done(outcome.value)
        elif isinstance(error, AppError):
            (job.failed or self.error_raised.emit)(error)
        else:
            self.incident_raised.emit(record_incident(error))


class GarbageCollector(QObject):
    """Frees unreachable cycles on the GUI thread only.

    Python would do so in whichever thread allocates next; a widget freed in a worker leaves Qt with
    a pointer to nothing. The thresholds stay Python's own.
    """

    _INTERVAL_MILLISECONDS = 500

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._timer = QTimer(self)
        self._timer.setInterval(self._INTERVAL_MILLISECONDS)
        self._timer.timeout.connect(self.collect)
        self._timer.start()

    def collect(self) -> None:
        """Free the oldest generation that is due, and the younger ones with it."""
        due = [
            generation
            for generation, (count, most) in enumerate(
                zip(gc.get_count(), gc.get_threshold(), strict=True)
            )
            if 0 < most < count
        ]
        if due:
            gc.collect(due[-1])

    def close(self) -> None:
        """Leave it to Python again."""
        self._timer.stop()
        gc.enable()
