"""The line to the server: TLS always checked, limits in size and time, errors told apart."""

import errno
import json
import re
import socket
import ssl
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Self

import httpx
import truststore

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import ProxyUse, ServerSettings
from desktop_app.infrastructure.remote.certificates import issuer_of
from desktop_app.infrastructure.remote.words import shortened

CONNECT_SECONDS, ANSWER_SECONDS, LONGEST_CALL_SECONDS = 5.0, 30.0, 120.0
MOST_BYTES = 32 * 1024 * 1024
_NAME = r"[0-9a-z](?:[0-9a-z_-]{0,61}[0-9a-z])?"
_HOST = re.compile(rf"{_NAME}(?:\.{_NAME})*|[0-9a-f:.]*:[0-9a-f:.]*")
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_NO_ROUTE = (errno.ENETUNREACH, errno.EHOSTUNREACH, errno.ENETDOWN, errno.EHOSTDOWN)
# OpenSSL's reasons for a certificate that is not valid yet, or no longer.
_NOT_NOW = (9, 10)
_OTHER_NAME = (62, 64)


@dataclass(frozen=True)
class Reply:
    """A whole answer: its status and the JSON or the bytes it carries."""

    status: int
    content: bytes = field(repr=False)
    retry_after: float | None = None

    def json(self) -> Any:
        """Return the JSON value; AppError SERVER_UNREADABLE if it is none."""
        try:
            return json.loads(self.content, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            raise AppError(ErrorCode.SERVER_UNREADABLE) from error

    def raise_for_status(self) -> Self:
        """Raise the AppError that the status stands for, unless the server did what was asked."""
        if self.status in (200, 201):
            return self
        if self.status == 413:
            raise AppError(ErrorCode.SERVER_TOO_LARGE)
        if self.status in (401, 403):
            raise AppError(ErrorCode.SERVER_FORBIDS)
        if self.status == 407:
            raise AppError(ErrorCode.PROXY_REFUSES)
        if self.status == 408:
            raise AppError(ErrorCode.SERVER_TIMEOUT)
        if self.status in (429, 502, 503, 504):
            raise AppError(ErrorCode.SERVER_BUSY, retry_after=self.retry_after)
        if self.status >= 500:
            raise AppError(ErrorCode.SERVER_FAILED, status=self.status)
        if 300 <= self.status < 400:
            raise AppError(ErrorCode.SERVER_REDIRECTS)
        if self.status in (400, 409, 422):
            raise AppError(ErrorCode.SERVER_REFUSES, words=self.words())
        raise AppError(ErrorCode.SERVER_UNREADABLE)

    def words(self) -> str:
        """Return what the server says about a refusal, shortened, on one line."""
        try:
            said = json.loads(self.content)
        except (ValueError, RecursionError):
            return ""
        if isinstance(said, dict) and isinstance(said.get("detail"), str):
            said = said["detail"]
        try:
            text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        except RecursionError:
            return ""
        return shortened(text)


class Line:
    """Connections to one server, kept open between calls; redirects are never followed."""

    def __init__(self, settings: ServerSettings, *, program: str) -> None:
        self._address = checked_address(settings.address)
        self._proxy_use = settings.proxy_use
        trust, proxy = _trust(settings), _proxy(settings)
        try:
            self._client = httpx.Client(
                base_url=self._address,
                verify=trust,
                proxy=proxy,
                trust_env=settings.proxy_use is ProxyUse.SYSTEM,
                follow_redirects=False,
                timeout=httpx.Timeout(ANSWER_SECONDS, connect=CONNECT_SECONDS),
                # A packed answer could unfold to any size.
                headers={"User-Agent": program, "Accept-Encoding": "identity"},
            )
        except (ImportError, ValueError, httpx.InvalidURL) as error:
            # What the system names as its proxy is of a kind that cannot be spoken with.
            raise AppError(ErrorCode.PROXY_ADDRESS_WRONG) from error

    @property
    def address(self) -> str:
        """Return where the server is."""
        return str(self._address)

    def call(
        self,
        method: str,
        path: str,
        *,
        body: object = None,
        text: str = "",
        query: dict[str, str] | None = None,
        token: str = "",
    ) -> Reply:
        """Make one call and return the whole answer, whatever its status.

        It carries `body` as JSON, or `text` that is JSON already.
        """
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        if body is not None:
            text = json.dumps(body, ensure_ascii=False, separators=(",", ":"))
        content = text.encode() or None
        if content is not None:
            headers["Content-Type"] = "application/json"
        deadline = time.monotonic() + LONGEST_CALL_SECONDS
        try:
            with self._client.stream(
                method, path, params=query, content=content, headers=headers
            ) as response:
                return Reply(
                    response.status_code,
                    b"".join(_bounded(response, deadline)),
                    _seconds(response.headers.get("Retry-After", "")),
                )
        except httpx.HTTPError as error:
            raise self._translated(error) from error
        except httpx.InvalidURL as error:
            raise AppError(ErrorCode.SERVER_ADDRESS_WRONG) from error

    def close(self) -> None:
        """End every connection."""
        self._client.close()

    def _translated(self, error: httpx.HTTPError) -> AppError:
        causes = list(_causes(error))
        for cause in causes:
            if isinstance(cause, ssl.SSLCertVerificationError):
                return self._untrusted(cause)
            if isinstance(cause, ssl.SSLError):
                return AppError(ErrorCode.SERVER_LINE_CUT)
        if isinstance(error, httpx.ProxyError):
            return AppError(ErrorCode.PROXY_REFUSES)
        if isinstance(error, httpx.ConnectError | httpx.ConnectTimeout):
            return AppError(self._unreached(causes))
        if isinstance(error, httpx.TimeoutException):
            return AppError(ErrorCode.SERVER_TIMEOUT)
        if isinstance(error, httpx.DecodingError | httpx.UnsupportedProtocol):
            return AppError(ErrorCode.SERVER_UNREADABLE)
        return AppError(ErrorCode.SERVER_LINE_CUT)

    def _unreached(self, causes: list[BaseException]) -> ErrorCode:
        if self._proxy_use is ProxyUse.EXPLICIT:
            return ErrorCode.PROXY_REFUSES
        for cause in causes:
            if isinstance(cause, socket.gaierror):
                return ErrorCode.SERVER_NAME_UNKNOWN
            if isinstance(cause, ConnectionRefusedError):
                return ErrorCode.SERVER_NOT_LISTENING
            if isinstance(cause, TimeoutError | httpx.ConnectTimeout):
                return ErrorCode.SERVER_TIMEOUT
            if isinstance(cause, OSError) and cause.errno in _NO_ROUTE:
                return ErrorCode.SERVER_NO_ROUTE
        return ErrorCode.SERVER_NO_ROUTE

    def _untrusted(self, error: ssl.SSLCertVerificationError) -> AppError:
        if error.verify_code in _NOT_NOW:
            return AppError(ErrorCode.CLOCK_WRONG)
        if error.verify_code in _OTHER_NAME:
            return AppError(ErrorCode.SERVER_CERTIFICATE_NAME)
        issuer = issuer_of(self._address.host, self._address.port or 443, CONNECT_SECONDS)
        known = {"issuer": issuer} if issuer else {}
        return AppError(ErrorCode.SERVER_UNTRUSTED, **known)


def checked_address(address: str) -> httpx.URL:
    """Return the server's address; SERVER_ADDRESS_WRONG unless it is https, or this machine."""
    try:
        url = httpx.URL(address.strip().rstrip("/"))
        is_named = _HOST.fullmatch(url.raw_host.decode("ascii").lower()) is not None
        is_whole = is_named and not url.query and not url.userinfo and not url.fragment
    except (httpx.InvalidURL, TypeError, ValueError) as error:
        raise AppError(ErrorCode.SERVER_ADDRESS_WRONG) from error
    is_safe = url.scheme == "https" or (url.scheme == "http" and url.host in _LOOPBACK)
    if not is_whole or not is_safe or not _is_port(url.port):
        raise AppError(ErrorCode.SERVER_ADDRESS_WRONG)
    return url


def _is_port(port: int | None) -> bool:
    return port is None or 0 < port < 65536


def _trust(settings: ServerSettings) -> ssl.SSLContext:
    context = truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if settings.ca_file:
        try:
            context.load_verify_locations(cadata=settings.ca_file)
        # Letters beyond ASCII are a TypeError.
        except (ssl.SSLError, TypeError, ValueError) as error:
            raise AppError(ErrorCode.CERTIFICATE_FILE_WRONG) from error
    return context


def _proxy(settings: ServerSettings) -> httpx.Proxy | None:
    if settings.proxy_use is not ProxyUse.EXPLICIT:
        return None
    login = (settings.proxy_login, settings.proxy_password)
    try:
        url = httpx.URL(settings.proxy_address.strip())
        is_named = _HOST.fullmatch(url.raw_host.decode("ascii").lower()) is not None
        is_bare = url.path in ("", "/") and not url.query and not url.fragment
        "".join(login).encode()
    except (httpx.InvalidURL, ValueError) as error:
        raise AppError(ErrorCode.PROXY_ADDRESS_WRONG) from error
    # A password has a field of its own: an address is shown on the screen.
    is_whole = is_named and is_bare and not url.userinfo and _is_port(url.port)
    if not is_whole or url.scheme not in ("http", "https"):
        raise AppError(ErrorCode.PROXY_ADDRESS_WRONG)
    return httpx.Proxy(url, auth=login if settings.proxy_login else None)


def _bounded(response: httpx.Response, deadline: float) -> Iterator[bytes]:
    """Yield the parts of an answer; refuse one that is packed, too large or without an end."""
    if response.headers.get("Content-Encoding", "identity") != "identity":
        raise AppError(ErrorCode.SERVER_UNREADABLE)
    size = 0
    for part in response.iter_raw():
        size += len(part)
        if size > MOST_BYTES:
            raise AppError(ErrorCode.SERVER_UNREADABLE)
        if time.monotonic() > deadline:
            raise AppError(ErrorCode.SERVER_TIMEOUT)
        yield part


def _seconds(retry_after: str) -> float | None:
    """Return the seconds a server asks to wait; a date is not understood, as clocks differ."""
    return float(retry_after) if retry_after.isascii() and retry_after.isdigit() else None


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no JSON")


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: BaseException | None = error
    while seen is not None:
        yield seen
        seen = seen.__cause__ or seen.__context__
