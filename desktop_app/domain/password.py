"""What a password must be, wherever one is chosen."""

import unicodedata
from enum import Enum

from desktop_app.domain.account import PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH
from desktop_app.domain.common_passwords import COMMON_PASSWORDS
from desktop_app.domain.errors import AppError, ErrorCode

_FEWEST_DISTINCT = 5
_SHORTEST_TELLING_NAME = 3
_ROWS = ("abcdefghijklmnopqrstuvwxyz", "0123456789", "qwertyuiopasdfghjklzxcvbnm")


class PasswordWeakness(Enum):
    """Why a password is refused."""

    TOO_SHORT = "too_short"
    TOO_LONG = "too_long"
    COMMON = "common"
    SIMPLE = "simple"
    NAMED = "named"


def normal_password(password: str) -> str:
    """Return the form that keys are made from: equal for every way of typing the same letters."""
    return unicodedata.normalize("NFKC", password)


def password_weakness(password: str, *, login: str = "", name: str = "") -> PasswordWeakness | None:
    """Return why a password is refused: length, common, monotonous, or naming its owner."""
    plain = normal_password(password).casefold()
    if len(plain) < PASSWORD_MIN_LENGTH:
        return PasswordWeakness.TOO_SHORT
    if len(plain) > PASSWORD_MAX_LENGTH:
        return PasswordWeakness.TOO_LONG
    if plain in COMMON_PASSWORDS:
        return PasswordWeakness.COMMON
    if len(set(plain)) < _FEWEST_DISTINCT or _is_run(plain):
        return PasswordWeakness.SIMPLE
    for own in (normal_password(login).casefold(), normal_password(name).casefold()):
        if len(own) >= _SHORTEST_TELLING_NAME and own in plain:
            return PasswordWeakness.NAMED
    return None


def check_password(password: str, *, login: str, name: str) -> None:
    """Refuse a weak password with PASSWORD_TOO_WEAK (`reason`)."""
    weakness = password_weakness(password, login=login, name=name)
    if weakness is not None:
        raise AppError(
            ErrorCode.PASSWORD_TOO_WEAK, reason=weakness.value, minimum=PASSWORD_MIN_LENGTH
        )


def _is_run(plain: str) -> bool:
    """Tell whether the password walks along the alphabet, the digits or the keyboard."""
    return any(plain in row * 2 or plain in row[::-1] * 2 for row in _ROWS)
