"""The shipped model, and made-up rows to score with it."""

from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from desktop_app.config import model_folder
from risk_model.bundle import Bundle, hashes_to_trust, load_bundle

NEVER_ABOVE = {
    "duration_of_asbestos_exposure": "age",
    "albumin": "total_protein",
    "pleural_protein": "total_protein",
}


@cache
def shipped_bundle() -> Bundle:
    """Load the bundle that stands in model_result."""
    folder = model_folder()
    return load_bundle(folder, trusted_sha256=hashes_to_trust(folder).values())


def made_up_rows(count: int) -> npt.NDArray[np.float64]:
    """Draw rows of base features inside the training bands, without contradictions in a row."""
    bundle = shipped_bundle()
    assert bundle.applicability is not None, "the shipped bundle brings its training bands"
    bands = [bundle.applicability.bands[name] for name in bundle.base_features]
    generator = np.random.default_rng(20261123)
    rows = generator.uniform([b.p1 for b in bands], [b.p99 for b in bands], (count, len(bands)))
    place = {name: number for number, name in enumerate(bundle.base_features)}
    for smaller, larger in NEVER_ABOVE.items():
        column = rows[:, place[smaller]]
        np.minimum(column, 0.9 * rows[:, place[larger]], out=column)
    return rows


def frame_of(rows: npt.NDArray[np.float64]) -> pd.DataFrame:
    """Name the columns, as the pipeline was fitted."""
    return pd.DataFrame(rows, columns=list(shipped_bundle().base_features))
