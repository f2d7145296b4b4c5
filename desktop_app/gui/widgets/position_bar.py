"""Where a value lies among the training records: band, middle half, and this patient's dot."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui import theme
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.painting import diamond

_BAND_START, _BAND_END = 0.1, 0.9  # of the width; the thin ends stand for what lies outside


@dataclass(frozen=True)
class BandPosition:
    """A training band (1st, 25th, 75th, 99th percentile) and a value, in one unit."""

    p1: float
    p25: float
    p75: float
    p99: float
    value: float | None

    @property
    def is_outside(self) -> bool:
        """Tell whether the value left the band."""
        return self.value is not None and not self.p1 <= self.value <= self.p99

    def place(self, value: float) -> float:
        """Return where on the bar a value lies, 0 to 1."""
        span = (self.p99 - self.p1) or 1.0
        share = _BAND_START + (value - self.p1) / span * (_BAND_END - _BAND_START)
        return min(1.0, max(0.0, share))


class PositionBar(Painted):
    """A quiet bar; a hollow diamond at its end means outside."""

    design_size = QSize(134, 24)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._position: BandPosition | None = None

    def show_position(self, position: BandPosition | None, sentence: str = "") -> None:
        """Show a value in its band, the band alone, or nothing."""
        self._position = position
        self.describe(sentence)

    def draw(self, painter: QPainter) -> None:
        position = self._position
        if position is None:
            return
        radius = theme.px(6)
        line = QRectF(radius, self.height() / 2, self.width() - 2 * radius, 0)

        def x(value: float) -> float:
            return line.left() + position.place(value) * line.width()

        painter.setPen(QPen(theme.color("line2"), 1.5))
        painter.drawLine(line.topLeft(), line.topRight())
        painter.setPen(Qt.PenStyle.NoPen)
        thick = theme.px(6)
        for token, low, high in (
            ("band", position.p1, position.p99),
            ("ctl", position.p25, position.p75),
        ):
            painter.setBrush(theme.color(token))
            painter.setOpacity(1.0 if token == "band" else 0.6)  # noqa: S105 - a colour token
            painter.drawRect(QRectF(x(low), line.top() - thick / 2, x(high) - x(low), thick))
        painter.setOpacity(1.0)
        if position.value is None:
            return
        centre = QPointF(x(position.value), line.top())
        painter.setBrush(theme.color("surface"))
        if position.is_outside:
            painter.setPen(QPen(theme.color("warnCtl"), 1.75))
            painter.drawPath(diamond(centre, radius))
        else:
            painter.drawEllipse(centre, theme.px(6), theme.px(6))
            painter.setBrush(theme.color("acc"))
            painter.drawEllipse(centre, theme.px(5), theme.px(5))
