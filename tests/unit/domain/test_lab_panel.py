"""The eleven inputs stand once, and agree with what the model was trained on."""

import json
from typing import Any

from desktop_app.config import model_folder
from desktop_app.domain.lab_panel import FIELD_BY_KEY, FIELDS, USED_FIELDS

DERIVED_FROM = {
    "LDH_ratio": {"pleural_lactic_dehydrogenise", "blood_lactic_dehydrogenise_(LDH)"},
    "protein_ratio": {"pleural_protein", "total_protein"},
    "exposure_age_ratio": {"duration_of_asbestos_exposure", "age"},
}


def metadata() -> dict[str, Any]:
    text = (model_folder() / "xgb_slim_features_info.json").read_text(encoding="utf-8")
    info: dict[str, Any] = json.loads(text)
    return info


def test_the_fields_are_the_model_s_base_features() -> None:
    assert sorted(FIELD_BY_KEY) == sorted(metadata()["base_features"])


def test_the_used_fields_are_those_that_the_model_s_inputs_come_from() -> None:
    selected: list[str] = metadata()["selected_features"]
    used = set().union(*(DERIVED_FROM.get(name, {name}) for name in selected))
    assert {field.key for field in USED_FIELDS} == used


def test_the_canonical_units_are_those_of_the_training_data() -> None:
    units = metadata()["units"]
    assert units == {field.key: field.canonical.ucum for field in FIELDS}
