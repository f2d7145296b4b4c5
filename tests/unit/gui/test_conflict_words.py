"""Where two texts differ is marked word by word; what is wholly different needs no mark."""

import pytest

from desktop_app.gui.conflict.words import marked


@pytest.mark.parametrize(
    ("text", "other", "shown"),
    [
        (
            "34 years, construction and demolition",
            "32 years, construction",
            "<b><u>34</u></b> years, construction<b><u> and demolition</u></b>",
        ),
        ("건설 현장", "건설 현장과 철거", "건설 <b><u>현장</u></b>"),
        ("010-0000-1234", "010-0000-5678", "010-0000-1234"),
        ("a <b>", "a c", "a <b><u>&lt;b></u></b>"),
        ("same words", "same words", "same words"),
        ("", "something", ""),
    ],
)
def test_words_that_the_other_has_not_are_marked(text: str, other: str, shown: str) -> None:
    assert marked(text, other) == shown
