"""The clinic's data key in `vault.json`, sealed once for each account and the recovery key."""

import logging
import os
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from desktop_app.application.ports import Door, Unlocked
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.recovery_key import SECRET_BYTES, read_recovery_key, write_recovery_key
from desktop_app.infrastructure.vault.atomic_file import disk_errors, replace_file
from desktop_app.infrastructure.vault.key_wrapping import (
    KEY_BYTES,
    KdfCost,
    Wrapper,
    measure_cost,
    spend_time,
    unwrap_with_password,
    unwrap_with_secret,
    wrap_with_password,
    wrap_with_secret,
)
from desktop_app.infrastructure.vault.vault_format import (
    FORMAT,
    VaultContents,
    read_vault,
    write_vault,
)

_log = logging.getLogger(__name__)

VAULT_FILE = "vault.json"
_RECOVERY = f"mesodesk vault {FORMAT} recovery".encode()
_UNATTENDED = f"mesodesk vault {FORMAT} unattended".encode()


class FileVault:
    """Keeps the vault of one data folder; fulfils Vault.

    The copy before the last change stays beside the file and stands in when the file is damaged or
    gone. After a wrapper was replaced or removed both are written anew, so that what was revoked
    opens neither.
    """

    def __init__(self, folder: Path, cost: Callable[[], KdfCost] = measure_cost) -> None:
        self._path = folder / VAULT_FILE
        self._previous = folder / f"{VAULT_FILE}.previous"
        self._choose_cost = cost

    def exists(self) -> bool:
        """Tell whether this data folder has a vault."""
        return self._path.exists() or self._previous.exists()

    def check(self) -> None:
        """Read the newest copy; the AppError of `door` where only an earlier one stands in."""
        read_vault(_content(self._path))

    def create(self, door: Door, account_id: RecordId, password: str) -> tuple[bytes, str]:
        """Make a data key, wrap it for the first account and a new recovery key; return both."""
        if self.exists():
            raise AppError(ErrorCode.CLINIC_EXISTS)
        key, secret, cost = os.urandom(KEY_BYTES), os.urandom(SECRET_BYTES), self._choose_cost()
        self._write(
            VaultContents(
                door=door,
                wrappers={account_id: _wrap(key, account_id, password, cost, generation=1)},
                recovery=wrap_with_secret(key, secret, _RECOVERY),
                cost=cost,
            ),
            revokes=True,
        )
        return key, write_recovery_key(secret)

    def door(self) -> Door:
        """Return what the sign-in page shows."""
        return self._read().door

    def save_door(self, door: Door) -> None:
        """Replace what the sign-in page shows."""
        contents = self._read()
        if contents.door != door:
            self._write(replace(contents, door=door))

    def unlock(self, login: str, password: str) -> Unlocked:
        """Return the account and the data key; a wrong login takes as long as a wrong password."""
        contents = self._read()
        holders = [one.account_id for one in contents.door.accounts if one.login == login]
        account_id = holders[0] if holders else None
        if account_id is None or account_id not in contents.wrappers:
            spend_time(password, contents.cost)
            raise AppError(ErrorCode.WRONG_CREDENTIALS)
        wrapper = contents.wrappers[account_id]
        holder = _holder(account_id, wrapper.generation)
        key = unwrap_with_password(wrapper, password, holder)
        if key is None:
            raise AppError(ErrorCode.WRONG_CREDENTIALS)
        return Unlocked(account_id, key, wrapper.generation)

    def unlock_with_recovery_key(self, recovery_key: str) -> bytes:
        """Return the data key."""
        secret = read_recovery_key(recovery_key)
        key = unwrap_with_secret(self._read().recovery, secret, _RECOVERY)
        if key is None:
            raise AppError(ErrorCode.RECOVERY_KEY_WRONG)
        return key

    def set_password(
        self, key: bytes, account_id: RecordId, password: str, *, after: int = 0
    ) -> int:
        """Wrap the data key for an account under a new password and return its generation."""
        contents = self._read()
        earlier = contents.wrappers.get(account_id)
        generation = max(after, earlier.generation if earlier else 0) + 1
        wrapper = _wrap(key, account_id, password, contents.cost, generation)
        wrappers = {**contents.wrappers, account_id: wrapper}
        self._write(replace(contents, wrappers=wrappers), revokes=True)
        return generation

    def remove(self, account_id: RecordId) -> None:
        """Forget an account's wrapper."""
        contents = self._read()
        wrappers = {
            holder: wrapper for holder, wrapper in contents.wrappers.items() if holder != account_id
        }
        self._write(replace(contents, wrappers=wrappers), revokes=True)

    def replace_recovery_key(self, key: bytes) -> str:
        """Make a new recovery key for this data key; the old one no longer opens anything."""
        secret = os.urandom(SECRET_BYTES)
        recovery = wrap_with_secret(key, secret, _RECOVERY)
        self._write(replace(self._read(), recovery=recovery), revokes=True)
        return write_recovery_key(secret)

    def allows_unattended(self) -> bool:
        """Tell whether the data key is wrapped for the system's key store; asks for no secret."""
        return self._read().unattended is not None

    def allow_unattended(self, key: bytes) -> str:
        """Wrap the data key for the system's key store and return the secret to keep there."""
        secret = os.urandom(SECRET_BYTES)
        wrapper = wrap_with_secret(key, secret, _UNATTENDED)
        self._write(replace(self._read(), unattended=wrapper), revokes=True)
        return secret.hex()

    def forbid_unattended(self) -> None:
        """Forget that wrapper."""
        self._write(replace(self._read(), unattended=None), revokes=True)

    def unlock_unattended(self, secret: str) -> bytes:
        """Return the data key; WRONG_CREDENTIALS if that was not allowed with this secret."""
        wrapper = self._read().unattended
        try:
            plain = bytes.fromhex(secret)
        except ValueError:
            plain = b""
        key = None if wrapper is None else unwrap_with_secret(wrapper, plain, _UNATTENDED)
        if key is None:
            raise AppError(ErrorCode.WRONG_CREDENTIALS)
        return key

    def _read(self) -> VaultContents:
        """Return the newest whole copy; a newer program's file is never passed over."""
        try:
            return read_vault(_content(self._path))
        except AppError as error:
            if error.code is ErrorCode.VAULT_NEWER or not self._previous.exists():
                raise
            contents = read_vault(_content(self._previous))
            _log.warning("%s: the copy before the last change is used", error.code.value)
            return contents

    def _write(self, contents: VaultContents, *, revokes: bool = False) -> None:
        new = write_vault(contents)
        if not revokes:
            replace_file(self._previous, write_vault(self._read()))
        replace_file(self._path, new)
        if revokes:
            replace_file(self._previous, new)


def _content(path: Path) -> bytes:
    with disk_errors():
        try:
            return path.read_bytes()
        except FileNotFoundError as error:
            raise AppError(ErrorCode.VAULT_MISSING) from error
        except IsADirectoryError as error:
            raise AppError(ErrorCode.VAULT_DAMAGED) from error


def _wrap(
    key: bytes, account_id: RecordId, password: str, cost: KdfCost, generation: int
) -> Wrapper:
    wrapper = wrap_with_password(key, password, cost, _holder(account_id, generation))
    return replace(wrapper, generation=generation)


def _holder(account_id: RecordId, generation: int) -> bytes:
    # The first vaults numbered no passwords.
    number = f" password {generation}" if generation else ""
    return f"mesodesk vault {FORMAT} account {account_id}{number}".encode()
