"""Syncing 10,000 assessments with a real server, against one classic POST each; the window stays.

The server is gunicorn with two workers on SQLite, on this machine. The baseline is measured on some
hundred POSTs over one kept line and counted up.
"""

import os
import tempfile
import threading
import time
from pathlib import Path

import httpx
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

from desktop_app.application.courier import Outcome
from desktop_app.application.session import Session
from desktop_app.application.synchronise import read_sync_status, synchronise
from desktop_app.gui.tasks import Tasks
from tests.backend.samples import PASSWORD, PATIENT, PREDICTION
from tests.bench.exchange import fill, server_in, workstation_in
from tests.bench.measuring import Measurement
from tests.bench.processes import environment
from tests.sync.desk_process import ACCOUNT

ASSESSMENTS = 10_000
POSTS = 300
LONGEST_STALL_MILLISECONDS = 100
TICK_MILLISECONDS = 5


def measure() -> Measurement:
    """Sync from a worker beside a turning event loop, then post one by one."""
    with tempfile.TemporaryDirectory(prefix="mesodesk-bench-") as name:
        folder = Path(name)
        with server_in(folder / "server") as server:
            session = workstation_in(folder / "desk", server.address)
            fill(session, ASSESSMENTS)
            seconds, stall = _timed(session)
            counts = read_sync_status(session).counts
            session.close()
            baseline = _post_each(server.address) * ASSESSMENTS
    if counts.open or counts.confirmed < ASSESSMENTS:
        raise RuntimeError("not everything was confirmed")
    ratio = baseline / seconds
    return Measurement(
        value=seconds,
        unit="s",
        baseline=f"one classic POST each ({POSTS} measured)",
        baseline_value=baseline,
        ratio=ratio,
        goal=f">= 10 x faster; stall <= {LONGEST_STALL_MILLISECONDS} ms",
        met=ratio >= 10 and stall <= LONGEST_STALL_MILLISECONDS,
        also={
            "longest stall": f"{stall:.0f} ms",
            "records a second": f"{counts.confirmed / seconds:.0f}",
        },
    )


def _timed(session: Session) -> tuple[float, float]:
    """Return the seconds of one run, and the longest time the window's thread stood still."""
    os.environ.update({k: v for k, v in environment().items() if k == "QT_QPA_PLATFORM"})
    app = QApplication.instance() or QApplication([])
    network = Tasks("network")
    stalls: list[float] = []
    last = time.perf_counter()

    def tick() -> None:
        nonlocal last
        now = time.perf_counter()
        stalls.append((now - last) * 1000 - TICK_MILLISECONDS)
        last = now

    timer = QTimer()
    timer.setInterval(TICK_MILLISECONDS)
    timer.timeout.connect(tick)
    timer.start()
    outcomes: list[Outcome] = []

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        app.quit()

    start = time.perf_counter()
    last = start
    stop = threading.Event()
    network.run(lambda: synchronise(session, stop=stop, observe=lambda _: None), done)
    app.exec()
    seconds = time.perf_counter() - start
    network.close()
    if outcomes[0].error is not None:
        raise outcomes[0].error
    return seconds, max(stalls)


def _post_each(address: str) -> float:
    """Return the seconds of one classic POST."""
    with httpx.Client(base_url=address, trust_env=False) as client:
        credentials = {"username": ACCOUNT, "password": PASSWORD}
        access = client.post("/api/auth/token/", json=credentials).json()["access"]
        client.headers["Authorization"] = f"Bearer {access}"
        patient = client.post("/api/patients/", json=PATIENT).json()["id"]
        start = time.perf_counter()
        for number in range(POSTS):
            body = {**PREDICTION, "patient_id": patient, "output_proba": 0.3 + number / 1e4}
            client.post("/api/predictions/", json=body).raise_for_status()
        return (time.perf_counter() - start) / POSTS
