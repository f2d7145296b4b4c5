"""Hangul as search needs it: the letters as typed, and initial consonants."""

import unicodedata

_SYLLABLES_START, _SYLLABLES_END = 0xAC00, 0xD7A3
_SYLLABLES_PER_INITIAL = 21 * 28
_FINALS_PER_VOWEL = 28
INITIALS = "ㄱㄲㄴㄷㄸㄹㅁㅂㅃㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"
FINALS = " ㄱㄲㄳㄴㄵㄶㄷㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅄㅅㅆㅇㅈㅊㅋㅌㅍㅎ"
# Letters that take two keys; the doubled consonants and ㅐ, ㅔ have a key of their own.
_TWO_KEYS = (
    "ㄳㄱㅅㄵㄴㅈㄶㄴㅎㄺㄹㄱㄻㄹㅁㄼㄹㅂㄽㄹㅅㄾㄹㅌㄿㄹㅍㅀㄹㅎㅄㅂㅅ"
    "ㅘㅗㅏㅙㅗㅐㅚㅗㅣㅝㅜㅓㅞㅜㅔㅟㅜㅣㅢㅡㅣ"
)
_COMPOUNDS = {_TWO_KEYS[i]: _TWO_KEYS[i + 1 : i + 3] for i in range(0, len(_TWO_KEYS), 3)}


def normalise_name(text: str) -> str:
    """Return the stored form of a name: NFC, single spaces, no surrounding space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def decompose(text: str) -> str:
    """Return a text as the letters that a keyboard types, lower case (값 -> ㄱㅏㅂㅅ).

    Any stage of a syllable being composed is then a beginning of the whole: 호 and 홀 of 호리.
    """
    return "".join(map(_typed, unicodedata.normalize("NFC", text)))


def _typed(char: str) -> str:
    if not _SYLLABLES_START <= ord(char) <= _SYLLABLES_END:
        return _COMPOUNDS.get(char) or unicodedata.normalize("NFD", char).lower()
    initial, rest = divmod(ord(char) - _SYLLABLES_START, _SYLLABLES_PER_INITIAL)
    vowel, final = divmod(rest, _FINALS_PER_VOWEL)
    letters = (INITIALS[initial], VOWELS[vowel], FINALS[final].strip())
    return "".join(_COMPOUNDS.get(letter, letter) for letter in letters)


def initials(text: str) -> str:
    """Return the initial consonants of the syllables; other characters stay (홍길동 -> ㅎㄱㄷ)."""
    return "".join(
        INITIALS[(ord(char) - _SYLLABLES_START) // _SYLLABLES_PER_INITIAL]
        if _SYLLABLES_START <= ord(char) <= _SYLLABLES_END
        else char.lower()
        for char in unicodedata.normalize("NFC", text)
    )
