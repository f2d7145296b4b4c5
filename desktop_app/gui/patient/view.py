"""The page of one patient: bar, what stands open, and the tabs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QApplication, QTabWidget, QVBoxLayout, QWidget

from desktop_app.domain.identifiers import RecordId
from desktop_app.gui.actions import key_text
from desktop_app.gui.page import Page
from desktop_app.gui.patient.banners import Banners
from desktop_app.gui.patient.course import Course, Measure
from desktop_app.gui.patient.details import DetailsTab
from desktop_app.gui.patient.history import HistoryTab
from desktop_app.gui.patient.overview import Overview, count_text, table_card
from desktop_app.gui.patient.timeline import TimelineTable
from desktop_app.gui.patient.timeline_rows import FULL, ForeignRow, Row, TimelineRow
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.patient_bar import PatientBar

TABS = ("overview", "assessments", "details", "history")


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
    selection_changed = Signal()
    history_wanted = Signal()
    menu_wanted = Signal(QPoint)

    def __init__(self, allowed: Allowed, *, row_height: int) -> None:
        super().__init__()
        self.setObjectName("patient_page")
        self.set_title(tr("patient.title"))
        self.set_context_keys(tr("patient.keys", back=key_text("Alt+Left")))
        self._is_following = False
        self.bar = PatientBar(tr("patients.title"))
        self.bar.back_chosen.connect(self.back_chosen)
        self._add_tools(allowed)
        self.banners = Banners(self.assess_button)
        self.overview = Overview(may_assess=allowed.assess, row_height=row_height)
        self.trend, self.brief = self.overview.trend, self.overview.timeline
        self.full = TimelineTable(FULL, row_height=row_height)
        self.full.setObjectName("all_assessments")
        self.details = DetailsTab(may_edit=allowed.edit)
        self.history = HistoryTab()
        self.tabs = QTabWidget()
        self.tabs.setObjectName("patient_tabs")
        self.tabs.tabBar().setAccessibleName(tr("patient.title"))
        self.tabs.addTab(self.overview, tr("patient.overview"))
        self.tabs.addTab(self._build_all(), tr("patient.assessments"))
        self.tabs.addTab(self.details, tr("patient.details"))
        self.tabs.addTab(self.history, tr("patient.history"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.bar)
        column.addWidget(self.banners)
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

    def _build_all(self) -> QWidget:
        self._all_card = table_card("all_card", self.full)
        ground = QWidget()
        ground.setProperty("ground", "canvas")
        column = QVBoxLayout(ground)
        column.setContentsMargins(16, 12, 16, 12)
        column.addWidget(self._all_card)
        return ground

    def _connect(self) -> None:
        self.overview.compare_chosen.connect(self.compare_chosen)
        self.overview.assessment_chosen.connect(self.assessment_chosen)
        self.details.edit_chosen.connect(self.edit_chosen)
        self.trend.point_selected.connect(self._on_point_selected)
        self.trend.opened.connect(self.opened)
        self.tabs.currentChanged.connect(self._on_tab_changed)
        for table in (self.brief, self.full):
            table.opened.connect(self.opened)
            table.selection_changed.connect(lambda table=table: self._on_selection(table))
            table.menu_wanted.connect(
                lambda at, table=table: self.menu_wanted.emit(table.viewport().mapToGlobal(at))
            )

    # -- what is shown

    def show_assessments(self, rows: Sequence[Row], courses: Mapping[Measure, Course]) -> None:
        """Show the course and the rows; corrected versions stand on their own tab only."""
        foreign = sum(isinstance(row, ForeignRow) for row in rows)
        self.full.show_rows(rows)
        self.overview.show_assessments([row for row in rows if not _is_corrected(row)], courses)
        self._all_card.title.setText(count_text(len(rows) - foreign, foreign))
        self.tabs.setTabText(1, f"{tr('patient.assessments')}  {len(rows) - foreign}")

    @property
    def is_showing_history(self) -> bool:
        """Tell whether the versions are looked at."""
        return self.tabs.currentWidget() is self.history

    @property
    def table(self) -> TimelineTable:
        """Return the table of the shown tab."""
        return self.full if self.tabs.currentIndex() == 1 else self.brief

    def selected(self) -> TimelineRow | None:
        """Return the assessment that was chosen last."""
        return self.table.current()

    def _on_tab_changed(self) -> None:
        if self.is_showing_history:
            self.history_wanted.emit()

    # -- selection

    def _on_point_selected(self, assessment_id: RecordId) -> None:
        self.brief.select(assessment_id)

    def _on_selection(self, table: TimelineTable) -> None:
        """Let the chart and the other table follow."""
        if self._is_following:
            return
        row = table.current()
        if row is not None:
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
        of_tab = (self.overview.panes(), [self.full], [self.details.edit], [self.history.table])
        shown = [pane for pane in of_tab[self.tabs.currentIndex()] if pane.isVisible()]
        panes: list[QWidget] = [self.bar, self.tabs.tabBar(), *shown]
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


def _is_corrected(row: Row) -> bool:
    return isinstance(row, TimelineRow) and row.summary.is_corrected


def _holds_keyboard(pane: QWidget) -> bool:
    focused = QApplication.focusWidget()
    return focused is not None and (focused is pane or pane.isAncestorOf(focused))
