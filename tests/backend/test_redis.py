"""The ML service's limits, counted in a real Redis by two processes."""

import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import httpx
import pytest

from make import find_server
from tests.backend.deployment import ML_KEY, environment_of, gunicorn, process, wait_for
from tests.backend.ml_service import HEADERS
from tests.backend.postgres import free_port

LIMIT = 60


class Redis:
    """A Redis of the test's own, without files."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        self.start()

    def start(self) -> None:
        """Start it and wait until it listens."""
        options = ["--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
        program = find_server("redis-server") or "redis-server"
        self.running = subprocess.Popen(
            [program, "--port", str(self.port), "--dir", str(self.folder), *options],
            stdout=subprocess.DEVNULL,
        )

    def end(self) -> None:
        """Kill it, stopped or not."""
        self.running.kill()
        self.running.wait(10)


@pytest.fixture
def redis(tmp_path: Path) -> Iterator[Redis]:
    """Start a Redis."""
    if find_server("redis-server") is None:
        pytest.skip("no Redis here: `make server-packages`")
    running = Redis(tmp_path)
    yield running
    running.end()


@pytest.fixture
def services(redis: Redis, tmp_path: Path) -> Iterator[list[httpx.Client]]:
    """Serve the ML service from two processes that count in one Redis."""
    with ExitStack() as stack:
        clients = []
        for name in ("one", "two"):
            port = free_port()
            environment = environment_of("sqlite://", port) | {
                "ML_BIND": f"127.0.0.1:{port}",
                "ML_WORKERS": "1",
                "RATELIMIT_STORAGE_URI": f"redis://127.0.0.1:{redis.port}",
            }
            stack.enter_context(process(name, gunicorn("ml"), environment, tmp_path))
            address = f"http://127.0.0.1:{port}"
            headers = {**HEADERS, "Authorization": f"Bearer {ML_KEY}"}
            clients.append(httpx.Client(base_url=address, headers=headers, trust_env=False))
            stack.enter_context(clients[-1])
        for client in clients:
            wait_for(f"{client.base_url}/health")
        yield clients


def statuses(client: httpx.Client, user: int, count: int) -> list[int]:
    """Ask for the schema some times as a person."""
    headers = {"X-Rate-Limit-User": str(user)}
    return [client.get("/schema", headers=headers).status_code for _ in range(count)]


def test_two_processes_share_the_limit_and_go_on_without_redis(
    redis: Redis, services: list[httpx.Client]
) -> None:
    one, two = services
    assert statuses(one, 1, LIMIT // 2) == [200] * (LIMIT // 2)
    assert statuses(two, 1, LIMIT // 2) == [200] * (LIMIT // 2)
    assert statuses(one, 1, 1) == statuses(two, 1, 1) == [429]
    assert statuses(two, 2, 1) == [200]
    redis.end()
    # Each counts for itself now, and still counts.
    assert statuses(one, 1, LIMIT + 1) == [200] * LIMIT + [429]
    assert statuses(two, 1, LIMIT + 1) == [200] * LIMIT + [429]
    redis.start()
    deadline = time.monotonic() + 60
    user = 10
    while 429 not in statuses(one, user, LIMIT // 2) + statuses(two, user, LIMIT // 2 + 1):
        assert time.monotonic() < deadline, "they did not find Redis again"
        user += 1


def test_a_redis_that_hangs_is_not_waited_for(redis: Redis, services: list[httpx.Client]) -> None:
    os.kill(redis.running.pid, signal.SIGSTOP)
    start = time.monotonic()
    assert statuses(services[0], 1, 5) == [200] * 5
    assert time.monotonic() - start < 4
