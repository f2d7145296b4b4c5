"""Hold what will travel to the server, one row a record, until the server has confirmed it."""

import json
from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Connection, Row, distinct, func, select

from desktop_app.application.sync_ports import OutboxBatch, OutboxRow
from desktop_app.domain.assessment_message import message_of
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import (
    Delivery,
    Fields,
    OutboxItem,
    Outgoing,
    RecordKind,
    Refusal,
    ServerVersion,
)
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.merging import changed_fields
from desktop_app.domain.sync import OutboxCounts
from desktop_app.infrastructure.storage.assessment_number import number_of
from desktop_app.infrastructure.storage.connection import run
from desktop_app.infrastructure.storage.exchange_text import (
    fields_from,
    refusal_from,
    server_version_from,
    text_of,
)
from desktop_app.infrastructure.storage.patient_rows import PATIENT_COLUMNS, patient_from
from desktop_app.infrastructure.storage.sealed import unseal
from desktop_app.infrastructure.storage.sync_records import IS_HELD
from desktop_app.infrastructure.storage.tables import (
    assessments,
    held_records,
    microseconds,
    outbox,
    patients,
)

# As many as the server looks at.
MOST_SUPERSEDED = 200
_INSERT = (
    "INSERT INTO outbox (kind, record_id, patient, version, queued_at, state, attempts, message) "
    "SELECT ?, ?, id, ?, ?, 'waiting', 0, ? FROM patients WHERE patient_id = ?"
)
_RAISE = (
    "UPDATE outbox SET version = ?, queued_at = ?, "
    "state = CASE state WHEN 'refused' THEN 'waiting' ELSE state END, "
    "answer = CASE state WHEN 'refused' THEN NULL ELSE answer END "
    "WHERE record_id = ? AND patient = (SELECT id FROM patients WHERE patient_id = ?)"
)
# Whom a record is about, so that its row is found through the index of patients.
_PATIENT_OF = (
    "coalesce((SELECT id FROM patients WHERE patient_id = ?1), "
    "(SELECT patient FROM assessments WHERE assessment_id = ?1))"
)
_OF_RECORD = f"record_id = ?1 AND patient = {_PATIENT_OF}"
_IS_UNDER_WAY = f"SELECT 1 FROM outbox WHERE {_OF_RECORD} AND state = 'waiting' AND attempts > 0"  # noqa: S608 our own text
_CONFIRM = f"DELETE FROM outbox WHERE {_OF_RECORD} AND version <= ?2"  # noqa: S608 our own text
_REFUSE = (
    "UPDATE outbox SET state = 'refused', answer = ?3 "  # noqa: S608 our own text
    f"WHERE {_OF_RECORD} AND version = ?2 AND state = 'waiting'"
)
_MARK_CONFLICT = f"UPDATE outbox SET state = 'conflict', answer = ?2 WHERE {_OF_RECORD}"  # noqa: S608 our own text
_RELEASE = f"UPDATE outbox SET state = 'waiting', answer = NULL WHERE {_OF_RECORD}"  # noqa: S608 our own text

_RELEASE_OF_PATIENT = (
    "UPDATE outbox SET state = 'waiting', answer = NULL WHERE state = 'refused' "
    "AND patient = (SELECT id FROM patients WHERE patient_id = ?)"
)
_BATCH = (
    "SELECT o.id, o.kind, o.record_id, o.version, o.attempts, p.patient_id, s.server_id, "
    "CAST(a.content AS BLOB), a.digest, o.message FROM outbox o "
    "JOIN patients p ON p.id = o.patient "
    "LEFT JOIN sync_records s ON s.record_id = p.patient_id "
    "LEFT JOIN assessments a ON a.assessment_id = o.record_id "
    "WHERE o.state = 'waiting' AND o.id > ? ORDER BY o.id LIMIT ?"
)
_NEVER_SENT = (b"", None, 0, 0, None, 0)
_AMONG = "(SELECT unhex(value) FROM json_each(?))"
_KNOWN = (
    "SELECT record_id, server_id, base_version, version, base, seen_at FROM sync_records "  # noqa: S608 our own text
    f"WHERE record_id IN {_AMONG}"
)
_VERSIONS = (
    "SELECT p.patient_id, v.version, v.change_id, v.content FROM patients p "  # noqa: S608 our own text
    f"JOIN patient_versions v ON v.patient = p.id WHERE p.patient_id IN {_AMONG} "
    "ORDER BY v.patient, v.version"
)
_MARK_TRIED = (
    "UPDATE outbox SET attempts = attempts + 1, tried_at = ? "
    "WHERE id IN (SELECT value FROM json_each(?))"
)
_ROWS = (
    select(
        outbox.c.kind,
        outbox.c.record_id,
        outbox.c.queued_at,
        outbox.c.state,
        outbox.c.attempts,
        outbox.c.tried_at,
        outbox.c.answer,
        assessments.c.id.label("number"),
        *PATIENT_COLUMNS,
    )
    .join(patients, patients.c.id == outbox.c.patient)
    .outerjoin(assessments, assessments.c.assessment_id == outbox.c.record_id)
)


class SqlOutbox:
    """The outbox in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, item: OutboxItem) -> None:
        """Queue a record version, in the present transaction; one in conflict stays in conflict."""
        record, patient = item.record_id.bytes, item.patient_id.bytes
        queued_at = microseconds(item.queued_at)
        if item.version > 1:
            raised = run(
                self._connection, _RAISE, (item.version, queued_at, record, patient)
            ).rowcount
            if raised:
                return
        message = item.message or None
        added = run(
            self._connection,
            _INSERT,
            (item.kind.value, record, item.version, queued_at, message, patient),
        ).rowcount
        if not added:
            raise AppError(ErrorCode.NOT_FOUND)

    def counts(self) -> OutboxCounts:
        """Return how many records stand where."""
        by_state: dict[str, int] = {
            row[0]: row[1]
            for row in run(
                self._connection,
                "SELECT state, count(*) FROM outbox WHERE state <> 'waiting' GROUP BY state",
            )
        }
        total = run(self._connection, "SELECT count(*) FROM outbox").fetchone()[0]
        confirmed = run(
            self._connection, "SELECT count(*) FROM sync_records WHERE version > 0"
        ).fetchone()[0]
        held = self._connection.execute(
            select(func.count()).select_from(held_records).where(IS_HELD)
        ).scalar_one()
        return OutboxCounts(
            waiting=total - sum(by_state.values()),
            refused=by_state.get(Delivery.REFUSED.value, 0),
            conflicts=by_state.get(Delivery.CONFLICT.value, 0),
            confirmed=confirmed,
            held=held,
        )

    def count_patients(self) -> int:
        """Return of how many patients anything is not confirmed."""
        return int(
            self._connection.execute(select(func.count(distinct(outbox.c.patient)))).scalar_one()
        )

    def read_batch(self, after: int, limit: int) -> OutboxBatch:
        """Return waiting records with entries beyond `after`, in order."""
        rows = run(self._connection, _BATCH, (after, limit)).fetchall()
        is_patient = RecordKind.PATIENT.value
        arriving = {row[5] for row in rows if row[1] == is_patient}
        patients_going = self._patients(arriving)
        identities = {patient: _identity(patient) for patient in {row[5] for row in rows}}
        going: list[Outgoing] = []
        for entry, kind, record, version, attempts, patient, server_id, *parts in rows:
            may_have_arrived = attempts > 0
            if kind == is_patient:
                whole = patients_going[patient]
                going.append(whole._replace(entry=entry, may_have_arrived=may_have_arrived))
            elif server_id is not None or patient in arriving:
                content, digest, message = parts
                going.append(
                    Outgoing(
                        entry,
                        RecordKind.ASSESSMENT,
                        _identity(record),
                        identities[patient],
                        version,
                        sealed=content,
                        digest=digest.hex(),
                        message=message or message_of(unseal(content.decode())),
                        patient_server_id=server_id,
                        may_have_arrived=may_have_arrived,
                    )
                )
        return OutboxBatch(tuple(going), rows[-1][0] if len(rows) == limit else None)

    def mark_tried(self, entries: Sequence[int], at: datetime) -> None:
        """Note, before they are sent, that records are about to be sent."""
        run(self._connection, _MARK_TRIED, (microseconds(at), json.dumps(list(entries))))

    def confirm(self, record_id: RecordId, version: int) -> bool:
        """Take a record out up to a version; False if it was not there."""
        return self._changed(_CONFIRM, record_id, version)

    def refuse(self, record_id: RecordId, version: int, refusal: Refusal) -> bool:
        """Keep the server's reason beside a record; False if that version does not wait."""
        return self._changed(_REFUSE, record_id, version, text_of(refusal))

    def mark_conflict(self, record_id: RecordId, current: ServerVersion) -> bool:
        """Keep the server's version beside a record until a person decides."""
        return self._changed(_MARK_CONFLICT, record_id, text_of(current))

    def release(self, record_id: RecordId) -> bool:
        """Let a refused record, or one that was in conflict, wait again."""
        return self._changed(_RELEASE, record_id)

    def release_of_patient(self, patient_id: RecordId) -> None:
        """Let what was refused of a patient wait again: the patient has arrived."""
        run(self._connection, _RELEASE_OF_PATIENT, (patient_id.bytes,))

    def is_under_way(self, record_id: RecordId) -> bool:
        """Tell whether a record was sent and nobody knows yet what became of it."""
        return run(self._connection, _IS_UNDER_WAY, (record_id.bytes,)).fetchone() is not None

    def find(self, record_id: RecordId) -> OutboxRow | None:
        """Return how a record stands, None if the server holds it or it is unknown."""
        about = run(self._connection, f"SELECT {_PATIENT_OF}", (record_id.bytes,)).fetchone()[0]
        row = self._connection.execute(
            _ROWS.where(outbox.c.patient == about, outbox.c.record_id == record_id)
        ).first()
        return None if row is None else _row(row)

    def list_rows(
        self, state: Delivery | None, *, skip: int = 0, limit: int = 200
    ) -> tuple[OutboxRow, ...]:
        """Return records by state, conflicts first, then refused, then waiting, oldest first."""
        rows: list[Row[Any]] = []
        for one in (Delivery.CONFLICT, Delivery.REFUSED, Delivery.WAITING):
            if state in (None, one) and len(rows) < skip + limit:
                of_state = _ROWS.where(outbox.c.state == one.value).order_by(outbox.c.id)
                rows += self._connection.execute(of_state.limit(skip + limit - len(rows)))
        return tuple(map(_row, rows[skip:]))

    def delivery_of_patient(self, patient_id: RecordId) -> dict[RecordId, Delivery]:
        """Return how the records of a patient stand that are not confirmed, the patient's too."""
        rows = self._connection.execute(
            select(outbox.c.record_id, outbox.c.state)
            .join(patients, patients.c.id == outbox.c.patient)
            .where(patients.c.patient_id == patient_id)
        )
        return {row.record_id: Delivery(row.state) for row in rows}

    def _changed(self, statement: str, record_id: RecordId, *parameters: object) -> bool:
        return bool(run(self._connection, statement, (record_id.bytes, *parameters)).rowcount)

    def _patients(self, wanted: Collection[bytes]) -> dict[bytes, Outgoing]:
        """Return what the server is to learn of some patients, in two queries for all."""
        if not wanted:
            return {}
        hexadecimal = json.dumps([one.hex() for one in wanted])
        known = {row[0]: row for row in run(self._connection, _KNOWN, (hexadecimal,))}
        versions: dict[bytes, list[tuple[int, bytes, str]]] = defaultdict(list)
        for patient, *version in run(self._connection, _VERSIONS, (hexadecimal,)):
            versions[patient].append((version[0], version[1], version[2]))
        return {
            patient: _patient(patient, versions[patient], known.get(patient, _NEVER_SENT))
            for patient in wanted
        }


def _patient(
    patient: bytes, kept: Sequence[tuple[int, bytes, str]], known: Sequence[Any]
) -> Outgoing:
    """Return everything of a patient, or what was changed since the server confirmed it."""
    _, server_id, base_version, confirmed, base_text, seen_at = known
    patient_id, base = _identity(patient), None if base_text is None else fields_from(base_text)
    number, change_id, content = kept[-1]
    fields = fields_from(content)
    if base is not None:
        unconfirmed = [fields_from(one[2]) for one in kept if one[0] > confirmed]
        # What the server confirmed and fell back from waits too, without a new version.
        fields = _touched(base, unconfirmed or [fields])
    earlier = [one[1] for one in kept[:-1] if one[0] > min(confirmed, seen_at)]
    return Outgoing(
        0,
        RecordKind.PATIENT,
        patient_id,
        patient_id,
        number,
        base_version=base_version,
        fields=fields,
        base=base,
        change_id=_identity(change_id),
        supersedes=tuple(map(_identity, earlier[-MOST_SUPERSEDED:])),
        server_id=server_id,
        patient_server_id=server_id,
    )


def _touched(base: Fields, versions: Sequence[Fields]) -> Fields:
    """Return the newest value of each field that any of these versions changed.

    A version that was sent and never answered may have arrived: what is back at its old value is
    sent too.
    """
    names = {name for one in versions for name in changed_fields(base, one)}
    return {name: value for name, value in versions[-1].items() if name in names}


def _identity(stored: bytes) -> RecordId:
    return RecordId(UUID(bytes=stored))


def _row(row: Row[Any]) -> OutboxRow:
    state = Delivery(row.state)
    return OutboxRow(
        kind=RecordKind(row.kind),
        record_id=row.record_id,
        patient=patient_from(row),
        queued_at=row.queued_at,
        state=state,
        attempts=row.attempts,
        tried_at=row.tried_at,
        refusal=refusal_from(row.answer) if state is Delivery.REFUSED else None,
        current=server_version_from(row.answer) if state is Delivery.CONFLICT else None,
        number="" if row.number is None else number_of(row.number),
    )
