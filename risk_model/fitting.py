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
from risk_model.forest import Integers, single_precision
from risk_model.inputs import BASE_FEATURES, SELECTED_FEATURES, Floats, Selection
from risk_model.refits import RefitForests, percentiles


@dataclass(frozen=True)
class Plan:
    """The sizes of a training run; the same plan and data give the same model."""

    trees: int = 500
    trees_to_choose: int = 100  # enough to compare settings by
    folds: int = 5
    divisions: int = 9  # nested cross-validations, each dividing the records anew
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


def pipeline(trees: int, seed: int, settings: Mapping[str, Any]) -> Pipeline:
    """Build the unfitted pipeline with the forest's settings."""
    # One job: the trees are then summed in order, and the score keeps its last bit.
    forest = RandomForestClassifier(trees, random_state=seed, n_jobs=1)
    return Pipeline(
        [("fe", FeatureEngineer()), ("scaler", StandardScaler()), ("rf", forest)]
    ).set_params(**settings)


def choose(plan: Plan, rows: Floats, labels: Labels) -> dict[str, Any]:
    """Choose the settings of least Brier score by cross-validation within these records."""
    inner = StratifiedKFold(plan.folds, shuffle=True, random_state=plan.seed + plan.divisions)
    search = GridSearchCV(
        pipeline(plan.trees_to_choose, plan.seed, {}),
        dict(plan.grid),
        scoring="neg_brier_score",
        cv=inner,
        refit=False,
    )
    return dict(search.fit(rows, labels).best_params_)


@dataclass(frozen=True)
class Fold:
    """One part of the records, set aside, and the settings chosen without it."""

    train: Integers
    test: Integers
    settings: dict[str, Any]


@dataclass(frozen=True)
class Division:
    """The scores of all records by models that never saw them, under one division into folds."""

    seed: int
    folds: list[Fold]
    scores: Floats


def nested_cross_validation(plan: Plan, rows: Floats, labels: Labels, seed: int) -> Division:
    """Score every record by a model whose settings, too, were chosen without it."""
    scores, folds = np.zeros(len(rows)), []
    outer = StratifiedKFold(plan.folds, shuffle=True, random_state=seed)
    for train, test in outer.split(rows, labels):
        settings = choose(plan, rows[train], labels[train])
        fitted = pipeline(plan.trees, plan.seed, settings).fit(rows[train], labels[train])
        scores[test] = fitted.predict_proba(rows[test])[:, 1]
        folds.append(Fold(train, test, settings))
    return Division(seed, folds, scores)


def out_of_fold_ranges(plan: Plan, division: Division, rows: Floats, labels: Labels) -> Floats:
    """Give the refit range of every record by refits that never saw it."""
    ranges = np.zeros((len(rows), 2))
    for fold in division.folds:
        forests = refit(plan, fold.settings, rows[fold.train], labels[fold.train])
        inputs = single_precision(SELECTION.of(rows[fold.test]))
        ranges[fold.test] = percentiles(forests.probabilities(inputs))
    return ranges


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
