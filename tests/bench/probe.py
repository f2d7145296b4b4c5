"""Run in a process of its own: start a window and print when it was painted, when it was ready.

    python -m tests.bench.probe bare | painted | ready  STARTED_NS

STARTED_NS is the parent's `time.monotonic_ns()` just before it started this process, a clock that
all processes of a machine share. The figures leave as one line of JSON, in milliseconds.
"""

import json
import os
import sys
import time
from typing import Any

# The interval at which the window's thread must come round.
TICK_MILLISECONDS = 2
GIVE_UP_AFTER_MILLISECONDS = 60_000


def bare(started: int) -> None:
    """Show the smallest window that PySide6 can."""
    from PySide6.QtWidgets import QApplication, QWidget

    app = QApplication([])
    window = QWidget()
    window.show()
    watch(app, started, is_ready=lambda: True)
    app.exec()


def program(started: int, *, waits_for_model: bool) -> None:
    """Start MesoDesk as a person does, watching from inside its event loop."""
    from PySide6.QtWidgets import QApplication

    # To note the loading its module is imported early, which the window itself does not do.
    loaded = note_loading() if waits_for_model else [None]
    run_loop = QApplication.exec

    def run_watched_loop(*_: Any) -> int:
        app = QApplication.instance()
        watch(app, started, is_ready=lambda: bool(loaded))
        return run_loop()

    QApplication.exec = run_watched_loop  # type: ignore[method-assign]  # the seam
    from desktop_app.__main__ import main

    sys.argv = ["mesodesk"]
    main()


def note_loading() -> list[Any]:
    """Return a list into which the model comes when it is loaded."""
    from desktop_app.infrastructure.inference import bundled_model

    load, loaded = bundled_model.load_model, []

    def load_and_note(*arguments: Any, **named: Any) -> Any:
        model = load(*arguments, **named)
        loaded.append(model)
        return model

    bundled_model.load_model = load_and_note
    return loaded


def watch(app: Any, started: int, *, is_ready: Any) -> None:
    """Note the first painting of a window and the longest gap between ticks until ready."""
    from PySide6.QtCore import QEvent, QObject, Qt, QTimer

    figures: dict[str, float] = {}

    def since_start() -> float:
        return (time.monotonic_ns() - started) / 1e6

    class Watcher(QObject):
        def eventFilter(self, target: Any, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint and "painted" not in figures:
                figures["painted"] = 0.0
                QTimer.singleShot(0, note_painted)
            return False

    last = since_start()

    def note_painted() -> None:
        nonlocal last
        figures["painted"] = last = since_start()
        figures["longest_stall"] = 0.0

    def tick() -> None:
        nonlocal last
        now = since_start()
        if "longest_stall" in figures:
            gap = now - last - TICK_MILLISECONDS
            figures["longest_stall"] = max(figures["longest_stall"], gap)
            if is_ready():
                figures["ready"] = now
                finish()
        if now > GIVE_UP_AFTER_MILLISECONDS:
            finish()
        last = now

    def finish() -> None:
        print(json.dumps(figures), flush=True)
        # Closing is not what is measured, and a model half loaded would make it wait.
        os._exit(0)

    watcher = Watcher(app)
    app.installEventFilter(watcher)
    timer = QTimer(app)
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(tick)
    timer.start(TICK_MILLISECONDS)


if __name__ == "__main__":
    kind, started_ns = sys.argv[1], int(sys.argv[2])
    if kind == "bare":
        bare(started_ns)
    else:
        program(started_ns, waits_for_model=kind == "ready")
