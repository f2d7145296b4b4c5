"""Watches whether the audit trail still holds what this computer saw of it last."""

from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop_app.application.audit_head import HeadCheck, HeadKeeper, check_head, head_keeper
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.domain.account import Right
from desktop_app.domain.audit import AuditHead
from desktop_app.gui.tasks import Tasks

_LONGEST_GOODBYE_SECONDS = 2


class TrailWatch(QObject):
    """Compares the trail with its kept head after each sign-in, and keeps the head at each leaving.

    The key store may be slow or ask the person something: it has a worker of its own, for which
    nothing waits. What it refuses is left: the head it kept before is still good. `compared`
    carries the AppError to show, None where nothing is missing.
    """

    compared = Signal(object)

    def __init__(self, records: Tasks, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._records = records
        self._key_store = Tasks("key store", self)
        self._keeper: HeadKeeper | None = None

    def begin(self, entrance: Entrance, session: Session) -> None:
        """Compare in the background; until that is done no head is kept."""
        self._keeper = None
        keeper = head_keeper(entrance, session)
        found = partial(self._on_found, session, keeper)
        self._key_store.run(keeper.find, found, _nothing, owner=self)

    def keep(self, head: AuditHead) -> None:
        """Keep where the trail ends, unless that would silence an alarm."""
        if self._keeper is not None:
            self._key_store.run(partial(self._keeper.keep, head), _nothing, _nothing)

    def close(self) -> None:
        """Let the key store finish, but not for long."""
        self._key_store.close(_LONGEST_GOODBYE_SECONDS)

    def _on_found(self, session: Session, keeper: HeadKeeper, kept: AuditHead | None) -> None:
        checked = partial(self._on_checked, session, keeper)
        self._records.run(partial(check_head, session, kept), checked, _nothing, owner=self)

    def _on_checked(self, session: Session, keeper: HeadKeeper, check: HeadCheck) -> None:
        self.compared.emit(check.alarm)
        # Everybody is told until somebody was who answers for the trail; then it starts anew.
        if check.missing is None or session.person.may(Right.READ_AUDIT):
            self._keeper = keeper
            self.keep(check.head)


def _nothing(_result: object) -> None:
    """Take what nobody waits for."""
