"""The table of patients: rows by keyboard, columns that fit, heads that sort, never by score."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QHeaderView, QWidget

from desktop_app.application.ports import PatientOrder, PatientPage, PatientRow
from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.exchange import Delivery
from desktop_app.gui import theme
from desktop_app.gui.patients.delegate import PatientRowDelegate
from desktop_app.gui.patients.model import ORDERS, TITLE_KEYS, Column, PatientTableModel
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.painting import chip_size
from desktop_app.gui.widgets.row_table import CELL_INDENT, Index, RowTable
from desktop_app.gui.widgets.sync_chip import sync_text
from desktop_app.gui.widgets.text_painting import text_width

# What leaves first where the table is narrow.
DROP_ORDER = (
    Column.DOCTOR,
    Column.RANGE,
    Column.TREND,
    Column.SYNC,
    Column.SEX_AGE,
    Column.LAST,
)
_NARROWEST_NAME = 136
_BAR = 84
_COURSE = 62


class _Header(QHeaderView):
    """Column heads with a chevron behind the one the rows are ordered by."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(Qt.Orientation.Horizontal, parent)
        self.setSectionsClickable(True)
        self.setHighlightSections(False)
        self.setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.setFixedHeight(theme.px(32))
        self.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self.order, self.is_descending = PatientOrder.LAST_ASSESSED, True

    def paintSection(self, painter: QPainter, rect: QRect, logical: int) -> None:
        painter.save()
        super().paintSection(painter, rect, logical)
        painter.restore()
        column = Column(logical)
        if ORDERS.get(column) is not self.order:
            return
        # Oldest first means the ages run downwards.
        points_down = self.is_descending != (column is Column.SEX_AGE)
        left = (
            rect.left()
            + CELL_INDENT
            + text_width(tr(TITLE_KEYS[column]), "smallStrong")
            + theme.px(5)
        )
        top = rect.center().y() - theme.px(7)
        icon = "chevron-down" if points_down else "chevron-up"
        theme.paint_icon(painter, left, top, icon, "t2", 14)


class PatientTable(RowTable):
    """The list itself; one row is selected at a time."""

    row_selected = Signal(object)
    preview_wanted = Signal()
    sort_chosen = Signal(PatientOrder)

    def __init__(self, model: PatientTableModel, parent: QWidget | None = None) -> None:
        self._painter = PatientRowDelegate()
        super().__init__(self._painter, parent)
        self.setObjectName("patient_table")
        self.setAccessibleName(tr("patients.title"))
        self._rows = model
        self._unwanted: set[Column] = set()
        self._shows_sync = False
        self._header = _Header(self)
        self.setHorizontalHeader(self._header)
        self._header.sectionClicked.connect(self._on_head_clicked)
        self.setModel(model)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)

    def show_order(self, order: PatientOrder, *, is_descending: bool) -> None:
        """Mark the column the rows are ordered by."""
        self._header.order, self._header.is_descending = order, is_descending
        self._header.viewport().update()

    def show_query(self, text: str) -> None:
        """Mark this text where it is found."""
        self._painter.query = text
        self.viewport().update()

    # -- the selected row

    def selected(self) -> PatientRow | None:
        """Return the selected row, if there is one."""
        at = self.chosen
        return self._rows.rows[at] if 0 <= at < len(self._rows.rows) else None

    def show_page(self, page: PatientPage, *, stays: bool) -> None:
        """Replace all rows; with `stays` the same patient is selected and nothing moves."""
        at, selected = max(0, self.chosen), self.selected()
        offset = self.verticalScrollBar().value()
        self._rows.show_page(page)
        if not stays:
            self.choose(0)
            return
        found = self._rows.row_of(selected.patient.patient_id) if selected else None
        self.choose(at if found is None else found)
        moved = 0 if found is None else found - at
        self.verticalScrollBar().setValue(offset + moved)

    def currentChanged(self, current: Index, previous: Index) -> None:
        super().currentChanged(current, previous)
        self.row_selected.emit(self.selected())

    # -- keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Space:
            self.preview_wanted.emit()
        else:
            super().keyPressEvent(event)

    def _on_head_clicked(self, section: int) -> None:
        order = ORDERS.get(Column(section))
        if order is not None:
            self.sort_chosen.emit(order)

    # -- columns

    def show_sync(self, *, is_shown: bool) -> None:
        """Show how the records stand towards the server, where there is one."""
        if is_shown != self._shows_sync:
            self._shows_sync = is_shown
            self.fit_columns()

    def offered_columns(self) -> dict[Column, bool]:
        """Return the columns that can be put away, and whether the person wants each."""
        return {
            column: column not in self._unwanted
            for column in Column
            if column is not Column.NAME and (self._shows_sync or column is not Column.SYNC)
        }

    def want_column(self, column: Column, *, is_wanted: bool) -> None:
        """Show or hide a column; a wanted one still waits for room."""
        (self._unwanted.discard if is_wanted else self._unwanted.add)(column)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Show the columns there is room for and share what is left over among them."""
        room = self.viewport().width()
        wanted = [column for column, is_wanted in self.offered_columns().items() if is_wanted]
        widths = {column: width_of(column) for column in (Column.NAME, *wanted)}
        for column in DROP_ORDER:
            if sum(widths.values()) > room:
                widths.pop(column, None)
        surplus = max(0, room - sum(widths.values()))
        share = surplus // len(widths)
        shown = {column: wide + share for column, wide in widths.items()}
        shown[Column.NAME] += surplus - share * len(widths)
        self.show_columns(shown)


def width_of(column: Column) -> int:
    """Return how wide a column has to be for its head and its usual content."""
    head = text_width(tr(TITLE_KEYS[column]), "smallStrong")
    if column in ORDERS:
        head += theme.px(20)
    samples = {
        Column.NAME: float(theme.px(_NARROWEST_NAME) - 2 * CELL_INDENT),
        Column.CHART: text_width("00000000", "body"),
        Column.SEX_AGE: text_width(tr("patients.sample_sex_age"), "body"),
        Column.LAST: text_width("2026-03-17", "body"),
        Column.PROBABILITY: theme.px(_BAR + 10) + text_width("0.00", "strong"),
        Column.RANGE: text_width("0.00–0.00", "body"),
        Column.ANSWER: max(chip_size(answer_text(state)).width() for state in AnswerState),
        Column.TREND: float(theme.px(_COURSE)),
        Column.DOCTOR: text_width(tr("patients.sample_doctor"), "body"),
        Column.SYNC: max(chip_size(sync_text(state)).width() for state in Delivery),
    }
    return round(max(head, samples[column])) + 2 * CELL_INDENT
