"""Two people changed one record: field by field, or a conflict."""

from dataclasses import dataclass
from typing import Any

DETAILS = "details"


@dataclass(frozen=True)
class Merge:
    """What a push changes on the server's record, and where both changed the same field."""

    changes: dict[str, Any]
    overlapping: tuple[str, ...]


def merge(base: dict[str, Any], current: dict[str, Any], pushed: dict[str, Any]) -> Merge:
    """Compare a push with its base and with the server; absent fields are unchanged ones."""
    base, current, pushed = map(_flat, (base, current, pushed))
    wanted = {name: value for name, value in pushed.items() if value != base.get(name)}
    missing = object()
    overlapping = tuple(
        sorted(
            name
            for name, value in wanted.items()
            if current.get(name, missing) not in (base.get(name, missing), value)
        )
    )
    changed = {name: value for name, value in wanted.items() if value != current.get(name, missing)}
    return Merge(_nested(changed, current), overlapping)


def _flat(payload: dict[str, Any]) -> dict[str, Any]:
    """Let each entry of `details` be a field of its own."""
    details = payload.get(DETAILS) or {}
    flat = {name: value for name, value in payload.items() if name != DETAILS}
    return flat | {f"{DETAILS}.{name}": value for name, value in details.items()}


def _nested(changed: dict[str, Any], current: dict[str, Any]) -> dict[str, Any]:
    """Turn flat changes back into fields, `details` whole."""
    prefix = f"{DETAILS}."
    fields = {name: value for name, value in changed.items() if not name.startswith(prefix)}
    if len(fields) != len(changed):
        both = {n: v for n, v in (current | changed).items() if n.startswith(prefix)}
        fields[DETAILS] = {name.removeprefix(prefix): value for name, value in both.items()}
    return fields
