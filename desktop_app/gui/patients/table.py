"""The table of patients: rows by keyboard, columns that fit, heads that sort, never by score."""

from PySide6.QtCore import QEvent, QModelIndex, QPersistentModelIndex, QPoint, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView, QWidget

from desktop_app.application.ports import PatientOrder, PatientPage, PatientRow
from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.exchange import Delivery
from desktop_app.gui import theme
from desktop_app.gui.patients.delegate import CELL_INDENT, PatientRowDelegate
from desktop_app.gui.patients.model import ORDERS, TITLE_KEYS, Column, PatientTableModel
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.painting import chip_size
from desktop_app.gui.widgets.sync_chip import sync_text
from desktop_app.gui.widgets.text_painting import text_width

_Index = QModelIndex | QPersistentModelIndex

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


class PatientTable(QTableView):
    """The list itself; one row is selected at a time."""

    row_selected = Signal(object)
    opened = Signal()
    preview_wanted = Signal()
    sort_chosen = Signal(PatientOrder)
    menu_wanted = Signal(QPoint)

    def __init__(self, model: PatientTableModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("patient_table")
        self.setAccessibleName(tr("patients.title"))
        self._rows = model
        self._unwanted: set[Column] = set()
        self._shows_sync = False
        self.delegate = PatientRowDelegate(self)
        self._header = _Header(self)
        self.setHorizontalHeader(self._header)
        self._header.sectionClicked.connect(self._on_head_clicked)
        self.setModel(model)
        self.setItemDelegate(self.delegate)
        self.setShowGrid(False)
        self.setMouseTracking(True)
        self.setTabKeyNavigation(False)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
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
        self.delegate.row_height = 30 if is_compact else 36
        self.verticalHeader().setDefaultSectionSize(theme.px(self.delegate.row_height))

    def show_order(self, order: PatientOrder, *, is_descending: bool) -> None:
        """Mark the column the rows are ordered by."""
        self._header.order, self._header.is_descending = order, is_descending
        self._header.viewport().update()

    def show_query(self, text: str) -> None:
        """Mark this text where it is found."""
        self.delegate.query = text
        self.viewport().update()

    # -- the selected row

    def selected(self) -> PatientRow | None:
        """Return the selected row, if there is one."""
        at = self.currentIndex().row()
        return self._rows.rows[at] if 0 <= at < len(self._rows.rows) else None

    def select(self, at: int) -> None:
        """Select a row, or the nearest there is."""
        if self._rows.rows:
            self.setCurrentIndex(self._rows.index(max(0, min(at, len(self._rows.rows) - 1)), 0))

    def show_page(self, page: PatientPage, *, stays: bool) -> None:
        """Replace all rows; with `stays` the same patient is selected and nothing moves."""
        at, selected = max(0, self.currentIndex().row()), self.selected()
        offset = self.verticalScrollBar().value()
        self._rows.show_page(page)
        if not stays:
            self.select(0)
            return
        found = self._rows.row_of(selected.patient.patient_id) if selected else None
        self.select(at if found is None else found)
        moved = 0 if found is None else found - at
        self.verticalScrollBar().setValue(offset + moved)

    def currentChanged(self, current: _Index, previous: _Index) -> None:
        super().currentChanged(current, previous)
        self.row_selected.emit(self.selected())

    # -- keys and mouse

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, at = event.key(), self.currentIndex().row()
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.opened.emit()
        elif key == Qt.Key.Key_Space:
            self.preview_wanted.emit()
        elif (step := self._steps().get(Qt.Key(key))) is not None and not event.modifiers() & (
            Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier
        ):
            self.select(at + step)
        else:
            event.ignore()

    def _steps(self) -> dict[Qt.Key, int]:
        page = max(1, self.viewport().height() // theme.px(self.delegate.row_height) - 1)
        everything = len(self._rows.rows)
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

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit_columns()

    def fit_columns(self) -> None:
        """Show the columns there is room for and share what is left over among them."""
        room = self.viewport().width()
        wanted = [column for column, is_wanted in self.offered_columns().items() if is_wanted]
        widths = {column: width_of(column) for column in (Column.NAME, *wanted)}
        for column in DROP_ORDER:
            if sum(widths.values()) > room:
                widths.pop(column, None)
        shown = sorted(widths)
        surplus = max(0, room - sum(widths.values()))
        share = surplus // len(shown)
        for column in Column:
            self.setColumnHidden(column, column not in widths)
        for column in shown:
            self.setColumnWidth(column, widths[column] + share)
        self.setColumnWidth(shown[0], widths[shown[0]] + surplus - share * (len(shown) - 1))
        self.delegate.first_column, self.delegate.last_column = shown[0], shown[-1]


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
