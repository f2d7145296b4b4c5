"""Words planted in every field, and the search for their bytes in whatever was written."""

import json
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

# Everybody who may sign in stands on the sign-in page before anyone did: documented in SECURITY.
DOOR = {"vault.json", "vault.json.previous"}
# Fewer bytes stand in an encrypted file by chance.
_SHORTEST = 8
DOOR_FIELDS = {"clinic", "seat", "name", "login", "department"}


def planted_words(texts: Path) -> dict[str, str]:
    """Return where each planted word stands in the tour's texts, and the word."""
    return dict(_walk(json.loads(texts.read_text("utf-8")), ""))


def _walk(value: object, place: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _walk(inner, f"{place}.{key}" if place else key)
    elif isinstance(value, str) and len(value.encode()) >= _SHORTEST:
        yield place, value


def written_forms(word: str) -> set[bytes]:
    """Return the bytes by which a word could stand in a file."""
    forms: set[bytes] = {json.dumps(word)[1:-1].encode(), quote(word).encode()}
    for form in ("NFC", "NFD"):
        text = unicodedata.normalize(form, word)
        forms |= {text.encode("utf-8"), text.encode("utf-16-le"), text.encode("utf-16-be")}
        forms |= {quote(text).encode(), text.encode("cp949", "ignore")}
        # As Qt writes settings.
        forms.add("".join(f"\\x{ord(char):x}" for char in text).encode())
    return {form for form in forms if len(form) >= 6}


def find_planted(places: Iterable[Path], texts: Path) -> list[tuple[str, str]]:
    """Return each (file, place of the word) found below the places."""
    forms = {place: written_forms(word) for place, word in planted_words(texts).items()}
    return [
        (file.name, place)
        for folder in places
        for file in sorted(folder.rglob("*"))
        if file.is_file()
        for place in _found_in(file, forms)
    ]


def _found_in(file: Path, forms: dict[str, set[bytes]]) -> Iterator[str]:
    try:
        content = file.read_bytes() + str(file).encode()
    except FileNotFoundError:
        return
    for place, written in forms.items():
        is_on_the_door = file.name in DOOR and _may_stand_on_the_door(place)
        if not is_on_the_door and any(form in content for form in written):
            yield place


def _may_stand_on_the_door(place: str) -> bool:
    head, _, field = place.partition(".")
    is_person = head in {"administrator", "doctor", "staff"} and field in DOOR_FIELDS
    return is_person or place in {"clinic", "seat"}
