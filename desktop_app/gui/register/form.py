"""The fields of a patient: identity, contact and asbestos exposure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QComboBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import DetailProblem, Sex
from desktop_app.gui import theme
from desktop_app.gui.register.field import LabelledField
from desktop_app.gui.register.typed import Problem, ReadingProblem, TypedDetails
from desktop_app.gui.texts import format_date, tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.card import Rule
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.layouts import empty
from desktop_app.gui.widgets.text_field import TextField, commit_composition

_REQUIRED = ("name", "chart_number", "birth_date", "sex")
_WIDTHS = {
    "name": 236,
    "chart_number": 180,
    "birth_date": 236,
    "sex": 350,
    "phone": 236,
    "doctor": 180,
    "exposure_start": 110,
    "exposure_end": 110,
    "exposure_work": 230,
}
_LABEL_KEYS = {
    "name": "register.name",
    "chart_number": "register.chart_number",
    "birth_date": "register.birth_date",
    "sex": "register.sex",
    "phone": "register.phone",
    "doctor": "register.doctor",
    "exposure_start": "register.exposure_start",
    "exposure_end": "register.exposure_end",
    "exposure_work": "register.exposure_work",
}
_SEX_KEYS = {
    Sex.MALE: "register.male",
    Sex.FEMALE: "register.female",
    Sex.OTHER: "register.other",
    Sex.UNKNOWN: "register.unknown",
}
PROBLEM_KEYS: Mapping[Problem, str] = {
    DetailProblem.REQUIRED: "register.problem_required",
    DetailProblem.TOO_LONG: "register.problem_too_long",
    DetailProblem.NOT_A_NAME: "register.problem_not_a_name",
    DetailProblem.CHARACTERS: "register.problem_characters",
    DetailProblem.IN_THE_FUTURE: "register.problem_in_the_future",
    DetailProblem.TOO_LONG_AGO: "register.problem_too_long_ago",
    DetailProblem.REGISTRATION_NUMBER: "register.problem_registration_number",
    DetailProblem.BEFORE_BIRTH: "register.problem_before_birth",
    DetailProblem.END_BEFORE_START: "register.problem_end_before_start",
    ReadingProblem.NOT_A_DATE: "register.problem_not_a_date",
    ReadingProblem.WHICH_CENTURY: "register.problem_which_century",
    ReadingProblem.NOT_A_YEAR: "register.problem_not_a_year",
    ReadingProblem.CHART_NUMBER_TAKEN: "register.problem_chart_number_taken",
}


class PatientForm(QWidget):
    """The fields; `changed` at every stroke, `left` with an attribute when its field was left."""

    changed = Signal()
    left = Signal(str)
    day_chosen = Signal(date)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("patient_form")
        self._texts = {name: self._build_text(name) for name in _TEXTS}
        self._doctor_ids: list[RecordId | None] = []
        self._doctor = QComboBox()
        self._doctor.setObjectName("field_doctor")
        self._doctor.currentIndexChanged.connect(lambda _at: self.changed.emit())
        self._sex_group = QButtonGroup(self)
        self._sexes: dict[Sex, QRadioButton] = {}
        editors = {**self._texts, "doctor": self._doctor, "sex": self._build_sexes()}
        self._fields = {
            name: LabelledField(
                tr(_LABEL_KEYS[name]), editor, _WIDTHS[name], is_required=name in _REQUIRED
            )
            for name, editor in editors.items()
        }
        self._days = QHBoxLayout()
        self._days.setSpacing(6)
        self._years = Label("", "strong", name="exposure_years")
        self.is_another = QCheckBox(tr("register.another_person"))
        self.is_another.setObjectName("is_another_person")
        self.is_another.toggled.connect(lambda _on: self.changed.emit())
        self._another = self._build_another()
        self._lay_out()
        self.ask_another(is_asked=False)

    def _build_text(self, name: str) -> TextField:
        editor = TextField()
        editor.setObjectName(f"field_{name}")
        editor.typed.connect(lambda _text: self.changed.emit())
        editor.editingFinished.connect(lambda: self.left.emit(name))
        editor.returnPressed.connect(self.focusNextChild)
        return editor

    def _build_sexes(self) -> QWidget:
        box = QWidget()
        box.setObjectName("field_sex")
        row = QHBoxLayout(box)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        for sex, key in _SEX_KEYS.items():
            button = QRadioButton(tr(key))
            button.setObjectName(f"sex_{sex.value}")
            button.toggled.connect(lambda _on: self.changed.emit())
            self._sex_group.addButton(button)
            self._sexes[sex] = button
            row.addWidget(button)
        row.addStretch(1)
        box.setFixedHeight(theme.px(34))
        box.setFocusProxy(self._sexes[Sex.MALE])
        return box

    def _build_another(self) -> QWidget:
        box = QWidget()
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(Rule())
        column.addSpacing(10)
        column.addWidget(self.is_another)
        why = Label(tr("register.another_person_why"), "small", "t2", wrap=True)
        why.setContentsMargins(theme.px(24), 0, 0, 0)
        column.addWidget(why)
        return box

    def _lay_out(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(26, 16, 26, 16)
        column.setSpacing(8)
        for names in (("name", "chart_number"), ("birth_date", "sex")):
            column.addLayout(self._row(*names))
        column.addLayout(self._days)
        column.addLayout(self._row("phone", "doctor"))
        column.addWidget(Rule())
        column.addSpacing(4)
        column.addWidget(Label(tr("register.exposure"), "cardTitle"))
        exposure = self._row("exposure_start", "exposure_end")
        exposure.takeAt(exposure.count() - 1)
        exposure.addWidget(self._years, 0, Qt.AlignmentFlag.AlignVCenter)
        exposure.addWidget(self._fields["exposure_work"], 0, Qt.AlignmentFlag.AlignTop)
        exposure.addStretch(1)
        column.addLayout(exposure)
        column.addWidget(self._another)
        column.addStretch(1)

    def _row(self, *names: str) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(14)
        for name in names:
            row.addWidget(self._fields[name], 0, Qt.AlignmentFlag.AlignTop)
        row.addStretch(1)
        return row

    # -- what was typed

    def typed(self) -> TypedDetails:
        """Return everything as it stands, after finishing the syllable being composed."""
        commit_composition()
        return self.seen()

    def seen(self) -> TypedDetails:
        """Return everything as seen; a syllable being composed goes on."""
        sex = next((sex for sex, button in self._sexes.items() if button.isChecked()), None)
        texts = {name: editor.seen_text() for name, editor in self._texts.items()}
        return TypedDetails(sex=sex, doctor_id=self._doctor_id(), **texts)

    def show_typed(self, typed: TypedDetails) -> None:
        """Fill all fields."""
        self.blockSignals(True)
        for name, editor in self._texts.items():
            editor.setText(getattr(typed, name))
        if typed.sex is not None:
            self._sexes[typed.sex].setChecked(True)
        self._choose_doctor(typed.doctor_id)
        self.blockSignals(False)
        self.changed.emit()

    def show_text(self, attribute: str, text: str) -> None:
        """Rewrite one field in its stored form."""
        self._texts[attribute].setText(text)

    def show_doctors(self, doctors: Mapping[RecordId, str], chosen: RecordId | None) -> None:
        """Offer these doctors, by name."""
        self._doctor_ids = [None, *doctors]
        self._doctor.clear()
        self._doctor.addItems([tr("register.no_doctor"), *doctors.values()])
        self._choose_doctor(chosen)

    def _choose_doctor(self, chosen: RecordId | None) -> None:
        if chosen in self._doctor_ids:
            self._doctor.setCurrentIndex(self._doctor_ids.index(chosen))

    def _doctor_id(self) -> RecordId | None:
        at = self._doctor.currentIndex()
        return self._doctor_ids[at] if 0 <= at < len(self._doctor_ids) else None

    # -- what is said about it

    def show_problems(self, problems: Mapping[str, Problem]) -> None:
        """Say beside each field what is wrong with it, or nothing."""
        for name, field in self._fields.items():
            problem = problems.get(name)
            if problem is None:
                field.show_problem("")
            else:
                field.show_problem(tr(PROBLEM_KEYS[problem]))

    def show_hint(self, attribute: str, text: str) -> None:
        """Say something helpful below a field."""
        self._fields[attribute].show_hint(text)

    def message_of(self, attribute: str) -> str:
        """Return what stands below a field."""
        return self._fields[attribute].message

    def show_exposure_years(self, years: int | None) -> None:
        """Show how long the exposure was, once it is known."""
        self._years.setText("" if years is None else tr("register.exposure_years", n=years))

    def offer_days(self, days: Sequence[date]) -> None:
        """Offer the days that a birth date without century can mean."""
        empty(self._days)
        for at, day in enumerate(days):
            button = Button(format_date(day), kind="link", name=f"day_{at}")
            button.clicked.connect(lambda _on=False, day=day: self.day_chosen.emit(day))
            self._days.addWidget(button)
        self._days.addStretch(1)

    def ask_another(self, *, is_asked: bool) -> None:
        """Ask for the tick that this is another person than the one registered."""
        self._another.setVisible(is_asked)
        if not is_asked:
            self.is_another.setChecked(False)

    def focus_first_of(self, attributes: Iterable[str]) -> None:
        """Put the keyboard into the first of these fields in reading order."""
        wanted = set(attributes)
        self.focus(next(name for name in _WIDTHS if name in wanted))

    def focus(self, attribute: str) -> None:
        """Put the keyboard into a field."""
        self._fields[attribute].editor.setFocus()


_TEXTS = (
    "name",
    "chart_number",
    "birth_date",
    "phone",
    "exposure_start",
    "exposure_end",
    "exposure_work",
)
