"""Read the patient list page by page: each page costs the same, however many patients there are."""

import json
from collections.abc import Sequence
from dataclasses import replace
from enum import Enum, auto
from functools import lru_cache
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Row,
    Select,
    Text,
    bindparam,
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
from desktop_app.infrastructure.storage.patient_rows import PATIENT_COLUMNS, patient_of
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

_REMEMBERED_SHAPES = 100
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


class _Among(Enum):
    """Where patients are looked for: everywhere, or those the index knows at their place or not."""

    ALL = auto()
    SETTLED = auto()
    MOVED = auto()


class _Shape(NamedTuple):
    """What the SQL of a query depends on; everything else is bound when it runs."""

    query: PatientQuery  # without its text and limit
    words: int
    asks_for_few: bool


class PatientListReader:
    """Reads one page of one query."""

    def __init__(self, connection: Connection, query: PatientQuery) -> None:
        self._connection = connection
        self._query = query
        words = search_words(query.text)
        self._shape = _Shape(replace(query, text="", limit=0), len(words), self._asks_for_few())
        self._bound = {f"word_{i}": "".join(word) for i, word in enumerate(words)}
        self._bound["grams"] = match_expression(words)

    def read(self, cursor: str | None) -> PatientPage:
        """Return the rows that follow the cursor, from the top without one."""
        after = None if cursor is None else json.loads(cursor)
        if self._query.order is PatientOrder.LAST_ASSESSED:
            rows = self._by_position(after)
        else:
            rows = self._by_key(after)
        shown = rows[: self._query.limit]
        return PatientPage(
            rows=with_assessments(self._connection, shown),
            next_cursor=_cursor(shown[-1]) if len(rows) > len(shown) else None,
        )

    def _by_key(self, after: Sequence[Any] | None) -> _Rows:
        key, row_id = after or (None, None)
        statement = _by_key(self._shape, is_first=after is None)
        return self._first(statement, self._query.limit + 1, key=key, id=row_id)

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
            Span.of(is_archived=_is_archived(self._query), is_assessed=is_assessed)
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
        rows: _Rows = []
        for among in (_Among.SETTLED, _Among.MOVED) if self._shape.words else (_Among.ALL,):
            statement = _by_position(self._shape, among)
            rows += self._first(statement, limit, start=span.start, end=span.end)
        is_ascending = not self._query.is_descending
        return sorted(rows, key=lambda row: int(row.key), reverse=is_ascending)[:limit]

    def _first(self, statement: Select[Any], limit: int, **bound: object) -> _Rows:
        bound |= self._bound | {"limit": limit}
        return list(self._connection.execute(statement, bound).all())

    def _asks_for_few(self) -> bool:
        """Tell whether to look the few up one by one rather than walk the list for them."""
        if self._query.show is not PatientFilter.NOT_SYNCED:
            return False
        kept = select(patient_counts.c.patients).where(
            patient_counts.c.shown == PatientFilter.NOT_SYNCED.value
        )
        return int(self._connection.execute(kept).scalar_one()) <= _FEW


# Remembered: putting SQL together from expressions takes as long as running it.
@lru_cache(_REMEMBERED_SHAPES)
def _by_position(shape: _Shape, among: _Among) -> Select[Any]:
    statement = _ROWS[shape.query.order]
    place: ColumnElement[int] = patients.c.position
    if among is _Among.SETTLED:
        statement, place = _matching(statement, shape.words).where(~_IS_MOVED), _HIT
    elif among is _Among.MOVED:
        statement = _holding_words(statement, shape.words).where(_IS_MOVED)
    statement = statement.where(place >= bindparam("start"), place < bindparam("end"))
    # The newest have the smallest position.
    order = place if shape.query.is_descending else place.desc()
    return _first(statement.order_by(order), shape)


@lru_cache(_REMEMBERED_SHAPES)
def _by_key(shape: _Shape, *, is_first: bool) -> Select[Any]:
    key, is_descending = _KEYS[shape.query.order], shape.query.is_descending
    place, after = tuple_(key, patients.c.id), tuple_(bindparam("key"), bindparam("id"))
    statement = _matching(_ROWS[shape.query.order], shape.words)
    archived = _ASIDE if shape.asks_for_few else patients.c.is_archived
    statement = statement.where(archived == _is_archived(shape.query))
    if not is_first:
        statement = statement.where(place < after if is_descending else place > after)
    order = (key.desc(), patients.c.id.desc()) if is_descending else (key, patients.c.id)
    return _first(statement.order_by(*order), shape)


def _matching(statement: Select[Any], words: int) -> Select[Any]:
    """Restrict to the patients the index finds for the words, if there are any."""
    if not words:
        return statement
    matching = statement.select_from(_SEARCH).where(text("search MATCH :grams"), _IS_HIT)
    return _holding_words(matching, words)


def _holding_words(statement: Select[Any], words: int) -> Select[Any]:
    return statement.where(
        *(func.instr(patients.c.search_text, bindparam(f"word_{i}")) > 0 for i in range(words))
    )


def _first(statement: Select[Any], shape: _Shape) -> Select[Any]:
    standing = _STANDINGS.get(shape.query.show)
    if standing is not None:
        statement = statement.where(standing)
    elif shape.query.show is PatientFilter.NOT_SYNCED:
        statement = statement.where(_AMONG_UNSENT if shape.asks_for_few else _HAS_UNSENT)
    return statement.limit(bindparam("limit"))


def _is_archived(query: PatientQuery) -> bool:
    return query.show is PatientFilter.ARCHIVED


def with_assessments(connection: Connection, rows: Sequence[Row[Any]]) -> tuple[PatientRow, ...]:
    """Add to each patient the newest assessment, the trend and the delivery, a query each."""
    found = {row[0]: patient_of(row[: len(PATIENT_COLUMNS)]) for row in rows}
    recent = recent_summaries(
        connection, {row_id: patient.patient_id for row_id, patient in found.items()}
    )
    stages = run(connection, _STAGES, (json.dumps(list(found)),)).fetchall()
    delivery = {row_id: _DELIVERIES[stage] for row_id, stage in stages}
    return tuple(
        PatientRow(
            patient=patient,
            last=next(iter(summaries), None),
            trend=tuple((one.probability, one.state) for one in reversed(summaries)),
            delivery=delivery.get(row_id, Delivery.CONFIRMED),
        )
        for row_id, patient in found.items()
        for summaries in [recent.get(row_id, [])]
    )


def _cursor(row: Row[Any]) -> str:
    return json.dumps([row.key, row.id])
