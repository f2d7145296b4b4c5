"""A bundle is believed only as a whole, and nothing in it runs before that."""

import json
import pickle
import subprocess
import sys
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from types import ModuleType
from typing import Any

import joblib
import numpy as np
import pytest
import sklearn

from risk_model import bundle as bundles
from risk_model.bundle import INFO_FILE, MANIFEST_FILE, MODEL_FILE, hashes_to_trust, load_bundle
from risk_model.errors import (
    BundleChangedError,
    BundleError,
    BundleMissingError,
    BundleUnreadableError,
    GoldenMismatchError,
    LibraryVersionMismatchError,
    ThresholdMissingError,
)
from risk_model.features import FeatureEngineer

FILES = (
    bundles.AGGREGATES_FILE,
    bundles.CARD_FILE,
    bundles.FOREST_FILE,
    bundles.GOLDEN_FILE,
    bundles.INFO_FILE,
    bundles.MANIFEST_FILE,
    bundles.MODEL_FILE,
    bundles.REFITS_FILE,
)


class Bomb:
    """Leaves a file behind when it is unpickled."""

    def __init__(self, trace: Path) -> None:
        self.trace = trace

    def __reduce__(self) -> Any:
        return Path.touch, (self.trace,)


def trusted(folder: Path) -> list[str]:
    return list(hashes_to_trust(folder).values())


def reseal(folder: Path) -> None:
    """Make the manifest name what the files are now."""
    names = json.loads((folder / MANIFEST_FILE).read_bytes())["files"]
    hashes = {name: sha256((folder / name).read_bytes()).hexdigest() for name in names}
    (folder / MANIFEST_FILE).write_text(json.dumps({"files": hashes}))


def change_json(path: Path, **changes: object) -> None:
    content = json.loads(path.read_bytes()) | changes
    path.write_text(json.dumps({k: v for k, v in content.items() if v is not None}))


def make_foreign(folder: Path) -> None:
    """Leave what a program elsewhere would have written: the pipeline and its metadata."""
    pipeline = joblib.load(folder / MODEL_FILE)
    module = ModuleType("feature_engineer")
    elsewhere = type("FeatureEngineer", (FeatureEngineer,), {"__module__": "feature_engineer"})
    module.FeatureEngineer = elsewhere  # type: ignore[attr-defined]  # made here
    pipeline.named_steps["fe"].__class__ = elsewhere
    sys.modules["feature_engineer"] = module
    try:
        joblib.dump(pipeline, folder / MODEL_FILE)
    finally:
        del sys.modules["feature_engineer"]
    info = json.loads((folder / INFO_FILE).read_bytes())
    kept = ("base_features", "selected_features", "threshold", "algorithm")
    (folder / INFO_FILE).write_text(json.dumps({key: info[key] for key in kept}))
    for name in set(FILES) - {MODEL_FILE, INFO_FILE}:
        (folder / name).unlink()


def test_a_trusted_bundle_loads_and_says_what_it_is(small_folder: Path) -> None:
    loaded = load_bundle(small_folder, trusted_sha256=trusted(small_folder))

    assert (loaded.name, loaded.threshold, loaded.algorithm) == (
        "meso_xgb_v1",
        0.29,
        "RandomForest",
    )
    assert loaded.sha256 == sha256((small_folder / MODEL_FILE).read_bytes()).hexdigest()
    assert loaded.refits is not None
    assert loaded.applicability is not None
    assert loaded.cohort is not None


@pytest.mark.parametrize("name", FILES)
def test_one_changed_byte_in_any_file_refuses_the_bundle(small_folder: Path, name: str) -> None:
    before = trusted(small_folder)
    content = bytearray((small_folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (small_folder / name).write_bytes(content)

    with pytest.raises(BundleChangedError) as refusal:
        load_bundle(small_folder, trusted_sha256=before)

    assert refusal.value.context["file"] == name


@pytest.mark.parametrize("name", FILES)
def test_a_bundle_that_lacks_a_file_is_refused(small_folder: Path, name: str) -> None:
    before = trusted(small_folder)
    (small_folder / name).unlink()

    with pytest.raises((BundleMissingError, BundleChangedError)):
        load_bundle(small_folder, trusted_sha256=before)


def test_an_empty_or_absent_folder_is_refused(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "absent"):
        with pytest.raises(BundleMissingError):
            load_bundle(folder, trusted_sha256=[])


@pytest.mark.parametrize("is_resealed", [False, True])
def test_a_swapped_model_never_runs(small_folder: Path, tmp_path: Path, is_resealed: bool) -> None:
    before, trace = trusted(small_folder), tmp_path / "trace"
    (small_folder / MODEL_FILE).write_bytes(pickle.dumps(Bomb(trace)))
    if is_resealed:
        reseal(small_folder)

    with pytest.raises(BundleChangedError):
        load_bundle(small_folder, trusted_sha256=before)

    assert not trace.exists()
    pickle.loads(pickle.dumps(Bomb(trace)))
    assert trace.exists(), "the bomb works"


def test_a_model_stripped_of_its_manifest_needs_trust_of_its_own(small_folder: Path) -> None:
    before = trusted(small_folder)
    (small_folder / MANIFEST_FILE).unlink()

    with pytest.raises(BundleChangedError):
        load_bundle(small_folder, trusted_sha256=before)


def test_a_bundle_trained_elsewhere_loads_once_its_hashes_are_trusted(
    small_folder: Path, small_files: dict[str, bytes]
) -> None:
    ours = load_bundle(small_folder, trusted_sha256=trusted(small_folder))
    make_foreign(small_folder)
    assert b"feature_engineer" in (small_folder / MODEL_FILE).read_bytes()

    theirs = load_bundle(small_folder, trusted_sha256=trusted(small_folder))

    rows = np.full((1, 11), 50.0)
    assert theirs.scorer.probability(rows[0]) == ours.scorer.probability(rows[0])
    assert theirs.refits is None
    assert theirs.cohort is None
    assert "feature_engineer" not in sys.modules


def test_a_changed_threshold_of_a_bundle_trained_elsewhere_is_noticed(small_folder: Path) -> None:
    make_foreign(small_folder)
    before = trusted(small_folder)
    change_json(small_folder / INFO_FILE, threshold=0.5)

    with pytest.raises(BundleChangedError):
        load_bundle(small_folder, trusted_sha256=before)


@pytest.mark.parametrize("threshold", [None, "0.29", True, 0, 1, -0.29, float("nan")])
def test_metadata_without_a_usable_threshold_are_refused(
    small_folder: Path, threshold: object
) -> None:
    change_json(small_folder / INFO_FILE, threshold=threshold)
    reseal(small_folder)

    with pytest.raises(ThresholdMissingError):
        load_bundle(small_folder, trusted_sha256=trusted(small_folder))


def test_metadata_that_name_another_scikit_learn_are_refused(small_folder: Path) -> None:
    change_json(small_folder / INFO_FILE, library_versions={"scikit-learn": "1.5.0"})
    reseal(small_folder)

    with pytest.raises(LibraryVersionMismatchError) as refusal:
        load_bundle(small_folder, trusted_sha256=trusted(small_folder))

    assert refusal.value.context == {"bundle": "1.5.0", "installed": sklearn.__version__}


def test_a_pickle_of_another_scikit_learn_is_refused_without_metadata_to_say_so(
    small_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as other_version:
        other_version.setattr("sklearn.base.__version__", "1.5.0")
        make_foreign_of_version(small_folder)

    with pytest.raises(LibraryVersionMismatchError) as refusal:
        load_bundle(small_folder, trusted_sha256=trusted(small_folder))

    assert refusal.value.context["bundle"] == "1.5.0"


def make_foreign_of_version(folder: Path) -> None:
    from risk_model.fitting import pipeline

    rows = np.random.default_rng(0).random((40, 11))
    fitted = pipeline(2, 0, {}).fit(rows, (rows[:, 0] > 0.5).astype(int))
    file = BytesIO()
    joblib.dump(fitted, file)
    (folder / MODEL_FILE).write_bytes(file.getvalue())
    change_json(folder / INFO_FILE, library_versions=None)
    for name in set(FILES) - {MODEL_FILE, INFO_FILE}:
        (folder / name).unlink()


def test_golden_rows_that_score_otherwise_refuse_the_bundle(small_folder: Path) -> None:
    path = small_folder / bundles.GOLDEN_FILE
    probabilities = json.loads(path.read_bytes())["probabilities"]
    probabilities[7] = (float.fromhex(probabilities[7]) + 2e-9).hex()
    change_json(path, probabilities=probabilities)
    reseal(small_folder)

    with pytest.raises(GoldenMismatchError):
        load_bundle(small_folder, trusted_sha256=trusted(small_folder))


@pytest.mark.parametrize("name", sorted(set(FILES) - {MANIFEST_FILE, bundles.CARD_FILE}))
@pytest.mark.parametrize("content", [b"", b"{}", b"[]", b"null", b"\x80\x05nonsense", b'{"a": 1}'])
def test_a_trusted_file_of_nonsense_is_refused_by_name(
    small_folder: Path, name: str, content: bytes
) -> None:
    (small_folder / name).write_bytes(content)
    reseal(small_folder)

    with pytest.raises(BundleError):
        # Of our own bundles the pickle is not touched before somebody asks for the pipeline.
        _ = load_bundle(small_folder, trusted_sha256=trusted(small_folder)).pipeline


def test_our_own_bundle_loads_and_scores_without_scikit_learn(small_folder: Path) -> None:
    program = """
import sys
from pathlib import Path
from risk_model.bundle import hashes_to_trust, load_bundle
folder = Path(sys.argv[1])
bundle = load_bundle(folder, trusted_sha256=hashes_to_trust(folder).values())
bundle.scorer.probabilities([[50.0] * 11])
assert not {"sklearn", "scipy", "pandas", "joblib"} & set(sys.modules), "imported"
assert bundle.pipeline is bundle.pipeline
"""
    subprocess.run([sys.executable, "-c", program, str(small_folder)], check=True)


def test_a_trusted_manifest_of_nonsense_is_refused(small_folder: Path) -> None:
    for content in (b"", b"{}", b"[]", b'{"files": 1}', b'{"files": {"a": 1}}', b'{"files": {}}'):
        (small_folder / MANIFEST_FILE).write_bytes(content)

        with pytest.raises(BundleError):
            load_bundle(small_folder, trusted_sha256=trusted(small_folder))


def test_features_that_differ_from_the_pipelines_are_refused(small_folder: Path) -> None:
    features = json.loads((small_folder / INFO_FILE).read_bytes())["base_features"]
    change_json(small_folder / INFO_FILE, base_features=features[::-1])
    reseal(small_folder)

    with pytest.raises(BundleUnreadableError):
        load_bundle(small_folder, trusted_sha256=trusted(small_folder))
