"""A registered patient who may be the one being typed, detail by detail."""

from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.application.ports import PatientRow
from desktop_app.domain.patient import (
    Match,
    PatientDetails,
    Sex,
    compare_details,
    is_likely_duplicate,
)
from desktop_app.gui import theme
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.answer_chip import AnswerChip
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.patient_words import sex_and_age, sex_text

_LABEL_KEYS = {
    "name": "register.name_plain",
    "birth_date": "common.birth_date",
    "sex": "register.sex_plain",
    "phone": "register.phone_plain",
    "chart_number": "common.chart_number",
}
_MATCHES = {
    Match.SAME: ("=", "register.same", "ok"),
    Match.SIMILAR: ("≈", "register.similar", "warn"),
    Match.DIFFERENT: ("≠", "register.different", "t2"),
    Match.EMPTY: ("", "register.empty", "t2"),
}
# The chart number is new for every new patient, so it says nothing about the person.
_TELLING = ("name", "birth_date", "sex", "phone")


class MatchCard(QFrame):
    """One candidate; `opened` and `assessment_chosen` lead to it instead of a new record."""

    opened = Signal()
    assessment_chosen = Signal()

    def __init__(
        self,
        row: PatientRow,
        typed: PatientDetails,
        today: date,
        *,
        number: int,
        may_assess: bool,
    ) -> None:
        super().__init__()
        self.row = row
        self.is_likely = is_likely_duplicate(typed, row.patient.details)
        self.setProperty("card", "true")
        self.setProperty("match", "likely" if self.is_likely else "similar")
        self.setObjectName(f"match_{number}")
        compared = compare_details(typed, row.patient.details)
        column = QVBoxLayout(self)
        column.setContentsMargins(1, 1, 1, 1)
        column.setSpacing(0)
        column.addWidget(self._build_head(compared, today))
        column.addWidget(Rule())
        column.addLayout(self._build_details(compared))
        column.addWidget(Rule())
        column.addLayout(self._build_buttons(number, may_assess=may_assess))

    def _build_head(self, compared: dict[str, Match], today: date) -> QWidget:
        head = QWidget()
        head.setObjectName("match_head")
        head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        head.setFixedHeight(theme.px(42))
        patient = self.row.patient
        verdict = _verdict(compared, is_likely=self.is_likely)
        row = QHBoxLayout(head)
        row.setContentsMargins(14, 0, 14, 0)
        row.setSpacing(8)
        row.addWidget(Label(patient.name, "cardTitle"))
        row.addWidget(Label(sex_and_age(patient, today), "body", "t2"))
        row.addStretch(1)
        role, tone = ("smallStrong", "t1") if self.is_likely else ("small", "t2")
        row.addWidget(Label(verdict, role, tone))
        self.setAccessibleName(f"{patient.name}, {sex_and_age(patient, today)}, {verdict}")
        return head

    def _build_details(self, compared: dict[str, Match]) -> QGridLayout:
        grid = QGridLayout()
        grid.setContentsMargins(14, 3, 14, 3)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(0)
        grid.setColumnMinimumWidth(0, theme.px(76))
        grid.setColumnMinimumWidth(2, theme.px(72))
        grid.setColumnStretch(1, 1)
        shown = [
            (attribute, match)
            for attribute, match in compared.items()
            if self.is_likely or match is not Match.DIFFERENT
        ]
        for at, (attribute, match) in enumerate(shown):
            sign, key, tone = _MATCHES[match]
            word = Label(f"{sign}  {tr(key)}".strip(), "smallStrong" if sign else "small", tone)
            self._add_row(grid, at, tr(_LABEL_KEYS[attribute]), _shown(self.row, attribute), word)
        if (last := self.row.last) is not None:
            day = format_date(last.assessed_at)
            self._add_row(
                grid, len(shown), tr("register.last"), day, AnswerChip(last.state), is_last=True
            )
        return grid

    def _add_row(
        self,
        grid: QGridLayout,
        at: int,
        label: str,
        value: str,
        side: QWidget,
        *,
        is_last: bool = False,
    ) -> None:
        grid.setRowMinimumHeight(2 * at, theme.px(34 if is_last else 29))
        grid.addWidget(Label(label, "small", "t2"), 2 * at, 0)
        grid.addWidget(Label(value, "body"), 2 * at, 1)
        grid.addWidget(side, 2 * at, 2)
        if at:
            grid.addWidget(Rule(), 2 * at - 1, 0, 1, 3)

    def _build_buttons(self, number: int, *, may_assess: bool) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setContentsMargins(14, 9, 14, 10)
        row.setSpacing(8)
        self.open_button = Button(
            tr("register.open_match"),
            icon="folder-open",
            key=f"Alt+{number}",
            name=f"match_{number}_open",
        )
        self.open_button.setProperty("compact", "true")
        self.open_button.clicked.connect(self.opened)
        row.addWidget(self.open_button)
        if may_assess and self.is_likely and not self.row.patient.is_archived:
            assess = Button(tr("register.assess_match"), icon="plus", name=f"match_{number}_assess")
            assess.setProperty("compact", "true")
            assess.clicked.connect(self.assessment_chosen)
            row.addWidget(assess)
        row.addStretch(1)
        return row


def _verdict(compared: dict[str, Match], *, is_likely: bool) -> str:
    found = [compared[attribute] for attribute in _TELLING]
    if is_likely:
        return tr("register.count_same", n=found.count(Match.SAME), of=len(found))
    alike = found.count(Match.SAME) + found.count(Match.SIMILAR)
    return tr("register.count_similar", n=alike)


def _shown(row: PatientRow, attribute: str) -> str:
    value = getattr(row.patient.details, attribute)
    if isinstance(value, Sex):
        return sex_text(value)
    if isinstance(value, date):
        return format_date(value)
    return str(value) if value else tr("register.none")
