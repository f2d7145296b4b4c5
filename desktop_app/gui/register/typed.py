"""What stands in the fields of the patient form, read forgivingly and checked."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from enum import Enum

from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import (
    DetailProblem,
    PatientDetails,
    Sex,
    holds_registration_number,
    problems_of,
)


class ReadingProblem(Enum):
    """Why a typed text is no value yet."""

    NOT_A_DATE = "not_a_date"
    WHICH_CENTURY = "which_century"
    NOT_A_YEAR = "not_a_year"
    CHART_NUMBER_TAKEN = "chart_number_taken"


Problem = DetailProblem | ReadingProblem


@dataclass(frozen=True)
class TypedDetails:
    """The form's texts and choices as they stand."""

    name: str = ""
    chart_number: str = ""
    birth_date: str = ""
    sex: Sex | None = None
    phone: str = ""
    doctor_id: RecordId | None = None
    exposure_start: str = ""
    exposure_end: str = ""
    exposure_work: str = ""


def typed_form(details: PatientDetails) -> TypedDetails:
    """Return stored details as they stand in the fields."""
    return TypedDetails(
        name=details.name,
        chart_number=details.chart_number,
        birth_date=details.birth_date.isoformat() if details.birth_date else "",
        sex=details.sex,
        phone=details.phone,
        doctor_id=details.doctor_id,
        exposure_start=str(details.exposure_start or ""),
        exposure_end=str(details.exposure_end or ""),
        exposure_work=details.exposure_work,
    )


@dataclass(frozen=True)
class Reading:
    """The details as far as they can be read, and what is wrong, by attribute."""

    details: PatientDetails
    problems: dict[str, Problem]


def read_details(typed: TypedDetails, today: date) -> Reading:
    """Read and check the whole form."""
    days = possible_days(typed.birth_date, today)
    start, end = _read_year(typed.exposure_start), _read_year(typed.exposure_end)
    details = PatientDetails(
        name=typed.name,
        chart_number=unicodedata.normalize("NFKC", typed.chart_number),
        birth_date=days[0] if len(days) == 1 and _is_whole(typed.birth_date) else None,
        sex=typed.sex,
        phone=unicodedata.normalize("NFKC", typed.phone),
        doctor_id=typed.doctor_id,
        exposure_start=start,
        exposure_end=end,
        exposure_work=typed.exposure_work,
    ).normalised()
    problems: dict[str, Problem] = dict(problems_of(details, today))
    if typed.birth_date.strip() and details.birth_date is None:
        if holds_registration_number(typed.birth_date):
            problems["birth_date"] = DetailProblem.REGISTRATION_NUMBER
        else:
            problems["birth_date"] = (
                ReadingProblem.WHICH_CENTURY if days else ReadingProblem.NOT_A_DATE
            )
    for attribute, year in (("exposure_start", start), ("exposure_end", end)):
        if getattr(typed, attribute).strip() and year is None:
            problems[attribute] = ReadingProblem.NOT_A_YEAR
    return Reading(details, problems)


def possible_days(text: str, today: date) -> tuple[date, ...]:
    """Return the days a typed birth date can mean: several where the century is not typed.

    Accepts 1958-08-21, 1958.8.21, 1958년 8월 21일, 19580821, full-width digits, and 580821, which
    can mean a day of either century.
    """
    numbers = _numbers(text)
    if len(numbers) == 3 and len(numbers[0]) == 4:
        parts = numbers
    elif len(numbers) == 1 and len(numbers[0]) == 8:
        parts = [numbers[0][:4], numbers[0][4:6], numbers[0][6:]]
    elif len(numbers) == 1 and len(numbers[0]) == 6:
        short, month, day = numbers[0][:2], numbers[0][2:4], numbers[0][4:]
        days = (_day([century + short, month, day]) for century in ("19", "20"))
        return tuple(found for found in days if found is not None and found <= today)
    else:
        return ()
    found = _day(parts)
    return (found,) if found is not None else ()


def _numbers(text: str) -> list[str]:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not re.fullmatch(r"[\d\s./년월일-]*", plain):
        return []
    return re.findall(r"[0-9]+", plain)


def _is_whole(text: str) -> bool:
    return sum(map(len, _numbers(text))) != 6 or len(_numbers(text)) == 3


def _day(parts: list[str]) -> date | None:
    try:
        return date(*map(int, parts))
    except ValueError:
        return None


def _read_year(text: str) -> int | None:
    plain = unicodedata.normalize("NFKC", text).strip().removesuffix("년").strip()
    return int(plain) if re.fullmatch(r"[12][0-9]{3}", plain) else None
