"""Placing values against what the training records held."""

import numpy as np
import pytest

from risk_model.applicability import (
    Band,
    Place,
    joint_statistics,
    mahalanobis,
    pattern_of,
    place_of,
)

BAND = Band(minimum=10, p1=20, p25=40, p50=50, p75=60, p99=100, maximum=110)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (9.9, Place.BELOW_ALL),
        (10, Place.BELOW_BAND),
        (20, Place.INSIDE),
        (100, Place.INSIDE),
        (110, Place.ABOVE_BAND),
        (110.1, Place.ABOVE_ALL),
        (float("nan"), Place.MISSING),
    ],
)
def test_a_value_is_placed_against_its_band(value: float, place: Place) -> None:
    assert place_of(value, BAND) is place


def test_only_a_value_beyond_every_training_record_is_outside() -> None:
    outside = {place for place in Place if place.is_outside}

    assert outside == {Place.BELOW_ALL, Place.ABOVE_ALL}


def test_distance_uses_the_inputs_that_are_present() -> None:
    covariance = np.array([[4.0, 0.0], [0.0, 9.0]])

    both = mahalanobis(np.array([[2.0, 3.0]]), covariance)
    first = mahalanobis(np.array([[2.0, np.nan]]), covariance)

    assert both[0] == pytest.approx(2**0.5)
    assert first[0] == pytest.approx(1)
    assert mahalanobis(np.array([[np.nan, np.nan]]), covariance)[0] == 0


def test_each_pattern_of_missing_inputs_has_its_own_limit() -> None:
    inputs = np.random.default_rng(0).normal(size=(400, 3))

    limits = joint_statistics(inputs)["limits"]

    assert len(limits) == 8
    assert limits[pattern_of(np.array([[np.nan, 0.0, np.nan]]))[0]] < limits[7]
    assert limits[0] == 0
