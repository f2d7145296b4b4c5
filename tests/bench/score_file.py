"""`score` of 100,000 rows, file to file, against the pipeline on the frame alone."""

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd

from tests.bench.measuring import Measurement, in_turn
from tests.bench.model import frame_of, made_up_rows, shipped_bundle
from tests.bench.processes import environment

ROWS = 100_000
ROUNDS = 5


def measure() -> Measurement:
    """Time the whole command, its start included, and one call of the pipeline, in turn."""
    frame = frame_of(made_up_rows(ROWS).round(1))
    pipeline = shipped_bundle().pipeline
    with tempfile.TemporaryDirectory() as folder:
        given, scored = Path(folder, "given.csv"), Path(folder, "scored.csv")
        everyday = Path(folder, "everyday.csv")
        frame.to_csv(given, index=False)
        as_a_laboratory_sends_it(frame).to_csv(everyday, index=False, encoding="utf-8-sig")

        def score(source: Path) -> None:
            command = [sys.executable, "-m", "desktop_app", "score", str(source), "-o", str(scored)]
            subprocess.run(command, env=environment(Path(folder)), check=True, capture_output=True)

        taken = in_turn(
            lambda: pipeline.predict_proba(frame),
            lambda: score(everyday),
            lambda: score(given),
            rounds=ROUNDS,
        )
        found = pd.read_csv(scored, encoding="utf-8-sig", float_precision="round_trip")
    baseline, with_everything, value = (statistics.median(one) / 1000 for one in taken)
    was_scored = found["pred_proba"].notna()
    expected = pipeline.predict_proba(frame)[:, 1]
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
            "with names, notes, gaps and units": f"{with_everything:.2f} s, "
            f"{with_everything / baseline:.2f} x",
            "rows a second": round(ROWS / value),
            "rows scored": int(was_scored.sum()),
            "equal bits": has_equal_bits,
            "rounds": ROUNDS,
        },
    )


def as_a_laboratory_sends_it(frame: pd.DataFrame) -> pd.DataFrame:
    """Add columns of text, units, gaps and comparators, and a quoted note now and then."""
    generator = np.random.default_rng(324)
    texts = frame.astype(str)
    texts = texts.mask(generator.random(texts.shape) < 0.03, "")
    crp, albumin = "C-reactive_protein_(CRP)", "albumin"
    texts[crp] = texts[crp].mask(generator.random(len(texts)) < 0.05, "<0.3")
    texts[albumin] = (frame[albumin] * 10).round().astype(str)
    texts[f"{albumin}__unit"] = "g/L"
    texts.insert(0, "chart", [f"{number:07}" for number in range(len(texts))])
    texts.insert(1, "name", generator.choice(["김영민", "이수정", "박현지"], len(texts)))
    texts["note"] = np.where(generator.random(len(texts)) < 0.001, "repeated, haemolytic", "")
    return texts
