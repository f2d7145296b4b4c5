"""The list of people who may sign in on this computer."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from PySide6.QtCore import (
    QAbstractListModel,
    QModelIndex,
    QPersistentModelIndex,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
)

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.label import plain_tool_tip
from desktop_app.gui.widgets.person import paint_initial
from desktop_app.gui.widgets.text_painting import paint_text, text_width

Index = QModelIndex | QPersistentModelIndex
_ROW_HEIGHT = 58


class AccountRow(NamedTuple):
    """One person: `when` is the last sign-in, or when the next try is possible."""

    login: str
    name: str
    line: str
    when: str
    is_delayed: bool


class _AccountModel(QAbstractListModel):
    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.rows: tuple[AccountRow, ...] = ()

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(row.line)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (row.name, row.line, row.when) if part)
        return None


class _AccountDelegate(QStyledItemDelegate):
    def __init__(self, model: _AccountModel) -> None:
        super().__init__(model)
        self._model = model

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, theme.px(_ROW_HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row = self._model.rows[index.row()]
        px = theme.px
        area = QRectF(option.rect)
        state = option.state
        is_chosen = bool(state & QStyle.StateFlag.State_Selected)
        if is_chosen:
            painter.fillRect(area, theme.color("sel"))
            painter.fillRect(QRectF(area.left(), area.top(), 3, area.height()), theme.color("acc"))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, theme.color("hover"))
        mark = QRectF(area.left() + px(20), area.center().y() - px(17), px(34), px(34))
        paint_initial(painter, mark, row.name, is_chosen=is_chosen)
        right = area.right() - px(18)
        wide = text_width(row.when, "smallStrong" if row.is_delayed else "small") + 2
        left = mark.right() + px(12)
        text = QRectF(
            left, area.top() + px(10), right - wide - px(26 if row.is_delayed else 8) - left, px(20)
        )
        paint_text(painter, text, row.name, "strong")
        text.translate(0, px(18))
        paint_text(painter, text, row.line, "small", "t2")
        when = QRectF(right - wide, area.top(), wide, area.height())
        if row.is_delayed:
            theme.paint_icon(
                painter, when.left() - px(19), area.center().y() - px(8), "lock", "warn"
            )
            paint_text(painter, when, row.when, "smallStrong", "warn")
        else:
            paint_text(painter, when, row.when, "small", "t2")


class AccountList(QListView):
    """People by name; `chosen` carries the login of the one under the cursor."""

    chosen = Signal(str)
    confirmed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("accounts")
        self.setAccessibleName(tr("sign_in.who"))
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._model = _AccountModel(self)
        self._delegate = _AccountDelegate(self._model)
        self.setModel(self._model)
        self.setItemDelegate(self._delegate)
        self.selectionModel().currentChanged.connect(self._on_current_changed)
        self.activated.connect(self.confirmed)
        self.clicked.connect(self.confirmed)

    def show_rows(self, rows: Sequence[AccountRow]) -> None:
        """Show these people; the chosen one stays chosen."""
        if [row.login for row in rows] == [row.login for row in self._model.rows]:
            self._model.rows = tuple(rows)
            last = self._model.index(max(0, len(rows) - 1))
            self._model.dataChanged.emit(self._model.index(0), last)
            return
        self._model.beginResetModel()
        self._model.rows = tuple(rows)
        self._model.endResetModel()

    def choose(self, login: str) -> None:
        """Put the cursor on a person, or on nobody."""
        logins = [row.login for row in self._model.rows]
        place = logins.index(login) if login in logins else -1
        self.setCurrentIndex(self._model.index(place))
        if place < 0:
            self.clearSelection()

    def chosen_login(self) -> str:
        """Return the login under the cursor, empty if there is none."""
        index = self.currentIndex()
        return self._model.rows[index.row()].login if index.isValid() else ""

    def _on_current_changed(self, current: QModelIndex, _previous: QModelIndex) -> None:
        if current.isValid():
            self.chosen.emit(self._model.rows[current.row()].login)
