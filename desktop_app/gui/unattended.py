"""Syncs while nobody is signed in, and makes way before anybody comes in.

Two connections to one database would see each other's half-written journal as damage. So the
records are opened and closed for this on the worker that also signs people in, one after the other.
"""

from collections.abc import Callable
from functools import partial
from threading import Event

from PySide6.QtCore import QObject

from desktop_app.application.courier import Outcome, Progress
from desktop_app.application.ports import Records
from desktop_app.application.sign_in import Entrance
from desktop_app.application.synchronise import (
    carry_unattended,
    open_unattended,
    read_background,
    read_unattended_secret,
)
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import ServerSettings, SyncPosition
from desktop_app.gui.tasks import Tasks

IsDue = Callable[[ServerSettings, SyncPosition], bool]


class UnattendedRun(QObject):
    """One run: ask the key store, open the records, carry if `is_due` says so, close them.

    `is_due` gets what the records themselves say about it; the run then ends without an outcome.
    """

    def __init__(
        self,
        entrance: Entrance,
        records: Tasks,
        network: Tasks,
        *,
        stop: Event,
        observe: Callable[[Progress], None],
        is_due: IsDue,
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._entrance, self._tasks, self._network = entrance, records, network
        self._stop, self._observe, self._is_due = stop, observe, is_due
        self._records: Records | None = None

    def start(
        self, done: Callable[[Outcome | None], None], failed: Callable[[AppError], None]
    ) -> None:
        """Go through the steps; the outcome comes when the records are closed again."""

        def end(answer: Callable[[], None]) -> None:
            self._tasks.run(self._close, lambda _nothing: answer(), owner=self)

        def refuse(error: AppError) -> None:
            end(partial(failed, error))

        def carry(opened: tuple[Records, tuple[ServerSettings, SyncPosition]]) -> None:
            records, stands = opened
            if not self._is_due(*stands):
                end(partial(done, None))
                return
            work = partial(
                carry_unattended, self._entrance, records, stop=self._stop, observe=self._observe
            )
            self._network.run(work, lambda outcome: end(partial(done, outcome)), refuse, owner=self)

        def open_records(secret: str) -> None:
            self._tasks.run(partial(self._open, secret), carry, refuse, owner=self)

        # The key store may be slow or ask the person something: signing in must not wait for it.
        self._network.run(
            partial(read_unattended_secret, self._entrance), open_records, refuse, owner=self
        )

    def make_way(self) -> None:
        """Close the records before what is handed in to their worker from now on."""
        self._stop.set()
        self._tasks.run(self._close, _nothing)

    def _open(self, secret: str) -> tuple[Records, tuple[ServerSettings, SyncPosition]]:
        if self._stop.is_set():
            raise AppError(ErrorCode.NOT_SIGNED_IN)
        try:
            self._records = open_unattended(self._entrance, secret)
        except AppError as error:
            if error.code is ErrorCode.CLINIC_IN_USE:
                # This program has the folder to itself: somebody came in just now.
                raise AppError(ErrorCode.NOT_SIGNED_IN) from error
            raise
        return self._records, read_background(self._records)

    def _close(self) -> None:
        if self._records is not None:
            self._records.close()


def _nothing(_result: object) -> None:
    """Take what nobody waits for."""
