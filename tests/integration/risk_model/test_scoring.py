"""The flattened forest scores to the bit as the pipeline it came from."""

import math

import numpy as np
import pytest

from risk_model.bundle import FOREST_FILE, Bundle
from risk_model.errors import NonFiniteValueError
from risk_model.fitting import pipeline
from risk_model.inputs import BASE_FEATURES
from risk_model.leaf_masks import MAX_LEAVES
from risk_model.scorer import Scorer
from tests.integration.risk_model.conftest import SHIPPED, random_rows

TYPICAL = [55.0, 5.0, 345.0, 9.0, 234.5, 510.0, 4.2, 6.6, 3.4, 68.0, 34.0]


def test_ten_thousand_rows_have_the_bits_of_the_pipeline(shipped: Bundle) -> None:
    rows = random_rows(10_000)
    expected = shipped.pipeline.predict_proba(rows)[:, 1]

    one_by_one = np.array([shipped.scorer.probability(row) for row in rows])

    assert np.array_equal(one_by_one, expected)
    assert np.array_equal(shipped.scorer.probabilities(rows), expected)


def test_the_bits_of_a_row_do_not_depend_on_the_rows_beside_it(shipped: Bundle) -> None:
    rows = random_rows(20_000)
    together = shipped.scorer.probabilities(rows)

    for count in (*range(1, 40), 639, 640, 641, 1281, 2047, 2048, 2049, 16_385):
        assert np.array_equal(shipped.scorer.probabilities(rows[-count:]), together[-count:])


def test_arrays_and_pickle_of_the_bundle_are_the_same_model(shipped: Bundle) -> None:
    rows, unpickled = random_rows(10_000), Scorer.of(shipped.pipeline)

    assert unpickled.to_bytes() == (SHIPPED / FOREST_FILE).read_bytes()
    assert np.array_equal(unpickled.probabilities(rows), shipped.scorer.probabilities(rows))


def test_trees_too_large_for_masks_have_the_bits_of_the_pipeline() -> None:
    random = np.random.default_rng(3)
    rows, labels = random.random((400, 11)), random.integers(0, 2, 400)
    fitted = pipeline(3, 0, {"rf__min_samples_leaf": 1}).fit(rows, labels)
    assert max(tree.get_n_leaves() for tree in fitted.named_steps["rf"].estimators_) > MAX_LEAVES

    found = Scorer.of(fitted).probabilities(rows)

    assert np.array_equal(found, fitted.predict_proba(rows)[:, 1])


def test_values_at_the_very_thresholds_have_the_bits_of_the_pipeline(shipped: Bundle) -> None:
    scaler, forest = shipped.pipeline.named_steps["scaler"], shipped.scorer.forest
    rows = []
    for position, name in enumerate(shipped.selected_features):
        if name not in BASE_FEATURES:
            continue
        column = BASE_FEATURES.index(name)
        mine = (forest.feature == position) & ~forest.is_leaf
        for scaled in np.unique(forest.threshold[mine])[:40]:
            value = scaled * scaler.scale_[position] + scaler.mean_[position]
            for near in (value, math.nextafter(value, -math.inf), math.nextafter(value, math.inf)):
                for single in (near, float(np.float32(near))):
                    rows.append([*TYPICAL[:column], single, *TYPICAL[column + 1 :]])

    expected = shipped.pipeline.predict_proba(np.array(rows))[:, 1]

    assert [shipped.scorer.probability(row) for row in rows] == expected.tolist()
    assert shipped.scorer.probabilities(np.array(rows)).tolist() == expected.tolist()


def test_every_pattern_of_missing_values_has_the_bits_of_the_pipeline(shipped: Bundle) -> None:
    present = (np.arange(2**11)[:, None] >> np.arange(11)) & 1 == 1
    rows = np.where(present, TYPICAL, np.nan)

    expected = shipped.pipeline.predict_proba(rows)[:, 1]

    assert [shipped.scorer.probability(row) for row in rows] == expected.tolist()
    assert shipped.scorer.probabilities(rows).tolist() == expected.tolist()


def test_a_row_may_come_by_name_in_any_order(shipped: Bundle) -> None:
    by_name = dict(zip(BASE_FEATURES, TYPICAL, strict=True))
    shuffled = {name: by_name[name] for name in sorted(by_name)} | {"extra": 1.0}

    assert shipped.scorer.probability(shuffled) == shipped.scorer.probability(TYPICAL)


def test_a_row_that_lacks_a_name_or_a_column_is_refused(shipped: Bundle) -> None:
    with pytest.raises(KeyError, match="age"):
        shipped.scorer.probability({"albumin": 3.0})
    with pytest.raises(ValueError, match="expected 11"):
        shipped.scorer.probability(TYPICAL[:-1])


@pytest.mark.filterwarnings("ignore:overflow")  # the pipeline's own, before it refuses
@pytest.mark.parametrize("value", [math.inf, -math.inf, 1e300])
def test_infinite_and_overflowing_values_are_refused_as_by_the_pipeline(
    shipped: Bundle, value: float
) -> None:
    row = [value, *TYPICAL[1:]]

    with pytest.raises(NonFiniteValueError):
        shipped.scorer.probability(row)
    with pytest.raises(NonFiniteValueError):
        shipped.scorer.probabilities(np.array([row]))
    with pytest.raises(ValueError, match=r"infinity|too large"):
        shipped.pipeline.predict_proba(np.array([row]))


def test_no_rows_have_no_scores(shipped: Bundle) -> None:
    assert shipped.scorer.probabilities(np.empty((0, 11))).shape == (0,)


def test_the_shipped_pipeline_sums_its_trees_in_order(shipped: Bundle) -> None:
    assert shipped.pipeline.named_steps["rf"].n_jobs == 1
    assert len(shipped.pipeline.named_steps["rf"].estimators_) == 500
