"""The number that people read aloud, as the key of its row: it needs no index of its own then.

Another workstation may have given the same number; its record gets the key of the next turn.
"""

import re
from datetime import date

_NUMBER = re.compile(r"A-([0-9]{4})-([0-9]{4})-([0-9]{3,6})")
_OF_A_DAY = 10**6
_TURN = 10**15
_WIDTH = 3


def key_of(number: str) -> int:
    """Return the row key of A-YYYY-MMDD-NNN; ValueError if it is no such number."""
    matched = _NUMBER.fullmatch(number)
    if matched is None:
        raise ValueError("an assessment's number is A-YYYY-MMDD-NNN")
    year, day, count = matched.groups()
    return int(year + day) * _OF_A_DAY + int(count)


def number_of(key: int) -> str:
    """Return the number behind a row key."""
    day, count = divmod(key % _TURN, _OF_A_DAY)
    return f"A-{day // 10**4:04}-{day % 10**4:04}-{count:0{_WIDTH}}"


def next_turn(key: int) -> int:
    """Return the next key for the same number."""
    return key + _TURN


def keys_of_day(day: date) -> tuple[int, int]:
    """Return the key before the first and the last possible key of a day."""
    before = int(f"{day:%Y%m%d}") * _OF_A_DAY
    return before, before + _OF_A_DAY - 1
