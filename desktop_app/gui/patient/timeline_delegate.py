"""How a row of the timeline is painted: mini bar, chips, checks; what is void is struck."""

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from desktop_app.gui import theme
from desktop_app.gui.patient.timeline_rows import (
    ROW_ROLE,
    WORDS,
    Column,
    ForeignRow,
    Row,
    TimelineRow,
    text_of,
)
from desktop_app.gui.texts import format_probability, tr
from desktop_app.gui.widgets.answer_chip import paint_answer_chip
from desktop_app.gui.widgets.mini_bar import paint_mini_bar
from desktop_app.gui.widgets.painting import chip_size
from desktop_app.gui.widgets.sync_chip import paint_sync_chip, sync_text
from desktop_app.gui.widgets.text_painting import paint_text, text_width

_RIGHT = Qt.AlignmentFlag.AlignRight
CELL_INDENT = 8
_WIDEST_BAR = 84
_STRONG = {Column.DATE, Column.PROBABILITY}
_STRUCK = {Column.DATE, Column.PROBABILITY, Column.RANGE}


class TimelineDelegate(QStyledItemDelegate):
    """Paints every cell of a timeline."""

    def __init__(self, table: QTableView, columns: Sequence[Column]) -> None:
        super().__init__(table)
        self._table = table
        self._columns = tuple(columns)

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        row: Row = index.data(ROW_ROLE)
        column = self._columns[index.column()]
        painter.save()
        self._paint_ground(painter, option, index)
        cell = QRectF(option.rect).adjusted(theme.px(CELL_INDENT), 0, -theme.px(CELL_INDENT), -1)
        if isinstance(row, ForeignRow):
            _paint_foreign(painter, cell, row, column)
        elif column is Column.PROBABILITY:
            _paint_probability(painter, cell, row)
        elif column is Column.ANSWER:
            paint_answer_chip(painter, cell, row.summary.state)
        elif column is Column.CHECKS:
            _paint_checks(painter, cell, row)
        elif column is Column.SYNC:
            _paint_sync(painter, cell, row)
        else:
            _paint_words(painter, cell, row, column)
        painter.restore()

    def _paint_ground(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        rect = QRectF(option.rect)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, theme.color("sel"))
        elif option.state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(rect, theme.color("hover"))
        line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(line, theme.color("line"))
        is_current = self._table.currentIndex().row() == index.row()
        if self._table.hasFocus() and is_current:
            ink = theme.color("focus")
            painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 2), ink)
            painter.fillRect(QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2), ink)
        elif is_selected and index.column() == 0:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("acc"))


def _paint_words(painter: QPainter, cell: QRectF, row: TimelineRow, column: Column) -> None:
    is_old = row.summary.is_corrected
    role = "strong" if column in _STRONG and not is_old else "body"
    ink = "t2" if is_old or column not in (*_STRONG, Column.CRP) else "t1"
    if column is Column.VERSION:
        role = "small"
    text = text_of(row, column)
    paint_text(painter, cell, text, role, ink)
    if is_old and column in _STRUCK:
        _strike(painter, cell, text_width(text, role))


def _strike(painter: QPainter, cell: QRectF, wide: float) -> None:
    middle = round(cell.center().y())
    painter.fillRect(QRectF(cell.left(), middle, min(wide, cell.width()), 1), theme.color("t2"))


def _paint_probability(painter: QPainter, cell: QRectF, row: TimelineRow) -> None:
    one = row.summary
    figure = format_probability(one.probability)
    role = "body" if one.is_corrected else "strong"
    wide = text_width(figure, role) + 1
    room = min(cell.width() - wide - theme.px(10), theme.px(_WIDEST_BAR))
    bar = QRectF(cell.left(), cell.top(), room, cell.height())
    text = QRectF(bar.right() + theme.px(10), cell.top(), wide, cell.height())
    paint_text(painter, text, figure, role, "t2" if one.is_corrected else "t1", _RIGHT)
    if one.is_corrected:
        _strike(painter, text, wide)
        painter.setOpacity(0.5)
    paint_mini_bar(
        painter,
        bar,
        probability=one.probability,
        low=one.low,
        high=one.high,
        threshold=one.threshold,
        state=one.state,
    )


def _paint_foreign(painter: QPainter, cell: QRectF, row: ForeignRow, column: Column) -> None:
    if column is not WORDS:
        paint_text(painter, cell, text_of(row, column), "body", "t2")
        return
    paint_text(painter, cell, row.text, "body", "t2")
    if row.record.is_deleted:
        _strike(painter, cell, text_width(row.words, "body"))


def _paint_sync(painter: QPainter, cell: QRectF, row: TimelineRow) -> None:
    if row.sync is None:
        return
    if not row.sync.is_deleted_there:
        paint_sync_chip(painter, cell, row.sync.state)
        chip = chip_size(sync_text(row.sync.state)).width()
        cell = cell.adjusted(chip, 0, 0, 0)
    paint_text(painter, cell, row.sync.aside, "small", "t2")


def _paint_checks(painter: QPainter, cell: QRectF, row: TimelineRow) -> None:
    one, left, side = row.summary, cell.left(), theme.px(14)
    if not one.outside_count and not one.missing_count:
        paint_text(painter, cell, tr("patient.none"), "small", "t2")
        return
    for count, icon, ink, key in (
        (one.outside_count, "diamond", "warn", "patient.outside"),
        (one.missing_count, "circle-dashed", "t2", "patient.missing"),
    ):
        if count:
            text = tr(key, n=count)
            role = "smallStrong" if ink == "warn" else "small"
            theme.paint_icon(painter, left, cell.center().y() - side / 2, icon, ink, 14)
            left += side + theme.px(5)
            room = QRectF(left, cell.top(), cell.right() - left, cell.height())
            paint_text(painter, room, text, role, ink)
            left += text_width(text, role) + theme.px(10)
