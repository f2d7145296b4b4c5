"""Fit the pipeline, choose its settings, and refit it on resampled records."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import StandardScaler

from risk_model.evaluation import Labels
from risk_model.features import FeatureEngineer
from risk_model.forest import single_precision
from risk_model.inputs import BASE_FEATURES, SELECTED_FEATURES, Floats, Selection
from risk_model.refits import RefitForests, percentiles


@dataclass(frozen=True)
class Plan:
    """The sizes of a training run; the same plan and data give the same model."""

    trees: int = 500
    folds: int = 5
    repeats: int = 10
    refits: int = 100
    trees_a_refit: int = 50
    seed: int = 0
    # No leaf of fewer than five records: a smaller one would tell about single patients.
    grid: Mapping[str, Sequence[Any]] = field(
        default_factory=lambda: {
            "rf__min_samples_leaf": (5, 10, 15, 20, 30),
            "rf__max_features": (2, 4),
        }
    )


def pipeline(plan: Plan, settings: Mapping[str, Any]) -> Pipeline:
    """Build the unfitted pipeline with the forest's settings."""
    # One job: the trees are then summed in order, and the score keeps its last bit.
    forest = RandomForestClassifier(plan.trees, random_state=plan.seed, n_jobs=1)
    return Pipeline(
        [("fe", FeatureEngineer()), ("scaler", StandardScaler()), ("rf", forest)]
    ).set_params(**settings)


def choose(plan: Plan, rows: Floats, labels: Labels) -> dict[str, Any]:
    """Choose the settings of least Brier score by cross-validation within these records."""
    inner = StratifiedKFold(plan.folds, shuffle=True, random_state=plan.seed + 1)
    search = GridSearchCV(
        pipeline(plan, {}), dict(plan.grid), scoring="neg_brier_score", cv=inner, refit=False
    )
    return dict(search.fit(rows, labels).best_params_)


@dataclass(frozen=True)
class OutOfFold:
    """What models that never saw a record gave it: score, refit range; and what each fold chose."""

    scores: Floats
    ranges: Floats
    chosen: list[dict[str, Any]]


def nested_cross_validation(plan: Plan, rows: Floats, labels: Labels) -> OutOfFold:
    """Score every record by a model whose settings were chosen without it too."""
    scores, ranges, chosen = np.zeros(len(rows)), np.zeros((len(rows), 2)), []
    outer = StratifiedKFold(plan.folds, shuffle=True, random_state=plan.seed)
    for train, test in outer.split(rows, labels):
        settings = choose(plan, rows[train], labels[train])
        chosen.append(settings)
        fitted = pipeline(plan, settings).fit(rows[train], labels[train])
        scores[test] = fitted.predict_proba(rows[test])[:, 1]
        forests = refit(plan, settings, rows[train], labels[train])
        inputs = single_precision(SELECTION.of(rows[test]))
        ranges[test] = percentiles(forests.probabilities(inputs))
    return OutOfFold(scores, ranges, chosen)


def repeated_scores(
    plan: Plan, settings: Mapping[str, Any], rows: Floats, labels: Labels
) -> list[Floats]:
    """Give out-of-fold scores under other divisions into folds, settings fixed."""
    runs = []
    for repeat in range(1, plan.repeats + 1):
        scores = np.zeros(len(rows))
        folds = StratifiedKFold(plan.folds, shuffle=True, random_state=plan.seed + repeat)
        for train, test in folds.split(rows, labels):
            fitted = pipeline(plan, settings).fit(rows[train], labels[train])
            scores[test] = fitted.predict_proba(rows[test])[:, 1]
        runs.append(scores)
    return runs


SELECTION = Selection.plan(BASE_FEATURES, SELECTED_FEATURES)


def refit(plan: Plan, settings: Mapping[str, Any], rows: Floats, labels: Labels) -> RefitForests:
    """Refit smaller forests on records drawn with replacement.

    Scaling moves no split of a tree, so the refits take the inputs in natural units.
    """
    inputs = single_precision(SELECTION.of(rows))
    forest_settings = {name.removeprefix("rf__"): value for name, value in settings.items()}
    forests = []
    for number in range(plan.refits):
        drawn = np.random.default_rng((plan.seed, number)).integers(0, len(rows), len(rows))
        forest = RandomForestClassifier(
            plan.trees_a_refit, random_state=plan.seed + number, n_jobs=1, **forest_settings
        )
        forests.append(forest.fit(inputs[drawn], labels[drawn]).estimators_)
    distinct = [np.unique(column.astype(np.float64)) for column in inputs.T]
    return RefitForests.of(forests, [(v[1:] + v[:-1]) / 2 for v in distinct])
