"""What synchronising needs from outside, as Protocols that the adapters fulfil."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from desktop_app.domain.exchange import (
        Answer,
        Delivery,
        Held,
        Incoming,
        IncomingPage,
        OutboxItem,
        Outgoing,
        RecordKind,
        Refusal,
        ServerRecord,
        ServerVersion,
        SyncRecord,
    )
    from desktop_app.domain.identifiers import RecordId
    from desktop_app.domain.patient import Patient
    from desktop_app.domain.patient_fields import PatientVersion
    from desktop_app.domain.sync import (
        Certificate,
        Greeting,
        OutboxCounts,
        ServerKeys,
        ServerPerson,
        ServerSettings,
        SyncPosition,
        SyncRun,
        Transfer,
        Workstation,
    )


# -- in the clinic's database ----------------------------------------------------------------


@dataclass(frozen=True)
class OutboxRow:
    """One record in the sync centre: what it is, how it stands and why."""

    kind: RecordKind
    record_id: RecordId
    patient: Patient
    queued_at: datetime
    state: Delivery
    attempts: int
    tried_at: datetime | None
    refusal: Refusal | None
    current: ServerVersion | None
    number: str = ""


@dataclass(frozen=True)
class OutboxBatch:
    """Some waiting records; `reached` is the entry that was looked at last, None at the end."""

    records: tuple[Outgoing, ...]
    reached: int | None


class Outbox(Protocol):
    """Holds what will travel to the server; nothing leaves it before the server confirmed it."""

    def put(self, item: OutboxItem) -> None:
        """Queue a record version, in the present transaction; one in conflict stays in conflict."""

    def counts(self) -> OutboxCounts:
        """Return how many records stand where."""

    def count_patients(self) -> int:
        """Return of how many patients anything is not confirmed."""

    def read_batch(self, after: int, limit: int) -> OutboxBatch:
        """Return waiting records with entries beyond `after`, in order.

        A record of a patient whom the server does not hold, and who is not in this batch before
        it, is left out: it would be refused.
        """

    def mark_tried(self, entries: Sequence[int], at: datetime) -> None:
        """Note, before they are sent, that records are about to be sent."""

    def confirm(self, record_id: RecordId, version: int) -> bool:
        """Take a record out up to a version; False if it was not there."""

    def refuse(self, record_id: RecordId, version: int, refusal: Refusal) -> bool:
        """Keep the server's reason beside a record; False if that version does not wait."""

    def mark_conflict(self, record_id: RecordId, current: ServerVersion) -> bool:
        """Keep the server's version beside a record until a person decides."""

    def release(self, record_id: RecordId) -> bool:
        """Let a refused record, or one that was in conflict, wait again; False if it is neither."""

    def release_of_patient(self, patient_id: RecordId) -> None:
        """Let what was refused of a patient wait again: the patient has arrived."""

    def is_under_way(self, record_id: RecordId) -> bool:
        """Tell whether a record was sent and nobody knows yet what became of it."""

    def find(self, record_id: RecordId) -> OutboxRow | None:
        """Return how a record stands, None if the server holds it or it is unknown."""

    def list_rows(
        self, state: Delivery | None, *, skip: int = 0, limit: int = 200
    ) -> tuple[OutboxRow, ...]:
        """Return records by state, conflicts first, then refused, then waiting, oldest first."""

    def delivery_of_patient(self, patient_id: RecordId) -> dict[RecordId, Delivery]:
        """Return how the records of a patient stand that are not confirmed, the patient's too."""


class SyncRecords(Protocol):
    """Keeps what is known of the server's side: identities, versions, what only it made."""

    def find(self, record_id: RecordId) -> SyncRecord | None:
        """Return what is known of a record, None if the server never held it."""

    def save(self, record: SyncRecord) -> None:
        """Store or replace it."""

    def add_version(self, version: PatientVersion) -> None:
        """Keep a version of a patient for ever."""

    def list_versions(self, patient_id: RecordId) -> tuple[PatientVersion, ...]:
        """Return the versions of a patient, oldest first."""

    def hold(self, held: Held) -> None:
        """Put a record aside until what it waits for has come."""

    def list_held(self) -> tuple[Held, ...]:
        """Return what was put aside, oldest first, but for what only waits for an answer."""

    def take_held(self, patient_id: RecordId) -> tuple[Incoming, ...]:
        """Return and forget what was put aside of a patient, the patient first."""

    def save_server_record(self, record: ServerRecord) -> None:
        """Store or replace what another program made, unless a newer version is there."""

    def delete_foreign(self, record_id: RecordId) -> None:
        """Mark what another program made as deleted there, and put nothing of it aside."""

    def list_server_records(self, patient_id: RecordId) -> tuple[ServerRecord, ...]:
        """Return what other programs made about a patient, newest first."""

    def queue_unseen(self, epoch: str, at: datetime) -> int:
        """Queue what was confirmed in another life of the server; return how many records."""

    def settings(self) -> ServerSettings:
        """Return what was decided about the server."""

    def save_settings(self, settings: ServerSettings) -> None:
        """Store it."""

    def workstation(self) -> Workstation | None:
        """Return this workstation's keys, None before they were made."""

    def save_workstation(self, workstation: Workstation) -> None:
        """Store them."""

    def position(self) -> SyncPosition:
        """Return where pulling goes on."""

    def save_position(self, position: SyncPosition) -> None:
        """Store it."""

    def add_run(self, run: SyncRun) -> None:
        """Keep a run that is over."""

    def list_runs(self, limit: int) -> tuple[SyncRun, ...]:
        """Return the last runs, newest first."""

    def add_transfer(self, transfer: Transfer) -> None:
        """Keep a file that was made."""

    def find_transfer(self, transfer_id: RecordId) -> Transfer | None:
        """Return a file that was made here, None if it is another's."""

    def mark_receipt(self, transfer_id: RecordId, at: datetime) -> None:
        """Note that a file's receipt came back."""

    def waiting_transfers(self) -> tuple[Transfer, ...]:
        """Return the files whose receipts are still out, newest first."""


# -- on the line -----------------------------------------------------------------------------


class SyncGateway(Protocol):
    """One server, reached with the decided settings; every call has a limit in time.

    An AppError of the SERVER codes tells apart what is wrong with the line, the server or the
    sign-in.
    """

    def greet(self) -> Greeting:
        """Return what the server speaks; settles which layer the other calls use."""

    def push(self, device_id: str, records: Sequence[Outgoing]) -> tuple[Answer, ...]:
        """Send records and return one answer each, in order."""

    def pull(self, cursor: str, limit: int) -> IncomingPage:
        """Return what changed on the server after a cursor."""

    def me(self) -> ServerPerson:
        """Return whom the server takes this workstation for."""

    def sign_in(self, account: str, password: str) -> ServerPerson:
        """Begin a session at the server and keep it in the key store."""

    def sign_out(self) -> None:
        """Forget the session."""

    def enrol(self, workstation: Workstation) -> ServerKeys:
        """Tell the server this workstation's public keys and return the server's."""

    def close(self) -> None:
        """End every connection."""


# -- on a stick ------------------------------------------------------------------------------


@dataclass(frozen=True)
class FileHeader:
    """What the first lines of a transfer file say; `epoch` is the life of the server it knows."""

    kind: str
    file_id: RecordId
    sender: str
    recipient: str
    number: int
    made_at: datetime
    epoch: str = ""


class ReceiptFile(Protocol):
    """A receipt whose signature holds."""

    @property
    def header(self) -> FileHeader:
        """Return what its first lines say."""

    @property
    def transfer_id(self) -> RecordId:
        """Return which file it answers."""

    @property
    def epoch(self) -> str:
        """Return in which life of the server it was made."""

    def answers(self) -> Iterator[tuple[RecordKind, Answer]]:
        """Yield the server's answers, in the file's order."""


class TransferFiles(Protocol):
    """Writes and reads the files that travel on a stick; AppError TRANSFER codes say what is wrong.

    A file appears under its name when it is whole.
    """

    def new_keys(self, name: str) -> Workstation:
        """Make a workstation's keys."""

    def fingerprint(self, signing_key: str) -> str:
        """Return what people compare of a key."""

    def write_transfer(
        self,
        target: Path,
        workstation: Workstation,
        header: FileHeader,
        records: Iterable[Outgoing],
    ) -> int:
        """Write records for the server, as many as a file may hold; return how many there were."""

    def open_receipt(
        self, source: Path, workstation: Workstation
    ) -> AbstractContextManager[ReceiptFile]:
        """Open a receipt for this workstation, its signature checked over the whole file."""

    def write_enrolment(self, target: Path, workstation: Workstation, at: datetime) -> None:
        """Write this workstation's public keys for the server."""

    def read_enrolment_answer(
        self, source: Path, workstation: Workstation
    ) -> tuple[ServerKeys, str]:
        """Return the server's keys and this workstation's account there."""

    def read_certificates(self, text: str) -> tuple[Certificate, ...]:
        """Return the certificates that a text (PEM) holds; AppError CERTIFICATE_FILE_WRONG."""
