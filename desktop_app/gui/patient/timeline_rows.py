"""The rows of a patient's timeline and their words, newest first."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum
from html import escape

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from desktop_app.application.ports import AssessmentSummary
from desktop_app.domain.assessment import Stance
from desktop_app.domain.exchange import ServerRecord
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui.patient.standing import Standing
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
    SYNC = 11


BRIEF = (*tuple(Column)[: Column.NUMBER], Column.SYNC)
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
    Column.SYNC: "patient.sync",
}
# What another program made says all of it from here to the end of the row.
WORDS = Column.PROBABILITY
_STANCE_KEYS = {Stance.AGREE: "patient.agree", Stance.DISAGREE: "patient.disagree"}


@dataclass(frozen=True)
class TimelineRow:
    """One assessment with what stands beside it; `version` says what it corrects or is by.

    `sync` is None where there is no server.
    """

    summary: AssessmentSummary
    stance: Stance | None
    crp: float | None
    version: str
    sync: Standing | None

    @property
    def at(self) -> datetime:
        """Return when it was assessed."""
        return self.summary.assessed_at

    @property
    def checks(self) -> str:
        """Return how many values are outside the training range and how many are missing."""
        parts = []
        if self.summary.outside_count:
            parts.append(tr("patient.outside", n=self.summary.outside_count))
        if self.summary.missing_count:
            parts.append(tr("patient.missing", n=self.summary.missing_count))
        return ", ".join(parts) or tr("patient.none")


@dataclass(frozen=True)
class ForeignRow:
    """A prediction that another program made: no range and no threshold is known of it."""

    record: ServerRecord

    @property
    def at(self) -> datetime:
        """Return when it was made."""
        return self.record.recorded_at

    @property
    def words(self) -> str:
        """Return what it is, with its author."""
        one = self.record
        figure = NO_VALUE if one.probability is None else format_probability(one.probability)
        key = "patient.foreign_figure" if one.label is None else "patient.foreign"
        words = tr(key, figure=figure, label=one.label)
        return f"{words} · {one.author_name}" if one.author_name else words

    @property
    def text(self) -> str:
        """Return everything that the row says."""
        deleted = tr("patient.deleted_there")
        return f"{self.words} · {deleted}" if self.record.is_deleted else self.words


Row = TimelineRow | ForeignRow


def rows_of(
    summaries: Sequence[AssessmentSummary],
    stances: Mapping[RecordId, Stance],
    crp: Mapping[RecordId, float | None],
    standings: Mapping[RecordId, Standing | None],
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
        TimelineRow(
            one,
            stances.get(one.assessment_id),
            crp.get(one.assessment_id),
            version(one),
            standings.get(one.assessment_id),
        )
        for one in summaries
    )


class TimelineModel(QAbstractTableModel):
    """The rows and their words."""

    def __init__(self, columns: Sequence[Column], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.columns = tuple(columns)
        self.rows: tuple[Row, ...] = ()

    @property
    def assessments(self) -> tuple[TimelineRow, ...]:
        """Return the rows of this program's own assessments."""
        return tuple(row for row in self.rows if isinstance(row, TimelineRow))

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Replace all rows; the newest stands first."""
        self.beginResetModel()
        self.rows = tuple(sorted(rows, key=lambda row: row.at, reverse=True))
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

    def flags(self, index: _Index) -> Qt.ItemFlag:
        # What cannot be opened or compared can be read, but not selected.
        if isinstance(self.rows[index.row()], ForeignRow):
            return Qt.ItemFlag.ItemIsEnabled
        return super().flags(index)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], self.columns[index.column()]
        if role == ROW_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return text_of(row, column)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row, column)
        if role == Qt.ItemDataRole.ToolTipRole:
            return _tooltip(row, column)
        return None

    def _spoken(self, row: Row, column: Column) -> str:
        if isinstance(row, ForeignRow):
            return text_of(row, column)
        words = f"{tr(TITLE_KEYS[column])} {text_of(row, column)}"
        is_first = column == self.columns[0] and row.summary.is_corrected
        return f"{row.version}, {words}" if is_first else words


def _tooltip(row: Row, column: Column) -> str:
    if isinstance(row, ForeignRow):
        return tr("patient.foreign_means")
    if column is Column.SYNC and row.sync is not None:
        # As markup, a long sentence has several lines.
        return f"<qt>{escape(row.sync.sentence)}</qt>"
    return plain_tool_tip(f"{row.summary.number} · {row.summary.assessor_name}")


def text_of(row: Row, column: Column) -> str:
    """Return the words of one cell; what the delegate paints says the same."""
    if isinstance(row, ForeignRow):
        return {Column.DATE: format_date(row.at), WORDS: row.text}.get(column, "")
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
        case Column.SYNC:
            return "" if row.sync is None else row.sync.text
