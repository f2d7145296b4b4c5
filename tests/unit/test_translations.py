"""The catalogs speak both languages completely, and the program uses what they hold."""

import ast
import json
import re
import string
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktop_app.config import resource
from desktop_app.gui.texts import LANGUAGES

SOURCE = Path(__file__).resolve().parents[2] / "desktop_app"
CATALOGS = sorted(resource("translations").glob("*.json"))
HANGUL = re.compile("[가-힣]")
# Where a language is chosen, both are written so that each reader finds the own one.
BILINGUAL = {"common.korean", "first_run.korean", "first_run.language"}
BUILT = re.compile(r'f"(\w+)\.(\w*)\{')


def entries() -> Iterator[tuple[str, dict[str, Any]]]:
    for file in CATALOGS:
        for identifier, texts in json.loads(file.read_text(encoding="utf-8")).items():
            yield f"{file.stem}.{identifier}", texts


def forms(text: Any) -> list[str]:
    return list(text.values()) if isinstance(text, dict) else [text]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def sources() -> Iterator[tuple[Path, str]]:
    for file in sorted(SOURCE.rglob("*.py")):
        if "infrastructure" not in file.parts:
            yield file, file.read_text(encoding="utf-8")


def literals() -> set[str]:
    found: set[str] = set()
    for _, text in sources():
        found.update(
            node.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        )
    return found


KEYS = dict(entries())


@pytest.mark.parametrize("key", KEYS)
def test_a_text_is_there_in_both_languages_with_the_same_placeholders(key: str) -> None:
    texts = KEYS[key]
    assert set(texts) == set(LANGUAGES)
    named = {
        language: set().union(*(placeholders(form) for form in forms(texts[language])))
        for language in LANGUAGES
    }
    assert all(form.strip() for language in LANGUAGES for form in forms(texts[language]))
    assert named["ko"] == named["en"]
    assert key in BILINGUAL or not HANGUL.search(" ".join(forms(texts["en"])).replace("한/영", ""))


def test_every_key_that_the_program_names_exists() -> None:
    files = {file.stem for file in CATALOGS}
    looks_like_a_key = re.compile(rf"({'|'.join(files)})\.[a-z0-9_]+")
    named = {text for text in literals() if looks_like_a_key.fullmatch(text)}
    named = {text for text in named if not text.endswith(("_", ".json", ".py", ".ini", ".pdf"))}
    assert not sorted(named - KEYS.keys())


def test_every_key_in_a_catalog_is_used() -> None:
    used = literals()
    prefixes = tuple(
        f"{file}.{start}" for _, text in sources() for file, start in BUILT.findall(text)
    )
    assert not [key for key in KEYS if key not in used and not key.startswith(prefixes)]


def test_no_sentence_of_a_screen_stands_in_the_code() -> None:
    found = []
    for file, text in sources():
        if "gui" not in file.parts:
            continue
        tree = ast.parse(text)
        docstrings = {
            node.value
            for node in ast.walk(tree)
            if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
        }
        found += [
            f"{file.name}: {node.value}"
            for node in ast.walk(tree)
            if isinstance(node, ast.Constant)
            and node not in docstrings
            and isinstance(node.value, str)
            and HANGUL.search(node.value)
            and " " in node.value
        ]
    assert not found
