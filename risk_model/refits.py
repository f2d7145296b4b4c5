"""The range of a score over refits of the model on resampled training records.

Each refit is a small forest; all trees of many refits are asked at once, as masks.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from itertools import chain
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from risk_model.forest import FlatForest, single_precision
from risk_model.inputs import Floats
from risk_model.leaf_masks import Counts, LeafMasks, Splits, edges_passed, leaf_shares
from risk_model.scorer import Row, Scorer
from risk_model.threads import Ask, in_threads

PERCENTILES = (0.05, 0.95)
# A leaf's share in whole steps, so that sums are exact and every machine gives the same range.
SHARE_STEPS = 65535
# The refits are asked part by part: of most rows the first parts show that they disagree.
PARTS = 10


class Range(NamedTuple):
    """The 5th and the 95th percentile of the refits' scores."""

    low: float
    high: float


@dataclass(frozen=True)
class RefitForests:
    """The splits and leaves of the refits' trees; tree t of refit r stands at t * refits + r."""

    refits: int
    edges: tuple[Floats, ...]  # the thresholds of each input, rising
    splits: Splits
    leaf_share: npt.NDArray[np.uint16]  # trees x leaves, in steps

    @classmethod
    def of(cls, refits: Sequence[Sequence[Any]], edges: Sequence[Floats]) -> Self:
        """Encode forests of equal size whose thresholds are moved to the nearest edge."""
        forest = FlatForest.of(list(chain.from_iterable(zip(*refits, strict=True))))
        splits = Splits.of(forest, edges)
        steps = np.round(leaf_shares(forest) * SHARE_STEPS).astype(np.uint16)
        return cls(len(refits), tuple(edges), splits, steps)

    def to_bytes(self) -> bytes:
        """Write the arrays as npz; no pickle in it."""
        file = BytesIO()
        np.savez_compressed(
            file,
            refits=np.array(self.refits),
            edges=np.concatenate(self.edges),
            edge_counts=np.array([len(e) for e in self.edges]),
            split_tree=self.splits.tree,
            split_input=self.splits.input,
            split_edge=self.splits.edge,
            split_keeps=self.splits.keeps,
            split_missing_left=self.splits.missing_left,
            leaf_share=self.leaf_share,
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        with np.load(BytesIO(content), allow_pickle=False) as file:
            arrays = dict(file)
        counts = arrays.pop("edge_counts")
        edges = tuple(np.split(arrays.pop("edges"), np.cumsum(counts)[:-1]))
        refits, leaf_share = int(arrays.pop("refits")), arrays.pop("leaf_share")
        splits = Splits(**{name.removeprefix("split_"): of for name, of in arrays.items()})
        return cls(refits, edges, splits, leaf_share)

    def probabilities(self, rows: npt.NDArray[np.float32]) -> Floats:
        """Score rows x inputs (natural units), giving rows x refits."""
        passed = edges_passed(rows, self.edges)
        return np.hstack([self.score(part, passed) for part in self.parts])

    @cached_property
    def parts(self) -> list[LeafMasks]:
        """Give the masks of the refits, some refits a part, in their order."""
        leaf_share = self.leaf_share.astype(np.uint32)  # wide enough to be added up as it is
        part_of_tree = np.arange(len(leaf_share)) % self.refits * PARTS // self.refits
        return [
            LeafMasks(
                self.edges,
                self.splits.of_trees(chosen),
                leaf_share[chosen],
                # The two of a pair are trees of one refit.
                in_pairs=self._trees_a_refit % 2 == 0,
            )
            for chosen in (part_of_tree == part for part in np.unique(part_of_tree))
        ]

    def score(self, part: LeafMasks, passed: Counts) -> Floats:
        """Score rows, given as the edges they passed, by the refits of one part."""
        steps = np.empty((passed.shape[1], part.trees // self._trees_a_refit), dtype=np.uint32)
        for block, shares in part.shares(passed):
            by_refit = shares.reshape(-1, steps.shape[1], shares.shape[1])
            steps[block] = np.add.reduce(by_refit, axis=0, dtype=np.uint32).T
        return np.asarray(steps / np.float64(SHARE_STEPS * self._trees_a_refit))

    @property
    def _trees_a_refit(self) -> int:
        return len(self.leaf_share) // self.refits


class Refits:
    """Give ranges of scores for rows of base features."""

    def __init__(self, scorer: Scorer, forests: RefitForests) -> None:
        self._scorer = scorer
        self.forests = forests

    def range(self, values: Row) -> Range:
        """Give the range of one row: a mapping by name, or the base features in order."""
        low, high = self.ranges(self._scorer.table(values))[0]
        return Range(float(low), float(high))

    def ranges(self, rows: Floats) -> Floats:
        """Give low and high for rows x base features."""
        return self._ask(lambda inputs: percentiles(self.forests.probabilities(inputs)), rows)

    def sides(self, rows: Floats, threshold: float) -> npt.NDArray[np.int8]:
        """Give 1 where the whole range reaches the threshold, -1 where none of it does, else 0."""
        return self._ask(lambda inputs: self._sides(inputs, threshold), rows)

    def _sides(self, inputs: npt.NDArray[np.float32], threshold: float) -> npt.NDArray[np.int8]:
        # So many scores on a side draw the percentile there, whatever the other refits say.
        enough = math.ceil(PERCENTILES[0] * (self.forests.refits - 1)) + 1
        passed = edges_passed(inputs, self.forests.edges)
        is_open, scores = np.arange(len(inputs)), np.empty((len(inputs), 0))
        for part in self.forests.parts:
            scores = np.hstack([scores, self.forests.score(part, passed[:, is_open])])
            above = (scores >= threshold).sum(axis=1)
            goes_on = np.minimum(above, scores.shape[1] - above) < enough
            is_open, scores = is_open[goes_on], scores[goes_on]
        reaches = percentiles(scores) >= threshold
        sides = np.zeros(len(inputs), dtype=np.int8)
        sides[is_open] = reaches.all(axis=1) * 1 - (~reaches).all(axis=1) * 1
        return sides

    def _ask(self, ask: Ask, rows: Floats) -> npt.NDArray[Any]:
        self.forests.parts  # noqa: B018  made once, before threads ask for them together
        inputs = self._scorer.selected(np.asarray(rows, dtype=np.float64))
        return in_threads(ask, single_precision(inputs))


def percentiles(scores: Floats) -> Floats:
    """Give low and high of rows x refits."""
    return np.quantile(scores, PERCENTILES, axis=1).T
