"""One server: its sync layer where it has one, else the classic calls."""

import json
from collections.abc import Sequence

from desktop_app.application.ports import SecretStore
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Answer, IncomingPage, Outgoing
from desktop_app.domain.sync import (
    Greeting,
    ServerKeys,
    ServerPerson,
    ServerSettings,
    Workstation,
)
from desktop_app.infrastructure.remote.classic_layer import MOST_AT_ONCE, ClassicLayer
from desktop_app.infrastructure.remote.line import Line
from desktop_app.infrastructure.remote.server_session import ServerSession, Tokens
from desktop_app.infrastructure.remote.wire import (
    EPOCH,
    item_text,
    read_answers,
    read_greeting,
    read_page,
    read_server_keys,
)


class HttpSyncGateway:
    """Speaks with one server in the name of its account; fulfils SyncGateway."""

    def __init__(
        self, settings: ServerSettings, secrets: SecretStore, tokens: Tokens, *, program: str
    ) -> None:
        self._line = Line(settings, program=program)
        name = f"server session {settings.account} {settings.address}"
        self._session = ServerSession(self._line, secrets, name, tokens)
        self._classic = ClassicLayer(self._session)
        # Of a server that does not name the life of its database: another address is another one.
        self._life = f"at {self._line.address}"
        self._greeting: Greeting | None = None

    def greet(self) -> Greeting:
        """Return what the server speaks; settles which layer the other calls use."""
        reply = self._session.call("GET", "/api/sync/")
        if reply.status == 404:
            self._greeting = Greeting(protocol=0, max_batch=MOST_AT_ONCE, epoch=self._life)
        else:
            self._greeting = read_greeting(reply.raise_for_status().json(), self._life)
        return self._greeting

    def push(self, device_id: str, records: Sequence[Outgoing]) -> tuple[Answer, ...]:
        """Send records and return one answer each, in order."""
        greeting = self._greeting or self.greet()
        if greeting.is_classic:
            return self._classic.push(records)
        head = {"device_id": device_id}
        if EPOCH in greeting.extensions:
            head["epoch"] = greeting.epoch
        items = ",".join(item_text(record, greeting.extensions) for record in records)
        body = f'{json.dumps(head)[:-1]},"items":[{items}]}}'
        reply = self._session.call("POST", "/api/sync/push/", text=body).raise_for_status()
        return read_answers(reply.json(), records)

    def pull(self, cursor: str, limit: int) -> IncomingPage:
        """Return what changed on the server after a cursor; SERVER_CURSOR_LOST if it knows none."""
        query = {"limit": str(limit)} | ({"cursor": cursor} if cursor else {})
        reply = self._session.call("GET", "/api/sync/pull/", query=query)
        if reply.status == 400 and cursor:
            raise AppError(ErrorCode.SERVER_CURSOR_LOST)
        return read_page(reply.raise_for_status().json())

    def me(self) -> ServerPerson:
        """Return whom the server takes this workstation for."""
        return self._session.me()

    def sign_in(self, account: str, password: str) -> ServerPerson:
        """Begin a session at the server and keep it in the key store."""
        return self._session.sign_in(account, password)

    def sign_out(self) -> None:
        """Forget the session."""
        self._session.sign_out()

    def enrol(self, workstation: Workstation) -> ServerKeys:
        """Tell the server this workstation's public keys and return the server's."""
        body = {
            "device_id": str(workstation.device_id),
            "name": workstation.name,
            "signing_key": workstation.signing_key,
            "encryption_key": workstation.encryption_key,
        }
        reply = self._session.call("POST", "/api/sync/workstations/", body=body)
        try:
            return read_server_keys(reply.raise_for_status().json()["server"])
        except (KeyError, TypeError, ValueError) as error:
            raise AppError(ErrorCode.SERVER_UNREADABLE) from error

    def close(self) -> None:
        """End every connection."""
        self._line.close()
