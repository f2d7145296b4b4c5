"""What each input added on both sides: two bars a row on one axis."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from desktop_app.gui import theme
from desktop_app.gui.compare.words import MovedRow, signed
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.painted import Painted
from desktop_app.gui.widgets.text_painting import paint_text, text_width

_RIGHT = Qt.AlignmentFlag.AlignRight
_HEAD, _ROW, _BAR = 24, 29, 9


@dataclass(frozen=True)
class PairedTexts:
    """The names of the sides and the last row; `sentence` is for a screen reader."""

    first: str
    second: str
    total: str
    total_first: float
    total_second: float
    sentence: str


class PairedList(Painted):
    """A head, one row an input, the sum, and what the two kinds of bar mean."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("paired_list")
        self._rows: tuple[MovedRow, ...] = ()
        self._texts: PairedTexts | None = None

    def show_rows(self, rows: Sequence[MovedRow], texts: PairedTexts) -> None:
        """Show rows in the order given."""
        self._rows, self._texts = tuple(rows), texts
        self.design_size = QSize(500, _HEAD + _ROW * (len(self._rows) + 1) + _HEAD + 6)
        self.updateGeometry()
        self.describe(texts.sentence)

    def draw(self, painter: QPainter) -> None:
        texts = self._texts
        if texts is None:
            return
        left, right = float(theme.px(16)), self.width() - float(theme.px(16))
        head, high = theme.px(_HEAD), theme.px(_ROW)
        columns = self._columns(right, texts)
        start = left + max((text_width(row.name, "small") for row in self._rows), default=0.0)
        bars = QRectF(start + theme.px(32), head, 0, high * len(self._rows))
        bars.setRight(columns[0].left() - theme.px(10))
        axis, unit = self._scale(bars)
        self._draw_head(painter, axis, columns, texts)
        for at, row in enumerate(self._rows):
            line = QRectF(left, head + at * high, right - left, high)
            if at % 2 == 0:
                painter.fillRect(line.adjusted(-8, 0, 8, 0), theme.color("alt"))
            self._draw_row(painter, line, row, columns, axis, unit)
        painter.setPen(QPen(theme.color("ctl"), 1))
        painter.drawLine(round(axis), round(head * 0.8), round(axis), round(bars.bottom()))
        self._draw_foot(painter, left, right, bars.bottom(), columns, texts)

    def _columns(self, right: float, texts: PairedTexts) -> tuple[QRectF, QRectF, QRectF]:
        widths = [
            max(text_width(word, "smallStrong"), text_width("+0.00", "smallStrong")) + theme.px(14)
            for word in (texts.first, texts.second, tr("compare.change"))
        ]
        starts = [right - sum(widths[at:]) for at in range(3)]
        first, second, change = (
            QRectF(start, 0, wide, 0) for start, wide in zip(starts, widths, strict=True)
        )
        return first, second, change

    def _scale(self, bars: QRectF) -> tuple[float, float]:
        """Return where zero lies and how many pixels one is."""
        amounts = [0.0, *(value for row in self._rows for value in (row.first, row.second))]
        lowest, highest = min(amounts), max(amounts)
        share = min(0.75, max(0.25, -lowest / ((highest - lowest) or 1.0)))
        axis = bars.left() + share * bars.width()
        rooms = [(bars.right() - axis) / highest] if highest > 0 else []
        rooms += [(axis - bars.left()) / -lowest] if lowest < 0 else []
        return axis, min(rooms, default=1.0)

    def _draw_head(
        self,
        painter: QPainter,
        axis: float,
        columns: tuple[QRectF, QRectF, QRectF],
        texts: PairedTexts,
    ) -> None:
        high, gap = theme.px(_HEAD), theme.px(8)
        lowers, raises = tr("compare.lowers"), tr("compare.raises")
        wide = text_width(lowers, "smallStrong") + 1
        paint_text(painter, QRectF(axis - gap - wide, 0, wide, high), lowers, "smallStrong", "dn")
        wide = text_width(raises, "smallStrong") + 1
        paint_text(painter, QRectF(axis + gap, 0, wide, high), raises, "smallStrong", "up")
        for column, word in zip(
            columns, (texts.first, texts.second, tr("compare.change")), strict=True
        ):
            box = QRectF(column.left(), 0, column.width(), high)
            paint_text(painter, box, word, "small", "t2", _RIGHT)

    def _draw_row(
        self,
        painter: QPainter,
        line: QRectF,
        row: MovedRow,
        columns: tuple[QRectF, QRectF, QRectF],
        axis: float,
        unit: float,
    ) -> None:
        paint_text(painter, line, row.name, "small")
        if row.is_against_knowledge:
            side = theme.px(14)
            x = line.left() + text_width(row.name, "small") + theme.px(8)
            theme.paint_icon(painter, x, line.center().y() - side / 2, "book-x", "t1", 14)
        thick = theme.px(_BAR)
        middle = line.center().y()
        self._draw_bar(painter, axis, row.first * unit, middle - thick - 1, is_filled=False)
        self._draw_bar(painter, axis, row.second * unit, middle + 1, is_filled=True)
        for column, amount, role in zip(
            columns,
            (row.first, row.second, row.change),
            ("small", "smallStrong", "smallStrong"),
            strict=True,
        ):
            box = QRectF(column.left(), line.top(), column.width(), line.height())
            ink = "t2" if not amount or role == "small" else "t1"
            paint_text(painter, box, signed(amount), role, ink, _RIGHT)

    def _draw_bar(
        self, painter: QPainter, axis: float, length: float, top: float, *, is_filled: bool
    ) -> None:
        token = "upFill" if length > 0 else "dnFill"
        box = QRectF(min(axis, axis + length), top, max(1.0, abs(length)), theme.px(_BAR))
        if is_filled:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(theme.color(token))
            painter.drawRect(box)
        else:
            painter.setPen(QPen(theme.color(token), 1.2))
            painter.setBrush(theme.color("surface"))
            painter.drawRect(box.adjusted(0.6, 0.6, -0.6, -0.6))

    def _draw_foot(
        self,
        painter: QPainter,
        left: float,
        right: float,
        top: float,
        columns: tuple[QRectF, QRectF, QRectF],
        texts: PairedTexts,
    ) -> None:
        painter.setPen(QPen(theme.color("line2"), 1))
        painter.drawLine(round(left - 8), round(top), round(right + 8), round(top))
        high = theme.px(_ROW)
        line = QRectF(left, top, right - left, high)
        paint_text(painter, line, texts.total, "smallStrong")
        change = round(texts.total_second - texts.total_first, 2)
        for column, figure, role in (
            (columns[0], f"{texts.total_first:.2f}", "small"),
            (columns[1], f"{texts.total_second:.2f}", "smallStrong"),
            (columns[2], signed(change), "smallStrong"),
        ):
            box = QRectF(column.left(), top, column.width(), high)
            paint_text(painter, box, figure, role, "t2" if role == "small" else "t1", _RIGHT)
        self._draw_legend(painter, left, top + high, texts)

    def _draw_legend(self, painter: QPainter, left: float, top: float, texts: PairedTexts) -> None:
        high, wide = theme.px(_HEAD), theme.px(22)
        for word, is_filled in ((texts.first, False), (texts.second, True)):
            box = QRectF(left, top + high / 2 - theme.px(5), wide, theme.px(10))
            painter.setPen(QPen(theme.color("t2"), 1.2))
            painter.setBrush(theme.color("t2") if is_filled else theme.color("surface"))
            painter.drawRect(box)
            left += wide + theme.px(8)
            paint_text(painter, QRectF(left, top, 300, high), word, "small", "t2")
            left += text_width(word, "small") + theme.px(18)
        if any(row.is_against_knowledge for row in self._rows):
            theme.paint_icon(painter, left, top + high / 2 - theme.px(7), "book-x", "t1", 14)
            room = QRectF(left + theme.px(20), top, self.width() - left - theme.px(20), high)
            paint_text(painter, room, tr("compare.against"), "small", "t2")
