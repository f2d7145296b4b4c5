"""The pane beside the list: who the selected patient is and what the last assessment said."""

from datetime import date, datetime

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.application.ports import AssessmentSummary, PatientRow
from desktop_app.domain.assessment import AnswerState
from desktop_app.gui import theme
from desktop_app.gui.texts import (
    format_date,
    format_probability,
    format_range,
    format_relative,
    tr,
)
from desktop_app.gui.widgets.answer_chip import AnswerChip, answer_text
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import ElidedLabel, Label, icon_label
from desktop_app.gui.widgets.patient_words import exposure_text, sex_and_age
from desktop_app.gui.widgets.probability_scale import ProbabilityScale, ScaleReading
from desktop_app.gui.widgets.sync_chip import SyncChip

PREVIEW_WIDTH = 286
_MARGIN = 16
_ZONES_NAMED_FROM = 310
_SIDE_KEYS = {
    AnswerState.ABOVE: "patients.range_above",
    AnswerState.BELOW: "patients.range_below",
    AnswerState.CANNOT_SAY: "patients.range_inside",
}


class PreviewPane(QWidget):
    """A patient at a glance, with the two things one does next."""

    open_chosen = Signal()
    assessment_chosen = Signal()

    def __init__(self, *, may_assess: bool, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("preview")
        self.setProperty("bar", "pane")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(_MARGIN, 14, _MARGIN, 14)
        self._column.setSpacing(0)
        self._column.addLayout(self._build_identity())
        self._rule = Rule(strong=True)
        self._column.addSpacing(12)
        self._column.addWidget(self._rule)
        self._column.addSpacing(12)
        self._last = _LastAssessment()
        self._none = Label(tr("patients.never_assessed"), "body", "t2", wrap=True)
        self._column.addWidget(self._last)
        self._column.addWidget(self._none)
        self._column.addStretch(1)
        self._column.addLayout(self._build_buttons(may_assess=may_assess))
        self.first_button = self._buttons[0]
        self._shows_sync = False
        self.clear()

    def _build_identity(self) -> QVBoxLayout:
        self._name = ElidedLabel("", "section", name="preview_name")
        self._about = Label("", "body", "t2")
        head = QHBoxLayout()
        head.setSpacing(8)
        head.addWidget(self._name)
        head.addWidget(self._about, 1)
        self._facts = {
            name: ElidedLabel("", "body", name=f"preview_{name}")
            for name in ("birth_date", "chart_number", "doctor", "exposure")
        }
        rows = QFormLayout()
        rows.setHorizontalSpacing(12)
        rows.setVerticalSpacing(6)
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        for name, text in (
            ("birth_date", tr("common.birth_date")),
            ("chart_number", tr("common.chart_number")),
            ("doctor", tr("patients.column_doctor")),
            ("exposure", tr("patients.exposure")),
        ):
            rows.addRow(_fact_label(text), self._facts[name])
        self._sync_label = _fact_label(tr("patients.column_sync"))
        self._sync = SyncChip()
        rows.addRow(self._sync_label, self._sync)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addLayout(head)
        column.addLayout(rows)
        return column

    def _build_buttons(self, *, may_assess: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        opens = Button(tr("patients.open"), icon="folder-open", key="Enter", name="preview_open")
        opens.clicked.connect(self.open_chosen)
        row.addWidget(opens)
        self._buttons = [opens]
        if may_assess:
            assess = Button(tr("patients.new_assessment"), icon="plus", name="preview_assess")
            assess.clicked.connect(self.assessment_chosen)
            row.addWidget(assess, 1)
            self._buttons.append(assess)
        for button in self._buttons:
            button.ensurePolished()
        # The list needs the width more than the hint of a key.
        room = theme.px(PREVIEW_WIDTH) - 2 * _MARGIN
        needed = sum(button.sizeHint().width() for button in self._buttons) + row.spacing()
        opens.show_key(is_shown=needed <= room)
        return row

    def clear(self) -> None:
        """Show nobody."""
        for label in (self._name, self._about, *self._facts.values()):
            label.setText("")
        for widget in (self._rule, self._last, self._none, self._sync_label, self._sync):
            widget.hide()
        for button in self._buttons:
            button.setEnabled(False)
        self.setAccessibleName(tr("patients.preview"))

    def show_sync(self, *, is_shown: bool) -> None:
        """Show from the next patient on how the records stand towards the server."""
        self._shows_sync = is_shown

    def show_row(self, row: PatientRow, doctor: str, now: datetime, today: date) -> None:
        """Show a patient."""
        patient = row.patient
        self._name.setText(patient.name)
        self._about.setText(sex_and_age(patient, today))
        self._facts["birth_date"].setText(format_date(patient.birth_date))
        self._facts["chart_number"].setText(patient.chart_number)
        self._facts["doctor"].setText(doctor or tr("patients.no_doctor"))
        self._facts["exposure"].setText(exposure_text(patient.details, today))
        self._sync.show_state(row.delivery)
        for widget in (self._sync_label, self._sync):
            widget.setVisible(self._shows_sync)
        self._rule.show()
        self._last.setVisible(row.last is not None)
        self._none.setVisible(row.last is None)
        if row.last is not None:
            self._last.show_assessment(row.last, now)
        for button in self._buttons:
            button.setEnabled(True)
        self._buttons[-1].setEnabled(not patient.is_archived or len(self._buttons) == 1)
        self.setAccessibleName(f"{tr('patients.preview')}: {patient.name}, {self._about.text()}")


def _fact_label(text: str) -> Label:
    label = Label(text, "small", "t2")
    label.setMinimumWidth(theme.px(76))
    return label


class _LastAssessment(QWidget):
    """Score, answer, range on the scale, and how much of it to look at."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[AssessmentSummary, datetime] | None = None
        self._when = Label("", "small", "t2")
        head = QHBoxLayout()
        head.addWidget(Label(tr("patients.last_assessment"), "strong"))
        head.addStretch(1)
        head.addWidget(self._when)
        self._figure = Label("", "summaryFigure", name="preview_probability")
        self._chip = AnswerChip()
        answer = QHBoxLayout()
        answer.setSpacing(10)
        answer.addWidget(self._figure)
        answer.addWidget(self._chip)
        answer.addStretch(1)
        self._range = Label("", "small", "t2", wrap=True)
        self._scale = ProbabilityScale(compact=True)
        self._outside = _Point("diamond", "warn")
        self._missing = _Point("circle-dashed", "t2")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addLayout(head)
        column.addLayout(answer)
        column.addWidget(self._range)
        column.addSpacing(8)
        column.addWidget(self._scale)
        column.addSpacing(4)
        column.addWidget(self._outside)
        column.addWidget(self._missing)

    def show_assessment(self, last: AssessmentSummary, now: datetime) -> None:
        """Show what was found."""
        self._shown = last, now
        figure = format_probability(last.probability)
        between = format_range(format_probability(last.low), format_probability(last.high))
        threshold = tr("patients.threshold", value=format_probability(last.threshold))
        # Both names or none: one alone would look like the answer.
        names_zones = self.width() >= theme.px(_ZONES_NAMED_FROM)
        is_straddling = last.low < last.threshold <= last.high
        side = _SIDE_KEYS[AnswerState.CANNOT_SAY] if is_straddling else _side_key(last)
        self._when.setText(format_relative(last.assessed_at, now))
        self._figure.setText(figure)
        self._chip.show_answer(last.state)
        self._range.setText(f"{tr('patients.range', range=between)} · {tr(side)}")
        self._scale.show_reading(
            ScaleReading(
                probability=last.probability,
                low=last.low,
                high=last.high,
                threshold=last.threshold,
                state=last.state,
                threshold_text=threshold,
                sentence=tr(
                    "patients.scale_sentence",
                    probability=figure,
                    range=between,
                    threshold=format_probability(last.threshold),
                    answer=answer_text(last.state),
                ),
                below_text=answer_text(AnswerState.BELOW) if names_zones else "",
                above_text=answer_text(AnswerState.ABOVE) if names_zones else "",
            )
        )
        self._outside.show_count("patients.outside", last.outside_count)
        self._missing.show_count("patients.missing", last.missing_count)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self._shown is not None:
            self.show_assessment(*self._shown)


def _side_key(last: AssessmentSummary) -> str:
    return _SIDE_KEYS[
        AnswerState.ABOVE if last.probability >= last.threshold else AnswerState.BELOW
    ]


class _Point(QWidget):
    """One line under the scale with its icon."""

    def __init__(self, icon: str, ink: str) -> None:
        super().__init__()
        self._text = Label("", "small", "t2", wrap=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(icon_label(icon, ink), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._text, 1)

    def show_count(self, key: str, count: int) -> None:
        """Say how many, or nothing."""
        self._text.setText(tr(key, n=count))
        self.setVisible(count > 0)
