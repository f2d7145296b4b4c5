"""Leads the tour move by move inside the program's own event loop, each with a time limit."""

import time

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtWidgets import QApplication

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.tour.hands import Moves, Wait

_LOOK_EVERY_MILLISECONDS = 10
LIMIT_SECONDS = 20.0


class Guide(QObject):
    """Makes the next move when what the last one waits for is seen.

    It looks from a timer, so it goes on inside the loops of dialogs too.
    """

    ended = Signal()

    def __init__(self, moves: Moves, limit_seconds: float = LIMIT_SECONDS) -> None:
        super().__init__()
        self._moves = moves
        self._limit = limit_seconds
        self._wait = Wait(lambda: True, "")
        self._since = time.monotonic()
        self.error: BaseException | None = None
        self.is_over = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_EVERY_MILLISECONDS)
        self._timer.timeout.connect(self._look)

    def start(self) -> None:
        """Make the first move as soon as the event loop runs."""
        self._timer.start()

    def _look(self) -> None:
        try:
            if self._wait.condition():
                self._wait, self._since = next(self._moves), time.monotonic()
            elif time.monotonic() - self._since > self._limit:
                raise AppError(
                    ErrorCode.TOUR_STOPPED,
                    missing=self._wait.name,
                    shown=_shown(),
                    seconds=round(self._limit),
                )
        except StopIteration:
            self._end()
        except Exception as error:  # noqa: BLE001 - whatever it is, the program must end
            self.error = error
            self._end()

    def _end(self) -> None:
        self._timer.stop()
        self.is_over = True
        self.ended.emit()


def _shown() -> str:
    """Return what stands on the screen instead: a dialog's question, or the window's title."""
    top = QApplication.activeModalWidget() or QApplication.activeWindow()
    if top is None:
        return ""
    return f"{top.accessibleName() or top.windowTitle()} {top.accessibleDescription()}".strip()
