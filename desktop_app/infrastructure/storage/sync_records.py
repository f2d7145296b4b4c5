"""Keep what is known of the server's side: versions, identities, what only it made, past runs."""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, select, update
from sqlalchemy.dialects.sqlite import insert

from desktop_app.domain.exchange import (
    Held,
    HeldReason,
    Incoming,
    RecordKind,
    ServerRecord,
    SyncRecord,
)
from desktop_app.domain.identifiers import RecordId, parse_record_id
from desktop_app.domain.patient_fields import PatientVersion
from desktop_app.domain.sync import (
    ProxyUse,
    ServerKeys,
    ServerSettings,
    SyncPosition,
    SyncRun,
    Transfer,
    Transport,
    Workstation,
)
from desktop_app.infrastructure.storage.connection import run
from desktop_app.infrastructure.storage.exchange_text import fields_from, incoming_from, text_of
from desktop_app.infrastructure.storage.patient_versions import add_version, list_versions
from desktop_app.infrastructure.storage.tables import (
    held_records,
    microseconds,
    moment_of,
    patients,
    server_records,
    settings,
    sync_runs,
    transfers,
)

_SERVER, _WORKSTATION, _POSITION = "server", "workstation", "sync_position"
_KEPT_RUNS = 200
_FIND = (
    "SELECT kind, server_id, base_version, version, base, seen_at, confirmed_at, server_check, "
    "is_deleted, epoch FROM sync_records WHERE record_id = ?"
)
_HELD_OF_PATIENT = (
    "SELECT content FROM held_records WHERE patient_id = ? ORDER BY kind <> 'patient', held_at"
)
_SAVE = (
    "INSERT INTO sync_records VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET "
    "server_id = excluded.server_id, base_version = excluded.base_version, "
    "version = excluded.version, base = excluded.base, seen_at = excluded.seen_at, "
    "confirmed_at = excluded.confirmed_at, "
    "server_check = excluded.server_check, is_deleted = excluded.is_deleted, "
    "epoch = excluded.epoch"
)
# Counted as tried, so that a server without versions is asked first; patients go first.
_QUEUE_UNSEEN = (
    "INSERT INTO outbox (kind, record_id, patient, version, queued_at, state, attempts) "
    "SELECT s.kind, s.record_id, coalesce(p.id, a.patient), "
    "coalesce(p.version, 1), ?2, 'waiting', 1 FROM sync_records s "
    "LEFT JOIN patients p ON p.patient_id = s.record_id "
    "LEFT JOIN assessments a ON a.assessment_id = s.record_id "
    "WHERE s.epoch <> ?1 AND s.version > 0 AND coalesce(p.id, a.patient) IS NOT NULL "
    "AND NOT EXISTS (SELECT 1 FROM outbox o WHERE o.record_id = s.record_id "
    "AND o.patient = coalesce(p.id, a.patient)) "
    "ORDER BY s.kind = 'patient' DESC, a.assessed_at"
)
_FORGET_UNSEEN = (
    "UPDATE sync_records SET server_id = NULL, base_version = 0, version = 0, base = NULL, "
    "seen_at = 0, confirmed_at = NULL, epoch = ?1 WHERE epoch <> ?1"
)

# What a person may ask about; the rest goes on by itself.
IS_HELD = held_records.c.reason != HeldReason.ANSWER_PENDING.value


class SqlSyncRecords:
    """The server's side in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def find(self, record_id: RecordId) -> SyncRecord | None:
        """Return what is known of a record, None if the server never held it."""
        row = run(self._connection, _FIND, (record_id.bytes,)).fetchone()
        if row is None:
            return None
        kind, server_id, base_version, version, base, seen_at, confirmed_at, *rest = row
        server_check, is_deleted, epoch = rest
        return SyncRecord(
            record_id=record_id,
            kind=RecordKind(kind),
            server_id=server_id,
            base_version=base_version,
            version=version,
            base=None if base is None else fields_from(base),
            seen_at=seen_at,
            confirmed_at=moment_of(confirmed_at),
            server_check=server_check,
            is_deleted=bool(is_deleted),
            epoch=epoch,
        )

    def save(self, record: SyncRecord) -> None:
        """Store or replace it."""
        confirmed_at = record.confirmed_at
        run(
            self._connection,
            _SAVE,
            (
                record.record_id.bytes,
                record.kind.value,
                record.server_id,
                record.base_version,
                record.version,
                None if record.base is None else text_of(record.base),
                record.seen_at,
                None if confirmed_at is None else microseconds(confirmed_at),
                record.server_check,
                record.is_deleted,
                record.epoch,
            ),
        )

    def queue_unseen(self, epoch: str, at: datetime) -> int:
        """Queue what was confirmed in another life of the server; return how many records."""
        queued = run(self._connection, _QUEUE_UNSEEN, (epoch, microseconds(at))).rowcount
        run(self._connection, _FORGET_UNSEEN, (epoch,))
        return int(queued)

    def add_version(self, version: PatientVersion) -> None:
        """Keep a version of a patient for ever."""
        add_version(self._connection, version)

    def list_versions(self, patient_id: RecordId) -> tuple[PatientVersion, ...]:
        """Return the versions of a patient, oldest first."""
        return list_versions(self._connection, patient_id)

    # -- what is not, or not yet, among the clinic's own records --------------------------------

    def hold(self, held: Held) -> None:
        """Put a record aside until what it waits for has come."""
        incoming = held.incoming
        self._replace(
            held_records,
            "record_id",
            {
                "record_id": incoming.record_id,
                "kind": incoming.kind.value,
                "patient_id": incoming.record_id
                if incoming.kind is RecordKind.PATIENT
                else incoming.patient_id,
                "reason": held.reason.value,
                "held_at": held.held_at,
                "content": text_of(incoming),
            },
        )

    def list_held(self) -> tuple[Held, ...]:
        """Return what was put aside, oldest first."""
        rows = self._connection.execute(
            select(held_records).where(IS_HELD).order_by(held_records.c.held_at)
        )
        return tuple(
            Held(incoming_from(row.content), HeldReason(row.reason), row.held_at) for row in rows
        )

    def take_held(self, patient_id: RecordId) -> tuple[Incoming, ...]:
        """Return and forget what was put aside of a patient, the patient first."""
        rows = run(self._connection, _HELD_OF_PATIENT, (patient_id.bytes,)).fetchall()
        if rows:
            of_patient = held_records.c.patient_id == patient_id
            self._connection.execute(delete(held_records).where(of_patient))
        return tuple(incoming_from(content) for (content,) in rows)

    def save_server_record(self, record: ServerRecord) -> None:
        """Store or replace what another program made, unless a newer version is there."""
        patient = self._connection.execute(
            select(patients.c.id).where(patients.c.patient_id == record.patient_id)
        ).scalar_one()
        columns = {
            **vars(record),
            "kind": record.kind.value,
            "patient": patient,
        }
        del columns["patient_id"]
        statement = insert(server_records).values(columns)
        self._connection.execute(
            statement.on_conflict_do_update(
                index_elements=["record_id"],
                set_=columns,
                where=server_records.c.version <= record.version,
            )
        )

    def delete_foreign(self, record_id: RecordId) -> None:
        """Mark what another program made as deleted there, and put nothing of it aside."""
        self._connection.execute(
            update(server_records)
            .where(server_records.c.record_id == record_id)
            .values(is_deleted=True)
        )
        self._connection.execute(delete(held_records).where(held_records.c.record_id == record_id))

    def list_server_records(self, patient_id: RecordId) -> tuple[ServerRecord, ...]:
        """Return what other programs made about a patient, newest first."""
        rows = self._connection.execute(
            select(server_records)
            .join(patients, patients.c.id == server_records.c.patient)
            .where(patients.c.patient_id == patient_id)
            .order_by(server_records.c.recorded_at.desc())
        )
        return tuple(
            ServerRecord(
                record_id=row.record_id,
                kind=RecordKind(row.kind),
                patient_id=patient_id,
                version=row.version,
                recorded_at=row.recorded_at,
                author_name=row.author_name,
                title=row.title,
                words=row.words,
                probability=row.probability,
                label=row.label,
                is_deleted=bool(row.is_deleted),
            )
            for row in rows
        )

    # -- what was decided and where it stands ---------------------------------------------------

    def settings(self) -> ServerSettings:
        """Return what was decided about the server."""
        stored = self._read(_SERVER)
        if stored is None:
            return ServerSettings()
        return ServerSettings(**stored | {"proxy_use": ProxyUse(stored["proxy_use"])})

    def save_settings(self, decided: ServerSettings) -> None:
        """Store it."""
        self._write(_SERVER, decided)

    def workstation(self) -> Workstation | None:
        """Return this workstation's keys, None before they were made."""
        stored = self._read(_WORKSTATION)
        if stored is None:
            return None
        server = stored["server"]
        return Workstation(
            **stored
            | {
                "device_id": parse_record_id(stored["device_id"]),
                "server": None if server is None else ServerKeys(**server),
            }
        )

    def save_workstation(self, workstation: Workstation) -> None:
        """Store them."""
        self._write(_WORKSTATION, workstation)

    def position(self) -> SyncPosition:
        """Return where pulling goes on."""
        stored = self._read(_POSITION)
        if stored is None:
            return SyncPosition()
        moments = {
            name: None if stored[name] is None else datetime.fromisoformat(stored[name])
            for name in ("last_tried", "last_confirmed")
        }
        return replace(SyncPosition(), **stored | moments)

    def save_position(self, position: SyncPosition) -> None:
        """Store it."""
        self._write(_POSITION, position)

    def add_run(self, run_over: SyncRun) -> None:
        """Keep a run that is over; the oldest are forgotten."""
        columns = {**vars(run_over), "transport": run_over.transport.value}
        row_id = self._connection.execute(insert(sync_runs).values(columns)).lastrowid
        self._connection.execute(delete(sync_runs).where(sync_runs.c.id <= row_id - _KEPT_RUNS))

    def list_runs(self, limit: int) -> tuple[SyncRun, ...]:
        """Return the last runs, newest first."""
        rows = self._connection.execute(
            select(sync_runs).order_by(sync_runs.c.id.desc()).limit(limit)
        )
        return tuple(_run_from(row._asdict()) for row in rows)

    def add_transfer(self, transfer: Transfer) -> None:
        """Keep a file that was made."""
        self._connection.execute(insert(transfers).values(vars(transfer)))

    def find_transfer(self, transfer_id: RecordId) -> Transfer | None:
        """Return a file that was made here, None if it is another's."""
        row = self._connection.execute(
            select(transfers).where(transfers.c.transfer_id == transfer_id)
        ).first()
        return None if row is None else _transfer_from(row)

    def mark_receipt(self, transfer_id: RecordId, at: datetime) -> None:
        """Note that a file's receipt came back."""
        self._connection.execute(
            update(transfers).where(transfers.c.transfer_id == transfer_id).values(receipt_at=at)
        )

    def waiting_transfers(self) -> tuple[Transfer, ...]:
        """Return the files whose receipts are still out, newest first."""
        rows = self._connection.execute(
            select(transfers)
            .where(transfers.c.receipt_at.is_(None))
            .order_by(transfers.c.made_at.desc())
        )
        return tuple(map(_transfer_from, rows))

    def _read(self, name: str) -> dict[str, Any] | None:
        content = self._connection.execute(
            select(settings.c.content).where(settings.c.name == name)
        ).scalar()
        return None if content is None else dict(json.loads(content))

    def _write(self, name: str, value: object) -> None:
        self._replace(settings, "name", {"name": name, "content": text_of(value)})

    def _replace(self, table: Any, key: str, columns: Mapping[str, Any]) -> None:
        statement = insert(table).values(columns)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=[key], set_=columns)
        )


def _run_from(row: Mapping[str, Any]) -> SyncRun:
    parts = {name: row[name] for name in SyncRun.__dataclass_fields__}
    return SyncRun(**parts | {"transport": Transport(row["transport"])})


def _transfer_from(row: Row[Any]) -> Transfer:
    return Transfer(**row._asdict())
