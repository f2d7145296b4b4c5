"""Sync one workstation until everything is confirmed, in a process that a test kills.

python -m tests.sync.desk_process FOLDER ADDRESS
"""

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path

from desktop_app.application import server_setup, synchronise
from desktop_app.application.ports import Clock, Records, SecretStore
from desktop_app.application.session import Session
from desktop_app.bootstrap import make_link
from desktop_app.domain.account import Account, Role
from desktop_app.domain.errors import ErrorCode
from desktop_app.domain.identifiers import new_record_id
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from desktop_app.infrastructure.workstation.clock import SystemClock
from tests.backend.samples import PASSWORD
from tests.fakes.risk_model import FakeRiskModel
from tests.fakes.vault import FakeSignInGuard, FakeVault

KEY = b"k" * 32
ACCOUNT = "sync"


@dataclass(frozen=True)
class FileSecretStore:
    """A key store that outlives the process, for what guards nothing here."""

    path: Path

    def is_secure(self) -> bool:
        return True

    def get(self, name: str) -> str | None:
        return self._read().get(name)

    def put(self, name: str, secret: str) -> None:
        draft = self.path.with_suffix(".new")
        draft.write_text(json.dumps({**self._read(), name: secret}), "utf-8")
        draft.replace(self.path)

    def remove(self, name: str) -> None:
        """Forget nothing: no test asks for it."""

    def _read(self) -> dict[str, str]:
        if not self.path.exists():
            return {}
        kept: dict[str, str] = json.loads(self.path.read_text("utf-8"))
        return kept


class ShortPauses:
    """A stop signal that nobody gives; pauses are cut to what a test has time for."""

    def is_set(self) -> bool:
        return False

    def wait(self, timeout: float) -> bool:
        time.sleep(min(timeout, 0.01))
        return False


def session_of(folder: Path) -> Session:
    """Open the records of a folder for a person who may sync."""
    secrets = FileSecretStore(folder / "secrets.json")
    return session_at(SqlCipherRecordStore(folder).open(KEY), SystemClock(), secrets)


def session_at(records: Records, clock: Clock, secrets: SecretStore) -> Session:
    """Return the session of somebody who is doctor and administrator."""
    person = Account(new_record_id(), "haneul", "김하늘", frozenset({Role.ADMIN, Role.DOCTOR}))
    return Session(
        person=person,
        records=records,
        clock=clock,
        model=FakeRiskModel,
        data_key=KEY,
        vault=FakeVault(),
        guard=FakeSignInGuard(clock),
        encode_qr=lambda _text: (),
        link=make_link(secrets),
    )


def sync_until_done(session: Session) -> None:
    """Run until nothing waits; sign in again where the session was lost on the way."""
    while True:
        outcome = synchronise.synchronise(session, stop=ShortPauses(), observe=lambda _: None)
        error = outcome.error
        if error is not None and error.code is ErrorCode.SERVER_SIGN_IN_NEEDED:
            try:
                server_setup.sign_in_to_server(session, ACCOUNT, PASSWORD)
            except Exception:  # noqa: BLE001 - the line is cut now, the next round tries again
                time.sleep(0.01)
        if error is None and synchronise.read_sync_status(session).counts.open == 0:
            return


if __name__ == "__main__":
    running = session_of(Path(sys.argv[1]))
    sync_until_done(running)
    running.close()
