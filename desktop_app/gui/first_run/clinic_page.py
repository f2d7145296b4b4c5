"""Step 1: the language, the clinic and its first administrator."""

from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QCheckBox,
    QHBoxLayout,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from desktop_app.gui import theme
from desktop_app.gui.first_run.section import Section, is_narrow
from desktop_app.gui.texts import language, tr
from desktop_app.gui.widgets.label import Label, plain_tool_tip
from desktop_app.gui.widgets.new_password import NewPassword
from desktop_app.gui.widgets.text_field import TextField


class ClinicForm(NamedTuple):
    """What stands on the page, as typed; `password_missing` says what the password lacks."""

    clinic_name: str
    seat: str
    prevalence: str
    name: str
    login: str
    is_doctor: bool
    password: str
    password_missing: str


class ClinicPage(QWidget):
    """`changed` after every key; `submitted` from the last field."""

    changed = Signal()
    submitted = Signal()
    language_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._clinic_name = _text_field("clinic_name")
        self._seat = _text_field("seat")
        self._seat.setPlaceholderText(tr("first_run.seat_hint"))
        self._folder = _text_field("data_folder")
        self._folder.setReadOnly(True)
        theme.set_role(self._folder, "mono")
        self._disk = Label("", "small", "ok", name="disk")
        self._prevalence = _text_field("prevalence")
        self._prevalence.setPlaceholderText(tr("first_run.prevalence_unset"))
        self._name = _text_field("admin_name")
        self._login = _text_field("admin_login")
        self._is_doctor = QCheckBox(tr("first_run.is_doctor"))
        self._is_doctor.setObjectName("is_doctor")
        self._password = NewPassword()
        for field in (self._clinic_name, self._seat, self._prevalence, self._name, self._login):
            field.typed.connect(self._on_typed)
        self._password.changed.connect(self.changed)
        self._password.submitted.connect(self.submitted)
        self._is_doctor.toggled.connect(self.changed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._language_section())
        column.addWidget(self._clinic_section())
        column.addWidget(self._administrator_section())
        column.addStretch(1)
        self._show_prevalence()

    def show_folder(self, folder: str, disk: str) -> None:
        """Show where the data will be and how much room there is."""
        self._folder.setText(folder)
        self._folder.setToolTip(plain_tool_tip(folder))
        self._disk.setText(disk)

    def form(self) -> ClinicForm:
        """Return what was typed."""
        return ClinicForm(
            clinic_name=self._clinic_name.seen_text(),
            seat=self._seat.seen_text(),
            prevalence=self._prevalence.seen_text(),
            name=self._name.seen_text(),
            login=self._login.seen_text(),
            is_doctor=self._is_doctor.isChecked(),
            password=self._password.text(),
            password_missing=self._password.missing(),
        )

    def take_over(self, earlier: "ClinicPage") -> None:
        """Go on with what was typed in another language; the password is typed again."""
        form = earlier.form()
        self._clinic_name.setText(form.clinic_name)
        self._seat.setText(form.seat)
        self._prevalence.setText(form.prevalence)
        self._name.setText(form.name)
        self._login.setText(form.login)
        self._is_doctor.setChecked(form.is_doctor)

    def focus_first(self) -> None:
        """Put the keyboard on the clinic's name."""
        self._clinic_name.setFocus()

    def _on_typed(self, _text: str) -> None:
        self._password.set_owner(self._login.seen_text(), self._name.seen_text())
        self._show_prevalence()
        self.changed.emit()

    def _show_prevalence(self) -> None:
        """Draw the field as missing while nothing is set."""
        is_set = bool(self._prevalence.seen_text())
        theme.set_state(self._prevalence, "state", "" if is_set else "missing")

    def _language_section(self) -> Section:
        section = Section(tr("first_run.language"), tr("first_run.language_line"))
        self._languages = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(theme.px(10))
        for code, text in (("ko", tr("first_run.korean")), ("en", tr("first_run.english"))):
            tile = QRadioButton(text)
            tile.setObjectName(f"language_{code}")
            tile.setProperty("tile", "true")
            tile.setFixedWidth(theme.px(236))
            tile.setChecked(code == language())
            tile.clicked.connect(lambda _on=False, code=code: self._on_language(code))
            self._languages.addButton(tile)
            row.addWidget(tile)
        row.addStretch(1)
        section.fields.addLayout(row, 0, 0)
        return section

    def _on_language(self, code: str) -> None:
        if code != language():
            self.language_chosen.emit(code)

    def _clinic_section(self) -> Section:
        section = Section(tr("first_run.clinic"), tr("first_run.clinic_line"))
        self._clinic_name.setFixedWidth(theme.px(300))
        self._seat.setFixedWidth(theme.px(190))
        section.add_field(0, 0, tr("first_run.clinic_name"), self._clinic_name)
        section.add_field(0, 1, tr("first_run.seat"), self._seat)
        section.fields.setRowMinimumHeight(2, theme.px(6))
        share = QWidget()
        row = QHBoxLayout(share)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        self._prevalence.setFixedWidth(theme.px(110))
        row.addWidget(self._prevalence)
        row.addWidget(Label("%"))
        row.addStretch(1)
        share.setFocusProxy(self._prevalence)
        hint = Label(tr("first_run.prevalence_line"), "small", "t2", wrap=True)
        section.add_field(3, 0, tr("first_run.data_folder"), self._folder, self._disk)
        section.add_field(3, 1, tr("first_run.prevalence"), share, hint)
        self._prevalence.setAccessibleName(tr("first_run.prevalence"))
        section.fields.setColumnStretch(1, 1)
        return section

    def _administrator_section(self) -> Section:
        section = Section(tr("first_run.administrator"), tr("first_run.administrator_line"))
        self._name.setFixedWidth(theme.px(190))
        self._login.setFixedWidth(theme.px(190))
        hint = Label(tr("first_run.login_hint"), "small", "t2", wrap=True)
        section.add_field(0, 0, tr("first_run.name"), self._name)
        section.add_field(0, 1, tr("first_run.login"), self._login, hint)
        if is_narrow():
            section.fields.addWidget(self._is_doctor, 4, 0, 1, 3)
        else:
            section.fields.addWidget(self._is_doctor, 0, 2, 2, 1)
        self._password.setMaximumWidth(theme.px(614))
        section.fields.addWidget(self._password, 3, 0, 1, 3)
        section.fields.setColumnStretch(2, 1)
        return section


def _text_field(name: str) -> TextField:
    field = TextField()
    field.setObjectName(name)
    return field
