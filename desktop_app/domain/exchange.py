"""What travels between this workstation and the server, in this program's own terms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from desktop_app.domain.identifiers import RecordId

if TYPE_CHECKING:
    from desktop_app.domain.assessment import Assessment

Fields = Mapping[str, Any]
"""A record's exchanged fields by name; values are plain JSON."""
NO_FIELDS: Fields = MappingProxyType({})


class RecordKind(Enum):
    """What kind of record travels; a kind may name those above it."""

    PATIENT = "patient"
    PRESCRIPTION = "prescription"
    ASSESSMENT = "assessment"
    OUTCOME = "outcome"


class Delivery(Enum):
    """How far a record got on its way to the server."""

    WAITING = "waiting"
    REFUSED = "refused"
    CONFLICT = "conflict"
    CONFIRMED = "confirmed"


@dataclass(frozen=True)
class OutboxItem:
    """One record version that is to travel, written together with the record itself.

    `message` is what travels beside an assessment's sealed text, as JSON.
    """

    kind: RecordKind
    record_id: RecordId
    patient_id: RecordId
    version: int
    queued_at: datetime
    message: str = ""


@dataclass(frozen=True)
class Refusal:
    """Why the server refused a record, in its own words; `status` is 0 for one item of many."""

    words: str
    status: int = 0


DELETED = Refusal("deleted on the server", 410)


@dataclass(frozen=True)
class ServerVersion:
    """A record as it stands on the server, with who made this version and when."""

    version: int
    fields: Fields
    changed_by: str = ""
    changed_at: datetime | None = None
    is_deleted: bool = False


@dataclass(frozen=True)
class SyncRecord:
    """What is known of a record that the server holds.

    `base` are the fields that both sides had last, None for records that never change;
    `base_version` is the server's version that was seen here, 0 before the first, and `seen_at` the
    version here that it became part of. `version` is the version of this workstation that the
    server confirmed, 0 if none.
    """

    record_id: RecordId
    kind: RecordKind
    server_id: int | None
    base_version: int
    version: int
    base: Fields | None = None
    seen_at: int = 0
    confirmed_at: datetime | None = None
    server_check: str = ""
    is_deleted: bool = False
    epoch: str = ""


class Outgoing(NamedTuple):
    """One record version on its way: whole fields of a new record, changed ones of a known one.

    `base` are the fields that both sides had before, None of a record that is new to the server.
    An assessment travels as its sealed text, in the UTF-8 of its digest, and its `message`.
    `supersedes` are earlier changes that the server may or may not have; `may_have_arrived` tells
    that this record was sent before and nobody knows what became of it. `patient_server_id` is
    None while the server has no such patient. It is a tuple because a file takes tens of thousands.
    """

    entry: int
    kind: RecordKind
    record_id: RecordId
    patient_id: RecordId
    version: int
    base_version: int = 0
    fields: Fields = NO_FIELDS
    base: Fields | None = None
    sealed: bytes = b""
    digest: str = ""
    message: str = ""
    change_id: RecordId | None = None
    supersedes: tuple[RecordId, ...] = ()
    server_id: int | None = None
    patient_server_id: int | None = None
    may_have_arrived: bool = False


class AnswerStatus(Enum):
    """What the server did with one record."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    CONFLICT = "conflict"
    REJECTED = "rejected"

    @property
    def is_confirmed(self) -> bool:
        """Tell whether the server holds the record now."""
        return self in (AnswerStatus.CREATED, AnswerStatus.UPDATED, AnswerStatus.UNCHANGED)


@dataclass(frozen=True)
class Answer:
    """The server's answer for one record.

    `base_version` is the newest version that holds nothing but what this workstation knows, and
    `content_sha256` what the server holds, both None where it does not tell. `current` comes with a
    conflict, `refusal` with a rejection.
    """

    record_id: RecordId
    status: AnswerStatus
    server_id: int | None = None
    version: int | None = None
    base_version: int | None = None
    content_sha256: str | None = None
    current: ServerVersion | None = None
    refusal: Refusal | None = None
    change_id: RecordId | None = None


@dataclass(frozen=True)
class Incoming:
    """One record as another workstation or client left it on the server.

    `sealed` is an assessment's sealed text where this program made it; `fields` are a patient's, or
    everything that is known of a record of another kind. `problem` says why a record that does not
    read as agreed is left out.
    """

    kind: RecordKind
    record_id: RecordId
    server_id: int | None
    version: int
    patient_id: RecordId | None = None
    fields: Fields = field(default_factory=dict)
    sealed: str = ""
    changed_by: str = ""
    changed_at: datetime | None = None
    server_check: str = ""
    is_deleted: bool = False
    problem: str = ""


class ShownAssessment(NamedTuple):
    """What a server shows of an assessment beside its sealed text."""

    assessment_id: RecordId
    patient_id: RecordId
    probability: float
    label: int

    @classmethod
    def of(cls, assessment: "Assessment") -> "ShownAssessment":
        """Return what is to be shown of one."""
        return cls(
            assessment.assessment_id,
            assessment.patient_id,
            assessment.result.probability,
            assessment.label,
        )


class Seal(NamedTuple):
    """What tells whether a server holds an assessment as it stands here."""

    digest: str
    shown: ShownAssessment


@dataclass(frozen=True)
class IncomingPage:
    """Some changes in their order, and where the next ones begin."""

    records: tuple[Incoming, ...]
    next_cursor: str
    has_more: bool
    unreadable: int = 0


class HeldReason(Enum):
    """Why a record from the server is not among the clinic's own yet."""

    INCOMPLETE = "incomplete"
    PATIENT_UNKNOWN = "patient_unknown"
    ANSWER_PENDING = "answer_pending"
    """A change of ours is under way, and nobody knows whether this version holds it."""


@dataclass(frozen=True)
class Held:
    """A record from the server that waits for something before it can be shown."""

    incoming: Incoming
    reason: HeldReason
    held_at: datetime


@dataclass(frozen=True)
class ServerRecord:
    """A record that another program made and this one only shows.

    Prescriptions, outcomes, and predictions without a sealed text; `words` is what there is to
    read, `probability` and `label` a prediction's.
    """

    record_id: RecordId
    kind: RecordKind
    patient_id: RecordId
    version: int
    recorded_at: datetime
    author_name: str
    title: str
    words: str = ""
    probability: float | None = None
    label: int | None = None
    is_deleted: bool = False
