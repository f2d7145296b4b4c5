"""Pulling: every change in its order, none skipped, none twice within a pull."""

import heapq
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery

from backend.django_api.accounts.models import Role, User
from backend.django_api.patients.selectors import all_patients_of
from backend.django_api.predictions.selectors import utc_text
from backend.django_api.records.models import Revision
from backend.django_api.records.selectors import current_epoch_and_horizon
from backend.django_api.sync.cursors import read_cursor, write_cursor
from backend.django_api.sync.kinds import KINDS, Kind


@dataclass(frozen=True)
class Page:
    """Some changes and where the next ones begin."""

    items: list[dict[str, Any]]
    next_cursor: str
    has_more: bool


def pull(*, user: User, cursor: str, limit: int) -> Page:
    """Return the changes after a cursor that a person may see.

    The horizon is read first. All changes up to it are committed, so the queries that follow see
    them, though each sees a later state of the database than the one before; what commits
    meanwhile lies above the horizon and waits for the next pull.
    """
    epoch, horizon = current_epoch_and_horizon()
    position = read_cursor(cursor, epoch=epoch) if cursor else 0
    streams = [
        [
            (record.change_number, kind, record)
            for record in _changes(kind, user, position, horizon, limit)
        ]
        for kind in KINDS.values()
    ]
    merged = heapq.merge(*streams, key=lambda entry: entry[0])
    found = list(islice(merged, limit + 1))
    has_more = len(found) > limit
    shown = found[:limit]
    authors = User.objects.in_bulk({record.author_id for _, _, record in shown})
    reached = shown[-1][0] if has_more else max(horizon, position)
    return Page(
        [item_of(kind, record, authors) for _, kind, record in shown],
        write_cursor(epoch, reached),
        has_more,
    )


def item_of(kind: Kind, record: Any, authors: dict[int, User]) -> dict[str, Any]:
    """Return a record, or its tombstone, as workstations exchange it."""
    author = authors.get(record.author_id)
    item: dict[str, Any] = {
        "kind": kind.name,
        "uuid": str(record.uuid),
        "id": record.pk,
        "version": record.version,
    }
    if record.deleted_at is not None:
        return {**item, "deleted": True}
    item |= {
        "base_version": record.version,
        "changed_at": utc_text(record.updated_at),
        "changed_by": "" if author is None else author.shown_name,
        "payload": kind.payload_of(record),
    }
    if hasattr(record, "server_check"):
        item["server_check"] = record.server_check
    return item


def _changes(kind: Kind, user: User, after: int, horizon: int, limit: int) -> list[Any]:
    rows = _with_author(kind).filter(change_number__gt=after, change_number__lte=horizon)
    if user.role not in (Role.ADMIN, Role.STAFF):
        owner = "pk" if kind.name == "patient" else "patient"
        rows = rows.filter(**{f"{owner}__in": all_patients_of(user).values("pk")})
    return list(rows.order_by("change_number")[: limit + 1])


def _with_author(kind: Kind) -> QuerySet[Any]:
    """Return the records with the number of who made the version that stands."""
    author: F | Subquery = F("created_by")
    if kind.is_editable:
        same = Revision.objects.filter(uuid=OuterRef("uuid"), version=OuterRef("version"))
        author = Subquery(same.values("changed_by"))
    found: QuerySet[Any] = kind.rows.annotate(author_id=author)
    return found
