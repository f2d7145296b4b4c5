"""Train the model from the public table and write the bundle: `python -m risk_model.train`."""

import argparse
import json
import platform
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Any, Final

import joblib
import numpy as np
import pandas as pd
import sklearn

from risk_model import bundle, card, evaluation
from risk_model.applicability import Band, TrainingSpace, joint_statistics
from risk_model.cohort import Cohort
from risk_model.evaluation import Labels, area_under_curve
from risk_model.explanation import Explainer
from risk_model.fitting import (
    SELECTION,
    Division,
    Plan,
    choose,
    nested_cross_validation,
    out_of_fold_ranges,
    pipeline,
    refit,
)
from risk_model.inputs import BASE_FEATURES, SELECTED_FEATURES, UNITS, Floats, sources
from risk_model.refits import PERCENTILES, Refits
from risk_model.scorer import Scorer

THRESHOLD: Final = 0.29
LABEL_COLUMN: Final = "class of diagnosis"
GOLDEN_ROWS: Final = 200


def read_table(path: Path) -> pd.DataFrame:
    """Read the public table, its columns named as base features where they are one."""
    table = pd.read_csv(path)
    return table.rename(columns={name.replace("_", " "): name for name in BASE_FEATURES})


def train(table: pd.DataFrame, plan: Plan) -> dict[str, bytes]:
    """Train and measure, giving the files of the bundle by name."""
    rows = table[list(BASE_FEATURES)].to_numpy(dtype=np.float64)
    labels = table[LABEL_COLUMN].to_numpy(dtype=np.int64)
    settings = choose(plan, rows, labels)
    fitted = pipeline(plan.trees, plan.seed, settings).fit(rows, labels)
    scorer, forests = Scorer.of(fitted), refit(plan, settings, rows, labels)
    bands = {n: Band.of(c) for n, c in zip(BASE_FEATURES, rows.T, strict=True)}
    joint = joint_statistics(SELECTION.of(rows))
    outside = outside_training(rows, TrainingSpace(scorer, bands, joint))
    typical, areas = typical_division(plan, rows, labels)
    unseen_ranges = out_of_fold_ranges(plan, typical, rows, labels)
    evidence = {
        "method": method(plan, typical, areas),
        "states": {
            "training": evaluation.states(Refits(scorer, forests).ranges(rows), outside, THRESHOLD),
            "out_of_fold": evaluation.states(unseen_ranges, outside, THRESHOLD),
        },
        "subgroups": subgroups(table, labels, typical.scores),
        "directions": directions(scorer, rows),
    }
    info = description(plan, settings) | {
        "training_bands": {name: band.to_json() for name, band in bands.items()},
        "training_cohort": cohort_table(rows, labels),
        "evaluation": evaluation.summary(labels, typical.scores, THRESHOLD) | evidence,
    }
    cohort = Cohort.of(typical.scores, labels)
    files = {
        bundle.MODEL_FILE: pickled(fitted),
        bundle.FOREST_FILE: scorer.to_bytes(),
        bundle.REFITS_FILE: forests.to_bytes(),
        bundle.AGGREGATES_FILE: as_json({"joint": joint, "cohort": cohort.to_json()}),
        bundle.GOLDEN_FILE: as_json(golden_vectors(fitted, bands, plan.seed)),
        bundle.INFO_FILE: as_json(info),
        bundle.CARD_FILE: card.render(info, cohort).encode(),
    }
    hashes = {name: sha256(content).hexdigest() for name, content in sorted(files.items())}
    return files | {bundle.MANIFEST_FILE: as_json({"files": hashes})}


def description(plan: Plan, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Say what the model is; the first four keys are those that other programs read."""
    return {
        "base_features": list(BASE_FEATURES),
        "selected_features": list(SELECTED_FEATURES),
        "threshold": THRESHOLD,
        "algorithm": "RandomForest",
        "name": "meso_xgb_v1",
        "version": "1.0.0",
        "units": UNITS,
        "library_versions": {
            "scikit-learn": sklearn.__version__,
            "numpy": np.__version__,
            "joblib": joblib.__version__,
            "python": platform.python_version(),
        },
        "settings": {**settings, "rf__n_estimators": plan.trees, "seed": plan.seed},
        "refits": {
            "count": plan.refits,
            "trees_each": plan.trees_a_refit,
            "percentiles": [round(100 * p) for p in PERCENTILES],
        },
    }


def typical_division(plan: Plan, rows: Floats, labels: Labels) -> tuple[Division, list[float]]:
    """Divide the records anew several times; give the division of the median AUC, and all AUCs."""
    divisions = [
        nested_cross_validation(plan, rows, labels, plan.seed + n) for n in range(plan.divisions)
    ]
    areas = [float(area_under_curve(labels, d.scores)["value"]) for d in divisions]
    return divisions[int(np.argsort(areas, kind="stable")[len(areas) // 2])], sorted(areas)


def method(plan: Plan, typical: Division, areas: Sequence[float]) -> dict[str, Any]:
    """Say how the figures were measured."""
    return {
        "name": "nested stratified cross-validation",
        "folds": plan.folds,
        "divisions": plan.divisions,
        "reported": "division of the median AUC",
        "auc_of_divisions": areas,
        "settings_chosen_by": "Brier score in an inner cross-validation",
        "settings_by_fold": [fold.settings for fold in typical.folds],
    }


def outside_training(rows: Floats, space: TrainingSpace) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Mark the rows that the rules of applicability withhold an answer from."""
    used = {base for name in SELECTED_FEATURES for base in sources(name)}
    checks = [space.check(row) for row in rows]
    return np.array(
        [
            check.is_jointly_unusual or any(check.places[name].is_outside for name in used)
            for check in checks
        ]
    )


def cohort_table(rows: Floats, labels: Labels) -> dict[str, dict[str, list[float]]]:
    """Give the quartiles of each base feature, for all records and by label."""
    parts = {"all": labels >= 0, "label_1": labels == 1, "label_0": labels == 0}
    return {
        name: {
            part: np.quantile(column[mine], (0.25, 0.5, 0.75)).tolist()
            for part, mine in parts.items()
        }
        for name, column in zip(BASE_FEATURES, rows.T, strict=True)
    }


def subgroups(table: pd.DataFrame, labels: Labels, scores: Floats) -> dict[str, Any]:
    """Give the figures of parts of the records; the table does not say what its sex codes mean."""
    parts = {
        "age_under_50": table["age"] < 50,
        "age_50_to_64": table["age"].between(50, 64),
        "age_65_and_over": table["age"] >= 65,
        "no_asbestos_exposure": table["duration_of_asbestos_exposure"] == 0,
        "asbestos_exposure": table["duration_of_asbestos_exposure"] > 0,
        "pleural_protein_zero": table["pleural_protein"] == 0,
        "pleural_protein_measured": table["pleural_protein"] > 0,
    }
    if "gender" in table:
        parts |= {"sex_code_0": table["gender"] == 0, "sex_code_1": table["gender"] == 1}
    return {
        name: evaluation.subgroup(labels[mine], scores[mine], THRESHOLD)
        for name, mine in ((n, part.to_numpy()) for n, part in parts.items())
        if min(labels[mine].sum(), (1 - labels[mine]).sum()) >= 5
    }


def directions(scorer: Scorer, rows: Floats) -> dict[str, float]:
    """Give, for each input, the rank correlation of its value and what it adds to the score."""
    explainer, inputs = Explainer(scorer), scorer.selected(rows)
    added = [explainer.contributions(row).by_input for row in rows]
    return {
        name: evaluation.rank_correlation(column, np.array([a[name] for a in added]))
        for name, column in zip(SELECTED_FEATURES, inputs.T, strict=True)
    }


def golden_vectors(fitted: Any, bands: Mapping[str, Band], seed: int) -> dict[str, Any]:
    """Draw rows feature by feature, some beyond the bands, some missing; no record among them."""
    random = np.random.default_rng(seed)
    ends = np.array([(0.8 * bands[n].minimum, 1.2 * bands[n].maximum) for n in BASE_FEATURES])
    # Cubing crowds the draws towards the low end, where skewed laboratory values lie.
    rows = ends[:, 0] + (ends[:, 1] - ends[:, 0]) * random.random((GOLDEN_ROWS, len(ends))) ** 3
    rows[random.random(rows.shape) < 0.15] = np.nan
    probabilities = fitted.predict_proba(rows)[:, 1]
    return {
        "base_features": list(BASE_FEATURES),
        "rows": [[None if np.isnan(v) else float(v).hex() for v in row] for row in rows],
        "probabilities": [float(p).hex() for p in probabilities],
    }


def pickled(fitted: Any) -> bytes:
    """Pickle the pipeline by joblib, compressed."""
    file = BytesIO()
    joblib.dump(fitted, file, compress=("zlib", 6))
    return file.getvalue()


def as_json(content: Mapping[str, Any]) -> bytes:
    """Write JSON the same way every time."""
    return (json.dumps(content, indent=1, ensure_ascii=False) + "\n").encode()


def main(arguments: Sequence[str] | None = None) -> int:
    """Train from the command line and print the hashes a program trusts."""
    parser = argparse.ArgumentParser(prog="python -m risk_model.train", description=__doc__)
    parser.add_argument("--data", type=Path, required=True, help="mesothelioma.csv")
    parser.add_argument("--out", type=Path, required=True, help="folder of the bundle")
    options = parser.parse_args(arguments)
    files = train(read_table(options.data), Plan())
    options.out.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (options.out / name).write_bytes(content)
    for name in (bundle.MANIFEST_FILE, bundle.MODEL_FILE):
        sys.stdout.write(f"{sha256(files[name]).hexdigest()}  {name}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
