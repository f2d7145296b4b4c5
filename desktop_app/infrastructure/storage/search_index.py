"""The full-text index: which patients hold a piece of text, at a million patients in milliseconds.

Each patient is indexed under the beginnings ("grams") of every part of its texts that starts at a
syllable or sign, so that a search of up to that length is one look-up; a longer one is the patients
under several grams, whose text is then looked at.
"""

from collections.abc import Iterator
from itertools import accumulate

from sqlalchemy import Connection, text

from desktop_app.domain.hangul import VOWELS
from desktop_app.domain.patient import PatientDetails
from desktop_app.domain.search_text import search_fields

# Two syllables take up to six letters. Longer grams of figures would make the index much larger and
# rarely spare a look.
_HANGUL_GRAM, _OTHER_GRAM = 6, 4
_FIRST_JAMO = "\u1100"
_VOWELS = frozenset(VOWELS)

_ADD = text("INSERT INTO search (rowid, grams) VALUES (:position, :grams)")
# Negative: towards one part in the end, and on from where the last call stopped.
_MERGE = text("INSERT INTO search (search, rank) VALUES ('merge', :pages)")
_REMOVE = text("DELETE FROM search WHERE rowid = :position")


def search_text(details: PatientDetails) -> str:
    """Return the texts a patient is found by, a line each."""
    return "\n".join("".join(field) for field in search_fields(details))


def grams_of(details: PatientDetails) -> str:
    """Return the grams of a patient, for the index."""
    grams: set[str] = set()
    for field in search_fields(details):
        for whole, start in _starts(field):
            longest = min(start + _length(whole[start]), len(whole))
            grams.update(whole[start:end] for end in range(start + 1, longest + 1))
    return " ".join(sorted(grams))


def match_expression(words: tuple[tuple[str, ...], ...]) -> str:
    """Return the index's query for the words of a search; further looking has to confirm it."""
    return " AND ".join(f'"{gram}"' for word in words for gram in _wanted_grams(word))


def add_to_index(connection: Connection, position: int, details: PatientDetails) -> None:
    """Index a patient under a position."""
    connection.execute(_ADD, {"position": position, "grams": grams_of(details)})


def remove_from_index(connection: Connection, position: int) -> None:
    """Take the patient under a position out of the index."""
    connection.execute(_REMOVE, {"position": position})


def tidy_index(connection: Connection, pages: int) -> None:
    """Merge up to that many pages of the index; a search costs time in the number of its parts."""
    connection.execute(_MERGE, {"pages": -pages})


def _wanted_grams(word: tuple[str, ...]) -> Iterator[str]:
    """Yield the grams that a patient with this word has for certain, up to its end.

    A lone consonant inside a word may become the end of the syllable before it, where no gram
    starts.
    """
    for index, (whole, start) in enumerate(_starts(word)):
        is_lone = _is_hangul(whole[start]) and word[index][1:2] not in _VOWELS
        if index and is_lone:
            continue
        end = start + _length(whole[start])
        yield whole[start:end]
        if end >= len(whole):
            return


def _starts(parts: tuple[str, ...]) -> Iterator[tuple[str, int]]:
    whole = "".join(parts)
    for start in accumulate(map(len, parts[:-1]), initial=0):
        if whole:
            yield whole, start


def _length(first: str) -> int:
    return _HANGUL_GRAM if _is_hangul(first) else _OTHER_GRAM


def _is_hangul(letter: str) -> bool:
    return letter >= _FIRST_JAMO
