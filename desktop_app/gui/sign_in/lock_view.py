"""The locked screen: who locked it, the password, and the way for somebody else."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop_app.gui import theme
from desktop_app.gui.page import FrontPage
from desktop_app.gui.sign_in.password_panel import PasswordPanel
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.buttons import Button
from desktop_app.gui.widgets.label import ElidedLabel, Label, icon_label
from desktop_app.gui.widgets.logo import Logo
from desktop_app.gui.widgets.person import Initial
from desktop_app.gui.widgets.scrolled import Ground, scrolled

_PANEL_WIDTH = 420


class LockView(FrontPage):
    """`submitted` carries the password; nothing of any patient is shown."""

    submitted = Signal(str)

    def __init__(self, name: str, line: str, reason: str) -> None:
        super().__init__(tr("sign_in.title_locked"))
        self.setObjectName("lock_page")
        other = Button(tr("sign_in.other_person"), kind="plain", name="other_person")
        other.clicked.connect(self.restart_requested)
        self._password = PasswordPanel(tr("sign_in.unlock"), other)
        self._password.submitted.connect(self.submitted)
        self._clinic = ElidedLabel("", "body", "t2", name="clinic")
        content = Ground()
        content.setProperty("page", "true")
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(content))
        column = QVBoxLayout(content)
        column.setContentsMargins(28, 20, 28, 16)
        column.setSpacing(theme.px(4))
        column.addLayout(self._top_row())
        column.addStretch(3)
        lock = icon_label("lock", "t2", 36)
        for widget in (
            lock,
            Label(tr("sign_in.locked"), "bigHeading", name="locked"),
            Label(reason, "body", "t2", name="lock_reason"),
        ):
            column.addWidget(widget, 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.px(20))
        column.addWidget(self._build_panel(name, line), 0, Qt.AlignmentFlag.AlignHCenter)
        column.addSpacing(theme.px(14))
        column.addLayout(self._promise())
        column.addStretch(4)

    def show_clinic(self, line: str) -> None:
        """Name the clinic and this computer's seat."""
        self._clinic.setText(line)

    def show_problem(self, text: str, *, is_refused: bool = True) -> None:
        """Say why the last try failed, or nothing."""
        self._password.show_problem(text, is_refused=is_refused)

    def set_busy(self, busy: bool) -> None:
        """Hold the button while the password is being checked."""
        self._password.set_busy(busy)

    def forget_password(self) -> None:
        """Empty the password field."""
        self._password.clear()

    def focus_first(self) -> None:
        """Put the keyboard on the password."""
        self._password.setFocus()

    def _top_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(theme.px(10))
        row.addWidget(Logo(26))
        row.addWidget(Label("MesoDesk", "strong"))
        row.addWidget(self._clinic)
        row.addStretch(1)
        return row

    def _build_panel(self, name: str, line: str) -> QFrame:
        panel = QFrame()
        panel.setProperty("card", "true")
        panel.setFixedWidth(theme.px(_PANEL_WIDTH))
        names = QVBoxLayout()
        names.setSpacing(0)
        names.addWidget(ElidedLabel(name, "cardTitle", name="locked_person"))
        names.addWidget(ElidedLabel(line, "small", "t2"))
        person = QHBoxLayout()
        person.setSpacing(theme.px(12))
        person.addWidget(Initial(name))
        person.addLayout(names, 1)
        column = QVBoxLayout(panel)
        column.setContentsMargins(theme.px(28), theme.px(22), theme.px(28), theme.px(20))
        column.setSpacing(theme.px(16))
        column.addLayout(person)
        column.addWidget(self._password)
        return panel

    def _promise(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addStretch(1)
        row.addWidget(icon_label("eye-off", "t2"))
        row.addWidget(Label(tr("sign_in.nothing_shown"), "small", "t2"))
        row.addStretch(1)
        return row
