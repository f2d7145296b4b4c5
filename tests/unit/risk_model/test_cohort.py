"""Counting training records with a similar score."""

from itertools import pairwise

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from risk_model.cohort import MIN_RECORDS_A_BIN, Cohort

scores_and_labels = st.lists(
    st.tuples(st.floats(0, 1), st.integers(0, 1)), min_size=MIN_RECORDS_A_BIN, max_size=60
)


def cohort(pairs: list[tuple[float, int]]) -> Cohort:
    scores, labels = zip(*pairs, strict=True)
    return Cohort.of(np.array(scores), np.array(labels))


@given(scores_and_labels)
def test_no_bin_tells_of_fewer_than_five_records(pairs: list[tuple[float, int]]) -> None:
    assert all(b.count >= MIN_RECORDS_A_BIN for b in cohort(pairs).bins)


@given(scores_and_labels)
def test_every_record_is_counted_once(pairs: list[tuple[float, int]]) -> None:
    bins = cohort(pairs).bins

    assert sum(b.count for b in bins) == len(pairs)
    assert sum(b.positives for b in bins) == sum(label for _, label in pairs)
    assert all(b.high <= after.low for b, after in pairwise(bins))


def test_only_neighbouring_scores_are_counted() -> None:
    crowd = cohort([(0.205, 1)] * 6 + [(0.305, 0)] * 7 + [(0.405, 1)] * 8)

    assert crowd.similar(0.2).count == 6
    assert crowd.similar(0.305).positives == 0
    assert crowd.similar(0.9).count == 0


def test_a_cohort_survives_being_written() -> None:
    crowd = cohort([(0.2, 1)] * 6 + [(0.3, 0)] * 7)

    assert Cohort.from_json(crowd.to_json()).bins == crowd.bins
