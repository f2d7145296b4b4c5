"""Writing in one order: every change of a record takes its number here."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

from django.db import transaction
from django.db.models import Model
from django.utils import timezone

from backend.django_api.accounts.models import User
from backend.django_api.records.models import ChangeCounter, Record, Revision, new_epoch

AnyModel = TypeVar("AnyModel", bound=Model)

# A client that heard no answer asks again within this time; a person does not mean it twice.
REPEAT_WINDOW = timedelta(minutes=5)


@dataclass(frozen=True)
class Origin:
    """The push that a version comes from."""

    digest: str = ""
    change_id: UUID | None = None
    supersedes: tuple[UUID, ...] = ()
    fields: dict[str, Any] | None = None


CLASSIC = Origin()


class ChangeLog:
    """Hands out numbers while the counter's row is held."""

    def __init__(self, last: int, epoch: str) -> None:
        self.last = last
        self.epoch = epoch
        self.now: datetime = timezone.now()

    def stamp(self, record: Record) -> None:
        """Give a record its place in the order of changes."""
        self.last += 1
        record.change_number = self.last
        record.updated_at = self.now


@contextmanager
def change_log() -> Iterator[ChangeLog]:
    """Open a transaction that holds the counter from its first read to its commit."""
    with transaction.atomic():
        counter, _ = ChangeCounter.objects.select_for_update().get_or_create(pk=1)
        log = ChangeLog(counter.value, counter.epoch)
        yield log
        if log.last != counter.value:
            ChangeCounter.objects.filter(pk=1).update(value=log.last)


def add_record(log: ChangeLog, *, record: Record, by: User | None) -> None:
    """Store a new record as version 1."""
    log.stamp(record)
    record.created_by = by
    record.created_at = log.now
    record.save(force_insert=True)


def keep_revision(
    log: ChangeLog,
    *,
    record: Record,
    payload: dict[str, Any],
    by: User,
    origin: Origin = CLASSIC,
) -> None:
    """Keep this version of a record as it is now."""
    Revision.objects.create(
        uuid=record.uuid,
        version=record.version,
        payload=payload,
        push_digest=origin.digest,
        change_id=origin.change_id,
        supersedes=list(map(str, origin.supersedes)),
        pushed=origin.fields,
        changed_by=by,
        changed_at=log.now,
    )


def mark_deleted(log: ChangeLog, *, record: Record) -> None:
    """Leave a tombstone; the row stays."""
    log.stamp(record)
    record.version += 1
    record.deleted_at = log.now
    record.save(update_fields=["version", "change_number", "deleted_at", "updated_at"])


def digest_of(value: Any) -> str:
    """Return the SHA-256 of a JSON value in canonical form."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def find_repeated(model: type[AnyModel], *, digest: str, by: User) -> AnyModel | None:
    """Return what the same person made of the same body a moment ago."""
    return (
        model._default_manager.filter(
            post_digest=digest,
            created_by=by,
            deleted_at=None,
            created_at__gte=timezone.now() - REPEAT_WINDOW,
        )
        .order_by("pk")
        .first()
    )


def start_new_epoch() -> None:
    """Make every cursor start anew; for after a backup was restored."""
    with change_log():
        ChangeCounter.objects.filter(pk=1).update(epoch=new_epoch())
