"""How painted widgets measure and draw one line of text."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from desktop_app.gui import theme


def text_width(text: str, role: str) -> float:
    """Return how wide a text is in a role."""
    return theme.metrics(role).horizontalAdvance(text)


def paint_text(
    painter: QPainter,
    rect: QRectF,
    text: str,
    role: str = "small",
    ink: str = "t1",
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    """Draw one line of text, vertically centred, elided where it does not fit."""
    painter.setFont(theme.font(role))
    painter.setPen(theme.color(ink))
    shown = theme.metrics(role).elidedText(text, Qt.TextElideMode.ElideRight, rect.width() + 0.5)
    painter.drawText(rect, align | Qt.AlignmentFlag.AlignVCenter, shown)
