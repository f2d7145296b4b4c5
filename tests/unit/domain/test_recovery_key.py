"""The printed recovery key: written, read forgivingly, and never read wrong in silence."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.recovery_key import (
    ALPHABET,
    GROUP_LENGTH,
    GROUPS,
    SECRET_BYTES,
    is_recovery_group,
    read_recovery_key,
    recovery_groups,
    write_recovery_key,
)

secrets = st.binary(min_size=SECRET_BYTES, max_size=SECRET_BYTES)
groups = st.integers(1, GROUPS)


@given(secrets)
def test_a_written_key_reads_back(secret: bytes) -> None:
    key = write_recovery_key(secret)
    assert read_recovery_key(key) == secret
    assert [len(group) for group in recovery_groups(key)] == [GROUP_LENGTH] * GROUPS
    assert not set("ILOU") & set(key)


@given(secrets)
def test_case_spaces_hyphens_and_look_alikes_do_not_matter(secret: bytes) -> None:
    key = write_recovery_key(secret)
    typed = key.lower().replace("-", "  ").replace("1", "l").replace("0", "o")
    assert read_recovery_key(typed) == secret
    assert read_recovery_key(key.replace("-", "").replace("1", "I")) == secret


@given(secrets, groups, st.integers(0, GROUP_LENGTH - 1), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_found_in_its_group(
    secret: bytes, group: int, place: int, other: str
) -> None:
    parts = list(recovery_groups(write_recovery_key(secret)))
    right = parts[group - 1]
    wrong = right[:place] + other + right[place + 1 :]
    parts[group - 1] = wrong
    if wrong == right:
        return
    with pytest.raises(AppError) as refused:
        read_recovery_key("-".join(parts))
    assert refused.value.code is ErrorCode.RECOVERY_KEY_MISTYPED
    assert refused.value.context == {"group": group}


@given(secrets, groups, st.integers(0, GROUP_LENGTH - 2))
def test_two_exchanged_neighbours_are_found(secret: bytes, group: int, place: int) -> None:
    right = recovery_groups(write_recovery_key(secret))[group - 1]
    wrong = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
    assert is_recovery_group(wrong, group) is (wrong == right)


@given(secrets, groups, groups)
def test_a_group_in_the_place_of_another_is_found(secret: bytes, here: int, there: int) -> None:
    right = recovery_groups(write_recovery_key(secret))[here - 1]
    assert is_recovery_group(right, there) is (here == there)


@pytest.mark.parametrize("typed", ["", "7K4QD", "한글 열쇠", "U" * 40, "-" * 50, "0" * 400])
def test_anything_else_is_mistyped(typed: str) -> None:
    with pytest.raises(AppError) as refused:
        read_recovery_key(typed)
    assert refused.value.code is ErrorCode.RECOVERY_KEY_MISTYPED


@given(secrets)
def test_a_key_with_something_after_it_is_mistyped(secret: bytes) -> None:
    with pytest.raises(AppError):
        read_recovery_key(write_recovery_key(secret) + "7")


@given(st.text())
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(AppError):
        read_recovery_key(text)


def test_another_length_is_not_a_secret() -> None:
    with pytest.raises(ValueError, match="160 bits"):
        write_recovery_key(b"short")
