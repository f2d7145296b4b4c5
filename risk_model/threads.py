"""Ask about many rows in threads; numpy lets go of the interpreter's lock while it works."""

import math
import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import numpy.typing as npt

Ask = Callable[[npt.NDArray[Any]], npt.NDArray[Any]]

ROWS_A_PART = 8192
# Fewer are answered before the threads have begun.
ROWS_WORTH_THREADS = 2048


def in_threads(ask: Ask, rows: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Join the answers about parts of rows, each processor having as many and as long ones."""
    if len(rows) < ROWS_WORTH_THREADS:
        return ask(rows)
    workers = os.cpu_count() or 1
    parts = workers * math.ceil(len(rows) / (workers * ROWS_A_PART))
    with ThreadPoolExecutor(workers) as pool:
        return np.concatenate(list(pool.map(ask, np.array_split(rows, parts))))
