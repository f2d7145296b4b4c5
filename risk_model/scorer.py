"""The probability of the positive label, for one row at once and for many in threads."""

from collections.abc import Mapping, Sequence
from io import BytesIO
from typing import Any, Self, TypeAlias

import numpy as np
import numpy.typing as npt

from risk_model.errors import NonFiniteValueError
from risk_model.forest import FlatForest, single_precision
from risk_model.inputs import Floats, Selection
from risk_model.leaf_masks import LeafMasks, Splits, edges_passed, leaf_shares
from risk_model.threads import in_threads

Row: TypeAlias = Mapping[str, float] | Sequence[float] | Floats


class Scorer:
    """Score rows of base features exactly as the fitted pipeline does; NaN means missing."""

    def __init__(
        self,
        base_features: Sequence[str],
        selected_features: Sequence[str],
        mean: Floats,
        scale: Floats,
        forest: FlatForest,
    ) -> None:
        self.base_features = tuple(base_features)
        self.selected_features = tuple(selected_features)
        self.forest = forest
        self._selection = Selection.plan(self.base_features, self.selected_features)
        self._mean = mean
        self._scale = scale
        self._masks = masks_of(forest, len(self.selected_features))

    @classmethod
    def of(cls, pipeline: Any) -> Self:
        """Take a fitted pipeline apart."""
        engineer, scaler, forest = (pipeline.named_steps[name] for name in ("fe", "scaler", "rf"))
        if list(forest.classes_) != [0, 1]:
            raise ValueError("the classes are not 0 and 1")
        return cls(
            engineer.base_features,
            engineer.selected_features,
            np.asarray(scaler.mean_, dtype=np.float64),
            np.asarray(scaler.scale_, dtype=np.float64),
            FlatForest.of(forest.estimators_),
        )

    def to_bytes(self) -> bytes:
        """Write the arrays as npz; no pickle in it."""
        file = BytesIO()
        np.savez_compressed(
            file,
            base_features=np.array(self.base_features),
            selected_features=np.array(self.selected_features),
            mean=self._mean,
            scale=self._scale,
            **vars(self.forest),
        )
        return file.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Self:
        """Read what `to_bytes` wrote."""
        with np.load(BytesIO(content), allow_pickle=False) as file:
            arrays = dict(file)
        base, selected = (arrays.pop(f"{kind}_features").tolist() for kind in ("base", "selected"))
        mean, scale = arrays.pop("mean"), arrays.pop("scale")
        forest = FlatForest(depth=int(arrays.pop("depth")), **arrays)
        return cls(base, selected, mean, scale, forest)

    def probability(self, values: Row) -> float:
        """Score one row: a mapping by name, or the base features in order."""
        return self.forest.probability(self.scaled(self.table(values))[0])

    def probabilities(self, rows: Floats) -> Floats:
        """Score rows x base features; the bits do not depend on which rows stand together."""
        if not len(rows):
            return np.empty(0)
        return in_threads(self._probabilities, np.asarray(rows, dtype=np.float64))

    def table(self, values: Row) -> Floats:
        """Lay one row out as 1 x base features; a name that is absent is a KeyError."""
        if isinstance(values, Mapping):
            values = [values[name] for name in self.base_features]
        table = np.array(values, dtype=np.float64).reshape(1, -1)
        if table.shape[1] != len(self.base_features):
            raise ValueError(f"expected {len(self.base_features)} values")
        return table

    def selected(self, rows: Floats) -> Floats:
        """Give the model inputs in their natural units, rows x selected features."""
        inputs = self._selection.of(rows)
        if np.isinf(inputs).any():
            raise NonFiniteValueError("an input is infinite")
        return inputs

    def scaled(self, rows: Floats) -> npt.NDArray[np.float32]:
        """Give what the trees compare, rows x selected features in single precision."""
        return single_precision((self.selected(rows) - self._mean) / self._scale)

    def _probabilities(self, rows: Floats) -> Floats:
        inputs = self.scaled(rows)
        if self._masks is None or len(inputs) == 1:
            return np.array([self.forest.probability(row) for row in inputs])
        found = np.empty(len(inputs))
        for block, shares in self._masks.shares(edges_passed(inputs, self._masks.edges)):
            # Several columns numpy adds row by row, tree after tree as `FlatForest.probability`
            # does; a single one it would add in pairs.
            found[block] = np.add.reduce(shares, axis=0)
        return found / len(self.forest.roots)


def masks_of(forest: FlatForest, inputs: int) -> LeafMasks | None:
    """Lay the trees out as masks; None if they have too many leaves for it."""
    splits = ~forest.is_leaf
    edges = [np.unique(forest.threshold[splits & (forest.feature == i)]) for i in range(inputs)]
    try:
        return LeafMasks(edges, Splits.of(forest, edges), leaf_shares(forest))
    except ValueError:
        return None
