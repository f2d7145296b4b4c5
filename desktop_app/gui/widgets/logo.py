"""The program's mark, drawn from its one picture."""

from functools import cache

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtWidgets import QWidget

from desktop_app.config import resource
from desktop_app.gui import theme

_SQUARE = QRectF(8, 8, 240, 240)  # the picture without the margin that desktops want


@cache
def _picture() -> QSvgRenderer:
    renderer = QSvgRenderer(str(resource("app/mesodesk.svg")))
    renderer.setViewBox(_SQUARE)
    return renderer


def paint_logo(painter: QPainter, left: float, top: float, side: float) -> None:
    """Draw the mark in a square."""
    _picture().render(painter, QRectF(left, top, side, side))


class Logo(QWidget):
    """The mark beside the program's name, which a screen reader reads."""

    def __init__(self, side: int = 44) -> None:
        super().__init__()
        self.setFixedSize(QSize(theme.px(side), theme.px(side)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_logo(painter, 0, 0, self.width())
        painter.end()
