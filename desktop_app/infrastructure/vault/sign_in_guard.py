"""The growing delay after failed sign-ins, kept in `sign_in.json`."""

import hashlib
import json
import logging
import os
from collections.abc import Mapping
from pathlib import Path

from desktop_app.application.ports import Clock
from desktop_app.domain.account import FREE_SIGN_IN_FAILURES, sign_in_delay_seconds
from desktop_app.domain.errors import AppError
from desktop_app.infrastructure.vault.atomic_file import replace_file

_log = logging.getLogger(__name__)

GUARD_FILE = "sign_in.json"
_MOST_LOGINS = 500


class FileSignInGuard:
    """Counts failed sign-ins by hashed login; fulfils SignInGuard.

    A wait runs from the last failure, or from the start of the program if that was before: a
    restart never shortens it, and the wall clock plays no part. A damaged file makes every login
    wait once as after its first delayed failure.
    """

    def __init__(self, folder: Path, clock: Clock) -> None:
        self._path = folder / GUARD_FILE
        self._clock = clock
        self._started_at = clock.monotonic()
        self._failed_at: dict[str, float] = {}
        self._forgiven: set[str] = set()
        self._salt, self._failures, self._presumed = _read(self._path)

    def wait_seconds(self, login: str) -> float:
        """Return how long this login still has to wait, 0 if it may try."""
        name = self._hashed(login)
        since = self._failed_at.get(name, self._started_at)
        waited = self._clock.monotonic() - since
        return max(0.0, sign_in_delay_seconds(self._count(name)) - waited)

    def note_failure(self, login: str) -> int:
        """Count a failure and return how many there are in a row."""
        name = self._hashed(login)
        self._failures[name] = self._count(name) + 1
        self._failed_at[name] = self._clock.monotonic()
        self._save()
        return self._failures[name]

    def note_success(self, login: str) -> int:
        """Forget the failures of this login and return how many there were."""
        name = self._hashed(login)
        count = self._failures.pop(name, 0)
        self._forgiven.add(name)
        if count or self._presumed:
            self._save()
        return count

    def _count(self, name: str) -> int:
        return self._failures.get(name, 0 if name in self._forgiven else self._presumed)

    def _hashed(self, login: str) -> str:
        # Bytes that are no text may come from a terminal.
        name = login.encode(errors="surrogatepass")
        return hashlib.blake2b(name, key=self._salt, digest_size=16).hexdigest()

    def _save(self) -> None:
        """Keep the counts; where that fails they still hold until the program ends."""
        most = sorted(self._failures.items(), key=lambda entry: entry[1], reverse=True)
        content = {"salt": self._salt.hex(), "failures": dict(most[:_MOST_LOGINS])}
        try:
            replace_file(self._path, json.dumps(content).encode())
        except (AppError, OSError) as error:
            _log.warning("sign-in failures cannot be kept: %s", type(error).__name__)


def _read(path: Path) -> tuple[bytes, dict[str, int], int]:
    """Return the salt, the counts, and what to presume of a login that is not among them."""
    try:
        content = json.loads(path.read_bytes())
        salt = bytes.fromhex(content["salt"])
        failures = _counts(content["failures"])
    except FileNotFoundError:
        return os.urandom(16), {}, 0
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return os.urandom(16), {}, FREE_SIGN_IN_FAILURES
    return salt[:64], failures, 0


def _counts(entries: object) -> dict[str, int]:
    if not isinstance(entries, Mapping):
        raise TypeError("no table of counts")
    if any(not isinstance(count, int) or count < 0 for count in entries.values()):
        raise ValueError("a count is no count")
    return dict(entries)
