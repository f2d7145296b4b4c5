"""Notices that nobody has touched the computer for a while."""

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
    """Counts down from the last key, click or movement while it is running."""

    ticked = Signal(int)
    warned = Signal()
    resumed = Signal()
    expired = Signal()

    def __init__(self, app: QApplication, parent: QObject | None = None) -> None:
        super().__init__(parent)
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
        left = self._limit_seconds - self._since.elapsed() // 1000
        if left <= 0:
            self.stop()
            self.expired.emit()
            return
        self.ticked.emit(left)
        if left <= WARNING_SECONDS and not self._is_warned:
            self._is_warned = True
            self.warned.emit()

    def _touch(self) -> None:
        self._since.restart()
        if self._is_warned:
            self._is_warned = False
            self.resumed.emit()

    def eventFilter(self, _watched: QObject, event: QEvent) -> bool:
        if event.type() in _ACTIVITY:
            self._touch()
        return False
