"""The rows of the patient list as a table, fetched page by page."""

from collections.abc import Mapping
from datetime import date
from enum import IntEnum

from PySide6.QtCore import (
    QAbstractTableModel,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    Signal,
)

from desktop_app.application.ports import PatientOrder, PatientPage, PatientRow
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui.texts import format_date, format_probability, format_range, tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.patient_words import doctor_name, sex_text
from desktop_app.gui.widgets.sync_chip import sync_text

_Index = QModelIndex | QPersistentModelIndex


class Column(IntEnum):
    """The columns, from left to right."""

    NAME = 0
    CHART = 1
    SEX_AGE = 2
    LAST = 3
    PROBABILITY = 4
    RANGE = 5
    ANSWER = 6
    TREND = 7
    DOCTOR = 8
    SYNC = 9


TITLE_KEYS = {
    Column.NAME: "patients.column_name",
    Column.CHART: "common.chart_number",
    Column.SEX_AGE: "patients.column_sex_age",
    Column.LAST: "patients.column_last",
    Column.PROBABILITY: "patients.column_probability",
    Column.RANGE: "patients.column_range",
    Column.ANSWER: "patients.column_answer",
    Column.TREND: "patients.column_trend",
    Column.DOCTOR: "patients.column_doctor",
    Column.SYNC: "patients.column_sync",
}

# Never the score: no list may be ordered by it.
ORDERS = {
    Column.NAME: PatientOrder.NAME,
    Column.CHART: PatientOrder.CHART_NUMBER,
    Column.SEX_AGE: PatientOrder.BIRTH_DATE,
    Column.LAST: PatientOrder.LAST_ASSESSED,
}

ROW_ROLE = Qt.ItemDataRole.UserRole


class PatientTableModel(QAbstractTableModel):
    """Rows of one query; the view's wish for more of them goes out as `more_wanted`."""

    more_wanted = Signal()

    def __init__(self, today: date, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.today = today
        self.doctors: Mapping[RecordId, str] = {}
        self.rows: list[PatientRow] = []
        self._next_cursor: str | None = None
        self._is_fetching = False

    @property
    def next_cursor(self) -> str | None:
        """Return where the rows that are not here yet begin, None if all are here."""
        return self._next_cursor

    def show_page(self, page: PatientPage) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = list(page.rows)
        self._next_cursor, self._is_fetching = page.next_cursor, False
        self.endResetModel()

    def append_page(self, page: PatientPage) -> None:
        """Add the rows that follow."""
        self._next_cursor, self._is_fetching = page.next_cursor, False
        if page.rows:
            first = len(self.rows)
            self.beginInsertRows(QModelIndex(), first, first + len(page.rows) - 1)
            self.rows.extend(page.rows)
            self.endInsertRows()

    def row_of(self, patient_id: RecordId) -> int | None:
        """Return where a patient stands, None if not among the fetched rows."""
        return next(
            (at for at, row in enumerate(self.rows) if row.patient.patient_id == patient_id), None
        )

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - the signature of Qt
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - the signature of Qt
        return 0 if parent.isValid() else len(Column)

    def canFetchMore(self, parent: _Index) -> bool:
        return not parent.isValid() and self._next_cursor is not None and not self._is_fetching

    def fetchMore(self, parent: _Index) -> None:
        if self.canFetchMore(parent):
            self._is_fetching = True
            self.more_wanted.emit()

    def headerData(
        self,
        section: int,
        orientation: Qt.Orientation,
        role: int = Qt.ItemDataRole.DisplayRole,
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(TITLE_KEYS[Column(section)])
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row = self.rows[index.row()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return self.text(row, Column(index.column()))
        if role == Qt.ItemDataRole.AccessibleTextRole:
            title = tr(TITLE_KEYS[Column(index.column())])
            return f"{title} {self.text(row, Column(index.column()))}"
        return None

    def text(self, row: PatientRow, column: Column) -> str:
        """Return the words of one cell; what a delegate paints says the same."""
        patient, last = row.patient, row.last
        if column is Column.NAME:
            return patient.name
        if column is Column.CHART:
            return patient.chart_number
        if column is Column.SEX_AGE:
            return f"{sex_text(patient.details.sex)} {patient.age_on(self.today)}"
        if column is Column.DOCTOR:
            return doctor_name(patient.details, self.doctors)
        if column is Column.SYNC:
            return sync_text(row.delivery)
        if last is None:
            return tr("common.no_assessment") if column is Column.ANSWER else ""
        return {
            Column.LAST: lambda: format_date(last.assessed_at),
            Column.PROBABILITY: lambda: format_probability(last.probability),
            Column.RANGE: lambda: format_range(
                format_probability(last.low), format_probability(last.high)
            ),
            Column.ANSWER: lambda: answer_text(last.state),
            Column.TREND: lambda: tr("patients.times", n=len(row.trend)),
        }[column]()
