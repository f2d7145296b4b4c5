"""What the tests of `score` share: the real bundle, files to score and results to read."""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path

from desktop_app.application.scoring import ScoreSummary, score_file
from desktop_app.config import TRUSTED_BUNDLES, model_folder
from desktop_app.domain.lab_panel import FIELDS
from desktop_app.infrastructure.documents.csv_files import CsvFiles
from desktop_app.infrastructure.inference.bundled_model import BundledModel, load_model
from desktop_app.infrastructure.inference.table_scorer import BundledTableScorer

NAMES = [field.key for field in FIELDS]


@cache
def shipped_model() -> BundledModel:
    return load_model(model_folder(), trusted_sha256=TRUSTED_BUNDLES)


def score(
    source: Path,
    target: Path,
    load_scorer: Callable[[], BundledTableScorer] = lambda: BundledTableScorer(shipped_model()),
) -> ScoreSummary:
    return score_file(source, target, files=CsvFiles(), load_scorer=load_scorer)


def write_csv(path: Path, rows: Iterable[Mapping[str, str]], names: Sequence[str] = NAMES) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def read_csv(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))
