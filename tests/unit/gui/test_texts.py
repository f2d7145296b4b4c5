"""Texts fill their placeholders, choose plurals and particles, and write numbers and days."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.gui import texts
from desktop_app.gui.texts import (
    format_date,
    format_number,
    format_probability,
    format_range,
    format_relative,
    format_time,
    tr,
    with_particle,
)


@pytest.mark.parametrize(
    ("text", "pair", "expected"),
    [
        ("홍길동", "이/가", "홍길동이"),
        ("성춘향", "은/는", "성춘향은"),
        ("월매", "을/를", "월매를"),
        ("김하늘", "으로/로", "김하늘로"),
        ("심학규", "와/과", "심학규와"),
        ("장길산", "와/과", "장길산과"),
        ("8.3", "을/를", "8.3을"),
        ("0.29", "은/는", "0.29는"),
        ("1,000", "이/가", "1,000이"),
        ("7", "으로/로", "7로"),
        ("6", "으로/로", "6으로"),
        ("2", "을/를", "2를"),
        ("mg/L", "으로/로", "mg/L로"),
        ("g/dL", "이/가", "g/dL이"),
        ("CRP", "은/는", "CRP는"),
        ("LDH", "을/를", "LDH를"),
        ("혈소판 수 (PLT)", "이/가", "혈소판 수 (PLT)가"),
        ("Kim", "이/가", "Kim이"),
        ("Rho", "이/가", "Rho가"),
        ("Park Ji Young", "은/는", "Park Ji Young은"),
        ("5%", "을/를", "5%를"),
        ("“홍”", "을/를", "“홍”을"),
        ("…", "을/를", "…을(를)"),
    ],
)
def test_a_particle_follows_the_last_sound(text: str, pair: str, expected: str) -> None:
    assert with_particle(text, pair) == expected


@given(st.text(max_size=12))
def test_any_text_takes_a_particle(text: str) -> None:
    assert with_particle(text, "을/를").startswith(text)


def test_a_text_comes_in_the_language_in_use_or_the_one_asked_for() -> None:
    assert tr("common.above") == "기준 이상"
    assert tr("common.above", language="en") == "Above threshold"
    texts.set_language("en")
    assert tr("common.above") == "Above threshold"


def test_an_unknown_language_is_refused() -> None:
    with pytest.raises(ValueError, match="not in"):
        texts.set_language("fr")
    assert texts.language() == "ko"


@pytest.mark.parametrize(
    ("value", "signed", "expected"),
    [
        (0.38, False, "0.38"),
        (0.06, True, "+0.06"),
        (-0.04, True, "−0.04"),
        (0.0, True, "0.00"),
        (-0.001, True, "0.00"),
        (1.0, False, "1.00"),
    ],
)
def test_a_probability_has_two_decimals_and_a_true_minus(
    value: float, signed: bool, expected: str
) -> None:
    assert format_probability(value, signed=signed) == expected


def test_numbers_keep_their_decimals_and_group_thousands() -> None:
    assert format_number(7.20) == "7.2"
    assert format_number(24.0) == "24"
    assert format_number(250000) == "250,000"
    assert format_number(-0.4, signed=True) == "−0.4"
    assert format_number(3.0, 1, signed=True) == "+3.0"
    assert format_number(-0.04, 1) == "0.0"
    assert format_range("1", "22.6") == "1–22.6"


NOW = datetime(2026, 3, 17, 3, 0, tzinfo=UTC).astimezone()


@pytest.mark.parametrize(
    ("moment", "ko", "en"),
    [
        (NOW.replace(hour=8, minute=41), "오늘 08:41", "Today 08:41"),
        (NOW.replace(hour=17, minute=55) - timedelta(days=1), "어제 17:55", "Yesterday 17:55"),
        (NOW - timedelta(days=4), "3월 13일", "13 March"),
        (NOW - timedelta(days=200), "2025-08-29", "2025-08-29"),
    ],
)
def test_a_day_is_named_as_a_person_names_it(moment: datetime, ko: str, en: str) -> None:
    now = NOW.replace(hour=12)
    assert format_relative(moment, now, language="ko") == ko
    assert format_relative(moment, now, language="en") == en


def test_a_day_may_stand_inside_a_sentence() -> None:
    now = NOW.replace(hour=12)
    text = format_relative(now, now, language="en", mid_sentence=True)
    assert text == "today 12:00"


def test_moments_are_shown_in_local_time() -> None:
    moment = datetime(2026, 3, 17, 5, 20, tzinfo=UTC)
    assert format_time(moment) == moment.astimezone().strftime("%H:%M")
    assert format_date(moment) == moment.astimezone().strftime("%Y-%m-%d")
    assert format_time(moment.replace(tzinfo=None)) == format_time(moment)
