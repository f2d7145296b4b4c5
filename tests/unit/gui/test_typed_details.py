"""What is typed about a patient is read forgivingly and refused with a reason."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.patient import DetailProblem, PatientDetails, Sex
from desktop_app.gui.register.form import PROBLEM_KEYS
from desktop_app.gui.register.typed import (
    ReadingProblem,
    TypedDetails,
    possible_days,
    read_details,
    typed_form,
)
from desktop_app.gui.texts import LANGUAGES, tr

TODAY = date(2026, 3, 17)
WHOLE = TypedDetails(name="홍길동", chart_number="00431902", birth_date="1958-08-21", sex=Sex.MALE)


def problem(**typed: str) -> object:
    """Return what is wrong with the one field that was typed differently."""
    (attribute,) = typed
    changed = TypedDetails(**{**vars(WHOLE), **typed})
    return read_details(changed, TODAY).problems.get(attribute)


@pytest.mark.parametrize(
    "text",
    [
        "1958-08-21", "19580821", "1958.8.21", "1958. 8. 21.", "1958/8/21", "1958 8 21",
        "1958년 8월 21일", "１９５８-０８-２１", " 1958-08-21 ",
    ],
)  # fmt: skip
def test_a_birth_date_is_read_however_it_is_written(text: str) -> None:
    assert possible_days(text, TODAY) == (date(1958, 8, 21),)
    assert problem(birth_date=text) is None


@pytest.mark.parametrize("text", ["1958-13-01", "1958-02-30", "8-21", "abc", "195808211", "1958"])
def test_what_is_no_date_is_said_to_be_none(text: str) -> None:
    assert problem(birth_date=text) is ReadingProblem.NOT_A_DATE


def test_six_digits_ask_which_century() -> None:
    assert possible_days("150821", TODAY) == (date(1915, 8, 21), date(2015, 8, 21))
    assert possible_days("580821", TODAY) == (date(1958, 8, 21),)
    assert problem(birth_date="580821") is ReadingProblem.WHICH_CENTURY
    assert read_details(TypedDetails(birth_date="580821"), TODAY).details.birth_date is None


@pytest.mark.parametrize("field", ["name", "chart_number", "phone", "exposure_work", "birth_date"])
@pytest.mark.parametrize(
    "number", ["580821-1234567", "5808211234567", "５８０８２１-１２３４５６７"]
)
def test_a_registration_number_is_refused_in_every_field(field: str, number: str) -> None:
    assert problem(**{field: number}) is DetailProblem.REGISTRATION_NUMBER


@pytest.mark.parametrize("text", ["79", "1979-01", "소년", "0979"])
def test_a_year_has_four_digits(text: str) -> None:
    assert problem(exposure_start=text) is ReadingProblem.NOT_A_YEAR


def test_full_width_figures_and_the_word_for_year_are_understood() -> None:
    typed = TypedDetails(**{**vars(WHOLE), "exposure_start": "１９７９년", "phone": "０１０-0000"})
    reading = read_details(typed, TODAY)

    assert not reading.problems
    assert reading.details.exposure_start == 1979
    assert reading.details.phone == "010-0000"


def test_stored_details_stand_in_the_fields_as_they_were_typed() -> None:
    details = PatientDetails(
        "홍길동", "00431902", date(1958, 8, 21), Sex.MALE, "010", None, "", 1979, 2014, "배관"
    )

    assert read_details(typed_form(details), TODAY).details == details


@given(st.text(), st.text(), st.text())
def test_no_text_whatever_breaks_the_reading(first: str, second: str, third: str) -> None:
    typed = TypedDetails(
        name=first,
        chart_number=second,
        birth_date=third,
        phone=first,
        exposure_start=second,
        exposure_end=third,
    )
    read_details(typed, TODAY)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_problem_has_its_sentence(language: str) -> None:
    for one in (*DetailProblem, *ReadingProblem):
        assert tr(PROBLEM_KEYS[one], language="ko" if language == "ko" else "en")
