"""Contributions are the Shapley values that the literature defines."""

from itertools import combinations
from math import factorial
from typing import Any

import numpy as np
import pytest

from risk_model.bundle import Bundle
from risk_model.inputs import Floats
from tests.integration.risk_model.conftest import random_rows


def test_contributions_add_up_from_the_mean_to_the_score(shipped: Bundle) -> None:
    for row in random_rows(300):
        parts = shipped.explainer.contributions(row)
        total = parts.base_value + sum(parts.by_input.values())
        assert total == pytest.approx(shipped.scorer.probability(row), abs=1e-12)


@pytest.mark.filterwarnings("ignore")  # of shap's own dependencies
def test_contributions_are_those_of_the_shap_package(shipped: Bundle) -> None:
    import shap

    rows = random_rows(1000)
    rows = rows[~np.isnan(rows).any(axis=1)]
    assert len(rows) > 200
    reference = shap.TreeExplainer(
        shipped.pipeline.named_steps["rf"], feature_perturbation="tree_path_dependent"
    )
    expected = reference.shap_values(shipped.scorer.scaled(rows))[..., 1]

    found = [shipped.explainer.contributions(row) for row in rows]

    assert np.abs(np.array([list(f.by_input.values()) for f in found]) - expected).max() < 1e-9
    assert found[0].base_value == pytest.approx(reference.expected_value[1], abs=1e-9)


def known(tree: Any, row: Floats, inputs: tuple[int, ...], node: int = 0) -> float:
    """Give a tree's mean where only these inputs are known; the others follow the records."""
    left, right = tree.children_left[node], tree.children_right[node]
    if left < 0:
        return float(tree.value[node, 0, 1])
    which = tree.feature[node]
    if which in inputs:
        goes_left = row[which] <= tree.threshold[node]
        if np.isnan(row[which]):
            goes_left = tree.missing_go_to_left[node]
        return known(tree, row, inputs, left if goes_left else right)
    cover = tree.weighted_n_node_samples
    total = cover[left] * known(tree, row, inputs, left)
    total += cover[right] * known(tree, row, inputs, right)
    return float(total / cover[node])


def test_missing_values_are_explained_by_the_definition_of_shapley_values(shipped: Bundle) -> None:
    row = next(r for r in random_rows(100) if np.isnan(r).sum() >= 2)
    scaled = shipped.scorer.scaled(row[None])[0].astype(np.float64)
    trees = [tree.tree_ for tree in shipped.pipeline.named_steps["rf"].estimators_[:20]]
    count = len(scaled)
    worth = {
        chosen: sum(known(tree, scaled, chosen) for tree in trees)
        for size in range(count + 1)
        for chosen in combinations(range(count), size)
    }
    expected = np.zeros(count)
    for chosen, value in worth.items():
        for added in set(range(count)) - set(chosen):
            weight = factorial(len(chosen)) * factorial(count - len(chosen) - 1) / factorial(count)
            expected[added] += weight * (worth[tuple(sorted((*chosen, added)))] - value)

    found = explained_by(shipped, 20, row)

    assert np.abs(found - expected / 20).max() < 1e-12


def explained_by(shipped: Bundle, trees: int, row: Floats) -> Floats:
    """Explain by the first trees only."""
    from copy import deepcopy

    from risk_model.explanation import Explainer
    from risk_model.scorer import Scorer

    pipeline = deepcopy(shipped.pipeline)
    forest = pipeline.named_steps["rf"]
    forest.estimators_ = forest.estimators_[:trees]
    parts = Explainer(Scorer.of(pipeline)).contributions(row)
    return np.array(list(parts.by_input.values()))
