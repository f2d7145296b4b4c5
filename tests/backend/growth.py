"""How calls a second grow with the workers, and what each process pays for a call.

The client is wrk, which takes some hundredths of what a call costs the server: two cores are
enough to see one worker beside two.
"""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.backend.deployment import ROOT, Deployment
from tests.backend.postgres import Cluster
from tests.backend.samples import VALUES, assessment, item

CONNECTIONS = 50
SECONDS = 4
ROUNDS = 3
PUSHED = 20
ROWS = 50
# So many have patients enough to fill a list.
LISTING = 20
NEW = "00000000-0000-4000-8000-000000000000"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Person:
    """A doctor of the load: signed in, with patients."""

    name: str
    password: str
    token: str
    patient: str


def requests_of(people: list[Person]) -> dict[str, list[str]]:
    """Return what wrk sends of each kind, a line a request."""

    def line(method: str, path: str, person: Person, body: Any) -> str:
        return "\t".join((method, path, person.token, json.dumps(body)))

    def pushed(person: Person) -> dict[str, Any]:
        items = [item("assessment", assessment(person.patient), name=NEW) for _ in range(PUSHED)]
        return {"device_id": "d", "items": items}

    alone = {
        "list": [
            line("GET", f"/api/patients/?limit={ROWS}", people[i % LISTING], None)
            for i in range(len(people))
        ],
        "push": [line("POST", "/api/sync/push/", p, pushed(p)) for p in people],
        "predict": [line("POST", "/api/ml/predict/", p, {"data": [VALUES]}) for p in people],
    }
    login = [
        line("POST", "/api/auth/token/", p, {"username": p.name, "password": p.password})
        for p in people
    ]
    mix = [one for three in zip(*alone.values(), strict=True) for one in three]
    return {"login": login, **alone, "mix": mix}


@dataclass(frozen=True)
class Run:
    """What one run of wrk found."""

    calls: int
    seconds: float
    p95_ms: float
    failures: int
    cpu_seconds: dict[str, float]

    @property
    def rate(self) -> float:
        """Return the calls a second."""
        return self.calls / self.seconds


def run(running: Deployment, cluster: Cluster, file: Path, seed: int) -> Run:
    """Let wrk send a file's requests for some seconds, and read what every process spent."""
    groups = {
        "django": running.processes["api"].pid,
        "flask": running.processes["ml"].pid,
        "postgresql": cluster.pid,
    }
    before = {name: spent_by(pid) for name, pid in groups.items()}
    client_before = os.times()
    done = subprocess.run(
        ["wrk", "-t1", f"-c{CONNECTIONS}", f"-d{SECONDS}s", "--timeout", "20s",
         "-s", str(ROOT / "tests" / "backend" / "load.lua"),
         f"http://{running.environment['API_BIND']}", "--", str(file), str(seed)],
        capture_output=True, text=True, check=True,
    )  # fmt: skip  # one command
    client = os.times()
    spent = {name: spent_by(pid) - before[name] for name, pid in groups.items()}
    spent["client"] = (client.children_user + client.children_system) - (
        client_before.children_user + client_before.children_system
    )
    figures = done.stdout.rpartition("FIGURES")[2].split()
    calls, microseconds, p95, failures = map(int, figures)
    return Run(calls, microseconds / 1e6, p95 / 1000, failures, spent)


def spent_by(master: int) -> float:
    """Return the CPU seconds of a process and its children, ended ones among them."""
    total = 0
    for pid, counts_ended in [(master, True), *((child, False) for child in children_of(master))]:
        try:
            fields = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        except FileNotFoundError:
            continue
        total += sum(map(int, fields[11 : 15 if counts_ended else 13]))
    return total / TICKS


def children_of(master: int) -> Iterator[int]:
    """Yield the ids of a process's children."""
    for number in Path(f"/proc/{master}/task/{master}/children").read_text("utf-8").split():
        yield int(number)


def growth(
    deployments: dict[int, Deployment], cluster: Cluster, people: list[Person], folder: Path
) -> dict[str, Any]:
    """Measure each kind of call at 50 connections, the numbers of workers taking turns."""
    if shutil.which("wrk") is None:
        sys.exit("This needs wrk, the package of that name.")
    figures: dict[str, Any] = {}
    for kind, lines in requests_of(people).items():
        file = folder / f"{kind}.txt"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        runs: dict[int, list[Run]] = {workers: [] for workers in deployments}
        for number in range(ROUNDS):
            for workers, running in deployments.items():
                seed = time.time_ns() % 2**31
                found = run(running, cluster, file, seed)
                if found.failures:
                    raise RuntimeError(f"{kind}, {workers} workers, round {number}: {found}")
                runs[workers].append(found)
        figures[kind] = {f"{workers} workers": summary(found) for workers, found in runs.items()}
    return figures


def summary(runs: list[Run]) -> dict[str, float]:
    """Return the best round's rate and p95 (others use the machine too) and the CPU cost of all."""
    best = max(runs, key=lambda found: found.rate)
    calls = sum(found.calls for found in runs)
    return {
        "calls_a_second": round(best.rate, 1),
        "p95_ms": round(best.p95_ms),
        "cores_used": round(sum(best.cpu_seconds.values()) / best.seconds, 2),
        **{
            f"cpu_ms_a_call_{name}": round(sum(r.cpu_seconds[name] for r in runs) / calls * 1000, 2)
            for name in best.cpu_seconds
        },
    }
