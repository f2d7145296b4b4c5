"""The order of changes, the earlier versions, and what every record has."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models


def new_epoch() -> str:
    """Name a new life of this database; cursors of another life start anew."""
    return uuid.uuid4().hex


class ChangeCounter(models.Model):
    """The number of the last change; one row, locked by a writer until it commits.

    So numbers become visible in their own order, on every database: who has seen number n has
    seen all below it.
    """

    value = models.BigIntegerField(default=0)
    epoch = models.CharField(max_length=32, default=new_epoch)


class Record(models.Model):
    """What is synchronised: named by uuid for ever, versioned, never erased."""

    uuid = models.UUIDField(unique=True, default=uuid.uuid4, editable=False)
    version = models.PositiveIntegerField(default=1, editable=False)
    change_number = models.BigIntegerField(db_index=True, editable=False)
    deleted_at = models.DateTimeField("삭제한 때", null=True, blank=True, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="작성자",
        null=True,
        on_delete=models.PROTECT,
        related_name="+",
    )
    created_at = models.DateTimeField("작성한 때")
    updated_at = models.DateTimeField("바꾼 때")
    # Of the body that made it: the same body again soon after is the same request again.
    post_digest = models.CharField(max_length=64, blank=True, db_index=True, editable=False)
    # What the workstation keeps beside the fields that all clients share.
    details = models.JSONField(default=dict, blank=True)

    class Meta:
        abstract = True


class Revision(models.Model):
    """One version of a record that can change, as it was; the law keeps originals."""

    uuid = models.UUIDField()
    version = models.PositiveIntegerField()
    payload = models.JSONField()
    # Of the push that made it, so that the same push again is known.
    push_digest = models.CharField(max_length=64, blank=True)
    # The workstation's own name of this version, the earlier ones that it builds on, and the flat
    # fields that were taken from it; null, none and null for any other change.
    change_id = models.UUIDField(null=True)
    supersedes = models.JSONField(default=list)
    pushed = models.JSONField(null=True)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, null=True, on_delete=models.PROTECT, related_name="+"
    )
    changed_at = models.DateTimeField()

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["uuid", "version"], name="one_row_a_version"),
            models.UniqueConstraint(fields=["uuid", "change_id"], name="one_version_a_change"),
        ]
