"""Opening the patient list at a million patients against ten thousand.

    python -m tests.bench.list_growth FOLDER

opens it in a process of its own and prints milliseconds and the process's peak of memory.
"""

import json
import re
import statistics
import subprocess
import sys
import time
from pathlib import Path

from desktop_app.application.ports import PatientFilter, PatientQuery
from tests.bench.clinics import clinic_of, opened
from tests.bench.measuring import Measurement
from tests.bench.million import MILLION

FEW = 10_000
ROUNDS = 7
MORE_MEGABYTES = 50


def measure() -> Measurement:
    """Open both in turn, each in a new process."""
    many, few = [], []
    for _ in range(ROUNDS):
        few.append(opening(clinic_of(FEW)))
        many.append(opening(clinic_of(MILLION)))
    value = statistics.median(one["milliseconds"] for one in many)
    baseline = statistics.median(one["milliseconds"] for one in few)
    more = max(one["megabytes"] for one in many) - min(one["megabytes"] for one in few)
    return Measurement(
        value=value,
        unit="ms",
        baseline=f"the same at {FEW:,} patients",
        baseline_value=baseline,
        ratio=value / baseline,
        goal=f"<= 1.5 x; memory <= +{MORE_MEGABYTES} MB",
        met=value / baseline <= 1.5 and more <= MORE_MEGABYTES,
        also={"memory": f"{more:+.1f} MB"},
    )


def opening(folder: Path) -> dict[str, float]:
    """Open the list of a clinic in a new process."""
    command = [sys.executable, "-m", "tests.bench.list_growth", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def open_list(folder: Path) -> dict[str, float]:
    """Read the first page and every filter's count, as the screen does when it is shown."""
    with opened(folder) as records:
        start = time.perf_counter()
        with records.unit_of_work() as work:
            work.patients.list_page(PatientQuery())
            for shown in PatientFilter:
                work.patients.count(shown)
        taken = (time.perf_counter() - start) * 1000
        return {"milliseconds": taken, "megabytes": peak_megabytes()}


def peak_megabytes() -> float:
    """Return this process's largest resident size; nothing is told on Windows."""
    if sys.platform == "win32":
        return 0.0
    status = Path("/proc/self/status")
    if status.exists():
        # What getrusage tells on Linux holds the size of the process that started this one.
        (peak,) = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="ascii"))
        return int(peak) / 2**10
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


if __name__ == "__main__":
    print(json.dumps(open_list(Path(sys.argv[1]))))
