"""The page of two assessments: heads, what the difference is worth, inputs and contributions."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import (
    QBoxLayout,
    QHBoxLayout,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from desktop_app.application.comparison import ComparedAssessment, Comparison
from desktop_app.domain.assessment import Stance
from desktop_app.gui import theme
from desktop_app.gui.actions import key_text
from desktop_app.gui.compare.figures import Cell, FigureTable
from desktop_app.gui.compare.paired_list import PairedList, PairedTexts
from desktop_app.gui.compare.words import (
    InputRow,
    MovedRow,
    day_names,
    input_rows,
    moved_rows,
    moved_sentence,
    range_of,
    short_day_names,
    signed,
    start_text,
    verdict,
)
from desktop_app.gui.page import Page
from desktop_app.gui.texts import format_date, format_probability, tr
from desktop_app.gui.widgets.answer_chip import AnswerChip, answer_text
from desktop_app.gui.widgets.banner import Banner
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.patient_bar import PatientBar
from desktop_app.gui.widgets.patient_words import sex_and_age
from desktop_app.gui.widgets.probability_scale import ProbabilityScale, ScaleReading
from desktop_app.gui.widgets.scrolled import scrolled

_LEAST_FOR_HEADS, _LEAST_FOR_CARDS = 800, 1000
_STANCE_KEYS = {Stance.AGREE: "patient.agree", Stance.DISAGREE: "patient.disagree"}


class ComparePage(Page):
    """Two assessments; Left and Right choose another one for the second side."""

    back_chosen = Signal()
    swap_chosen = Signal()
    stepped = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("compare_page")
        self.set_title(tr("compare.title"))
        self.set_context_keys(tr("compare.keys", back=key_text("Alt+Left")))
        self.bar = PatientBar(tr("compare.back"))
        self.bar.back_chosen.connect(self.back_chosen)
        swap = Button(tr("compare.swap"), icon="arrow-left-right", name="swap")
        swap.clicked.connect(self.swap_chosen)
        self.bar.tools.addWidget(swap)
        self.first, self.second = _Head("first_head"), _Head("second_head")
        self._add_steps()
        self.banner = Banner("info", name="verdict")
        self.inputs = FigureTable("input_table")
        self.inputs.setAccessibleName(tr("compare.inputs"))
        self.paired = PairedList()
        self.figures = FigureTable("moved_table")
        self.figures.setAccessibleName(tr("compare.moved"))
        self._lay_out()
        for key, step in ((Qt.Key.Key_Left, 1), (Qt.Key.Key_Right, -1)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(lambda step=step: self.stepped.emit(step))

    def _add_steps(self) -> None:
        self.older = Button("", kind="plain", icon="chevron-left", name="older")
        self.newer = Button("", kind="plain", icon="chevron-right", name="newer")
        for button, words, step in (
            (self.older, tr("compare.older"), 1),
            (self.newer, tr("compare.newer"), -1),
        ):
            button.setAccessibleName(words)
            button.setToolTip(words)
            button.setProperty("compact", "true")
            button.clicked.connect(lambda _=False, step=step: self.stepped.emit(step))
            self.second.head.addWidget(button)

    def _lay_out(self) -> None:
        self._heads = heads = QHBoxLayout()
        heads.setSpacing(12)
        heads.addWidget(self.first, 1)
        heads.addWidget(self.second, 1)
        inputs = Card(tr("compare.inputs"), tr("compare.inputs_hint"), name="inputs_card")
        inputs.body.setContentsMargins(0, 0, 0, 4)
        inputs.body.addWidget(self.inputs)
        moved = Card(tr("compare.moved"), tr("compare.pattern"), name="moved_card")
        moved.body.setContentsMargins(0, 4, 0, 8)
        self._moved = QStackedLayout()
        moved.body.addLayout(self._moved)  # first: it shows what is added to it at once
        for part in (self.paired, self.figures):
            framed = QWidget()
            column = QVBoxLayout(framed)
            column.setContentsMargins(0, 0, 0, 0)
            column.addWidget(part)
            column.addStretch(1)
            self._moved.addWidget(framed)
        self._cards = cards = QHBoxLayout()
        cards.setSpacing(12)
        cards.addWidget(inputs, 6)
        cards.addWidget(moved, 5)
        ground = QWidget()
        ground.setProperty("page", "true")
        column = QVBoxLayout(ground)
        column.setContentsMargins(16, 12, 16, 12)
        column.setSpacing(12)
        column.addLayout(heads)
        column.addWidget(self.banner)
        column.addLayout(cards)
        column.addStretch(1)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.bar)
        outer.addWidget(scrolled(ground), 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the sides one above the other where text is large or the window narrow."""
        super().resizeEvent(event)
        for layout, least in ((self._heads, _LEAST_FOR_HEADS), (self._cards, _LEAST_FOR_CARDS)):
            is_wide = self.width() >= theme.px(least)
            layout.setDirection(
                QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
            )

    def show_comparison(self, comparison: Comparison, today: date) -> None:
        """Show both sides."""
        patient = comparison.patient
        self.bar.show_patient(
            patient.name,
            sex_and_age(patient, today),
            (
                (tr("common.birth_date"), format_date(patient.birth_date)),
                (tr("common.chart_number"), patient.chart_number),
            ),
        )
        self.set_title(f"{tr('compare.title')} · {patient.name} ({patient.chart_number})")
        first, second = day_names(comparison)
        self.first.show_side(comparison.first, first)
        self.second.show_side(comparison.second, second)
        is_other = (
            comparison.first.assessment.model.sha256 != comparison.second.assessment.model.sha256
        )
        self.banner.show_message("warn" if is_other else "info", *verdict(comparison))
        self.inputs.show_rows(
            _input_heads(first, second), [_cells(r) for r in input_rows(comparison)]
        )
        self._show_moved(comparison, first, second)

    def _show_moved(self, comparison: Comparison, first: str, second: str) -> None:
        rows = moved_rows(comparison)
        totals = [
            round(side.assessment.result.probability, 2)
            for side in (comparison.first, comparison.second)
        ]
        sentence = moved_sentence(comparison, rows)
        texts = PairedTexts(
            *short_day_names(comparison), start_text(comparison), totals[0], totals[1], sentence
        )
        self.paired.show_rows(rows, texts)
        heads = [
            Cell(tr("compare.input")),
            *(Cell(word, is_figure=True) for word in (first, second, tr("compare.change"))),
        ]
        self.figures.show_rows(heads, [_moved_cells(row) for row in rows])

    def swap_table(self) -> None:
        """Show the contributions as a table, or as bars again."""
        self._moved.setCurrentIndex(1 - self._moved.currentIndex())

    def show_steps(self, *, has_older: bool, has_newer: bool) -> None:
        """Tell whether there is another assessment to choose on either side in time."""
        self.older.setEnabled(has_older)
        self.newer.setEnabled(has_newer)

    def focus_first(self) -> None:
        """Put the keyboard into the inputs."""
        self.inputs.setFocus()


class _Head(Card):
    """One side: when, who, which model, the answer and the scale."""

    def __init__(self, name: str) -> None:
        super().__init__(" ", " ", ruled=False, name=name)
        self._model = Label("", "small", "t2")
        self.head.addWidget(self._model)
        self._chip = AnswerChip(solid=True)
        self._figure = Label("", "resultFigure", name=f"{name}_probability")
        self._range = Label("", "small", "t2")
        self._scale = ProbabilityScale(compact=True)
        figure = QHBoxLayout()
        figure.setSpacing(10)
        figure.addWidget(self._figure)
        figure.addWidget(self._range, 0, Qt.AlignmentFlag.AlignBottom)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addWidget(self._chip)
        left.addLayout(figure)
        row = QHBoxLayout()
        row.setSpacing(24)
        row.addLayout(left)
        row.addWidget(self._scale, 1, Qt.AlignmentFlag.AlignVCenter)
        self.body.setContentsMargins(18, 0, 18, 8)
        self.body.addLayout(row)

    def show_side(self, side: ComparedAssessment, day: str) -> None:
        """Show an assessment."""
        one = side.assessment
        stance = f" · {tr(_STANCE_KEYS[side.stance])}" if side.stance else ""
        self.title.setText(day)
        self.subtitle.setText(f"{one.assessor_name}{stance}")
        short = f"{one.model.sha256[:4]}…{one.model.sha256[-4:]}"
        self._model.setText(f"{one.model.name} · {short}")
        self._model.setToolTip(f"{one.number} · SHA-256 {one.model.sha256}")
        self._chip.show_answer(one.state)
        figure = format_probability(one.result.probability)
        self._figure.setText(figure)
        self._range.setText(range_of(one))
        threshold = format_probability(one.model.threshold)
        sentence = tr(
            "compare.side_sentence",
            day=day,
            probability=figure,
            range=range_of(one),
            threshold=threshold,
            answer=answer_text(one.state),
        )
        self._scale.show_reading(
            ScaleReading(
                one.result.probability,
                one.result.low,
                one.result.high,
                one.model.threshold,
                one.state,
                tr("patient.threshold", value=threshold),
                sentence,
                tr("compare.below"),
                tr("compare.above"),
            )
        )
        self.setAccessibleName(sentence)


def _input_heads(first: str, second: str) -> list[Cell]:
    return [
        Cell(tr("compare.input")),
        Cell(tr("compare.unit")),
        Cell(first, is_figure=True),
        Cell(second, is_figure=True),
        Cell(tr("compare.change"), is_figure=True),
        Cell(tr("compare.typed")),
    ]


def _cells(row: InputRow) -> list[Cell]:
    ink = "t1" if row.is_used else "t2"

    def figure(text: str, *, is_missing: bool) -> Cell:
        if is_missing:
            return Cell(text, "body", "t2", True, "circle-dashed")
        return Cell(text, "strong", ink, True)

    is_moved = row.change[:1] in "+\N{MINUS SIGN}"
    return [
        Cell(row.name, "body", ink, icon="diamond" if row.is_outside else ""),
        Cell(row.unit, "small", "t2"),
        figure(row.first, is_missing=row.is_first_missing),
        figure(row.second, is_missing=row.is_second_missing),
        Cell(row.change, "body", "t1" if is_moved and row.is_used else "t2", is_figure=True),
        Cell(row.typed if row.is_used else tr("compare.not_used"), "small", "t2"),
    ]


def _moved_cells(row: MovedRow) -> list[Cell]:
    return [
        Cell(row.name),
        Cell(signed(row.first), "body", "t2", is_figure=True),
        Cell(signed(row.second), "strong", is_figure=True),
        Cell(signed(row.change), "strong", is_figure=True),
    ]
