"""The sign-in at the server: tokens in the system's key store, calls that renew them by themselves.

It has nothing to do with signing in to this program: when it ends, records wait and nobody leaves.
"""

from dataclasses import dataclass, field
from typing import Any

from desktop_app.application.ports import SecretStore
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import ServerPerson
from desktop_app.infrastructure.remote.line import Line, Reply


@dataclass
class Tokens:
    """What the server gave for a sign-in, kept as long as the program runs.

    Where the key store is insecure nothing is stored: the next start has to sign in again.
    """

    access: str = field(default="", repr=False)
    refresh: str = field(default="", repr=False)


class ServerSession:
    """Calls in the name of one server account."""

    def __init__(self, line: Line, secrets: SecretStore, name: str, tokens: Tokens) -> None:
        self._line = line
        self._secrets = secrets
        self._name = name
        self._tokens = tokens

    def call(self, method: str, path: str, **parts: Any) -> Reply:
        """Make a call as the account; SERVER_SIGN_IN_NEEDED where its session has ended."""
        reply = self._line.call(method, path, token=self._tokens.access, **parts)
        if reply.status == 401:
            self._renew()
            reply = self._line.call(method, path, token=self._tokens.access, **parts)
        if reply.status == 401:
            raise AppError(ErrorCode.SERVER_SIGN_IN_NEEDED)
        return reply

    def sign_in(self, account: str, password: str) -> ServerPerson:
        """Begin a session; SERVER_CREDENTIALS_WRONG if the server knows no such pair."""
        credentials = {"username": account, "password": password}
        reply = self._line.call("POST", "/api/auth/token/", body=credentials)
        if reply.status in (400, 401):
            raise AppError(ErrorCode.SERVER_CREDENTIALS_WRONG)
        self._keep(reply.raise_for_status())
        return self.me()

    def me(self) -> ServerPerson:
        """Return whom the server takes this workstation for."""
        said = self.call("GET", "/api/auth/me/").raise_for_status().json()
        try:
            doctor = said["doctor"]
            return ServerPerson(
                username=_text(said["username"]),
                role=_text(said["role"]),
                is_approved=said["approved"] is True,
                doctor_id=None if doctor is None else int(doctor["id"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise AppError(ErrorCode.SERVER_UNREADABLE) from error

    def sign_out(self) -> None:
        """Forget the session."""
        self._tokens.access = self._tokens.refresh = ""
        self._secrets.remove(self._name)

    def _renew(self) -> None:
        """Get a new access token; the server may hand out a new refresh token with it."""
        refresh = self._tokens.refresh or self._secrets.get(self._name)
        if not refresh:
            raise AppError(ErrorCode.SERVER_SIGN_IN_NEEDED)
        reply = self._line.call("POST", "/api/auth/token/refresh/", body={"refresh": refresh})
        if reply.status in (400, 401):
            self._tokens.access = ""
            raise AppError(ErrorCode.SERVER_SIGN_IN_NEEDED)
        self._tokens.refresh = refresh
        self._keep(reply.raise_for_status())

    def _keep(self, reply: Reply) -> None:
        said = reply.json()
        try:
            access, refresh = _text(said["access"]), _text(said.get("refresh", ""))
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise AppError(ErrorCode.SERVER_UNREADABLE) from error
        self._tokens.access = access
        if refresh:
            self._tokens.refresh = refresh
            self._secrets.put(self._name, refresh)


def _text(value: object, longest: int = 4096) -> str:
    # A token goes into a header: anything but plain signs there would be a way to write others.
    if not isinstance(value, str) or len(value) > longest or not value.isascii():
        raise ValueError("no text")
    if not value.isprintable():
        raise ValueError("no plain text")
    return value
