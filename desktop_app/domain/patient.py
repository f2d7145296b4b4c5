"""A patient: who it is, how records are told apart, and how old the person was on a day."""

import re
import unicodedata
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import Enum

from desktop_app.domain.hangul import normalise_name
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.names import is_seen


class Sex(Enum):
    """Sex as the chart states it."""

    MALE = "M"
    FEMALE = "F"
    OTHER = "O"
    UNKNOWN = "U"


@dataclass(frozen=True)
class PatientDetails:
    """What a person types about a patient; checked by `problems_of` before it is stored.

    Resident registration numbers are not collected (Personal Information Protection Act 24-2).
    `doctor_name` goes with `doctor_id`: the account may stand on another workstation.
    """

    name: str
    chart_number: str
    birth_date: date | None
    sex: Sex | None
    phone: str = ""
    doctor_id: RecordId | None = None
    doctor_name: str = ""
    exposure_start: int | None = None
    exposure_end: int | None = None
    exposure_work: str = ""

    def normalised(self) -> "PatientDetails":
        """Return the stored form: NFC, no surplus space."""
        return replace(
            self,
            name=normalise_name(self.name),
            chart_number="".join(self.chart_number.split()),
            phone=normalise_name(self.phone),
            exposure_work=normalise_name(self.exposure_work),
        )


class DetailProblem(Enum):
    """What is wrong with one detail; `gui` has a sentence for each."""

    REQUIRED = "required"
    TOO_LONG = "too_long"
    NOT_A_NAME = "not_a_name"
    CHARACTERS = "characters"
    IN_THE_FUTURE = "in_the_future"
    TOO_LONG_AGO = "too_long_ago"
    REGISTRATION_NUMBER = "registration_number"
    BEFORE_BIRTH = "before_birth"
    END_BEFORE_START = "end_before_start"


NAME_MAX, CHART_MAX, PHONE_MAX, WORK_MAX = 80, 32, 32, 80
OLDEST_AGE = 120
_CHART_PATTERN = re.compile(r"[0-9A-Za-z가-힣._/-]+")
_PHONE_PATTERN = re.compile(r"[0-9+() .-]*")
_REGISTRATION_PATTERN = re.compile(r"(?<!\d)\d{6}[- ]?[1-8]\d{6}(?!\d)")


def holds_registration_number(text: str) -> bool:
    """Tell whether a text holds what reads like a resident registration number."""
    return bool(_REGISTRATION_PATTERN.search(unicodedata.normalize("NFKC", text)))


def problems_of(details: PatientDetails, today: date) -> dict[str, DetailProblem]:
    """Return everything wrong with normalised details, by attribute name; empty if nothing is."""
    problems: dict[str, DetailProblem] = {}

    def report(attribute: str, problem: DetailProblem, holds: bool) -> None:
        if holds:
            problems.setdefault(attribute, problem)

    for attribute, longest in (
        ("name", NAME_MAX),
        ("chart_number", CHART_MAX),
        ("phone", PHONE_MAX),
        ("exposure_work", WORK_MAX),
    ):
        text = getattr(details, attribute)
        report(attribute, DetailProblem.TOO_LONG, len(text) > longest)
        report(
            attribute,
            DetailProblem.REGISTRATION_NUMBER,
            holds_registration_number(text),
        )
    report("name", DetailProblem.REQUIRED, not details.name)
    report("name", DetailProblem.NOT_A_NAME, not any(char.isalpha() for char in details.name))
    report("name", DetailProblem.CHARACTERS, not is_seen(details.name))
    report("chart_number", DetailProblem.REQUIRED, not details.chart_number)
    report(
        "chart_number",
        DetailProblem.CHARACTERS,
        not _CHART_PATTERN.fullmatch(details.chart_number),
    )
    report("phone", DetailProblem.CHARACTERS, not _PHONE_PATTERN.fullmatch(details.phone))
    report("exposure_work", DetailProblem.CHARACTERS, not is_seen(details.exposure_work))
    report("sex", DetailProblem.REQUIRED, details.sex is None)
    if details.birth_date is None:
        report("birth_date", DetailProblem.REQUIRED, True)
        return problems
    report("birth_date", DetailProblem.IN_THE_FUTURE, details.birth_date > today)
    report(
        "birth_date",
        DetailProblem.TOO_LONG_AGO,
        age_on(details.birth_date, today) > OLDEST_AGE,
    )
    for attribute in ("exposure_start", "exposure_end"):
        year = getattr(details, attribute)
        if year is not None:
            report(attribute, DetailProblem.IN_THE_FUTURE, year > today.year)
            report(attribute, DetailProblem.BEFORE_BIRTH, year < details.birth_date.year)
    if details.exposure_start is not None and details.exposure_end is not None:
        report(
            "exposure_end",
            DetailProblem.END_BEFORE_START,
            details.exposure_end < details.exposure_start,
        )
    return problems


@dataclass(frozen=True)
class Patient:
    """A registered patient; `version` grows by one with each change."""

    patient_id: RecordId
    details: PatientDetails
    registered_at: datetime
    changed_at: datetime
    version: int = 1
    is_archived: bool = False

    @property
    def name(self) -> str:
        """Return the patient's name."""
        return self.details.name

    @property
    def chart_number(self) -> str:
        """Return the clinic's number of the patient."""
        return self.details.chart_number

    @property
    def birth_date(self) -> date:
        """Return the date of birth; every registered patient has one."""
        if self.details.birth_date is None:
            raise ValueError("a registered patient has a birth date")
        return self.details.birth_date

    def age_on(self, day: date) -> int:
        """Return the international age in whole years on that day."""
        return age_on(self.birth_date, day)


def age_on(birth_date: date, day: date) -> int:
    """Return the international age (만 나이) in whole years on that day."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)


def chart_number_order(chart_number: str) -> str:
    """Return what chart numbers are ordered by: no case, and figures by size (A-9 before A-10)."""
    return re.sub("[0-9]+", lambda figures: figures[0].zfill(CHART_MAX), chart_number.casefold())


def exposure_years(details: PatientDetails, today: date) -> int | None:
    """Return the years of asbestos exposure, to this year if it goes on; None if unknown."""
    if details.exposure_start is None:
        return None
    return (details.exposure_end or today.year) - details.exposure_start


class Match(Enum):
    """How two details of two records compare."""

    SAME = "same"
    SIMILAR = "similar"
    DIFFERENT = "different"
    EMPTY = "empty"


_COMPARED = ("name", "birth_date", "sex", "phone", "chart_number")


def compare_details(typed: PatientDetails, stored: PatientDetails) -> dict[str, Match]:
    """Compare what is being typed with a stored record, detail by detail."""
    return {
        attribute: _match(attribute, getattr(typed, attribute), getattr(stored, attribute))
        for attribute in _COMPARED
    }


def is_likely_duplicate(typed: PatientDetails, stored: PatientDetails) -> bool:
    """Tell whether name and birth date are equal, which asks for a tick before saving."""
    compared = compare_details(typed, stored)
    return compared["name"] is Match.SAME and compared["birth_date"] is Match.SAME


def _match(attribute: str, typed: object, stored: object) -> Match:
    if not typed or not stored:
        return Match.EMPTY
    left, right = _comparable(attribute, typed), _comparable(attribute, stored)
    if left == right:
        return Match.SAME
    if attribute in ("name", "birth_date", "phone") and _is_one_slip_apart(left, right):
        return Match.SIMILAR
    return Match.DIFFERENT


def _comparable(attribute: str, value: object) -> str:
    if isinstance(value, date):
        return value.strftime("%Y%m%d")
    text = str(value.value) if isinstance(value, Sex) else str(value)
    if attribute == "phone":
        return "".join(char for char in text if char.isdigit())
    return text.casefold()


def _is_one_slip_apart(left: str, right: str) -> bool:
    """Tell whether one replaced, swapped, added or dropped character separates two texts."""
    if abs(len(left) - len(right)) > 1 or min(len(left), len(right)) < 2:
        return False
    if len(left) == len(right):
        differing = [i for i in range(len(left)) if left[i] != right[i]]
        if len(differing) == 1:
            return True
        return (
            len(differing) == 2
            and differing[1] == differing[0] + 1
            and left[differing[0]] == right[differing[1]]
            and left[differing[1]] == right[differing[0]]
        )
    shorter, longer = sorted((left, right), key=len)
    return any(longer[:i] + longer[i + 1 :] == shorter for i in range(len(longer)))
