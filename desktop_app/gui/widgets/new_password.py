"""A new password, typed twice, with a word about its strength while it is typed."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop_app.domain.account import PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH
from desktop_app.domain.password import PasswordWeakness, normal_password, password_weakness
from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.password_field import PasswordField

_TWO_LINES = 36
_WEAKNESS_KEYS = {
    PasswordWeakness.TOO_SHORT: "password.too_short",
    PasswordWeakness.TOO_LONG: "password.too_long",
    PasswordWeakness.COMMON: "password.common",
    PasswordWeakness.SIMPLE: "password.simple",
    PasswordWeakness.NAMED: "password.named",
}


class NewPassword(QWidget):
    """Two fields beside each other; `missing` says in a sentence what they still lack."""

    changed = Signal()
    submitted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._login, self._name = "", ""
        self._first = PasswordField(tr("password.password"), name="new_password")
        self._second = PasswordField(tr("password.again"), name="new_password_again")
        self._strength = Label("", "small", "t2", wrap=True, name="password_strength")
        self._equality = Label("", "small", "t2", wrap=True, name="password_equality")
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(theme.px(14))
        grid.setVerticalSpacing(theme.px(5))
        for column, (key, field, word) in enumerate(
            (
                (tr("password.password"), self._first, self._strength),
                (tr("password.again"), self._second, self._equality),
            )
        ):
            label = Label(key, "small", "t2")
            label.setBuddy(field)
            grid.addWidget(label, 0, column)
            grid.addWidget(field, 1, column)
            grid.addWidget(word, 2, column, Qt.AlignmentFlag.AlignTop)
            grid.setColumnStretch(column, 1)
            field.line.textChanged.connect(self._on_changed)
        # Room for two lines: a layout around this one would take a wrapped line from the field.
        grid.setRowMinimumHeight(2, theme.px(_TWO_LINES))
        grid.setRowStretch(3, 1)
        self._first.submitted.connect(self._second.setFocus)
        self._second.submitted.connect(self.submitted)
        self.setFocusProxy(self._first)
        self._show()

    def set_owner(self, login: str, name: str) -> None:
        """Name whose password it is, so that it cannot contain that."""
        self._login, self._name = login, name
        self._show()

    def text(self) -> str:
        """Return the password."""
        return self._first.text()

    def clear(self) -> None:
        """Forget what was typed."""
        self._first.clear()
        self._second.clear()

    def missing(self) -> str:
        """Return what is still to be done, empty when the password is ready."""
        if not self.text():
            return tr("password.missing")
        if self._weakness() is not None:
            return tr("password.weak")
        return "" if self._second.text() == self.text() else tr("password.type_again")

    def _weakness(self) -> PasswordWeakness | None:
        return password_weakness(self.text(), login=self._login, name=self._name)

    def _on_changed(self) -> None:
        self._show()
        self.changed.emit()

    def _show(self) -> None:
        length, weakness = len(normal_password(self.text())), self._weakness()
        limit = PASSWORD_MAX_LENGTH
        if not length:
            self._strength.setText(tr("password.rule"))
        elif weakness is None:
            self._strength.setText(tr("password.good", n=length))
        else:
            n = PASSWORD_MIN_LENGTH - length if weakness is PasswordWeakness.TOO_SHORT else limit
            self._strength.setText(tr(_WEAKNESS_KEYS[weakness], n=n))
        is_weak = weakness not in (None, PasswordWeakness.TOO_SHORT)
        self._strength.set_tone("err" if is_weak else "t2" if weakness else "ok")
        self._show_equality()

    def _show_equality(self) -> None:
        first, second = self.text(), self._second.text()
        if not second:
            text, tone = "", "t2"
        elif first == second:
            text, tone = tr("password.matches"), "ok"
        elif first.startswith(second):
            text, tone = tr("password.too_short", n=len(first) - len(second)), "t2"
        else:
            text, tone = tr("password.differs"), "err"
        self._equality.setText(text)
        self._equality.set_tone(tone)
