"""Notices that nobody has touched the computer for a while."""

import time
from collections.abc import Callable

from PySide6.QtCore import QElapsedTimer, QEvent, QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

WARNING_SECONDS = 30
_ACTIVITY = {
    QEvent.Type.KeyPress,
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.Wheel,
    QEvent.Type.InputMethod,
    QEvent.Type.TouchBegin,
}


class IdleWatch(QObject):
    """Counts down from the last key, click or movement while it is running.

    The hours that a computer sleeps count too: its own timer stands still then, so the wall clock
    is asked as well. Set forward it locks too early, set back it changes nothing.
    """

    ticked = Signal(int)
    warned = Signal()
    resumed = Signal()
    expired = Signal()

    def __init__(
        self,
        app: QApplication,
        parent: QObject | None = None,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(parent)
        self._wall_clock = wall_clock
        self._touched_at = 0.0
        self._limit_seconds = 0
        self._since = QElapsedTimer()
        self._is_warned = False
        self._timer = QTimer(self)
        self._timer.setInterval(1000)
        self._timer.timeout.connect(self.check)
        self._app = app

    def start(self, minutes: float) -> None:
        """Begin to count; `expired` comes after so many minutes without a touch."""
        self._limit_seconds = round(minutes * 60)
        # Only from now on: a filter that sees every event would slow the first window by a third.
        self._app.installEventFilter(self)
        self._touch()
        self._timer.start()
        self.check()

    def stop(self) -> None:
        """Stop counting."""
        self._app.removeEventFilter(self)
        self._timer.stop()

    def check(self) -> None:
        """Compare the time since the last touch with the limit."""
        left = self._limit_seconds - self._idle_seconds()
        if left <= 0:
            self.stop()
            self.expired.emit()
            return
        self.ticked.emit(left)
        if left <= WARNING_SECONDS and not self._is_warned:
            self._is_warned = True
            self.warned.emit()

    def _idle_seconds(self) -> int:
        awake = self._since.elapsed() / 1000
        return int(max(awake, self._wall_clock() - self._touched_at))

    def _touch(self) -> None:
        self._since.restart()
        self._touched_at = self._wall_clock()
        if self._is_warned:
            self._is_warned = False
            self.resumed.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _ACTIVITY:
            if self._idle_seconds() >= self._limit_seconds:
                # The first touch after a sleep comes before the timer does, and acts on nothing.
                self.check()
                return True
            self._touch()
        return False
