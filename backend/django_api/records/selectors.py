"""Reading the order of changes and earlier versions."""

from collections.abc import Collection
from uuid import UUID

from backend.django_api.records.models import ChangeCounter, Revision


def current_epoch_and_horizon() -> tuple[str, int]:
    """Return the database's life and the number up to which every change is visible."""
    counter, _ = ChangeCounter.objects.get_or_create(pk=1)
    return counter.epoch, counter.value


def revisions_of(uuids: Collection[UUID]) -> dict[UUID, dict[int, Revision]]:
    """Return the kept versions of some records, by uuid and version."""
    found: dict[UUID, dict[int, Revision]] = {}
    for revision in Revision.objects.filter(uuid__in=uuids).select_related("changed_by"):
        found.setdefault(revision.uuid, {})[revision.version] = revision
    return found
