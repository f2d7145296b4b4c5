"""Joins the sign-in page and the locked screen to their use cases."""

import math
from datetime import datetime, timedelta
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, Signal, SignalInstance

from desktop_app.application.session import Session
from desktop_app.application.sign_in import (
    Entrance,
    folded_login,
    reset_password_with_recovery_key,
    sign_in,
    unlock,
)
from desktop_app.domain.account import Account, Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.messages import describe
from desktop_app.gui.page import FrontPage
from desktop_app.gui.sign_in.account_list import AccountRow
from desktop_app.gui.sign_in.lock_view import LockView
from desktop_app.gui.sign_in.recovery_dialog import RecoveryDialog
from desktop_app.gui.sign_in.view import SignInView
from desktop_app.gui.tasks import Tasks
from desktop_app.gui.texts import format_probability, format_relative, format_time, tr
from desktop_app.gui.widgets.dialog import tell
from desktop_app.gui.widgets.person import person_line

_COUNTED_IN_SECONDS = 90


def build_sign_in(entrance: Entrance, tasks: Tasks, login: str = "") -> FrontPage:
    """Return the page on which a person signs in; `login` is chosen first."""
    view = SignInView()
    _SignInPresenter(entrance, tasks, view, login)
    return view


def build_lock(
    entrance: Entrance, tasks: Tasks, person: Account, idle_minutes: int | None = None
) -> FrontPage:
    """Return the locked screen of a person; `idle_minutes` says why it locked by itself."""
    reason = (
        tr("sign_in.locked_now")
        if idle_minutes is None
        else tr("sign_in.locked_idle", n=idle_minutes)
    )
    view = LockView(person.name, person_line(person), reason)
    _LockPresenter(entrance, tasks, view, person)
    return view


class _CredentialsView(Protocol):
    """What both pages offer while a password is tried."""

    entering: SignalInstance
    signed_in: SignalInstance

    def set_busy(self, busy: bool) -> None: ...
    def forget_password(self) -> None: ...
    def focus_first(self) -> None: ...
    def show_problem(self, text: str, *, is_refused: bool = True) -> None: ...


class _Attempt(QObject):
    """Tries credentials in the background and says on the page what came of it."""

    refused = Signal()

    def __init__(self, tasks: Tasks, view: _CredentialsView, entrance: Entrance) -> None:
        super().__init__()
        self._tasks, self._view, self._entrance = tasks, view, entrance

    def sign_in(self, login: str, password: str) -> None:
        """Open the clinic for a person."""
        self._begin()
        self._tasks.run(lambda: sign_in(self._entrance, login, password), self._done, self._failed)

    def unlock(self, login: str, password: str) -> None:
        """Open it again for the person who locked it."""
        self._begin()
        self._tasks.run(lambda: unlock(self._entrance, login, password), self._done, self._failed)

    def _begin(self) -> None:
        self._view.show_problem("")
        self._view.set_busy(True)
        self._view.entering.emit()

    def _done(self, session: Session) -> None:
        self._view.forget_password()
        self._view.signed_in.emit(session)

    def _failed(self, error: AppError) -> None:
        self._view.set_busy(False)
        self._view.forget_password()
        is_refused = error.code in (ErrorCode.WRONG_CREDENTIALS, ErrorCode.SIGN_IN_DELAYED)
        self._view.show_problem(_refusal(error, self._entrance.clock.now()), is_refused=is_refused)
        self._view.focus_first()
        self.refused.emit()


class _SignInPresenter(QObject):
    """Lists the people, tries passwords, and leads back in with the recovery key."""

    def __init__(self, entrance: Entrance, tasks: Tasks, view: SignInView, login: str) -> None:
        super().__init__(view)
        self._entrance, self._tasks, self._view = entrance, tasks, view
        self._accounts: tuple[Account, ...] = ()
        self._attempt = _Attempt(tasks, view, entrance)
        self._attempt.setParent(self)
        self._attempt.refused.connect(self._show_accounts)
        view.submitted.connect(self._attempt.sign_in)
        view.account_chosen.connect(self._on_account_chosen)
        view.other_account_requested.connect(self._on_other_account)
        view.recovery_requested.connect(self._on_recovery)
        view.help_requested.connect(self._on_help)
        view.show_honest_line(_honest_line(entrance.auc()))
        self._ticks = QTimer(self)
        self._ticks.setInterval(1000)
        self._ticks.timeout.connect(self._show_accounts)
        self._login = ""
        self._open_door(login)

    def _open_door(self, login: str) -> None:
        # A file of a few kilobytes: shorter than a frame, and the first paint already names people.
        try:
            door = self._entrance.vault.door()
        except AppError as error:
            message = describe(error)
            self._view.show_trouble(message.title, message.sentence)
            return
        self._view.show_clinic(_clinic_line(door.clinic_name, door.seat))
        self._accounts = () if door.hides_accounts else _by_last_sign_in(door.accounts)
        self._show_accounts()
        known = [account.login for account in self._accounts]
        if known:
            self._view.choose(login if login in known else known[0])
        else:
            self._on_other_account()

    def _show_accounts(self) -> None:
        now = self._entrance.clock.now()
        rows = [self._row(account, now) for account in self._accounts]
        self._view.show_accounts(rows)
        if any(row.is_delayed for row in rows):
            self._ticks.start()
        else:
            self._ticks.stop()

    def _row(self, account: Account, now: datetime) -> AccountRow:
        wait = self._entrance.guard.wait_seconds(account.login)
        when = ""
        if wait > _COUNTED_IN_SECONDS:
            when = tr("sign_in.delayed_until", time=_full_minute(now, wait))
        elif wait > 0:
            when = tr("sign_in.delayed_for", n=math.ceil(wait))
        elif account.last_sign_in is not None:
            when = format_relative(account.last_sign_in, now)
        return AccountRow(account.login, account.name, person_line(account), when, wait > 0)

    def _on_account_chosen(self, login: str) -> None:
        account = next(one for one in self._accounts if one.login == login)
        self._login = login
        is_doctor = Role.DOCTOR in account.roles
        key = "sign_in.hello_doctor" if is_doctor else "sign_in.hello"
        self._view.show_problem("")
        self._view.show_person(tr(key, name=account.name), types_login=False)

    def _on_other_account(self) -> None:
        self._login = ""
        self._view.choose("")
        self._view.show_problem("")
        self._view.show_person(tr("sign_in.hello_nobody"), types_login=True)
        self._view.focus_first()

    def _on_help(self) -> None:
        tell(self._view, tr("sign_in.help_title"), tr("sign_in.help_text"))

    def _on_recovery(self) -> None:
        dialog = RecoveryDialog(self._view, self._login)
        dialog.submitted.connect(
            lambda key, login, password: self._reset(dialog, key, login, password)
        )
        dialog.open()

    def _reset(self, dialog: RecoveryDialog, key: str, login: str, password: str) -> None:
        def done(_nothing: None) -> None:
            dialog.finish()
            self._open_door(folded_login(login))
            self._view.show_notice(tr("sign_in.password_reset"))
            self._view.focus_first()

        def failed(error: AppError) -> None:
            dialog.set_busy(False)
            is_unknown = error.code is ErrorCode.NOT_FOUND
            dialog.show_problem(
                tr("sign_in.no_such_login") if is_unknown else describe(error).sentence
            )

        dialog.set_busy(True)
        self._view.entering.emit()
        self._tasks.run(
            lambda: reset_password_with_recovery_key(self._entrance, key, login, password),
            done,
            failed,
            owner=dialog,
        )


class _LockPresenter(QObject):
    """Opens the clinic again for the person who locked it."""

    def __init__(self, entrance: Entrance, tasks: Tasks, view: LockView, person: Account) -> None:
        super().__init__(view)
        self._attempt = _Attempt(tasks, view, entrance)
        self._attempt.setParent(self)
        view.submitted.connect(lambda password: self._attempt.unlock(person.login, password))
        try:
            door = entrance.vault.door()
        except AppError as error:
            view.show_problem(describe(error).sentence, is_refused=False)
            return
        view.show_clinic(_clinic_line(door.clinic_name, door.seat))


def _by_last_sign_in(accounts: tuple[Account, ...]) -> tuple[Account, ...]:
    """Return the people with who was here last first; who never was comes last."""
    return tuple(
        sorted(
            accounts,
            key=lambda one: one.last_sign_in.timestamp() if one.last_sign_in else 0.0,
            reverse=True,
        )
    )


def _clinic_line(clinic: str, seat: str) -> str:
    return tr("sign_in.clinic_and_seat", clinic=clinic, seat=seat) if seat else clinic


def _honest_line(auc: float | None) -> str:
    if auc is None:
        return tr("sign_in.honest_without_figure")
    return tr("sign_in.honest", auc=format_probability(auc))


def _refusal(error: AppError, now: datetime) -> str:
    """Return the sentence for a failed try: the same for a wrong name and a wrong password."""
    if error.code is ErrorCode.SIGN_IN_DELAYED:
        return _next_try(now, float(str(error.context["seconds"])))
    if error.code is not ErrorCode.WRONG_CREDENTIALS:
        return describe(error).sentence
    left = int(str(error.context["tries_left"]))
    if left:
        return f"{tr('sign_in.wrong')} {tr('sign_in.tries_left', n=left)}"
    return f"{tr('sign_in.wrong')} {_next_try(now, float(str(error.context['seconds'])))}"


def _next_try(now: datetime, wait: float) -> str:
    if wait > _COUNTED_IN_SECONDS:
        return tr("sign_in.next_try_at", time=_full_minute(now, wait))
    return tr("sign_in.next_try_in", n=math.ceil(wait))


def _full_minute(now: datetime, wait: float) -> str:
    """Return the first full minute at which the wait is over."""
    return format_time(now + timedelta(seconds=math.ceil(wait) + 59))
