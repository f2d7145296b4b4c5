"""Read the patient list page by page: each page costs the same, however many patients there are."""

import json
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Text,
    column,
    func,
    literal_column,
    select,
    table,
    text,
    tuple_,
)

from desktop_app.application.ports import (
    PatientFilter,
    PatientOrder,
    PatientPage,
    PatientQuery,
    PatientRow,
)
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.search_text import search_words
from desktop_app.infrastructure.storage.connection import run
from desktop_app.infrastructure.storage.list_position import Span
from desktop_app.infrastructure.storage.patient_rows import PATIENT_COLUMNS, patient_from
from desktop_app.infrastructure.storage.search_index import match_expression
from desktop_app.infrastructure.storage.summaries import recent_summaries
from desktop_app.infrastructure.storage.tables import patient_counts, patients

_Rows = list[Row[Any]]

_KEYS: dict[PatientOrder, ColumnElement[Any]] = {
    PatientOrder.LAST_ASSESSED: patients.c.position,
    PatientOrder.NAME: patients.c.name_order,
    PatientOrder.CHART_NUMBER: patients.c.chart_order,
    PatientOrder.BIRTH_DATE: literal_column("patients.birth_date", Text),
}
# Made once: putting the columns together takes a good part of a query's time.
_ROWS = {order: select(*PATIENT_COLUMNS, key.label("key")) for order, key in _KEYS.items()}
# Written out, not bound: only so the planner sees that the partial index holds these patients.
_STANDINGS = {
    PatientFilter.ABOVE: text("patients.standing = 'above'"),
    PatientFilter.CANNOT_SAY: text("patients.standing = 'cannot_say'"),
}
_IS_MOVED = patients.c.position != patients.c.search_position
_SEARCH = table("search", column("rowid", Integer))
_HIT = _SEARCH.c.rowid
# The sum keeps the planner from asking the index about each patient: it is asked once, first.
_IS_HIT = patients.c.search_position == _HIT + 0

# Of patients with something to send: which plan is best turns on how many they are.
_FEW = 2000
# The sign keeps the planner from walking an index that begins by it.
_ASIDE: ColumnElement[bool] = literal_column("+patients.is_archived")
_AMONG_UNSENT = text("patients.id IN (SELECT patient FROM outbox)")
_HAS_UNSENT = text("EXISTS (SELECT 1 FROM outbox WHERE outbox.patient = +patients.id)")
_DELIVERIES = (Delivery.WAITING, Delivery.REFUSED, Delivery.CONFLICT)
_STAGES = (
    "SELECT patient, max(CASE state WHEN 'conflict' THEN 2 WHEN 'refused' THEN 1 ELSE 0 END) "
    "FROM outbox WHERE patient IN (SELECT value FROM json_each(?)) GROUP BY patient"
)


class PatientListReader:
    """Reads one page of one query."""

    def __init__(self, connection: Connection, query: PatientQuery) -> None:
        self._connection = connection
        self._query = query
        self._rows = _ROWS[query.order]
        self._words = search_words(query.text)
        self._is_archived = query.show is PatientFilter.ARCHIVED

    def read(self, cursor: str | None) -> PatientPage:
        """Return the rows that follow the cursor, from the top without one."""
        after = None if cursor is None else json.loads(cursor)
        if self._query.order is PatientOrder.LAST_ASSESSED:
            rows = self._by_position(after)
        else:
            rows = self._by_key(_KEYS[self._query.order], after)
        shown = rows[: self._query.limit]
        return PatientPage(
            rows=with_assessments(self._connection, shown),
            next_cursor=_cursor(shown[-1]) if len(rows) > len(shown) else None,
        )

    def _by_key(self, key: ColumnElement[str], after: Sequence[Any] | None) -> _Rows:
        place = tuple_(key, patients.c.id)
        is_descending = self._query.is_descending
        statement = self._matching(self._rows)
        archived = _ASIDE if self._asks_for_few else patients.c.is_archived
        statement = statement.where(archived == self._is_archived)
        if after is not None:
            statement = statement.where(
                place < tuple(after) if is_descending else place > tuple(after)
            )
        order = (key.desc(), patients.c.id.desc()) if is_descending else (key, patients.c.id)
        return self._first(statement.order_by(*order), self._query.limit + 1)

    def _by_position(self, after: Sequence[Any] | None) -> _Rows:
        wanted = self._query.limit + 1
        rows: _Rows = []
        for span in self._spans_after(None if after is None else after[0]):
            if len(rows) < wanted:
                rows += self._within(span, wanted - len(rows))
        return rows

    def _spans_after(self, position: int | None) -> list[Span]:
        """Return what is still to be read; never assessed patients come last either way."""
        assessed, never = (
            Span.of(is_archived=self._is_archived, is_assessed=is_assessed)
            for is_assessed in (True, False)
        )
        if self._query.is_descending:
            return [Span(assessed.start if position is None else position + 1, never.end)]
        if position is None:
            return [assessed, never]
        if never.holds(position):
            return [Span(never.start, position)]
        return [Span(assessed.start, position), never]

    def _within(self, span: Span, limit: int) -> _Rows:
        if not self._words:
            return self._in_order(self._rows, patients.c.position, span, limit)
        settled = self._matching(self._rows).where(~_IS_MOVED)
        moved = self._holding_words(self._rows).where(_IS_MOVED)
        rows = self._in_order(settled, _HIT, span, limit)
        rows += self._in_order(moved, patients.c.position, span, limit)
        return sorted(rows, key=lambda row: int(row.key), reverse=not self._query.is_descending)[
            :limit
        ]

    def _in_order(
        self, statement: Select[Any], place: ColumnElement[int], span: Span, limit: int
    ) -> _Rows:
        statement = statement.where(place >= span.start, place < span.end)
        # The newest have the smallest position.
        order = place if self._query.is_descending else place.desc()
        return self._first(statement.order_by(order), limit)

    def _matching(self, statement: Select[Any]) -> Select[Any]:
        """Restrict to the patients the index finds for the words, if there are any."""
        if not self._words:
            return statement
        match = text("search MATCH :wanted").bindparams(wanted=match_expression(self._words))
        return self._holding_words(statement.select_from(_SEARCH).where(match, _IS_HIT))

    def _holding_words(self, statement: Select[Any]) -> Select[Any]:
        return statement.where(
            *(func.instr(patients.c.search_text, "".join(word)) > 0 for word in self._words)
        )

    def _first(self, statement: Select[Any], limit: int) -> _Rows:
        standing = _STANDINGS.get(self._query.show)
        if standing is not None:
            statement = statement.where(standing)
        elif self._query.show is PatientFilter.NOT_SYNCED:
            statement = statement.where(_AMONG_UNSENT if self._asks_for_few else _HAS_UNSENT)
        return list(self._connection.execute(statement.limit(limit)).all())

    @cached_property
    def _asks_for_few(self) -> bool:
        """Tell whether to look the few up one by one rather than walk the list for them."""
        if self._query.show is not PatientFilter.NOT_SYNCED:
            return False
        kept = select(patient_counts.c.patients).where(
            patient_counts.c.shown == PatientFilter.NOT_SYNCED.value
        )
        return int(self._connection.execute(kept).scalar_one()) <= _FEW


def with_assessments(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[PatientRow, ...]:
    """Add to each patient the newest assessment, the trend and the delivery, a query each."""
    recent = recent_summaries(connection, {row.id: row.patient_id for row in rows})
    stages = run(connection, _STAGES, (json.dumps([row.id for row in rows]),)).fetchall()
    delivery = {patient: _DELIVERIES[stage] for patient, stage in stages}
    return tuple(
        PatientRow(
            patient=patient_from(row),
            last=next(iter(recent.get(row.id, ())), None),
            trend=tuple(
                (summary.probability, summary.state) for summary in reversed(recent.get(row.id, ()))
            ),
            delivery=delivery.get(row.id, Delivery.CONFIRMED),
        )
        for row in rows
    )


def _cursor(row: Row[Any]) -> str:
    return json.dumps([row.key, row.id])
