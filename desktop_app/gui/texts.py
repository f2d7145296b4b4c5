"""Every sentence the program shows, in Korean and English, from the translation catalogs."""

import json
import string
from collections.abc import Mapping
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, Literal

from desktop_app.config import resource

Language = Literal["ko", "en"]
LANGUAGES: tuple[Language, ...] = ("ko", "en")

MINUS = "\N{MINUS SIGN}"
EN_DASH = "\N{EN DASH}"

_current: Language = "ko"


def set_language(new: str) -> None:
    """Choose the language of every text asked for from now on; ValueError if it is unknown."""
    global _current
    _current = LANGUAGES[LANGUAGES.index(new)]


def language() -> Language:
    """Return the language in use."""
    return _current


@cache
def catalog(name: str) -> Mapping[str, Any]:
    """Return one translation file as {id: {language: text or {plural form: text}}}."""
    text = resource(f"translations/{name}.json").read_text(encoding="utf-8")
    entries: Mapping[str, Any] = json.loads(text)
    return entries


def has_text(key: str) -> bool:
    """Tell whether the catalogs hold this key."""
    name, _, identifier = key.partition(".")
    return identifier in catalog(name)


def tr(key: str, /, *, language: Language | None = None, **values: object) -> str:
    """Return the text of `file.id` with its placeholders filled.

    The plural form of an English text follows the value named `n`.
    """
    chosen = language or _current
    name, _, identifier = key.partition(".")
    text = catalog(name)[identifier][chosen]
    if isinstance(text, dict):
        text = text["one" if values.get("n") == 1 else "other"]
    return _FORMATTER.vformat(text, (), values)


def plain(text: str) -> str:
    """Return words without their mnemonic: neither `&` nor a bracketed letter."""
    start = text.find("(&")
    if start >= 0:
        text = text[:start] + text[start + 4 :]
    return text.replace("&", "")


# Particle pairs: (after a final consonant, after a vowel).
_PARTICLES = {
    "이/가": ("이", "가"),
    "은/는": ("은", "는"),
    "을/를": ("을", "를"),
    "와/과": ("과", "와"),
    "으로/로": ("으로", "로"),
    "이면/면": ("이면", "면"),
    "이라면/라면": ("이라면", "라면"),
}
_RIEUL = 8  # index of the final consonant ㄹ in a syllable, after which 으로 becomes 로
_DIGIT_FINALS = {"0": 21, "1": _RIEUL, "3": 16, "6": 1, "7": _RIEUL, "8": _RIEUL}
_LETTER_NAME_FINALS = {"l": _RIEUL, "m": 16, "n": 4, "r": _RIEUL}
_WORD_FINALS = {"l": _RIEUL, "m": 16, "n": 4}
_STOPS_AFTER_A_VOWEL = {"k": 1, "p": 17, "t": 19}


def _final_consonant(text: str) -> int | None:
    """Return the index of the last final consonant: 0 for none, None if it cannot be told."""
    sounded = [char for char in text if char.isalnum() or char == "%"]
    if not sounded:
        return None
    last = sounded[-1]
    if "가" <= last <= "힣":
        return (ord(last) - ord("가")) % 28
    if last.isascii() and last.isdigit():
        return _DIGIT_FINALS.get(last, 0)
    if last.isascii() and last.isalpha():
        return _latin_final(text)
    return 0 if last == "%" else None


def _latin_final(text: str) -> int:
    """Return the final consonant of a Latin ending, read as a word or letter by letter."""
    run = "".join(char if char.isascii() and char.isalpha() else " " for char in text).split()[-1]
    last = run[-1].lower()
    if run[-1].isupper() or len(run) == 1:
        return _LETTER_NAME_FINALS.get(last, 0)
    if run.endswith("ng"):
        return 21
    if last in _STOPS_AFTER_A_VOWEL and run[-2].lower() in "aeiou":
        return _STOPS_AFTER_A_VOWEL[last]
    return _WORD_FINALS.get(last, 0)


def with_particle(text: str, pair: str) -> str:
    """Return the text with the Korean particle that fits its last sound, or both if none does."""
    after_consonant, after_vowel = _PARTICLES[pair]
    final = _final_consonant(text)
    if final is None:
        return f"{text}{after_consonant}({after_vowel})"
    takes_vowel_form = final == 0 or (pair == "으로/로" and final == _RIEUL)
    return text + (after_vowel if takes_vowel_form else after_consonant)


class _TextFormatter(string.Formatter):
    """Formats by name, with Korean particles as format specifications."""

    def format_field(self, value: Any, format_spec: str) -> str:
        if format_spec in _PARTICLES:
            return with_particle(str(value), format_spec)
        return str(super().format_field(value, format_spec))


_FORMATTER = _TextFormatter()


def format_probability(value: float, *, signed: bool = False) -> str:
    """Return a score or a share of it with two decimals; a signed zero has no sign."""
    text = f"{abs(value):.2f}"
    if float(text) == 0:
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def format_number(value: float, decimals: int | None = None, *, signed: bool = False) -> str:
    """Return a number with a point, grouped thousands and a true minus sign."""
    if decimals is None:
        plain = f"{abs(value):.10f}".rstrip("0").rstrip(".")
        decimals = len(plain.partition(".")[2])
    text = f"{abs(value):,.{decimals}f}"
    if not any(char in text for char in "123456789"):
        return text
    return (MINUS if value < 0 else "+" if signed else "") + text


def format_range(low: str, high: str) -> str:
    """Return two written numbers as a range."""
    return f"{low}{EN_DASH}{high}"


def local(moment: datetime) -> datetime:
    """Return a moment in the time zone of this computer; a naive one is UTC."""
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone()


def format_date(day: date | datetime) -> str:
    """Return a day as 2026-03-17, a moment by its local day."""
    return (local(day) if isinstance(day, datetime) else day).strftime("%Y-%m-%d")


def format_time(moment: datetime) -> str:
    """Return a moment's local time as 14:20."""
    return local(moment).strftime("%H:%M")


def format_moment(moment: datetime) -> str:
    """Return a moment as 2026-03-17 14:20, local."""
    return f"{format_date(moment)} {format_time(moment)}"


def format_relative(
    moment: datetime, now: datetime, *, language: Language | None = None, mid_sentence: bool = False
) -> str:
    """Return a moment as a person says it: 오늘 08:41, 어제 17:55, 3월 13일, 2025-12-30."""
    then, today = local(moment), local(now)
    days = (today.date() - then.date()).days
    if days in (0, 1):
        key = "common.today_at" if days == 0 else "common.yesterday_at"
        text = tr(key, language=language, time=format_time(moment))
        return text[0].lower() + text[1:] if mid_sentence else text
    if then.year == today.year:
        months = tr("common.months", language=language).split()
        month = months[then.month - 1]
        return tr("common.day_of_year", language=language, day=then.day, month=month)
    return format_date(moment)
