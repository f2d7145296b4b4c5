"""The notices name everything that the frozen program ships."""

from pathlib import Path

import notices
import pytest
from contents import shipped

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT = (ROOT / "THIRD_PARTY_NOTICES.md").read_text("utf-8")


def test_every_shipped_package_is_named_with_its_version_and_licence() -> None:
    missing = [
        package.name
        for package in shipped()
        if f"| {package.name} | {package.version} | {notices.licence_of(package)} |" not in DOCUMENT
    ]
    assert not missing, "run python packaging/notices.py"


@pytest.mark.parametrize("work", ["IBM-Plex-OFL-1.1", "Pretendard-OFL-1.1", "Lucide-ISC"])
def test_the_fonts_and_icons_bring_their_licences(work: str) -> None:
    assert f"### {work}" in DOCUMENT


def test_nothing_shipped_is_under_the_gpl_alone() -> None:
    licences = {package.name: notices.licence_of(package) for package in shipped()}
    assert not {name: text for name, text in licences.items() if text.startswith(("GPL", "AGPL"))}
