"""The printed recovery key: 160 bits as eight groups of five letters and digits.

Each group holds four characters of Crockford's base 32 (no I, L, O, U) and one check character. The
check is linear over GF(32) with a different weight for every place and the group's number added, so
one wrong character, two neighbours exchanged and two groups exchanged never go unseen.
"""

import unicodedata

from desktop_app.domain.errors import AppError, ErrorCode

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
SECRET_BYTES = 20
GROUPS = 8
GROUP_LENGTH = 5

_BITS = 5
_REDUCTION = 0b100101  # x^5 + x^2 + 1, primitive over GF(2)
_READ_AS = str.maketrans("ILO", "110")


def write_recovery_key(secret: bytes) -> str:
    """Return 160 bits in their printed form, groups apart by a hyphen; ValueError otherwise."""
    if len(secret) != SECRET_BYTES:
        raise ValueError("a recovery key has 160 bits")
    number = int.from_bytes(secret)
    length = SECRET_BYTES * 8 // _BITS
    digits = [(number >> (_BITS * place)) & 31 for place in reversed(range(length))]
    size = GROUP_LENGTH - 1
    return "-".join(
        "".join(ALPHABET[digit] for digit in [*part, _check(part, group)])
        for group, part in (
            (group, digits[(group - 1) * size : group * size]) for group in range(1, GROUPS + 1)
        )
    )


def read_recovery_key(text: str) -> bytes:
    """Return the 160 bits of a typed key; AppError RECOVERY_KEY_MISTYPED names the first `group`.

    Case, spaces and hyphens do not matter; I and L are read as 1, O as 0.
    """
    plain = plain_key_text(text)
    number = 0
    for group in range(1, GROUPS + 1):
        part = plain[(group - 1) * GROUP_LENGTH : group * GROUP_LENGTH]
        if not is_recovery_group(part, group):
            raise AppError(ErrorCode.RECOVERY_KEY_MISTYPED, group=group)
        for char in part[:-1]:
            number = number << _BITS | ALPHABET.index(char)
    if len(plain) > GROUPS * GROUP_LENGTH:
        raise AppError(ErrorCode.RECOVERY_KEY_MISTYPED, group=GROUPS)
    return number.to_bytes(SECRET_BYTES)


def plain_key_text(text: str) -> str:
    """Return what was typed as the program reads it: capitals, nothing between, I L O as 1 1 0."""
    folded = unicodedata.normalize("NFKC", text).upper().translate(_READ_AS)
    return "".join(char for char in folded if not char.isspace() and char not in "-–—")


def recovery_groups(key: str) -> tuple[str, ...]:
    """Return the eight groups of a printed key."""
    return tuple(key.split("-"))


def is_recovery_group(text: str, group: int) -> bool:
    """Tell whether a typed group (1 to 8) is whole and its check character fits."""
    plain = plain_key_text(text)
    if len(plain) != GROUP_LENGTH or any(char not in ALPHABET for char in plain):
        return False
    *part, check = [ALPHABET.index(char) for char in plain]
    return check == _check(part, group)


def _check(part: list[int], group: int) -> int:
    total = group
    for digit in part:
        total = _times_x(total) ^ digit
    return _times_x(total)


def _times_x(value: int) -> int:
    doubled = value << 1
    return doubled ^ _REDUCTION if doubled & 32 else doubled
