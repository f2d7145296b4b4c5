"""The last preferences used on this computer, for the screens before sign-in."""

import json
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path

from desktop_app.domain.clinic import Language, Preferences, read_preferences


class FilePreferences:
    """Remembers preferences in one small file; fulfils WorkstationPreferences.

    `language` stands in for the remembered one as long as the program runs.
    """

    def __init__(self, file: Path, language: Language | None = None) -> None:
        self._file = file
        self._language = language

    def load(self) -> Preferences:
        """Return what was remembered; the defaults where there is nothing readable."""
        found = self._read()
        return found if self._language is None else replace(found, language=self._language)

    def _read(self) -> Preferences:
        try:
            return read_preferences(json.loads(self._file.read_bytes()))
        except (OSError, ValueError, RecursionError):
            return Preferences()

    def save(self, preferences: Preferences) -> None:
        """Remember them; a folder that cannot be written loses a convenience, nothing else."""
        plain = {
            **asdict(preferences),
            "language": preferences.language.value,
            "colour_scheme": preferences.colour_scheme.value,
        }
        written = self._file.with_name(f".{self._file.name}")
        try:
            written.write_text(json.dumps(plain), encoding="utf-8")
            written.replace(self._file)
        except OSError:
            with suppress(OSError):
                written.unlink(missing_ok=True)
