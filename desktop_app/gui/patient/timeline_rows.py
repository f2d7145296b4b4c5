"""The rows of a patient's timeline and their words, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import IntEnum

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.application.ports import AssessmentSummary
from desktop_app.domain.assessment import Stance
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui.patient.words import range_of
from desktop_app.gui.texts import format_date, format_number, format_probability, tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.label import plain_tool_tip

_Index = QModelIndex | QPersistentModelIndex
ROW_ROLE = Qt.ItemDataRole.UserRole
NO_VALUE = "\N{EM DASH}"


class Column(IntEnum):
    """What a row says."""

    DATE = 0
    PROBABILITY = 1
    RANGE = 2
    ANSWER = 3
    CRP = 4
    CHECKS = 5
    OPINION = 6
    NUMBER = 7
    ASSESSOR = 8
    MODEL = 9
    VERSION = 10


BRIEF = tuple(Column)[: Column.NUMBER]
FULL = tuple(column for column in Column if column is not Column.CRP)
TITLE_KEYS = {
    Column.DATE: "patient.date",
    Column.PROBABILITY: "patient.probability",
    Column.RANGE: "patient.range",
    Column.ANSWER: "patient.against",
    Column.CRP: "fields.crp",
    Column.CHECKS: "patient.checks",
    Column.OPINION: "patient.opinion",
    Column.NUMBER: "patient.number",
    Column.ASSESSOR: "patient.assessor",
    Column.MODEL: "patient.model",
    Column.VERSION: "patient.version",
}
_STANCE_KEYS = {Stance.AGREE: "patient.agree", Stance.DISAGREE: "patient.disagree"}


@dataclass(frozen=True)
class TimelineRow:
    """One assessment with what stands beside it; `version` says what it corrects or is by."""

    summary: AssessmentSummary
    stance: Stance | None
    crp: float | None
    version: str

    @property
    def checks(self) -> str:
        """Return how many values are outside the training range and how many are missing."""
        parts = []
        if self.summary.outside_count:
            parts.append(tr("patient.outside", n=self.summary.outside_count))
        if self.summary.missing_count:
            parts.append(tr("patient.missing", n=self.summary.missing_count))
        return ", ".join(parts) or tr("patient.none")


def rows_of(
    summaries: Sequence[AssessmentSummary],
    stances: Mapping[RecordId, Stance],
    crp: Mapping[RecordId, float | None],
) -> tuple[TimelineRow, ...]:
    """Return the rows, naming for a corrected assessment the one that took its place."""
    numbers = {one.assessment_id: one.number for one in summaries}
    newer = {one.corrects: one.number for one in summaries if one.corrects is not None}

    def version(one: AssessmentSummary) -> str:
        if one.is_corrected:
            return tr("patient.corrected_by", number=newer.get(one.assessment_id, ""))
        if one.corrects is not None:
            return tr("patient.corrects", number=numbers.get(one.corrects, ""))
        return ""

    return tuple(
        TimelineRow(one, stances.get(one.assessment_id), crp.get(one.assessment_id), version(one))
        for one in summaries
    )


class TimelineModel(QAbstractTableModel):
    """The rows and their words."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[TimelineRow, ...] = ()

    def show_rows(self, rows: Sequence[TimelineRow]) -> None:
        """Replace all rows."""
        self.beginResetModel()
        self.rows = tuple(rows)
        self.endResetModel()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008 - Qt's signature
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's default
        return 0 if parent.isValid() else len(self.columns)

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return tr(TITLE_KEYS[self.columns[section]])
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = f"{tr(TITLE_KEYS[column])} {text_of(row, column)}"
            is_first = column == self.columns[0] and row.summary.is_corrected
            return f"{row.version}, {words}" if is_first else words
        if role == Qt.ItemDataRole.ToolTipRole:
            return plain_tool_tip(f"{row.summary.number} · {row.summary.assessor_name}")
        return None


def text_of(row: TimelineRow, column: Column) -> str:
    """Return the words of one cell; what the delegate paints says the same."""
    one = row.summary
    match column:
        case Column.DATE:
            return format_date(one.assessed_at)
        case Column.PROBABILITY:
            return format_probability(one.probability)
        case Column.RANGE:
            return range_of(one.low, one.high)
        case Column.ANSWER:
            return answer_text(one.state)
        case Column.CRP:
            return NO_VALUE if row.crp is None else format_number(round(row.crp, 1))
        case Column.CHECKS:
            return row.checks
        case Column.OPINION:
            return NO_VALUE if row.stance is None else tr(_STANCE_KEYS[row.stance])
        case Column.NUMBER:
            return one.number
        case Column.ASSESSOR:
            return one.assessor_name
        case Column.MODEL:
            return one.model_name
        case Column.VERSION:
            return row.version
