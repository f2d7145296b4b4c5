"""Actions have words, menus and keys of their own, and follow a person's rights."""

from collections import Counter

import pytest
from PySide6.QtGui import QKeySequence

from desktop_app.domain.account import Account, Role
from desktop_app.domain.identifiers import new_record_id
from desktop_app.gui.actions import ACTIONS, MENUS, actions_for
from desktop_app.gui.texts import LANGUAGES, plain, set_language

RESERVED = ("Shift+Space", "Ctrl+Space")


def test_no_key_is_taken_twice_or_reserved_for_input() -> None:
    keys = [QKeySequence(key).toString() for spec in ACTIONS for key in spec.keys]
    assert all(keys)
    assert max(Counter(keys).values()) == 1
    assert not set(keys) & set(RESERVED)


def test_every_menu_exists() -> None:
    assert {spec.menu for spec in ACTIONS} == set(MENUS)


@pytest.mark.parametrize("language", LANGUAGES)
def test_mnemonics_in_a_menu_are_its_own(language: str) -> None:
    set_language(language)
    for menu in MENUS:
        letters = [
            spec.text[spec.text.index("&") + 1].lower() for spec in ACTIONS if spec.menu == menu
        ]
        assert max(Counter(letters).values()) == 1, menu


def test_words_lose_their_mnemonic() -> None:
    assert plain("새 환자(&N)") == "새 환자"
    assert plain("인쇄·PDF…(&P)") == "인쇄·PDF…"
    assert plain("&New patient") == "New patient"


def test_what_a_role_may_not_do_is_absent() -> None:
    def names(role: Role) -> set[str]:
        person = Account(new_record_id(), "a", "a", frozenset({role}))
        return {spec.name for spec in actions_for(person)}

    assert "assess" in names(Role.DOCTOR)
    assert "correct" not in names(Role.STAFF)
    assert "new_patient" not in names(Role.ADMIN)
    assert names(Role.AUDITOR).isdisjoint({"place_patients", "new_assessment", "print"})
