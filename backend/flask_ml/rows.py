"""Rows of a request as numbers, and which of them a model may judge."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from risk_model.inputs import sources

# Below six of the nine values that the model uses there is no assessment.
FEWEST_USED_VALUES = 6


class RowRefusedError(ValueError):
    """A row cannot be scored; the sentence says which and why, without its values."""


def table_of(rows: Sequence[Any], features: Sequence[str]) -> npt.NDArray[np.float64]:
    """Lay rows out as rows x features; a missing column is NaN, an extra one is ignored."""
    table = np.full((len(rows), len(features)), np.nan)
    for i, row in enumerate(rows):
        if not isinstance(row, Mapping):
            raise RowRefusedError(f"row {i}: not an object")
        for j, name in enumerate(features):
            table[i, j] = _number(row.get(name), i, name)
    return table


def used_features(features: Sequence[str], selected: Sequence[str]) -> list[int]:
    """Return the positions of the base features that reach the model."""
    used = {base for name in selected for base in sources(name)}
    return [i for i, name in enumerate(features) if name in used]


def is_enough(table: npt.NDArray[np.float64], used: Sequence[int]) -> npt.NDArray[np.bool_]:
    """Tell for each row whether enough of the used values are there."""
    enough: npt.NDArray[np.bool_] = (~np.isnan(table[:, list(used)])).sum(1) >= FEWEST_USED_VALUES
    return enough


def _number(value: Any, row: int, name: str) -> float:
    if value is None:
        return math.nan
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise RowRefusedError(f"row {row}: {name} is not a number")
    try:
        # Existing clients send some figures as text, and an empty field as "".
        number = float(value) if not isinstance(value, str) or value.strip() else math.nan
    except (ValueError, OverflowError) as error:
        raise RowRefusedError(f"row {row}: {name} is not a number") from error
    if math.isinf(number):
        raise RowRefusedError(f"row {row}: {name} is infinite")
    return number
