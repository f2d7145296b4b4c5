"""The files of a trained model, checked before anything in them is believed or run."""

import json
import math
import sys
import warnings
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache, cached_property, partial
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from io import BytesIO
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import numpy as np

from risk_model.applicability import Band, TrainingSpace
from risk_model.cohort import Cohort
from risk_model.errors import (
    BundleChangedError,
    BundleMissingError,
    BundleUnreadableError,
    GoldenMismatchError,
    LibraryVersionMismatchError,
    ThresholdMissingError,
)
from risk_model.explanation import Explainer
from risk_model.refits import RefitForests, Refits
from risk_model.scorer import Scorer

MODEL_FILE: Final = "xgb_slim_features.joblib"
FOREST_FILE: Final = "forest.npz"  # the same model as bare arrays: nothing to unpickle at start
INFO_FILE: Final = "xgb_slim_features_info.json"
REFITS_FILE: Final = "refits.npz"
AGGREGATES_FILE: Final = "training_aggregates.json"
GOLDEN_FILE: Final = "golden_vectors.json"
CARD_FILE: Final = "MODEL_CARD.md"
MANIFEST_FILE: Final = "manifest.json"

# Programs that share this model pickled the class under its file's own name.
FOREIGN_MODULE: Final = "feature_engineer"
GOLDEN_TOLERANCE: Final = 1e-9

# What reading a file of the right name and the wrong content can raise.
MALFORMED: Final = (KeyError, TypeError, ValueError, AttributeError, OSError, EOFError, IndexError)


@dataclass(frozen=True)
class Bundle:
    """A checked model, ready to score.

    A bundle trained elsewhere holds the pipeline and its metadata only: it has no refits, no
    training space and no cohort, so no answer but "cannot say" can be given with it.
    """

    name: str
    version: str
    sha256: str  # of the joblib file; what a record names
    trust_sha256: tuple[str, ...]  # the hashes whose trust let it load
    threshold: float
    algorithm: str
    base_features: tuple[str, ...]
    selected_features: tuple[str, ...]
    scorer: Scorer
    explainer: Explainer
    unpickle: Callable[[], Any] = field(repr=False)
    units: Mapping[str, str] = field(default_factory=dict)
    evaluation: Mapping[str, Any] = field(default_factory=dict, repr=False)
    training_cohort: Mapping[str, Any] = field(default_factory=dict, repr=False)
    refits: Refits | None = None
    applicability: TrainingSpace | None = None
    cohort: Cohort | None = None

    @cached_property
    def pipeline(self) -> Any:
        """Unpickle the fitted pipeline, at the first need for it."""
        return self.unpickle()


def hashes_to_trust(folder: Path) -> dict[str, str]:
    """Name the files whose SHA-256 must be trusted for this folder to load.

    With a manifest, it alone: it carries the hashes of all the others. Without one (a bundle
    trained elsewhere), the model and its metadata, which holds the threshold.
    """
    names = (MANIFEST_FILE,) if (folder / MANIFEST_FILE).exists() else (MODEL_FILE, INFO_FILE)
    return {name: sha256(_read(folder, name)).hexdigest() for name in names}


def load_bundle(folder: Path, *, trusted_sha256: Collection[str]) -> Bundle:
    """Verify, then read a bundle; nothing is unpickled before every file's hash is right.

    Of our own bundles nothing is unpickled even then: their forest stands in arrays as well.
    """
    files, trusted = _verified(folder, trusted_sha256)
    info = _json_object(files, INFO_FILE)
    threshold = _threshold(info)
    _check_version(info)
    unpickle = cache(partial(_unpickle, files[MODEL_FILE]))
    pipeline = None if FOREST_FILE in files else unpickle()
    try:
        scorer = Scorer.of(pipeline) if pipeline else Scorer.from_bytes(files[FOREST_FILE])
        bundle = Bundle(
            name=str(info.get("name", Path(MODEL_FILE).stem)),
            version=str(info.get("version", "")),
            sha256=sha256(files[MODEL_FILE]).hexdigest(),
            trust_sha256=trusted,
            threshold=threshold,
            algorithm=str(info["algorithm"]),
            base_features=tuple(info["base_features"]),
            selected_features=tuple(info["selected_features"]),
            scorer=scorer,
            explainer=Explainer(scorer),
            unpickle=unpickle,
            units=info.get("units", {}),
            evaluation=info.get("evaluation", {}),
            training_cohort=info.get("training_cohort", {}),
            **_evidence(files, info, scorer),
        )
        if GOLDEN_FILE in files:
            check_golden(scorer, _json_object(files, GOLDEN_FILE))
    except (*MALFORMED, BadZipFile) as error:
        raise BundleUnreadableError(file=MODEL_FILE, reason=type(error).__name__) from error
    if (bundle.base_features, bundle.selected_features) != (
        scorer.base_features,
        scorer.selected_features,
    ):
        raise BundleUnreadableError(file=INFO_FILE, reason="features differ from the pipeline's")
    return bundle


def check_golden(scorer: Scorer, golden: Mapping[str, Any]) -> float:
    """Re-score the golden rows and return the largest difference, refusing one above 1e-9."""
    rows = np.array(
        [[math.nan if v is None else float.fromhex(v) for v in row] for row in golden["rows"]]
    )
    expected = np.array([float.fromhex(p) for p in golden["probabilities"]])
    difference = float(np.abs(scorer.probabilities(rows) - expected).max())
    if not difference <= GOLDEN_TOLERANCE:
        raise GoldenMismatchError(difference=f"{difference:.3g}")
    return difference


def _read(folder: Path, name: str) -> bytes:
    try:
        return (folder / name).read_bytes()
    except OSError as error:
        raise BundleMissingError(file=name) from error


def _verified(
    folder: Path, trusted_sha256: Collection[str]
) -> tuple[dict[str, bytes], tuple[str, ...]]:
    """Read each file once, and give the bytes whose hash was right."""
    roots = tuple(hashes_to_trust(folder).items())
    for name, digest in roots:
        if digest not in trusted_sha256:
            raise BundleChangedError(file=name, sha256=digest)
    expected = dict(roots)
    files = {}
    if MANIFEST_FILE in expected:
        manifest = _checked(folder, MANIFEST_FILE, expected[MANIFEST_FILE])
        named = _json_object({MANIFEST_FILE: manifest}, MANIFEST_FILE).get("files")
        if not isinstance(named, dict):
            raise BundleUnreadableError(file=MANIFEST_FILE, reason="names no files")
        expected = named
    for name, digest in expected.items():
        files[name] = _checked(folder, name, digest)
    for name in (MODEL_FILE, INFO_FILE):
        if name not in files:
            raise BundleMissingError(file=name)
    return files, tuple(digest for _, digest in roots)


def _checked(folder: Path, name: str, digest: str) -> bytes:
    content = _read(folder, name)
    found = sha256(content).hexdigest()
    if found != digest:
        raise BundleChangedError(file=name, sha256=found)
    return content


def _json_object(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    try:
        content = json.loads(files[name])
    except ValueError as error:
        raise BundleUnreadableError(file=name, reason="not JSON") from error
    if not isinstance(content, dict):
        raise BundleUnreadableError(file=name, reason="not a JSON object")
    return content


def _threshold(info: Mapping[str, Any]) -> float:
    threshold = info.get("threshold")
    if isinstance(threshold, bool) or not isinstance(threshold, int | float):
        raise ThresholdMissingError(file=INFO_FILE)
    if not 0 < threshold < 1:
        raise ThresholdMissingError(file=INFO_FILE)
    return float(threshold)


def _check_version(info: Mapping[str, Any]) -> None:
    """Compare the scikit-learn that is installed with the one the bundle names, if it names one."""
    try:
        installed = version("scikit-learn")
    except PackageNotFoundError:
        installed = ""
    named = info.get("library_versions", {}).get("scikit-learn", installed)
    if named != installed:
        raise LibraryVersionMismatchError(bundle=str(named), installed=installed)


def _unpickle(content: bytes) -> Any:
    import joblib
    import sklearn
    from sklearn.exceptions import InconsistentVersionWarning

    try:
        with _foreign_class_path(), warnings.catch_warnings():
            warnings.simplefilter("error", InconsistentVersionWarning)
            return joblib.load(BytesIO(content))
    except InconsistentVersionWarning as warning:
        raise LibraryVersionMismatchError(
            bundle=warning.original_sklearn_version, installed=sklearn.__version__
        ) from warning
    except Exception as error:  # unpickling can raise anything
        raise BundleUnreadableError(file=MODEL_FILE, reason=type(error).__name__) from error


@contextmanager
def _foreign_class_path() -> Iterator[None]:
    """Let `feature_engineer.FeatureEngineer` mean our class while a pickle is read."""
    from risk_model import features

    sys.modules[FOREIGN_MODULE] = features
    try:
        yield
    finally:
        del sys.modules[FOREIGN_MODULE]


def _evidence(
    files: Mapping[str, bytes], info: Mapping[str, Any], scorer: Scorer
) -> dict[str, Any]:
    """Read what only bundles of our own training bring."""
    evidence: dict[str, Any] = {}
    if REFITS_FILE in files:
        evidence["refits"] = Refits(scorer, RefitForests.from_bytes(files[REFITS_FILE]))
    if AGGREGATES_FILE in files:
        aggregates = _json_object(files, AGGREGATES_FILE)
        bands = {name: Band(**band) for name, band in info["training_bands"].items()}
        evidence["applicability"] = TrainingSpace(scorer, bands, aggregates["joint"])
        evidence["cohort"] = Cohort.from_json(aggregates["cohort"])
    return evidence
