"""Every error has a sentence and a next step in both languages."""

import pytest

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.messages import describe, describe_incident
from desktop_app.gui.texts import LANGUAGES, Language, catalog


@pytest.mark.parametrize("code", ErrorCode)
@pytest.mark.parametrize("language", LANGUAGES)
def test_every_error_says_what_happened_and_what_to_do(code: ErrorCode, language: Language) -> None:
    message = describe(AppError(code), language)
    assert message.title
    assert message.text.endswith(".")
    assert message.next_step.endswith(".")
    assert "{" not in message.sentence


def test_no_text_stands_for_an_error_that_does_not_exist() -> None:
    codes = {code.value for code in ErrorCode}
    known = {
        key.removesuffix("_next").removesuffix("_with")
        for key in catalog("errors")
        if not key.startswith(("title_", "incident"))
    }
    assert known == codes


def test_particulars_are_named_where_the_error_carries_them() -> None:
    plain = describe(AppError(ErrorCode.RECOVERY_KEY_MISTYPED), "en").text
    named = describe(AppError(ErrorCode.RECOVERY_KEY_MISTYPED, group=3), "en").text
    assert "3" not in plain
    assert "Group 3" in named


def test_an_incident_names_its_number() -> None:
    assert "1A2B3C4D" in describe_incident("1A2B3C4D").text
