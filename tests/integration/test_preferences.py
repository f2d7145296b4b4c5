"""What this computer remembers for its screens: damage costs a convenience, never the start."""

import json
from pathlib import Path

import pytest

from desktop_app.domain.clinic import ColourScheme, Language, Preferences, read_preferences
from desktop_app.infrastructure.workstation.preferences import FilePreferences

CHOSEN = Preferences(Language.ENGLISH, ColourScheme.DARK, 150, has_compact_rows=True)


@pytest.mark.parametrize(
    "content",
    [b"", b"\xff\xfe", b"null", b"[1]", b'"x"', b"[" * 100_000, b'{"language": ["ko"]}'],
)
def test_a_damaged_file_gives_the_defaults(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "preferences.json"
    file.write_bytes(content)
    assert FilePreferences(file).load() == Preferences()


@pytest.mark.parametrize("wrong", ["huge", 133, 0, 1e9, None, [150], -100])
def test_a_wrong_choice_is_the_default_and_the_others_hold(wrong: object) -> None:
    stored = {"language": "en", "colour_scheme": "dark", "has_compact_rows": True}
    read = read_preferences({**stored, "text_percent": wrong, "of a newer program": 1})
    assert read == Preferences(Language.ENGLISH, ColourScheme.DARK, 100, has_compact_rows=True)


def test_what_is_saved_is_read_again_and_nothing_else_is_left(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    FilePreferences(file).save(CHOSEN)
    assert FilePreferences(file).load() == CHOSEN
    assert [one.name for one in tmp_path.iterdir()] == ["preferences.json"]


def test_where_something_else_has_the_name_nothing_is_left_behind(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    file.mkdir()
    FilePreferences(file).save(CHOSEN)
    assert [one.name for one in tmp_path.iterdir()] == ["preferences.json"]
    assert FilePreferences(file).load() == Preferences()
    FilePreferences(tmp_path / "gone" / "preferences.json").save(CHOSEN)


def test_the_file_names_each_choice(tmp_path: Path) -> None:
    file = tmp_path / "preferences.json"
    FilePreferences(file).save(CHOSEN)
    assert set(json.loads(file.read_text("utf-8"))) == set(vars(CHOSEN))
