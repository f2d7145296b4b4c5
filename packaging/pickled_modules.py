"""Tell PyInstaller which modules a joblib file will import when it is loaded."""

import sys
from pathlib import Path
from typing import Any

import joblib


def pickled_modules(file: Path) -> list[str]:
    """Load a joblib file of ours and return the modules of every class it names."""
    named: set[str] = set()

    def note(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "pickle.find_class":
            named.add(arguments[0])

    # An audit hook stays for the life of the process, which freezing ends soon after.
    sys.addaudithook(note)
    joblib.load(file)
    return sorted(named)
