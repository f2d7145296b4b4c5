"""The sync centre's page: the connection above, the list with its detail, cards beside it."""

from collections.abc import Mapping
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QProgressBar,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.exchange import Delivery
from desktop_app.gui import theme
from desktop_app.gui.page import Page
from desktop_app.gui.sync.cards import HeldCard, RunsCard, ServerCard, UsbCard
from desktop_app.gui.sync.detail import DetailPane
from desktop_app.gui.sync.model import OutboxModel
from desktop_app.gui.sync.table import OutboxTable
from desktop_app.gui.sync.words import Connection
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.banner import Banner, BannerKind
from desktop_app.gui.widgets.buttons import Button, FilterButton
from desktop_app.gui.widgets.chip import Chip
from desktop_app.gui.widgets.empty_state import EmptyState
from desktop_app.gui.widgets.filter_row import FilterRow
from desktop_app.gui.widgets.label import ElidedLabel, Label, ShorteningLabel
from desktop_app.gui.widgets.painting import ChipLook
from desktop_app.gui.widgets.patient_bar import PageHeader
from desktop_app.gui.widgets.scrolled import Ground, scrolled

_FILTERS: dict[Delivery | None, tuple[str, str, str]] = {
    None: ("all", "sync.filter_all", "list"),
    Delivery.CONFLICT: ("conflict", "sync.filter_conflict", "git-compare"),
    Delivery.REFUSED: ("refused", "sync.filter_refused", "octagon-x"),
    Delivery.WAITING: ("waiting", "sync.filter_waiting", "clock-3"),
}
_SIDE_WIDTH, _WIDE_SIDE_WIDTH, _WIDE_FROM = 344, 380, 1500
_SIDE_SHARE = 0.45
_TIGHT_BELOW, _BARE_BELOW = 900, 760


class SyncPage(Page):
    """Everything one sees and presses here; the presenter decides what it does."""

    place = "sync"
    shown = Signal()
    work_kept = Signal()
    sync_chosen = Signal()
    check_chosen = Signal()
    cancel_chosen = Signal()
    filter_chosen = Signal(object)
    row_chosen = Signal(int)
    opened = Signal()
    banner_link_chosen = Signal()
    empty_action_chosen = Signal()

    def __init__(self, today: date, *, may_decide: bool) -> None:
        super().__init__()
        self.setObjectName("sync_page")
        self.set_title(tr("sync.title"))
        self.model = OutboxModel(today, self)
        self.table = OutboxTable(self.model)
        self.detail = DetailPane(may_decide=may_decide)
        self.server = ServerCard()
        self.usb = UsbCard()
        self.runs = RunsCard()
        self.held = HeldCard()
        self._side = self._build_side()
        body = QHBoxLayout()
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(0)
        body.addLayout(self._build_list(), 1)
        body.addWidget(self._side)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._build_header())
        column.addLayout(body, 1)
        self.table.row_chosen.connect(self.row_chosen)
        self.table.opened.connect(self.opened)
        self.show_loading()

    def _build_header(self) -> QWidget:
        header = PageHeader()
        self.chip = Chip(ChipLook("circle-dashed", "t2"), "", name="connection_chip")
        self._counts = ShorteningLabel("", "body", "t2", name="sync_counts")
        self._why = Label("", "small", "t2", name="why_off")
        self.check = Button(tr("sync.check"), icon="plug-zap", name="check_connection")
        self.check.clicked.connect(self.check_chosen)
        self.sync = Button(
            tr("sync.sync_now"), kind="primary", icon="refresh-cw", key="F5", name="sync_now"
        )
        self.sync.clicked.connect(self.sync_chosen)
        header.row.addWidget(Label(tr("sync.title"), "pageTitle", name="page_title"))
        header.row.addWidget(self.chip)
        header.row.addSpacing(4)
        header.row.addWidget(self._counts, 1)
        for widget in (self._why, self.check, self.sync):
            header.row.addWidget(widget)
        return header

    def _build_list(self) -> QVBoxLayout:
        self.banner = Banner("warn", name="sync_banner")
        self.banner.link_activated.connect(self.banner_link_chosen)
        self._banner_frame = QWidget()
        frame = QVBoxLayout(self._banner_frame)
        frame.setContentsMargins(16, 10, 16, 10)
        frame.addWidget(self.banner)
        self._banner_frame.hide()
        self.empty_action = Button("", name="empty_action")
        self.empty_action.clicked.connect(self.empty_action_chosen)
        self._empty = EmptyState("refresh-cw", "", "", self.empty_action)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.table)
        self._stack.addWidget(self._empty)
        column = QVBoxLayout()
        column.setSpacing(0)
        self._filter_bar = self._build_filters()
        for widget in (self._filter_bar, self._build_progress(), self._banner_frame):
            column.addWidget(widget)
        column.addWidget(self._stack, 1)
        column.addWidget(self.detail)
        return column

    def _build_filters(self) -> FilterRow:
        bar = FilterRow()
        self._filters: dict[Delivery | None, FilterButton] = {}
        for show, (name, key, icon) in _FILTERS.items():
            button = bar.add_filter(f"filter_{name}", tr(key), icon)
            button.clicked.connect(lambda _on=False, show=show: self.filter_chosen.emit(show))
            self._filters[show] = button
        self._filters[None].setChecked(True)
        self._totals = ElidedLabel("", "small", "t2", name="sync_totals")
        self._totals.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        bar.row.addWidget(self._totals, 1)
        return bar

    def _build_progress(self) -> QWidget:
        self._progress = QWidget()
        self._progress.setProperty("bar", "progress")
        self._progress.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._progress_text = Label("", "small", name="progress_text")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("sync.state_running"))
        self.cancel = Button(tr("sync.cancel"), name="cancel_sync")
        self.cancel.setProperty("compact", "true")
        self.cancel.clicked.connect(self.cancel_chosen)
        row = QHBoxLayout(self._progress)
        row.setContentsMargins(16, 8, 16, 8)
        row.setSpacing(12)
        row.addWidget(self._progress_text)
        row.addWidget(self._bar, 1)
        row.addWidget(self.cancel)
        self._progress.hide()
        return self._progress

    def _build_side(self) -> QWidget:
        ground = Ground()
        ground.setProperty("page", "true")
        column = QVBoxLayout(ground)
        column.setContentsMargins(14, 12, 14, 12)
        column.setSpacing(12)
        for card in (self.server, self.usb, self.held, self.runs):
            column.addWidget(card)
        column.addStretch(1)
        side = QWidget()
        side.setProperty("bar", "pane")
        side.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(side)
        outer.setContentsMargins(1, 0, 0, 0)
        outer.addWidget(scrolled(ground))
        return side

    # -- what is shown

    def show_connection(self, stands: Connection, counts: str, numbers: str) -> None:
        """Show how the connection stands and how many records stand where, or `numbers` alone."""
        self.chip.show_text(stands.look, stands.text)
        self._counts.show_texts(counts, numbers)

    def show_possible(self, *, syncs: bool, checks: bool, why: str) -> None:
        """Switch the buttons of the header and say beside them why the main one is off."""
        self.sync.setEnabled(syncs)
        self.check.setEnabled(checks)
        self._why.setText(why)
        self._why.setVisible(bool(why))

    def show_counts(self, counts: Mapping[Delivery | None, int], totals: str) -> None:
        """Show how many records each filter holds."""
        for show, button in self._filters.items():
            button.set_count(f"{counts[show]:,}")
        self._filter_bar.fit()
        self._totals.setText(totals)

    def show_filter(self, show: Delivery | None) -> None:
        """Mark the filter that is on."""
        self._filters[show].setChecked(True)
        self._filter_bar.fit()

    def show_problem(self, kind: BannerKind, strong: str, text: str, link: str) -> None:
        """Say what stopped the last run, or nothing."""
        if strong:
            self.banner.show_message(kind, strong, text, link)
        self._banner_frame.setVisible(bool(strong))

    def show_progress(self, text: str, share: float | None, *, may_cancel: bool) -> None:
        """Show how far a run is; `share` is None while that cannot be told; no text ends it."""
        self._progress.setVisible(bool(text))
        self._progress_text.setText(text)
        self._bar.setRange(0, 0 if share is None else 1000)
        self._bar.setValue(0 if share is None else round(1000 * share))
        self.cancel.setVisible(may_cancel)

    def show_list(self) -> None:
        """Show the rows of the model."""
        self._show_content(self.table)

    def show_loading(self) -> None:
        """Say that the list is being read."""
        self._filter_bar.hide()
        self.show_empty(tr("sync.loading"), "")

    def show_empty(
        self,
        what: str,
        how: str,
        action: str = "",
        *,
        icon: str = "refresh-cw",
        has_filters: bool = False,
    ) -> None:
        """Say why there are no rows, and offer the next step as a button."""
        self._empty.show_lines(what, how, icon)
        self.empty_action.setText(action)
        self.empty_action.setAccessibleName(action)
        self.empty_action.setVisible(bool(action))
        self._filter_bar.setVisible(has_filters)
        self._show_content(self._empty)

    def _show_content(self, widget: QWidget) -> None:
        had_focus = self._holds_focus()
        if widget is self.table:
            self._filter_bar.show()
        self._stack.setCurrentWidget(widget)
        self.detail.setVisible(widget is self.table)
        if had_focus:
            self.focus_first()

    def _holds_focus(self) -> bool:
        focused = _focus_of(self.window())
        return focused is not None and (focused is self or self._stack.isAncestorOf(focused))

    # -- size and keyboard

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() >= theme.px(_WIDE_FROM)
        side = theme.px(_WIDE_SIDE_WIDTH if wide else _SIDE_WIDTH)
        self._side.setFixedWidth(min(side, round(_SIDE_SHARE * self.width())))
        is_tight = self.width() < theme.px(_TIGHT_BELOW)
        is_bare = self.width() < theme.px(_BARE_BELOW)
        self.sync.show_key(is_shown=not is_tight)
        self.check.show_words(is_shown=not is_bare)
        for button in (self.detail.copy, self.detail.patient, self.detail.again):
            button.show_words(is_shown=not is_tight)

    def on_shown(self) -> None:
        self.shown.emit()

    def save_work(self) -> None:
        self.work_kept.emit()

    def focus_first(self) -> None:
        """Put the keyboard into the list, or on the way to one."""
        if self._stack.currentWidget() is self.table:
            self.table.setFocus()
        elif self.empty_action.isVisible():
            self.empty_action.setFocus()
        else:
            self.setFocus()

    def focus_pane(self, step: int) -> None:
        """Put the keyboard into the next pane, or the previous one with a step of -1."""
        panes = (self._filter_bar, self._stack.currentWidget(), self.detail, self._side)
        stops = [(pane, stop) for pane in panes if (stop := _first_stop(pane)) is not None]
        focused = _focus_of(self.window())
        inside = [focused is not None and pane.isAncestorOf(focused) for pane, _ in stops]
        at = next((i for i, (_, stop) in enumerate(stops) if stop is focused or inside[i]), -step)
        if stops:
            stops[(at + step) % len(stops)][1].setFocus(Qt.FocusReason.ShortcutFocusReason)


def _focus_of(window: QWidget) -> QWidget | None:
    """Return what has the keyboard in a window, or will have it there."""
    return window.focusWidget()


def _first_stop(pane: QWidget) -> QWidget | None:
    """Return the first widget of a pane that takes the keyboard, the pane itself included."""
    for widget in (pane, *pane.findChildren(QWidget)):
        takes = bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)
        if takes and widget.isVisible() and widget.isEnabled():
            return widget
    return None
