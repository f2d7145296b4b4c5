"""Bodies that could hurt are refused before anything reads them."""

import json
import math
from collections.abc import Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ParseError
from rest_framework.parsers import BaseParser

from backend.django_api.common.errors import TooLarge

DEEPEST = 20
LONGEST_INTEGER = 20


class StrictJSONParser(BaseParser):
    """Read JSON in UTF-8 of bounded size and depth, with finite numbers and storable text."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        """Return the body's value, or raise what becomes 400 or 413."""
        raw = stream.read(settings.MAX_BODY_BYTES + 1)
        if len(raw) > settings.MAX_BODY_BYTES:
            raise TooLarge
        return read_json(raw)


def read_json(raw: bytes) -> Any:
    """Return the value of JSON in UTF-8, or raise what becomes 400."""
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, parse_constant=_refuse, parse_float=_finite, parse_int=_bounded)
        _check_depth(value)
        # Escapes can name a NUL or half a character, which no database takes.
        if "\\u" in text and b"\\u0000" in json.dumps(value, ensure_ascii=False).encode():
            _refuse("NUL")
    except (ValueError, RecursionError) as error:
        raise ParseError("The body is not JSON that this server takes.") from error
    return value


def _refuse(token: str) -> NoReturn:
    raise ValueError(token)


def _finite(token: str) -> float:
    number = float(token)
    if not math.isfinite(number):
        _refuse(token)
    return number


def _bounded(token: str) -> int:
    if len(token) > LONGEST_INTEGER:
        _refuse("too long")
    return int(token)


def _check_depth(value: Any) -> None:
    level = [value] if isinstance(value, dict | list) else []
    for _ in range(DEEPEST):
        level = [
            child
            for parent in level
            for child in (parent.values() if isinstance(parent, dict) else parent)
            if isinstance(child, dict | list)
        ]
    if level:
        _refuse("too deep")
