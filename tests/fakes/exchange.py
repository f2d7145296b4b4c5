"""The outbox and the server's side in memory, under the same contract as the database."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Self

from desktop_app.application.sync_ports import OutboxBatch, OutboxRow
from desktop_app.domain.assessment import Assessment
from desktop_app.domain.assessment_message import message_of
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import (
    Delivery,
    Held,
    HeldReason,
    Incoming,
    OutboxItem,
    Outgoing,
    RecordKind,
    Refusal,
    ServerRecord,
    ServerVersion,
    SyncRecord,
)
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.merging import changed_fields
from desktop_app.domain.patient import Patient
from desktop_app.domain.patient_fields import PatientVersion
from desktop_app.domain.sync import (
    OutboxCounts,
    ServerSettings,
    SyncPosition,
    SyncRun,
    Transfer,
    Workstation,
)

_STAGES = (Delivery.CONFIRMED, Delivery.WAITING, Delivery.REFUSED, Delivery.CONFLICT)


@dataclass(frozen=True)
class Entry:
    """One row of the outbox."""

    number: int
    item: OutboxItem
    state: Delivery = Delivery.WAITING
    attempts: int = 0
    tried_at: datetime | None = None
    refusal: Refusal | None = None
    current: ServerVersion | None = None


@dataclass
class ExchangeState:
    """Everything that is kept for synchronising."""

    entries: dict[RecordId, Entry] = field(default_factory=dict)
    count: int = 0
    versions: list[PatientVersion] = field(default_factory=list)
    known: dict[RecordId, SyncRecord] = field(default_factory=dict)
    held: dict[RecordId, Held] = field(default_factory=dict)
    server_records: dict[RecordId, ServerRecord] = field(default_factory=dict)
    settings: ServerSettings = field(default_factory=ServerSettings)
    workstation: Workstation | None = None
    position: SyncPosition = field(default_factory=SyncPosition)
    runs: list[SyncRun] = field(default_factory=list)
    transfers: dict[RecordId, Transfer] = field(default_factory=dict)

    def copied(self) -> Self:
        """Return a copy that a transaction works on."""
        return replace(
            self,
            entries=dict(self.entries),
            versions=list(self.versions),
            known=dict(self.known),
            held=dict(self.held),
            server_records=dict(self.server_records),
            runs=list(self.runs),
            transfers=dict(self.transfers),
        )

    def worst_of(self, patient_id: RecordId) -> Delivery:
        """Return the worst state of a patient's records."""
        states = [one.state for one in self.entries.values() if one.item.patient_id == patient_id]
        return max(states, key=_STAGES.index, default=Delivery.CONFIRMED)


def shown_of(held: Mapping[RecordId, Held]) -> list[Held]:
    """Return what a person may ask about."""
    return [one for one in held.values() if one.reason is not HeldReason.ANSWER_PENDING]


@dataclass
class FakeOutbox:
    state: ExchangeState
    patients: Mapping[RecordId, Patient]
    assessments: Mapping[RecordId, Assessment]

    def put(self, item: OutboxItem) -> None:
        if item.patient_id not in self.patients:
            raise AppError(ErrorCode.NOT_FOUND)
        earlier = self.state.entries.get(item.record_id)
        if earlier is None:
            self.state.count += 1
            self.state.entries[item.record_id] = Entry(self.state.count, item)
        elif earlier.state is Delivery.REFUSED:
            self._change(item.record_id, item=item, state=Delivery.WAITING, refusal=None)
        else:
            self._change(item.record_id, item=item)

    def counts(self) -> OutboxCounts:
        states = [one.state for one in self.state.entries.values()]
        return OutboxCounts(
            waiting=states.count(Delivery.WAITING),
            refused=states.count(Delivery.REFUSED),
            conflicts=states.count(Delivery.CONFLICT),
            confirmed=sum(one.version > 0 for one in self.state.known.values()),
            held=len(shown_of(self.state.held)),
        )

    def count_patients(self) -> int:
        return len({one.item.patient_id for one in self.state.entries.values()})

    def read_batch(self, after: int, limit: int) -> OutboxBatch:
        waiting = [
            one for one in self._in_order() if one.state is Delivery.WAITING and one.number > after
        ][:limit]
        going: list[Outgoing] = []
        arriving: set[RecordId] = set()
        for entry in waiting:
            item = entry.item
            patient = self.state.known.get(item.patient_id)
            if item.kind is RecordKind.PATIENT:
                arriving.add(item.patient_id)
                going.append(self._patient(entry))
            elif (patient and patient.server_id is not None) or item.patient_id in arriving:
                going.append(self._assessment(entry))
        return OutboxBatch(tuple(going), waiting[-1].number if len(waiting) == limit else None)

    def mark_tried(self, entries: Sequence[int], at: datetime) -> None:
        for record_id, entry in list(self.state.entries.items()):
            if entry.number in entries:
                self._change(record_id, attempts=entry.attempts + 1, tried_at=at)

    def confirm(self, record_id: RecordId, version: int) -> bool:
        entry = self.state.entries.get(record_id)
        if entry is None or entry.item.version > version:
            return False
        del self.state.entries[record_id]
        return True

    def refuse(self, record_id: RecordId, version: int, refusal: Refusal) -> bool:
        entry = self.state.entries.get(record_id)
        if entry is None or (entry.state, entry.item.version) != (Delivery.WAITING, version):
            return False
        self._change(record_id, state=Delivery.REFUSED, refusal=refusal)
        return True

    def mark_conflict(self, record_id: RecordId, current: ServerVersion) -> bool:
        if record_id not in self.state.entries:
            return False
        self._change(record_id, state=Delivery.CONFLICT, current=current, refusal=None)
        return True

    def release(self, record_id: RecordId) -> bool:
        if record_id not in self.state.entries:
            return False
        self._change(record_id, state=Delivery.WAITING, current=None, refusal=None)
        return True

    def release_of_patient(self, patient_id: RecordId) -> None:
        for record_id, entry in list(self.state.entries.items()):
            if entry.item.patient_id == patient_id and entry.state is Delivery.REFUSED:
                self.release(record_id)

    def is_under_way(self, record_id: RecordId) -> bool:
        entry = self.state.entries.get(record_id)
        return entry is not None and entry.state is Delivery.WAITING and entry.attempts > 0

    def find(self, record_id: RecordId) -> OutboxRow | None:
        entry = self.state.entries.get(record_id)
        return None if entry is None else self._row(entry)

    def list_rows(
        self, state: Delivery | None, *, skip: int = 0, limit: int = 200
    ) -> tuple[OutboxRow, ...]:
        rows = [one for one in self._in_order() if state in (None, one.state)]
        rows.sort(key=lambda one: -_STAGES.index(one.state))
        return tuple(map(self._row, rows[skip : skip + limit]))

    def delivery_of_patient(self, patient_id: RecordId) -> dict[RecordId, Delivery]:
        return {
            record_id: entry.state
            for record_id, entry in self.state.entries.items()
            if entry.item.patient_id == patient_id
        }

    def _in_order(self) -> list[Entry]:
        return sorted(self.state.entries.values(), key=lambda one: one.number)

    def _change(self, record_id: RecordId, **parts: object) -> None:
        self.state.entries[record_id] = replace(self.state.entries[record_id], **parts)  # type: ignore[arg-type] # any parts of an entry

    def _row(self, entry: Entry) -> OutboxRow:
        item = entry.item
        is_assessment = item.kind is RecordKind.ASSESSMENT
        return OutboxRow(
            kind=item.kind,
            record_id=item.record_id,
            patient=self.patients[item.patient_id],
            queued_at=item.queued_at,
            state=entry.state,
            attempts=entry.attempts,
            tried_at=entry.tried_at,
            refusal=entry.refusal,
            current=entry.current,
            number=self.assessments[item.record_id].number if is_assessment else "",
        )

    def _patient(self, entry: Entry) -> Outgoing:
        patient_id = entry.item.patient_id
        known = self.state.known.get(patient_id)
        confirmed, seen_at = (known.version, known.seen_at) if known else (0, 0)
        kept = [one for one in self.state.versions if one.patient_id == patient_id]
        versions = [one for one in kept if one.version > confirmed]
        earlier = [one for one in kept[:-1] if one.version > min(confirmed, seen_at)]
        # What the server confirmed and fell back from waits too, without a new version.
        versions = versions or kept[-1:]
        fields = versions[-1].fields
        if known is not None and known.base is not None:
            names = {name for one in versions for name in changed_fields(known.base, one.fields)}
            fields = {name: value for name, value in fields.items() if name in names}
        return Outgoing(
            entry=entry.number,
            kind=RecordKind.PATIENT,
            record_id=patient_id,
            patient_id=patient_id,
            version=self.patients[patient_id].version,
            base_version=known.base_version if known else 0,
            fields=fields,
            base=known.base if known else None,
            change_id=versions[-1].change_id,
            supersedes=tuple(one.change_id for one in earlier),
            server_id=known.server_id if known else None,
            patient_server_id=known.server_id if known else None,
            may_have_arrived=entry.attempts > 0,
        )

    def _assessment(self, entry: Entry) -> Outgoing:
        item = entry.item
        assessment = self.assessments[item.record_id]
        known = self.state.known.get(item.record_id)
        patient = self.state.known.get(item.patient_id)
        return Outgoing(
            entry=entry.number,
            kind=RecordKind.ASSESSMENT,
            record_id=item.record_id,
            patient_id=item.patient_id,
            version=item.version,
            sealed=assessment.content().encode(),
            digest=assessment.digest,
            message=item.message or message_of(assessment),
            server_id=known.server_id if known else None,
            patient_server_id=patient.server_id if patient else None,
            may_have_arrived=entry.attempts > 0,
        )


@dataclass
class FakeSyncRecords:
    state: ExchangeState
    patients: Mapping[RecordId, Patient]
    assessments: Mapping[RecordId, Assessment]

    def find(self, record_id: RecordId) -> SyncRecord | None:
        return self.state.known.get(record_id)

    def save(self, record: SyncRecord) -> None:
        self.state.known[record.record_id] = record

    def queue_unseen(self, epoch: str, at: datetime) -> int:
        unseen = [
            one
            for one in self.state.known.values()
            if one.epoch != epoch
            and one.version > 0
            and one.record_id not in self.state.entries
            and (one.record_id in self.patients or one.record_id in self.assessments)
        ]
        unseen.sort(key=lambda one: self._moment(one.record_id))
        for one in unseen:
            patient = self.patients.get(one.record_id)
            self.state.count += 1
            self.state.entries[one.record_id] = Entry(
                self.state.count,
                OutboxItem(
                    one.kind,
                    one.record_id,
                    one.record_id if patient else self.assessments[one.record_id].patient_id,
                    patient.version if patient else 1,
                    at,
                ),
                attempts=1,
            )
        for record_id, one in self.state.known.items():
            if one.epoch != epoch:
                self.state.known[record_id] = SyncRecord(
                    record_id, one.kind, None, 0, 0, server_check=one.server_check, epoch=epoch
                )
        return len(unseen)

    def _moment(self, record_id: RecordId) -> float:
        assessment = self.assessments.get(record_id)
        return assessment.assessed_at.timestamp() if assessment else 0.0

    def add_version(self, version: PatientVersion) -> None:
        self.state.versions.append(version)

    def list_versions(self, patient_id: RecordId) -> tuple[PatientVersion, ...]:
        return tuple(one for one in self.state.versions if one.patient_id == patient_id)

    def hold(self, held: Held) -> None:
        self.state.held[held.incoming.record_id] = held

    def list_held(self) -> tuple[Held, ...]:
        return tuple(sorted(shown_of(self.state.held), key=lambda one: one.held_at))

    def take_held(self, patient_id: RecordId) -> tuple[Incoming, ...]:
        taken = [
            one
            for one in self.state.held.values()
            if patient_id in (one.incoming.record_id, one.incoming.patient_id)
        ]
        for one in taken:
            del self.state.held[one.incoming.record_id]
        taken.sort(key=lambda one: (one.incoming.kind is not RecordKind.PATIENT, one.held_at))
        return tuple(one.incoming for one in taken)

    def save_server_record(self, record: ServerRecord) -> None:
        earlier = self.state.server_records.get(record.record_id)
        if earlier is None or earlier.version <= record.version:
            self.state.server_records[record.record_id] = record

    def delete_foreign(self, record_id: RecordId) -> None:
        self.state.held.pop(record_id, None)
        if record_id in self.state.server_records:
            earlier = self.state.server_records[record_id]
            self.state.server_records[record_id] = replace(earlier, is_deleted=True)

    def list_server_records(self, patient_id: RecordId) -> tuple[ServerRecord, ...]:
        found = [one for one in self.state.server_records.values() if one.patient_id == patient_id]
        return tuple(sorted(found, key=lambda one: one.recorded_at, reverse=True))

    def settings(self) -> ServerSettings:
        return self.state.settings

    def save_settings(self, settings: ServerSettings) -> None:
        self.state.settings = settings

    def workstation(self) -> Workstation | None:
        return self.state.workstation

    def save_workstation(self, workstation: Workstation) -> None:
        self.state.workstation = workstation

    def position(self) -> SyncPosition:
        return self.state.position

    def save_position(self, position: SyncPosition) -> None:
        self.state.position = position

    def add_run(self, run: SyncRun) -> None:
        self.state.runs.append(run)

    def list_runs(self, limit: int) -> tuple[SyncRun, ...]:
        return tuple(reversed(self.state.runs))[:limit]

    def add_transfer(self, transfer: Transfer) -> None:
        self.state.transfers[transfer.transfer_id] = transfer

    def find_transfer(self, transfer_id: RecordId) -> Transfer | None:
        return self.state.transfers.get(transfer_id)

    def mark_receipt(self, transfer_id: RecordId, at: datetime) -> None:
        self.state.transfers[transfer_id] = replace(
            self.state.transfers[transfer_id], receipt_at=at
        )

    def waiting_transfers(self) -> tuple[Transfer, ...]:
        waiting = [one for one in self.state.transfers.values() if one.receipt_at is None]
        return tuple(sorted(waiting, key=lambda one: one.made_at, reverse=True))
