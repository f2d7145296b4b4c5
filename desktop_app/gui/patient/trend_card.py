"""The card of the course: which figure, as a chart or as a table of the same figures."""

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QButtonGroup,
    QHeaderView,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QWidget,
)

from desktop_app.gui import theme
from desktop_app.gui.actions import key_text
from desktop_app.gui.patient.course import Course, Measure
from desktop_app.gui.patient.trend_chart import TrendChart
from desktop_app.gui.patient.words import (
    course_sentence,
    figure_of,
    measure_name,
    range_of,
    subtitle,
)
from desktop_app.gui.texts import format_date, format_probability, tr
from desktop_app.gui.widgets.answer_chip import answer_text
from desktop_app.gui.widgets.buttons import FilterButton
from desktop_app.gui.widgets.card import Card

_SHORT_NAMES = {Measure.PLATELETS: "PLT", Measure.CRP: "CRP"}


class TrendCard(Card):
    """Course of the probability, the platelets or the CRP."""

    point_selected = Signal(object)
    opened = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(tr("patient.trend"), " ", name="trend_card", parent=parent)
        self._courses: Mapping[Measure, Course] = {}
        self.chart = TrendChart()
        self.chart.point_selected.connect(self.point_selected)
        self.chart.opened.connect(self.opened)
        self.table = _CourseTable()
        self._stack = QStackedLayout()
        self.body.setAlignment(Qt.AlignmentFlag(0))
        self.body.setContentsMargins(10, 6, 10, 6)
        self.body.addLayout(self._stack)  # first: it shows what is added to it at once
        self._stack.addWidget(self.chart)
        self._stack.addWidget(self.table)
        self._measures = QButtonGroup(self)
        self._buttons: dict[Measure, FilterButton] = {}
        for measure in Measure:
            text = _SHORT_NAMES.get(measure) or measure_name(measure)
            button = FilterButton(text, name=f"measure_{measure.value}")
            button.setAccessibleName(measure_name(measure))
            button.setChecked(measure is Measure.PROBABILITY)
            button.clicked.connect(self._show)
            self._measures.addButton(button)
            self._buttons[measure] = button
            self.head.addWidget(button)
        self.head.addSpacing(8)
        self.as_table = FilterButton(tr("patient.as_table"), "table-2", name="as_table")
        self.as_table.setToolTip(f"{tr('patient.as_table')} ({key_text('Ctrl+Shift+T')})")
        self.as_table.toggled.connect(self._show)
        self.head.addWidget(self.as_table)

    @property
    def measure(self) -> Measure:
        """Return which figure is shown."""
        return next(one for one, button in self._buttons.items() if button.isChecked())

    @property
    def shown(self) -> QWidget:
        """Return the chart, or the table in its place."""
        return self.table if self.as_table.isChecked() else self.chart

    def show_courses(self, courses: Mapping[Measure, Course]) -> None:
        """Show the courses of a patient."""
        self._courses = courses
        self._show()

    def show_measure(self, measure: Measure) -> None:
        """Show the course of this figure."""
        self._buttons[measure].setChecked(True)
        self._show()

    def swap(self) -> None:
        """Show the table in place of the chart, or the chart again, keyboard and all."""
        had_keyboard = self.shown.hasFocus()
        self.as_table.toggle()
        if had_keyboard:
            self.shown.setFocus()

    def _show(self) -> None:
        course = self._courses.get(self.measure)
        if course is None:
            return
        self.subtitle.setText(subtitle(course))
        self.chart.show_course(course, course_sentence(course))
        self.table.show_course(course)
        self._stack.setCurrentWidget(self.shown)
        self.title.setText(tr("patient.trend_of", measure=measure_name(self.measure)))
        self.setFocusProxy(self.shown)


class _CourseTable(QTableWidget):
    """The figures of a course, oldest first as on the chart."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("trend_table")
        self.setAccessibleName(tr("patient.trend"))
        self.verticalHeader().hide()
        self.setShowGrid(False)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setTabKeyNavigation(False)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.Stretch)

    def show_course(self, course: Course) -> None:
        """Show every point as a row."""
        heads = [tr("patient.date"), measure_name(course.measure)]
        is_score = course.measure is Measure.PROBABILITY
        if is_score:
            heads += [tr("patient.range"), tr("patient.against"), tr("patient.threshold_head")]
        heads.append(tr("patient.model"))
        self.clear()
        self.setColumnCount(len(heads))
        self.setHorizontalHeaderLabels(heads)
        self.setRowCount(len(course.points))
        for row, point in enumerate(course.points):
            texts = [format_date(point.at), figure_of(course.measure, point.value)]
            if is_score:
                texts += [
                    range_of(point.low, point.high),
                    answer_text(point.state),
                    format_probability(point.threshold),
                ]
            for column, text in enumerate([*texts, point.model_name]):
                self.setItem(row, column, QTableWidgetItem(text))
            self.setRowHeight(row, theme.px(30))
