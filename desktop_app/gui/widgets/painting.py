"""What painted widgets and table delegates share: answer looks, marks, chips and text."""

from typing import NamedTuple

from PySide6.QtCore import QPointF, QRectF, QSizeF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen

from desktop_app.domain.assessment import AnswerState
from desktop_app.gui import theme
from desktop_app.gui.widgets.text_painting import paint_text, text_width


class AnswerLook(NamedTuple):
    """Icon and colour tokens of one answer; none louder than the others."""

    icon: str
    ink: str
    soft: str
    line: str
    fill: str
    solid: str
    on_solid: str


LOOKS = {
    AnswerState.ABOVE: AnswerLook(
        "arrow-up", "up", "upSoft", "upLine", "upFill", "upSolid", "onup"
    ),
    AnswerState.BELOW: AnswerLook(
        "arrow-down", "dn", "dnSoft", "dnLine", "dnFill", "dnSolid", "ondn"
    ),
    AnswerState.CANNOT_SAY: AnswerLook(
        "separator-vertical", "hold", "holdSoft", "holdLine", "holdFill", "holdSolid", "onhold"
    ),
}


def paint_mark(painter: QPainter, centre: QPointF, state: AnswerState, radius: float) -> None:
    """Draw an answer's mark: filled diamond, hollow circle, or half-filled circle."""
    ink = theme.color(LOOKS[state].ink)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if state is AnswerState.ABOVE:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        painter.drawPath(diamond(centre, radius * 1.2))
    else:
        painter.setPen(QPen(ink, max(1.5, radius / 3)))
        painter.setBrush(theme.color("surface"))
        painter.drawEllipse(centre, radius, radius)
    if state is AnswerState.CANNOT_SAY:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(ink)
        box = QRectF(centre.x() - radius, centre.y() - radius, 2 * radius, 2 * radius)
        painter.drawPie(box, -90 * 16, 180 * 16)
    painter.restore()


def diamond(centre: QPointF, radius: float) -> QPainterPath:
    """Return a square on its corner."""
    path = QPainterPath(centre + QPointF(0, -radius))
    for dx, dy in ((radius, 0.0), (0.0, radius), (-radius, 0.0)):
        path.lineTo(centre + QPointF(dx, dy))
    path.closeSubpath()
    return path


class ChipLook(NamedTuple):
    """Icon and tokens of a chip; without `soft` it stands on the ground it is drawn on."""

    icon: str
    ink: str
    soft: str = ""
    line: str = ""
    text_ink: str = ""


def chip_size(text: str, *, solid: bool = False) -> QSizeF:
    """Return how large a chip with this text is."""
    if solid:
        return QSizeF(text_width(text, "answer") + theme.px(10 + 17 + 6 + 11), theme.px(32))
    return QSizeF(text_width(text, "smallStrong") + theme.px(9 + 14 + 6 + 9), theme.px(24))


def paint_chip(
    painter: QPainter, rect: QRectF, look: ChipLook, text: str, *, solid: bool = False
) -> None:
    """Draw a chip at the left of a rectangle, vertically centred."""
    size = chip_size(text, solid=solid)
    box = QRectF(
        rect.left(), round(rect.center().y() - size.height() / 2), size.width(), size.height()
    )
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    indent = theme.px(10 if solid else 9)
    if look.soft:
        pen = QPen(theme.color(look.line)) if look.line else QPen(Qt.PenStyle.NoPen)
        painter.setPen(pen)
        painter.setBrush(theme.color(look.soft))
        painter.drawRoundedRect(box.adjusted(0.5, 0.5, -0.5, -0.5), 4, 4)
    else:
        indent = 0
    side = 17 if solid else 14
    top = box.center().y() - theme.px(side) / 2
    theme.paint_icon(painter, box.left() + indent, top, look.icon, look.ink, side)
    left = box.left() + indent + theme.px(side + 6)
    room = QRectF(left, box.top(), rect.right() - left, box.height())
    role = "answer" if solid else "smallStrong" if look.soft else "small"
    paint_text(painter, room, text, role, look.text_ink or look.ink)
    painter.restore()
