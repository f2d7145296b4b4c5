"""A workstation's side of the stick, written from docs/sync-wire.md alone."""

import base64
import hashlib
import json
import uuid
from dataclasses import dataclass, field
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

FIRST_LINE = b"MESODESK-FILE 1\n"


def line(value: Any) -> bytes:
    """Write a line of JSON."""
    return json.dumps(value).encode() + b"\n"


def signed(content: bytes, key: Ed25519PrivateKey) -> bytes:
    """Put the signature below a file."""
    return content + key.sign(b"mesodesk file 1\n" + hashlib.sha512(content).digest())


def fingerprint(signing_key: str) -> str:
    """Return what people compare."""
    digits = hashlib.sha256(base64.b64decode(signing_key)).hexdigest()[:16]
    return f"{digits[:4]} {digits[4:8]} {digits[8:12]} {digits[12:]}"


@dataclass
class Desk:
    """A workstation with its keys; `server` is what it knows of the server."""

    device_id: str = field(default_factory=lambda: str(uuid.uuid4()))
    signing: Ed25519PrivateKey = field(default_factory=Ed25519PrivateKey.generate)
    identity: Any = field(default_factory=pyrage.x25519.Identity.generate)
    server: dict[str, str] = field(default_factory=dict)
    sent: int = 0

    @property
    def introduction(self) -> dict[str, str]:
        """Say who this is."""
        public = self.signing.public_key().public_bytes_raw()
        return {
            "device_id": self.device_id,
            "name": "접수 컴퓨터",
            "signing_key": base64.b64encode(public).decode(),
            "encryption_key": str(self.identity.to_public()),
        }

    def header(self, kind: str, **changes: Any) -> dict[str, Any]:
        """Return a file's header."""
        return {
            "kind": kind,
            "id": str(uuid.uuid4()),
            "from": self.device_id,
            "to": "server",
            "number": self.sent,
            "made_at": "2026-11-25T09:00:00Z",
            **changes,
        }

    def enrolment(self) -> bytes:
        """Write an enrolment."""
        content = FIRST_LINE + line(self.header("enrolment")) + line(self.introduction)
        return signed(content, self.signing)

    def transfer(self, *items: Any, **changes: Any) -> bytes:
        """Write a transfer of items."""
        end = {"end": True, "items": len(items)}
        return self.transfer_of(b"".join(map(line, [*items, end])), **changes)

    def transfer_of(self, body: bytes, **changes: Any) -> bytes:
        """Write a transfer of these very bytes."""
        self.sent += 1
        recipient = pyrage.x25519.Recipient.from_str(self.server["encryption_key"])
        head = FIRST_LINE + line(self.header("transfer", **changes))
        return signed(head + pyrage.encrypt(body, [recipient]), self.signing)

    def opened(self, file: bytes, kind: str) -> tuple[dict[str, Any], bytes]:
        """Prove a file of the server's; return header and body."""
        content, signature = file[:-64], file[-64:]
        known = Ed25519PublicKey.from_public_bytes(base64.b64decode(self.server["signing_key"]))
        known.verify(signature, b"mesodesk file 1\n" + hashlib.sha512(content).digest())
        first, head, body = content.split(b"\n", 2)
        header: dict[str, Any] = json.loads(head)
        assert first + b"\n" == FIRST_LINE
        assert set(header) == {"kind", "id", "from", "to", "number", "made_at"}
        assert (header["kind"], header["from"], header["to"]) == (kind, "server", self.device_id)
        return header, body

    def receipt(self, file: bytes) -> tuple[dict[str, Any], list[dict[str, Any]]]:
        """Prove and open a receipt; return its first line and the results."""
        header, body = self.opened(file, "receipt")
        plain = pyrage.decrypt(body, [self.identity])
        assert plain.endswith(b"\n")
        assert max(map(len, plain.splitlines(keepends=True))) <= 1_000_000
        first, *results, end = [json.loads(text) for text in plain.splitlines()]
        assert end == {"end": True, "results": len(results)}
        assert first["number"] == header["number"]
        return first, results
