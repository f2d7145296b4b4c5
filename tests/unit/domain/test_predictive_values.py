"""A thousand people at a prevalence."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.predictive_values import predictive_values

shares = st.floats(0.01, 0.99)


@given(st.floats(0.005, 0.4), shares, shares)
def test_groups_are_the_sums_of_their_parts(
    prevalence: float, sensitivity: float, specificity: float
) -> None:
    values = predictive_values(prevalence, sensitivity=sensitivity, specificity=specificity)
    assert values.above + values.below == 1000
    assert values.cases_above + values.cases_below == values.cases
    assert 0 <= values.positive <= 1
    assert 0 <= values.negative <= 1


@pytest.mark.parametrize(
    ("prevalence", "expected"), [(0.296, 0.36), (0.137, 0.18), (0.05, 0.066), (0.01, 0.013)]
)
def test_positive_predictive_values_are_those_of_the_published_figures(
    prevalence: float, expected: float
) -> None:
    values = predictive_values(prevalence, sensitivity=0.58, specificity=0.57)
    assert math.isclose(values.positive, expected, abs_tol=0.005)


def test_a_perfect_test_leaves_no_doubt() -> None:
    values = predictive_values(0.05, sensitivity=1, specificity=1)
    assert (values.positive, values.negative) == (1, 1)


def test_a_test_that_calls_nobody_has_no_positive_predictive_value() -> None:
    assert predictive_values(0.05, sensitivity=0, specificity=1).positive == 0
