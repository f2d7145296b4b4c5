"""Many rows are shared out evenly and their answers joined in order."""

import os

import numpy as np
import pytest

from risk_model.threads import ROWS_A_PART, ROWS_WORTH_THREADS, in_threads


@pytest.mark.parametrize("rows", [0, 1, ROWS_WORTH_THREADS, ROWS_A_PART + 1, 100_001])
def test_answers_stand_in_the_order_of_the_rows(rows: int) -> None:
    numbers = np.arange(rows)
    assert np.array_equal(in_threads(lambda part: 2 * part, numbers), 2 * numbers)


@pytest.mark.parametrize("rows", [ROWS_WORTH_THREADS, 6400, 100_001])
def test_each_processor_has_as_many_parts_and_as_long_ones(rows: int) -> None:
    sizes = in_threads(lambda part: np.array([len(part)]), np.zeros(rows))
    assert sizes.sum() == rows
    assert len(sizes) % (os.cpu_count() or 1) == 0
    assert sizes.max() <= min(ROWS_A_PART, sizes.min() + 1)
