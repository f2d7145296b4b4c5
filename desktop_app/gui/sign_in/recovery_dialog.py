"""A new password by the printed recovery key."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.domain.errors import AppError
from desktop_app.domain.recovery_key import (
    GROUP_LENGTH,
    GROUPS,
    is_recovery_group,
    plain_key_text,
    read_recovery_key,
)
from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.dialog import Dialog
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.new_password import NewPassword
from desktop_app.gui.widgets.text_field import TextField


class RecoveryDialog(Dialog):
    """`submitted` carries recovery key, login and new password; the dialog stays until `finish`."""

    submitted = Signal(str, str, str)

    def __init__(self, parent: QWidget, login: str) -> None:
        super().__init__(
            parent, tr("sign_in.reset_title"), tr("sign_in.reset_text"), icon="info", width=620
        )
        self._key = TextField()
        self._key.setObjectName("recovery_key")
        self._key.setAccessibleName(tr("sign_in.recovery_key"))
        theme.set_role(self._key, "mono")
        self._key.typed.connect(self._show_key)
        self._key_word = Label("", "small", "t2", wrap=True, name="recovery_key_word")
        self._login = TextField(login)
        self._login.setObjectName("reset_login")
        self._login.setAccessibleName(tr("sign_in.reset_login"))
        self._login.typed.connect(self._show_ready)
        self._password = NewPassword()
        self._password.changed.connect(self._show_ready)
        self._problem = Label("", "smallStrong", "err", wrap=True, name="reset_problem")
        for widget in (
            Label(tr("sign_in.recovery_key"), "small", "t2"),
            self._key,
            self._key_word,
            Label(tr("sign_in.reset_login"), "small", "t2"),
            self._login,
            self._password,
            self._problem,
        ):
            self.body.addWidget(widget)
        self._reset = self.add_choice(tr("sign_in.reset"), kind="primary", accepts=True)
        self.add_choice(tr("common.cancel"), kind="plain", accepts=False)
        self._password.submitted.connect(self._reset.click)
        for field in (self._key, self._login):
            field.returnPressed.connect(self._reset.click)
        self._show_key("")
        self._key.setFocus()

    def accept(self) -> None:
        self._problem.setText("")
        self.submitted.emit(self._key.text(), self._login.text(), self._password.text())

    def finish(self) -> None:
        """Close because the password was set."""
        super().accept()

    def show_problem(self, text: str) -> None:
        """Say why it was refused."""
        self._problem.setText(text)

    def set_busy(self, busy: bool) -> None:
        """Hold the button while the key is being tried."""
        self._reset.setEnabled(not busy and self._is_ready())

    def _is_ready(self) -> bool:
        return bool(
            self._is_key_whole() and self._login.seen_text() and not self._password.missing()
        )

    def _is_key_whole(self) -> bool:
        try:
            read_recovery_key(self._key.text())
        except AppError:
            return False
        return True

    def _show_key(self, typed: str) -> None:
        wrong = _first_wrong_group(typed)
        if wrong:
            self._key_word.setText(tr("sign_in.group_wrong", group=wrong))
        elif self._is_key_whole():
            self._key_word.setText(tr("sign_in.key_fits"))
        else:
            self._key_word.setText(tr("sign_in.recovery_key_hint"))
        self._key_word.set_tone("err" if wrong else "ok" if self._is_key_whole() else "t2")
        self._show_ready()

    def _show_ready(self, _text: str = "") -> None:
        self._reset.setEnabled(self._is_ready())


def _first_wrong_group(typed: str) -> int:
    """Return the first group that was typed in full and does not fit, 0 if there is none."""
    plain = plain_key_text(typed)
    for group in range(1, min(GROUPS, len(plain) // GROUP_LENGTH) + 1):
        part = plain[(group - 1) * GROUP_LENGTH : group * GROUP_LENGTH]
        if not is_recovery_group(part, group):
            return group
    return 0
