"""Carry records by stick: one sealed file out, one signed receipt back, harmless in any order."""

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from desktop_app.application.courier import Progress, Recorder, StopSignal
from desktop_app.application.ports import UnitOfWork
from desktop_app.application.receiving import Receiver
from desktop_app.application.session import Session
from desktop_app.application.sync_ports import FileHeader
from desktop_app.domain.account import Right
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Answer, AnswerStatus, Outgoing, RecordKind
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.patient import Patient
from desktop_app.domain.sync import (
    ServerKeys,
    SyncRun,
    Transfer,
    Transport,
    Workstation,
)

SUFFIX, RECEIPT_SUFFIX = ".transfer", ".receipt"
_READ_AT_ONCE, _RECORDED_AT_ONCE, _TOLD_EVERY = 2500, 500, 500
_SHOWN_NAMES = 4
_NOT_IN_A_NAME = re.compile(r"[^0-9a-z가-힣]+")


@dataclass(frozen=True)
class TransferPlan:
    """What a transfer file would hold: records by kind, with the names of some patients of each."""

    counts: dict[RecordKind, int]
    names: dict[RecordKind, tuple[str, ...]]
    patients: int
    refused: int
    conflicts: int
    number: int
    file_name: str
    server: ServerKeys
    fingerprint: str

    @property
    def records(self) -> int:
        """Return how many records there are."""
        return sum(self.counts.values())


def plan_transfer(session: Session) -> TransferPlan:
    """Look what would be exported; WORKSTATION_NOT_ENROLLED, or NOTHING_TO_SEND."""
    session.require(Right.SEND_RECORDS)
    counts: Counter[RecordKind] = Counter()
    names: dict[RecordKind, dict[str, None]] = {}
    patients = set()
    with session.unit_of_work() as work:
        workstation, server = _enrolled(work.sync.workstation())
        stands = work.outbox.counts()
    for record in _waiting(session):
        counts[record.kind] += 1
        patients.add(record.patient_id)
        seen = names.setdefault(record.kind, {})
        if len(seen) < _SHOWN_NAMES:
            with session.unit_of_work() as work:
                seen[work.patients.get(record.patient_id).name] = None
    if not counts:
        raise AppError(ErrorCode.NOTHING_TO_SEND)
    number = workstation.number + 1
    return TransferPlan(
        counts=dict(counts),
        names={kind: tuple(seen) for kind, seen in names.items()},
        patients=len(patients),
        refused=stands.refused,
        conflicts=stands.conflicts,
        number=number,
        file_name=file_name(workstation.name, number),
        server=server,
        fingerprint=session.link.files().fingerprint(server.signing_key),
    )


def file_name(workstation_name: str, number: int) -> str:
    """Return what a transfer file is called."""
    plain = _NOT_IN_A_NAME.sub("-", workstation_name.lower()).strip("-")
    return f"mesodesk-{plain or 'clinic'}-{number:04}{SUFFIX}"


def export_transfer(
    session: Session, target: Path, *, stop: StopSignal, observe: Callable[[Progress], None]
) -> Transfer:
    """Write what waits into one file, as much as one may hold; the records go on waiting.

    AppError as `plan_transfer`, or FILE_UNWRITABLE; a file that was not finished does not appear.
    """
    session.require(Right.SEND_RECORDS)
    with session.unit_of_work() as work:
        workstation, _ = _enrolled(work.sync.workstation())
        epoch = work.sync.position().epoch
    now = session.clock.now()
    header = FileHeader(
        kind="transfer",
        file_id=new_record_id(),
        sender=str(workstation.device_id),
        recipient="server",
        number=workstation.number + 1,
        made_at=now,
        epoch=epoch,
    )
    records = _told(_waiting(session, marks=True), stop, observe)
    items = session.link.files().write_transfer(target, workstation, header, records)
    transfer = Transfer(header.file_id, header.number, now, items)
    with session.unit_of_work() as work:
        current, _ = _enrolled(work.sync.workstation())
        work.sync.save_workstation(replace(current, number=header.number))
        work.sync.add_transfer(transfer)
        work.sync.add_run(SyncRun(now, Transport.USB, sent=items))
        codes = {"number": header.number, "records": items}
        work.audit.append(session.audit_entry(AuditAction.TRANSFER_EXPORTED, codes=codes))
        work.commit()
    return transfer


@dataclass(frozen=True)
class RefusedByReceipt:
    """A record that the server refused, with its reason."""

    patient: Patient
    kind: RecordKind
    words: str


@dataclass(frozen=True)
class Receipt:
    """What a receipt says, and what of it is news here; nothing is recorded yet."""

    transfer: Transfer
    confirmed: int
    refused: tuple[RefusedByReceipt, ...]
    conflicts: int
    waiting_files: tuple[Transfer, ...]

    @property
    def answered(self) -> int:
        """Return how many records the receipt answers."""
        return self.confirmed + len(self.refused) + self.conflicts


def read_receipt(session: Session, source: Path) -> Receipt:
    """Look what a receipt says; TRANSFER_UNKNOWN if it answers a file that was not made here."""
    session.require(Right.SEND_RECORDS)
    confirmed = conflicts = 0
    refused: list[RefusedByReceipt] = []
    with session.unit_of_work() as work:
        workstation, _ = _enrolled(work.sync.workstation())
    with session.link.files().open_receipt(source, workstation) as receipt:
        with session.unit_of_work() as work:
            transfer = work.sync.find_transfer(receipt.transfer_id)
            if transfer is None:
                raise AppError(ErrorCode.TRANSFER_UNKNOWN)
            waiting = work.sync.waiting_transfers()
        for kind, answer in receipt.answers():
            if answer.status.is_confirmed:
                confirmed += 1
            elif answer.status is AnswerStatus.CONFLICT:
                conflicts += 1
            else:
                with session.unit_of_work() as work:
                    row = work.outbox.find(answer.record_id)
                words = answer.refusal.words if answer.refusal else ""
                if row is not None:
                    refused.append(RefusedByReceipt(row.patient, kind, words))
    others = tuple(one for one in waiting if one.transfer_id != transfer.transfer_id)
    return Receipt(transfer, confirmed, tuple(refused), conflicts, others)


def take_receipt(session: Session, source: Path) -> SyncRun:
    """Record what a receipt says; TRANSFER_OUTDATED if the server was restored from a backup since.

    The same receipt again, or one older than what came over the line, changes nothing.
    """
    session.require(Right.SEND_RECORDS)
    with session.unit_of_work() as work:
        workstation, _ = _enrolled(work.sync.workstation())
    with session.link.files().open_receipt(source, workstation) as receipt:
        answers = list(receipt.answers())
        transfer_id, epoch = receipt.transfer_id, receipt.epoch
    with session.unit_of_work() as work:
        if work.sync.find_transfer(transfer_id) is None:
            raise AppError(ErrorCode.TRANSFER_UNKNOWN)
        _meet_life(work, epoch, session.clock.now())
        work.commit()
    receiver = Receiver(session.clock.now, session.clock.today, epoch)
    recorder = Recorder(receiver)
    for start in range(0, len(answers), _RECORDED_AT_ONCE):
        with session.unit_of_work() as work:
            for kind, answer in answers[start : start + _RECORDED_AT_ONCE]:
                sent = _sent(work, kind, answer)
                if sent is not None:
                    recorder.record(work, sent, answer)
            work.commit()
    now, tally = session.clock.now(), recorder.tally
    run = SyncRun(
        now,
        Transport.USB,
        confirmed=tally.confirmed,
        received=receiver.received,
        refused=tally.refused,
        conflicts=len(receiver.conflicts),
    )
    with session.unit_of_work() as work:
        work.sync.mark_receipt(transfer_id, now)
        work.sync.add_run(run)
        if run.confirmed:
            work.sync.save_position(replace(work.sync.position(), last_confirmed=now))
        codes = {"confirmed": run.confirmed, "refused": run.refused, "conflicts": run.conflicts}
        work.audit.append(session.audit_entry(AuditAction.RECEIPT_TAKEN, codes=codes))
        work.commit()
    return run


def _waiting(session: Session, *, marks: bool = False) -> Iterator[Outgoing]:
    """Yield what waits, some thousands at a time; with `marks`, noting that patients may arrive.

    Of what never changes nothing has to be known: the same record again is the same record.
    """
    after: int | None = 0
    while after is not None:
        with session.unit_of_work() as work:
            batch = work.outbox.read_batch(after, _READ_AT_ONCE)
            entries = [one.entry for one in batch.records if one.kind is RecordKind.PATIENT]
            if marks and entries:
                work.outbox.mark_tried(entries, session.clock.now())
                work.commit()
        yield from batch.records
        after = batch.reached


def _told(
    records: Iterator[Outgoing], stop: StopSignal, observe: Callable[[Progress], None]
) -> Iterator[Outgoing]:
    for count, record in enumerate(records, start=1):
        if stop.is_set():
            raise AppError(ErrorCode.CANCELLED)
        if count % _TOLD_EVERY == 0:
            observe(Progress(count, 0))
        yield record


def _enrolled(workstation: Workstation | None) -> tuple[Workstation, ServerKeys]:
    if workstation is None or workstation.server is None:
        raise AppError(ErrorCode.WORKSTATION_NOT_ENROLLED)
    return workstation, workstation.server


def _meet_life(work: UnitOfWork, epoch: str, now: datetime) -> None:
    """Hold a receipt against the server's life that is known here.

    Whoever has the line knows the present one. Without it a receipt is the only news of another,
    and what was confirmed before it goes again.
    """
    position = work.sync.position()
    if position.epoch == epoch:
        return
    if position.cursor:
        raise AppError(ErrorCode.TRANSFER_OUTDATED)
    if position.epoch:
        work.sync.queue_unseen(epoch, now)
    work.sync.save_position(replace(position, epoch=epoch))


def _sent(work: UnitOfWork, kind: RecordKind, answer: Answer) -> Outgoing | None:
    """Return which version of a record an answer is about, None if it is none of ours."""
    if kind is RecordKind.PATIENT:
        version = next(
            (
                one.version
                for one in work.sync.list_versions(answer.record_id)
                if one.change_id == answer.change_id
            ),
            None,
        )
        if version is None:
            return None
        return Outgoing(0, kind, answer.record_id, answer.record_id, version)
    seal = work.assessments.find_seal(answer.record_id)
    if kind is not RecordKind.ASSESSMENT or seal is None:
        return None
    patient_id = seal.shown.patient_id
    return Outgoing(0, kind, answer.record_id, patient_id, version=1, digest=seal.digest)
