"""A hundred squares, some of them filled: a share among similar records as people."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.painted import Painted

_COLUMNS, _ROWS = 20, 5
_SIDE, _STEP = 10, 13


class HundredSquares(Painted):
    """Five rows of twenty squares."""

    design_size = QSize(_COLUMNS * _STEP, _ROWS * _STEP)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._filled = 0

    def show_share(self, filled: int, sentence: str) -> None:
        """Fill so many of the hundred; the sentence says of how many real records."""
        self._filled = max(0, min(100, filled))
        self.describe(sentence)

    def draw(self, painter: QPainter) -> None:
        step = min(self.width() / _COLUMNS, float(theme.px(_STEP)))
        side = step * _SIDE / _STEP
        for index in range(_COLUMNS * _ROWS):
            row, column = divmod(index, _COLUMNS)
            square = QRectF(column * step + 0.5, row * step + 0.5, side - 1, side - 1)
            if index < self._filled:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(theme.color("t2"))
                square = square.adjusted(-0.5, -0.5, 0.5, 0.5)
            else:
                painter.setPen(QPen(theme.color("ctl"), 1))
                painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(square, 2, 2)
