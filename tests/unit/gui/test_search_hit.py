"""The part of a name that a search found is the part that is marked."""

import pytest

from desktop_app.gui.patients.search_hit import find_hit


@pytest.mark.parametrize(
    ("text", "query", "marked"),
    [
        ("홍길동", "길동", "길동"),
        ("홍길동", "ㅎㄱㄷ", "홍길동"),
        ("홍길동", "ㄱㄷ", "길동"),
        ("홍길동", "호", "홍"),
        ("홍길동", "홍기", "홍길"),
        ("홍길동", "홍ㄱ", "홍길"),
        ("강호리", "홀", "호리"),
        ("00412758", "4127", "4127"),
        ("A-0041", "a00", "A-00"),
        ("Kim Haneul", "haneul kim", "Haneul"),
        ("김갑동", "동 1958", "동"),
    ],
)
def test_a_hit_is_marked_where_it_stands(text: str, query: str, marked: str) -> None:
    hit = find_hit(text, query)

    assert hit is not None
    assert text[slice(*hit)] == marked


@pytest.mark.parametrize("query", ["", " ", "ㄷㄱ", "오", "-", "길홍"])
def test_nothing_is_marked_where_nothing_was_found(query: str) -> None:
    assert find_hit("홍길동", query) is None
