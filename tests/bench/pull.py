"""Pulling 100,000 records into an encrypted database: memory stays flat.

    python -m tests.bench.pull FOLDER

pulls in a process of its own and prints its sizes on the way.
"""

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from desktop_app.application.courier import Progress
from desktop_app.application.synchronise import synchronise
from tests.bench.exchange import fill, server_in, workstation_in
from tests.bench.list_growth import peak_megabytes
from tests.bench.measuring import Measurement
from tests.sync.desk_process import session_of

RECORDS = 100_000
# By then the database is larger than the 64 MB of its pages that are kept.
EARLY = 3 * RECORDS // 10
MORE_MEGABYTES = 20


def measure() -> Measurement:
    """Fill the server from one workstation, and pull everything to another."""
    with tempfile.TemporaryDirectory(prefix="mesodesk-bench-") as name:
        folder = Path(name)
        with server_in(folder / "server") as server:
            sender = workstation_in(folder / "sender", server.address)
            fill(sender, RECORDS)
            outcome = synchronise(sender, stop=threading.Event(), observe=lambda _: None)
            if outcome.error is not None:
                raise outcome.error
            sender.close()
            workstation_in(folder / "receiver", server.address).close()
            command = [sys.executable, "-m", "tests.bench.pull", str(folder / "receiver")]
            done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures = json.loads(done.stdout)
    more = figures["at the end"] - figures["early"]
    return Measurement(
        value=figures["seconds"],
        unit="s",
        goal=f"memory <= +{MORE_MEGABYTES} MB after three tenths",
        met=more <= MORE_MEGABYTES and figures["received"] >= RECORDS,
        also={
            "records": figures["received"],
            "memory": f"{figures['early']:.0f} MB, then {figures['at the end']:.0f} MB at the end",
        },
    )


def pull(folder: Path) -> dict[str, float]:
    """Pull everything and return how large the process became."""
    session = session_of(folder)
    early: list[float] = []

    def observe(progress: Progress) -> None:
        if progress.received >= EARLY and not early:
            early.append(peak_megabytes())

    start = time.perf_counter()
    outcome = synchronise(session, stop=threading.Event(), observe=observe)
    seconds = time.perf_counter() - start
    session.close()
    if outcome.error is not None:
        raise outcome.error
    return {
        "seconds": seconds,
        "received": outcome.run.received,
        "early": early[0],
        "at the end": peak_megabytes(),
    }


if __name__ == "__main__":
    print(json.dumps(pull(Path(sys.argv[1]))))
