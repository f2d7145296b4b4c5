"""The real server behind a real port, in this process or in one of its own that can be killed."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server

from tests.backend.deployment import ROOT, manage, wait_for
from tests.backend.postgres import free_port
from tests.backend.samples import PASSWORD


@dataclass(frozen=True)
class HereServer:
    """A server in this process: its database is the test's."""

    address: str


class _Quiet(WSGIRequestHandler):
    """Logs no requests: the application does."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@contextmanager
def serving_here() -> Iterator[HereServer]:
    """Serve the REST application on a free port of loopback."""
    # They want Django's settings, which the fixtures bring.
    from django.db import connections

    from backend.django_api.wsgi import application

    def closing(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Each request has a thread of its own, which would leave its connection open.
        try:
            return list(application(environ, start_response))
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, closing, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield HereServer(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@dataclass
class OwnServer:
    """A server in a process of its own, on SQLite: it can be killed and started anew."""

    folder: Path
    port: int
    process: "subprocess.Popen[bytes] | None" = None

    @property
    def address(self) -> str:
        """Return where it listens."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """Return what the server finds in its environment."""
        kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
        return {
            **kept,
            "DJANGO_SETTINGS_MODULE": "backend.django_api.settings.local",
            "DATABASE_URL": f"sqlite:///{self.folder}/server.sqlite3",
            "ML_BASE_URL": "http://127.0.0.1:9",
        }

    def prepare(self) -> None:
        """Make the database with one account for syncing."""
        manage(self.environment, "migrate", "--verbosity", "0")
        manage(self.environment, "shell", "--command", _MAKE_ACCOUNT)

    def start(self) -> None:
        """Start it, and wait until it answers."""
        listen = ["--bind", f"127.0.0.1:{self.port}", "--workers", "2", "--log-level", "error"]
        command = [sys.executable, "-m", "gunicorn", *listen, "backend.django_api.wsgi:application"]
        self.process = subprocess.Popen(
            command,
            env=self.environment,
            cwd=ROOT,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        wait_for(f"{self.address}/api/health/", status=200)

    def kill(self) -> None:
        """Kill it with all its workers, at once."""
        if self.process is not None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None

    def query(self, statement: str) -> list[tuple[Any, ...]]:
        """Read the database itself."""
        with contextlib.closing(sqlite3.connect(self.folder / "server.sqlite3")) as connection:
            return connection.execute(statement).fetchall()


_MAKE_ACCOUNT = (
    "from backend.django_api.accounts.services import create_account; "
    f"create_account(username='sync', password={PASSWORD!r}, role='ADMIN', approved=True)"
)


@contextmanager
def own_server(folder: Path) -> Iterator[OwnServer]:
    """Start a server of its own in an empty folder."""
    server = OwnServer(folder, free_port())
    server.prepare()
    server.start()
    try:
        yield server
    finally:
        server.kill()
