"""A password, what is wrong with it, and the button that tries it: for sign-in and lock."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_app.gui import theme
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.banner import announce
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.folding_row import FoldingRow
from desktop_app.gui.widgets.label import Label, icon_label
from desktop_app.gui.widgets.password_field import PasswordField


class PasswordPanel(QWidget):
    """`submitted` carries the password, which the field then forgets."""

    submitted = Signal(str)

    def __init__(self, action: str, other: Button) -> None:
        super().__init__()
        self._action = action
        label = Label(tr("sign_in.password"), "small", "t2")
        self._field = PasswordField(tr("sign_in.password").replace("&", ""), name="password")
        label.setBuddy(self._field)
        self._field.submitted.connect(self._on_submitted)
        self._field.line.textEdited.connect(self._on_edited)
        self._problem = QWidget()
        row = QHBoxLayout(self._problem)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self._problem_text = Label("", "smallStrong", "err", wrap=True, name="problem")
        row.addWidget(icon_label("circle-x", "err"))
        row.addWidget(self._problem_text, 1)
        self._problem.hide()
        self._button = Button(action, kind="primary", key="Enter", name="submit")
        self._button.setProperty("tall", "true")
        self._button.clicked.connect(self._on_submitted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.px(6))
        column.addWidget(label)
        column.addWidget(self._field)
        column.addWidget(self._problem)
        column.addSpacing(theme.px(12))
        column.addWidget(FoldingRow(self._button, other, theme.px(8)))
        self.setFocusProxy(self._field)

    def show_problem(self, text: str, *, is_refused: bool = True) -> None:
        """Say why the last try failed, or nothing."""
        self._problem_text.setText(text)
        self._problem.setVisible(bool(text))
        self._field.set_refused(bool(text) and is_refused)
        if text:
            announce(self, text, assertive=True)

    def set_busy(self, busy: bool) -> None:
        """Hold the button while a password is being checked."""
        self._button.setEnabled(not busy)
        self._button.setText(tr("sign_in.checking") if busy else self._action)

    def clear(self) -> None:
        """Forget what was typed."""
        self._field.clear()

    def _on_edited(self) -> None:
        self.show_problem("")

    def _on_submitted(self) -> None:
        if self._button.isEnabled() and self._field.text():
            self.submitted.emit(self._field.text())
