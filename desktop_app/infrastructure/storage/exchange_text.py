"""Keep what came from the server beside a record, as JSON."""

import json
from datetime import date, datetime
from enum import Enum
from typing import Any
from uuid import UUID

from desktop_app.domain.exchange import Fields, Incoming, RecordKind, Refusal, ServerVersion
from desktop_app.domain.identifiers import RecordId, parse_record_id


def text_of(value: object) -> str:
    """Return a dataclass, or fields, as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def fields_from(stored: str) -> Fields:
    """Return fields as they were."""
    fields: Fields = json.loads(stored)
    return fields


def refusal_from(stored: str) -> Refusal:
    """Return a refusal as it was."""
    return Refusal(**json.loads(stored))


def server_version_from(stored: str) -> ServerVersion:
    """Return the server's version as it was."""
    parts: dict[str, Any] = json.loads(stored)
    return ServerVersion(**parts | {"changed_at": _moment(parts["changed_at"])})


def incoming_from(stored: str) -> Incoming:
    """Return a record from the server as it was."""
    parts: dict[str, Any] = json.loads(stored)
    return Incoming(
        **parts
        | {
            "kind": RecordKind(parts["kind"]),
            "record_id": parse_record_id(parts["record_id"]),
            "patient_id": _identity(parts["patient_id"]),
            "changed_at": _moment(parts["changed_at"]),
        }
    )


def _identity(stored: str | None) -> RecordId | None:
    return None if stored is None else parse_record_id(stored)


def _moment(stored: str | None) -> datetime | None:
    return None if stored is None else datetime.fromisoformat(stored)


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, date):
        return value.isoformat()
    return vars(value)
