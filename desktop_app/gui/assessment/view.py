"""The form's page: rows of values in three sections, and the pane beside them."""

from collections.abc import Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.lab_panel import EXPOSURE, FIELDS, Group
from desktop_app.domain.panel import MissingReason, Panel
from desktop_app.gui import theme
from desktop_app.gui.assessment.columns import NARROW, PREVIOUS, WIDE, set_columns
from desktop_app.gui.assessment.dialogs import Sample, SampleDialog, YearsDialog
from desktop_app.gui.assessment.hand_over_card import HandOverCard
from desktop_app.gui.assessment.heads import BloodHead, FluidHead, FormHead, SectionHead
from desktop_app.gui.assessment.row_display import RowDisplay
from desktop_app.gui.assessment.side_pane import SidePane
from desktop_app.gui.assessment.value_row import ValueRow
from desktop_app.gui.page import Page
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.banner import Banner, BannerKind, announce
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.dialog import confirm
from desktop_app.gui.widgets.label import Label, icon_label
from desktop_app.gui.widgets.patient_bar import PatientBar
from desktop_app.gui.widgets.scrolled import Ground
from desktop_app.gui.widgets.text_field import commit_composition

_WIDE_FROM = 1160  # design pixels


class AssessmentView(Page):
    """Shows the form; every signal that is about a value names its field."""

    text_typed = Signal(str, str)
    unit_chosen = Signal(str, str)
    row_entered = Signal(str)
    row_left = Signal(str)
    suggestion_taken = Signal(str)
    figure_confirmed = Signal(str)
    reason_given = Signal(str, MissingReason)
    next_wanted = Signal(str)
    no_fluid_chosen = Signal(bool)
    sample_wanted = Signal()
    years_wanted = Signal()
    main_chosen = Signal()
    discard_chosen = Signal()
    close_chosen = Signal()
    left_or_locked = Signal()

    def __init__(self, *, may_assess: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("assessment_form")
        self.bar = PatientBar(tr("assessment.back"))
        self.bar.back_chosen.connect(self.close_chosen)
        self._build_tools()
        self._head = FormHead()
        self.rows: dict[str, ValueRow] = {}
        self._is_side_beside = True
        self._is_wide = True
        self._blood_head = BloodHead()
        self._blood_head.edit_chosen.connect(self.sample_wanted)
        self._fluid_head = FluidHead()
        self._fluid_head.no_fluid_chosen.connect(self.no_fluid_chosen)
        self._banner = Banner(name="form_banner")
        self._banner.hide()
        self.main_button = (
            Button(
                tr("assessment.assess"),
                kind="primary",
                icon="play",
                key="Ctrl+Enter",
                name="assess",
            )
            if may_assess
            else Button("", kind="primary", icon="send", key="Ctrl+Enter", name="hand_over_button")
        )
        self.main_button.clicked.connect(self.main_chosen)
        self.side = SidePane(self.main_button)
        self.side.field_wanted.connect(self.focus_field)
        self.hand_over: HandOverCard | None = None
        if not may_assess:
            self.hand_over = HandOverCard()
            self.side.put_on_top(self.hand_over, instead_of_ratios=True)
        self._lay_out()
        escape = QShortcut(QKeySequence("Esc"), self)
        escape.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        escape.activated.connect(self.close_chosen)
        self.setEnabled(False)

    # -- building ------------------------------------------------------------------------

    def _build_tools(self) -> None:
        self._saved_icon = icon_label("save", "t2")
        self._saved_icon.hide()
        self._saved = Label("", "small", "t2", name="draft_state")
        discard = Button("", kind="plain", icon="trash-2", name="discard_draft")
        discard.setAccessibleName(tr("assessment.discard"))
        discard.setToolTip(tr("assessment.discard"))
        discard.clicked.connect(self.discard_chosen)
        close = Button(tr("common.close"), key="Esc", name="close_form")
        close.clicked.connect(self.close_chosen)
        for widget in (self._saved_icon, self._saved, discard, close):
            self.bar.tools.addWidget(widget)

    def _lay_out(self) -> None:
        form = self._rows_ground = QWidget()
        self._grid = QGridLayout(form)
        self._grid.setContentsMargins(0, 0, 0, 8)
        self._grid.setVerticalSpacing(theme.px(5))
        set_columns(self._grid, WIDE)
        line = 0
        for group, section in (
            (Group.HISTORY, SectionHead(tr("assessment.history"))),
            (Group.BLOOD, self._blood_head),
            (Group.FLUID, self._fluid_head),
        ):
            self._grid.addWidget(section, line, 0, 1, PREVIOUS + 1)
            line += 1
            for field in FIELDS:
                if field.group is group:
                    self._add_row(field.key, ValueRow(field, self._grid, line, form))
                    line += 2
        self._fluid_note = self._note(tr("assessment.no_fluid_note"))
        self._grid.addWidget(self._fluid_note, line, 0, 1, PREVIOUS + 1)
        self._grid.setRowStretch(line + 1, 1)
        self._scroll = _Rows(self._head)
        ground = Ground()
        ground.needs_changed.connect(self._place)
        ground.setProperty("bar", "form")
        ground.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._below = QVBoxLayout(ground)
        self._below.setContentsMargins(0, 0, 0, 0)
        self._below.addWidget(form, 1)
        self._scroll.setWidget(ground)
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QFrame.Shape.NoFrame)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        left = QVBoxLayout()
        left.setSpacing(0)
        left.addWidget(self._banner_frame())
        left.addWidget(self._scroll, 1)
        self._middle = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._middle.setSpacing(0)
        self._middle.addLayout(left, 1)
        self._middle.addWidget(self.side)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.bar)
        page.addLayout(self._middle, 1)

    def _banner_frame(self) -> QWidget:
        self._banner_room = QWidget()
        room = QVBoxLayout(self._banner_room)
        room.setContentsMargins(14, 10, 12, 2)
        room.addWidget(self._banner)
        self._banner_room.hide()
        return self._banner_room

    def _note(self, text: str) -> QWidget:
        note = QWidget()
        note.setObjectName("fluid_note")
        row = QHBoxLayout(note)
        row.setContentsMargins(theme.px(14), 6, theme.px(12), 6)
        row.setSpacing(8)
        row.addWidget(icon_label("info", "t2"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(Label(text, "small", "t2", wrap=True), 1)
        note.hide()
        return note

    def _add_row(self, key: str, row: ValueRow) -> None:
        self.rows[key] = row
        row.typed.connect(lambda text: self.text_typed.emit(key, text))
        row.unit_chosen.connect(lambda unit: self.unit_chosen.emit(key, unit))
        row.entered.connect(lambda: self._on_entered(key))
        row.left.connect(lambda: self.row_left.emit(key))
        row.next_wanted.connect(lambda: self.next_wanted.emit(key))
        row.suggestion_taken.connect(lambda: self.suggestion_taken.emit(key))
        row.confirmed.connect(lambda: self.figure_confirmed.emit(key))
        row.reason_given.connect(lambda reason: self.reason_given.emit(key, reason))
        if key == EXPOSURE.key:
            years = Button(tr("assessment.years"), kind="link", name="exposure_years")
            years.clicked.connect(self.years_wanted)
            row.ranges.put_beside(years)

    # -- showing -------------------------------------------------------------------------

    def show_patient(self, name: str, about: str, facts: Sequence[tuple[str, str]]) -> None:
        """Say whose form this is."""
        self.bar.show_patient(name, about, facts)

    def show_heading(self, heading: str, previous: str) -> None:
        """Name the form, and the day of the earlier values."""
        self._head.show_texts(heading, previous)

    def show_banner(self, kind: BannerKind, strong: str, text: str = "") -> None:
        """Say something about the whole form above it."""
        self._banner.show_message(kind, strong, text)
        self._banner.show()
        self._banner_room.show()

    def show_panel(self, panel: Panel, displays: Mapping[str, RowDisplay]) -> None:
        """Show rows that changed."""
        for key, display in displays.items():
            self.rows[key].show_entry(panel.entries[key], display)
        self._fluid_head.show_no_fluid(panel.has_no_fluid)
        self._fluid_note.setVisible(panel.has_no_fluid)

    def show_sample(self, text: str) -> None:
        """Say when and where the blood was taken."""
        self._blood_head.show_sample(text)

    def show_main_button(self, text: str, *, enabled: bool, reason: str) -> None:
        """Switch the main button, with the reason beside it."""
        self.main_button.setText(text.replace("&", "&&"))
        self.main_button.setAccessibleName(text)
        self.main_button.setAccessibleDescription(reason)
        self.main_button.setEnabled(enabled)
        self.side.show_reason(reason)

    def show_draft_state(self, text: str, *, failed: bool = False) -> None:
        """Say whether what was typed is kept."""
        tone = "err" if failed else "t2"
        theme.set_icon(self._saved_icon, "octagon-x" if failed else "save", tone)
        self._saved_icon.setVisible(bool(text))
        self._saved.set_tone(tone)
        self._saved.setText(text)

    def announce(self, text: str, *, assertive: bool) -> None:
        """Let a screen reader say a message."""
        announce(self, text, assertive=assertive)

    def focus_field(self, key: str) -> None:
        """Put the keyboard into a value and bring it into sight."""
        row = self.rows[key]
        row.focus()
        self._scroll.ensureWidgetVisible(row.field, 0, theme.px(60))

    def focus_first(self) -> None:
        self.focus_field(next(key for key, row in self.rows.items() if row.can_be_typed))

    def focus_main_button(self) -> None:
        """Put the keyboard on the main button."""
        self.main_button.setFocus(Qt.FocusReason.TabFocusReason)

    def save_work(self) -> None:
        commit_composition()
        self.left_or_locked.emit()

    def can_leave(self) -> bool:
        self.save_work()
        return True

    # -- asking --------------------------------------------------------------------------

    def ask_sample(self, suggested: Sample, born: date, today: date) -> Sample | None:
        """Ask where the sample came from; None if the person thought better of it."""
        dialog = SampleDialog(self, suggested, born, today)
        return dialog.sample() if dialog.exec() == QDialog.DialogCode.Accepted else None

    def ask_years(
        self, years: tuple[int | None, int | None], today: date
    ) -> tuple[int, int] | None:
        """Ask for the years of exposure; None if the person thought better of it."""
        dialog = YearsDialog(self, years, today)
        return dialog.years() if dialog.exec() == QDialog.DialogCode.Accepted else None

    def ask_discard(self, name: str, count: int) -> bool:
        """Ask before a draft is thrown away."""
        return confirm(
            self,
            tr("assessment.discard_title"),
            tr("assessment.discard_text", name=name, n=count),
            accept=tr("assessment.discard_accept"),
            keep=tr("assessment.discard_keep"),
        )

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        is_wide = event.size().width() >= theme.px(_WIDE_FROM)
        if is_wide != self._is_wide:
            self._is_wide = is_wide
            columns = WIDE if is_wide else NARROW
            set_columns(self._grid, columns)
            self._head.take_columns(columns)
        self._place()

    def _place(self) -> None:
        """Give the side what the rows leave, whatever stands in them now."""
        taken = self._rows_ground.minimumSizeHint().width()
        taken += self._scroll.verticalScrollBar().sizeHint().width()
        self._place_side(self.side.take_width(self.width() - taken))

    def _place_side(self, is_beside: bool) -> None:
        """Put the cards beside the rows, or below them where there is too little room."""
        if is_beside == self._is_side_beside:
            return
        self._is_side_beside = is_beside
        ways = QBoxLayout.Direction
        self._middle.setDirection(ways.LeftToRight if is_beside else ways.TopToBottom)
        if is_beside:
            self.side.go_beside()
        else:
            self.side.go_below(self._below)

    def _on_entered(self, key: str) -> None:
        self._scroll.ensureWidgetVisible(self.rows[key].field, 0, theme.px(60))
        self.row_entered.emit(key)


class _Rows(QScrollArea):
    """The rows, under a head that goes sideways with them and stays where it is otherwise."""

    def __init__(self, head: QWidget) -> None:
        super().__init__()
        self._head = head
        self._window = QWidget(self)
        head.setParent(self._window)
        self.setViewportMargins(0, head.height(), 0, 0)
        self.horizontalScrollBar().valueChanged.connect(self._place_head)
        self.horizontalScrollBar().rangeChanged.connect(self._place_head)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place_head()

    def _place_head(self) -> None:
        seen, height = self.viewport().width(), self._head.height()
        self._window.setGeometry(self.viewport().x(), 0, seen, height)
        aside = self.horizontalScrollBar()
        self._head.setGeometry(-aside.value(), 0, seen + aside.maximum(), height)
