"""A PostgreSQL of the tests' own: a new cluster on a free port, in a temporary folder."""

import os
import shutil
import socket
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from make import find_server

UNPRIVILEGED = "postgres"


def free_port() -> int:
    """Return a port of loopback that nobody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@dataclass(frozen=True)
class Cluster:
    """A running server."""

    folder: str
    port: int
    bin: Path

    @property
    def url(self) -> str:
        """Return what DATABASE_URL says."""
        return f"postgresql://{UNPRIVILEGED}@127.0.0.1:{self.port}/postgres"

    @property
    def pid(self) -> int:
        """Return the process that started all others."""
        return int(Path(self.data, "postmaster.pid").read_text("utf-8").split()[0])

    @classmethod
    def start(cls) -> "Cluster | None":
        """Make and start one; None where PostgreSQL is not installed."""
        initdb = find_server("initdb")
        if initdb is None:
            return None
        folder = tempfile.mkdtemp(prefix="mesodesk-pg-")
        cluster = cls(folder, free_port(), Path(initdb).parent)
        if os.geteuid() == 0:
            shutil.chown(folder, UNPRIVILEGED)
        make = ["initdb", "-D", cluster.data, "-U", UNPRIVILEGED, "-A", "trust", "-E", "UTF8", "-N"]
        cluster.run(*make, "--locale=C.UTF-8")
        cluster.begin()
        return cluster

    @property
    def data(self) -> str:
        """Return the folder of the databases."""
        return f"{self.folder}/data"

    def begin(self) -> None:
        """Start the server on what it has."""
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        log = f"{self.folder}/log"
        self.run("pg_ctl", "-D", self.data, "-l", log, "-w", "-o", options, "start")

    def end(self) -> None:
        """Stop it at once, whoever is connected; what was committed stays."""
        self.run("pg_ctl", "-D", self.data, "-m", "immediate", "-w", "stop")

    def run(self, program: str, *arguments: str) -> None:
        """Run one of PostgreSQL's programs, never as root."""
        subprocess.run(
            [str(self.bin / program), *arguments],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd=self.folder,
            user=UNPRIVILEGED if os.geteuid() == 0 else None,
        )

    def stop(self) -> None:
        """Stop it and remove its files."""
        self.end()
        shutil.rmtree(self.folder, ignore_errors=True)
