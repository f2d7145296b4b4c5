"""The database dies and comes back under load; peers that do not speak HTTP as agreed."""

import json
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any

import httpx
import pytest

from make import find_server
from tests.backend.deployment import Deployment, deployed, manage
from tests.backend.postgres import Cluster
from tests.backend.samples import PATIENT, item

PASSWORD = "a-long-password-27"
CLIENTS = 4
# A connection that is refused, a statement that is stopped: well below what a client waits.
LONGEST_SECONDS = 10


@pytest.fixture(scope="module")
def cluster() -> Iterator[Cluster]:
    """Start a PostgreSQL that may die."""
    started = Cluster.start()
    if started is None or find_server("nginx") is None:
        pytest.skip("no PostgreSQL or nginx here: `make server-packages`")
    yield started
    started.stop()


@pytest.fixture(scope="module")
def server(cluster: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Deployment]:
    """Deploy on it."""
    with deployed(cluster.url, tmp_path_factory.mktemp("deployed")) as running:
        yield running


@pytest.fixture(scope="module")
def header(server: Deployment) -> dict[str, str]:
    """Sign an administrator in."""
    environment = {**server.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    manage(environment, "createsuperuser", "--no-input", "--username", "a", "--email", "a@b.kr")
    with client_of(server) as client:
        pair = client.post("/api/auth/token/", json={"username": "a", "password": PASSWORD})
        return {"Authorization": f"Bearer {pair.json()['access']}"}


def client_of(server: Deployment, header: dict[str, str] | None = None) -> httpx.Client:
    """Talk TLS through nginx."""
    context = ssl.create_default_context(cafile=str(server.ca_file))
    return httpx.Client(
        base_url=server.address, verify=context, headers=header, trust_env=False, timeout=30
    )


def test_the_database_dies_and_comes_back_while_people_work(
    cluster: Cluster, server: Deployment, header: dict[str, str]
) -> None:
    is_over = threading.Event()
    answers: list[tuple[int, float]] = []
    sent: list[dict[str, Any]] = []

    def work() -> None:
        with client_of(server, header) as client:
            while not is_over.is_set():
                someone = item("patient", PATIENT)
                start = time.monotonic()
                body = {"device_id": "d", "items": [someone]}
                pushed = client.post("/api/sync/push/", json=body)
                listed = client.get("/api/patients/?limit=5")
                seconds = time.monotonic() - start
                answers.extend((a.status_code, seconds) for a in (pushed, listed))
                sent.append({**someone, "was_confirmed": pushed.status_code == 200})

    with ThreadPoolExecutor(CLIENTS) as pool:
        working = [pool.submit(work) for _ in range(CLIENTS)]
        for _ in range(2):
            _wait_for_new(answers, 200)
            cluster.end()
            _wait_for_new(answers, 503)
            cluster.begin()
        # Each thread of each worker finds out for itself, and then it is over.
        _wait_for_new(answers, 200, count=40)
        is_over.set()
        for job in working:
            job.result()
    assert {status for status, _ in answers} == {200, 503}
    assert max(seconds for _, seconds in answers) < LONGEST_SECONDS
    assert {status for status, _ in answers[-CLIENTS * 2 :]} == {200}
    confirmed = [one for one in sent if one.pop("was_confirmed")]
    with client_of(server, header) as client:

        def push(items: list[dict[str, Any]]) -> list[str]:
            body = {"device_id": "d", "items": items}
            results = client.post("/api/sync/push/", json=body).json()["results"]
            return [result["status"] for result in results]

        # What was confirmed stands; the rest may be sent again, and is there once.
        assert set(push(confirmed[-1000:])) == {"unchanged"}
        assert set(push(sent[-1000:])) <= {"unchanged", "created"}
        assert set(push(sent[-1000:])) == {"unchanged"}


def _wait_for_new(answers: list[tuple[int, float]], status: int, *, count: int = 5) -> None:
    """Wait until so many more answers have a status."""
    seen, deadline = len(answers), time.monotonic() + 60
    while sum(found == status for found, _ in answers[seen:]) < count:
        assert time.monotonic() < deadline, f"no {status}"
        time.sleep(0.01)


BODY = json.dumps(PATIENT).encode()
LENGTH = f"Content-Length: {len(BODY)}".encode()
POST = b"POST /api/patients/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
GET = b"GET /api/patients/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Forwarded-Proto: https\r\n"
JSON = b"Content-Type: application/json\r\n"
STRANGE = {
    "no Host, HTTP/1.0": b"GET /api/patients/ HTTP/1.0\r\nX-Forwarded-Proto: https\r\n\r\n",
    "no Host, HTTP/1.1": b"GET /api/patients/ HTTP/1.1\r\n\r\n",
    "another Host": b"GET /api/patients/ HTTP/1.1\r\nHost: evil.example\r\n\r\n",
    "two Hosts": GET + b"Host: evil.example\r\n\r\n",
    "HTTP/0.9": b"GET /api/patients/\r\n",
    "HTTP/9.9": b"GET / HTTP/9.9\r\nHost: 127.0.0.1\r\n\r\n",
    "two lengths": POST + JSON + LENGTH + b"\r\nContent-Length: 3\r\n\r\n" + BODY,
    "a negative length": POST + JSON + b"Content-Length: -5\r\n\r\n",
    "a length in words": POST + JSON + b"Content-Length: ten\r\n\r\n",
    "a length beyond all": POST + JSON + b"Content-Length: " + b"9" * 30 + b"\r\n\r\n",
    "length and chunks": POST + JSON + LENGTH + b"\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "chunks of no size": POST + JSON + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a coding nobody knows": POST + JSON + b"Transfer-Encoding: rot13\r\n\r\n" + BODY,
    "a body cut short": POST + JSON + LENGTH + b"\r\n\r\n" + BODY[:10],
    "two tokens": GET + b"Authorization: Bearer a\r\nAuthorization: Bearer b\r\n\r\n",
    "two types": POST + JSON + b"Content-Type: text/plain\r\n" + LENGTH + b"\r\n\r\n" + BODY,
    "a folded header": GET + b"X-Long: a\r\n b\r\n\r\n",
    "a header without a name": GET + b": x\r\n\r\n",
    "NUL in a header": GET + b"Authorization: Bearer a\x00b\r\n\r\n",
    "NUL in the path": b"GET /api/pat\x00ients/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a header of 100 kB": GET + b"X-Long: " + b"x" * 100_000 + b"\r\n\r\n",
    "a thousand headers": GET + b"".join(b"X-%d: y\r\n" % n for n in range(1000)) + b"\r\n",
    "an address of 100 kB": b"GET /" + b"x" * 100_000 + b" HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "a method nobody knows": b"BREW /api/patients/ HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
    "TLS inside": b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 100,
}


# Of the answers above 499, these two say that the request was not understood.
REFUSALS = {None, *range(300, 500), 501, 505}


@pytest.mark.parametrize("kind", STRANGE)
def test_a_strange_request_is_refused_by_either_server(server: Deployment, kind: str) -> None:
    request = STRANGE[kind]
    is_cut = kind == "a body cut short"
    assert _status_of(_to_nginx(server), request, is_ended=is_cut) in REFUSALS
    # Behind nginx it never meets a client that goes silent, and would wait for it.
    assert _status_of(_to_gunicorn(server), request, is_ended=True) in REFUSALS
    assert httpx.get(f"{server.plain_address}/api/health/", trust_env=False).status_code == 301


def _to_nginx(server: Deployment) -> socket.socket:
    context = ssl.create_default_context(cafile=str(server.ca_file))
    port = int(server.address.rpartition(":")[2])
    plain = socket.create_connection(("127.0.0.1", port), timeout=60)
    return context.wrap_socket(plain, server_hostname="127.0.0.1")


def _to_gunicorn(server: Deployment) -> socket.socket:
    port = int(server.environment["API_BIND"].rpartition(":")[2])
    return socket.create_connection(("127.0.0.1", port), timeout=30)


def _status_of(connected: socket.socket, request: bytes, *, is_ended: bool) -> int | None:
    """Send a request and return the answer's status; None where the server hung up."""
    answer = b""
    with connected, suppress(OSError):
        connected.sendall(request)
        if is_ended:
            connected.shutdown(socket.SHUT_WR)
        while b"\r\n" not in answer and (chunk := connected.recv(1 << 16)):
            answer += chunk
    words = answer.split()
    return int(words[1]) if answer.startswith(b"HTTP/") else None
