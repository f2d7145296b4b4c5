"""What happens to every request: whom to believe, a number for the log, the rest of a body."""

import logging
import re
import time
import uuid
from collections.abc import Callable
from contextlib import suppress
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest, UnreadablePostError
from django.http.response import HttpResponseBase

logger = logging.getLogger("backend.requests")

Handler = Callable[[HttpRequest], HttpResponseBase]
request_id: ContextVar[str] = ContextVar("request_id", default="")

FORWARDED = re.compile(r"HTTP_(X_FORWARDED_\w+|FORWARDED|X_REAL_IP|X_REQUEST_ID)")
REQUEST_ID = re.compile(r"[0-9a-zA-Z-]{8,64}")


class TrustedProxy:
    """Believe forwarding headers of the proxy only, and take the client's address from it."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Forget what a stranger claims."""
        if request.META.get("REMOTE_ADDR", "") not in settings.TRUSTED_PROXIES:
            for name in [name for name in request.META if FORWARDED.fullmatch(name)]:
                del request.META[name]
        elif forwarded := request.META.get("HTTP_X_FORWARDED_FOR"):
            # The proxy writes the last address; those before it are the client's own claim.
            request.META["REMOTE_ADDR"] = forwarded.rpartition(",")[2].strip()
        return self.get_response(request)


class WholeBody:
    """Read what a refused request has left: closing on it would lose the answer on its way."""

    CHUNK = 64 * 1024

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Answer, then read to the end."""
        response = self.get_response(request)
        left = settings.MAX_TRANSFER_BYTES
        with suppress(UnreadablePostError):
            while left > 0 and (chunk := request.read(self.CHUNK)):
                left -= len(chunk)
        return response


class RequestLog:
    """Write one line a request: route, status, time, person's number; never an address or body."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Number the request and write its line."""
        given = request.META.get("HTTP_X_REQUEST_ID", "")
        number = given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex
        token = request_id.set(number)
        start = time.perf_counter()
        try:
            response = self.get_response(request)
            response["X-Request-ID"] = number
            match = request.resolver_match
            logger.info(
                "request",
                extra={
                    "method": request.method,
                    "route": match.route if match else "",
                    "status": response.status_code,
                    "milliseconds": round((time.perf_counter() - start) * 1000, 1),
                    "user_id": getattr(getattr(request, "user", None), "pk", None),
                },
            )
            return response
        finally:
            request_id.reset(token)
