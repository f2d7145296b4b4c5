"""How the two versions of a patient are worded, and where their words differ."""

import re
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from desktop_app.application.conflicts import Conflict, FieldChoice, Side, kept_value
from desktop_app.domain.patient_fields import IDENTIFYING, fields_of
from desktop_app.gui.texts import format_moment, tr
from desktop_app.gui.widgets.patient_words import field_text, field_value_text

_PARTS = re.compile(r"\s+|[^\s,]+|,")
_EXPOSURE = ("exposure_start", "exposure_end", "exposure_work")


@dataclass(frozen=True)
class FieldRow:
    """One differing field in words.

    `here` and `server` are rich text in which the difference is marked.
    """

    name: str
    title: str
    hint: str
    here: str
    server: str
    plain_here: str
    plain_server: str
    can_keep_both: bool


def field_rows(conflict: Conflict) -> tuple[FieldRow, ...]:
    """Return the differing fields in words."""
    return tuple(map(_field_row, conflict.fields))


def _field_row(choice: FieldChoice) -> FieldRow:
    here = field_value_text(choice.name, choice.here)
    server = field_value_text(choice.name, choice.server)
    return FieldRow(
        name=choice.name,
        title=field_text(choice.name),
        hint=_hint(choice),
        here=marked(here, server),
        server=marked(server, here),
        plain_here=here,
        plain_server=server,
        can_keep_both=choice.can_keep_both,
    )


def _hint(choice: FieldChoice) -> str:
    if choice.name in IDENTIFYING:
        return tr("conflict.deliberate")
    hints = []
    if choice.preset is not None:
        hints.append(tr("conflict.preset"))
    if choice.name in _EXPOSURE:
        hints.append(tr("conflict.model_only"))
    if choice.can_keep_both:
        hints.append(tr("conflict.together"))
    return " ".join(hints)


def saved_text(choice: FieldChoice, side: Side | None) -> str:
    """Return what a choice will leave in a field, in words; nothing while it is undecided."""
    return "" if side is None else field_value_text(choice.name, kept_value(choice, side))


def same_fields(conflict: Conflict) -> tuple[tuple[str, str], ...]:
    """Return what is the same on both sides, name and value."""
    differing = {one.name for one in conflict.fields}
    return tuple(
        (field_text(name), field_value_text(name, value))
        for name, value in fields_of(conflict.patient).items()
        if name not in differing
    )


def author_text(who: str, when: datetime | None) -> str:
    """Return who made a version and when, as far as it is known."""
    return tr(
        "conflict.author",
        who=who or tr("conflict.unknown_person"),
        when=tr("conflict.unknown_time") if when is None else format_moment(when),
    )


def marked(text: str, other: str) -> str:
    """Return a text as rich text, with the words underlined and bold that the other has not."""
    own, theirs = _PARTS.findall(text), _PARTS.findall(other)
    if not {one for one in own if one.isalnum()} & set(theirs):
        # Nothing in common: marking everything would mark nothing.
        return _plain(text)
    matcher = SequenceMatcher(None, own, theirs, autojunk=False)
    parts = []
    for kind, start, end, _, _ in matcher.get_opcodes():
        piece = "".join(own[start:end])
        if kind in ("replace", "delete") and piece.strip():
            parts.append(f"<b><u>{_plain(piece)}</u></b>")
        else:
            parts.append(_plain(piece))
    return "".join(parts)


def _plain(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;")
