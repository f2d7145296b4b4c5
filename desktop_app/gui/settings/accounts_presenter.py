"""Joins the accounts section and the own password to their use cases."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from desktop_app.application.accounts import (
    AccountDetails,
    change_account,
    change_own_password,
    create_account,
    give_password,
    list_accounts,
)
from desktop_app.domain.account import Account
from desktop_app.domain.errors import AppError
from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import describe
from desktop_app.gui.settings.accounts_dialogs import (
    AccountDialog,
    GivePasswordDialog,
    OwnPasswordDialog,
)
from desktop_app.gui.settings.accounts_view import AccountsView, OwnPasswordView
from desktop_app.gui.texts import format_relative, tr
from desktop_app.gui.widgets.person import roles_text

T = TypeVar("T")


def build_accounts_section(desk: Desk) -> QWidget:
    """Return the card in which an administrator manages accounts."""
    view = AccountsView()
    _AccountsPresenter(desk, view)
    return view


def build_own_password_section(desk: Desk) -> QWidget:
    """Return the card in which a person changes the own password."""
    view = OwnPasswordView()
    _OwnPasswordPresenter(desk, view)
    return view


class _AccountsPresenter(QObject):
    """Lists accounts, creates and changes them, and gives passwords."""

    def __init__(self, desk: Desk, view: AccountsView) -> None:
        super().__init__(view)
        self._desk, self._view = desk, view
        self._accounts: tuple[Account, ...] = ()
        view.create_requested.connect(self._on_create)
        view.change_requested.connect(self._on_change)
        view.password_requested.connect(self._on_give_password)
        self._load()

    def _load(self) -> None:
        session = self._desk.session
        self._desk.tasks.run(lambda: list_accounts(session), self._show)

    def _show(self, accounts: tuple[Account, ...]) -> None:
        self._accounts = accounts
        self._view.show_rows([self._row(account) for account in accounts])

    def _row(self, account: Account) -> tuple[str, ...]:
        now = self._desk.session.clock.now()
        last = account.last_sign_in
        return (
            account.name,
            account.login,
            roles_text(account),
            account.department,
            tr("accounts.never") if last is None else format_relative(last, now),
            tr("accounts.active") if account.is_active else tr("accounts.ended"),
        )

    def _chosen(self) -> Account | None:
        row = self._view.chosen_row()
        return self._accounts[row] if 0 <= row < len(self._accounts) else None

    def _on_create(self) -> None:
        dialog = AccountDialog(self._view)

        def prepare() -> Callable[[], Account]:
            password = dialog.password.text() if dialog.password is not None else ""
            return partial(create_account, self._desk.session, _details(dialog), password)

        self._run(dialog, prepare, lambda account: tr("accounts.created", name=account.name))

    def _on_change(self) -> None:
        account = self._chosen()
        if account is None:
            return
        dialog = AccountDialog(self._view, account)

        def done(changed: Account) -> str:
            text = tr("accounts.changed", name=changed.name)
            resumed = changed.is_active and not account.is_active
            return f"{text} {tr('accounts.needs_password')}" if resumed else text

        self._run(
            dialog,
            lambda: partial(
                change_account, self._desk.session, account.account_id, _details(dialog)
            ),
            done,
        )

    def _on_give_password(self) -> None:
        account = self._chosen()
        if account is None:
            return
        dialog = GivePasswordDialog(self._view, account)
        self._run(
            dialog,
            lambda: partial(
                give_password, self._desk.session, account.account_id, dialog.password.text()
            ),
            lambda _nothing: tr("accounts.password_given", name=account.name),
        )

    def _run(
        self,
        dialog: AccountDialog | GivePasswordDialog,
        prepare: Callable[[], Callable[[], T]],
        words: Callable[[T], str],
    ) -> None:
        """Do in the background what the dialog asks for; `prepare` reads its fields here."""

        def done(result: T) -> None:
            dialog.finish()
            self._desk.navigator.notify(words(result))
            self._load()

        dialog.submitted.connect(
            lambda: self._desk.tasks.run(
                prepare(), done, lambda error: dialog.show_problem(_words(error)), owner=dialog
            )
        )
        dialog.open()


class _OwnPasswordPresenter(QObject):
    """Changes the password of the person who is signed in."""

    def __init__(self, desk: Desk, view: OwnPasswordView) -> None:
        super().__init__(view)
        self._desk, self._view = desk, view
        view.change_requested.connect(self._on_change)

    def _on_change(self) -> None:
        dialog = OwnPasswordDialog(self._view, self._desk.session.person)

        def change() -> None:
            session = self._desk.session
            old, new = dialog.old.text(), dialog.password.text()
            self._desk.tasks.run(
                partial(change_own_password, session, old, new),
                done,
                lambda error: dialog.show_problem(_words(error)),
                owner=dialog,
            )

        def done(_nothing: None) -> None:
            dialog.finish()
            self._desk.navigator.notify(tr("accounts.own_changed"))

        dialog.submitted.connect(change)
        dialog.open()


def _details(dialog: AccountDialog) -> AccountDetails:
    return AccountDetails(
        login=dialog.login.text(),
        name=dialog.name.text(),
        roles=dialog.roles(),
        department=dialog.department.text(),
        is_active=dialog.active.isChecked(),
    )


def _words(error: AppError) -> str:
    if error.context.get("rule") == "last_administrator":
        return tr("accounts.last_administrator")
    return describe(error).sentence
