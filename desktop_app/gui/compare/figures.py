"""Tables of figures on both sides, painted from tokens."""

from collections.abc import Sequence
from typing import NamedTuple

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableWidget,
    QTableWidgetItem,
)

from desktop_app.gui import theme
from desktop_app.gui.widgets.text_painting import paint_text, text_width

_LOOK_ROLE = Qt.ItemDataRole.UserRole
_ROW, _HEAD = 27, 28
_ICON_AFTER, _ICON_BEFORE = {"diamond"}, {"circle-dashed"}


class Cell(NamedTuple):
    """A text with its look; `is_figure` stands at the right."""

    text: str
    role: str = "body"
    ink: str = "t1"
    is_figure: bool = False
    icon: str = ""


class FigureTable(QTableWidget):
    """Rows that fit their height; the first and the last column share what is left."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setItemDelegate(_CellDelegate(self))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(theme.px(_ROW))
        self.verticalHeader().setDefaultSectionSize(theme.px(_ROW))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setMinimumSectionSize(theme.px(40))

    def show_rows(self, heads: Sequence[Cell], rows: Sequence[Sequence[Cell]]) -> None:
        """Show everything anew."""
        self.setColumnCount(len(heads))
        self.setRowCount(len(rows))
        for column, head in enumerate(heads):
            made = QTableWidgetItem(head.text)
            made.setTextAlignment(_alignment(head))
            self.setHorizontalHeaderItem(column, made)
            mode = QHeaderView.ResizeMode.Fixed
            if column == 0:
                mode = QHeaderView.ResizeMode.Stretch
            self.horizontalHeader().setSectionResizeMode(column, mode)
            wide = text_width(head.text, "smallStrong")
            for row, cells in enumerate(rows):
                cell = cells[column]
                item = QTableWidgetItem(cell.text)
                item.setData(_LOOK_ROLE, cell)
                self.setItem(row, column, item)
                icon = theme.px(20) if cell.icon else 0
                wide = max(wide, text_width(cell.text, cell.role) + icon)
            self.setColumnWidth(column, round(wide) + 20)
        self.setFixedHeight(theme.px(_ROW) * len(rows) + theme.px(_HEAD + 8))


class _CellDelegate(QStyledItemDelegate):
    """Paints a cell in its role and ink."""

    def paint(
        self,
        painter: QPainter,
        option: QStyleOptionViewItem,
        index: QModelIndex | QPersistentModelIndex,
    ) -> None:
        cell: Cell = Cell(*index.data(_LOOK_ROLE))
        rect = QRectF(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected and option.widget.hasFocus():
            painter.fillRect(rect, theme.color("sel"))
        line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(line, theme.color("line"))
        room = rect.adjusted(8, 0, -8, -1)
        side, middle = theme.px(14), rect.center().y()
        if cell.icon:
            wide = text_width(cell.text, cell.role)
            left = min(room.left() + wide + theme.px(6), room.right() - side)
            if cell.icon in _ICON_BEFORE:
                left = room.right() - wide - side - theme.px(6)
            ink = "warn" if cell.icon in _ICON_AFTER else cell.ink
            theme.paint_icon(painter, left, middle - side / 2, cell.icon, ink, 14)
        align = Qt.AlignmentFlag.AlignRight if cell.is_figure else Qt.AlignmentFlag.AlignLeft
        paint_text(painter, room, cell.text, cell.role, cell.ink, align)
        painter.restore()


def _alignment(head: Cell) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if head.is_figure else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
