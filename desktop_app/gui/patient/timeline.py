"""The table of a patient's assessments; never ordered by score."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui import theme
from desktop_app.gui.patient.timeline_delegate import TimelineDelegate
from desktop_app.gui.patient.timeline_rows import (
    TITLE_KEYS,
    Column,
    TimelineModel,
    TimelineRow,
    text_of,
)
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.painting import chip_size
from desktop_app.gui.widgets.text_painting import text_width

# What leaves first where the table is narrow.
_DROP_ORDER = (Column.MODEL, Column.RANGE, Column.OPINION, Column.ASSESSOR, Column.CRP)


class TimelineTable(QTableView):
    """Rows of assessments; Enter opens, two selected rows can be compared."""

    selection_changed = Signal()
    opened = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(
        self, columns: Sequence[Column], *, row_height: int, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.rows_model = TimelineModel(columns, self)
        self.setModel(self.rows_model)
        self.setAccessibleName(tr("patient.assessments"))
        self.setItemDelegate(TimelineDelegate(self, columns))
        self.setShowGrid(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self.menu_wanted)
        self.doubleClicked.connect(lambda _index: self.opened.emit())
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(theme.px(row_height))
        self.verticalHeader().setMinimumSectionSize(theme.px(row_height))
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSectionsClickable(False)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        header.setFixedHeight(theme.px(32))
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.selectionModel().selectionChanged.connect(lambda *_: self.selection_changed.emit())

    def show_rows(self, rows: Sequence[TimelineRow]) -> None:
        """Show rows and keep what is selected."""
        chosen = self.selected()
        self.rows_model.show_rows(rows)
        self.fit_columns()
        for at, row in enumerate(rows):
            if row.summary.assessment_id in chosen:
                self._choose(at, QItemSelectionModel.SelectionFlag.Select)
        if rows and not self.selected():
            self._choose(0)

    def selected(self) -> tuple[RecordId, ...]:
        """Return the selected assessments, newest first."""
        rows = sorted(index.row() for index in self.selectionModel().selectedRows())
        return tuple(self.rows_model.rows[at].summary.assessment_id for at in rows)

    def current(self) -> TimelineRow | None:
        """Return the row that was chosen last."""
        at = self.currentIndex().row()
        chosen = self.selected()
        rows = self.rows_model.rows
        if 0 <= at < len(rows) and rows[at].summary.assessment_id in chosen:
            return rows[at]
        return next((row for row in rows if row.summary.assessment_id in chosen), None)

    def select(self, assessment_id: RecordId) -> None:
        """Select this assessment alone."""
        for at, row in enumerate(self.rows_model.rows):
            if row.summary.assessment_id == assessment_id and self.selected() != (assessment_id,):
                self._choose(at)

    def _choose(
        self,
        at: int,
        how: QItemSelectionModel.SelectionFlag = QItemSelectionModel.SelectionFlag.ClearAndSelect,
    ) -> None:
        # Not selectRow, which looks at the keys that happen to be held down.
        rows = QItemSelectionModel.SelectionFlag.Rows
        self.selectionModel().setCurrentIndex(self.rows_model.index(at, 0), how | rows)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and not event.modifiers():
            self.opened.emit()
        else:
            super().keyPressEvent(event)

    # -- columns

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Show the columns there is room for and share what is left over among them."""
        room = self.viewport().width()
        columns, rows = self.rows_model.columns, self.rows_model.rows
        widths = {column: _width_of(column, rows) for column in columns}
        if Column.VERSION in widths and not any(row.version for row in rows):
            del widths[Column.VERSION]
        for column in _DROP_ORDER:
            if sum(widths.values()) > room:
                widths.pop(column, None)
        surplus = max(0, room - sum(widths.values()))
        share = surplus // len(widths)
        for at, column in enumerate(columns):
            self.setColumnHidden(at, column not in widths)
            if column in widths:
                self.setColumnWidth(at, widths[column] + share)
        self.setColumnWidth(0, widths[columns[0]] + surplus - share * (len(widths) - 1))


def _width_of(column: Column, rows: Sequence[TimelineRow]) -> int:
    """Return how wide a column has to be for its head and its content."""
    head = text_width(tr(TITLE_KEYS[column]), "smallStrong")
    if column is Column.ANSWER:
        content = max(chip_size(answer_text(state)).width() for state in AnswerState)
    else:
        role = "smallStrong" if column in (Column.CHECKS, Column.VERSION) else "strong"
        content = max((text_width(text_of(row, column), role) for row in rows), default=0.0)
        content += {Column.PROBABILITY: theme.px(94), Column.CHECKS: theme.px(52)}.get(column, 0)
    return round(max(head, content)) + 20
