"""The operating system's key store, through keyring, for what may be lost.

The library is imported on first use: nothing before sign-in needs it.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_log = logging.getLogger(__name__)

_SERVICE = "MesoDesk"
# Back ends that encrypt at rest; any other (absent, null, plain file, a chain of them) is refused.
_SECURE_MODULES = (
    "keyring.backends.macOS",
    "keyring.backends.Windows",
    "keyring.backends.SecretService",
    "keyring.backends.libsecret",
    "keyring.backends.kwallet",
)


class KeyringSecretStore:
    """Keeps secrets in the system's key store; fulfils SecretStore.

    Where the only back end is insecure nothing is kept: `put` does nothing and `get` finds nothing.
    The same holds while the key store is locked or fails.
    """

    def is_secure(self) -> bool:
        """Tell whether the back end keeps secrets (not plain text, not absent)."""
        return _secure_backend() is not None

    def get(self, name: str) -> str | None:
        """Return a secret, None if there is none."""
        backend = _secure_backend()
        try:
            return backend.get_password(_SERVICE, name) if backend else None
        except Exception as error:  # noqa: BLE001 - a back end raises what its system does
            _note(error)
            return None

    def put(self, name: str, secret: str) -> None:
        """Keep a secret."""
        backend = _secure_backend()
        try:
            if backend:
                backend.set_password(_SERVICE, name, secret)
        except Exception as error:  # noqa: BLE001 - whatever its system raises
            _note(error)

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens if it is gone."""
        backend = _secure_backend()
        try:
            if backend and backend.get_password(_SERVICE, name) is not None:
                backend.delete_password(_SERVICE, name)
        except Exception as error:  # noqa: BLE001 - whatever its system raises
            _note(error)


class AbsentSecretStore:
    """Keeps nothing, for a clinic that is thrown away itself; fulfils SecretStore."""

    def is_secure(self) -> bool:
        """Tell that nothing is kept."""
        return False

    def get(self, name: str) -> str | None:
        """Return nothing."""
        return None

    def put(self, name: str, secret: str) -> None:
        """Keep nothing."""

    def remove(self, name: str) -> None:
        """Forget nothing."""


def _secure_backend() -> KeyringBackend | None:
    try:
        import keyring

        backend = keyring.get_keyring()
        while chained := getattr(backend, "backends", None):
            backend = next(iter(chained))
    except Exception as error:  # noqa: BLE001 - the person's own set-up can name any back end
        _note(error)
        return None
    return backend if type(backend).__module__ in _SECURE_MODULES else None


def _note(error: Exception) -> None:
    _log.warning("the key store refuses: %s", type(error).__name__)
