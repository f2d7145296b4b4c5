"""The program's mark: a teal square with a white M over an orange diamond."""

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QWidget

from desktop_app.gui import theme

_STROKES = [(13, 31), (13, 14), (22, 24), (31, 14), (31, 31)]
_DIAMOND = [(22, 28), (26, 32), (22, 36), (18, 32)]


def paint_logo(painter: QPainter, left: float, top: float, side: float) -> None:
    """Draw the mark in a square."""
    painter.save()
    painter.translate(left, top)
    painter.scale(side / 44, side / 44)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("accSolid"))
    painter.drawRoundedRect(0, 0, 44, 44, 9, 9)
    painter.setBrush(theme.color("upLine"))
    painter.drawPolygon(QPolygonF([QPointF(x, y) for x, y in _DIAMOND]))
    pen = QPen(theme.color("onacc"), 4.5)
    pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
    painter.setPen(pen)
    painter.drawPolyline(QPolygonF([QPointF(x, y) for x, y in _STROKES]))
    painter.restore()


class Logo(QWidget):
    """The mark beside the program's name, which a screen reader reads."""

    def __init__(self, side: int = 44) -> None:
        super().__init__()
        self.setFixedSize(QSize(theme.px(side), theme.px(side)))

    def paintEvent(self, _event: QPaintEvent) -> None:
        painter = QPainter(self)
        paint_logo(painter, 0, 0, self.width())
        painter.end()
