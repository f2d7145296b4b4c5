"""The audit trail: each row's HMAC covers the row and the HMAC before it."""

import hmac
import json
from datetime import UTC
from typing import Any

from sqlalchemy import Connection, func, insert, select

from desktop_app.domain.audit import AuditEntry
from desktop_app.infrastructure.storage.tables import audit_trail

_LAST = (
    select(audit_trail.c.sequence, audit_trail.c.mac)
    .order_by(audit_trail.c.sequence.desc())
    .limit(1)
)
_INSERT = insert(audit_trail)
_BEFORE_THE_FIRST = bytes(32)


class SqlAuditTrail:
    """The trail in the database; triggers refuse to change or delete its rows."""

    def __init__(self, connection: Connection, key: bytes) -> None:
        self._connection = connection
        self._key = key

    def append(self, entry: AuditEntry) -> None:
        """Add an entry at the end, in the present transaction."""
        last = self._connection.execute(_LAST).first()
        row = {
            "sequence": 1 if last is None else last.sequence + 1,
            "at": entry.at,
            "actor_id": entry.actor_id,
            "action": entry.action.value,
            "subject_id": entry.subject_id,
            "codes": json.dumps(dict(entry.codes), sort_keys=True, ensure_ascii=False),
        }
        previous = _BEFORE_THE_FIRST if last is None else last.mac
        self._connection.execute(_INSERT, {**row, "mac": self._mac(row, previous)})

    def find_first_broken(self) -> int | None:
        """Walk the whole chain and return the sequence number of the first broken link, if any."""
        previous, expected = _BEFORE_THE_FIRST, 1
        rows = self._connection.execute(select(audit_trail).order_by(audit_trail.c.sequence))
        for row in rows.mappings():
            mac = self._mac(dict(row), previous)
            if row["sequence"] != expected or not hmac.compare_digest(mac, row["mac"]):
                return expected
            previous, expected = mac, expected + 1
        return None

    def count(self) -> int:
        """Return how many entries the trail holds."""
        statement = select(func.coalesce(func.max(audit_trail.c.sequence), 0))
        return int(self._connection.execute(statement).scalar_one())

    def _mac(self, row: dict[str, Any], previous: bytes) -> bytes:
        covered = [
            row["sequence"],
            row["at"].astimezone(UTC).isoformat(),
            row["actor_id"] and row["actor_id"].hex,
            row["action"],
            row["subject_id"] and row["subject_id"].hex,
            row["codes"],
        ]
        text = json.dumps(covered, separators=(",", ":"), ensure_ascii=False)
        return hmac.digest(self._key, previous + text.encode(), "sha256")
