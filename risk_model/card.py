"""The model card, written from the measured figures."""

import re
from collections.abc import Iterable, Mapping, Sequence
from textwrap import fill
from typing import Any

from risk_model.cohort import REACH, Cohort
from risk_model.inputs import RATIOS, SELECTED_FEATURES, sources

PREVALENCES = (0.01, 0.05, 0.137, 0.296)
BAND_ENDS = (("p1", "p99"), ("minimum", "maximum"))


def render(info: Mapping[str, Any], cohort: Cohort) -> str:
    """Give the card as Markdown."""
    parts = (_use, _model, _worth, _states, _subgroups, _training_data, _privacy, _limits)
    title = f"# Model card: {info['name']}, version {info['version']}\n"
    sections = [part(info) for part in parts]
    return "\n".join(map(_wrapped, [title, *sections, _cohort(cohort)]))


def _wrapped(section: str) -> str:
    """Fill paragraphs and list items to the line; heads and tables stay as they are."""
    return "\n\n".join(map(_filled, section.strip().split("\n\n"))) + "\n"


def _filled(block: str) -> str:
    if block.startswith(("#", "|")):
        return block
    items = (" ".join(item.split()) for item in re.split(r"\n(?=- )", block))
    indent = "  " if block.startswith("- ") else ""
    return "\n".join(
        fill(item, 100, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
        for item in items
    )


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "".join("| " + " | ".join(line) + " |\n" for line in lines)


def _interval(figure: Mapping[str, Any]) -> str:
    return f"{figure['value']:.2f} (95 % interval {figure['low']:.2f}-{figure['high']:.2f})"


def _use(info: Mapping[str, Any]) -> str:
    return f"""## Intended use

A second look for doctors who see adults with pleural effusion. Research use; not cleared as a
medical device. It neither diagnoses nor excludes mesothelioma: diagnosis rests on imaging,
cytology or biopsy and a multidisciplinary team. No test is delayed or omitted because of a score.
A score is read against the threshold {info["threshold"]}, and only together with its refit range:
where the range lies on both sides, the answer is "cannot say".
"""


def _model(info: Mapping[str, Any]) -> str:
    settings, refits = info["settings"], info["refits"]
    inputs = ", ".join(
        f"`{name}`" + (f" = {' / '.join(sources(name))}" if name in RATIOS else "")
        for name in info["selected_features"]
    )
    used = {base for name in SELECTED_FEATURES for base in sources(name)}
    ignored = ", ".join(f"`{name}`" for name in info["base_features"] if name not in used)
    return f"""## Model

scikit-learn {info["library_versions"]["scikit-learn"]} pipeline: FeatureEngineer, StandardScaler,
RandomForestClassifier of {settings["rf__n_estimators"]} trees
(min_samples_leaf {settings["rf__min_samples_leaf"]}, max_features {settings["rf__max_features"]},
seed {settings["seed"]}). Score = probability of label 1; label 1 where it is at or over
{info["threshold"]}, a threshold that is given with the system (about the share of label 1 in the
training data) and was not tuned here.

Inputs: {inputs}. Recorded but not used: {ignored}.

Missing values take the branch that scikit-learn gives them: in training nothing was missing, so
each node sends them where more training records went.

Range: {refits["percentiles"][0]}th to {refits["percentiles"][1]}th percentile over
{refits["count"]} refits of {refits["trees_each"]} trees with the same settings on records drawn
with replacement. Smaller forests make the range a little wider than refits of
{settings["rf__n_estimators"]} trees would. Their split points are moved to the middle between
neighbouring training values.
"""


def _worth(info: Mapping[str, Any]) -> str:
    figures = info["evaluation"]
    at, method = figures["at_threshold"], figures["method"]
    areas = method["auc_of_divisions"]
    sensitivity, specificity = at["sensitivity"], at["specificity"]
    fifths = _table(
        ("fifth", "records", "mean score", "observed share (95 % interval)"),
        (
            (str(n), str(f["trials"]), f"{f['predicted']:.2f}", _interval(f))
            for n, f in enumerate(figures["calibration"]["fifths"], 1)
        ),
    )
    predictive = _table(
        ("prevalence", "of those called 1, truly", "of those called 0, yet positive"),
        (_predictive(p, sensitivity["value"], specificity["value"]) for p in PREVALENCES),
    )
    return f"""## What it is worth

All figures from scores that models gave to records they had not seen: nested {method["folds"]}-fold
stratified cross-validation, settings chosen anew inside each fold by Brier score. With so few
records the figures depend on how these are divided into folds; so {method["divisions"]} divisions
were made, and the one of the median AUC is reported. No external validation exists.

- ROC AUC {_interval(figures["auc"])}, {figures["auc"]["method"]}. Over the
  {len(areas)} divisions {areas[0]:.2f} to {areas[-1]:.2f}. A coin scores 0.50.
- Average precision {figures["average_precision"]:.2f} (share of label 1:
  {figures["prevalence"]:.2f}).
- Brier score {figures["brier"]:.3f}; always answering the share of label 1 gives
  {figures["brier_of_base_rate"]:.3f}. Calibration slope
  {_interval(figures["calibration"]["slope"])}.
- At {at["threshold"]}: sensitivity {_counted(sensitivity)}, specificity {_counted(specificity)},
  likelihood ratios {at["likelihood_ratio_positive"]:.2f} and
  {at["likelihood_ratio_negative"]:.2f}.

Intervals of shares are Wilson's.

{fifths}
The lowest-scored fifth still held {figures["calibration"]["fifths"][0]["value"]:.0%} of label 1:
a low score does not reassure.

{predictive}"""


def _counted(share: Mapping[str, Any]) -> str:
    return f"{share['successes']}/{share['trials']} = {_interval(share)}"


def _predictive(prevalence: float, sensitivity: float, specificity: float) -> tuple[str, ...]:
    true, false = sensitivity * prevalence, (1 - specificity) * (1 - prevalence)
    missed, spared = (1 - sensitivity) * prevalence, specificity * (1 - prevalence)
    return (
        f"{prevalence:.1%}",
        f"{true / (true + false):.1%}",
        f"{missed / (missed + spared):.1%}",
    )


def _states(info: Mapping[str, Any]) -> str:
    table = _table(
        ("", "above", "cannot say", "below", "range straddles", "outside or jointly unusual"),
        (
            (name.replace("_", " "), *(str(count) for count in counts.values()))
            for name, counts in info["evaluation"]["states"].items()
        ),
    )
    return f"""## What it answers on the training records

{table}
"Training" is the shipped model on the records it was trained on; "out of fold" is the range of
models that had not seen the record.
"""


def _subgroups(info: Mapping[str, Any]) -> str:
    table = _table(
        ("part", "records", "label 1", "AUC", "sensitivity", "specificity"),
        (
            (
                name.replace("_", " "),
                str(part["records"]),
                str(part["positives"]),
                *(_interval(part[f]) for f in ("auc", "sensitivity", "specificity")),
            )
            for name, part in info["evaluation"]["subgroups"].items()
        ),
    )
    return f"""## Parts of the records

{table}
The table does not say which sex its codes mean. Parts this small say little, each alone.
"""


def _training_data(info: Mapping[str, Any]) -> str:
    rows = []
    for name, band in info["training_bands"].items():
        quartiles = info["training_cohort"][name]
        spread = (f"{q[1]:g} ({q[0]:g}-{q[2]:g})" for q in quartiles.values())
        ends = (f"{band[low]:g}-{band[high]:g}" for low, high in BAND_ENDS)
        rows.append((f"`{name}`", info["units"][name], *spread, *ends))
    figures = info["evaluation"]
    head = ("value", "unit (UCUM)", "all: median (middle half)", "label 1", "label 0")
    directions = _table(
        ("input", "rank correlation of value and contribution"),
        ((f"`{name}`", f"{rho:+.2f}") for name, rho in figures["directions"].items()),
    )
    return f"""## Training data

"Mesothelioma's disease" data set, UCI Machine Learning Repository, CC BY 4.0 (Er, Tanrikulu,
Abakay, Temurtas 2012), in the form of Chicco and Rovelli 2019 without the column that copies the
label. {figures["records"]} records, {figures["positives"]} of label 1, one Turkish hospital,
endemic exposure.

{_table((*head, "p1-p99", "minimum-maximum"), rows)}
How each input moves the score in these data; a pattern, not a cause:

{directions}"""


def _privacy(info: Mapping[str, Any]) -> str:
    return f"""## What these files tell about single records

None holds a record. Every leaf of every tree holds at least
{info["settings"]["rf__min_samples_leaf"]} records (of the refits' trees: records drawn with
replacement), every bin of the histogram of out-of-fold scores at least five. Bands are quantiles;
the minimum and maximum of each value are published
with the data set. The golden vectors are drawn feature by feature from a random generator.
"""


def _limits(info: Mapping[str, Any]) -> str:
    return f"""## Limits

- {info["evaluation"]["records"]} records of one hospital, no external validation, no Korean data.
- What the label means is not documented: cytology and outcome do not separate its classes.
- Clinical knowledge expects risk to rise with age and asbestos exposure, and not with albumin.
  Where the table above says otherwise, these records speak and not the disease.
- Reports of 96-100 % accuracy on this data set used a column that copies the label.
- Light's criteria call nearly all training records exudates; a transudate is outside the
  population.
- A forest saturates: an absurd value, or one in a wrong unit, does not show in the score.
"""


def _cohort(cohort: Cohort) -> str:
    table = _table(
        ("out-of-fold score", "records", "label 1"),
        ((f"{b.low:.2f}-{b.high:.2f}", str(b.count), str(b.positives)) for b in cohort.bins),
    )
    return f"""## Records with a similar score

Counted over the bins whose middle lies within {REACH} of the score:

{table}"""
