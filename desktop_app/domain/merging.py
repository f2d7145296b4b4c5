"""Two people changed one record: field by field, or a conflict that a person decides."""

from dataclasses import dataclass

from desktop_app.domain.exchange import Fields

_UNKNOWN = object()


@dataclass(frozen=True)
class Merge:
    """What both changes give together; `conflicts` name the fields that each side changed."""

    fields: Fields
    conflicts: tuple[str, ...]


def merge(*, base: Fields, ours: Fields, theirs: Fields) -> Merge:
    """Take over what only the other side changed; of a field in conflict ours stands.

    Fields that `theirs` lacks are unchanged there; those that `ours` lacks are not ours.
    """
    merged = dict(ours)
    conflicts = []
    for name in ours:
        our, their = ours[name], theirs.get(name, ours[name])
        if our == their:
            continue
        before = base.get(name, _UNKNOWN)
        if before == our:
            merged[name] = their
        elif before != their:
            conflicts.append(name)
    return Merge(merged, tuple(conflicts))


def changed_fields(before: Fields, now: Fields) -> dict[str, object]:
    """Return what differs now from before."""
    return {name: value for name, value in now.items() if before.get(name, _UNKNOWN) != value}
