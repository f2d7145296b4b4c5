"""The one form of everything that travels on a stick: header, body, signature.

A body is read after the signature over the whole file held. Sealed bodies are opened and written
line by line; what they say stands on no disk.
"""

import hashlib
import io
import json
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, BinaryIO, Protocol
from uuid import UUID

import pyrage
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from rest_framework import status
from rest_framework.exceptions import APIException, ParseError

from backend.django_api.common.errors import Conflict
from backend.django_api.common.parsing import read_json
from backend.django_api.predictions.selectors import utc_text

FIRST_LINE = b"MESODESK-FILE 1\n"
ANY_FIRST_LINE = re.compile(rb"MESODESK-FILE [0-9]+\n")
SIGNED = b"mesodesk file 1\n"
SIGNATURE_BYTES = 64
LONGEST_HEADER = 4096
LONGEST_WORD = 64
# With its end.
LONGEST_LINE = 1_000_000
CHUNK = 64 * 1024

# What `from` and `to` call the server.
SERVER = "server"


class BadFile(APIException):
    """The file is not what it should be."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_detail = "The file was cut short or changed on its way."


class Sink(Protocol):
    """Where bytes go."""

    def write(self, data: bytes, /) -> int:
        """Take some bytes."""


@dataclass(frozen=True)
class Header:
    """What a file says of itself."""

    kind: str
    id: UUID
    sender: str
    recipient: str
    number: int
    made_at: datetime
    epoch: str = ""


def read_header(source: BinaryIO) -> Header:
    """Return a file's header and stop at its body; it is a claim until `verify`."""
    source.seek(0)
    first = source.readline(LONGEST_WORD)
    if first != FIRST_LINE:
        if ANY_FIRST_LINE.fullmatch(first):
            raise BadFile("A newer program made this file; this server does not know its form.")
        raise BadFile("This is not a file of MesoDesk.")
    line = source.readline(LONGEST_HEADER)
    if not line.endswith(b"\n"):
        raise BadFile
    try:
        said = read_json(line)
        return Header(
            kind=_word(said["kind"]),
            id=UUID(_word(said["id"])),
            sender=_word(said["from"]),
            recipient=_word(said["to"]),
            number=_count(said["number"]),
            made_at=datetime.fromisoformat(_word(said["made_at"])),
            epoch=_word(said["epoch"]) if "epoch" in said else "",
        )
    except (ParseError, KeyError, TypeError, ValueError) as error:
        raise BadFile from error


def verify(source: BinaryIO, key: Ed25519PublicKey) -> None:
    """Raise unless the signature over the whole file is by this key."""
    left = _size(source) - SIGNATURE_BYTES
    source.seek(0)
    digest = hashlib.sha512()
    while left > 0 and (chunk := source.read(min(left, CHUNK))):
        digest.update(chunk)
        left -= len(chunk)
    try:
        key.verify(source.read(SIGNATURE_BYTES), SIGNED + digest.digest())
    except InvalidSignature as error:
        raise BadFile from error


def read_plain(source: BinaryIO) -> dict[str, Any]:
    """Return the body of a file that is not sealed: one JSON object."""
    raw = _Body(source).read(LONGEST_LINE + 1)
    if len(raw) > LONGEST_LINE:
        raise BadFile
    try:
        said = read_json(raw)
    except ParseError as error:
        raise BadFile from error
    if not isinstance(said, dict):
        raise BadFile
    return said


def count_lines(source: BinaryIO, identity: pyrage.x25519.Identity) -> int:
    """Return how many lines a sealed body holds before its last, which has to say the same."""
    lines = _Lines()
    try:
        pyrage.decrypt_io(_Body(source), lines, [identity])
    except pyrage.DecryptError as error:
        # The signature held, so this is how it was made: for somebody else.
        raise Conflict(
            "The file was made for another server, or for keys it had before."
        ) from error
    except OSError as error:
        raise BadFile from error
    try:
        end = read_json(lines.last)
        said = _count(end.get("lines", end["items"]))
        is_whole = end["end"] is True and said == lines.count - 1 and not lines.rest
    except (AttributeError, ParseError, KeyError, TypeError, ValueError) as error:
        raise BadFile from error
    if not is_whole:
        raise BadFile
    return lines.count - 1


def read_lines(
    source: BinaryIO, identity: pyrage.x25519.Identity, take: Callable[[bytes], None]
) -> None:
    """Hand each line of a sealed body on."""
    pyrage.decrypt_io(_Body(source), _Lines(take), [identity])


def write_plain(target: Sink, header: Header, body: dict[str, Any], key: Ed25519PrivateKey) -> None:
    """Write a file whose body anybody may read."""
    signed = _begin(target, header)
    signed.write(write_json(body) + b"\n")
    target.write(signed.signature_by(key))


def write_sealed(
    target: Sink,
    header: Header,
    lines: Iterable[bytes],
    key: Ed25519PrivateKey,
    recipient: pyrage.x25519.Recipient,
) -> None:
    """Write a file whose lines only the recipient reads."""
    signed = _begin(target, header)
    pyrage.encrypt_io(_Joined(lines), signed, [recipient])
    target.write(signed.signature_by(key))


def write_json(value: Any) -> bytes:
    """Return a value as one line of a body."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


class _Signed:
    """Passes bytes on and keeps what their signature needs."""

    def __init__(self, target: Sink) -> None:
        self._target, self._digest = target, hashlib.sha512()

    def write(self, data: bytes) -> int:
        self._digest.update(data)
        self._target.write(data)
        return len(data)

    def flush(self) -> None:
        """Do as files do, for the library that asks."""

    def signature_by(self, key: Ed25519PrivateKey) -> bytes:
        return key.sign(SIGNED + self._digest.digest())


class _Lines:
    """Cuts what is written to it into lines of bounded length."""

    def __init__(self, take: Callable[[bytes], None] | None = None) -> None:
        self._take = take
        self.count, self.last, self.rest = 0, b"", b""

    def write(self, data: bytes) -> int:
        *lines, self.rest = (self.rest + data).split(b"\n")
        if any(len(line) >= LONGEST_LINE for line in (*lines, self.rest)):
            raise BadFile("A line of the file is too long.")
        for line in lines:
            if self._take is not None:
                self._take(line)
        if lines:
            self.count, self.last = self.count + len(lines), lines[-1]
        return len(data)

    def flush(self) -> None:
        """Do as files do, for the library that asks."""


class _Joined:
    """Gives lines out as a file would."""

    def __init__(self, lines: Iterable[bytes]) -> None:
        self._lines, self._rest = iter(lines), b""

    def read(self, size: int) -> bytes:
        while len(self._rest) < size and (line := next(self._lines, None)) is not None:
            self._rest += line + b"\n"
        given, self._rest = self._rest[:size], self._rest[size:]
        return given


class _Body:
    """The part of a file between header and signature, to read from."""

    def __init__(self, source: BinaryIO) -> None:
        size = _size(source)
        read_header(source)
        self._source, self._left = source, max(0, size - SIGNATURE_BYTES - source.tell())

    def read(self, size: int) -> bytes:
        data = self._source.read(min(size, self._left))
        self._left -= len(data)
        return data


def _begin(target: Sink, header: Header) -> _Signed:
    said = {
        "kind": header.kind,
        "id": str(header.id),
        "from": header.sender,
        "to": header.recipient,
        "number": header.number,
        "made_at": utc_text(header.made_at),
    }
    signed = _Signed(target)
    signed.write(FIRST_LINE + write_json(said) + b"\n")
    return signed


def _size(source: BinaryIO) -> int:
    return source.seek(0, io.SEEK_END)


def _word(value: Any) -> str:
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST_WORD or not value.isprintable():
        raise ValueError("not a word")
    return value


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**31:
        raise ValueError("not a count")
    return value
