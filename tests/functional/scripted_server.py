"""A server as a screen meets it: it answers as it is told, or raises the errors of a real line."""

import base64
import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Event
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from desktop_app.application.link import Link
from desktop_app.domain.errors import AppError
from desktop_app.domain.exchange import Answer, AnswerStatus, IncomingPage, Outgoing
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.sync import (
    Greeting,
    ServerKeys,
    ServerPerson,
    ServerSettings,
    Transfer,
    Workstation,
)
from desktop_app.infrastructure.remote.transfer_files import AgeTransferFiles
from tests.fakes.samples import NOON

DOCTOR = ServerPerson("haneul.kim", "DOCTOR", is_approved=True, doctor_id=7)


def created(record: Outgoing) -> Answer:
    """Answer as a server that has just stored a record."""
    return Answer(
        record.record_id,
        AnswerStatus.CREATED,
        server_id=1,
        version=1,
        content_sha256=record.digest or None,
        change_id=record.change_id,
    )


@dataclass
class ScriptedServer:
    """Every call raises `error` while there is one; `is_open` holds calls back until it is set.

    `calls` lists what was asked, by name.
    """

    error: AppError | None = None
    sign_in_error: AppError | None = None
    greeting: Greeting = field(
        default_factory=lambda: Greeting(1, 100, NOON, frozenset({"change_ids"}), epoch="1")
    )
    person: ServerPerson = DOCTOR
    answer: Callable[[Outgoing], Answer] = created
    page: IncomingPage = field(default_factory=lambda: IncomingPage((), "1", has_more=False))
    calls: list[str] = field(default_factory=list)
    is_open: Event = field(default_factory=Event)
    centre: Workstation = field(default_factory=lambda: AgeTransferFiles().new_keys("centre"))

    def __post_init__(self) -> None:
        self.is_open.set()

    @property
    def keys(self) -> ServerKeys:
        """Return the server's public keys."""
        return ServerKeys("가나다 네트워크", self.centre.signing_key, self.centre.encryption_key)

    @property
    def link(self) -> Link:
        """Return the ways to this server, with real files beside the line."""
        return Link(self._gateway, AgeTransferFiles)

    def _gateway(self, settings: ServerSettings) -> "ScriptedGateway":
        # What a real gateway checks before it sends anything.
        from desktop_app.infrastructure.remote.line import checked_address

        checked_address(settings.address)
        return ScriptedGateway(self)

    def write_receipt(
        self, target: Path, to: Workstation, transfer: Transfer, results: Sequence[dict[str, Any]]
    ) -> None:
        """Write what the server gives back for a transfer file."""
        from pyrage import encrypt, x25519

        said = {"transfer": str(transfer.transfer_id), "number": transfer.number}
        lines = [{**said, "received_at": NOON.isoformat()}, *results]
        lines.append({"end": True, "results": len(results)})
        body = b"".join(json.dumps(line).encode() + b"\n" for line in lines)
        sealed = encrypt(body, [x25519.Recipient.from_str(to.encryption_key)])
        self._sign(target, "receipt", to, sealed)

    def write_enrolment_answer(self, target: Path, to: Workstation, account: str) -> None:
        """Write what the server gives back for an enrolment file."""
        keys = self.keys
        body = {
            "device_id": str(to.device_id),
            "account": account,
            "server": {
                "name": keys.name,
                "signing_key": keys.signing_key,
                "encryption_key": keys.encryption_key,
            },
        }
        self._sign(target, "enrolment-answer", to, json.dumps(body).encode())

    def _sign(self, target: Path, kind: str, to: Workstation, body: bytes) -> None:
        header = {
            "kind": kind,
            "id": str(new_record_id()),
            "from": "server",
            "to": str(to.device_id),
            "number": 1,
            "made_at": NOON.isoformat(),
        }
        file = b"MESODESK-FILE 1\n" + json.dumps(header).encode() + b"\n" + body
        key = Ed25519PrivateKey.from_private_bytes(base64.b64decode(self.centre.signing_secret))
        target.write_bytes(file + key.sign(b"mesodesk file 1\n" + hashlib.sha512(file).digest()))

    def meet(self, call: str) -> None:
        """Note a call, wait until calls are let through, and raise what there is to raise."""
        self.calls.append(call)
        self.is_open.wait(20)
        if self.error is not None:
            raise self.error


class ScriptedGateway:
    """Fulfils SyncGateway."""

    def __init__(self, server: ScriptedServer) -> None:
        self._server = server

    def greet(self) -> Greeting:
        self._server.meet("greet")
        return self._server.greeting

    def push(self, device_id: str, records: Sequence[Outgoing]) -> tuple[Answer, ...]:
        self._server.meet("push")
        return tuple(map(self._server.answer, records))

    def pull(self, cursor: str, limit: int) -> IncomingPage:
        self._server.meet("pull")
        page = self._server.page
        # A server that has more goes on.
        if not page.has_more:
            return page
        return replace(page, next_cursor=f"page {self._server.calls.count('pull')}")

    def me(self) -> ServerPerson:
        self._server.meet("me")
        return self._server.person

    def sign_in(self, account: str, password: str) -> ServerPerson:
        self._server.calls.append(f"sign in {account}")
        if self._server.sign_in_error is not None:
            raise self._server.sign_in_error
        return self._server.person

    def sign_out(self) -> None:
        self._server.calls.append("sign out")

    def enrol(self, workstation: Workstation) -> ServerKeys:
        return self._server.keys

    def close(self) -> None:
        pass
