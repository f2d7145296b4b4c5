"""Sync with the server, see how it stands, send again what was refused."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass

from desktop_app.application.courier import Courier, Outcome, Progress, StopSignal
from desktop_app.application.link import Link
from desktop_app.application.ports import Clock, Records, UnitOfWork
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance
from desktop_app.application.sync_ports import OutboxRow
from desktop_app.domain.account import Right
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery, Held, Refusal, ServerRecord
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.sync import (
    OutboxCounts,
    ServerSettings,
    SyncPosition,
    SyncRun,
    Transfer,
    Workstation,
)

_SHOWN_RUNS = 20
# How the server says that its own model came to another probability.
_MISMATCH = "mismatch"


@dataclass(frozen=True)
class SyncStatus:
    """How synchronising stands on this computer; everything counted is here."""

    settings: ServerSettings
    counts: OutboxCounts
    position: SyncPosition
    is_enrolled: bool

    @property
    def is_in_use(self) -> bool:
        """Tell whether records are meant to reach a server, by wire or by stick."""
        return self.settings.is_set or self.is_enrolled


@dataclass(frozen=True)
class SyncCentre:
    """Everything that the sync centre shows; `patients` are those with anything unconfirmed."""

    status: SyncStatus
    workstation: Workstation | None
    patients: int
    rows: tuple[OutboxRow, ...]
    held: tuple[Held, ...]
    runs: tuple[SyncRun, ...]
    transfers: tuple[Transfer, ...]


def synchronise(
    session: Session, *, stop: StopSignal, observe: Callable[[Progress], None]
) -> Outcome:
    """Send what waits and take in what is new; runs as long as the line takes.

    AppError SERVER_NOT_SET before there is a server. What stops a run is in its outcome.
    """
    session.require(Right.SEND_RECORDS)
    return _run(
        session.records,
        session.clock,
        session.link,
        session.person.account_id,
        stop=stop,
        observe=observe,
    )


def synchronise_unattended(
    entrance: Entrance, *, stop: StopSignal, observe: Callable[[Progress], None]
) -> Outcome:
    """Sync with nobody signed in, by the key that the system's key store holds.

    AppError KEY_STORE_INSECURE, or UNATTENDED_NOT_ALLOWED where no administrator allowed it.
    """
    records = open_unattended(entrance, read_unattended_secret(entrance))
    try:
        return carry_unattended(entrance, records, stop=stop, observe=observe)
    finally:
        records.close()


def read_unattended_secret(entrance: Entrance) -> str:
    """Ask the system's key store, which may take its time; AppError KEY_STORE_INSECURE."""
    if not entrance.secrets.is_secure():
        raise AppError(ErrorCode.KEY_STORE_INSECURE)
    return entrance.secrets.get(unattended_secret_name(entrance)) or ""


def open_unattended(entrance: Entrance, secret: str) -> Records:
    """Open the records with nobody signed in; whoever comes in closes them first.

    UNATTENDED_NOT_ALLOWED unless the vault, the key store and the records all say that it is
    allowed: each of them may be an older copy that was put back.
    """
    try:
        key = entrance.vault.unlock_unattended(secret)
    except AppError as error:
        if error.code is ErrorCode.WRONG_CREDENTIALS:
            raise AppError(ErrorCode.UNATTENDED_NOT_ALLOWED) from error
        raise
    records = entrance.store.open(key)
    try:
        with records.unit_of_work() as work:
            if not work.sync.settings().is_unattended:
                raise AppError(ErrorCode.UNATTENDED_NOT_ALLOWED)
    except BaseException:
        records.close()
        raise
    return records


def carry_unattended(
    entrance: Entrance,
    records: Records,
    *,
    stop: StopSignal,
    observe: Callable[[Progress], None],
) -> Outcome:
    """Do one run on records that were opened for it; NOT_SIGNED_IN once they are closed."""
    return _run(records, entrance.clock, entrance.link, None, stop=stop, observe=observe)


def read_background(records: Records) -> tuple[ServerSettings, SyncPosition]:
    """Return what an administrator decided about syncing, and how far the last run came."""
    with records.unit_of_work() as work:
        return work.sync.settings(), work.sync.position()


def unattended_secret_name(entrance: Entrance) -> str:
    """Return the name under which the key store holds the secret of this data folder."""
    folder = hashlib.sha256(str(entrance.data_folder).encode()).hexdigest()[:32]
    return f"unattended {folder}"


def is_sync_in_use(session: Session) -> bool:
    """Tell whether records are meant to reach a server; counts nothing, so every list may ask."""
    session.require(Right.READ_SYNC)
    with session.unit_of_work() as work:
        return _is_in_use(work)


def read_sync_status(session: Session) -> SyncStatus:
    """Return how synchronising stands."""
    session.require(Right.READ_SYNC)
    with session.unit_of_work() as work:
        workstation = work.sync.workstation()
        return SyncStatus(
            settings=work.sync.settings(),
            counts=work.outbox.counts(),
            position=work.sync.position(),
            is_enrolled=workstation is not None and workstation.server is not None,
        )


def read_sync_centre(session: Session, show: Delivery | None, *, limit: int = 200) -> SyncCentre:
    """Return the first records on their way, those of one state or all, with everything around."""
    session.require(Right.SEND_RECORDS)
    status = read_sync_status(session)
    with session.unit_of_work() as work:
        return SyncCentre(
            status=status,
            workstation=work.sync.workstation(),
            patients=work.outbox.count_patients(),
            rows=work.outbox.list_rows(show, limit=limit),
            held=work.sync.list_held(),
            runs=work.sync.list_runs(_SHOWN_RUNS),
            transfers=work.sync.waiting_transfers(),
        )


def list_more_rows(
    session: Session, show: Delivery | None, *, skip: int, limit: int = 200
) -> tuple[OutboxRow, ...]:
    """Return further records on their way."""
    session.require(Right.SEND_RECORDS)
    with session.unit_of_work() as work:
        return work.outbox.list_rows(show, skip=skip, limit=limit)


def send_again(session: Session, record_id: RecordId) -> None:
    """Let a refused record go with the next run; NOT_FOUND if it does not wait for that."""
    session.require(Right.SEND_RECORDS)
    with session.unit_of_work() as work:
        row = work.outbox.find(record_id)
        if row is None or row.state is not Delivery.REFUSED:
            raise AppError(ErrorCode.NOT_FOUND)
        work.outbox.release(record_id)
        work.audit.append(session.audit_entry(AuditAction.SENT_AGAIN, record_id))
        work.commit()


@dataclass(frozen=True)
class PatientSync:
    """How a patient's records stand, and what other programs made about the patient.

    `delivery` holds what is not confirmed, `refusals` the server's reasons, both by record.
    `deleted_there` are those that the server no longer has; from the values of `mismatched`
    assessments it computed another probability.
    """

    is_in_use: bool
    delivery: dict[RecordId, Delivery]
    server_records: tuple[ServerRecord, ...]
    refusals: dict[RecordId, Refusal]
    deleted_there: frozenset[RecordId]
    mismatched: frozenset[RecordId]


def read_patient_sync(session: Session, patient_id: RecordId) -> PatientSync:
    """Return the server's side of a patient's page."""
    session.require(Right.READ_SYNC)
    with session.unit_of_work() as work:
        delivery = work.outbox.delivery_of_patient(patient_id)
        rows = [
            work.outbox.find(record_id)
            for record_id, state in delivery.items()
            if state is Delivery.REFUSED
        ]
        assessments = work.assessments.list_of_patient(patient_id)
        ids = (patient_id, *(one.assessment_id for one in assessments))
        known = [one for one in map(work.sync.find, ids) if one is not None]
        return PatientSync(
            is_in_use=_is_in_use(work),
            delivery=delivery,
            server_records=work.sync.list_server_records(patient_id),
            refusals={row.record_id: row.refusal for row in rows if row and row.refusal},
            deleted_there=frozenset(one.record_id for one in known if one.is_deleted),
            mismatched=frozenset(one.record_id for one in known if one.server_check == _MISMATCH),
        )


def _is_in_use(work: UnitOfWork) -> bool:
    workstation = work.sync.workstation()
    is_enrolled = workstation is not None and workstation.server is not None
    return work.sync.settings().is_set or is_enrolled


def _run(
    records: Records,
    clock: Clock,
    link: Link,
    person_id: RecordId | None,
    *,
    stop: StopSignal,
    observe: Callable[[Progress], None],
) -> Outcome:
    with records.unit_of_work() as work:
        settings = work.sync.settings()
    if not settings.is_set:
        raise AppError(ErrorCode.SERVER_NOT_SET)
    gateway = link.open_gateway(settings)
    try:
        outcome = Courier(records, gateway, clock, stop=stop, observe=observe).carry()
    finally:
        gateway.close()
    run = outcome.run
    with records.unit_of_work() as work:
        codes: dict[str, str | int] = {
            "sent": run.sent,
            "confirmed": run.confirmed,
            "received": run.received,
        }
        if run.problem:
            codes["problem"] = run.problem
        work.audit.append(AuditEntry(AuditAction.SYNCED, clock.now(), person_id, None, codes))
        work.commit()
    return outcome
