"""Contributions as people read them."""

import math

from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.assessment import Contribution
from desktop_app.domain.contributions import is_against_knowledge, round_to_sum

amounts = st.lists(st.floats(-1, 1, allow_nan=False), min_size=1, max_size=12)


@given(amounts)
def test_rounded_amounts_add_up_and_stay_within_one_unit(exact: list[float]) -> None:
    total = round(math.fsum(exact), 2)
    rounded = round_to_sum(exact, total)
    assert round(math.fsum(rounded), 2) == total
    assert all(abs(a - b) < 0.02 for a, b in zip(exact, rounded, strict=True))


def test_the_design_example_adds_up_from_the_mean_to_the_score() -> None:
    exact = [0.0581, -0.0402, -0.0398, 0.0312, 0.0271, 0.0221, 0.0189, 0.0013]
    assert math.isclose(sum(round_to_sum(exact, 0.08)), 0.08)


def test_a_high_age_that_lowers_the_score_is_against_clinical_knowledge() -> None:
    assert is_against_knowledge(Contribution("age", 67.0, -0.04), {"age": 55.0})


def test_a_low_age_that_lowers_the_score_is_as_expected() -> None:
    assert not is_against_knowledge(Contribution("age", 40.0, -0.04), {"age": 55.0})


def test_a_high_albumin_that_raises_the_score_is_against_clinical_knowledge() -> None:
    assert is_against_knowledge(Contribution("albumin", 4.1, 0.01), {"albumin": 3.4})


def test_what_rounds_to_nothing_is_not_marked() -> None:
    assert not is_against_knowledge(Contribution("age", 67.0, -0.004), {"age": 55.0})


def test_inputs_without_a_settled_direction_are_not_marked() -> None:
    assert not is_against_knowledge(
        Contribution("platelet_count_(PLT)", 100.0, 0.1), {"platelet_count_(PLT)": 345.0}
    )


def test_a_missing_input_is_not_marked() -> None:
    assert not is_against_knowledge(Contribution("age", None, -0.1), {"age": 55.0})
