"""A server with an empty database of its own, on SQLite and on PostgreSQL."""

import io
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

_FOLDER = tempfile.TemporaryDirectory(prefix="mesodesk-server-")
os.environ["DJANGO_SETTINGS_MODULE"] = "backend.django_api.settings.local"
os.environ["DATABASE_URL"] = f"sqlite:///{_FOLDER.name}/server.sqlite3"
os.environ["ML_BASE_URL"] = "http://127.0.0.1:9"  # nobody listens there

import django  # noqa: E402 - the settings must stand first

django.setup()

from django.conf import settings  # noqa: E402 - as above
from django.core.management import call_command  # noqa: E402 - as above
from django.core.management.color import no_style  # noqa: E402 - as above
from django.core.management.sql import sql_flush  # noqa: E402 - as above
from django.db import connection, connections  # noqa: E402 - as above
from rest_framework.test import APIClient  # noqa: E402 - as above

from backend.django_api.accounts.models import Role, User  # noqa: E402 - as above
from backend.django_api.accounts.services import create_account  # noqa: E402 - as above
from backend.django_api.settings.base import database as database_settings  # noqa: E402 - as above
from backend.django_api.sync import keys, rescoring  # noqa: E402 - as above
from tests.backend.postgres import Cluster  # noqa: E402 - as above

PASSWORD = "a-long-password-27"
# Quick, and worth nothing: the tests sign in hundreds of times.
settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]

Account = Callable[..., User]
SignedIn = Callable[..., APIClient]


@pytest.fixture(scope="session")
def postgres_url() -> Iterator[str]:
    """Start a PostgreSQL of this run's own."""
    cluster = Cluster.start()
    if cluster is None:
        pytest.skip("no PostgreSQL programs here: `make server-packages`")
    yield cluster.url
    cluster.stop()


def use_database(url: str) -> None:
    """Let the server's next query go to this database."""
    connections.close_all()
    connections.settings["default"] = connections.configure_settings(
        {"default": database_settings(url)}
    )["default"]
    connections["default"] = connections.create_connection("default")


_migrated: set[str] = set()


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest) -> Iterator[str]:
    """Use an empty database with today's tables; each test runs on both kinds."""
    is_sqlite = request.param == "sqlite"
    url = os.environ["DATABASE_URL"] if is_sqlite else request.getfixturevalue("postgres_url")
    use_database(url)
    if url not in _migrated:
        call_command("migrate", verbosity=0)
        _migrated.add(url)
    tables = [t for t in sql_flush(no_style(), connection) if "django_migrations" not in t]
    connection.ops.execute_sql_flush(tables)
    rescoring.forget_server_model()
    yield request.param
    connections.close_all()


@pytest.fixture
def account(db: str) -> Account:
    """Make an approved account of a role."""

    def make(role: str, username: str = "", **fields: Any) -> User:
        name = username or f"{role.lower()}-{User.objects.count()}"
        return create_account(
            username=name, password=PASSWORD, role=role, **{"approved": True, **fields}
        )

    return make


@pytest.fixture
def signed_in(account: Account) -> SignedIn:
    """Sign a new person of a role in, over the interface."""

    def sign_in(role: str | User = Role.ADMIN, **fields: Any) -> APIClient:
        user = role if isinstance(role, User) else account(role, **fields)
        client = APIClient()
        answer = client.post("/api/auth/token/", {"username": user.username, "password": PASSWORD})
        assert answer.status_code == 200, answer.json()
        client.credentials(HTTP_AUTHORIZATION=f"Bearer {answer.json()['access']}")
        return client

    return sign_in


@pytest.fixture
def admin(signed_in: SignedIn) -> APIClient:
    """Sign an administrator in."""
    return signed_in(Role.ADMIN)


@pytest.fixture
def doctor(signed_in: SignedIn) -> APIClient:
    """Sign a doctor in."""
    return signed_in(Role.DOCTOR)


@pytest.fixture
def server_keys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Give the server keys for files; return what workstations know of them."""
    monkeypatch.setattr(settings, "SYNC_KEY_FILE", str(tmp_path / "server-keys.json"))
    call_command("make_sync_keys", "--name", "중앙 서버", stdout=io.StringIO())
    return keys.get_server_keys().public


@pytest.fixture(scope="session", autouse=True)
def _folder_removed() -> Iterator[None]:
    yield
    connections.close_all()
    _FOLDER.cleanup()
