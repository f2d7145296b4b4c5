"""Vault, guard and key store in memory; they pass the adapters' contract tests."""

import os
from collections import Counter
from dataclasses import dataclass, field

from desktop_app.application.ports import Clock, Door, Unlocked
from desktop_app.domain.account import sign_in_delay_seconds
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.password import normal_password
from desktop_app.domain.recovery_key import SECRET_BYTES, read_recovery_key, write_recovery_key


@dataclass
class _Contents:
    door: Door
    key: bytes
    recovery_secret: bytes
    passwords: dict[RecordId, tuple[str, int]]
    unattended_secret: str | None = None


class FakeVault:
    """Fulfils Vault without cryptography."""

    def __init__(self) -> None:
        self._contents: _Contents | None = None

    def exists(self) -> bool:
        return self._contents is not None

    def check(self) -> None:
        self._known()

    def create(self, door: Door, account_id: RecordId, password: str) -> tuple[bytes, str]:
        if self._contents is not None:
            raise AppError(ErrorCode.CLINIC_EXISTS)
        secret = os.urandom(SECRET_BYTES)
        passwords = {account_id: (normal_password(password), 1)}
        self._contents = _Contents(door, os.urandom(32), secret, passwords)
        return self._contents.key, write_recovery_key(secret)

    def door(self) -> Door:
        return self._known().door

    def save_door(self, door: Door) -> None:
        self._known().door = door

    def unlock(self, login: str, password: str) -> Unlocked:
        contents = self._known()
        for account in contents.door.accounts:
            kept, generation = contents.passwords.get(account.account_id, (None, 0))
            if account.login == login and kept == normal_password(password):
                return Unlocked(account.account_id, contents.key, generation)
        raise AppError(ErrorCode.WRONG_CREDENTIALS)

    def unlock_with_recovery_key(self, recovery_key: str) -> bytes:
        contents = self._known()
        if read_recovery_key(recovery_key) != contents.recovery_secret:
            raise AppError(ErrorCode.RECOVERY_KEY_WRONG)
        return contents.key

    def set_password(
        self, key: bytes, account_id: RecordId, password: str, *, after: int = 0
    ) -> int:
        _, earlier = self._known().passwords.get(account_id, ("", 0))
        generation = max(after, earlier) + 1
        self._known().passwords[account_id] = normal_password(password), generation
        return generation

    def remove(self, account_id: RecordId) -> None:
        self._known().passwords.pop(account_id, None)

    def replace_recovery_key(self, key: bytes) -> str:
        self._known().recovery_secret = os.urandom(SECRET_BYTES)
        return write_recovery_key(self._known().recovery_secret)

    def allows_unattended(self) -> bool:
        return self._known().unattended_secret is not None

    def allow_unattended(self, key: bytes) -> str:
        secret = os.urandom(SECRET_BYTES).hex()
        self._known().unattended_secret = secret
        return secret

    def forbid_unattended(self) -> None:
        self._known().unattended_secret = None

    def unlock_unattended(self, secret: str) -> bytes:
        if secret != self._known().unattended_secret:
            raise AppError(ErrorCode.WRONG_CREDENTIALS)
        return self._known().key

    def _known(self) -> _Contents:
        if self._contents is None:
            raise AppError(ErrorCode.VAULT_MISSING)
        return self._contents


class FakeSignInGuard:
    """Fulfils SignInGuard; `failures` outlives it like the adapter's file."""

    def __init__(self, clock: Clock, failures: Counter[str] | None = None) -> None:
        self._clock = clock
        self._failures = Counter() if failures is None else failures
        self._started_at = clock.monotonic()
        self._failed_at: dict[str, float] = {}

    def wait_seconds(self, login: str) -> float:
        waited = self._clock.monotonic() - self._failed_at.get(login, self._started_at)
        return max(0.0, sign_in_delay_seconds(self._failures[login]) - waited)

    def note_failure(self, login: str) -> int:
        self._failures[login] += 1
        self._failed_at[login] = self._clock.monotonic()
        return self._failures[login]

    def note_success(self, login: str) -> int:
        return self._failures.pop(login, 0)


@dataclass
class FakeSecretStore:
    """Fulfils SecretStore; an insecure one keeps nothing."""

    is_kept_securely: bool = True
    secrets: dict[str, str] = field(default_factory=dict)

    def is_secure(self) -> bool:
        return self.is_kept_securely

    def get(self, name: str) -> str | None:
        return self.secrets.get(name)

    def put(self, name: str, secret: str) -> None:
        if self.is_kept_securely:
            self.secrets[name] = secret

    def remove(self, name: str) -> None:
        self.secrets.pop(name, None)
