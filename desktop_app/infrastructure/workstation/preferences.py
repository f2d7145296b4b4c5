"""The last preferences used on this computer, for the screens before sign-in."""

import json
import tempfile
from dataclasses import asdict, replace
from pathlib import Path

from desktop_app.domain.clinic import ColourScheme, Language, Preferences


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
            stored = json.loads(self._file.read_bytes())
            return Preferences(
                **{
                    **stored,
                    "language": Language(stored["language"]),
                    "colour_scheme": ColourScheme(stored["colour_scheme"]),
                }
            )
        except (OSError, ValueError, TypeError, KeyError):
            return Preferences()

    def save(self, preferences: Preferences) -> None:
        """Remember them; a folder that cannot be written loses a convenience, nothing else."""
        plain = {
            **asdict(preferences),
            "language": preferences.language.value,
            "colour_scheme": preferences.colour_scheme.value,
        }
        try:
            with tempfile.NamedTemporaryFile(
                "w", dir=self._file.parent, prefix=".preferences-", delete=False, encoding="utf-8"
            ) as file:
                json.dump(plain, file)
            Path(file.name).replace(self._file)
        except OSError:
            return
