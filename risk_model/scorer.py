"""The probability of the positive label, for one row at once and for many in threads."""

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from risk_model.errors import NonFiniteValueError
from risk_model.forest import FlatForest, accumulate, single_precision
from risk_model.inputs import Floats, Selection

Row: TypeAlias = Mapping[str, float] | Sequence[float] | Floats

ROWS_A_CHUNK = 8192


class Scorer:
    """Score rows of base features exactly as the fitted pipeline does; NaN means missing."""

    def __init__(self, pipeline: Any) -> None:
        engineer, scaler, forest = (pipeline.named_steps[name] for name in ("fe", "scaler", "rf"))
        if list(forest.classes_) != [0, 1]:
            raise ValueError("the classes are not 0 and 1")
        self.base_features: tuple[str, ...] = tuple(engineer.base_features)
        self.selected_features: tuple[str, ...] = tuple(engineer.selected_features)
        self.forest = FlatForest.of(forest.estimators_)
        self._trees = forest.estimators_
        self._selection = Selection.plan(self.base_features, self.selected_features)
        self._mean = np.asarray(scaler.mean_, dtype=np.float64)
        self._scale = np.asarray(scaler.scale_, dtype=np.float64)

    def probability(self, values: Row) -> float:
        """Score one row: a mapping by name, or the base features in order."""
        return self.forest.probability(self.scaled(self.table(values))[0])

    def probabilities(self, rows: Floats) -> Floats:
        """Score rows x base features, in threads by chunks of rows; the bits never depend on it."""
        rows = np.asarray(rows, dtype=np.float64)
        starts = range(0, len(rows), ROWS_A_CHUNK)
        if not starts:
            return np.empty(0)
        with ThreadPoolExecutor(min(len(starts), os.cpu_count() or 1)) as pool:
            return np.concatenate(
                list(pool.map(lambda i: self._chunk(rows[i : i + ROWS_A_CHUNK]), starts))
            )

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

    def _chunk(self, rows: Floats) -> Floats:
        return accumulate(self._trees, self.scaled(rows))
