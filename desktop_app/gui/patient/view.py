"""The page of one patient: bar, tabs, course and timeline."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import (
    QApplication,
    QHBoxLayout,
    QStackedWidget,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.identifiers import RecordId
from desktop_app.gui import theme
from desktop_app.gui.actions import key_text
from desktop_app.gui.page import Page
from desktop_app.gui.patient.course import Course, Measure
from desktop_app.gui.patient.details import DetailsTab
from desktop_app.gui.patient.timeline import TimelineTable
from desktop_app.gui.patient.timeline_rows import BRIEF, FULL, TimelineRow
from desktop_app.gui.patient.trend_card import TrendCard
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.empty_state import EmptyState
from desktop_app.gui.widgets.patient_bar import PatientBar
from desktop_app.gui.widgets.scrolled import scrolled

TABS = ("overview", "assessments", "details")
_HEAD, _ROWS_SHOWN = 32, 5


@dataclass(frozen=True)
class Allowed:
    """What this person may do here; the rest is absent."""

    edit: bool
    assess: bool
    correct: bool
    print_reports: bool


class PatientPage(Page):
    """A patient; the two tables and the chart always agree on what is selected."""

    shown = Signal()
    work_kept = Signal()
    back_chosen = Signal()
    assessment_chosen = Signal()
    print_chosen = Signal()
    compare_chosen = Signal()
    edit_chosen = Signal()
    opened = Signal()
    banner_followed = Signal()
    selection_changed = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, allowed: Allowed, *, row_height: int) -> None:
        super().__init__()
        self.setObjectName("patient_page")
        self.set_title(tr("patient.title"))
        self.set_context_keys(tr("patient.keys", back=key_text("Alt+Left")))
        self._row_height = row_height
        self._is_following = False
        self.bar = PatientBar(tr("patients.title"))
        self.bar.back_chosen.connect(self.back_chosen)
        self._add_tools(allowed)
        self.banner = Banner("info", name="patient_banner")
        self.banner.link_activated.connect(self.banner_followed)
        self._banner_room = QWidget()
        self._banner_room.hide()
        framed = QHBoxLayout(self._banner_room)
        framed.setContentsMargins(16, 12, 16, 12)
        framed.addWidget(self.banner)
        self.trend = TrendCard()
        self.brief = TimelineTable(BRIEF, row_height=row_height)
        self.brief.setObjectName("timeline")
        self.full = TimelineTable(FULL, row_height=row_height)
        self.full.setObjectName("all_assessments")
        self.details = DetailsTab(may_edit=allowed.edit)
        self.details.edit_chosen.connect(self.edit_chosen)
        self.tabs = QTabWidget()
        self.tabs.setObjectName("patient_tabs")
        self.tabs.tabBar().setAccessibleName(tr("patient.title"))
        self.tabs.addTab(self._build_overview(allowed), tr("patient.overview"))
        self.tabs.addTab(self._build_all(), tr("patient.assessments"))
        self.tabs.addTab(self.details, tr("patient.details"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self._banner_room)
        column.addWidget(self.tabs, 1)
        self._connect()

    def _add_tools(self, allowed: Allowed) -> None:
        self.print_button = Button(
            tr("patient.report"), icon="printer", key=key_text("Ctrl+P"), name="print_report"
        )
        self.print_button.clicked.connect(self.print_chosen)
        self.assess_button = Button(
            tr("patient.new_assessment"),
            kind="primary",
            icon="plus",
            key=key_text("Ctrl+E"),
            name="new_assessment",
        )
        self.assess_button.clicked.connect(self.assessment_chosen)
        for button, is_allowed in (
            (self.print_button, allowed.print_reports),
            (self.assess_button, allowed.assess),
        ):
            self.bar.tools.addWidget(button)
            button.setVisible(is_allowed)

    def _build_overview(self, allowed: Allowed) -> QWidget:
        self.compare_button = Button(
            tr("patient.compare"), icon="columns-3", name="compare_assessments"
        )
        self.compare_button.setProperty("compact", "true")
        self.compare_button.clicked.connect(self.compare_chosen)
        self.timeline_card = _table_card("timeline_card", self.brief)
        self.timeline_card.head.addWidget(self.compare_button)
        ground = QWidget()
        ground.setProperty("page", "true")
        column = QVBoxLayout(ground)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addWidget(self.trend, 1)
        column.addWidget(self.timeline_card)
        filled = scrolled(ground)
        assess = Button(tr("patient.new_assessment"), kind="primary", icon="plus")
        assess.clicked.connect(self.assessment_chosen)
        buttons = [assess] if allowed.assess else []
        self._nothing = EmptyState(
            "chart-line",
            tr("patient.never_assessed"),
            tr("patient.never_assessed_how"),
            *buttons,
        )
        self._overview = QStackedWidget()
        self._overview.addWidget(QWidget())  # until the chart is read
        self._overview.addWidget(self._nothing)
        self._overview.addWidget(filled)
        return self._overview

    def _build_all(self) -> QWidget:
        self.all_card = _table_card("all_card", self.full)
        ground = QWidget()
        ground.setProperty("ground", "canvas")
        column = QVBoxLayout(ground)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self.all_card)
        return ground

    def _connect(self) -> None:
        self.trend.point_selected.connect(self._on_point_selected)
        self.trend.opened.connect(self.opened)
        for table in (self.brief, self.full):
            table.opened.connect(self.opened)
            table.selection_changed.connect(lambda table=table: self._on_selection(table))
            table.menu_wanted.connect(
                lambda at, table=table: self.menu_wanted.emit(table.viewport().mapToGlobal(at))
            )

    # -- what is shown

    def show_assessments(
        self, rows: Sequence[TimelineRow], courses: Mapping[Measure, Course]
    ) -> None:
        """Show the course and the rows; corrected versions stand on their own tab only."""
        valid = [row for row in rows if not row.summary.is_corrected]
        self._overview.setCurrentIndex(2 if valid else 1)
        self.trend.show_courses(courses)
        self.full.show_rows(rows)
        self.brief.show_rows(valid)
        count = len(valid)
        self.timeline_card.title.setText(tr("patient.count", n=count))
        self.all_card.title.setText(tr("patient.count", n=len(rows)))
        self.tabs.setTabText(1, f"{tr('patient.assessments')}  {len(rows)}")
        self.compare_button.setVisible(count > 1)
        lines = min(max(count, 1), _ROWS_SHOWN)
        frame = 36 + 4 + _HEAD
        self.timeline_card.setFixedHeight(theme.px(frame + lines * self._row_height) + 4)

    def show_banner(self, strong: str, text: str, link: str) -> None:
        """Say what stands open with this patient; an empty text takes it away."""
        self.banner.show_message("info", strong, text, link)
        self._banner_room.setVisible(bool(strong))

    @property
    def table(self) -> TimelineTable:
        """Return the table of the shown tab."""
        return self.full if self.tabs.currentIndex() == 1 else self.brief

    def selected(self) -> TimelineRow | None:
        """Return the assessment that was chosen last."""
        return self.table.current()

    # -- selection

    def _on_point_selected(self, assessment_id: RecordId) -> None:
        self.brief.select(assessment_id)

    def _on_selection(self, table: TimelineTable) -> None:
        """Let the chart and the other table follow."""
        row = table.current()
        if row is None or self._is_following:
            return
        self._is_following = True
        other = self.full if table is self.brief else self.brief
        if len(table.selected()) == 1:
            other.select(row.summary.assessment_id)
        self.trend.chart.select(row.summary.assessment_id)
        self._is_following = False
        self.selection_changed.emit()

    # -- moving around

    def step_tab(self, step: int) -> None:
        """Show the next or previous tab."""
        self.tabs.setCurrentIndex((self.tabs.currentIndex() + step) % self.tabs.count())
        self.tabs.tabBar().setFocus(Qt.FocusReason.TabFocusReason)

    def focus_pane(self, step: int) -> None:
        """Put the keyboard into the next or previous part of the page."""
        panes: list[QWidget] = [self.bar, self.tabs.tabBar()]
        if self.tabs.currentIndex() == 0 and self._overview.currentIndex() == 2:
            panes += [self.trend, self.brief]
        elif self.tabs.currentIndex() == 1:
            panes.append(self.full)
        at = next((at for at, pane in enumerate(panes) if _holds_keyboard(pane)), -1)
        target = panes[(at + step) % len(panes)]
        if target is self.bar:
            target = self.assess_button if self.assess_button.isVisible() else panes[1]
        target.setFocus(Qt.FocusReason.TabFocusReason)

    def on_shown(self) -> None:
        self.shown.emit()

    def save_work(self) -> None:
        self.work_kept.emit()

    def focus_first(self) -> None:
        """Put the keyboard into the timeline, or on the tabs where none is shown."""
        shows_table = self.table.isVisibleTo(self)
        (self.table if shows_table else self.tabs.tabBar()).setFocus()


def _holds_keyboard(pane: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is pane or pane.isAncestorOf(focused))


def _table_card(name: str, table: TimelineTable) -> Card:
    card = Card(" ", tr("patient.never_changed"), name=name)
    card.body.setContentsMargins(0, 0, 0, 2)
    card.body.setAlignment(Qt.AlignmentFlag(0))
    card.body.addWidget(table)
    return card
