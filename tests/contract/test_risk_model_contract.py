"""What everything around the model relies on holds for the shipped bundle and for the fake."""

import math
from functools import cache

import pytest

from desktop_app.application.ports import RiskModel
from desktop_app.bootstrap import shipped_model
from desktop_app.domain.lab_panel import FIELD_BY_KEY, FIELDS
from tests.fakes.risk_model import FakeRiskModel

VALUES: dict[str, float | None] = {
    "age": 67.0,
    "duration_of_symptoms": 5.0,
    "platelet_count_(PLT)": 193.0,
    "cell_count_(WBC)": 7.2,
    "blood_lactic_dehydrogenise_(LDH)": 231.0,
    "pleural_lactic_dehydrogenise": 576.0,
    "pleural_protein": 3.9,
    "total_protein": 7.1,
    "albumin": 3.8,
    "C-reactive_protein_(CRP)": 60.0,
    "duration_of_asbestos_exposure": 35.0,
}
shipped = cache(shipped_model)


@pytest.fixture(params=["fake", "shipped"])
def model(request: pytest.FixtureRequest) -> RiskModel:
    return FakeRiskModel() if request.param == "fake" else shipped()


def test_the_eleven_inputs_are_the_fields_of_the_form(model: RiskModel) -> None:
    assert sorted(model.base_features) == sorted(FIELD_BY_KEY)
    assert set(model.bands) == {field.key for field in FIELDS}


def test_every_band_is_in_order(model: RiskModel) -> None:
    for band in model.bands.values():
        ends = [band.minimum, band.p1, band.p25, band.median, band.p75, band.p99, band.maximum]
        assert ends == sorted(ends)


def test_a_result_carries_the_probability_and_a_range_around_it(model: RiskModel) -> None:
    result = model.evaluate(VALUES)
    assert result.probability == model.probability(VALUES)
    assert 0 <= result.low <= result.high <= 1


def test_contributions_add_up_to_the_probability_largest_first(model: RiskModel) -> None:
    result = model.evaluate(VALUES)
    total = result.base_value + sum(one.amount for one in result.contributions)
    assert total == pytest.approx(result.probability, abs=1e-9)
    amounts = [abs(one.amount) for one in result.contributions]
    assert amounts == sorted(amounts, reverse=True)


def test_a_missing_value_is_none_alone_and_nan_in_a_row(model: RiskModel) -> None:
    values = {**VALUES, "albumin": None}
    row = [math.nan if (value := values[key]) is None else value for key in model.base_features]
    assert model.probabilities([row]) == [model.probability(values)]


def test_a_value_far_outside_everything_is_noted_so(model: RiskModel) -> None:
    result = model.evaluate({**VALUES, "C-reactive_protein_(CRP)": 650.0})
    notes = {note.field: note for note in result.band_notes}
    assert notes["C-reactive_protein_(CRP)"].is_outside_all
