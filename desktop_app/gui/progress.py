"""Brings a worker's progress to the GUI thread, not more often than anybody can see."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

if TYPE_CHECKING:
    from desktop_app.application.courier import Progress

_LEAST_SECONDS_BETWEEN = 0.1


class ProgressRelay(QObject):
    """Called by a worker with its progress; `progressed` arrives where this object was made."""

    progressed = Signal(object)

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._last = 0.0

    def __call__(self, progress: Progress) -> None:
        """Pass it on, unless the last one has just gone."""
        now = time.monotonic()
        if now - self._last >= _LEAST_SECONDS_BETWEEN:
            self._last = now
            self.progressed.emit(progress)
