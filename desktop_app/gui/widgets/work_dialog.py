"""A dialog that stays open until what it asked for was done."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from desktop_app.gui.texts import plain, tr
from desktop_app.gui.widgets.banner import announce
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.dialog import Dialog, DialogIcon
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.new_password import NewPassword
from desktop_app.gui.widgets.text_field import TextField


class WorkDialog(Dialog):
    """Fields, a line for problems, and a button that hands the fields in."""

    submitted = Signal()

    def __init__(
        self,
        parent: QWidget,
        title: str,
        text: str = "",
        *,
        icon: DialogIcon = "info",
        width: int = 560,
    ) -> None:
        super().__init__(parent, title, text, icon=icon, width=width)
        self._problem = Label("", "smallStrong", "err", wrap=True, name="dialog_problem")
        self._focused: QWidget | None = None
        self.body.addSpacing(6)

    def add_buttons(self, submit: str) -> Button:
        """Add the line for problems and the buttons; return the one that submits, also by Enter."""
        self.body.addWidget(self._problem)
        self._problem.hide()
        self.add_choice(tr("common.cancel"), accepts=False)
        main = self.add_choice(submit, kind="primary", accepts=True)
        main.setDefault(True)
        return main

    def accept(self) -> None:
        missing = self.missing()
        self._say(missing)
        if not missing:
            self.set_busy(busy=True)
            self.submitted.emit()

    def missing(self) -> str:
        """Return what is still to be done, empty when it can be submitted."""
        raise NotImplementedError  # each dialog's own, and Qt's classes take no abstract ones

    def set_busy(self, *, busy: bool) -> None:
        """Hold the dialog while what it asked for is done; the keyboard stays where it was."""
        if busy:
            self._focused = self.focusWidget()
        self.setEnabled(not busy)
        if not busy and self._focused is not None:
            self._focused.setFocus()

    def finish(self) -> None:
        """Close because it was done."""
        super().accept()

    def show_problem(self, text: str) -> None:
        """Say why it was refused and let the person go on."""
        self.set_busy(busy=False)
        self._say(text)

    def add_password(self, password: NewPassword) -> None:
        """Put the fields of a new password; typing in them answers the last problem."""
        password.changed.connect(self._forget_problem)
        self.body.addWidget(password)

    def _forget_problem(self, _text: str = "") -> None:
        self._say("")

    def _say(self, problem: str) -> None:
        self._problem.setText(problem)
        self._problem.setVisible(bool(problem))
        if problem:
            announce(self, problem, assertive=True)

    def add_field(self, label: str, field: QWidget) -> None:
        """Put a field below its label; typing in it answers the last problem."""
        if isinstance(field, TextField):
            field.typed.connect(self._forget_problem)
        named = Label(label, "small", "t2")
        named.setBuddy(field)
        field.setAccessibleName(plain(label))
        self.body.addWidget(named)
        self.body.addWidget(field)
