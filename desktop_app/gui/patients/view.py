"""The patient list's page: search, filters, table, preview, and what an empty list says."""

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import (
    QApplication,
    QMenu,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.application.ports import PatientFilter, PatientOrder
from desktop_app.domain.draft import Draft
from desktop_app.domain.patient import Patient
from desktop_app.gui import theme
from desktop_app.gui.page import Page
from desktop_app.gui.patients.drafts import DraftTable
from desktop_app.gui.patients.filter_bar import FilterBar
from desktop_app.gui.patients.model import PatientTableModel
from desktop_app.gui.patients.preview import PREVIEW_WIDTH, PreviewPane
from desktop_app.gui.patients.table import PatientTable
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.empty_state import EmptyState
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.patient_bar import PageHeader
from desktop_app.gui.widgets.search_field import SearchField

# A window narrower than 1366 closes the preview first; from 1900 on it gets wider.
_PREVIEW_FROM, _WIDE_FROM = 1160, 1600
# Large text: the search needs the room.
_TIGHT_BELOW = 960
_WIDE_PREVIEW_WIDTH = 360


class PatientsPage(Page):
    """Everything one sees and presses here; the presenter decides what it does."""

    search_edited = Signal(str)
    filter_chosen = Signal(PatientFilter)
    drafts_chosen = Signal()
    new_patient_chosen = Signal()
    sort_chosen = Signal(PatientOrder)
    opened = Signal()
    assessment_chosen = Signal()
    draft_opened = Signal(Draft)
    recent_chosen = Signal(Patient)
    menu_wanted = Signal(QPoint)
    shown = Signal()
    work_kept = Signal()

    def __init__(self, today: date, *, may_edit: bool, may_assess: bool) -> None:
        super().__init__()
        self.setObjectName("patients_page")
        self._may_edit = may_edit
        self._wants_preview: bool | None = None
        self._is_split_by_hand = False
        self.model = PatientTableModel(today, self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.table = PatientTable(self.model)
        self.filters = FilterBar(self.table)
        column.addWidget(self._build_header())
        column.addWidget(self.filters)
        self.drafts = DraftTable()
        self.empty_action = Button("", name="empty_action")
        self._empty = EmptyState("users", "", "", self.empty_action)
        self._stack = QStackedWidget()
        for widget in (self.table, self.drafts, self._empty):
            self._stack.addWidget(widget)
        self.preview = PreviewPane(may_assess=may_assess)
        self._splitter = QSplitter(Qt.Orientation.Horizontal)
        self._splitter.setHandleWidth(5)
        self._splitter.setChildrenCollapsible(False)
        self._splitter.addWidget(self._stack)
        self._splitter.addWidget(self.preview)
        self._splitter.setStretchFactor(0, 1)
        column.addWidget(self._splitter, 1)
        self._connect()
        self.set_title(tr("patients.title"))

    def _build_header(self) -> QWidget:
        header = PageHeader()
        self._total = Label("", "body", "t2", name="patient_total")
        self.search = SearchField(
            tr("patients.search_hint"), clear_text=tr("patients.search_clear"), key="Ctrl+F"
        )
        self.search.setMinimumWidth(theme.px(200))
        self.search.setMaximumWidth(theme.px(460))
        header.row.addWidget(Label(tr("patients.title"), "pageTitle", name="page_title"))
        header.row.addWidget(self._total)
        header.row.addSpacing(16)
        header.row.addWidget(self.search, 3)
        header.row.addWidget(self._build_recent())
        header.row.addStretch(2)
        self._new = Button(
            tr("patients.new_patient"),
            kind="primary",
            icon="user-plus",
            key="Ctrl+N",
            name="new_patient",
        )
        header.row.addWidget(self._new)
        self._new.setVisible(self._may_edit)
        return header

    def _build_recent(self) -> QWidget:
        self._recent = QToolButton()
        self._recent.setObjectName("recent")
        self._recent.setProperty("kind", "icon")
        self._recent.setFixedSize(theme.px(32), theme.px(32))
        self._recent.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._recent.setAccessibleName(tr("patients.recent"))
        self._recent.setToolTip(tr("patients.recent"))
        theme.set_icon(self._recent, "history", "t2")
        self._recent_menu = QMenu(self._recent)
        self._recent.setMenu(self._recent_menu)
        self._recent.hide()
        return self._recent

    def _connect(self) -> None:
        self.search.text_edited.connect(self.search_edited)
        self.search.row_key_pressed.connect(self._on_row_key)
        self.search.entered.connect(self._on_search_entered)
        self._new.clicked.connect(self.new_patient_chosen)
        self.filters.filter_chosen.connect(self.filter_chosen)
        self.filters.drafts_chosen.connect(self.drafts_chosen)
        self.filters.preview_toggled.connect(self.toggle_preview)
        self._splitter.splitterMoved.connect(self._on_split)
        self.table.opened.connect(self.opened)
        self.table.preview_wanted.connect(self.show_preview)
        self.table.sort_chosen.connect(self.sort_chosen)
        self.table.menu_wanted.connect(self.menu_wanted)
        self.drafts.draft_opened.connect(self.draft_opened)
        self.preview.open_chosen.connect(self.opened)
        self.preview.assessment_chosen.connect(self.assessment_chosen)

    # -- what is shown

    def show_counts(self, counts: Mapping[PatientFilter, int], drafts: int) -> None:
        """Show how many patients each filter holds and how many drafts wait."""
        self._total.setText(tr("patients.count", n=counts[PatientFilter.ALL]))
        self.filters.show_counts(counts, drafts)

    def show_recent(self, recent: Sequence[Patient]) -> None:
        """Offer the patients that were opened last."""
        self._recent_menu.clear()
        for patient in recent:
            text = f"{patient.name} · {patient.chart_number}".replace("&", "&&")
            action = self._recent_menu.addAction(text)
            action.triggered.connect(lambda _=False, one=patient: self.recent_chosen.emit(one))
        self._recent.setVisible(bool(recent))

    def show_sync(self, *, is_shown: bool) -> None:
        """Show how records stand towards the server, where there is one."""
        self.table.show_sync(is_shown=is_shown)
        self.filters.show_sync(is_shown=is_shown)
        self.preview.show_sync(is_shown=is_shown)

    def show_list(self) -> None:
        """Show the rows of the model."""
        self._show_content(self.table)

    def show_drafts(self) -> None:
        """Show the drafts that wait for this person."""
        self.filters.show_drafts()
        self._show_content(self.drafts)

    def show_empty(self, what: str, how: str, action: str = "") -> None:
        """Say why there are no rows, and offer the next step as a button."""
        self._empty.show_lines(what, how)
        self.empty_action.setText(action)
        self.empty_action.setAccessibleName(action)
        self.empty_action.setVisible(bool(action))
        self._show_content(self._empty)

    def _show_content(self, widget: QWidget) -> None:
        had_focus = self._stack.currentWidget().hasFocus()
        self._stack.setCurrentWidget(widget)
        if had_focus:
            (self.search if widget is self._empty else widget).setFocus()
        self._place_preview()

    # -- the preview

    def toggle_preview(self) -> None:
        """Open or close the preview, and keep it so."""
        self._wants_preview = not self.preview.isVisible()
        self._place_preview()

    def show_preview(self) -> None:
        """Open the preview."""
        if not self.preview.isVisible():
            self.toggle_preview()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._new.show_key(is_shown=self.width() >= theme.px(_TIGHT_BELOW))
        self._place_preview()

    def _place_preview(self) -> None:
        fits = self.width() >= theme.px(_PREVIEW_FROM)
        is_wanted = fits if self._wants_preview is None else self._wants_preview
        is_shown = is_wanted and self._stack.currentWidget() is self.table
        self.preview.setVisible(is_shown)
        if is_shown and not self._is_split_by_hand:
            is_wide = self.width() >= theme.px(_WIDE_FROM)
            wanted = theme.px(_WIDE_PREVIEW_WIDTH if is_wide else PREVIEW_WIDTH)
            handle = self._splitter.handleWidth()
            self._splitter.setSizes([max(1, self.width() - wanted - handle), wanted])

    def _on_split(self) -> None:
        self._is_split_by_hand = True

    # -- the keyboard

    def on_shown(self) -> None:
        self.shown.emit()

    def save_work(self) -> None:
        self.work_kept.emit()

    def focus_first(self) -> None:
        """Put the keyboard into the search."""
        self.search.setFocus()
        self.search.line.selectAll()

    def _on_row_key(self, event: QKeyEvent) -> None:
        if self._stack.currentWidget() is not self._empty:
            (self.drafts if self._is_showing_drafts() else self.table).keyPressEvent(event)

    def _on_search_entered(self) -> None:
        if self._is_showing_drafts():
            self.drafts.open_selected()
        elif self._stack.currentWidget() is self.table:
            self.opened.emit()

    def _is_showing_drafts(self) -> bool:
        return self._stack.currentWidget() is self.drafts

    def focus_pane(self, step: int) -> None:
        """Put the keyboard into the next pane, or the previous one with a step of -1."""
        panes = [self.search.line, self._stack.currentWidget(), self.preview]
        shown = [pane for pane in panes if pane.isVisible()]
        at = next((i for i, pane in enumerate(shown) if _holds_focus(pane)), -step)
        chosen = shown[(at + step) % len(shown)]
        if chosen is self.preview:
            chosen = self.preview.first_button
        chosen.setFocus(Qt.FocusReason.ShortcutFocusReason)


def _holds_focus(pane: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is pane or pane.isAncestorOf(focused))
