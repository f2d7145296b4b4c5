"""Ctrl+C at the terminal, its end, and the system's request to end: what they do to the program.

Qt is imported where it is used: headless commands are ended too.
"""

import signal
from collections.abc import Iterator
from contextlib import contextmanager


def clear_up_when_asked() -> None:
    """End by KeyboardInterrupt, so that no half-written file stays behind."""
    for number in _heeded():
        signal.signal(number, signal.default_int_handler)


def end_at_once_when_asked() -> None:
    """End without clearing up, as long as there is nothing: while Qt is being imported.

    An exception that is raised in the middle of that ends in a crash.
    """
    for number in _heeded():
        signal.signal(number, signal.SIG_DFL)


@contextmanager
def close_when_asked() -> Iterator[None]:
    """End as by closing the window, so that what was typed is kept.

    Python's own way would raise in whichever slot happens to run next.
    """
    from PySide6.QtCore import QCoreApplication, QTimer

    def close(_number: int, _frame: object) -> None:
        # From the loop: before it runs, Qt would not remember the wish to quit.
        QTimer.singleShot(0, QCoreApplication.quit)

    before = {number: signal.signal(number, close) for number in _heeded()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _heeded() -> list[int]:
    """Return the signals that ask for an end, but those that whoever started us had ignored."""
    known = (getattr(signal, name, None) for name in ("SIGINT", "SIGTERM", "SIGHUP"))
    return [one for one in known if one is not None and signal.getsignal(one) != signal.SIG_IGN]
