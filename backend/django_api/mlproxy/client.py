"""Calls to the ML service: each within its time, each answer checked."""

import http.client
import io
import json
import socket
import time
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from backend.django_api.common.errors import BadGateway
from backend.django_api.common.middleware import request_id

LARGEST_ANSWER = 32 * 1024 * 1024


@dataclass(frozen=True)
class MlAnswer:
    """What the ML service said: a status and a JSON object."""

    status: int
    body: dict[str, Any]
    retry_after: str | None = None


def call(
    method: str, path: str, *, timeout: float, body: Any = None, user_id: int | None = None
) -> MlAnswer:
    """Call the ML service; anything but a JSON object in time is `BadGateway`.

    `user_id` is whom its rate limits count; it believes the header for the key that comes along.
    """
    headers = {
        "Authorization": f"Bearer {settings.ML_API_KEY}",
        "X-Forwarded-Proto": "https",
        "X-Request-ID": request_id.get(),
    }
    if user_id is not None:
        headers["X-Rate-Limit-User"] = str(user_id)
    payload = None
    if body is not None:
        headers["Content-Type"] = "application/json"
        payload = json.dumps(body, allow_nan=False).encode()
    try:
        status, raw, retry_after = _exchange(method, path, headers, payload, timeout)
        answer = json.loads(raw)
    except (OSError, http.client.HTTPException, ValueError, RecursionError) as error:
        raise BadGateway from error
    if not isinstance(answer, dict):
        raise BadGateway("The ML service does not answer as agreed.")
    return MlAnswer(status, answer, retry_after)


def _exchange(
    method: str, path: str, headers: dict[str, str], payload: bytes | None, timeout: float
) -> tuple[int, bytes, str | None]:
    """Send and read; the whole of it ends with the time, however slowly the bytes come."""
    base = urlsplit(settings.ML_BASE_URL)
    kind = http.client.HTTPSConnection if base.scheme == "https" else http.client.HTTPConnection
    deadline = time.monotonic() + timeout
    connection = kind(base.hostname or "127.0.0.1", base.port, timeout=timeout)
    try:
        connection.request(
            method, base.path.rstrip("/") + path, payload, {**headers, "Connection": "close"}
        )
        answer = _Answer(connection.sock, deadline)
        response = http.client.HTTPResponse(answer, method=method)  # type: ignore[arg-type] # it makes a file of the socket and nothing else
        response.begin()
        body = response.read(LARGEST_ANSWER + 1)
    finally:
        connection.close()
    if len(body) > LARGEST_ANSWER:
        raise http.client.HTTPException("too large")
    return response.status, body, response.getheader("Retry-After")


class _Answer(io.RawIOBase):
    """The bytes that come; each wait gets what is left of the time."""

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._connected, self._deadline = connected, deadline

    def makefile(self, mode: str) -> io.BufferedReader:
        return io.BufferedReader(self)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        left = self._deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._connected.settimeout(left)
        return self._connected.recv_into(buffer)
