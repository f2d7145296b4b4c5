"""One assessment's probability through the RiskModel port, against the pipeline on one row."""

from desktop_app.infrastructure.inference.bundled_model import BundledModel
from tests.bench.measuring import Measurement, median_milliseconds
from tests.bench.model import frame_of, made_up_rows, shipped_bundle

ROWS = 200


def measure() -> Measurement:
    """Time single rows both ways, and compare every bit of what they give."""
    bundle = shipped_bundle()
    model = BundledModel(bundle)
    rows = made_up_rows(ROWS)
    forms = [dict(zip(model.base_features, map(float, row), strict=True)) for row in rows]
    expected = bundle.pipeline.predict_proba(frame_of(rows))[:, 1]
    has_equal_bits = [model.probability(form) for form in forms] == list(expected)

    one_row = frame_of(rows[:1])
    baseline = median_milliseconds(lambda: bundle.pipeline.predict_proba(one_row), rounds=30)
    value = median_milliseconds(lambda: [model.probability(form) for form in forms], rounds=10)
    value /= ROWS
    return Measurement(
        value=value,
        unit="ms",
        baseline="Pipeline.predict_proba, one-row DataFrame",
        baseline_value=baseline,
        ratio=baseline / value,
        goal=">= 100 x faster, equal bits",
        met=baseline / value >= 100 and has_equal_bits,
        also={"equal bits": has_equal_bits, "rows compared": ROWS},
    )
