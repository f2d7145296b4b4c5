"""The scale of a score from 0 to 1: two zones, threshold, refit range and the answer's mark."""

from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.domain.assessment import AnswerState
from desktop_app.gui import theme
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.painting import LOOKS, paint_mark
from desktop_app.gui.widgets.text_painting import paint_text, text_width


@dataclass(frozen=True)
class ScaleReading:
    """What a scale shows and the words beside it; `sentence` is read by a screen reader."""

    probability: float
    low: float
    high: float
    threshold: float
    state: AnswerState
    threshold_text: str
    sentence: str
    below_text: str = ""
    above_text: str = ""


class ProbabilityScale(Painted):
    """The scale; compact without zone names and with fewer ticks."""

    def __init__(self, *, compact: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._compact = compact
        self.design_size = QSize(250 if compact else 480, 60 if compact else 66)
        self._reading: ScaleReading | None = None

    def show_reading(self, reading: ScaleReading) -> None:
        """Show a score on the scale."""
        self._reading = reading
        self.describe(reading.sentence)

    def draw(self, painter: QPainter) -> None:
        reading = self._reading
        if reading is None:
            return
        edge = theme.px(4)
        bar = QRectF(edge, theme.px(24), self.width() - 2 * edge, theme.px(18))
        self._draw_zones(painter, bar, reading)
        self._draw_ticks(painter, bar)
        self._draw_range(painter, bar, reading)

    def _draw_zones(self, painter: QPainter, bar: QRectF, reading: ScaleReading) -> None:
        split = bar.left() + reading.threshold * bar.width()
        left = QRectF(bar.left(), bar.top(), split - bar.left(), bar.height())
        right = QRectF(split, bar.top(), bar.right() - split, bar.height())
        for zone, look in (
            (left, LOOKS[AnswerState.BELOW]),
            (right, LOOKS[AnswerState.ABOVE]),
        ):
            painter.setPen(QPen(theme.color(look.line), 1))
            painter.setBrush(theme.color(look.soft))
            painter.drawRect(zone.adjusted(0.5, 0.5, -0.5, -0.5))
        names = QRectF(bar.left(), theme.px(3), bar.width(), theme.px(18))
        wide = text_width(reading.threshold_text, "smallStrong")
        start = min(max(bar.left(), split - wide / 2), bar.right() - wide)
        paint_text(
            painter,
            QRectF(start, 0, wide + 1, theme.px(16)),
            reading.threshold_text,
            "smallStrong",
            "thr",
        )
        gap = theme.px(8)
        # Both names or none: one alone would look like the answer.
        left_end = bar.left() + text_width(reading.below_text, "small") + gap
        right_start = bar.right() - text_width(reading.above_text, "small") - gap
        if left_end < start and right_start > start + wide:
            paint_text(painter, names, reading.below_text, "small", "dn")
            paint_text(
                painter, names, reading.above_text, "small", "up", Qt.AlignmentFlag.AlignRight
            )

    def _draw_ticks(self, painter: QPainter, bar: QRectF) -> None:
        marks = (0.0, 0.5, 1.0) if self._compact else (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
        for value in marks:
            x = round(bar.left() + value * bar.width())
            painter.setPen(QPen(theme.color("ctl"), 1))
            painter.drawLine(QPointF(x, bar.bottom()), QPointF(x, bar.bottom() + theme.px(4)))
            text = f"{value:g}"
            wide = text_width(text, "small")
            start = min(max(0.0, x - wide / 2), self.width() - wide)
            row = QRectF(start, bar.bottom() + theme.px(4), wide + 1, theme.px(18))
            paint_text(painter, row, text, "small", "t2")

    def _draw_range(self, painter: QPainter, bar: QRectF, reading: ScaleReading) -> None:
        look = LOOKS[reading.state]
        middle = bar.center().y()

        def x(value: float) -> float:
            return bar.left() + value * bar.width()

        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color(look.fill))
        thick = theme.px(8)
        width = x(reading.high) - x(reading.low)
        painter.drawRect(QRectF(x(reading.low), middle - thick / 2, width, thick))
        painter.setBrush(theme.color(look.ink))
        cap = theme.px(14)
        for end in (reading.low, reading.high):
            painter.drawRect(QRectF(x(end) - 1, middle - cap / 2, 2, cap))
        painter.setBrush(theme.color("thr"))
        top = bar.top() - theme.px(7)
        painter.drawRect(QRectF(x(reading.threshold) - 1, top, 2, bar.bottom() + theme.px(5) - top))
        paint_mark(painter, QPointF(x(reading.probability), middle), reading.state, theme.px(8))
