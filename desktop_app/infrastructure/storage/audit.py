"""The audit trail: each row's HMAC covers the row and the HMAC before it."""

import hmac
import json
from collections.abc import Sequence

from sqlalchemy import Connection, func, select

from desktop_app.domain.audit import AuditEntry, AuditHead
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.storage.connection import run
from desktop_app.infrastructure.storage.tables import audit_trail, microseconds

_LAST = "SELECT sequence, mac FROM audit_trail ORDER BY sequence DESC LIMIT 1"
_MAC = "SELECT mac FROM audit_trail WHERE sequence = ?"
_INSERT = "INSERT INTO audit_trail VALUES (?, ?, ?, ?, ?, ?, ?)"
_ALL = "SELECT * FROM audit_trail ORDER BY sequence"
_BEFORE_THE_FIRST = bytes(32)


class SqlAuditTrail:
    """The trail in the database; triggers refuse to change or delete its rows."""

    def __init__(self, connection: Connection, key: bytes) -> None:
        self._connection = connection
        self._key = key

    def append(self, entry: AuditEntry) -> None:
        """Add an entry at the end, in the present transaction."""
        last = run(self._connection, _LAST).fetchone()
        sequence, previous = (1, _BEFORE_THE_FIRST) if last is None else (last[0] + 1, last[1])
        row = (
            sequence,
            microseconds(entry.at),
            None if entry.actor_id is None else entry.actor_id.bytes,
            entry.action.value,
            None if entry.subject_id is None else entry.subject_id.bytes,
            json.dumps(dict(entry.codes), sort_keys=True, ensure_ascii=False),
        )
        run(self._connection, _INSERT, (*row, self._mac(row, previous)))

    def find_first_broken(self) -> int | None:
        """Walk the whole chain and return the sequence number of the first broken link, if any."""
        previous, expected = _BEFORE_THE_FIRST, 1
        for *row, mac in run(self._connection, _ALL):
            if row[0] != expected or not hmac.compare_digest(self._mac(row, previous), mac):
                return expected
            previous, expected = mac, expected + 1
        return None

    def count(self) -> int:
        """Return how many entries the trail holds."""
        statement = select(func.coalesce(func.max(audit_trail.c.sequence), 0))
        return int(self._connection.execute(statement).scalar_one())

    def head(self) -> AuditHead:
        """Return the last entry's number and MAC; AppError NOT_FOUND before the first."""
        last = run(self._connection, _LAST).fetchone()
        if last is None:
            raise AppError(ErrorCode.NOT_FOUND)
        return AuditHead(last[0], last[1].hex())

    def holds(self, head: AuditHead) -> bool:
        """Tell whether the entry of that number has that MAC."""
        found = run(self._connection, _MAC, (head.sequence,)).fetchone()
        return found is not None and hmac.compare_digest(found[0].hex(), head.mac)

    def _mac(self, row: Sequence[object], previous: bytes) -> bytes:
        """Return the HMAC of a row, its identities in hexadecimal, after the one before it."""
        plain = [part.hex() if isinstance(part, bytes) else part for part in row]
        text = json.dumps(plain, separators=(",", ":"), ensure_ascii=False)
        return hmac.digest(self._key, previous + text.encode(), "sha256")
