"""The table of a patient's assessments; never ordered by score."""

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.identifiers import RecordId
from desktop_app.gui import theme
from desktop_app.gui.patient.timeline_delegate import CELL_INDENT, TimelineDelegate
from desktop_app.gui.patient.timeline_rows import (
    TITLE_KEYS,
    WORDS,
    Column,
    ForeignRow,
    Row,
    TimelineModel,
    TimelineRow,
    text_of,
)
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.painting import chip_size
from desktop_app.gui.widgets.sync_chip import sync_text
from desktop_app.gui.widgets.text_painting import text_width

# What leaves first where the table is narrow.
_DROP_ORDER = (
    Column.MODEL,
    Column.RANGE,
    Column.OPINION,
    Column.ASSESSOR,
    Column.CRP,
    Column.NUMBER,
    Column.SYNC,
)
_SMALL = {Column.CHECKS, Column.VERSION}
# Mini bar and icons.
_BESIDE_WORDS = {Column.PROBABILITY: 94, Column.CHECKS: 52}
# How much shorter a mini bar may be, so that the sync chips have room.
_BAR_GIVES = 44


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

    def show_rows(self, rows: Sequence[Row]) -> None:
        """Show rows and keep what is selected."""
        chosen, offset = self.selected(), self.verticalScrollBar().value()
        self.clearSpans()
        self.rows_model.show_rows(rows)
        self.fit_columns()
        first, columns = self.rows_model.columns.index(WORDS), len(self.rows_model.columns)
        for at, row in enumerate(self.rows_model.rows):
            if isinstance(row, ForeignRow):
                self.setSpan(at, first, 1, columns - first)
            elif row.summary.assessment_id in chosen:
                self._choose(at, QItemSelectionModel.SelectionFlag.Select)
        assessments = self.rows_model.assessments
        if assessments and not self.selected():
            self.select(assessments[0].summary.assessment_id)
        self.verticalScrollBar().setValue(offset)

    def _chosen(self) -> list[TimelineRow]:
        places = sorted(index.row() for index in self.selectionModel().selectedRows())
        rows = (self.rows_model.rows[at] for at in places)
        return [row for row in rows if isinstance(row, TimelineRow)]

    def selected(self) -> tuple[RecordId, ...]:
        """Return the selected assessments, newest first."""
        return tuple(row.summary.assessment_id for row in self._chosen())

    def current(self) -> TimelineRow | None:
        """Return the row that was chosen last."""
        at, chosen, rows = self.currentIndex().row(), self._chosen(), self.rows_model.rows
        last = [row for row in chosen if 0 <= at < len(rows) and row is rows[at]]
        return next(iter(last or chosen), None)

    def select(self, assessment_id: RecordId) -> None:
        """Select this assessment alone."""
        for at, row in enumerate(self.rows_model.rows):
            is_it = isinstance(row, TimelineRow) and row.summary.assessment_id == assessment_id
            if is_it and self.selected() != (assessment_id,):
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
        columns, rows = self.rows_model.columns, self.rows_model.assessments
        widths = {column: _width_of(column, rows) for column in columns}
        for column in (Column.VERSION, Column.SYNC):
            if not any(text_of(row, column) for row in rows):
                widths.pop(column, None)
        aside = _width_of_asides(rows) if Column.SYNC in widths else 0
        for column in _DROP_ORDER:
            # The words beside the chips rather go than the chips.
            beside = 0 if column is Column.SYNC else aside
            lacking = sum(widths.values()) + beside - room
            if column is Column.SYNC and 0 < lacking <= theme.px(_BAR_GIVES):
                widths[Column.PROBABILITY] -= lacking
            elif lacking > 0:
                widths.pop(column, None)
        if Column.SYNC in widths:
            widths[Column.SYNC] += max(0, min(aside, room - sum(widths.values())))
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
    elif column is Column.SYNC:
        content = max(chip_size(sync_text(state)).width() for state in Delivery)
    else:
        role = "smallStrong" if column in _SMALL else "strong"
        content = max((text_width(text_of(row, column), role) for row in rows), default=0.0)
        content += theme.px(_BESIDE_WORDS.get(column, 0))
    return round(max(head, content)) + 2 * theme.px(CELL_INDENT) + 4


def _width_of_asides(rows: Sequence[TimelineRow]) -> int:
    """Return how wide the words beside the chips are; the tooltip says them where they are cut."""
    asides = (row.sync.aside for row in rows if row.sync is not None)
    return round(max((text_width(aside, "small") for aside in asides), default=0.0))
