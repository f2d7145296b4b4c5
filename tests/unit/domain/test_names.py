"""A name is seen whole, in its order, and not longer than a line."""

import pytest

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.names import LONGEST_NAME, check_name, is_seen


@pytest.mark.parametrize(
    "name", ["홍길동", "Ch\u0302e", "박 씨 부인", "<b>홍</b>", "😀", "x" * LONGEST_NAME]
)
def test_what_can_be_seen_is_a_name(name: str) -> None:
    assert is_seen(name)
    assert check_name(f"  {name} ", "name")


def test_a_name_is_stored_in_one_form() -> None:
    assert check_name("\u1112\u1169\u11bc  \t 길동", "name") == "홍 길동"


@pytest.mark.parametrize(
    "name",
    [
        "a\x00b",
        "\x1b[31m",
        "홍\u202e길동",
        "홍\u200b길동",
        "\u3164",
        "\u115f\u1160",
        "\u2800",
        "\ud800",
        "x" * (LONGEST_NAME + 1),
    ],
)
def test_what_is_unseen_reordered_or_endless_is_refused(name: str) -> None:
    with pytest.raises(AppError) as refusal:
        check_name(name, "seat", is_required=False)
    assert refusal.value.code is ErrorCode.INVALID_INPUT
    assert refusal.value.context == {"field": "seat", "longest": LONGEST_NAME}


def test_an_empty_name_is_refused_only_where_one_is_needed() -> None:
    assert check_name(" \n", "department", is_required=False) == ""
    with pytest.raises(AppError) as refusal:
        check_name(" \n", "name")
    assert refusal.value.context == {"field": "name"}
