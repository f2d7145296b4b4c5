"""Workstations with real encrypted records beside the real server, all on this machine."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.backend.conftest import Account, account, db, postgres_url, server_keys
from tests.sync.proxy import Line, line_to
from tests.sync.server import HereServer, serving_here
from tests.sync.workstation import Desk, open_desk

__all__ = ["account", "db", "postgres_url", "server_keys"]

MakeDesk = Callable[..., Desk]


@pytest.fixture
def server(db: str, account: Account) -> Iterator[HereServer]:
    """Serve an empty server from this process, with an administrator's account for syncing."""
    account("ADMIN", "sync")
    with serving_here() as running:
        yield running


@pytest.fixture
def line(server: HereServer) -> Iterator[Line]:
    """Put a line between workstations and the server that does what it is told."""
    with line_to(server.address) as running:
        yield running


@pytest.fixture
def make_desk(line: Line, tmp_path: Path) -> Iterator[MakeDesk]:
    """Open workstations, signed in to the server unless told otherwise."""
    desks: list[Desk] = []

    def make(name: str = "room1", *, account: str | None = "sync") -> Desk:
        folder = tmp_path / name
        folder.mkdir()
        desk = open_desk(folder, name, line.address, account)
        desks.append(desk)
        return desk

    yield make
    for desk in desks:
        desk.close()


@pytest.fixture
def desk(make_desk: MakeDesk) -> Desk:
    """A workstation of its own."""
    return make_desk()
