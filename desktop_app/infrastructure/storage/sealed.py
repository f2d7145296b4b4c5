"""Rebuild an assessment from its sealed text, so exactly that sealing it again gives that text."""

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from datetime import date, datetime
from functools import cache
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from desktop_app.domain.assessment import (
    AnswerState,
    Assessment,
    BandNote,
    Contribution,
    ModelIdentity,
    ModelResult,
    UnitNote,
    WithheldReason,
)
from desktop_app.domain.exchange import ShownAssessment
from desktop_app.domain.identifiers import parse_record_id
from desktop_app.domain.lab_panel import FIELD_BY_KEY
from desktop_app.domain.panel import Measurement, MissingReason

_LARGEST = 2**63 - 1


def unseal_foreign(text: str, shown: ShownAssessment) -> Assessment:
    """Return an assessment that somebody else sealed; ValueError unless it is whole, and as shown.

    Whole is what this program could have sealed: the same text again, and every value of its type,
    so that no screen meets one that it cannot show.
    """
    try:
        assessment = unseal(text)
    except (KeyError, TypeError, AttributeError, ValueError, RecursionError) as error:
        raise ValueError("this is no sealed assessment") from error
    if not _check_of(Assessment)(assessment) or assessment.content() != text:
        raise ValueError("this is not how an assessment is sealed")
    if ShownAssessment.of(assessment) != shown:
        raise ValueError("this is another sealed assessment")
    return assessment


def unseal(text: str) -> Assessment:
    """Return the assessment that `Assessment.content` wrote."""
    sealed = json.loads(text)
    corrects, collected_on = sealed["corrects"], sealed["collected_on"]
    return Assessment(
        assessment_id=parse_record_id(sealed["assessment_id"]),
        number=sealed["number"],
        patient_id=parse_record_id(sealed["patient_id"]),
        corrects=None if corrects is None else parse_record_id(corrects),
        assessed_at=datetime.fromisoformat(sealed["assessed_at"]),
        assessor_id=parse_record_id(sealed["assessor_id"]),
        assessor_name=sealed["assessor_name"],
        collected_on=None if collected_on is None else date.fromisoformat(collected_on),
        laboratory=sealed["laboratory"],
        ldh_upper_limit=sealed["ldh_upper_limit"],
        measurements=_measurements(sealed["measurements"]),
        used_count=sealed["used_count"],
        model=ModelIdentity(**sealed["model"]),
        result=_result(sealed["result"]),
        label=sealed["label"],
        state=AnswerState(sealed["state"]),
        reasons=tuple(map(WithheldReason, sealed["reasons"])),
        unit_notes=tuple(UnitNote(**note) for note in sealed["unit_notes"]),
    )


def _measurements(sealed: dict[str, dict[str, Any]]) -> dict[str, Measurement]:
    # The text is sorted by key; people know the fields in the form's order.
    in_order = [key for key in FIELD_BY_KEY if key in sealed]
    return {key: _measurement(sealed[key]) for key in in_order}


def _measurement(sealed: dict[str, Any]) -> Measurement:
    missing = sealed["missing"]
    return Measurement(**{**sealed, "missing": None if missing is None else MissingReason(missing)})


def _result(sealed: dict[str, Any]) -> ModelResult:
    return ModelResult(
        **{
            **sealed,
            "contributions": tuple(Contribution(**one) for one in sealed["contributions"]),
            "band_notes": tuple(BandNote(**note) for note in sealed["band_notes"]),
        }
    )


@cache
def _check_of(hint: Any) -> Callable[[Any], bool]:
    """Return what tells whether a value is of a type of the domain, to its last part.

    It is made once a type: thousands of texts come at a time.
    """
    hint = getattr(hint, "__supertype__", hint)
    origin, inner = get_origin(hint), tuple(map(_check_of, _parts(hint)))
    if origin in (Union, UnionType):
        return lambda value: any(fits(value) for fits in inner)
    if origin is tuple:
        return lambda value: isinstance(value, tuple) and all(map(inner[0], value))
    if origin is Mapping:
        return lambda value: all(map(inner[0], value)) and all(map(inner[1], value.values()))
    if isinstance(hint, type) and is_dataclass(hint):
        parts = {name: _check_of(one) for name, one in get_type_hints(hint).items()}
        return lambda value: (
            isinstance(value, hint)
            and all(fits(getattr(value, name)) for name, fits in parts.items())
        )
    return _CHECKS.get(hint) or (lambda value: isinstance(value, hint))


def _parts(hint: Any) -> tuple[Any, ...]:
    return tuple(one for one in get_args(hint) if one is not Ellipsis)


def _is_whole_number(value: Any) -> bool:
    return type(value) is int and abs(value) <= _LARGEST


def _is_finite(value: Any) -> bool:
    return _is_whole_number(value) or (type(value) is float and math.isfinite(value))


def _is_day(value: Any) -> bool:
    # A time at the end of all years is in none of them elsewhere on earth.
    return isinstance(value, date) and date.min.year < value.year < date.max.year


def _is_moment(value: Any) -> bool:
    return isinstance(value, datetime) and value.tzinfo is not None and _is_day(value)


_CHECKS: dict[Any, Callable[[Any], bool]] = {
    int: _is_whole_number,
    float: _is_finite,
    date: _is_day,
    datetime: _is_moment,
}
