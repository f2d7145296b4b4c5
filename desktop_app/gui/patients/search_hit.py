"""Which part of a text a search found, down to half-composed syllables and initial consonants."""

from itertools import accumulate

from desktop_app.domain.hangul import INITIALS, decompose, initials
from desktop_app.domain.search_text import search_words

_FIRST_LEADING_CONSONANT = 0x1100  # what a search for initial consonants is written in


def find_hit(text: str, query: str) -> tuple[int, int] | None:
    """Return where the first word of the query that stands in the text does: (start, end)."""
    words = search_words(query)
    if not words:
        return None
    letters = ["".join(filter(str.isalnum, decompose(char))) for char in text]
    heads = [_leading(char) for char in initials(text)]
    for word in words:
        for signs in (letters, heads):
            found = _find("".join(word), signs)
            if found is not None:
                return found
    return None


def _leading(char: str) -> str:
    return chr(_FIRST_LEADING_CONSONANT + INITIALS.index(char)) if char in INITIALS else ""


def _find(word: str, signs: list[str]) -> tuple[int, int] | None:
    """Return the characters whose letters hold the word, which begins where a character does."""
    whole = "".join(signs)
    ends = list(accumulate(map(len, signs)))
    for start, (end, own) in enumerate(zip(ends, signs, strict=True)):
        begin = end - len(own)
        if own and whole.startswith(word, begin):
            last = next(at for at, reach in enumerate(ends) if reach >= begin + len(word))
            return start, last + 1
    return None
