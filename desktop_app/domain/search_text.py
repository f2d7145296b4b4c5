"""What a patient is found by, and when a typed text finds a patient."""

import unicodedata
from functools import lru_cache
from itertools import accumulate

from desktop_app.domain.hangul import INITIALS, decompose, initials
from desktop_app.domain.patient import PatientDetails

# Initial consonants are kept apart from the letters of a name, as the keyboard's letters shifted
# into the block of leading consonants: ㅇㄱ finds 윤건, not the ㅇ and ㄱ inside of 홍길.
_AS_INITIAL = str.maketrans(INITIALS, "".join(chr(0x1100 + i) for i in range(len(INITIALS))))


def search_fields(details: PatientDetails) -> tuple[tuple[str, ...], ...]:
    """Return the texts a patient is found by, each as its syllables or signs in typed letters."""
    born = "" if details.birth_date is None else f"{details.birth_date:%Y%m%d}"
    return (
        _letters(details.name),
        tuple(char.translate(_AS_INITIAL) for char in initials(details.name) if char in INITIALS),
        _letters(details.chart_number),
        tuple(born),
        tuple(char for char in details.phone if char.isdigit()),
    )


def search_words(text: str) -> tuple[tuple[str, ...], ...]:
    """Return the words of a search as syllables or signs in typed letters; all have to match.

    Punctuation does not count. A word of consonants only asks for initial consonants.
    """
    words = (_letters(word) for word in text.split())
    return tuple(_as_initials(word) for word in words if word)


def matches(details: PatientDetails, text: str) -> bool:
    """Tell whether every word of a search stands somewhere in one of the patient's texts."""
    fields = search_fields(details)
    return all(
        any(_stands_in("".join(word), field) for field in fields) for word in search_words(text)
    )


def _stands_in(word: str, field: tuple[str, ...]) -> bool:
    whole = "".join(field)
    starts = accumulate(map(len, field[:-1]), initial=0)
    return any(whole.startswith(word, start) for start in starts)


def _letters(text: str) -> tuple[str, ...]:
    plain = unicodedata.normalize("NFC", text)
    return tuple(letters for char in plain if (letters := _letters_of(char)))


@lru_cache(maxsize=4096)
def _letters_of(char: str) -> str:
    return "".join(filter(str.isalnum, decompose(char)))


def _as_initials(word: tuple[str, ...]) -> tuple[str, ...]:
    joined = "".join(word)
    if not all(char in INITIALS for char in joined):
        return word
    return tuple(joined.translate(_AS_INITIAL))
