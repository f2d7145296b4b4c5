"""Read figures as people and laboratories write them."""

import re
import unicodedata
from dataclasses import dataclass
from decimal import Decimal

from desktop_app.domain.panel import FindingCode

# Longer than any float that a program writes, short enough for exact arithmetic with 28 digits.
MAX_LENGTH = 24

_COMPARATOR = "(?P<comparator><=|>=|[<>≤≥])?"
_NUMBER = r"(?P<number>(?:[1-9]\d{0,2}(?:,\d{3})+|\d+)(?:\.\d*)?(?:[eE][+-]?\d{1,2})?|\.\d+)"
_FIGURE = re.compile(rf"{_COMPARATOR}\s*{_NUMBER}", re.ASCII)
_DECIMAL_COMMA = re.compile(rf"{_COMPARATOR}\s*\d+,\d+", re.ASCII)
_NEGATIVE = re.compile(r"[-\u2010-\u2015\u2212]\s*[\d.]", re.ASCII)
_SPELLINGS = {"≤": "<=", "≥": ">="}


@dataclass(frozen=True)
class Figure:
    """A typed figure: its comparator ("" or "<", "<=", ">", ">=") and its number."""

    comparator: str
    figure: Decimal


class FigureError(ValueError):
    """What was typed is not a figure; `code` says why."""

    def __init__(self, code: FindingCode) -> None:
        super().__init__(code.value)
        self.code = code


def parse_figure(text: str) -> Figure:
    """Read a figure: full-width digits, thousands commas and a comparator are understood.

    A comma that is no thousands separator is refused: 3,9 may mean 3.9 or 39.
    """
    typed = _narrow(text).strip()
    if len(typed) > MAX_LENGTH:
        raise FigureError(FindingCode.TOO_LONG)
    match = _FIGURE.fullmatch(typed)
    if match is None:
        if _NEGATIVE.match(typed):
            raise FigureError(FindingCode.NEGATIVE)
        if _DECIMAL_COMMA.fullmatch(typed):
            raise FigureError(FindingCode.DECIMAL_COMMA)
        raise FigureError(FindingCode.NOT_A_NUMBER)
    comparator = match["comparator"] or ""
    number = Decimal(match["number"].replace(",", ""))
    return Figure(_SPELLINGS.get(comparator, comparator), number)


def _narrow(text: str) -> str:
    """Replace full-width characters only: NFKC as a whole would read 10² as 102."""
    if text.isascii():
        return text
    return "".join(
        unicodedata.normalize("NFKC", char) if unicodedata.east_asian_width(char) == "F" else char
        for char in text
    )
