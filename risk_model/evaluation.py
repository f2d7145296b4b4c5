"""What the model is worth: figures from out-of-fold scores, all of them aggregates."""

from math import sqrt
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from risk_model.inputs import Floats

Labels: TypeAlias = npt.NDArray[np.int64]

NORMAL_95 = 1.959963984540054
FALSE_POSITIVE_RATES = np.linspace(0, 1, 51)
NET_BENEFIT_THRESHOLDS = np.round(np.arange(0.05, 0.61, 0.01), 2)
BOOTSTRAPS = 1000


def proportion(successes: int, trials: int) -> dict[str, float]:
    """Give a share with its 95 % interval by Wilson's score method."""
    share, z2 = successes / trials, NORMAL_95**2
    middle = (share + z2 / (2 * trials)) / (1 + z2 / trials)
    half = sqrt(share * (1 - share) / trials + z2 / (4 * trials**2)) * NORMAL_95
    half /= 1 + z2 / trials
    return {
        "successes": successes,
        "trials": trials,
        "value": share,
        "low": max(0.0, middle - half),
        "high": min(1.0, middle + half),
    }


def area_under_curve(labels: Labels, scores: Floats) -> dict[str, float | str]:
    """Give the area under the ROC curve with DeLong's 95 % interval."""
    positive, negative = scores[labels == 1], scores[labels == 0]
    wins = (positive[:, None] > negative) + 0.5 * (positive[:, None] == negative)
    area = float(wins.mean())
    variance = wins.mean(1).var(ddof=1) / len(positive) + wins.mean(0).var(ddof=1) / len(negative)
    half = NORMAL_95 * sqrt(variance)
    return {
        "value": area,
        "low": max(0.0, area - half),
        "high": min(1.0, area + half),
        "method": "DeLong",
    }


def average_precision(labels: Labels, scores: Floats) -> float:
    """Give the mean of the precision at each distinct score, weighted by the recall it adds."""
    cuts = np.unique(scores)[::-1]
    found = np.array([labels[scores >= cut].sum() for cut in cuts])
    called = np.array([(scores >= cut).sum() for cut in cuts])
    return float((np.diff(found, prepend=0) * found / called).sum() / labels.sum())


def calibration(labels: Labels, scores: Floats) -> dict[str, Any]:
    """Fit the label on the score's log odds, and compare predicted with observed by fifths."""
    design = np.column_stack([np.ones_like(scores), np.log(scores / (1 - scores))])
    weights = np.array([0.0, 1.0])
    for _ in range(25):
        fitted = 1 / (1 + np.exp(-design @ weights))
        information = design.T @ (design * (fitted * (1 - fitted))[:, None])
        weights = weights + np.linalg.solve(information, design.T @ (labels - fitted))
    half = NORMAL_95 * sqrt(np.linalg.inv(information)[1, 1])
    fifths = [
        {"predicted": float(scores[part].mean())} | proportion(int(labels[part].sum()), len(part))
        for part in np.array_split(np.argsort(scores, kind="stable"), 5)
    ]
    slope = {"value": float(weights[1]), "low": weights[1] - half, "high": weights[1] + half}
    return {"intercept": float(weights[0]), "slope": slope, "fifths": fifths}


def at_threshold(labels: Labels, scores: Floats, threshold: float) -> dict[str, Any]:
    """Count the four outcomes of calling a score at or over the threshold positive."""
    called = scores >= threshold
    found, positives = int((called & (labels == 1)).sum()), int(labels.sum())
    spared, negatives = int((~called & (labels == 0)).sum()), int((labels == 0).sum())
    sensitivity, specificity = proportion(found, positives), proportion(spared, negatives)
    false_alarm = 1 - specificity["value"]
    return {
        "threshold": threshold,
        "true_positives": found,
        "false_negatives": positives - found,
        "true_negatives": spared,
        "false_positives": negatives - spared,
        "sensitivity": sensitivity,
        "specificity": specificity,
        "likelihood_ratio_positive": sensitivity["value"] / false_alarm if false_alarm else None,
        "likelihood_ratio_negative": (
            (1 - sensitivity["value"]) / specificity["value"] if spared else None
        ),
    }


def roc_curve(labels: Labels, scores: Floats) -> list[dict[str, float]]:
    """Give the ROC curve at fixed false positive rates, with a 95 % bootstrap band."""
    random = np.random.default_rng(0)
    positive, negative = scores[labels == 1], scores[labels == 0]
    curves = [
        _sensitivities(
            random.choice(positive, len(positive)), random.choice(negative, len(negative))
        )
        for _ in range(BOOTSTRAPS)
    ]
    low, high = np.quantile(curves, (0.025, 0.975), axis=0)
    rows = np.column_stack([FALSE_POSITIVE_RATES, _sensitivities(positive, negative), low, high])
    names = ("false_positive_rate", "sensitivity", "low", "high")
    return [dict(zip(names, map(float, row), strict=True)) for row in rows]


def _sensitivities(positive: Floats, negative: Floats) -> Floats:
    cuts = np.unique(np.concatenate([positive, negative]))[::-1]
    sensitivity = 1 - np.searchsorted(np.sort(positive), cuts, side="left") / len(positive)
    false_alarm = 1 - np.searchsorted(np.sort(negative), cuts, side="left") / len(negative)
    curve = np.interp(FALSE_POSITIVE_RATES, np.append(0, false_alarm), np.append(0, sensitivity))
    return np.asarray(curve, dtype=np.float64)


def decision_curve(labels: Labels, scores: Floats) -> list[dict[str, float]]:
    """Give the net benefit of following the model and of referring everyone, by threshold."""
    curve = []
    for threshold in map(float, NET_BENEFIT_THRESHOLDS):
        odds = threshold / (1 - threshold)
        called = scores >= threshold
        benefit = (called & (labels == 1)).mean() - odds * (called & (labels == 0)).mean()
        everyone = labels.mean() - odds * (1 - labels.mean())
        curve.append(
            {"threshold": threshold, "model": float(benefit), "refer_all": float(everyone)}
        )
    return curve


def subgroup(labels: Labels, scores: Floats, threshold: float) -> dict[str, Any]:
    """Give the figures of a part of the records."""
    counts = at_threshold(labels, scores, threshold)
    return {
        "records": len(labels),
        "positives": int(labels.sum()),
        "auc": area_under_curve(labels, scores),
        "sensitivity": counts["sensitivity"],
        "specificity": counts["specificity"],
    }


def states(ranges: Floats, outside: npt.NDArray[np.bool_], threshold: float) -> dict[str, int]:
    """Count the answers: the range on one side of the threshold, or cannot say."""
    low, high = ranges.T
    above, below = (low >= threshold) & ~outside, (high < threshold) & ~outside
    return {
        "above": int(above.sum()),
        "cannot_say": int((~above & ~below).sum()),
        "below": int(below.sum()),
        "range_straddles": int(((low < threshold) & (high >= threshold)).sum()),
        "outside_or_jointly_unusual": int(outside.sum()),
    }


def rank_correlation(a: Floats, b: Floats) -> float:
    """Give Spearman's correlation, ties sharing their mean rank."""
    return float(np.corrcoef(_ranks(a), _ranks(b))[0, 1])


def _ranks(values: Floats) -> Floats:
    _, where, counts = np.unique(values, return_inverse=True, return_counts=True)
    return np.asarray((np.cumsum(counts) - (counts - 1) / 2)[where], dtype=np.float64)


def summary(labels: Labels, scores: Floats, threshold: float) -> dict[str, Any]:
    """Give every figure that labels and out-of-fold scores alone allow."""
    prevalence = float(labels.mean())
    return {
        "records": len(labels),
        "positives": int(labels.sum()),
        "prevalence": prevalence,
        "auc": area_under_curve(labels, scores),
        "average_precision": average_precision(labels, scores),
        "brier": float(np.mean((scores - labels) ** 2)),
        "brier_of_base_rate": prevalence * (1 - prevalence),
        "at_threshold": at_threshold(labels, scores, threshold),
        "calibration": calibration(labels, scores),
        "roc": roc_curve(labels, scores),
        "decision_curve": decision_curve(labels, scores),
    }
