"""Carry records to the server and back: exactly once, in small steps that a power cut may end.

A step is: read a batch (short transaction), send it (no transaction), record the answers (short
transaction). Whatever ends in between, the record still waits, and sending it again is harmless:
its identity is its UUID.
"""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Protocol, TypeVar

from desktop_app.application.ports import Clock, Records, UnitOfWork
from desktop_app.application.receiving import Receiver
from desktop_app.application.sync_ports import SyncGateway
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import (
    Answer,
    AnswerStatus,
    Outgoing,
    RecordKind,
    Refusal,
    SyncRecord,
)
from desktop_app.domain.sync import Greeting, SyncRun, Transport

PROTOCOL = 1
# Larger ones save nothing, and making their JSON holds up the window.
FIRST_BATCH, LARGEST_BATCH, PULLED_AT_ONCE = 100, 400, 200
# Some times what the largest clinic holds; a run that ends here goes on with the next.
MOST_PAGES = 100_000
TRIES = 5
FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS = 1.0, 30.0
_FAILURES_OF_A_SERVER = 2
# What a pull merged goes back at once; whoever answers with ever new versions is not followed.
_ROUNDS = 3
# The same call may go through a moment later.
_MAY_PASS = (
    ErrorCode.SERVER_TIMEOUT,
    ErrorCode.SERVER_LINE_CUT,
    ErrorCode.SERVER_BUSY,
    ErrorCode.SERVER_UNREADABLE,
)

# One record may be what a whole batch fails by.
_PERHAPS_ONE_RECORD = (
    ErrorCode.SERVER_TOO_LARGE,
    ErrorCode.SERVER_REFUSES,
    ErrorCode.SERVER_FAILED,
)
DIFFERENT_CONTENT = Refusal("the server holds other content under this record's number")

T = TypeVar("T")


class StopSignal(Protocol):
    """Tells that the person wants to stop; a threading.Event is one."""

    def is_set(self) -> bool:
        """Tell whether to stop."""

    def wait(self, timeout: float) -> bool:
        """Pause until then, or until told to stop; tell which."""


@dataclass(frozen=True)
class Progress:
    """How far a run is: records sent so far, records taken in so far."""

    sent: int
    received: int


@dataclass
class Tally:
    """What became of the records that were sent."""

    sent: int = 0
    confirmed: int = 0
    refused: int = 0


@dataclass
class Recorder:
    """Writes the server's answers beside the records, from the line or from a receipt alike."""

    receiver: Receiver
    tally: Tally = field(default_factory=Tally)

    def record(self, work: UnitOfWork, sent: Outgoing, answer: Answer) -> None:
        """Record one answer; one that says nothing new changes nothing."""
        if answer.status.is_confirmed:
            self._confirm(work, sent, answer)
        elif answer.status is AnswerStatus.CONFLICT and answer.current is not None:
            patient = work.patients.find(sent.record_id)
            known = work.sync.find(sent.record_id)
            current = answer.current
            is_old = (
                known is not None
                and current.version <= known.base_version
                and not current.is_deleted
            )
            if patient is not None and not is_old:
                self.receiver.meet(work, patient, current, answer.server_id)
        elif answer.refusal is not None:
            self.tally.refused += work.outbox.refuse(sent.record_id, sent.version, answer.refusal)
            self._take_up(work, sent)

    def _take_up(self, work: UnitOfWork, sent: Outgoing) -> None:
        """Take in what came meanwhile of a patient, now that the answer is known."""
        if sent.kind is RecordKind.PATIENT and not work.outbox.is_under_way(sent.record_id):
            for incoming in work.sync.take_held(sent.record_id):
                self.receiver.take(work, incoming)

    def _confirm(self, work: UnitOfWork, sent: Outgoing, answer: Answer) -> None:
        held = answer.content_sha256
        if sent.kind is RecordKind.ASSESSMENT and held is not None and held != sent.digest:
            refused = work.outbox.refuse(sent.record_id, sent.version, DIFFERENT_CONTENT)
            self.tally.refused += refused
            return
        known = work.sync.find(sent.record_id)
        if known is None or sent.version > known.version:
            work.sync.save(self._known(work, sent, answer, known))
            if sent.kind is RecordKind.PATIENT and (known is None or known.server_id is None):
                work.outbox.release_of_patient(sent.patient_id)
        self.tally.confirmed += work.outbox.confirm(sent.record_id, sent.version)
        self._take_up(work, sent)

    def _known(
        self, work: UnitOfWork, sent: Outgoing, answer: Answer, known: SyncRecord | None
    ) -> SyncRecord:
        seen, seen_at = (0, 0) if known is None else (known.base_version, known.seen_at)
        base, version = None, answer.version or 0
        if sent.kind is RecordKind.PATIENT:
            versions = work.sync.list_versions(sent.record_id)
            base = next(one.fields for one in versions if one.version == sent.version)
        if answer.base_version is not None:
            seen_at = sent.version if answer.base_version == version else seen_at
            seen = answer.base_version
        elif base is None or version <= seen + 1:
            # Any later version holds changes of others, which only a pull shows.
            seen, seen_at = max(seen, version), sent.version
        return SyncRecord(
            sent.record_id,
            sent.kind,
            server_id=answer.server_id,
            base_version=seen,
            version=sent.version,
            base=base,
            seen_at=seen_at,
            confirmed_at=self.receiver.now(),
            server_check="" if known is None else known.server_check,
            epoch=self.receiver.epoch,
        )


@dataclass(frozen=True)
class Outcome:
    """A run that is over, and the error that ended it, if one did, or that a person stopped it."""

    run: SyncRun
    error: AppError | None = None
    is_stopped: bool = False


class Courier:
    """One run: greet the server, send what waits, take in what is new.

    The records may be closed meanwhile, as the screen locks: the run then ends with NOT_SIGNED_IN,
    and what was sent without its answer being recorded waits to be sent again.
    """

    def __init__(
        self,
        records: Records,
        gateway: SyncGateway,
        clock: Clock,
        *,
        stop: StopSignal,
        observe: Callable[[Progress], None],
    ) -> None:
        self._records = records
        self._gateway = gateway
        self._clock = clock
        self._stop = stop
        self._observe = observe
        self._receiver = Receiver(clock.now, clock.today)
        self._recorder = Recorder(self._receiver)
        self._batch = FIRST_BATCH
        self._most = FIRST_BATCH
        self._device = ""
        self._left: AppError | None = None

    def carry(self) -> Outcome:
        """Do it all, and keep what was done; AppError NOT_SIGNED_IN if the records were closed."""
        error: AppError | None = None
        try:
            self._carry()
        except AppError as stopped:
            if stopped.code is ErrorCode.NOT_SIGNED_IN:
                raise
            error = stopped
        run = self._summary("" if error is None else error.code.value)
        with self._records.unit_of_work() as work:
            work.sync.add_run(run)
            position = work.sync.position()
            confirmed = run.at if run.confirmed else position.last_confirmed
            work.sync.save_position(replace(position, last_tried=run.at, last_confirmed=confirmed))
            work.commit()
        return Outcome(run, error, is_stopped=self._stop.is_set())

    def _carry(self) -> None:
        greeting = self._calmly(self._gateway.greet)
        if greeting.protocol > PROTOCOL:
            raise AppError(ErrorCode.SERVER_NEWER)
        with self._records.unit_of_work() as work:
            position, workstation = work.sync.position(), work.sync.workstation()
        if workstation is None:
            raise AppError(ErrorCode.SERVER_NOT_SET)
        self._device = str(workstation.device_id)
        self._receiver.epoch = greeting.epoch
        self._most = min(greeting.max_batch, LARGEST_BATCH)
        self._batch = min(FIRST_BATCH, greeting.max_batch)
        if greeting.is_classic and not self._calmly(self._gateway.me).may_sync:
            # Such a server greets anybody, and would refuse one record after the other.
            raise AppError(ErrorCode.SERVER_FORBIDS)
        if position.epoch and position.epoch != greeting.epoch:
            self._recover(greeting)
        elif greeting.is_classic:
            with self._records.unit_of_work() as work:
                self._keep(work, "", greeting)
                work.commit()
        for _ in range(_ROUNDS):
            self._receiver.is_unsettled = False
            self._send()
            if not greeting.is_classic:
                self._receive(greeting)
            if not self._receiver.is_unsettled:
                break
        if self._left is not None:
            raise self._left

    # -- sending -------------------------------------------------------------------------------

    def _send(self) -> None:
        after: int | None = 0
        while after is not None and not self._stop.is_set():
            with self._records.unit_of_work() as work:
                batch = work.outbox.read_batch(after, self._batch)
                entries = [one.entry for one in batch.records]
                if entries:
                    work.outbox.mark_tried(entries, self._clock.now())
                    work.commit()
            self._deliver(batch.records)
            after = batch.reached

    def _deliver(self, records: Sequence[Outgoing]) -> None:
        """Send records, in smaller parts where the server cannot take them together."""
        waiting = [records] if records else []
        failures = 0
        while waiting and not self._stop.is_set():
            part = waiting.pop()
            try:
                answers = self._push(part)
            except AppError as error:
                if error.code not in _PERHAPS_ONE_RECORD:
                    raise
                if len(part) > 1:
                    half = len(part) // 2
                    self._batch = half
                    part = _perhaps_arrived(part)
                    waiting += [part[half:], part[:half]]
                elif error.code is not ErrorCode.SERVER_FAILED:
                    self._record(part, (_rejection(part[0], error),))
                elif failures == _FAILURES_OF_A_SERVER:
                    raise
                else:
                    # This record alone; it waits for another run, and the others go on.
                    failures += 1
                    self._left = error
                continue
            failures = 0
            self._record(part, answers)
            self._batch = min(2 * self._batch, self._most)

    def _push(self, part: Sequence[Outgoing]) -> tuple[Answer, ...]:
        """Send records together; what is tried again may have arrived before."""
        tries = iter((part, *[_perhaps_arrived(part)] * (TRIES - 1)))
        return self._calmly(lambda: self._gateway.push(self._device, next(tries)))

    def _record(self, sent: Sequence[Outgoing], answers: Sequence[Answer]) -> None:
        with self._records.unit_of_work() as work:
            for record, answer in zip(sent, answers, strict=True):
                self._recorder.record(work, record, answer)
            work.commit()
        self._recorder.tally.sent += len(sent)
        self._tell()

    # -- receiving -----------------------------------------------------------------------------

    def _receive(self, greeting: Greeting) -> None:
        with self._records.unit_of_work() as work:
            cursor = work.sync.position().cursor
        try:
            self._pull(cursor, greeting, keeps_position=True)
        except AppError as error:
            if error.code is not ErrorCode.SERVER_CURSOR_LOST or not cursor:
                raise
            self._pull("", greeting, keeps_position=True)

    def _recover(self, greeting: Greeting) -> None:
        """Compare everything with a server that was restored, then send again what it lost.

        The position stays in the earlier life until that is done: a run that ends in between starts
        the comparison anew.
        """
        cursor = "" if greeting.is_classic else self._pull("", greeting, keeps_position=False)
        if self._stop.is_set():
            return
        with self._records.unit_of_work() as work:
            work.sync.queue_unseen(greeting.epoch, self._clock.now())
            self._keep(work, cursor, greeting)
            work.commit()

    def _pull(self, cursor: str, greeting: Greeting, *, keeps_position: bool) -> str:
        """Take page after page; SERVER_UNREADABLE where they go in a circle or do not end."""
        has_more, seen = True, {cursor}
        while has_more and not self._stop.is_set():
            page = self._calmly(
                partial(self._gateway.pull, cursor, PULLED_AT_ONCE), ErrorCode.SERVER_FAILED
            )
            cursor, has_more = page.next_cursor, page.has_more
            if has_more and (cursor in seen or len(seen) > MOST_PAGES):
                raise AppError(ErrorCode.SERVER_UNREADABLE)
            seen.add(cursor)
            with self._records.unit_of_work() as work:
                for incoming in page.records:
                    self._receiver.take(work, incoming)
                if keeps_position:
                    self._keep(work, cursor, greeting)
                work.commit()
            self._tell()
        return cursor

    def _keep(self, work: UnitOfWork, cursor: str, greeting: Greeting) -> None:
        position = replace(work.sync.position(), cursor=cursor, epoch=greeting.epoch)
        work.sync.save_position(position)

    # -- both ----------------------------------------------------------------------------------

    def _calmly(self, call: Callable[[], T], *also: ErrorCode) -> T:
        """Make a call; try again, ever later, what may go through a moment from now."""
        pause = FIRST_PAUSE_SECONDS
        for tries_left in reversed(range(TRIES)):
            try:
                return call()
            except AppError as error:
                if not tries_left or error.code not in (*_MAY_PASS, *also):
                    raise
                named = error.context.get("retry_after")
                wait = float(str(named)) if named else pause * random.uniform(0.5, 1.5)  # noqa: S311 - spreads the load, protects nothing
                pause *= 2
                if wait > LONGEST_PAUSE_SECONDS or self._stop.wait(wait):
                    raise
        raise RuntimeError("the last try returns or raises")

    def _tell(self) -> None:
        self._observe(Progress(self._recorder.tally.sent, self._receiver.received))

    def _summary(self, problem: str) -> SyncRun:
        tally = self._recorder.tally
        return SyncRun(
            at=self._clock.now(),
            transport=Transport.SERVER,
            sent=tally.sent,
            confirmed=tally.confirmed,
            received=self._receiver.received,
            refused=tally.refused,
            conflicts=len(self._receiver.conflicts),
            problem=problem,
        )


def _rejection(record: Outgoing, error: AppError) -> Answer:
    """Return the answer for a record that the server would not even look at."""
    words = str(error.context.get("words", "")) or "larger than the server takes"
    status = 413 if error.code is ErrorCode.SERVER_TOO_LARGE else 400
    return Answer(record.record_id, AnswerStatus.REJECTED, refusal=Refusal(words, status))


def _perhaps_arrived(records: Sequence[Outgoing]) -> tuple[Outgoing, ...]:
    return tuple(one._replace(may_have_arrived=True) for one in records)
