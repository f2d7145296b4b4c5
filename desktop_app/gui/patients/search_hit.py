"""Which part of a text a search found, down to half-composed syllables and initial consonants."""

from desktop_app.domain.hangul import INITIALS, decompose, initials


def find_hit(text: str, query: str) -> tuple[int, int] | None:
    """Return where the query stands in the text as (start, end), None if it does not.

    An initial consonant stands for any syllable that begins with it, and the last syllable of the
    query may be half composed (호 for 홍).
    """
    wanted = query.strip()
    length = len(wanted)
    if not length:
        return None
    for start in range(len(text) - length + 1):
        part = text[start : start + length]
        if all(map(_matches, wanted[:-1], part)) and (
            _matches(wanted[-1], part[-1]) or decompose(part[-1]).startswith(decompose(wanted[-1]))
        ):
            return start, start + length
    return None


def _matches(typed: str, stored: str) -> bool:
    return typed.casefold() == stored.casefold() or (
        typed in INITIALS and initials(stored) == typed
    )
