"""What each model input added to the score, as rows that add up from the mean to the score."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import format_probability
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.text_painting import paint_text, text_width

_RIGHT = Qt.AlignmentFlag.AlignRight
# Shares of the width: end of the value column, span of the bars, start of the amounts.
_VALUES_END, _BARS_START, _BARS_END = 0.5, 0.53, 0.85


@dataclass(frozen=True)
class ContributionRow:
    """One input: its name, its value as text (with what a ratio comes from) and what it added."""

    name: str
    value: str
    amount: float
    origin: str = ""
    is_missing: bool = False
    is_outside: bool = False
    is_against_knowledge: bool = False


@dataclass(frozen=True)
class ContributionTexts:
    """The words around the rows; `start` and `total_value` are the ends that the rows join."""

    start: str
    lowers: str
    raises: str
    total: str
    total_value: str
    sentence: str


class ContributionList(Painted):
    """A head, one row an input, and the sum; rows are 20 high on low screens, else 24."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[ContributionRow, ...] = ()
        self._texts: ContributionTexts | None = None
        self._row_height = 24
        self._resize()

    def set_compact(self, compact: bool) -> None:
        """Set the rows 20 high, or 24."""
        self._row_height = 20 if compact else 24
        self._resize()

    def _resize(self) -> None:
        self.design_size = QSize(500, self._row_height * (len(self._rows or range(8)) + 2) + 2)
        self.updateGeometry()

    def show_contributions(self, rows: Sequence[ContributionRow], texts: ContributionTexts) -> None:
        """Show rows in the order given (largest first)."""
        self._rows, self._texts = tuple(rows), texts
        self._resize()
        self.describe(texts.sentence)

    def draw(self, painter: QPainter) -> None:
        if self._texts is None:
            return
        height = float(theme.px(self._row_height))
        left, right = theme.px(16), self.width() - theme.px(16)
        self._draw_head(painter, QRectF(left, 0, right - left, height), self._texts)
        for index, row in enumerate(self._rows):
            line = QRectF(left, height * (index + 1), right - left, height)
            if index % 2 == 0:
                painter.fillRect(line.adjusted(-8, 0, 8, 0), theme.color("alt"))
            self._draw_row(painter, line, row)
        end = height * (len(self._rows) + 1)
        axis = self._axis(left, right)
        painter.setPen(QPen(theme.color("ctl"), 1))
        painter.drawLine(round(axis), round(height * 0.7), round(axis), round(end))
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(left - 8, round(end), right + 8, round(end))
        total = QRectF(left, end + 1, right - left, height)
        paint_text(painter, total, self._texts.total, "strong")
        paint_text(painter, total, self._texts.total_value, "smallStrong", "t1", _RIGHT)

    def _axis(self, left: float, right: float) -> float:
        """Return where the bars begin: room on each side as the largest amounts need it."""
        width = right - left
        lowest = min([0.0, *(row.amount for row in self._rows)])
        highest = max([0.0, *(row.amount for row in self._rows)])
        share = -lowest / ((highest - lowest) or 1.0)
        share = min(0.8, max(0.2, share))
        return left + width * (_BARS_START + share * (_BARS_END - _BARS_START))

    def _pixels_per_unit(self, left: float, right: float) -> float:
        width, axis = right - left, self._axis(left, right)
        rooms = []
        for row in self._rows:
            start, end = left + width * _BARS_START, left + width * _BARS_END
            room = end - axis if row.amount > 0 else axis - start - theme.px(20)
            if row.amount:
                rooms.append(room / abs(row.amount))
        return min(rooms, default=1.0)

    def _draw_head(self, painter: QPainter, line: QRectF, texts: ContributionTexts) -> None:
        axis = self._axis(line.left(), line.right())
        paint_text(painter, line, texts.start, "small", "t2")
        gap = theme.px(8)
        wide = text_width(texts.lowers, "smallStrong") + 1
        lowers = QRectF(axis - gap - wide, line.top(), wide, line.height())
        paint_text(painter, lowers, texts.lowers, "smallStrong", "dn")
        wide = text_width(texts.raises, "smallStrong") + 1
        raises = QRectF(axis + gap, line.top(), wide, line.height())
        paint_text(painter, raises, texts.raises, "smallStrong", "up")

    def _draw_row(self, painter: QPainter, line: QRectF, row: ContributionRow) -> None:
        origin = f"= {row.origin}" if row.origin else ""
        value_width = text_width(f"{row.value} {origin}".strip(), "small") + 1
        values_end = line.left() + line.width() * _VALUES_END
        paint_text(painter, line, row.name, "small")
        if row.is_outside:
            side = theme.px(14)
            x = line.left() + text_width(row.name, "small") + theme.px(10)
            theme.paint_icon(painter, x, line.center().y() - side / 2, "diamond", "warn", 14)
        box = QRectF(values_end - value_width, line.top(), value_width, line.height())
        paint_text(painter, box, row.value, "small", "t3" if row.is_missing else "t1")
        paint_text(painter, box, origin, "small", "t2", _RIGHT)
        ink = "up" if row.amount > 0 else "dn"
        text = format_probability(row.amount, signed=True)
        if not any(char in text for char in "123456789"):
            ink = "t2"
        paint_text(painter, line, text, "smallStrong", ink, _RIGHT)
        self._draw_bar(painter, line, row)

    def _draw_bar(self, painter: QPainter, line: QRectF, row: ContributionRow) -> None:
        axis = self._axis(line.left(), line.right())
        length = row.amount * self._pixels_per_unit(line.left(), line.right())
        thick = theme.px(self._row_height // 2)
        top = line.center().y() - thick / 2
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("upFill" if row.amount > 0 else "dnFill"))
        painter.drawRect(QRectF(min(axis, axis + length), top, max(1.0, abs(length)), thick))
        if row.is_against_knowledge:
            side = theme.px(14)
            end = axis + length
            x = end - side - theme.px(4) if row.amount <= 0 else end + theme.px(4)
            theme.paint_icon(painter, x, line.center().y() - side / 2, "book-x", "t1", 14)
