"""The share in the leaf of every tree, for many rows at once.

A tree with at most 64 leaves is a set of bits, a split that sends the row right clears the leaves
on its left, and the lowest bit that remains is the leaf (Lucchese et al., QuickScorer, SIGIR 2015).
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from risk_model.forest import Flags, FlatForest
from risk_model.inputs import Floats

Counts: TypeAlias = npt.NDArray[np.intp]

MAX_LEAVES = 64
# Times a power of two, a de Bruijn sequence brings a number of that bit alone to the top: much
# quicker in numpy than counting bits (Leiserson, Prokop, Randall 1998).
DE_BRUIJN: Mapping[type[np.unsignedinteger[Any]], int] = {
    np.uint16: 0x09AF,
    np.uint32: 0x077CB531,
    np.uint64: 0x03F79D71B4CB0A89,
}
# So few rows at a time that the work stays near the processor, in memory that is asked for once; so
# many that threads, which hold the interpreter's lock between any two steps, seldom wait for it.
SLOTS_A_BLOCK = 320_000


@dataclass(frozen=True)
class Splits:
    """The splits of many trees, each at one of the edges of its input."""

    tree: npt.NDArray[np.uint16]
    input: npt.NDArray[np.uint8]
    edge: npt.NDArray[np.uint16]
    keeps: npt.NDArray[np.uint64]  # the leaves that remain when the row goes right
    missing_left: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, forest: FlatForest, edges: Sequence[Floats]) -> Self:
        """List the splits tree by tree, each threshold moved to the nearest edge."""
        is_leaf = forest.is_leaf
        inner = np.flatnonzero(~is_leaf)
        left, right = forest.children[0::2][inner], forest.children[1::2][inner]
        # Leaves are numbered from left to right, as a tree grown depth-first has its nodes.
        if leaf_counts(forest).max() > MAX_LEAVES or np.any(left != inner + 1):
            raise ValueError("a tree of too many leaves, or not grown depth-first")
        tree = np.searchsorted(forest.roots, inner, side="right") - 1
        before = np.concatenate(([0], np.cumsum(is_leaf)))
        first = (before[inner] - before[forest.roots[tree]]).astype(np.uint64)
        after = (before[right] - before[forest.roots[tree]]).astype(np.uint64)
        one = np.uint64(1)
        edge = np.zeros(len(inner), dtype=np.uint16)
        for which, values in enumerate(edges):
            mine = forest.feature[inner] == which
            if mine.any():
                distance = np.abs(values[:, None] - forest.threshold[inner][mine])
                edge[mine] = distance.argmin(axis=0)
        return cls(
            tree.astype(np.uint16),
            forest.feature[inner].astype(np.uint8),
            edge,
            ~((one << after) - (one << first)),
            forest.missing_left[inner],
        )

    def of_trees(self, chosen: Flags) -> Self:
        """Keep the splits of some trees, which are numbered anew."""
        mine = chosen[self.tree]
        number = np.cumsum(chosen) - 1
        return type(self)(
            number[self.tree[mine]].astype(np.uint16),
            self.input[mine],
            self.edge[mine],
            self.keeps[mine],
            self.missing_left[mine],
        )


class LeafMasks:
    """Trees as masks: ask all of them about many rows."""

    def __init__(
        self,
        edges: Sequence[Floats],
        splits: Splits,
        leaf_share: npt.NDArray[Any],
        *,
        in_pairs: bool = False,
    ) -> None:
        """Take the rising edges of each input, and trees x leaves from left to right.

        With `in_pairs`, each tree of the first half is looked up together with one of the second,
        which gives the sum of both shares.
        """
        self.trees, leaves = leaf_share.shape
        self.edges = edges
        self._bits = next(b for b in DE_BRUIJN if leaves <= 8 * np.dtype(b).itemsize)
        self._width = 8 * np.dtype(self._bits).itemsize
        slots = np.zeros((self.trees, self._width), dtype=leaf_share.dtype)
        single_bits = np.array([1 << leaf for leaf in range(leaves)], dtype=self._bits)
        slots[:, _slot(single_bits)] = leaf_share
        self._half = self.trees // 2 if in_pairs else None
        if self._half:
            slots = slots[: self._half, :, None] + slots[self._half :, None, :]
        self._share_by_slot = slots.ravel()
        first_slot = np.arange(0, slots.size, slots[0].size)
        self._first_slot = first_slot.astype(np.min_scalar_type(slots.size))
        self._masks = [self._table(which, splits) for which in range(len(edges))]

    def shares(self, passed: Counts) -> Iterator[tuple[slice, npt.NDArray[Any]]]:
        """Yield blocks of rows with trees x rows, in memory that the next block overwrites.

        Of several rows, no block has fewer than two.
        """
        rows = passed.shape[1]
        size = min(rows, max(2, SLOTS_A_BLOCK // self.trees))
        left = np.empty((size, self.trees), dtype=self._bits)
        other = np.empty_like(left)
        slot = np.empty((len(self._first_slot), size), dtype=np.intp)
        share = np.empty(slot.shape, dtype=self._share_by_slot.dtype)
        for start in range(0, rows, size or 1):
            # The last block begins among the rows of the one before, so that it is as long.
            block = slice(min(start, rows - size), min(start + size, rows))
            self._masks[0].take(passed[0][block], axis=0, out=left, mode="clip")
            for masks, counts in zip(self._masks[1:], passed[1:], strict=True):
                masks.take(counts[block], axis=0, out=other, mode="clip")
                np.bitwise_and(left, other, out=left)
            np.negative(left, out=other)
            np.bitwise_and(left, other, out=left)
            leaf = _slot(left)
            if self._half:
                leaf = leaf[:, : self._half] * self._width + leaf[:, self._half :]
            slot[...] = (leaf + self._first_slot).T
            self._share_by_slot.take(slot, out=share, mode="clip")
            yield block, share

    def _table(self, which: int, splits: Splits) -> npt.NDArray[np.unsignedinteger[Any]]:
        """Give the leaves left after an input's first k edges; the last row is for missing."""
        mine = splits.input == which
        tree, edge = splits.tree[mine], splits.edge[mine].astype(np.intp)
        keeps, missing_left = splits.keeps[mine].astype(self._bits), splits.missing_left[mine]
        shape = (len(self.edges[which]) + 2, self.trees)
        table = np.full(shape, np.iinfo(self._bits).max, dtype=self._bits)
        np.bitwise_and.at(table, (edge + 1, tree), keeps)
        np.bitwise_and.accumulate(table[:-1], axis=0, out=table[:-1])
        np.bitwise_and.at(table[-1], tree[~missing_left], keeps[~missing_left])
        return table


def edges_passed(rows: npt.NDArray[np.float32], edges: Sequence[Floats]) -> Counts:
    """Count the edges below each value, inputs x rows; a missing value passes one past the end."""
    passed = np.empty(rows.T.shape, dtype=np.intp)
    for counts, values, mine in zip(passed, rows.T, edges, strict=True):
        counts[:] = np.searchsorted(mine, values.astype(np.float64), side="left")
        counts[np.isnan(values)] = len(mine) + 1
    return passed


def leaf_counts(forest: FlatForest) -> npt.NDArray[np.intp]:
    """Count the leaves of each tree."""
    return np.add.reduceat(forest.is_leaf.astype(np.intp), forest.roots)


def leaf_shares(forest: FlatForest) -> Floats:
    """Lay out the shares of the leaves from left to right, trees x leaves."""
    counts = leaf_counts(forest)
    shares = np.zeros((len(counts), counts.max()))
    shares[np.arange(counts.max()) < counts[:, None]] = forest.share[forest.is_leaf]
    return shares


def _slot(single_bits: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Number each integer of one bit by that bit, in the order of the de Bruijn sequence."""
    width = 8 * single_bits.dtype.itemsize
    constant = single_bits.dtype.type(DE_BRUIJN[single_bits.dtype.type])
    return np.asarray(
        single_bits * constant >> single_bits.dtype.type(width - width.bit_length() + 1)
    )
