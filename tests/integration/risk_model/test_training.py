"""Training: the same data and plan give the same model, and no file tells of one record."""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from risk_model import bundle as bundles
from risk_model import train
from risk_model.bundle import Bundle
from risk_model.evaluation import states
from risk_model.inputs import BASE_FEATURES, SELECTED_FEATURES, UNITS
from tests.integration.risk_model.conftest import SHIPPED, SMALL, made_up_table

DATA = os.environ.get("MESODESK_TRAINING_DATA")
needs_data = pytest.mark.skipif(not DATA, reason="MESODESK_TRAINING_DATA names no table")


def test_training_twice_gives_the_same_files(small_files: dict[str, bytes]) -> None:
    assert train.train(made_up_table(), SMALL) == small_files


def test_metadata_hold_what_other_programs_of_the_system_read() -> None:
    info = json.loads((SHIPPED / bundles.INFO_FILE).read_bytes())

    assert info["base_features"] == list(BASE_FEATURES)
    assert info["selected_features"] == list(SELECTED_FEATURES)
    assert info["threshold"] == 0.29
    assert info["algorithm"] == "RandomForest"
    assert info["units"] == UNITS


def test_no_leaf_of_the_shipped_forest_holds_fewer_than_five_records(shipped: Bundle) -> None:
    for estimator in shipped.pipeline.named_steps["rf"].estimators_:
        assert estimator.tree_.n_node_samples.min() >= 5


def test_the_command_writes_the_bundle_and_prints_what_to_trust(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    made_up_table().to_csv(tmp_path / "table.csv", index=False)
    monkeypatch.setattr(train, "Plan", lambda: SMALL)

    out = tmp_path / "out"
    code = train.main(["--data", str(tmp_path / "table.csv"), "--out", str(out)])

    lines = [line.split() for line in capsys.readouterr().out.splitlines()]
    printed = {name: digest for digest, name in lines}
    assert code == 0
    assert printed.items() >= bundles.hashes_to_trust(out).items()
    assert set(printed) == {bundles.MANIFEST_FILE, bundles.MODEL_FILE}


def training_table() -> pd.DataFrame:
    return train.read_table(Path(str(DATA)))


@needs_data
def test_no_golden_row_shares_values_with_a_training_record() -> None:
    golden = json.loads((SHIPPED / bundles.GOLDEN_FILE).read_bytes())["rows"]
    rows = np.array([[np.nan if v is None else float.fromhex(v) for v in row] for row in golden])
    records = training_table()[list(BASE_FEATURES)].to_numpy(dtype=np.float64)

    shared = (rows[:, None, :] == records[None, :, :]).sum(axis=2)

    assert shared.max() <= 2


@needs_data
def test_the_shipped_bundle_answers_on_the_training_records_as_its_card_says(
    shipped: Bundle,
) -> None:
    rows = training_table()[list(BASE_FEATURES)].to_numpy(dtype=np.float64)
    assert shipped.refits is not None
    assert shipped.applicability is not None

    outside = train.outside_training(rows, shipped.applicability)
    counts = states(shipped.refits.ranges(rows), outside, shipped.threshold)

    assert counts == shipped.evaluation["states"]["training"]
    one_by_one = [shipped.scorer.probability(row) for row in rows]
    assert one_by_one == shipped.pipeline.predict_proba(rows)[:, 1].tolist()
