"""Exact path-dependent Shapley values of the model's inputs."""

from functools import cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from risk_model.forest import Flags, FlatForest
from risk_model.inputs import Floats
from risk_model.scorer import Row, Scorer


class Contributions(NamedTuple):
    """What each model input adds to the mean of the training data; the sum is the score."""

    base_value: float
    by_input: dict[str, float]


class Leaves(NamedTuple):
    """Each leaf as a box of the input space; all but `share` are inputs x leaves."""

    low: Floats  # a row is inside where low < value <= high
    high: Floats
    takes_missing: Flags
    cover: Floats  # of the records that meet the path's other splits, the share that meets these
    share: Floats


class Explainer:
    """Split a score into contributions of the inputs.

    Shapley values of the game "the inputs in S are known, the others follow the training records
    down each tree" (Lundberg et al., Nature Machine Intelligence 2, 2020, algorithm 1). In a leaf
    that game is a product over inputs, so its values are integrals over t of polynomials in
    t * inside + (1 - t) * cover (Owen 1972), which Gauss-Legendre nodes integrate exactly.
    """

    def __init__(self, scorer: Scorer) -> None:
        self._scorer = scorer

    def contributions(self, values: Row) -> Contributions:
        """Explain one row: a mapping by name, or the base features in order."""
        scorer, leaves = self._scorer, self._leaves
        row = scorer.scaled(scorer.table(values))[0].astype(np.float64)[:, None]
        inside = np.where(
            np.isnan(row), leaves.takes_missing, (row > leaves.low) & (row <= leaves.high)
        )
        gain = inside - leaves.cover
        marginal = np.zeros_like(gain)
        for node, weight in self._quadrature:
            marginal += weight * _product_of_others(leaves.cover + node * gain)
        totals = (gain * marginal) @ leaves.share / len(scorer.forest.roots)
        return Contributions(
            self._base_value,
            dict(zip(scorer.selected_features, map(float, totals), strict=True)),
        )

    @cached_property
    def _leaves(self) -> Leaves:
        return leaf_boxes(self._scorer.forest, len(self._scorer.selected_features))

    @cached_property
    def _base_value(self) -> float:
        leaves = self._leaves
        return float(leaves.cover.prod(axis=0) @ leaves.share / len(self._scorer.forest.roots))

    @cached_property
    def _quadrature(self) -> list[tuple[float, float]]:
        # n nodes are exact to degree 2n - 1; the product of the other inputs has degree inputs - 1.
        nodes, weights = np.polynomial.legendre.leggauss(
            (len(self._scorer.selected_features) + 1) // 2
        )
        return list(zip((nodes + 1) / 2, weights / 2, strict=True))


def leaf_boxes(forest: FlatForest, inputs: int) -> Leaves:
    """Carry the splits of every path down to its leaf, one level of all trees at a time."""
    nodes = len(forest.feature)
    low = np.full((inputs, nodes), -np.inf)
    high = np.full((inputs, nodes), np.inf)
    takes_missing = np.ones((inputs, nodes), dtype=np.bool_)
    cover = np.ones((inputs, nodes))
    is_leaf = forest.is_leaf
    parents = forest.roots[~is_leaf[forest.roots]]
    while len(parents):
        feature, threshold = forest.feature[parents], forest.threshold[parents]
        for side in (0, 1):
            child = forest.children[2 * parents + side]
            for carried in (low, high, takes_missing, cover):
                carried[:, child] = carried[:, parents]
            if side:
                low[feature, child] = np.maximum(low[feature, child], threshold)
            else:
                high[feature, child] = np.minimum(high[feature, child], threshold)
            takes_missing[feature, child] &= forest.missing_left[parents] == (side == 0)
            cover[feature, child] *= forest.cover[child] / forest.cover[parents]
        level = forest.children.reshape(-1, 2)[parents].ravel()
        parents = level[~is_leaf[level]]
    return Leaves(
        low[:, is_leaf],
        high[:, is_leaf],
        takes_missing[:, is_leaf],
        cover[:, is_leaf],
        forest.share[is_leaf],
    )


def _product_of_others(factors: Floats) -> npt.NDArray[np.float64]:
    """Multiply, for each input, the factors of all other inputs, without dividing."""
    before, after = np.ones_like(factors), np.ones_like(factors)
    np.cumprod(factors[:-1], axis=0, out=before[1:])
    np.cumprod(factors[:0:-1], axis=0, out=after[-2::-1])
    return before * after
