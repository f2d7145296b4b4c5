"""Identity of records: a UUID made on the workstation stays a record's identity for ever."""

from typing import NewType
from uuid import UUID, uuid4

RecordId = NewType("RecordId", UUID)


def new_record_id() -> RecordId:
    """Make the identity of a new record."""
    return RecordId(uuid4())


def parse_record_id(text: str) -> RecordId:
    """Read an identity back from its canonical text; ValueError if it is none."""
    return RecordId(UUID(text))
