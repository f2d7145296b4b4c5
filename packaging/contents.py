"""Tell what the frozen program holds: which packages, and which modules only a pickle names."""

import re
import sys
import tomllib
from importlib.metadata import (
    Distribution,
    PackageNotFoundError,
    distribution,
    packages_distributions,
)
from pathlib import Path
from typing import Any

import joblib
from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]


def shipped() -> list[Distribution]:
    """Return what the desktop program depends on, by name, as installed here."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    waiting = [*project["project"]["dependencies"], *project["dependency-groups"]["desktop"]]
    found: dict[str, Distribution] = {}
    while waiting:
        requirement = Requirement(waiting.pop())
        name = canonical(requirement.name)
        if name in found or (requirement.marker and not requirement.marker.evaluate({"extra": ""})):
            continue
        try:
            found[name] = distribution(name)
        except PackageNotFoundError:
            continue
        waiting += found[name].requires or []
    return [found[name] for name in sorted(found)]


def canonical(name: str) -> str:
    """Spell a package's name as the registry does."""
    return re.sub(r"[-_.]+", "-", name).lower()


def modules_not_shipped() -> list[str]:
    """Return the top-level modules of everything else that is installed here."""
    ours = {canonical(package.name) for package in shipped()} | {"mesodesk"}
    owners = packages_distributions()
    return sorted(
        module for module, names in owners.items() if not ours & {canonical(name) for name in names}
    )


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
