"""Figures are read as people and laboratories write them, and nothing else is."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.figure import MAX_LENGTH, Figure, FigureError, parse_figure
from desktop_app.domain.panel import FindingCode


@pytest.mark.parametrize(
    ("text", "comparator", "figure"),
    [
        ("45", "", "45"),
        ("  4.5 ", "", "4.5"),
        (".5", "", "0.5"),
        ("5.", "", "5"),
        ("007", "", "7"),
        ("1,234,567", "", "1234567"),
        ("193,000", "", "193000"),
        ("1e3", "", "1000"),
        ("2.5E-1", "", "0.25"),
        ("<0.3", "<", "0.3"),
        ("< 0.3", "<", "0.3"),
        ("≤0.3", "<=", "0.3"),
        (">=700", ">=", "700"),
        ("≥700", ">=", "700"),
        ("１９３", "", "193"),
        ("＜０．３", "<", "0.3"),
        ("１，２３４", "", "1234"),
    ],
)
def test_a_written_figure_is_read(text: str, comparator: str, figure: str) -> None:
    assert parse_figure(text) == Figure(comparator, Decimal(figure))


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", FindingCode.NOT_A_NUMBER),
        ("없음", FindingCode.NOT_A_NUMBER),
        ("12a", FindingCode.NOT_A_NUMBER),
        ("1_000", FindingCode.NOT_A_NUMBER),
        ("+5", FindingCode.NOT_A_NUMBER),
        ("nan", FindingCode.NOT_A_NUMBER),
        ("inf", FindingCode.NOT_A_NUMBER),
        ("1e999", FindingCode.NOT_A_NUMBER),
        ("1,23,456", FindingCode.NOT_A_NUMBER),
        ("10²", FindingCode.NOT_A_NUMBER),
        ("½", FindingCode.NOT_A_NUMBER),
        ("١٢", FindingCode.NOT_A_NUMBER),
        ("<", FindingCode.NOT_A_NUMBER),
        ("<<3", FindingCode.NOT_A_NUMBER),
        ("3,9", FindingCode.DECIMAL_COMMA),
        ("0,123", FindingCode.DECIMAL_COMMA),
        ("<0,3", FindingCode.DECIMAL_COMMA),
        ("-3", FindingCode.NEGATIVE),
        ("−3", FindingCode.NEGATIVE),
        ("-0", FindingCode.NEGATIVE),
        ("9" * (MAX_LENGTH + 1), FindingCode.TOO_LONG),
    ],
)
def test_what_is_no_figure_is_refused_with_its_reason(text: str, code: FindingCode) -> None:
    with pytest.raises(FigureError) as refused:
        parse_figure(text)
    assert refused.value.code is code


@given(st.floats(min_value=1e-9, max_value=1e9))
def test_a_float_that_a_program_wrote_reads_back_to_the_same_bits(value: float) -> None:
    text = repr(value)
    if len(text) <= MAX_LENGTH:
        assert float(parse_figure(text).figure) == value


@given(st.text())
def test_no_text_whatsoever_raises_anything_else(text: str) -> None:
    try:
        figure = parse_figure(text)
    except FigureError:
        return
    assert figure.figure.is_finite()
    assert figure.figure >= 0
