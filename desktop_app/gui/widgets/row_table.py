"""A table whose rows are chosen one at a time, by keyboard first."""

from collections.abc import Mapping
from typing import TypeVar

from PySide6.QtCore import (
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHeaderView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QWidget,
)

from desktop_app.gui import theme

Index = QModelIndex | QPersistentModelIndex
Shown = TypeVar("Shown", bound=int)
CELL_INDENT = 8  # as the heads of the columns, at every text size
_ROW, _COMPACT_ROW, _HEAD = 36, 30, 32
# The same keys with the keyboard in Hangul mode.
_HANGUL = {"R": "ㄱㄲ", "B": "ㅠ"}


def is_letter(event: QKeyEvent, letter: str) -> bool:
    """Tell whether a letter's key was pressed, whatever language the keyboard is in."""
    if event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
        return False
    typed = event.text()
    return (
        event.key() == Qt.Key(ord(letter))
        or event.nativeVirtualKey() in (ord(letter), ord(letter.lower()))
        or (bool(typed) and typed in _HANGUL[letter])
    )


class RowDelegate(QStyledItemDelegate):
    """Paints the ground of a row; a subclass paints what stands in its cells.

    The table says which row the mouse is over, and which columns are at the edges of the ring.
    """

    hovered_row = -1
    row_height = _ROW
    first_column = 0
    last_column = 0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(super().sizeHint(option, index).width(), theme.px(self.row_height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        self._paint_ground(painter, option, index)
        cell = QRectF(option.rect).adjusted(CELL_INDENT, 0, -CELL_INDENT, -1)
        self.paint_cell(painter, cell, index)
        painter.restore()

    def paint_cell(self, painter: QPainter, cell: QRectF, index: Index) -> None:
        """Paint what stands in a cell."""
        raise NotImplementedError  # each table's own, and Qt's classes take no abstract ones

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        rect = QRectF(option.rect)
        is_selected = bool(option.state & QStyle.StateFlag.State_Selected)
        if is_selected:
            painter.fillRect(rect, theme.color("sel"))
        elif index.row() == self.hovered_row:
            painter.fillRect(rect, theme.color("hover"))
        line = QRectF(rect.left(), rect.bottom() - 1, rect.width(), 1)
        painter.fillRect(line, theme.color("line"))
        if not is_selected:
            return
        if option.state & QStyle.StateFlag.State_Active and option.widget.hasFocus():
            self._paint_ring(painter, rect, index)
        elif index.column() == self.first_column:
            painter.fillRect(QRectF(rect.left(), rect.top(), 3, rect.height()), theme.color("acc"))

    def _paint_ring(self, painter: QPainter, rect: QRectF, index: Index) -> None:
        ink = theme.color("focus")
        painter.fillRect(QRectF(rect.left(), rect.top(), rect.width(), 2), ink)
        painter.fillRect(QRectF(rect.left(), rect.bottom() - 2, rect.width(), 2), ink)
        if index.column() == self.first_column:
            painter.fillRect(QRectF(rect.left(), rect.top(), 2, rect.height()), ink)
        if index.column() == self.last_column:
            painter.fillRect(QRectF(rect.right() - 2, rect.top(), 2, rect.height()), ink)


class RowTable(QTableView):
    """Rows by keyboard; `row_chosen` carries the row's number, -1 for none."""

    row_chosen = Signal(int)
    opened = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, delegate: RowDelegate, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.delegate = delegate
        delegate.setParent(self)
        self.setItemDelegate(delegate)
        head = self.horizontalHeader()
        head.setHighlightSections(False)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setFixedHeight(theme.px(_HEAD))
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerItem)
        self.verticalHeader().hide()
        self.verticalHeader().setMinimumSectionSize(1)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wanted)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        # Letters are keys here, not text: they work whatever the keyboard's language is.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.set_compact(is_compact=False)

    def set_compact(self, *, is_compact: bool) -> None:
        """Choose between rows of 36 and of 30."""
        self.delegate.row_height = _COMPACT_ROW if is_compact else _ROW
        self.verticalHeader().setDefaultSectionSize(theme.px(self.delegate.row_height))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Choose the columns there is room for, and hand them to `show_columns`."""
        raise NotImplementedError  # each table's own, and Qt's classes take no abstract ones

    def show_columns(self, widths: Mapping[Shown, int]) -> None:
        """Show these columns as wide as that, and no others."""
        for column in range(self.model().columnCount()):
            self.setColumnHidden(column, column not in widths)
        for shown, wide in widths.items():
            self.setColumnWidth(shown, wide)
        self.delegate.first_column, self.delegate.last_column = min(widths), max(widths)

    @property
    def chosen(self) -> int:
        """Return the chosen row's number, -1 if there is none."""
        return self.currentIndex().row()

    def choose(self, row: int) -> None:
        """Choose a row, or the nearest there is."""
        count = self.model().rowCount()
        if count:
            self.setCurrentIndex(self.model().index(max(0, min(row, count - 1)), 0))

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.row_chosen.emit(current.row())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = event.key()
        held = event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        )
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not held:
            self.opened.emit()
        elif (step := self._steps().get(Qt.Key(key))) is not None and not held:
            self.choose(self.chosen + step)
        else:
            event.ignore()

    def _steps(self) -> dict[Qt.Key, int]:
        page = max(1, self.viewport().height() // theme.px(self.delegate.row_height) - 1)
        everything = self.model().rowCount()
        return {
            Qt.Key.Key_Up: -1,
            Qt.Key.Key_Down: 1,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -everything,
            Qt.Key.Key_End: everything,
        }

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.rowAt(round(event.position().y())))

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def _hover(self, row: int) -> None:
        if row != self.delegate.hovered_row:
            self.delegate.hovered_row = row
            self.viewport().update()
