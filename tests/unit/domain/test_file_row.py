"""A row of a file is held to the form's rules, with nobody there to answer."""

import pytest

from desktop_app.domain.file_row import check_row, read_unit
from tests.fakes.panels import TEXTS


def row_with(**cells: str) -> dict[str, str]:
    return {**TEXTS, **cells}


def test_a_good_row_can_be_scored_without_a_problem() -> None:
    checked = check_row(TEXTS, {})
    assert checked.problems == ()
    assert checked.can_be_scored
    assert checked.values["platelet_count_(PLT)"] == 193


@pytest.mark.parametrize(
    ("cells", "problem", "can_be_scored"),
    [
        ({"albumin": ""}, "albumin:missing", True),
        ({"albumin": "n/a"}, "albumin:not_a_number", False),
        ({"albumin": "3,9"}, "albumin:decimal_comma", False),
        ({"albumin": "46"}, "albumin:unit_looks_wrong", False),
        ({"albumin": "5.6"}, "albumin:unusual", True),
        ({"duration_of_symptoms": "30"}, "duration_of_symptoms:unit_looks_wrong", True),
        ({"age": ""}, "age:required", False),
        ({"age": "17"}, "age:out_of_limits", False),
        ({"duration_of_asbestos_exposure": ""}, "duration_of_asbestos_exposure:required", False),
        (
            {"duration_of_asbestos_exposure": "68"},
            "duration_of_asbestos_exposure:exposure_over_age",
            False,
        ),
        ({"pleural_protein": "7.2"}, "pleural_protein:fluid_over_protein", True),
    ],
)
def test_a_problem_is_named_and_only_what_is_impossible_forbids_a_score(
    cells: dict[str, str], problem: str, can_be_scored: bool
) -> None:
    checked = check_row(row_with(**cells), {})
    assert checked.problems == (problem,)
    assert checked.can_be_scored is can_be_scored


@pytest.mark.parametrize("text", ["0", "0.0", " no fluid ", "흉수 없음"])
def test_no_fluid_is_a_protein_of_zero_and_keeps_the_pleural_ldh(text: str) -> None:
    checked = check_row(row_with(pleural_protein=text), {})
    assert checked.values["pleural_protein"] == 0
    assert checked.values["pleural_lactic_dehydrogenise"] == 576
    assert checked.problems == ("pleural_protein:no_fluid",)
    assert checked.can_be_scored


def test_five_used_values_are_too_few_for_a_score() -> None:
    gaps = {"duration_of_symptoms": "", "albumin": "", "C-reactive_protein_(CRP)": ""}
    assert check_row(row_with(**gaps), {}).can_be_scored
    gaps["platelet_count_(PLT)"] = ""
    assert not check_row(row_with(**gaps), {}).can_be_scored


@pytest.mark.parametrize(
    ("text", "ucum"),
    [
        ("10*3/uL", "10*3/uL"),
        ("×10³/µL", "10*3/uL"),
        ("10^3/μL", "10*3/uL"),
        ("K/uL", "10*3/uL"),
        ("만/µL", "10*4/uL"),
        ("IU/L", "[IU]/L"),
        ("u/l", "U/L"),
        ("µkat/L", "ukat/L"),
        ("G/DL", "g/dL"),
        ("개월", "mo"),
        ("Years", "a"),
        ("", ""),
        ("furlongs", "furlongs"),
    ],
)
def test_units_are_read_as_laboratories_write_them(text: str, ucum: str) -> None:
    assert read_unit(text) == ucum


def test_a_named_unit_converts_and_an_unknown_one_is_a_problem() -> None:
    converted = check_row(row_with(albumin="39"), {"albumin": "g/L"})
    assert converted.values["albumin"] == 3.9
    unknown = check_row(TEXTS, {"albumin": "furlongs"})
    assert unknown.problems == ("albumin:unit_not_accepted",)
    assert not unknown.can_be_scored
