"""Files that travel on a stick: sealed with age for one reader, signed with Ed25519 by the writer.

docs/sync-wire.md says what they look like. Both libraries are imported on first use.
"""

import base64
import hashlib
import io
import json
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import IO, Any

from desktop_app.application.sync_ports import FileHeader
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Answer, Outgoing, RecordKind
from desktop_app.domain.identifiers import new_record_id, parse_record_id
from desktop_app.domain.patient_fields import moment_text
from desktop_app.domain.sync import Certificate, ServerKeys, Workstation
from desktop_app.infrastructure.remote.wire import CHANGE_IDS, item_text, read_answer

FORMAT = 1
SERVER = "server"
_MAGIC = b"MESODESK-FILE "
_SIGNED_AS = b"mesodesk file 1\n"
_SIGNATURE_BYTES = 64
_LONGEST_HEADER = 4096
_LONGEST_LINE = 1_000_000
# A server takes files of 256 MiB; sealing adds a quarter of a thousandth.
MOST_BYTES_OF_ITEMS = 250 * 1024 * 1024
_AT_ONCE = 1 << 18
_FINGERPRINT_DIGITS = 16


class AgeTransferFiles:
    """Writes transfers and enrolments, reads receipts and answers; fulfils TransferFiles."""

    def new_keys(self, name: str) -> Workstation:
        """Make a workstation's keys."""
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
        from pyrage import x25519

        signing, encryption = Ed25519PrivateKey.generate(), x25519.Identity.generate()
        return Workstation(
            device_id=new_record_id(),
            name=name,
            signing_secret=_base64(signing.private_bytes_raw()),
            encryption_secret=str(encryption),
            signing_key=_base64(signing.public_key().public_bytes_raw()),
            encryption_key=str(encryption.to_public()),
        )

    def fingerprint(self, signing_key: str) -> str:
        """Return the first 16 digits of the key's SHA-256, in groups of four."""
        digits = hashlib.sha256(base64.b64decode(signing_key)).hexdigest()[:_FINGERPRINT_DIGITS]
        return " ".join(digits[at : at + 4] for at in range(0, _FINGERPRINT_DIGITS, 4))

    def write_transfer(
        self,
        target: Path,
        workstation: Workstation,
        header: FileHeader,
        records: Iterable[Outgoing],
    ) -> int:
        """Write records for the server, as many as a file may hold; return how many there were."""
        from pyrage import EncryptError, encrypt_io, x25519

        if workstation.server is None:
            raise AppError(ErrorCode.WORKSTATION_NOT_ENROLLED)
        lines = _ItemLines(records)
        recipient = x25519.Recipient.from_str(workstation.server.encryption_key)
        with _signed_file(target, workstation, header) as file:
            try:
                encrypt_io(io.BufferedReader(lines, _AT_ONCE), file, [recipient])
            except (EncryptError, OSError) as error:
                raise lines.failure or AppError(ErrorCode.FILE_UNWRITABLE) from error
        return lines.count

    def write_enrolment(self, target: Path, workstation: Workstation, at: datetime) -> None:
        """Write this workstation's public keys for the server."""
        device = str(workstation.device_id)
        header = FileHeader("enrolment", new_record_id(), device, SERVER, 0, at)
        body = {
            "device_id": device,
            "name": workstation.name,
            "signing_key": workstation.signing_key,
            "encryption_key": workstation.encryption_key,
        }
        with _signed_file(target, workstation, header) as file:
            file.write(_json(body))

    def read_enrolment_answer(
        self, source: Path, workstation: Workstation
    ) -> tuple[ServerKeys, str]:
        """Return the server's keys and this workstation's account there.

        The file is signed by the key that it brings: a person compares that one's fingerprint.
        """
        with _opened(source, "enrolment-answer", workstation) as signed:
            try:
                said = json.loads(signed.body(_LONGEST_LINE))
                server = said["server"]
                keys = ServerKeys(
                    *(str(server[name]) for name in ("name", "signing_key", "encryption_key"))
                )
                account = str(said["account"])
                is_ours = said["device_id"] == str(workstation.device_id)
            except (KeyError, TypeError, ValueError, RecursionError) as error:
                raise AppError(ErrorCode.TRANSFER_DAMAGED) from error
            if not is_ours:
                raise AppError(ErrorCode.TRANSFER_FOR_ANOTHER)
            signed.require_signature(keys.signing_key)
            return keys, account

    def read_certificates(self, text: str) -> tuple[Certificate, ...]:
        """Return the certificates that a text (PEM) holds."""
        from desktop_app.infrastructure.remote.certificates import read_certificates

        return read_certificates(text)

    @contextmanager
    def open_receipt(self, source: Path, workstation: Workstation) -> Iterator["AgeReceiptFile"]:
        """Open a receipt for this workstation, its signature checked over the whole file."""
        if workstation.server is None:
            raise AppError(ErrorCode.WORKSTATION_NOT_ENROLLED)
        with _opened(source, "receipt", workstation) as signed:
            signed.require_signature(workstation.server.signing_key)
            yield AgeReceiptFile(signed, workstation.encryption_secret)


class AgeReceiptFile:
    """A receipt whose signature holds."""

    def __init__(self, signed: "_SignedFile", secret: str) -> None:
        self._signed = signed
        self._secret = secret
        self.header = signed.header
        first = next(self._lines(), None)
        try:
            said = json.loads(first or b"")
            self.transfer_id = parse_record_id(said["transfer"])
            self.epoch = str(said.get("epoch", ""))[:64]
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise AppError(ErrorCode.TRANSFER_DAMAGED) from error

    def answers(self) -> Iterator[tuple[RecordKind, Answer]]:
        """Yield the server's answers, in the file's order."""
        lines = self._lines()
        next(lines)
        for count, line in enumerate(lines):
            try:
                said = json.loads(line)
                if said.get("end") is True:
                    if said["results"] != count or next(lines, None) is not None:
                        raise ValueError("another number of results")
                    return
                yield RecordKind(said["kind"]), read_answer(said)
            except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
                raise AppError(ErrorCode.TRANSFER_DAMAGED) from error
        raise AppError(ErrorCode.TRANSFER_DAMAGED)

    def _lines(self) -> Iterator[bytes]:
        """Yield the lines of the body; never a byte of it stands on a disk unsealed."""
        from pyrage import DecryptError, decrypt_io, x25519

        # A receipt is as long as its transfer had records: some megabytes at most.
        opened = io.BytesIO()
        try:
            identity = x25519.Identity.from_str(self._secret)
            decrypt_io(self._signed.body_file(), opened, [identity])
        except (DecryptError, OSError, ValueError) as error:
            raise AppError(ErrorCode.TRANSFER_DAMAGED) from error
        opened.seek(0)
        while line := opened.readline(_LONGEST_LINE + 1):
            if len(line) > _LONGEST_LINE:
                raise AppError(ErrorCode.TRANSFER_DAMAGED)
            yield line


class _ItemLines(io.RawIOBase):
    """Reads as the lines of a transfer, each made when it is asked for.

    `failure` is what making one raised: the library that reads here has no word for it.
    """

    def __init__(self, records: Iterable[Outgoing]) -> None:
        self.count = 0
        self.failure: BaseException | None = None
        self._lines = self._make(records)
        self._left = memoryview(b"")

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Fill the buffer as far as there is something at hand; 0 at the end."""
        if not self._left:
            self._left = memoryview(self._next_block())
        room = memoryview(buffer)
        length = min(len(room), len(self._left))
        room[:length], self._left = self._left[:length], self._left[length:]
        return length

    def _next_block(self) -> bytes:
        lines, length = [], 0
        try:
            for line in self._lines:
                lines.append(line)
                length += len(line)
                if length >= _AT_ONCE:
                    break
        except BaseException as error:
            self.failure = error
            raise
        if lines:
            lines.append(b"")
        return b"\n".join(lines)

    def _make(self, records: Iterable[Outgoing]) -> Iterator[bytes]:
        lines = length = 0
        for record in records:
            is_sealed = record.kind is RecordKind.ASSESSMENT
            item = item_text(record, (CHANGE_IDS,), sealed_follows=is_sealed).encode()
            length += len(item) + len(record.sealed) + 2
            if length > MOST_BYTES_OF_ITEMS:
                break
            self.count += 1
            lines += 1 + is_sealed
            yield item
            if is_sealed:
                yield record.sealed
        yield _json({"end": True, "items": self.count, "lines": lines})


@dataclass(frozen=True)
class _SignedFile:
    """An open file of our form, not yet trusted: where its body and its signature stand."""

    file: IO[bytes]
    header: FileHeader
    start: int
    end: int

    def require_signature(self, signing_key: str) -> None:
        """Check the whole file; TRANSFER_DAMAGED unless the holder of that key signed it."""
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

        self.file.seek(0)
        digest = hashlib.sha512()
        left = self.end
        while left and (part := self.file.read(min(left, _AT_ONCE))):
            digest.update(part)
            left -= len(part)
        signature = self.file.read(_SIGNATURE_BYTES)
        try:
            key = Ed25519PublicKey.from_public_bytes(base64.b64decode(signing_key, validate=True))
            key.verify(signature, _SIGNED_AS + digest.digest())
        except (InvalidSignature, ValueError) as error:
            raise AppError(ErrorCode.TRANSFER_DAMAGED) from error

    def body(self, most: int) -> bytes:
        """Return a short body whole."""
        if self.end - self.start > most:
            raise AppError(ErrorCode.TRANSFER_DAMAGED)
        return self.body_file().read()

    def body_file(self) -> "_Part":
        """Return the body as a file to read from."""
        return _Part(self.file, self.start, self.end)


class _Part(io.RawIOBase):
    """Reads a stretch of a file."""

    def __init__(self, file: IO[bytes], start: int, end: int) -> None:
        file.seek(start)
        self._file, self._left = file, end - start

    def readable(self) -> bool:
        """Tell that this can be read."""
        return True

    def read(self, size: int | None = -1) -> bytes:
        """Return up to so many bytes, none at the end."""
        wanted = self._left if size is None or size < 0 else min(size, self._left)
        part = self._file.read(wanted)
        self._left -= len(part)
        return part


class _HashedWriter(io.RawIOBase):
    """Writes to a file and remembers the SHA-512 of everything."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file
        self.digest = hashlib.sha512()

    def writable(self) -> bool:
        """Tell that this can be written to."""
        return True

    def write(self, part: Any) -> int:
        """Write a part whole."""
        self.digest.update(part)
        self._file.write(part)
        return len(part)


@contextmanager
def _signed_file(
    target: Path, workstation: Workstation, header: FileHeader
) -> Iterator[_HashedWriter]:
    """Begin a file; it stands at `target`, signed, once the context was left without an error."""
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    draft = target.with_name(f"{target.name}.part")
    with _disk_errors():
        if target.exists() and not target.is_file():
            # A folder; or a device or a pipe, whose name the finished file would take away.
            raise AppError(ErrorCode.FILE_UNWRITABLE)
        try:
            with draft.open("wb", buffering=1 << 20) as file:
                writer = _HashedWriter(file)
                writer.write(_MAGIC + str(FORMAT).encode() + b"\n" + _header_line(header))
                yield writer
                secret = base64.b64decode(workstation.signing_secret)
                key = Ed25519PrivateKey.from_private_bytes(secret)
                file.write(key.sign(_SIGNED_AS + writer.digest.digest()))
                file.flush()
                os.fsync(file.fileno())
            draft.replace(target)
        finally:
            draft.unlink(missing_ok=True)


@contextmanager
def _opened(source: Path, kind: str, workstation: Workstation) -> Iterator[_SignedFile]:
    """Open a file for this workstation whose first lines read as agreed."""
    try:
        file = source.open("rb")
    except OSError as error:
        raise AppError(ErrorCode.FILE_NOT_FOUND) from error
    with file:
        signed = _read_header(file)
        if signed.header.kind != kind:
            raise AppError(ErrorCode.TRANSFER_NOT_OURS)
        is_ours = signed.header.recipient == str(workstation.device_id)
        if signed.header.sender != SERVER or not is_ours:
            raise AppError(ErrorCode.TRANSFER_FOR_ANOTHER)
        yield signed


def _read_header(file: IO[bytes]) -> _SignedFile:
    first = file.readline(64)
    version = first.removeprefix(_MAGIC).strip()
    if not first.startswith(_MAGIC) or not first.endswith(b"\n") or not version.isdigit():
        raise AppError(ErrorCode.TRANSFER_NOT_OURS)
    if int(version) > FORMAT:
        raise AppError(ErrorCode.TRANSFER_NEWER)
    line = file.readline(_LONGEST_HEADER + 1)
    start = file.tell()
    end = file.seek(0, io.SEEK_END) - _SIGNATURE_BYTES
    try:
        said = json.loads(line)
        header = FileHeader(
            kind=str(said["kind"]),
            file_id=parse_record_id(said["id"]),
            sender=str(said["from"]),
            recipient=str(said["to"]),
            number=int(said["number"]),
            made_at=datetime.fromisoformat(said["made_at"]),
        )
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise AppError(ErrorCode.TRANSFER_DAMAGED) from error
    if end < start:
        raise AppError(ErrorCode.TRANSFER_DAMAGED)
    return _SignedFile(file, header, start, end)


def _header_line(header: FileHeader) -> bytes:
    said = {
        "kind": header.kind,
        "id": str(header.file_id),
        "from": header.sender,
        "to": header.recipient,
        "number": header.number,
        "made_at": moment_text(header.made_at),
    }
    if header.epoch:
        said["epoch"] = header.epoch
    return _json(said) + b"\n"


@contextmanager
def _disk_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise AppError(ErrorCode.FILE_UNWRITABLE) from error


def _json(value: object) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _base64(raw: bytes) -> str:
    return base64.b64encode(raw).decode()
