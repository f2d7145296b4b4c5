"""Joins what a person asks of the server to its use cases: set-up, check, sign-in, enrolment."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QFileDialog

from desktop_app.application import server_setup
from desktop_app.application.server_setup import ConnectionCheck
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.domain.account import Right
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import Certificate, ServerPerson, ServerSettings
from desktop_app.gui.desk import Desk
from desktop_app.gui.messages import describe
from desktop_app.gui.sync.card_words import shown_address
from desktop_app.gui.sync.check_steps import first_steps, sentence_of, steps_of
from desktop_app.gui.sync.enrolment_dialog import EnrolmentDialog
from desktop_app.gui.sync.server_dialog import ServerDialog
from desktop_app.gui.sync.sign_in_dialog import ServerSignInDialog
from desktop_app.gui.sync.view import SyncPage
from desktop_app.gui.texts import tr

T = TypeVar("T")
_LONGEST_PEM = 1_000_000


class ServerPresenter(QObject):
    """Asks the server in the background; `changed` asks the page to read anew."""

    changed = Signal()
    busy_changed = Signal()

    def __init__(self, desk: Desk, view: SyncPage, parent: QObject) -> None:
        super().__init__(parent)
        self._desk, self._view = desk, view
        self._settings = ServerSettings()
        self.is_busy = False
        view.check_chosen.connect(self.check)
        view.server.change_chosen.connect(self.set_up)
        view.server.sign_in_chosen.connect(self.sign_in)
        view.server.sign_out_chosen.connect(self._sign_out)
        view.usb.enrol_chosen.connect(self._enrol)

    @property
    def _session(self) -> Session:
        return self._desk.session

    def offer(self, settings: ServerSettings, *, is_demonstration: bool) -> None:
        """Go by the stored settings, and let the menus offer what the person may do."""
        self._settings = settings
        may_set_up = self._session.person.may(Right.SET_UP_SYNC) and not is_demonstration
        view = self._view
        view.offer("set_up_server", self.set_up, enabled=may_set_up)
        view.offer("enrol_by_file", self._enrol, enabled=may_set_up)
        view.offer("server_sign_in", self.sign_in, enabled=settings.is_set)
        has_account = settings.is_set and bool(settings.account)
        view.offer("server_sign_out", self._sign_out, enabled=has_account)

    # -- the connection

    def check(self) -> None:
        """Try the stored settings."""
        self._set_busy(is_busy=True)
        work = partial(server_setup.check_connection, self._session, self._settings)
        self._desk.sync.calls.run(work, self._on_checked, self._on_refused, owner=self)

    def _on_checked(self, check: ConnectionCheck) -> None:
        self._set_busy(is_busy=False)
        self._desk.sync.note_check(check)
        if check.person is not None:
            self._desk.navigator.notify(tr("sync.checked", who=check.person.username))

    def _on_refused(self, error: AppError) -> None:
        self._set_busy(is_busy=False)
        self._desk.navigator.show_error(error)

    def _set_busy(self, *, is_busy: bool) -> None:
        self.is_busy = is_busy
        self.busy_changed.emit()

    # -- signing in and out

    def sign_in(self) -> None:
        """Ask for the server account."""
        address, account = shown_address(self._settings), self._settings.account
        dialog = ServerSignInDialog(self._view, address, account)

        def submit() -> None:
            typed = (dialog.account.text(), dialog.password.text())
            work = partial(server_setup.sign_in_to_server, self._session, *typed)
            self._desk.sync.calls.run(
                work,
                partial(self._on_signed_in, dialog),
                lambda error: dialog.show_problem(describe(error).sentence),
                owner=dialog,
            )

        dialog.submitted.connect(submit)
        dialog.open()

    def _on_signed_in(self, dialog: ServerSignInDialog, person: ServerPerson) -> None:
        if dialog.isVisible():
            dialog.finish()
        self._desk.navigator.notify(tr("server.signed_in", account=person.username))
        self._desk.sync.note_check(ConnectionCheck(person=person))
        self.changed.emit()

    def _sign_out(self) -> None:
        work = partial(server_setup.sign_out_of_server, self._session)
        self._desk.sync.calls.run(work, self._on_signed_out, self._on_refused, owner=self)

    def _on_signed_out(self, _nothing: None) -> None:
        ended = AppError(ErrorCode.SERVER_SIGN_IN_NEEDED)
        self._desk.sync.note_check(ConnectionCheck(error=ended))
        self._desk.sync.refresh()
        self._desk.navigator.notify(tr("sync.signed_out"))
        self.changed.emit()

    # -- setting up

    def set_up(self) -> None:
        """Let the administrator name the server."""
        dialog = ServerDialog(self._view, self._settings)
        dialog.check_wanted.connect(partial(self._check_dialog, dialog))
        dialog.file_wanted.connect(partial(self._choose_authority, dialog))
        dialog.file_removed.connect(partial(dialog.show_authority, "", ()))
        dialog.submitted.connect(partial(self._save, dialog))
        if self._settings.ca_file:
            self._describe(dialog, self._settings.ca_file)
        entrance = self._desk.sync.entrance
        if entrance is not None:
            # The key store may be slow: it is asked where nothing waits for it.
            self._desk.sync.calls.run(
                entrance.secrets.is_secure,
                lambda is_secure: dialog.show_key_store(is_secure=is_secure),
                owner=dialog,
            )
        dialog.open()

    def _check_dialog(self, dialog: ServerDialog) -> None:
        settings = dialog.settings()
        if not settings.is_set:
            dialog.show_steps(first_steps(settings), tr("server.check_needs_address"))
            dialog.address.setFocus()
            return
        dialog.show_checking()

        def show(check: ConnectionCheck) -> None:
            dialog.show_steps(steps_of(check, settings), sentence_of(check))

        work = partial(server_setup.check_connection, self._session, settings)
        self._desk.sync.calls.run(work, show, owner=dialog)

    def _choose_authority(self, dialog: ServerDialog) -> None:
        name, _ = QFileDialog.getOpenFileName(dialog, tr("server.ca"), "", tr("server.ca_files"))
        if name:
            self.take_authority(dialog, Path(name))

    def take_authority(self, dialog: ServerDialog, path: Path) -> None:
        """Read a certificate file and show whom it names."""
        try:
            self._describe(dialog, _read_pem(path))
        except AppError as error:
            dialog.show_problem(describe(error).sentence)

    def _describe(self, dialog: ServerDialog, text: str) -> None:
        def show(certificates: tuple[Certificate, ...]) -> None:
            dialog.show_problem("")
            dialog.show_authority(text, certificates)

        self._desk.tasks.run(
            partial(server_setup.describe_certificates, self._session, text),
            show,
            lambda error: dialog.show_problem(describe(error).sentence),
            owner=dialog,
        )

    def _save(self, dialog: ServerDialog) -> None:
        work = partial(
            _store,
            self._session,
            self._desk.sync.entrance,
            dialog.settings(),
            is_unattended=dialog.wants_unattended,
        )
        self._desk.sync.calls.run(
            work,
            partial(self._on_saved, dialog),
            lambda error: dialog.show_problem(describe(error).sentence),
            owner=dialog,
        )

    def _on_saved(self, dialog: ServerDialog, _nothing: None) -> None:
        if dialog.isVisible():
            dialog.finish()
        self._desk.navigator.notify(tr("server.saved"))
        self._desk.sync.resume()
        self.changed.emit()

    # -- enrolment by file

    def _enrol(self) -> None:
        dialog = EnrolmentDialog(self._view)
        dialog.write_wanted.connect(partial(self._choose_request, dialog))
        dialog.read_wanted.connect(partial(self._choose_answer, dialog))
        dialog.submitted.connect(partial(self._trust, dialog))
        dialog.open()

    def _choose_request(self, dialog: EnrolmentDialog) -> None:
        name, _ = QFileDialog.getSaveFileName(
            dialog, tr("server.enrol_title"), tr("server.enrol_file_name"), tr("server.enrol_files")
        )
        if name:
            self.write_request(dialog, Path(name))

    def write_request(self, dialog: EnrolmentDialog, path: Path) -> None:
        """Write the request file and show this computer's fingerprint."""
        work = partial(server_setup.write_enrolment, self._session, path)
        self._run_for(dialog, work, dialog.show_written)

    def _choose_answer(self, dialog: EnrolmentDialog) -> None:
        name, _ = QFileDialog.getOpenFileName(
            dialog, tr("server.enrol_title"), "", tr("server.enrol_answer_files")
        )
        if name:
            self.read_answer(dialog, Path(name))

    def read_answer(self, dialog: EnrolmentDialog, path: Path) -> None:
        """Read the answer file and show the server's fingerprint."""
        work = partial(server_setup.read_enrolment_answer, self._session, path)
        self._run_for(dialog, work, dialog.show_answer)

    def _trust(self, dialog: EnrolmentDialog) -> None:
        if dialog.answer is not None:
            work = partial(server_setup.trust_server, self._session, dialog.answer)
            self._run_for(dialog, work, partial(self._on_enrolled, dialog))

    def _on_enrolled(self, dialog: EnrolmentDialog, _nothing: None) -> None:
        dialog.finish()
        self._desk.navigator.notify(tr("server.enrolled"))
        self._desk.sync.refresh()
        self.changed.emit()

    def _run_for(
        self, dialog: EnrolmentDialog, work: Callable[[], T], done: Callable[[T], None]
    ) -> None:
        self._desk.tasks.run(
            work, done, lambda error: dialog.show_problem(describe(error).sentence), owner=dialog
        )


def _store(
    session: Session, entrance: Entrance | None, settings: ServerSettings, *, is_unattended: bool
) -> None:
    """Store the settings, then what the key store has a part in."""
    stored = server_setup.save_server(session, settings)
    if entrance is not None and is_unattended != stored.is_unattended:
        server_setup.allow_unattended(session, entrance, is_allowed=is_unattended)


def _read_pem(path: Path) -> str:
    try:
        return path.read_bytes()[:_LONGEST_PEM].decode("ascii")
    except OSError as error:
        raise AppError(ErrorCode.FILE_NOT_FOUND) from error
    except UnicodeDecodeError as error:
        raise AppError(ErrorCode.CERTIFICATE_FILE_WRONG) from error
