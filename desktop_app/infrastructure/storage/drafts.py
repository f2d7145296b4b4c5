"""Keep unfinished forms exactly as typed."""

import json
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, or_, select
from sqlalchemy.dialects.sqlite import insert

from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.panel import Entry, MissingReason, Panel
from desktop_app.infrastructure.storage.tables import drafts

_NEWEST_FIRST = (drafts.c.saved_at.desc(), drafts.c.draft_id)


class SqlDraftRepository:
    """Drafts in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, draft: Draft) -> None:
        """Store or replace a draft."""
        columns = {
            "draft_id": draft.draft_id,
            "patient_id": draft.patient_id,
            "author_id": draft.author_id,
            "author_name": draft.author_name,
            "saved_at": draft.saved_at,
            "corrects": draft.corrects,
            "doctor_id": draft.doctor_id,
            "message": draft.message,
            "handed_at": draft.handed_at,
            "handed_by_name": draft.handed_by_name,
            "panel": _text_of(draft.panel),
        }
        statement = insert(drafts).values(columns)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["draft_id"], set_=columns)
        )

    def get(self, draft_id: RecordId) -> Draft:
        """Return a draft; AppError NOT_FOUND."""
        draft = self.find(draft_id)
        if draft is None:
            raise AppError(ErrorCode.NOT_FOUND)
        return draft

    def find(self, draft_id: RecordId) -> Draft | None:
        """Return a draft, None if it is gone."""
        statement = select(drafts).where(drafts.c.draft_id == draft_id)
        row = self._connection.execute(statement).first()
        return None if row is None else _draft_from(row)

    def list_of_patient(self, patient_id: RecordId, person_id: RecordId) -> tuple[Draft, ...]:
        """Return the patient's drafts that this person typed or was handed, newest first."""
        return self._list(
            drafts.c.patient_id == patient_id,
            or_(drafts.c.author_id == person_id, drafts.c.doctor_id == person_id),
        )

    def list_waiting_for(self, person_id: RecordId) -> tuple[Draft, ...]:
        """Return what this person was handed, or typed and handed to nobody, newest first."""
        is_own = and_(drafts.c.author_id == person_id, drafts.c.doctor_id.is_(None))
        return self._list(or_(drafts.c.doctor_id == person_id, is_own))

    def _list(self, *conditions: ColumnElement[bool]) -> tuple[Draft, ...]:
        statement = select(drafts).where(*conditions).order_by(*_NEWEST_FIRST)
        return tuple(_draft_from(row) for row in self._connection.execute(statement))

    def remove(self, draft_id: RecordId) -> None:
        """Forget a draft; nothing happens if it is gone."""
        self._connection.execute(delete(drafts).where(drafts.c.draft_id == draft_id))


def _draft_from(row: Row[Any]) -> Draft:
    return Draft(
        draft_id=row.draft_id,
        patient_id=row.patient_id,
        panel=_panel_from(row.panel),
        author_id=row.author_id,
        author_name=row.author_name,
        saved_at=row.saved_at,
        corrects=row.corrects,
        doctor_id=row.doctor_id,
        message=row.message,
        handed_at=row.handed_at,
        handed_by_name=row.handed_by_name,
    )


def _text_of(panel: Panel) -> str:
    return json.dumps(
        {
            "entries": {
                key: [
                    entry.text,
                    entry.unit,
                    None if entry.missing is None else entry.missing.value,
                    entry.is_confirmed,
                ]
                for key, entry in panel.entries.items()
            },
            "has_no_fluid": panel.has_no_fluid,
            "collected_on": None if panel.collected_on is None else panel.collected_on.isoformat(),
            "laboratory": panel.laboratory,
            "ldh_upper_limit": None
            if panel.ldh_upper_limit is None
            else str(panel.ldh_upper_limit),
        },
        ensure_ascii=False,
    )


def _panel_from(text: str) -> Panel:
    stored = json.loads(text)
    collected_on, limit = stored["collected_on"], stored["ldh_upper_limit"]
    return Panel(
        entries={
            key: Entry(
                typed, unit, None if missing is None else MissingReason(missing), is_confirmed
            )
            for key, (typed, unit, missing, is_confirmed) in stored["entries"].items()
        },
        has_no_fluid=stored["has_no_fluid"],
        collected_on=None if collected_on is None else date.fromisoformat(collected_on),
        laboratory=stored["laboratory"],
        ldh_upper_limit=None if limit is None else Decimal(limit),
    )
