"""The arithmetic from base features to model inputs."""

import numpy as np
import pandas as pd
import pytest

from risk_model.features import FeatureEngineer
from risk_model.inputs import BASE_FEATURES, SELECTED_FEATURES, UNITS, Selection, sources

ROW = [50.0, 6.0, 300.0, 9.0, 200.0, 500.0, 4.0, 7.0, 3.5, 60.0, 25.0]


def test_ratios_are_those_of_the_clinical_definition() -> None:
    inputs = Selection.plan(BASE_FEATURES, SELECTED_FEATURES).of(np.array([ROW]))[0]

    by_name = dict(zip(SELECTED_FEATURES, inputs, strict=True))
    assert by_name["exposure_age_ratio"] == 25.0 / (50.0 + 1e-6)
    assert by_name["LDH_ratio"] == 500.0 / (200.0 + 1e-6)
    assert by_name["albumin"] == 3.5


def test_white_cells_and_total_protein_never_reach_the_model() -> None:
    used = {base for name in SELECTED_FEATURES for base in sources(name)}

    assert set(BASE_FEATURES) - used == {"cell_count_(WBC)", "total_protein"}


def test_every_base_feature_has_a_unit() -> None:
    assert set(UNITS) == set(BASE_FEATURES)


def test_a_table_and_an_array_give_the_same_inputs_whatever_the_column_order() -> None:
    engineer = FeatureEngineer().fit(np.array([ROW]))
    table = pd.DataFrame([ROW], columns=list(BASE_FEATURES))
    shuffled = table[sorted(BASE_FEATURES)].assign(extra=1.0)

    assert np.array_equal(engineer.transform(table), engineer.transform(np.array([ROW])))
    assert np.array_equal(engineer.transform(shuffled), engineer.transform(table))
    assert engineer.output_features_ == list(SELECTED_FEATURES)


def test_a_missing_value_passes_through_to_the_inputs_made_of_it() -> None:
    row = [np.nan if name == "age" else v for name, v in zip(BASE_FEATURES, ROW, strict=True)]

    inputs = FeatureEngineer().fit_transform(np.array([row]))[0]

    missing = {n for n, v in zip(SELECTED_FEATURES, inputs, strict=True) if np.isnan(v)}
    assert missing == {"age", "exposure_age_ratio"}


def test_a_table_without_a_base_feature_is_refused() -> None:
    table = pd.DataFrame([ROW], columns=list(BASE_FEATURES)).drop(columns="albumin")

    with pytest.raises(KeyError, match="albumin"):
        FeatureEngineer().fit(table)


def test_an_array_of_another_width_is_refused() -> None:
    with pytest.raises(ValueError, match="expected 11 columns"):
        FeatureEngineer().fit(np.zeros((2, 8)))
