"""Ready to assess, from the start of the process, against importing scikit-learn and pandas."""

import statistics

from tests.bench.measuring import Measurement
from tests.bench.processes import clinic_folder, environment, milliseconds_to_import, probe

ROUNDS = 7
LONGEST_STALL_MILLISECONDS = 100


def measure() -> Measurement:
    """Start both in turn, and keep the longest stall of the window's thread meanwhile."""
    with clinic_folder() as folder:
        found, imports = [], []
        for _ in range(ROUNDS + 1):
            imports.append(milliseconds_to_import("sklearn, pandas"))
            found.append(probe("ready", environment(folder)))
    value = statistics.median(figures["ready"] for figures in found[1:])
    stall = statistics.median(figures["longest_stall"] for figures in found[1:])
    worst = max(figures["longest_stall"] for figures in found[1:])
    baseline = statistics.median(imports[1:])
    ratio = value / baseline
    return Measurement(
        value=value,
        unit="ms",
        baseline="import sklearn, pandas",
        baseline_value=baseline,
        ratio=ratio,
        goal=f"<= 1.3 x; stall <= {LONGEST_STALL_MILLISECONDS} ms",
        met=ratio <= 1.3 and stall <= LONGEST_STALL_MILLISECONDS,
        also={"longest stall": f"{stall:.0f} ms (worst of {ROUNDS} rounds: {worst:.0f} ms)"},
    )
