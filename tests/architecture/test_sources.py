"""No source names a machine or silences a check without a reason."""

import re
import subprocess
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

# Put together here, so that this file does not hold what it looks for.
MACHINE_PATHS = re.compile(
    "|".join(["/" + "work/", "/" + "root/", "/" + "home/", r"C:\\" + "Users"])
)
REGISTRIES = re.compile(r"pypi\." + r"|files\.pythonhosted|registry\." + r"npmjs|/" + r"simple/")
SILENCED = re.compile(
    r"#\s*(?:noqa|type:\s*ignore|pragma:\s*no \w+)"
    r"(?::\s*[A-Z]+\d+(?:,\s*[A-Z]+\d+)*|\[[\w, -]+\])?(?P<reason>.*)$"
)
TEXT_SUFFIXES = {
    ".py", ".toml", ".md", ".json", ".qss", ".svg", ".spec", ".lock", ".html", ".txt", ".cfg", "",
}  # fmt: skip  # one suffix a line would say no more


def tracked_texts() -> Iterator[Path]:
    """Yield each tracked text file of our own."""
    listing = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    )
    for name in filter(None, listing.stdout.split("\0")):
        path = ROOT / name
        is_licence = "licences" in path.parts or path.name == "THIRD_PARTY_NOTICES.md"
        if path.suffix in TEXT_SUFFIXES and path.is_file() and not is_licence:
            yield path


@pytest.mark.parametrize("pattern", [MACHINE_PATHS, REGISTRIES], ids=["paths", "registries"])
def test_no_file_names_a_machine_or_a_registry(pattern: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(ROOT)}:{number}: {match.group()}"
        for path in tracked_texts()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if (match := pattern.search(line))
    ]
    assert not found


def test_every_silenced_check_carries_its_reason() -> None:
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in tracked_texts()
        if path.suffix == ".py"
        for before, line in pairwise(["", *path.read_text("utf-8").splitlines()])
        if (match := SILENCED.search(line))
        and not re.search(r"[a-z]{4}", match["reason"])
        and not before.lstrip().startswith("#")
    ]
    assert not found
