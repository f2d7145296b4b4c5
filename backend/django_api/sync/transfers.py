"""Taking in what a workstation sent by stick, and writing the receipt that goes back."""

import errno
import logging
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, Protocol
from uuid import uuid4

import pyrage
from django.conf import settings
from django.http import UnreadablePostError
from django.utils import timezone
from rest_framework.exceptions import ParseError, PermissionDenied

from backend.django_api.accounts.models import User
from backend.django_api.common.errors import NotReady, TooLarge
from backend.django_api.common.parsing import read_json
from backend.django_api.predictions.selectors import utc_text
from backend.django_api.records.selectors import current_epoch_and_horizon
from backend.django_api.sync import files, services
from backend.django_api.sync.files import SERVER, BadFile, Header, Sink, write_json
from backend.django_api.sync.items import stated
from backend.django_api.sync.keys import get_server_keys, parse_encryption_key, parse_signing_key
from backend.django_api.sync.models import Workstation

logger = logging.getLogger(__name__)

# An item that says so goes without its sealed text: that is the next line, as it is.
SEALED_FOLLOWS = "sealed_follows"


class Source(Protocol):
    """Where a file comes from."""

    def read(self, size: int, /) -> bytes:
        """Return some bytes, none at the end."""


@contextmanager
def telling_of_a_full_disk() -> Iterator[None]:
    """Turn the system's error into a sentence."""
    try:
        yield
    except OSError as error:
        if error.errno not in (errno.ENOSPC, errno.EDQUOT):
            raise
        raise NotReady("The disk is full. Nothing is lost: make room and try again.") from error


@contextmanager
def copied(source: Source) -> Iterator[BinaryIO]:
    """Copy a file, as sealed as it came, so that nobody changes it between proof and reading."""
    with tempfile.TemporaryFile() as copy, telling_of_a_full_disk():
        left = settings.MAX_TRANSFER_BYTES
        try:
            while chunk := source.read(files.CHUNK):
                left -= len(chunk)
                if left < 0:
                    raise TooLarge("The file is too large.")
                copy.write(chunk)
        except UnreadablePostError as error:
            raise BadFile from error
        yield copy


def import_transfer(*, source: BinaryIO, receipt: Sink) -> Counter[str]:
    """Push a transfer's items as its workstation's account, write the receipt, count the results.

    The same file again, or an older one after a newer one, changes nothing: every item is known
    by its id. So two imports at once are harmless too.
    """
    keys = get_server_keys()
    header = files.read_header(source)
    if (header.kind, header.recipient) != ("transfer", SERVER):
        raise BadFile("This file is no transfer to the server.")
    workstation = _workstation_of(header)
    files.verify(source, parse_signing_key(workstation.signing_key))
    if not workstation.account.can_work:
        raise PermissionDenied("The workstation's account is closed, not approved, or no clinic's.")
    lines = files.count_lines(source, keys.identity)
    with tempfile.TemporaryFile() as kept:
        results = _Results(kept)
        batches = _Batches(workstation.account, header.epoch, lines, results)
        files.read_lines(source, keys.identity, batches.take)
        batches.push()
        logger.info("transfer imported", extra={"count": batches.count})
        reply = Header(
            "receipt", uuid4(), SERVER, workstation.device_id, header.number, timezone.now()
        )
        recipient = parse_encryption_key(workstation.encryption_key)
        answers = _receipt_lines(header, results, batches.count)
        files.write_sealed(receipt, reply, answers, keys.signing, recipient)
        return results.statuses


def _workstation_of(header: Header) -> Workstation:
    found = Workstation.objects.select_related("account").filter(device_id=header.sender).first()
    if found is None:
        raise PermissionDenied("This server does not know the workstation; enrol it first.")
    if found.revoked_at is not None:
        raise PermissionDenied("This workstation was revoked; its files are refused.")
    return found


class _Results:
    """Results until all are known, sealed on disk with a key that only this object has."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._identity = pyrage.x25519.Identity.generate()
        self._lengths: list[int] = []
        self.statuses: Counter[str] = Counter()

    def add(self, results: list[dict[str, Any]]) -> None:
        self.statuses.update(result["status"] for result in results)
        lines = b"\n".join(map(_result_line, results))
        sealed = pyrage.encrypt(lines, [self._identity.to_public()])
        self._lengths.append(self._file.write(sealed))

    def __iter__(self) -> Iterator[bytes]:
        self._file.seek(0)
        for length in self._lengths:
            yield from pyrage.decrypt(self._file.read(length), [self._identity]).split(b"\n")


class _Batches:
    """Gathers a transfer's lines and pushes them, a batch at a time."""

    def __init__(self, account: User, epoch: str, lines: int, results: _Results) -> None:
        self._account, self._epoch, self._left, self._results = account, epoch, lines, results
        self._items: list[Any] = []
        self._open: dict[str, Any] | None = None
        self._bytes = 0
        self.count = 0

    def take(self, line: bytes) -> None:
        """Take an item, or the sealed text of the one before; the last line is the file's own."""
        if not self._left:
            return
        self._left -= 1
        self._bytes += len(line)
        item = _item(line) if self._open is None else _with_sealed(self._open, line)
        self._open = None
        if isinstance(item, dict) and item.pop(SEALED_FOLLOWS, None) is True:
            self._open = item
            return
        self._items.append(item)
        if len(self._items) == services.MAX_BATCH or self._bytes > settings.MAX_BODY_BYTES:
            self.push()

    def push(self) -> None:
        """Push what was gathered."""
        if self._items:
            results = services.push(user=self._account, raw_items=self._items, epoch=self._epoch)
            pairs = zip(self._items, results, strict=True)
            self._results.add([{"kind": stated(item, "kind"), **result} for item, result in pairs])
        self.count += len(self._items)
        self._items, self._bytes = [], 0


def _item(line: bytes) -> Any:
    """Read an item; what is not JSON is rejected like any other bad item."""
    try:
        return read_json(line)
    except ParseError:
        return None


def _result_line(result: dict[str, Any]) -> bytes:
    """Write a result; its reasons may quote the item, which was as long as a line may be."""
    text = write_json(result)
    if len(text) >= files.LONGEST_LINE:
        text = write_json({**result, "errors": {"detail": ["A value is far too long."]}})
    return text


def _with_sealed(item: dict[str, Any], line: bytes) -> dict[str, Any] | None:
    """Put a sealed text where a push has it; None where the item has no such place."""
    try:
        item["payload"]["details"]["sealed"] = line.decode()
    except (KeyError, TypeError, UnicodeDecodeError):
        return None
    return item


def _receipt_lines(header: Header, results: _Results, count: int) -> Iterator[bytes]:
    epoch, _ = current_epoch_and_horizon()
    yield write_json(
        {
            "transfer": str(header.id),
            "number": header.number,
            "received_at": utc_text(timezone.now()),
            "epoch": epoch,
        }
    )
    yield from results
    yield write_json({"end": True, "results": count})
