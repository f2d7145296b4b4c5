"""The range of a score over refits, against the forests it was encoded from."""

from typing import Any

import numpy as np
import pytest
from sklearn.ensemble import RandomForestClassifier

from risk_model.bundle import Bundle
from risk_model.refits import RefitForests
from tests.integration.risk_model.conftest import random_rows


def grown(inputs: Any, labels: Any, seed: int, trees: int = 7, **settings: int) -> Any:
    forest = RandomForestClassifier(trees, random_state=seed, **settings)
    return forest.fit(inputs, labels).estimators_


def mean_share(trees: Any, rows: Any) -> Any:
    return np.mean([tree.tree_.predict(rows)[:, 1] for tree in trees], axis=0)


@pytest.mark.parametrize("trees", [7, 8])
@pytest.mark.parametrize("depth", [3, 5, 6])
def test_encoded_forests_score_as_the_forests(depth: int, trees: int) -> None:
    random = np.random.default_rng(2)
    # Whole numbers: every threshold lies in the middle between neighbours or on a number.
    inputs = random.integers(0, 50, (400, 3)).astype(np.float32)
    labels = random.integers(0, 2, 400)
    forests = [grown(inputs, labels, seed, trees, max_depth=depth) for seed in range(5)]
    edges = [np.arange(0, 50, 0.5) for _ in range(3)]

    encoded = RefitForests.of(forests, edges)

    rows = random.integers(-1, 51, (500, 3)).astype(np.float32)
    rows[random.random(rows.shape) < 0.1] = np.nan
    expected = np.column_stack([mean_share(forest, rows) for forest in forests])
    again = RefitForests.from_bytes(encoded.to_bytes())
    assert np.abs(encoded.probabilities(rows) - expected).max() < 1e-5
    assert np.array_equal(again.probabilities(rows), encoded.probabilities(rows))


@pytest.mark.parametrize("settings", [{"max_leaf_nodes": 20}, {"max_depth": 12}])
def test_trees_that_the_encoding_cannot_hold_are_refused(settings: dict[str, int]) -> None:
    random = np.random.default_rng(2)
    inputs, labels = random.random((400, 3)), random.integers(0, 2, 400)

    with pytest.raises(ValueError, match="too many leaves, or not grown depth-first"):
        RefitForests.of([grown(inputs, labels, 0, **settings)], [np.linspace(0, 1, 9)] * 3)


def test_one_row_has_the_range_it_has_among_many(shipped: Bundle) -> None:
    rows = random_rows(9000)
    assert shipped.refits is not None

    together = shipped.refits.ranges(rows)

    for position in (0, 31, 32, 4095, 4096, 8999):
        alone = shipped.refits.range(rows[position])
        assert (alone.low, alone.high) == tuple(together[position])


def test_a_range_holds_the_middle_nine_tenths_of_a_hundred_refits(shipped: Bundle) -> None:
    assert shipped.refits is not None
    rows = random_rows(200)
    inputs = shipped.scorer.selected(rows).astype(np.float32)
    scores = shipped.refits.forests.probabilities(inputs)
    assert scores.shape == (200, 100)

    low, high = shipped.refits.ranges(rows).T

    inside = (scores >= low[:, None]) & (scores <= high[:, None])
    assert np.all(inside.sum(axis=1) == 90)


@pytest.mark.parametrize("threshold", [0.05, 0.29, 0.6])
def test_a_side_of_the_threshold_is_where_the_whole_range_lies(
    shipped: Bundle, threshold: float
) -> None:
    assert shipped.refits is not None
    rows = random_rows(9000)

    sides = shipped.refits.sides(rows, threshold)

    reaches = shipped.refits.ranges(rows) >= threshold
    assert np.array_equal(sides == 1, reaches.all(axis=1))
    assert np.array_equal(sides == -1, ~reaches.any(axis=1))


def test_no_rows_have_no_ranges_and_no_sides(shipped: Bundle) -> None:
    assert shipped.refits is not None
    assert shipped.refits.sides(np.empty((0, 11)), 0.29).shape == (0,)
    assert shipped.refits.ranges(np.empty((0, 11))).shape == (0, 2)
