"""Two people changed one record: field by field, or a conflict."""

from dataclasses import dataclass
from typing import Any

DETAILS = "details"

Fields = dict[str, Any]


@dataclass(frozen=True)
class Merge:
    """What a push changes on the server's record, and where both changed the same field."""

    changes: Fields
    overlapping: tuple[str, ...]


def merge(base: Fields, current: Fields, pushed: Fields) -> Merge:
    """Compare a push with its base and with the server; absent fields are unchanged ones."""
    wanted = {name: value for name, value in pushed.items() if value != base.get(name)}
    missing = object()
    overlapping = tuple(
        sorted(
            name
            for name, value in wanted.items()
            if current.get(name, missing) not in (base.get(name, missing), value)
        )
    )
    changes = {name: value for name, value in wanted.items() if value != current.get(name, missing)}
    return Merge(changes, overlapping)


def flat(payload: dict[str, Any]) -> Fields:
    """Let each entry of `details` be a field of its own."""
    details = payload.get(DETAILS) or {}
    fields = {name: value for name, value in payload.items() if name != DETAILS}
    return fields | {f"{DETAILS}.{name}": value for name, value in details.items()}


def nested(changes: Fields, current: Fields) -> dict[str, Any]:
    """Turn flat changes back into fields, `details` whole."""
    prefix = f"{DETAILS}."
    fields = {name: value for name, value in changes.items() if not name.startswith(prefix)}
    if len(fields) != len(changes):
        both = {n: v for n, v in (current | changes).items() if n.startswith(prefix)}
        fields[DETAILS] = {name.removeprefix(prefix): value for name, value in both.items()}
    return fields
