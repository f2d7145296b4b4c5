"""`score` of 100,000 rows, file to file, against the pipeline on the frame alone."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pandas as pd

from desktop_app.bootstrap import score_file
from tests.bench.measuring import Measurement
from tests.bench.model import frame_of, made_up_rows, shipped_bundle
from tests.bench.processes import environment

ROWS = 100_000


def measure() -> Measurement:
    """Time the whole command, its start included, and one call of the pipeline."""
    frame = frame_of(made_up_rows(ROWS).round(1))
    pipeline = shipped_bundle().pipeline
    start = time.perf_counter()
    expected = pipeline.predict_proba(frame)[:, 1]
    baseline = time.perf_counter() - start
    with tempfile.TemporaryDirectory() as folder:
        given, scored = Path(folder, "given.csv"), Path(folder, "scored.csv")
        frame.to_csv(given, index=False)
        command = [sys.executable, "-m", "desktop_app", "score", str(given), "-o", str(scored)]
        start = time.perf_counter()
        subprocess.run(command, env=environment(Path(folder)), check=True, capture_output=True)
        value = time.perf_counter() - start
        start = time.perf_counter()
        score_file(given, scored)
        without_start = time.perf_counter() - start
        found = pd.read_csv(scored, encoding="utf-8-sig", float_precision="round_trip")
    was_scored = found["pred_proba"].notna()
    has_equal_bits = bool((found["pred_proba"] == expected)[was_scored].all())
    ratio = value / baseline
    return Measurement(
        value=value,
        unit="s",
        baseline="Pipeline.predict_proba of the frame",
        baseline_value=baseline,
        ratio=ratio,
        goal="<= 1.5 x, equal bits",
        met=ratio <= 1.5 and has_equal_bits,
        also={
            "once started": f"{without_start:.2f} s, {without_start / baseline:.2f} x",
            "rows a second": round(ROWS / value),
            "rows scored": int(was_scored.sum()),
            "equal bits": has_equal_bits,
        },
    )
