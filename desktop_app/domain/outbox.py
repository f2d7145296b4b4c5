"""The outbox: what will travel to the server, written together with the record itself."""

from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desktop_app.domain.identifiers import RecordId


class OutboxKind(Enum):
    """What kind of record waits to be sent."""

    PATIENT = "patient"
    ASSESSMENT = "assessment"


@dataclass(frozen=True)
class OutboxItem:
    """One record version waiting for the server."""

    kind: OutboxKind
    record_id: RecordId
    version: int
    queued_at: datetime
