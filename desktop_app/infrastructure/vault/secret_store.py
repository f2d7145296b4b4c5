"""The operating system's key store, through keyring, for what may be lost."""

import keyring
from keyring.backend import KeyringBackend
from keyring.errors import KeyringError, PasswordDeleteError

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
    """

    def is_secure(self) -> bool:
        """Tell whether the back end keeps secrets (not plain text, not absent)."""
        return _is_secure(keyring.get_keyring())

    def get(self, name: str) -> str | None:
        """Return a secret, None if there is none."""
        if not self.is_secure():
            return None
        try:
            return keyring.get_password(_SERVICE, name)
        except KeyringError:
            return None

    def put(self, name: str, secret: str) -> None:
        """Keep a secret."""
        if self.is_secure():
            keyring.set_password(_SERVICE, name, secret)

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens if it is gone."""
        if not self.is_secure():
            return
        try:
            keyring.delete_password(_SERVICE, name)
        except PasswordDeleteError:
            return


def _is_secure(backend: KeyringBackend) -> bool:
    chained = getattr(backend, "backends", None)
    if chained:
        return _is_secure(next(iter(chained)))
    return type(backend).__module__ in _SECURE_MODULES
