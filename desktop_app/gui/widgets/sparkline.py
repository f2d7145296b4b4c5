"""The course of a patient's scores in a table cell, ending in the mark of the last answer."""

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPen

from desktop_app.domain.assessment import AnswerState
from desktop_app.gui import theme
from desktop_app.gui.widgets.painting import paint_mark

_SHOWN_SPAN = 0.7  # of the score axis, so that a change of 0.1 can be seen in 20 pixels


def paint_sparkline(
    painter: QPainter,
    rect: QRectF,
    points: Sequence[tuple[float, AnswerState]],
    threshold: float,
) -> None:
    """Draw scores, oldest first, from left to right with the threshold dotted."""
    if not points:
        return
    radius = theme.px(4)
    box = rect.adjusted(0, radius, -radius - 1, -radius)

    def y(value: float) -> float:
        return box.bottom() - min(value, _SHOWN_SPAN) / _SHOWN_SPAN * box.height()

    step = box.width() / max(1, len(points) - 1)
    places = [QPointF(box.left() + i * step, y(value)) for i, (value, _) in enumerate(points)]
    if len(points) == 1:
        places = [QPointF(box.right(), places[0].y())]
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    dotted = QPen(theme.color("t3"), 1, Qt.PenStyle.DotLine)
    painter.setPen(dotted)
    painter.drawLine(QPointF(rect.left(), y(threshold)), QPointF(rect.right(), y(threshold)))
    painter.setPen(QPen(theme.color("t2"), 1.5))
    painter.drawPolyline(places)
    painter.restore()
    paint_mark(painter, places[-1], points[-1][1], radius)
