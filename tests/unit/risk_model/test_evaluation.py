"""The figures of merit, against scikit-learn's or figures worked out by hand."""

import numpy as np
import pytest
from sklearn import metrics

from risk_model import evaluation
from risk_model.inputs import Floats

RANDOM = np.random.default_rng(7)
LABELS = RANDOM.integers(0, 2, 300)
SCORES: Floats = np.floor(100 * (0.2 * LABELS + 0.7 * RANDOM.random(300) + 0.05)) / 100


def test_area_under_the_curve_agrees_with_scikit_learn() -> None:
    figure = evaluation.area_under_curve(LABELS, SCORES)

    assert figure["value"] == pytest.approx(metrics.roc_auc_score(LABELS, SCORES))
    assert float(figure["low"]) < float(figure["value"]) < float(figure["high"])


def test_average_precision_agrees_with_scikit_learn() -> None:
    expected = metrics.average_precision_score(LABELS, SCORES)

    assert evaluation.average_precision(LABELS, SCORES) == pytest.approx(expected)


def test_wilson_interval_is_the_published_one() -> None:
    # Newcombe, Statistics in Medicine 17 (1998), table I: 81 of 263.
    figure = evaluation.proportion(81, 263)

    assert (round(figure["low"], 4), round(figure["high"], 4)) == (0.2553, 0.3662)


def test_a_score_at_the_threshold_counts_as_positive() -> None:
    counts = evaluation.at_threshold(np.array([1, 1, 0, 0]), np.array([0.29, 0.1, 0.3, 0.2]), 0.29)

    assert counts["true_positives"] == counts["false_negatives"] == 1
    assert counts["false_positives"] == counts["true_negatives"] == 1
    assert counts["likelihood_ratio_positive"] == 1.0


def test_a_score_that_is_the_truth_has_a_calibration_slope_of_one() -> None:
    truth = RANDOM.uniform(0.05, 0.95, 20_000)
    labels = (RANDOM.random(20_000) < truth).astype(np.int64)

    figure = evaluation.calibration(labels, truth)

    assert figure["slope"]["low"] < 1 < figure["slope"]["high"]
    assert sum(fifth["trials"] for fifth in figure["fifths"]) == 20_000


def test_roc_curve_runs_from_corner_to_corner_inside_its_band() -> None:
    curve = evaluation.roc_curve(LABELS, SCORES)

    assert curve[-1]["sensitivity"] == 1.0
    assert all(p["low"] <= p["high"] for p in curve)
    sensitivities = [p["sensitivity"] for p in curve]
    assert sensitivities == sorted(sensitivities)


def test_net_benefit_of_calling_everyone_is_that_of_referring_everyone() -> None:
    curve = evaluation.decision_curve(LABELS, np.ones(300))

    assert all(p["model"] == pytest.approx(p["refer_all"]) for p in curve)


def test_an_answer_needs_the_whole_range_on_one_side_and_values_inside() -> None:
    ranges = np.array([[0.3, 0.5], [0.29, 0.4], [0.1, 0.28], [0.1, 0.29], [0.2, 0.4], [0.5, 0.6]])
    outside = np.array([False, False, False, False, False, True])

    counts = evaluation.states(ranges, outside, 0.29)

    assert (counts["above"], counts["below"], counts["cannot_say"]) == (2, 1, 3)


def test_rank_correlation_sees_order_and_shares_ties() -> None:
    assert evaluation.rank_correlation(np.array([1.0, 2, 3]), np.array([1.0, 10, 11])) == 1
    assert evaluation.rank_correlation(np.array([1.0, 1, 2]), np.array([0.0, 0, 5])) == 1
