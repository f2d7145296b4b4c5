"""A sentence and a next step for each error a person can meet."""

import string
from typing import NamedTuple

from desktop_app.domain.errors import AppError
from desktop_app.gui.texts import Language, catalog, has_text, tr


class Message(NamedTuple):
    """What kind of state it is, what happened and what is safe, and what to do now."""

    title: str
    text: str
    next_step: str

    @property
    def sentence(self) -> str:
        """Return what happened and what to do, for one line of text."""
        return f"{self.text} {self.next_step}"


def describe(error: AppError, language: Language | None = None) -> Message:
    """Return the words for an error; its particulars are named where the error carries them."""
    key = f"errors.{error.code.value}"
    detailed = f"{key}_with"
    fits = has_text(detailed) and _placeholders(error.code.value) <= error.context.keys()
    return Message(
        title=tr(f"errors.title_{error.family.value}", language=language),
        text=tr(detailed if fits else key, language=language, **error.context),
        next_step=tr(f"{key}_next", language=language),
    )


def _placeholders(code: str) -> set[str]:
    text = catalog("errors")[f"{code}_with"]["ko"]
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def describe_incident(number: str) -> Message:
    """Return the words for an unexpected error that was logged under a number."""
    return Message(tr("errors.incident_title"), tr("errors.incident", number=number), "")
