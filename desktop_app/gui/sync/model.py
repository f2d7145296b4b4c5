"""The records on their way to the server as a table, fetched page by page."""

from datetime import date
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, Qt, Signal

from desktop_app.application.sync_ports import OutboxRow
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui.sync.words import reason_text, record_text, tries_text, when_text
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.row_table import Index
from desktop_app.gui.widgets.sync_chip import sync_text

ROW_ROLE = Qt.ItemDataRole.UserRole


class Column(IntEnum):
    """The columns, from left to right."""

    PATIENT = 0
    RECORD = 1
    WHEN = 2
    STATE = 3
    REASON = 4
    TRIES = 5


TITLE_KEYS = {
    Column.PATIENT: "sync.column_patient",
    Column.RECORD: "sync.column_record",
    Column.WHEN: "sync.column_when",
    Column.STATE: "sync.column_state",
    Column.REASON: "sync.column_reason",
    Column.TRIES: "sync.column_tries",
}


class OutboxModel(QAbstractTableModel):
    """Rows of one filter, out of `total`; the wish for more goes out as `more_wanted`."""

    more_wanted = Signal()

    def __init__(self, today: date, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.today = today
        self.rows: list[OutboxRow] = []
        self._total = 0
        self._is_fetching = False
        self._waits_for = ""

    def show_waiting(self, waits_for: str) -> None:
        """Say what the waiting records wait for."""
        if waits_for != self._waits_for:
            self._waits_for = waits_for
            last = self.index(len(self.rows) - 1, Column.REASON)
            self.dataChanged.emit(self.index(0, Column.REASON), last)

    def show_rows(self, rows: tuple[OutboxRow, ...], total: int) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = list(rows)
        self._total, self._is_fetching = total, False
        self.endResetModel()

    def append_rows(self, rows: tuple[OutboxRow, ...]) -> None:
        """Add the rows that follow; none means that there are no more."""
        self._is_fetching = False
        if not rows:
            self._total = len(self.rows)
            return
        first = len(self.rows)
        self.beginInsertRows(QModelIndex(), first, first + len(rows) - 1)
        self.rows.extend(rows)
        self.endInsertRows()

    def row_of(self, record_id: RecordId | None) -> int | None:
        """Return where a record stands, None if not among the fetched rows."""
        return next((at for at, row in enumerate(self.rows) if row.record_id == record_id), None)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature of Qt
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 - the signature of Qt
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and len(self.rows) < self._total and not self._is_fetching

    def fetchMore(self, parent: Index) -> None:
        if self.canFetchMore(parent):
            self._is_fetching = True
            self.more_wanted.emit()

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(TITLE_KEYS[Column(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], Column(index.column())
        if role == ROW_ROLE:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return self.text(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return f"{tr(TITLE_KEYS[column])} {self.text(row, column)}"
        return None

    def text(self, row: OutboxRow, column: Column) -> str:
        """Return the words of one cell; what the delegate paints says the same."""
        if column is Column.PATIENT:
            return row.patient.name
        if column is Column.RECORD:
            return record_text(row)
        if column is Column.WHEN:
            return when_text(row, self.today)
        if column is Column.STATE:
            return sync_text(row.state)
        return reason_text(row, self._waits_for) if column is Column.REASON else tries_text(row)
