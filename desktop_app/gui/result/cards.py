"""The cards of the result page; each shows one thing that travels with the number."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.application.ports import ModelEvaluation
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.predictive_values import predictive_values
from desktop_app.gui import theme
from desktop_app.gui.result.words import (
    Point,
    ResultFacts,
    auc_range,
    contribution_rows,
    percent,
    range_text,
    sentence,
    similar_sentence,
    similar_share,
    unused_text,
)
from desktop_app.gui.texts import format_moment, format_probability, tr
from desktop_app.gui.widgets.answer_chip import AnswerChip, answer_text
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Card, Rule
from desktop_app.gui.widgets.contribution_list import (
    ContributionList,
    ContributionRow,
    ContributionTexts,
)
from desktop_app.gui.widgets.folding_row import FoldingRow
from desktop_app.gui.widgets.hundred_squares import HundredSquares
from desktop_app.gui.widgets.label import ElidedLabel, Label, icon_label
from desktop_app.gui.widgets.prevalence_dial import PrevalenceDial
from desktop_app.gui.widgets.probability_scale import ProbabilityScale, ScaleReading


class AnswerCard(Card):
    """The answer, the score, its range on the scale and the one sentence."""

    def __init__(self) -> None:
        super().__init__(name="answer_card")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.body.setContentsMargins(18, 12, 18, 12)
        row = QHBoxLayout()
        row.setSpacing(18)
        row.addLayout(self._build_answer())
        row.addWidget(Rule(vertical=True))
        row.addLayout(self._build_scale(), 1)
        self.body.addLayout(row)

    def _build_answer(self) -> QVBoxLayout:
        self._made = ElidedLabel("", "small", "t2", most=260)
        self._chip = AnswerChip(solid=True)
        self._figure = Label("", "resultFigure", name="result_probability")
        self._label = Label("", "small", "t2", name="result_label")
        figure = QHBoxLayout()
        figure.setSpacing(12)
        figure.addWidget(self._figure)
        figure.addWidget(self._label, 0, Qt.AlignmentFlag.AlignBottom)
        figure.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(Label(tr("result.head"), "strong"))
        column.addWidget(self._made)
        column.addSpacing(2)
        column.addWidget(self._chip)
        column.addLayout(figure)
        column.addStretch(1)
        return column

    def _build_scale(self) -> QVBoxLayout:
        self._range = Label("", "small", "t2", rich=True, name="result_range")
        self._set_by = Label("", "small", "t2")
        self._scale = ProbabilityScale()
        self._sentence = Label("", "body", wrap=True, rich=True, name="result_sentence")
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(FoldingRow(self._range, self._set_by, theme.px(6)))
        column.addWidget(self._scale)
        column.addWidget(self._sentence)
        column.addStretch(1)
        return column

    def show_result(self, facts: ResultFacts) -> None:
        """Show the answer; the whole card reads as one sentence."""
        assessment = facts.assessment
        threshold = format_probability(assessment.model.threshold)
        probability, between = (
            format_probability(assessment.result.probability),
            range_text(assessment),
        )
        made = format_moment(assessment.assessed_at)
        self._made.setText(tr("result.made", moment=made, person=assessment.assessor_name))
        self._chip.show_answer(assessment.state)
        self._figure.setText(probability)
        self._label.setText(tr("result.label", label=assessment.label))
        self._range.setText(tr("result.range", range=between))
        self._set_by.setText(tr("result.set_by", threshold=threshold))
        self._sentence.setText(sentence(facts))
        spoken = tr(
            "result.scale_sentence",
            answer=answer_text(assessment.state),
            probability=probability,
            range=between,
            threshold=threshold,
        )
        self._scale.show_reading(_reading(assessment, spoken))
        self.setAccessibleName(f"{spoken} {self._sentence.accessibleName()}")


def _reading(assessment: Assessment, spoken: str) -> ScaleReading:
    threshold = format_probability(assessment.model.threshold)
    return ScaleReading(
        probability=assessment.result.probability,
        low=assessment.result.low,
        high=assessment.result.high,
        threshold=assessment.model.threshold,
        state=assessment.state,
        threshold_text=tr("result.threshold", threshold=threshold),
        sentence=spoken,
        below_text=tr("result.zone_below"),
        above_text=tr("result.zone_above"),
    )


class TrustCard(Card):
    """How far to trust the number; always beside it."""

    def __init__(self) -> None:
        super().__init__(tr("result.trust"), ruled=False, name="trust_card")
        self.setProperty("card", "trust")
        self.body.setContentsMargins(14, 0, 14, 12)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(5)
        self.body.addLayout(self._lines)

    def show_evaluation(self, evaluation: ModelEvaluation | None) -> None:
        """Show what the model is worth, in the bundle's figures."""
        if evaluation is None:
            lines = [("info", tr("result.trust_unknown"))]
        else:
            auc = format_probability(evaluation.auc)
            lines = [
                ("chart-line", tr("result.trust_auc", auc=auc, range=auc_range(evaluation))),
                ("globe", tr("result.trust_validation", records=evaluation.records)),
            ]
        for icon, html in (*lines, ("stethoscope", tr("result.trust_diagnosis"))):
            self._lines.addLayout(icon_line(icon, "t2", html))


class MovedCard(Card):
    """What moved the score: the list, or the same as a table of text."""

    def __init__(self) -> None:
        super().__init__(tr("result.moved"), tr("result.pattern"), name="moved_card")
        self.body.setContentsMargins(0, 8, 0, 8)
        self._list = ContributionList()
        self._table = _ContributionTable()
        self._table.hide()
        self._against = QWidget()
        against = icon_line("book-x", "t1", tr("result.against"), role="small")
        against.setContentsMargins(16, 4, 16, 0)
        self._against.setLayout(against)
        self._unused = Label("", "small", "t2", wrap=True, name="unused_values")
        self._unused.setContentsMargins(16, 0, 16, 0)
        self.body.addWidget(self._list)
        self.body.addWidget(self._table)
        self.body.addWidget(self._against)
        self.body.addStretch(1)
        self.body.addWidget(Rule())
        self.body.addWidget(self._unused)

    def show_result(self, facts: ResultFacts) -> None:
        """Show the rows, largest first."""
        result = facts.assessment.result
        rows = contribution_rows(facts)
        mean, total = format_probability(result.base_value), format_probability(result.probability)
        spoken = ", ".join(
            tr(
                "result.contribution_row",
                name=row.name,
                amount=format_probability(row.amount, signed=True),
            )
            for row in rows
        )
        texts = ContributionTexts(
            start=tr("result.start", mean=mean),
            lowers=tr("result.lowers"),
            raises=tr("result.raises"),
            total=tr("result.total"),
            total_value=total,
            sentence=tr("result.contributions_sentence", mean=mean, rows=spoken, total=total),
        )
        self._list.show_contributions(rows, texts)
        self._table.show_rows(rows, texts)
        self._against.setVisible(any(row.is_against_knowledge for row in rows))
        self._unused.setText(f"{tr('result.unused')}: {unused_text(facts.assessment)}")

    def set_compact(self, compact: bool) -> None:
        """Set the rows lower where the page is low."""
        self._list.set_compact(compact)

    def swap(self) -> None:
        """Swap the painted list for a table of text, and back."""
        shows_table = self._table.isHidden()
        self._table.setVisible(shows_table)
        self._list.setHidden(shows_table)


class _ContributionTable(QWidget):
    """The contributions as text in a grid, for screen readers."""

    def __init__(self) -> None:
        super().__init__()
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(16, 0, 16, 0)
        self._grid.setVerticalSpacing(2)

    def show_rows(self, rows: Sequence[ContributionRow], texts: ContributionTexts) -> None:
        """Show name, value, amount and the mark in words."""
        self._grid.addWidget(Label(texts.start, "small", "t2"), 0, 0, 1, 4)
        for number, row in enumerate(rows, start=1):
            value = f"{row.value} = {row.origin}" if row.origin else row.value
            mark = tr("result.against") if row.is_against_knowledge else ""
            amount = format_probability(row.amount, signed=True)
            for column, text in enumerate((row.name, value, amount, mark)):
                self._grid.addWidget(Label(text, "small"), number, column)
        self._grid.addWidget(Label(texts.total, "strong"), len(rows) + 1, 0)
        self._grid.addWidget(Label(texts.total_value, "strong"), len(rows) + 1, 2)


class SimilarCard(Card):
    """How training records with a similar score were labelled."""

    def __init__(self) -> None:
        super().__init__(tr("result.similar"), name="similar_card")
        self._squares = HundredSquares()
        self._sentence = Label("", "body", wrap=True, rich=True, name="similar_sentence")
        self.body.setAlignment(Qt.AlignmentFlag(0))
        self.body.addWidget(self._squares)
        self.body.addWidget(self._sentence)
        self.body.addStretch(1)

    def show_result(self, assessment: Assessment) -> None:
        """Fill the squares, or say why there are none."""
        share = similar_share(assessment)
        self._sentence.setText(similar_sentence(assessment))
        self._squares.setVisible(share is not None)
        if share is not None:
            self._squares.show_share(share, self._sentence.accessibleName())


class ClinicCard(Card):
    """What the answer means among the clinic's own people; the dial asks "what if"."""

    def __init__(self) -> None:
        super().__init__(tr("result.clinic"), tr("result.clinic_set"), name="clinic_card")
        self.body.setSpacing(4)
        self._unset = Label(tr("result.clinic_unset"), "body", "t2", wrap=True)
        self._figures = QWidget()
        column = QVBoxLayout(self._figures)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self._people, self._share = Label(rich=True), Label("", "strong", name="prevalence_share")
        self.dial = PrevalenceDial()
        self.dial.setObjectName("prevalence_dial")
        self._above, self._positive = Label(rich=True), Label("", "strong")
        self._below, self._negative = Label(rich=True), Label("", "strong")
        self._moves = Label("", "small", "t2", wrap=True)
        column.addLayout(_spread(self._people, self._share))
        column.addWidget(self.dial)
        column.addLayout(_spread(icon_label("arrow-up", "up"), self._above, self._positive))
        column.addLayout(_spread(icon_label("arrow-down", "dn"), self._below, self._negative))
        column.addWidget(Rule())
        column.addWidget(self._moves)
        self.body.addWidget(self._unset)
        self.body.addWidget(self._figures)
        self._unfold = Button(tr("result.clinic_unfold"), kind="link", name="unfold_prevalence")
        self._unfold.clicked.connect(self._on_unfold)
        self._unfold.hide()
        self.body.addWidget(self._unfold)
        self._evaluation: ModelEvaluation | None = None
        self.dial.prevalence_changed.connect(self._on_what_if)

    def show_prevalence(
        self,
        prevalence: float | None,
        evaluation: ModelEvaluation | None,
        *,
        is_folded: bool = False,
    ) -> None:
        """Show a thousand people at the clinic's prevalence, folded, or say that none is set."""
        self._evaluation = evaluation
        is_shown = prevalence is not None and evaluation is not None
        self._unset.setHidden(is_shown)
        self._figures.setVisible(is_shown and not is_folded)
        self._unfold.setVisible(is_shown and is_folded)
        self.subtitle.setVisible(is_shown)
        if prevalence is None or evaluation is None:
            return
        training = evaluation.positives / evaluation.records
        mark = tr("result.clinic_training", share=round(100 * training))
        self.dial.show_scale(prevalence, training, mark)
        self._show(prevalence)

    def _on_unfold(self) -> None:
        self._unfold.hide()
        self._figures.show()

    def _on_what_if(self, prevalence: float) -> None:
        self.subtitle.setText(tr("result.clinic_what_if"))
        self._show(prevalence)

    def _show(self, prevalence: float) -> None:
        if self._evaluation is None:
            return
        values = predictive_values(
            prevalence,
            sensitivity=self._evaluation.sensitivity,
            specificity=self._evaluation.specificity,
        )
        self._people.setText(tr("result.clinic_people", cases=values.cases))
        self._share.setText(percent(prevalence))
        self._above.setText(
            tr("result.clinic_above", people=values.above, cases=values.cases_above)
        )
        self._below.setText(
            tr("result.clinic_below", people=values.below, cases=values.cases_below)
        )
        self._positive.setText(f"PPV {percent(values.positive)}")
        self._negative.setText(f"NPV {percent(values.negative)}")
        after = percent(1 - values.negative)
        self._moves.setText(tr("result.clinic_moves", before=percent(prevalence), after=after))
        self.dial.describe(tr("result.clinic_dial", share=percent(prevalence)))


class PointsCard(Card):
    """Everything to check, what moves the answer first."""

    def __init__(self) -> None:
        super().__init__(tr("result.points"), name="points_card")
        self._lines = QVBoxLayout()
        self._lines.setSpacing(6)
        self.body.addLayout(self._lines)

    def show_points(self, points: Sequence[Point]) -> None:
        """Show the points in their order."""
        self.subtitle.setText(str(len(points)))
        for point in points:
            self._lines.addLayout(icon_line(point.icon, point.ink, point.html))


def icon_line(icon: str, ink: str, html: str, *, role: str = "body") -> QHBoxLayout:
    """Return an icon and a wrapped sentence."""
    row = QHBoxLayout()
    row.setSpacing(8)
    row.addWidget(icon_label(icon, ink), 0, Qt.AlignmentFlag.AlignTop)
    row.addWidget(Label(html, role, wrap=True, rich=True), 1)
    return row


def _spread(*widgets: QWidget) -> QHBoxLayout:
    """Return widgets in a row, the last at its end."""
    row = QHBoxLayout()
    row.setSpacing(6)
    for widget in widgets[:-1]:
        row.addWidget(widget)
    row.addStretch(1)
    row.addWidget(widgets[-1])
    return row
