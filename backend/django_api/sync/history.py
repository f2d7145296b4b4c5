"""What the kept versions of a record say of a push: made before, overtaken, built on what."""

from collections.abc import Callable
from typing import Any

from backend.django_api.predictions.selectors import utc_text
from backend.django_api.records.models import Revision
from backend.django_api.sync.items import Item
from backend.django_api.sync.merging import Fields, flat


class History:
    """The kept versions of one record, by number."""

    def __init__(self, versions: dict[int, Revision]) -> None:
        self._versions = dict(sorted(versions.items()))

    def find_made_by(self, item: Item) -> Revision | None:
        """Return the version that this very push made.

        A change with an id is known by that alone: its fields may have had these values before.
        """
        if item.change_id is not None:
            return self._first(lambda revision: revision.change_id == item.change_id)
        digest = item.push_digest
        return self._first(lambda revision: revision.push_digest == digest)

    def list_overtaking(self, item: Item) -> list[Revision]:
        """Return the versions that build on this push and came before it."""
        if item.change_id is None:
            return []
        name = str(item.change_id)
        return [r for r in self._versions.values() if name in r.supersedes]

    def find_base(self, item: Item, version: int) -> Fields | None:
        """Return the fields that a push builds on; None where the version it names never was."""
        if version and version not in self._versions:
            return None
        base = flat(self._versions[version].payload) if version else {}
        for number, revision in self._versions.items():
            if number > version and revision.change_id in item.supersedes:
                base |= _taken(revision)
        return base

    def newest_seen(self, item: Item, version: int) -> int:
        """Return how far from a version on there are only changes by the item's workstation."""
        own = {item.change_id, *item.supersedes} - {None}
        while version + 1 in self._versions and self._versions[version + 1].change_id in own:
            version += 1
        return version

    def authorship_of(self, version: int) -> dict[str, Any]:
        """Return who made a version and when, for the person who decides."""
        revision = self._versions.get(version)
        if revision is None:
            return {}
        name = revision.changed_by.shown_name if revision.changed_by else ""
        return {"changed_by": name, "changed_at": utc_text(revision.changed_at)}

    def _first(self, is_wanted: Callable[[Revision], bool]) -> Revision | None:
        return next(filter(is_wanted, self._versions.values()), None)


def _taken(revision: Revision) -> Fields:
    """Return what a version took from its push, as it was pushed.

    Not what the push only said again, while somebody else's value stood. A first version took
    all, though the server may have added to it, as it adds a doctor to their own new patient.
    """
    stood, pushed = flat(revision.payload), revision.pushed or {}
    is_first = revision.version == 1
    return {name: value for name, value in pushed.items() if is_first or stood[name] == value}
