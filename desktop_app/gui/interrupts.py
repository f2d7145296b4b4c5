"""Ctrl+C at the terminal and the system's request to end, for a program in Qt's event loop."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager

from PySide6.QtCore import QCoreApplication, QTimer


@contextmanager
def ending_when_asked() -> Iterator[None]:
    """End as by closing the window, so that what was typed is kept; never as an exception.

    Python's own way would raise in whichever slot happens to run next.
    """

    def end(_number: int, _frame: object) -> None:
        # From the loop: before it runs, Qt would not remember the wish to quit.
        QTimer.singleShot(0, QCoreApplication.quit)

    before = {number: signal.signal(number, end) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
