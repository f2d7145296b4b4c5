"""The first tab of a patient: course, timeline, and beside them what other programs recorded."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from desktop_app.domain.exchange import ServerRecord
from desktop_app.gui import theme
from desktop_app.gui.patient.course import Course, Measure
from desktop_app.gui.patient.server_cards import RING, ServerCards
from desktop_app.gui.patient.timeline import TimelineTable
from desktop_app.gui.patient.timeline_rows import BRIEF, ForeignRow, Row
from desktop_app.gui.patient.trend_card import TrendCard
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.empty_state import EmptyState
from desktop_app.gui.widgets.scrolled import scrolled

_HEAD, _ROWS_SHOWN = 32, 5
# Where the window is narrower, or the text larger, the cards stand below.
_BESIDE_FROM, _WIDE_FROM = 900, 1120
_SIDE, _WIDE_SIDE = 286, 312


class Overview(QStackedWidget):
    """The chart and the rows of the valid assessments; empty until the chart is read."""

    compare_chosen = Signal()
    assessment_chosen = Signal()

    def __init__(self, *, may_assess: bool, row_height: int) -> None:
        super().__init__()
        self._row_height = row_height
        self.trend = TrendCard()
        self.timeline = TimelineTable(BRIEF, row_height=row_height)
        self.timeline.setObjectName("timeline")
        self.compare = Button(tr("patient.compare"), icon="columns-3", name="compare_assessments")
        self.compare.setProperty("compact", "true")
        self.compare.clicked.connect(self.compare_chosen)
        self._card = table_card("timeline_card", self.timeline)
        self._card.head.addWidget(self.compare)
        self._nothing = self._build_nothing(may_assess=may_assess)
        self.cards = ServerCards()
        left = QVBoxLayout()
        left.setContentsMargins(0, RING, RING, RING)
        left.setSpacing(12)
        left.addWidget(self._nothing, 1)
        left.addWidget(self.trend, 1)
        left.addWidget(self._card)
        ground = QWidget()
        ground.setProperty("page", "true")
        self._row = QBoxLayout(QBoxLayout.Direction.LeftToRight, ground)
        # The cards keep room around them for the ring of the keyboard.
        self._row.setContentsMargins(16, 12 - RING, 16 - RING, 12 - RING)
        self._row.setSpacing(12 - 2 * RING)
        self._row.addLayout(left, 1)
        self._row.addWidget(self.cards)
        self.addWidget(QWidget())
        self.addWidget(scrolled(ground))

    def _build_nothing(self, *, may_assess: bool) -> EmptyState:
        assess = Button(tr("patient.new_assessment"), kind="primary", icon="plus")
        assess.clicked.connect(self.assessment_chosen)
        what, how = tr("patient.never_assessed"), tr("patient.never_assessed_how")
        return EmptyState("chart-line", what, how, *([assess] if may_assess else []))

    def show_assessments(self, rows: Sequence[Row], courses: Mapping[Measure, Course]) -> None:
        """Show the course of the assessments, and below it all rows."""
        foreign = sum(isinstance(row, ForeignRow) for row in rows)
        count = len(rows) - foreign
        self.setCurrentIndex(1)
        self._nothing.setVisible(not count)
        self.trend.setVisible(bool(count))
        self._card.setVisible(bool(rows))
        self.trend.show_courses(courses)
        self.timeline.show_rows(rows)
        self._card.title.setText(count_text(count, foreign))
        self.compare.setVisible(count > 1)
        lines = min(max(len(rows), 1), _ROWS_SHOWN)
        frame = 36 + 4 + _HEAD
        self._card.setFixedHeight(theme.px(frame + lines * self._row_height) + 4)

    def show_records(self, records: Sequence[ServerRecord], now: datetime) -> None:
        """Show what other programs recorded beside the predictions."""
        self.cards.show_records(records, now)

    def panes(self) -> list[QWidget]:
        """Return the parts that the keyboard walks through."""
        return [part for part in (self.trend, self.timeline, self.cards) if part.isVisible()]

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        directions = QBoxLayout.Direction
        is_beside = self.width() >= theme.px(_BESIDE_FROM)
        self._row.setDirection(directions.LeftToRight if is_beside else directions.TopToBottom)
        side = theme.px(_WIDE_SIDE if self.width() >= theme.px(_WIDE_FROM) else _SIDE)
        self.cards.setMinimumWidth(side + 2 * RING if is_beside else 0)
        self.cards.setMaximumWidth(side + 2 * RING if is_beside else self.width())


def table_card(name: str, table: TimelineTable) -> Card:
    """Return a card that a timeline fills."""
    card = Card(" ", tr("patient.never_changed"), name=name)
    card.body.setContentsMargins(0, 0, 0, 2)
    card.body.setAlignment(Qt.AlignmentFlag(0))
    card.body.addWidget(table)
    return card


def count_text(assessments: int, foreign: int) -> str:
    """Return how many rows of either kind there are."""
    if foreign:
        return tr("patient.foreign_count", n=assessments, others=foreign)
    return tr("patient.count", n=assessments)
