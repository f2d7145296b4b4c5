"""The clinic: its name, this workstation's place in it and what an administrator decided."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any


class Language(Enum):
    """A language of screens and reports."""

    KOREAN = "ko"
    ENGLISH = "en"


class ColourScheme(Enum):
    """Light, dark, or as the system."""

    SYSTEM = "system"
    LIGHT = "light"
    DARK = "dark"


@dataclass(frozen=True)
class Clinic:
    """What an administrator decided for the clinic.

    `prevalence` is the share (0-1) of mesothelioma among the clinic's own patients with effusion;
    predictive values are not shown until it is set. After `idle_minutes` the screen locks.
    """

    name: str
    seat: str
    prevalence: float | None = None
    idle_minutes: int = 5
    hides_accounts: bool = False
    is_demonstration: bool = False


PREVALENCE_LOW, PREVALENCE_HIGH = 0.005, 0.4
IDLE_MINUTES_CHOICES = (1, 2, 3, 5, 10, 15)


@dataclass(frozen=True)
class Preferences:
    """How one person likes the screen; kept for each account on this workstation."""

    language: Language = Language.KOREAN
    colour_scheme: ColourScheme = ColourScheme.SYSTEM
    text_percent: int = 100
    has_compact_rows: bool = False
    shows_prevalence: bool = True
    shows_notices: bool = True


TEXT_PERCENT_CHOICES = (100, 110, 125, 150, 175, 200)


def read_preferences(stored: object) -> Preferences:
    """Return preferences that were stored; what is none of the choices is as by default.

    A file can be damaged, and a newer program may have stored more.
    """
    found = stored if isinstance(stored, Mapping) else {}
    default = Preferences()

    def choice(name: str, choices: Iterable[Any]) -> Any:
        plain = {getattr(one, "value", one): one for one in choices}
        value = found.get(name)
        known = isinstance(value, str | int) and value in plain
        return plain[value] if known else getattr(default, name)

    return Preferences(
        language=choice("language", Language),
        colour_scheme=choice("colour_scheme", ColourScheme),
        text_percent=choice("text_percent", TEXT_PERCENT_CHOICES),
        has_compact_rows=choice("has_compact_rows", (False, True)),
        shows_prevalence=choice("shows_prevalence", (False, True)),
        shows_notices=choice("shows_notices", (False, True)),
    )
