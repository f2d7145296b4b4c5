"""The drafts that wait for this person, own or handed over, as a small table."""

from datetime import datetime

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop_app.domain.draft import Draft
from desktop_app.domain.patient import Patient
from desktop_app.gui import theme
from desktop_app.gui.texts import format_relative, tr
from desktop_app.gui.widgets.label import plain_tool_tip

_Index = QModelIndex | QPersistentModelIndex
_TITLE_KEYS = (
    "patients.column_name",
    "common.chart_number",
    "patients.drafts_from",
    "patients.drafts_when",
    "patients.drafts_note",
)
_NOTE = len(_TITLE_KEYS) - 1


class DraftTableModel(QAbstractTableModel):
    """One row a draft, newest first."""

    def __init__(self) -> None:
        super().__init__()
        self.drafts: tuple[tuple[Draft, Patient], ...] = ()
        self._texts: list[tuple[str, ...]] = []

    def show_drafts(self, drafts: tuple[tuple[Draft, Patient], ...], now: datetime) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.drafts = drafts
        self._texts = [
            (
                patient.name,
                patient.chart_number,
                draft.handed_by_name or tr("patients.drafts_own"),
                format_relative(draft.handed_at or draft.saved_at, now),
                draft.message or (tr("assessment.correction") if draft.corrects else ""),
            )
            for draft, patient in drafts
        ]
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - the signature of Qt
        return 0 if parent.isValid() else len(self._texts)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - the signature of Qt
        return 0 if parent.isValid() else len(_TITLE_KEYS)

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(_TITLE_KEYS[section])
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == Qt.ItemDataRole.FontRole and index.column() == 0:
            return theme.font("strong")
        text = self._texts[index.row()][index.column()]
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(text)
        if role == Qt.ItemDataRole.DisplayRole:
            return text
        return None


class DraftTable(QTableView):
    """The drafts; Enter or a double click opens one."""

    draft_opened = Signal(Draft)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draft_table")
        self.setAccessibleName(tr("patients.filter_drafts"))
        self.rows = DraftTableModel()
        self.setModel(self.rows)
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(36))
        head = self.horizontalHeader()
        head.setFixedHeight(theme.px(32))
        head.setHighlightSections(False)
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head.setSectionResizeMode(_NOTE, QHeaderView.ResizeMode.Stretch)
        for column, width in enumerate((150, 110, 120, 130)):
            self.setColumnWidth(column, theme.px(width))
        self.doubleClicked.connect(lambda _index: self.open_selected())

    def show_drafts(self, drafts: tuple[tuple[Draft, Patient], ...], now: datetime) -> None:
        """Show these drafts and select the first."""
        self.rows.show_drafts(drafts, now)
        if drafts:
            self.selectRow(0)

    def open_selected(self) -> None:
        """Open the selected draft."""
        at = self.currentIndex().row()
        if 0 <= at < len(self.rows.drafts):
            self.draft_opened.emit(self.rows.drafts[at][0])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_selected()
        else:
            super().keyPressEvent(event)
