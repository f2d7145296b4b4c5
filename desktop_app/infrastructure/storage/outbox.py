"""Hold what will travel to the server, one row a record, until the server has confirmed it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, distinct, func, select, text, update

from desktop_app.application.sync_ports import OutboxBatch, OutboxRow
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
from desktop_app.domain.patient_fields import PatientVersion
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
from desktop_app.infrastructure.storage.patient_versions import list_versions
from desktop_app.infrastructure.storage.sync_records import IS_HELD
from desktop_app.infrastructure.storage.tables import (
    assessments,
    held_records,
    microseconds,
    outbox,
    patients,
    sync_records,
)

# As many as the server looks at.
MOST_SUPERSEDED = 200
_INSERT = (
    "INSERT INTO outbox (kind, record_id, patient, version, queued_at, state, attempts) "
    "SELECT ?, ?, id, ?, ?, 'waiting', 0 FROM patients WHERE patient_id = ?"
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

_of_patient = sync_records.alias()
_BATCH = (
    select(
        outbox.c.id,
        outbox.c.kind,
        outbox.c.record_id,
        outbox.c.version.label("queued_version"),
        outbox.c.attempts,
        *PATIENT_COLUMNS,
        _of_patient.c.server_id.label("patient_server_id"),
        sync_records.c.server_id,
        sync_records.c.base_version,
        sync_records.c.version.label("confirmed_version"),
        sync_records.c.base,
        sync_records.c.seen_at,
        assessments.c.content,
        assessments.c.digest,
    )
    .join(patients, patients.c.id == outbox.c.patient)
    .outerjoin(_of_patient, _of_patient.c.record_id == patients.c.patient_id)
    .outerjoin(sync_records, sync_records.c.record_id == outbox.c.record_id)
    .outerjoin(assessments, assessments.c.assessment_id == outbox.c.record_id)
    .where(outbox.c.state == Delivery.WAITING.value, outbox.c.id > bindparam("after"))
    .order_by(outbox.c.id)
    .limit(bindparam("limit"))
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
        added = run(
            self._connection, _INSERT, (item.kind.value, record, item.version, queued_at, patient)
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
        rows = self._connection.execute(_BATCH, {"after": after, "limit": limit}).all()
        going: list[Outgoing] = []
        arriving: set[RecordId] = set()
        for row in rows:
            if row.kind == RecordKind.PATIENT.value:
                arriving.add(row.patient_id)
                going.append(self._patient(row))
            elif row.patient_server_id is not None or row.patient_id in arriving:
                going.append(_assessment(row))
        return OutboxBatch(tuple(going), rows[-1].id if len(rows) == limit else None)

    def mark_tried(self, entries: Sequence[int], at: datetime) -> None:
        """Note, before they are sent, that records are about to be sent."""
        self._connection.execute(
            update(outbox)
            .where(outbox.c.id == bindparam("entry"))
            .values(attempts=outbox.c.attempts + 1, tried_at=at),
            [{"entry": entry} for entry in entries],
        )

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
        self._connection.execute(
            text(
                "UPDATE outbox SET state = 'waiting', answer = NULL WHERE state = 'refused' "
                "AND patient = (SELECT id FROM patients WHERE patient_id = :patient)"
            ),
            {"patient": patient_id.bytes},
        )

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

    def _patient(self, row: Row[*tuple[Any, ...]]) -> Outgoing:
        """Return what the server is to learn of a patient: everything, or what was changed."""
        patient = patient_from(row)
        confirmed, seen_at = row.confirmed_version or 0, row.seen_at or 0
        kept = list_versions(self._connection, patient.patient_id)
        versions = [one for one in kept if one.version > confirmed]
        earlier = [one for one in kept[:-1] if one.version > min(confirmed, seen_at)]
        base = None if row.base is None else fields_from(row.base)
        newest = versions[-1]
        return Outgoing(
            entry=row.id,
            kind=RecordKind.PATIENT,
            record_id=patient.patient_id,
            patient_id=patient.patient_id,
            version=patient.version,
            base_version=row.base_version or 0,
            fields=newest.fields if base is None else _touched(base, versions),
            base=base,
            change_id=newest.change_id,
            supersedes=tuple(one.change_id for one in earlier[-MOST_SUPERSEDED:]),
            server_id=row.server_id,
            patient_server_id=row.patient_server_id,
            may_have_arrived=row.attempts > 0,
        )


def _touched(base: Fields, versions: Sequence[PatientVersion]) -> Fields:
    """Return the newest value of each field that any of these versions changed.

    A version that was sent and never answered may have arrived: what is back at its old value is
    sent too.
    """
    names = {name for one in versions for name in changed_fields(base, one.fields)}
    return {name: value for name, value in versions[-1].fields.items() if name in names}


def _assessment(row: Row[*tuple[Any, ...]]) -> Outgoing:
    return Outgoing(
        entry=row.id,
        kind=RecordKind.ASSESSMENT,
        record_id=row.record_id,
        patient_id=row.patient_id,
        version=row.queued_version,
        sealed=row.content,
        digest=row.digest.hex(),
        server_id=row.server_id,
        patient_server_id=row.patient_server_id,
        may_have_arrived=row.attempts > 0,
    )


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
