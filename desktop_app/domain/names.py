"""A name on one line: of a person, a clinic, a department, a place in it."""

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.hangul import normalise_name

LONGEST_NAME = 80
# Unicode calls them letters, and nothing is seen of them: the Hangul fillers and the braille blank.
_BLANKS = frozenset("\u115f\u1160\u3164\uffa0\u2800")


def is_seen(text: str) -> bool:
    """Tell whether every character of a line can be seen and leaves the others in their order."""
    return text.isprintable() and not _BLANKS & set(text)


def check_name(text: str, field: str, *, is_required: bool = True) -> str:
    """Return a name in its stored form, or refuse it with INVALID_INPUT (`field`, `longest`)."""
    name = normalise_name(text)
    if not name and is_required:
        raise AppError(ErrorCode.INVALID_INPUT, field=field)
    if len(name) > LONGEST_NAME or not is_seen(name):
        raise AppError(ErrorCode.INVALID_INPUT, field=field, longest=LONGEST_NAME)
    return name
