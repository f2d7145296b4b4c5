"""The columns that rows and heads of the form share."""

from typing import NamedTuple

from PySide6.QtWidgets import QGridLayout

from desktop_app.gui import theme

LABEL, VALUE, UNIT, RANGE, PLACE, PREVIOUS = range(6)


class Columns(NamedTuple):
    """Widths and gap in design pixels; the ranges take what is left."""

    widths: tuple[int, int, int, int, int, int]
    gap: int


WIDE = Columns((150, 108, 112, 0, 138, 108), 12)
NARROW = Columns((144, 108, 112, 0, 112, 84), 8)


def set_columns(grid: QGridLayout, columns: Columns) -> None:
    """Give a grid these columns."""
    grid.setHorizontalSpacing(theme.px(columns.gap))
    grid.setColumnStretch(RANGE, 1)
    for column, width in enumerate(columns.widths):
        grid.setColumnMinimumWidth(column, theme.px(width))
