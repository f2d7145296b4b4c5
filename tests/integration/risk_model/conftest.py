"""A small bundle trained from made-up records, and the shipped one."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risk_model.bundle import Bundle, hashes_to_trust, load_bundle
from risk_model.fitting import Plan
from risk_model.inputs import BASE_FEATURES, Floats
from risk_model.train import LABEL_COLUMN, train

SMALL = Plan(
    trees=20,
    trees_to_choose=5,
    folds=3,
    divisions=3,
    refits=10,
    trees_a_refit=4,
    grid={"rf__min_samples_leaf": (5, 10), "rf__max_features": (2,)},
)
SHIPPED = Path(__file__).parents[3] / "model_result"


def made_up_table() -> pd.DataFrame:
    random = np.random.default_rng(11)
    table = pd.DataFrame(random.uniform(20, 80, (150, len(BASE_FEATURES))), columns=BASE_FEATURES)
    chance = 1 / (1 + np.exp((table["age"] - table["albumin"]) / 20))
    table[LABEL_COLUMN] = (random.random(150) < chance).astype(int)
    return table


def random_rows(count: int, seed: int = 5) -> Floats:
    """Draw rows within and beyond the shipped bands, one value in ten missing."""
    random = np.random.default_rng(seed)
    rows = random.random((count, len(BASE_FEATURES))) ** 2 * 1.3
    rows *= [85, 52, 3335, 22, 1128, 7541, 6.7, 8.5, 6.9, 103, 70]
    rows[random.random(rows.shape) < 0.1] = np.nan
    return rows


@pytest.fixture(scope="session")
def small_files() -> dict[str, bytes]:
    return train(made_up_table(), SMALL)


@pytest.fixture
def small_folder(small_files: dict[str, bytes], tmp_path: Path) -> Path:
    for name, content in small_files.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


@pytest.fixture(scope="session")
def shipped() -> Bundle:
    return load_bundle(SHIPPED, trusted_sha256=hashes_to_trust(SHIPPED).values())
