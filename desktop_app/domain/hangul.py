"""Hangul as search needs it: decomposed letters and initial consonants."""

import unicodedata

_SYLLABLES_START, _SYLLABLES_END = 0xAC00, 0xD7A3
_SYLLABLES_PER_INITIAL = 21 * 28
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"


def normalise_name(text: str) -> str:
    """Return the stored form of a name: NFC, single spaces, no surrounding space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def decompose(text: str) -> str:
    """Return a text's letters, lower case and decomposed (NFD): half a syllable matches then."""
    return unicodedata.normalize("NFD", text).lower()


def initials(text: str) -> str:
    """Return the initial consonants of the syllables; other characters stay (홍길동 -> ㅎㄱㄷ)."""
    return "".join(
        INITIALS[(ord(char) - _SYLLABLES_START) // _SYLLABLES_PER_INITIAL]
        if _SYLLABLES_START <= ord(char) <= _SYLLABLES_END
        else char.lower()
        for char in unicodedata.normalize("NFC", text)
    )


def is_initials(text: str) -> bool:
    """Tell whether a search text consists of initial consonants only (spaces aside)."""
    letters = text.replace(" ", "")
    return bool(letters) and all(char in INITIALS for char in letters)
