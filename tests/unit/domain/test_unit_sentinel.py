"""The unit sentinel asks where another accepted unit explains a figure better, and only there."""

import random
from dataclasses import replace
from decimal import Decimal

import pytest

from desktop_app.domain.lab_panel import (
    ALBUMIN,
    BLOOD_LDH,
    CRP,
    EXPOSURE,
    FIELD_BY_KEY,
    PLATELETS,
    PLEURAL_LDH,
    PLEURAL_PROTEIN,
    SYMPTOMS,
    WHITE_CELLS,
)
from desktop_app.domain.panel import Entry, Finding, FindingCode, Tier
from desktop_app.domain.panel_check import check_panel
from tests.fakes.panels import CONTEXT, panel_with


def question(key: str, text: str, unit: str, earlier: tuple[str, ...] = ()) -> Finding | None:
    context = replace(CONTEXT, earlier={key: tuple(map(Decimal, earlier))})
    checked = check_panel(panel_with({key: Entry(text, unit)}), context)
    return next((one for one in checked.findings_of(key) if one.tier is Tier.UNIT), None)


@pytest.mark.parametrize(
    ("key", "text", "unit", "suggested", "value"),
    [
        (PLATELETS.key, "250000", "10*3/uL", "/uL", "250"),
        (PLATELETS.key, "25", "10*3/uL", "10*4/uL", "250"),
        (PLATELETS.key, "236", "/uL", "10*3/uL", "236"),
        (WHITE_CELLS.key, "7200", "10*3/uL", "/uL", "7.2"),
        (ALBUMIN.key, "46", "g/dL", "g/L", "4.6"),
        (PLEURAL_PROTEIN.key, "39", "g/dL", "g/L", "3.9"),
        (BLOOD_LDH.key, "3.9", "U/L", "ukat/L", "234"),
        (BLOOD_LDH.key, "231", "ukat/L", "U/L", "231"),
        (PLEURAL_LDH.key, "9.6", "U/L", "ukat/L", "576"),
        (EXPOSURE.key, "420", "a", "mo", "35"),
        (CRP.key, "1200", "mg/L", "mg/dL", None),
    ],
)
def test_a_figure_that_only_fits_another_unit_is_asked_about(
    key: str, text: str, unit: str, suggested: str, value: str | None
) -> None:
    found = question(key, text, unit)
    if value is None:
        assert found is None
        return
    assert found is not None
    assert found.code is FindingCode.UNIT_LOOKS_WRONG
    assert found.context["typed"] == text
    assert found.context["unit"] == unit
    assert found.context["suggested_unit"] == suggested
    assert found.context["suggested_value"] == Decimal(value)


def test_the_reading_nearest_to_the_usual_is_suggested() -> None:
    found = question(SYMPTOMS.key, "150", "mo")
    assert found is not None
    assert found.context["suggested_unit"] == "d"


def test_a_value_far_from_the_patient_s_earlier_ones_is_asked_about() -> None:
    found = question(CRP.key, "0.4", "mg/L", earlier=("40", "38", "45"))
    assert found is not None
    assert found.context["suggested_unit"] == "mg/dL"
    assert found.context["suggested_value"] == Decimal(4)
    assert question(CRP.key, "0.4", "mg/L") is None
    assert question(CRP.key, "0.4", "mg/L", earlier=("0.5", "0.3")) is None
    assert question(CRP.key, "12", "mg/L", earlier=("40", "38")) is None
    assert question(CRP.key, "0.4", "mg/L", earlier=("0",)) is None


def test_the_two_ldh_values_are_looked_at_as_a_pair() -> None:
    entries = {BLOOD_LDH.key: Entry("650"), PLEURAL_LDH.key: Entry("60")}
    checked = check_panel(panel_with(entries), CONTEXT)
    found = checked.findings_of(PLEURAL_LDH.key)[0]
    assert found.code is FindingCode.UNIT_LOOKS_WRONG
    assert found.context["suggested_unit"] == "ukat/L"
    confirmed = {**entries, PLEURAL_LDH.key: Entry("60", is_confirmed=True)}
    assert check_panel(panel_with(confirmed), CONTEXT).findings_of(PLEURAL_LDH.key) == ()


def test_the_answer_right_is_believed_where_the_figure_is_possible() -> None:
    entry = Entry("25", "10*3/uL", is_confirmed=True)
    checked = check_panel(panel_with({PLATELETS.key: entry}), CONTEXT)
    assert [one.code for one in checked.findings_of(PLATELETS.key)] == [FindingCode.LOW]


def test_nothing_is_converted_by_asking() -> None:
    entry = Entry("25", "10*3/uL")
    measured = check_panel(panel_with({PLATELETS.key: entry}), CONTEXT).measurements[PLATELETS.key]
    assert (measured.text, measured.unit, measured.value) == ("25", "10*3/uL", 25.0)


# Quantiles of the training records (0, 1, 25, 50, 75, 99, 100 %), for synthetic draws; and the
# traps of the clinical facts: a value meant in the second unit, typed while the first stood there.
TRAPS = {
    # field: (quantiles, unit that stood there, unit that was meant, least share asked about)
    PLATELETS.key: ((111, 122, 248, 345, 437, 790, 3335), "10*3/uL", "/uL", 0.97),
    BLOOD_LDH.key: ((55, 110, 185, 234.5, 326, 693, 1128), "U/L", "ukat/L", 0.97),
    ALBUMIN.key: ((1.5, 1.6, 2.9, 3.4, 3.8, 4.5, 6.9), "g/dL", "g/L", 0.97),
    PLEURAL_PROTEIN.key: ((1, 1.5, 3.4, 4.3, 5, 6.6, 6.7), "g/dL", "g/L", 0.97),
    EXPOSURE.key: ((10, 12, 20, 34, 46, 60, 70), "a", "mo", 0.9),
    SYMPTOMS.key: ((0.5, 1, 3, 5, 7, 22.6, 52), "mo", "d", 0.9),
}
DRAWS = 500


def draw(quantiles: tuple[float, ...], generator: random.Random) -> float:
    shares = (0, 0.01, 0.25, 0.5, 0.75, 0.99, 1)
    at = generator.random()
    for i in range(len(shares) - 1):
        if at <= shares[i + 1]:
            part = (at - shares[i]) / (shares[i + 1] - shares[i])
            return quantiles[i] + part * (quantiles[i + 1] - quantiles[i])
    return quantiles[-1]


@pytest.mark.parametrize("key", TRAPS)
def test_a_value_typed_in_the_wrong_unit_is_caught(key: str) -> None:
    quantiles, stood_there, meant, least = TRAPS[key]
    field = FIELD_BY_KEY[key]
    generator = random.Random(key)
    caught = 0
    for _ in range(DRAWS):
        canonical = Decimal(str(draw(quantiles, generator)))
        typed = round(field.unit(meant).from_canonical(canonical), 1)
        caught += question(key, f"{typed:f}", stood_there) is not None
    assert caught / DRAWS >= least


@pytest.mark.parametrize("key", TRAPS)
def test_a_value_typed_in_the_right_unit_is_left_alone(key: str) -> None:
    quantiles, unit, _, _ = TRAPS[key]
    generator = random.Random(key)
    asked = sum(
        question(key, f"{round(Decimal(str(draw(quantiles, generator))), 1):f}", unit) is not None
        for _ in range(DRAWS)
    )
    assert asked / DRAWS <= 0.02
