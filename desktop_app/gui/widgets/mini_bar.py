"""The small score bar of table rows: range, dot and threshold tick; always beside the number."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop_app.domain.assessment import AnswerState
from desktop_app.gui import theme
from desktop_app.gui.widgets.painting import LOOKS


def paint_mini_bar(
    painter: QPainter,
    rect: QRectF,
    *,
    probability: float,
    low: float,
    high: float,
    threshold: float,
    state: AnswerState,
) -> None:
    """Draw a score from 0 to 1 across the rectangle, vertically centred."""
    look = LOOKS[state]
    middle = rect.center().y()
    height = theme.px(5)

    def x(value: float) -> float:
        return rect.left() + value * rect.width()

    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(theme.color("band"))
    painter.drawRect(QRectF(rect.left(), middle - height / 2, rect.width(), height))
    painter.setBrush(theme.color(look.fill))
    painter.drawRect(QRectF(x(low), middle - height / 2, x(high) - x(low), height))
    painter.setBrush(theme.color("thr"))
    tick = theme.px(13)
    painter.drawRect(QRectF(round(x(threshold)) - 1, middle - tick / 2, 2, tick))
    painter.setBrush(theme.color("surface"))
    dot = QPointF(x(probability), middle)
    painter.drawEllipse(dot, theme.px(4), theme.px(4))
    painter.setBrush(theme.color(look.ink))
    painter.drawEllipse(dot, theme.px(3), theme.px(3))
    painter.restore()
