"""What every SecretStore does, the fake one and the system's key store."""

from collections.abc import Iterator

import keyring
import keyring.backends.fail
import keyring.backends.null
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.chainer import ChainerBackend
from keyring.errors import KeyringLocked, PasswordDeleteError

from desktop_app.application.ports import SecretStore
from desktop_app.infrastructure.vault.secret_store import AbsentSecretStore, KeyringSecretStore
from tests.fakes.vault import FakeSecretStore


class SystemKeyring(KeyringBackend):
    """Stands for the system's own key store: keyring's contract, kept in memory."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]  # keyring is partly typed
        self.kept: dict[tuple[str, str], str] = {}
        self.failure: Exception | None = None

    def _refuse(self) -> None:
        if self.failure is not None:
            raise self.failure

    def get_password(self, service: str, username: str) -> str | None:
        self._refuse()
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self._refuse()
        self.kept[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        if self.kept.pop((service, username), None) is None:
            raise PasswordDeleteError("not found")


# A back end is judged by the module that keyring ships it in.
SystemKeyring.__module__ = "keyring.backends.SecretService"


@pytest.fixture(autouse=True)
def _same_keyring_afterwards() -> Iterator[None]:
    before = keyring.get_keyring()
    yield
    keyring.set_keyring(before)


@pytest.fixture(params=["fake", "keyring"])
def store(request: pytest.FixtureRequest) -> SecretStore:
    if request.param == "fake":
        return FakeSecretStore()
    keyring.set_keyring(SystemKeyring())
    return KeyringSecretStore()


def test_a_secret_is_kept_replaced_and_forgotten(store: SecretStore) -> None:
    assert store.is_secure()
    assert store.get("audit head") is None
    store.put("audit head", "first")
    store.put("audit head", "second")
    assert store.get("audit head") == "second"
    store.remove("audit head")
    assert store.get("audit head") is None
    store.remove("audit head")


def plain_file_keyring() -> KeyringBackend:
    """Return a back end like keyrings.alt's, which writes secrets in plain text."""
    backend = SystemKeyring()
    kind = type("PlaintextKeyring", (SystemKeyring,), {"__module__": "keyrings.alt.file"})
    backend.__class__ = kind
    return backend


@pytest.mark.parametrize(
    "backend",
    [
        keyring.backends.fail.Keyring(),  # type: ignore[no-untyped-call]  # keyring is partly typed
        keyring.backends.null.Keyring(),  # type: ignore[no-untyped-call]  # as above
        plain_file_keyring(),
    ],
    ids=["absent", "null", "plain text"],
)
def test_an_insecure_back_end_is_refused_and_gets_nothing(backend: KeyringBackend) -> None:
    keyring.set_keyring(backend)
    store = KeyringSecretStore()
    assert not store.is_secure()
    store.put("audit head", "secret")
    assert store.get("audit head") is None
    store.remove("audit head")
    assert getattr(backend, "kept", {}) == {}


def test_a_chain_is_judged_by_the_back_end_it_writes_to(monkeypatch: pytest.MonkeyPatch) -> None:
    chain = ChainerBackend()  # type: ignore[no-untyped-call]  # keyring is partly typed
    keyring.set_keyring(chain)
    for backends, is_secure in (([SystemKeyring()], True), ([plain_file_keyring()], False)):
        monkeypatch.setattr(ChainerBackend, "backends", backends)
        assert KeyringSecretStore().is_secure() is is_secure


@pytest.mark.logs_warning
@pytest.mark.parametrize("failure", [KeyringLocked("locked"), OSError("no bus"), ValueError("?")])
def test_a_key_store_that_is_locked_or_fails_gives_and_takes_nothing(failure: Exception) -> None:
    backend = SystemKeyring()
    keyring.set_keyring(backend)
    store = KeyringSecretStore()
    store.put("audit head", "secret")
    backend.failure = failure
    assert store.get("audit head") is None
    store.put("audit head", "newer")
    store.remove("audit head")
    backend.failure = None
    assert store.get("audit head") == "secret"


@pytest.mark.logs_warning
def test_a_key_store_that_cannot_even_be_found_is_insecure(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse() -> None:
        raise ModuleNotFoundError("keyrings.gone")

    monkeypatch.setattr(keyring, "get_keyring", refuse)
    assert not KeyringSecretStore().is_secure()
    assert KeyringSecretStore().get("audit head") is None


def test_a_clinic_that_is_thrown_away_leaves_nothing_in_the_key_store() -> None:
    store = AbsentSecretStore()
    store.put("audit head", "secret")
    assert not store.is_secure()
    assert store.get("audit head") is None
    store.remove("audit head")
