"""A random forest as flat arrays, walked for all trees at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from risk_model.errors import NonFiniteValueError
from risk_model.inputs import Floats

Integers: TypeAlias = npt.NDArray[np.intp]
Flags: TypeAlias = npt.NDArray[np.bool_]


def single_precision(rows: Floats) -> npt.NDArray[np.float32]:
    """Round to the trees' single precision as scikit-learn does, refusing what becomes infinite."""
    with np.errstate(over="ignore"):
        rounded = rows.astype(np.float32)
    if np.isinf(rounded).any():
        raise NonFiniteValueError("infinite, or too large for single precision")
    return rounded


@dataclass(frozen=True)
class FlatForest:
    """The nodes of all trees behind one another; a leaf is its own child."""

    roots: Integers
    feature: Integers
    threshold: Floats
    children: Integers  # left child at 2 * node, right child at 2 * node + 1
    missing_left: Flags
    share: Floats  # of the positive class
    cover: Floats  # weighted training records that reached the node
    depth: int

    @classmethod
    def of(cls, trees: Sequence[Any]) -> "FlatForest":
        """Flatten scikit-learn's fitted binary classification trees."""
        inner = [tree.tree_ for tree in trees]
        if any(t.value.shape[1:] != (1, 2) for t in inner):
            raise ValueError("not a forest of two classes")
        sizes = np.array([t.node_count for t in inner])
        roots = np.concatenate(([0], np.cumsum(sizes)[:-1])).astype(np.intp)
        itself = np.arange(sizes.sum())
        start = np.repeat(roots, sizes)

        def joined(name: str) -> Any:
            return np.concatenate([getattr(t, name) for t in inner])

        feature, left, right = joined("feature"), joined("children_left"), joined("children_right")
        is_leaf = left < 0
        children = np.empty(2 * len(itself), dtype=np.intp)
        children[0::2] = np.where(is_leaf, itself, left + start)
        children[1::2] = np.where(is_leaf, itself, right + start)
        return cls(
            roots=roots,
            feature=np.where(is_leaf, 0, feature).astype(np.intp),
            threshold=joined("threshold").astype(np.float64),
            children=children,
            missing_left=joined("missing_go_to_left").astype(np.bool_),
            share=np.concatenate([t.value[:, 0, 1] for t in inner]),
            cover=joined("weighted_n_node_samples").astype(np.float64),
            depth=max(t.max_depth for t in inner),
        )

    @property
    def is_leaf(self) -> Flags:
        """Mark the nodes that split no further."""
        itself = np.arange(len(self.feature))
        return np.asarray(self.children[0::2] == itself)

    def probability(self, row: npt.NDArray[np.float32]) -> float:
        """Score one row of scaled inputs, to the bit as scikit-learn's `predict_proba`."""
        values = row.astype(np.float64)
        missing = np.isnan(values)
        any_missing = missing.any()
        node = self.roots
        for _ in range(self.depth):
            feature = self.feature[node]
            # `not <=` would send NaN right; each node says itself where a missing value goes.
            goes_right = values[feature] > self.threshold[node]
            if any_missing:
                goes_right |= missing[feature] & ~self.missing_left[node]
            node = self.children[2 * node + goes_right]
        # Tree by tree from 0.0: numpy's own sum adds in pairs and ends on other last bits.
        return float(np.add.accumulate(self.share[node])[-1] / len(self.roots))
