"""The range of a score over refits of the model on resampled training records.

Each refit is a small forest. All trees of all refits are asked at once: a tree with at most 64
leaves is a set of bits, a split that sends the row right clears the leaves on its left, and the
lowest bit that remains is the leaf (Lucchese et al., QuickScorer, SIGIR 2015).
"""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import Any, NamedTuple, Self

import numpy as np
import numpy.typing as npt

from risk_model.forest import single_precision
from risk_model.inputs import Floats
from risk_model.scorer import Row, Scorer

PERCENTILES = (0.05, 0.95)
MAX_LEAVES = 64
# A leaf's share in whole steps, so that sums are exact and every machine gives the same range.
SHARE_STEPS = 65535
# Times a power of two, a de Bruijn sequence brings a number of that bit alone to the top: much
# quicker in numpy than counting bits (Leiserson, Prokop, Randall 1998).
DE_BRUIJN: Mapping[type[np.unsignedinteger[Any]], int] = {
    np.uint16: 0x09AF,
    np.uint32: 0x077CB531,
    np.uint64: 0x03F79D71B4CB0A89,
}
ROWS_A_BLOCK = 32
ROWS_A_CHUNK = 4096


class Range(NamedTuple):
    """The 5th and the 95th percentile of the refits' scores."""

    low: float
    high: float


@dataclass(frozen=True)
class RefitForests:
    """The splits and leaves of the refits' trees; tree t of refit r stands at t * refits + r."""

    refits: int
    edges: tuple[Floats, ...]  # the thresholds of each input, rising
    split_tree: npt.NDArray[np.uint16]
    split_input: npt.NDArray[np.uint8]
    split_edge: npt.NDArray[np.uint16]
    split_keeps: npt.NDArray[np.uint64]  # the leaves that remain when the row goes right
    split_missing_left: npt.NDArray[np.bool_]
    leaf_share: npt.NDArray[np.uint16]  # trees x leaves, in steps

    @classmethod
    def of(cls, refits: Sequence[Sequence[Any]], edges: Sequence[Floats]) -> Self:
        """Encode forests of equal size whose thresholds are moved to the nearest edge.

        Leaves are numbered from left to right, so the trees must have been grown depth-first:
        without `max_leaf_nodes`.
        """
        trees = [tree.tree_ for position in zip(*refits, strict=True) for tree in position]
        leaf_share = np.zeros((len(trees), max(t.n_leaves for t in trees)), dtype=np.uint16)
        splits: list[tuple[int, int, int, int, bool]] = []
        for number, tree in enumerate(trees):
            is_leaf = tree.children_left < 0
            inner = np.flatnonzero(~is_leaf)
            share = tree.value[is_leaf, 0, 1]
            leaf_share[number, : len(share)] = np.round(share * SHARE_STEPS)
            if tree.n_leaves > MAX_LEAVES or np.any(tree.children_left[~is_leaf] != inner + 1):
                raise ValueError("a tree of too many leaves, or not grown depth-first")
            leaves_before = np.concatenate(([0], np.cumsum(is_leaf)))
            for node in inner:
                first, after = leaves_before[node], leaves_before[tree.children_right[node]]
                cleared = (1 << int(after)) - (1 << int(first))
                which = int(tree.feature[node])
                edge = int(np.abs(edges[which] - tree.threshold[node]).argmin())
                keeps = ~cleared & (2**MAX_LEAVES - 1)
                splits.append((number, which, edge, keeps, tree.missing_go_to_left[node]))
        tree_, input_, edge_, keeps_, missing_left = zip(*splits, strict=True)
        return cls(
            len(refits),
            tuple(edges),
            np.array(tree_, dtype=np.uint16),
            np.array(input_, dtype=np.uint8),
            np.array(edge_, dtype=np.uint16),
            np.array(keeps_, dtype=np.uint64),
            np.array(missing_left, dtype=np.bool_),
            leaf_share,
        )

    def to_bytes(self) -> bytes:
        """Write the arrays as npz; no pickle in it."""
        file = BytesIO()
        np.savez_compressed(
            file,
            refits=np.array(self.refits),
            edges=np.concatenate(self.edges),
            edge_counts=np.array([len(e) for e in self.edges]),
            split_tree=self.split_tree,
            split_input=self.split_input,
            split_edge=self.split_edge,
            split_keeps=self.split_keeps,
            split_missing_left=self.split_missing_left,
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
        return cls(int(arrays.pop("refits")), edges, **arrays)

    def probabilities(self, rows: npt.NDArray[np.float32]) -> Floats:
        """Score rows x inputs (natural units), giving rows x refits."""
        passed = []
        for values, edges in zip(rows.T, self.edges, strict=True):
            counts = np.searchsorted(edges, values.astype(np.float64), side="left")
            counts[np.isnan(values)] = len(edges) + 1
            passed.append(counts)
        steps = np.empty((len(rows), self.refits), dtype=np.uint32)
        # Few rows at a time, in memory that is asked for once: the work stays in the cache.
        shape = (min(len(rows), ROWS_A_BLOCK), len(self.leaf_share))
        left = np.empty(shape, dtype=self.masks[0].dtype)
        other, leaf, share = (
            np.empty_like(left),
            np.empty(shape, np.intp),
            np.empty(shape, np.uint16),
        )
        for start in range(0, len(rows), ROWS_A_BLOCK):
            block = slice(start, min(start + ROWS_A_BLOCK, len(rows)))
            if block.stop - block.start < len(left):
                size = block.stop - block.start
                left, other, leaf, share = left[:size], other[:size], leaf[:size], share[:size]
            np.take(self.masks[0], passed[0][block], axis=0, out=left, mode="clip")
            for masks, counts in zip(self.masks[1:], passed[1:], strict=True):
                np.take(masks, counts[block], axis=0, out=other, mode="clip")
                np.bitwise_and(left, other, out=left)
            np.negative(left, out=other)
            np.bitwise_and(left, other, out=left)
            leaf[...] = _slot(left)
            leaf += self._first_slot
            np.take(self._share_by_slot, leaf, out=share, mode="clip")
            by_tree = share.reshape(len(left), -1, self.refits)
            np.sum(by_tree, axis=1, dtype=np.uint32, out=steps[block])
        trees_a_refit = len(self.leaf_share) // self.refits
        return np.asarray(steps / np.float64(SHARE_STEPS * trees_a_refit))

    @cached_property
    def _bits(self) -> type[np.unsignedinteger[Any]]:
        """Give the narrowest integer with a bit for every leaf of a tree."""
        leaves = self.leaf_share.shape[1]
        return next(bits for bits in DE_BRUIJN if leaves <= 8 * np.dtype(bits).itemsize)

    @cached_property
    def _share_by_slot(self) -> npt.NDArray[np.uint16]:
        trees, leaves = self.leaf_share.shape
        slots = np.zeros((trees, 8 * np.dtype(self._bits).itemsize), dtype=np.uint16)
        single_bits = np.array([1 << leaf for leaf in range(leaves)], dtype=self._bits)
        slots[:, _slot(single_bits)] = self.leaf_share
        return slots.ravel()

    @cached_property
    def _first_slot(self) -> npt.NDArray[np.intp]:
        trees, width = len(self.leaf_share), 8 * np.dtype(self._bits).itemsize
        return np.arange(0, trees * width, width, dtype=np.intp)

    @cached_property
    def masks(self) -> list[npt.NDArray[np.unsignedinteger[Any]]]:
        """Give for each input the leaves left after its first k edges; the last row is missing."""
        trees, bits = len(self.leaf_share), self._bits
        masks = []
        for which, edges in enumerate(self.edges):
            mine = self.split_input == which
            tree, edge = self.split_tree[mine], self.split_edge[mine].astype(np.intp)
            keeps, missing_left = self.split_keeps[mine].astype(bits), self.split_missing_left[mine]
            table = np.full((len(edges) + 2, trees), np.iinfo(bits).max, dtype=bits)
            np.bitwise_and.at(table, (edge + 1, tree), keeps)
            np.bitwise_and.accumulate(table[:-1], axis=0, out=table[:-1])
            np.bitwise_and.at(table[-1], tree[~missing_left], keeps[~missing_left])
            masks.append(table)
        return masks


def _slot(single_bits: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Number each integer of one bit by that bit, in the order of the de Bruijn sequence."""
    width = 8 * single_bits.dtype.itemsize
    constant = single_bits.dtype.type(DE_BRUIJN[single_bits.dtype.type])
    return np.asarray(
        single_bits * constant >> single_bits.dtype.type(width - width.bit_length() + 1)
    )


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
        """Give low and high for rows x base features, in threads by chunks of rows."""
        inputs = single_precision(self._scorer.selected(np.asarray(rows, dtype=np.float64)))
        chunks = np.split(inputs, range(ROWS_A_CHUNK, len(inputs), ROWS_A_CHUNK))
        if len(chunks) == 1:
            return percentiles(self.forests.probabilities(inputs))
        self.forests.masks  # noqa: B018  made once, before the threads ask for it together
        with ThreadPoolExecutor(os.cpu_count() or 1) as pool:
            scores = pool.map(self.forests.probabilities, chunks)
            return np.concatenate([percentiles(chunk) for chunk in scores])


def percentiles(scores: Floats) -> Floats:
    """Give low and high of rows x refits."""
    return np.quantile(scores, PERCENTILES, axis=1).T
