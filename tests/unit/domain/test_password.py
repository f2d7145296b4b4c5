"""What a password must be."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.password import (
    PasswordWeakness,
    check_password,
    normal_password,
    password_weakness,
)


@pytest.mark.parametrize(
    ("password", "weakness"),
    [
        ("", PasswordWeakness.TOO_SHORT),
        ("Kx7!mQ2#p", PasswordWeakness.TOO_SHORT),
        ("x7Q" * 86, PasswordWeakness.TOO_LONG),
        ("Password123", PasswordWeakness.COMMON),
        ("qwer1234!@", PasswordWeakness.COMMON),
        ("dkssudgktpdy", PasswordWeakness.COMMON),
        ("aaaaaaaaaaaa", PasswordWeakness.SIMPLE),
        ("abababababab", PasswordWeakness.SIMPLE),
        ("bcdefghijklm", PasswordWeakness.SIMPLE),
        ("90123456789", PasswordWeakness.SIMPLE),
        ("lkjhgfdsapo", PasswordWeakness.SIMPLE),
        ("my-minjae.choi-9", PasswordWeakness.NAMED),
        ("나는최민재입니다 그래요", PasswordWeakness.NAMED),
    ],
)
def test_a_weak_password_is_named(password: str, weakness: PasswordWeakness) -> None:
    assert password_weakness(password, login="minjae.choi", name="최민재") is weakness


@pytest.mark.parametrize("password", ["gray-lamp-river", "소나무 아래 파란 배 7척", "Kx7!mQ2#p9"])
def test_a_long_unusual_password_is_taken(password: str) -> None:
    check_password(password, login="minjae.choi", name="최민재")


def test_a_short_login_inside_a_password_does_not_matter() -> None:
    assert password_weakness("gray-lamp-river", login="am", name="김") is None


def test_a_refusal_says_why_and_never_repeats_the_password() -> None:
    with pytest.raises(AppError) as refused:
        check_password("hunter2", login="kim", name="김하늘")
    assert refused.value.code is ErrorCode.PASSWORD_TOO_WEAK
    assert refused.value.context == {"reason": "too_short", "minimum": 10}


@given(st.text())
def test_the_same_letters_make_the_same_password(text: str) -> None:
    assert normal_password(normal_password(text)) == normal_password(text)


def test_decomposed_and_full_width_letters_make_the_same_password() -> None:
    assert normal_password("\u1112\u1161\u11ab\uff21") == "한A"
