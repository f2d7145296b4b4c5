"""Calls to the ML service: each within its time, each answer checked."""

import http.client
import json
import socket
import threading
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
    connection = kind(base.hostname or "127.0.0.1", base.port, timeout=timeout)
    connection.connect()
    deadline = threading.Timer(timeout, _cut, [connection.sock])
    deadline.daemon = True
    deadline.start()
    try:
        connection.request(method, base.path.rstrip("/") + path, payload, headers)
        response = connection.getresponse()
        raw = response.read(LARGEST_ANSWER + 1)
        if len(raw) > LARGEST_ANSWER:
            raise http.client.HTTPException("too large")
        return response.status, raw, response.getheader("Retry-After")
    finally:
        deadline.cancel()
        connection.close()


def _cut(open_socket: socket.socket) -> None:
    try:
        open_socket.shutdown(socket.SHUT_RDWR)
    except OSError:
        return
