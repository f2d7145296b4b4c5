"""The dialogs of accounts: who it is, and a new password."""

from PySide6.QtWidgets import QCheckBox, QWidget

from desktop_app.domain.account import Account, Role, check_login
from desktop_app.domain.errors import AppError
from desktop_app.gui.texts import tr
from desktop_app.gui.widgets.label import Label
from desktop_app.gui.widgets.new_password import NewPassword
from desktop_app.gui.widgets.password_field import PasswordField
from desktop_app.gui.widgets.person import role_text
from desktop_app.gui.widgets.text_field import TextField
from desktop_app.gui.widgets.work_dialog import WorkDialog

_ROLE_LINES = {
    Role.ADMIN: "accounts.role_admin_line",
    Role.DOCTOR: "accounts.role_doctor_line",
    Role.STAFF: "accounts.role_staff_line",
    Role.AUDITOR: "accounts.role_auditor_line",
}


class AccountDialog(WorkDialog):
    """Name, login, department and roles; a password for a new account, the state of an old one."""

    def __init__(self, parent: QWidget, account: Account | None = None) -> None:
        title = (
            tr("accounts.create_title")
            if account is None
            else tr("accounts.change_title", name=account.name)
        )
        super().__init__(parent, title)
        self.name = TextField(account.name if account else "")
        self.login = TextField(account.login if account else "")
        self.department = TextField(account.department if account else "")
        for field, name, label in (
            (self.name, "account_name", tr("accounts.name")),
            (self.login, "account_login", tr("accounts.login")),
            (self.department, "account_department", tr("accounts.department")),
        ):
            field.setObjectName(name)
            self.add_field(label, field)
        self.body.addWidget(Label(tr("accounts.roles"), "small", "t2"))
        self._roles = {role: self._role_box(role, account) for role in Role}
        self.active = QCheckBox(tr("accounts.is_active"))
        self.active.setObjectName("account_active")
        self.active.setChecked(account is None or account.is_active)
        self.active.setVisible(account is not None)
        self.body.addWidget(self.active)
        self.password = NewPassword() if account is None else None
        if self.password is not None:
            self.add_password(self.password)
            self.name.typed.connect(self._name_owner)
            self.login.typed.connect(self._name_owner)
        save = self.add_buttons(tr("accounts.save"))
        for field in (self.name, self.login, self.department):
            field.returnPressed.connect(save.click)
        if self.password is not None:
            self.password.submitted.connect(save.click)
        self.name.setFocus()

    def roles(self) -> frozenset[Role]:
        """Return the chosen roles."""
        return frozenset(role for role, box in self._roles.items() if box.isChecked())

    def missing(self) -> str:
        """Return what is still to be done, empty when it can be submitted."""
        if not self.name.text().strip():
            return tr("accounts.need_name")
        try:
            check_login(self.login.text())
        except AppError:
            return tr("accounts.need_login")
        if not self.roles():
            return tr("accounts.need_role")
        return self.password.missing() if self.password is not None else ""

    def _role_box(self, role: Role, account: Account | None) -> QCheckBox:
        text = tr("accounts.role_choice", role=role_text(role), line=tr(_ROLE_LINES[role]))
        box = QCheckBox(text)
        box.setObjectName(f"role_{role.value.lower()}")
        box.setChecked(account is not None and role in account.roles)
        self.body.addWidget(box)
        return box

    def _name_owner(self, _text: str) -> None:
        if self.password is not None:
            self.password.set_owner(self.login.seen_text(), self.name.seen_text())


class GivePasswordDialog(WorkDialog):
    """A new password for a colleague."""

    def __init__(self, parent: QWidget, account: Account) -> None:
        super().__init__(
            parent,
            tr("accounts.password_title", name=account.name),
            tr("accounts.password_text"),
        )
        self.password = NewPassword()
        self.password.set_owner(account.login, account.name)
        self.add_password(self.password)
        save = self.add_buttons(tr("accounts.save"))
        self.password.submitted.connect(save.click)
        self.password.setFocus()

    def missing(self) -> str:
        """Return what is still to be done, empty when it can be submitted."""
        return self.password.missing()


class OwnPasswordDialog(WorkDialog):
    """The present password and a new one."""

    def __init__(self, parent: QWidget, account: Account) -> None:
        super().__init__(parent, tr("accounts.own_dialog_title"))
        self.old = PasswordField(tr("accounts.own_old"), name="old_password")
        self.add_field(tr("accounts.own_old"), self.old)
        self.password = NewPassword()
        self.password.set_owner(account.login, account.name)
        self.add_password(self.password)
        save = self.add_buttons(tr("accounts.save"))
        self.old.submitted.connect(self.password.setFocus)
        self.password.submitted.connect(save.click)
        self.old.setFocus()

    def missing(self) -> str:
        """Return what is still to be done, empty when it can be submitted."""
        return self.password.missing()
