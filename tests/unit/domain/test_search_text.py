"""What finds a patient: any part, half-composed syllables, initial consonants, digits."""

from datetime import date

import pytest

from desktop_app.domain.hangul import decompose
from desktop_app.domain.patient import PatientDetails, Sex
from desktop_app.domain.search_text import matches

HONG = PatientDetails("홍길동", "A-00417", date(1958, 8, 21), Sex.MALE, phone="010-1234-5678")
GWAK = PatientDetails("곽호리", "B 12", date(1960, 1, 2), Sex.FEMALE)
SMITH = PatientDetails("José Smith", "7", date(1971, 12, 31), Sex.MALE)


@pytest.mark.parametrize(
    "text",
    ["홍", "길동", "홍 길", "호", "홍ㄱ", "홍기", "홍길ㄷ", "ㅎ", "ㅎㄱ", "ㄱㄷ", "ㅎㄱㄷ",
     "a-0", "A00417", "0041", "1958-08", "19580821", "58-08-21", "1234", "010-12",
     "홍 1958", "동 417", ""],
)  # fmt: skip
def test_a_part_of_any_text_finds_the_patient(text: str) -> None:
    assert matches(HONG, text)


@pytest.mark.parametrize("text", ["옹", "길홍", "ㅇㄱ", "ㅎㄷ", "ㅗㅇ", "1959", "홍 1959", "010-9"])
def test_what_stands_nowhere_finds_nobody(text: str) -> None:
    assert not matches(HONG, text)


@pytest.mark.parametrize("text", ["ㄱ", "고", "과", "곽", "곽ㅎ", "곽호", "곽홀", "곽호리"])
def test_every_stage_of_typing_a_name_finds_it(text: str) -> None:
    assert matches(GWAK, text)


def test_two_consonants_that_the_keyboard_joined_are_two_initials() -> None:
    assert matches(PatientDetails("강수", "1", None, None), "ㄳ")


@pytest.mark.parametrize("text", ["jose", "JOSÉ", "smi", "mith", "e s"])
def test_latin_names_are_found_without_case_and_accents(text: str) -> None:
    assert matches(SMITH, text)


def test_letters_come_as_the_keyboard_types_them() -> None:
    assert decompose("값 Ae") == "ㄱㅏㅂㅅ ae"
    assert decompose("홀") + "ㅣ" == decompose("호리")
