"""The dialog in which a person signs in to the server."""

from PySide6.QtWidgets import QWidget

from desktop_app.gui.texts import plain, tr
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.password_field import PasswordField
from desktop_app.gui.widgets.text_field import TextField
from desktop_app.gui.widgets.work_dialog import WorkDialog


class ServerSignInDialog(WorkDialog):
    """Account and password of the server; it can be left while the server has not answered."""

    def __init__(self, parent: QWidget, address: str, account: str) -> None:
        super().__init__(
            parent, tr("server.sign_in_title"), tr("server.sign_in_text"), icon="log-in", width=480
        )
        self.setObjectName("server_sign_in_dialog")
        self.account = TextField(account)
        self.account.setObjectName("server_account")
        label = tr("server.password")
        self.password = PasswordField(plain(label), name="server_password")
        self._waiting = Label("", "small", "t2", name="signing_in")
        self.body.addWidget(Label(tr("server.sign_in_address", address=address), "small", "t2"))
        self.add_field(tr("server.account"), self.account)
        self.add_field(label, self.password)
        self.body.addWidget(self._waiting)
        self._save = self.add_buttons(tr("server.sign_in"))
        self.password.submitted.connect(self._save.click)
        (self.password if account else self.account).setFocus()

    def missing(self) -> str:
        """Return what is still to be done, empty when it can be submitted."""
        if not self.account.text().strip():
            return tr("server.need_account")
        return "" if self.password.text() else tr("server.need_password")

    def set_busy(self, *, busy: bool) -> None:
        """Wait for the server; Cancel stays, as it may take half a minute."""
        for part in (self.account, self.password, self._save):
            part.setEnabled(not busy)
        self._waiting.setText(tr("server.signing_in") if busy else "")

    def show_problem(self, text: str) -> None:
        """Say why the server refused, and let the password be typed again."""
        super().show_problem(text)
        self.password.clear()
        self.password.setFocus()
