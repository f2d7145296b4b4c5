"""Units convert exactly, there and back."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.lab_panel import FIELDS, Field
from desktop_app.domain.units import Unit

ACCEPTED = [(field, unit) for field in FIELDS for unit in field.units]
FIGURES = st.decimals(min_value="0.0001", max_value="1000000", places=4)


@given(pair=st.sampled_from(ACCEPTED), figure=FIGURES)
def test_a_figure_comes_back_from_the_canonical_unit(
    pair: tuple[Field, Unit], figure: Decimal
) -> None:
    unit = pair[1]
    assert abs(unit.from_canonical(unit.to_canonical(figure)) - figure) <= figure * Decimal("1e-26")


@pytest.mark.parametrize(
    ("figure", "ucum", "field", "canonical"),
    [
        ("193000", "/uL", "platelet_count_(PLT)", "193"),
        ("25", "10*4/uL", "platelet_count_(PLT)", "250"),
        ("250", "10*9/L", "platelet_count_(PLT)", "250"),
        ("3.9", "ukat/L", "blood_lactic_dehydrogenise_(LDH)", "234"),
        ("39", "g/L", "albumin", "3.9"),
        ("8.3", "mg/dL", "C-reactive_protein_(CRP)", "83"),
        ("2", "a", "duration_of_symptoms", "24"),
        ("30.44", "d", "duration_of_symptoms", "1"),
        ("4.345", "wk", "duration_of_symptoms", "1"),
        ("420", "mo", "duration_of_asbestos_exposure", "35"),
    ],
)
def test_each_accepted_unit_converts_as_the_table_of_units_says(
    figure: str, ucum: str, field: str, canonical: str
) -> None:
    unit = next(one for one in FIELDS if one.key == field).unit(ucum)
    assert unit.to_canonical(Decimal(figure)) == Decimal(canonical)


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_the_first_unit_is_canonical(field: Field) -> None:
    assert field.canonical.to_canonical(Decimal("1.5")) == Decimal("1.5")


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.key)
def test_limits_lie_within_one_another(field: Field) -> None:
    assert field.refuse.low <= field.confirm.low < field.confirm.high <= field.refuse.high
    assert field.refuse.low <= field.usual.low < field.usual.high <= field.refuse.high
