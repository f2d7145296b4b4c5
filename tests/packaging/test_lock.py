"""The lock file serves every system and names no host."""

import re
import tomllib
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
LOCK = (ROOT / "requirements.lock").read_text("utf-8")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
PIN = re.compile(r"^(?P<name>[a-z0-9-]+)==(?P<version>\S+)(?: ; (?P<marker>.+?))? \\$")

SYSTEMS = {
    "Windows": {"sys_platform": "win32", "platform_machine": "AMD64", "os_name": "nt"},
    "macOS": {"sys_platform": "darwin", "platform_machine": "arm64", "os_name": "posix"},
    "Intel macOS": {"sys_platform": "darwin", "platform_machine": "x86_64", "os_name": "posix"},
    "Linux": {"sys_platform": "linux", "platform_machine": "x86_64", "os_name": "posix"},
}


def wanted() -> list[Requirement]:
    """Return what pyproject.toml asks for, all groups together."""
    groups = PROJECT["dependency-groups"].values()
    lines = [*PROJECT["project"]["dependencies"], *(line for group in groups for line in group)]
    return [Requirement(line) for line in lines]


def pins(environment: dict[str, str]) -> dict[str, str]:
    """Return the versions that the lock file gives a machine."""
    found = {}
    for line in LOCK.splitlines():
        if match := PIN.match(line):
            pin = Requirement(
                f"{match['name']}; {match['marker']}" if match["marker"] else match["name"]
            )
            if pin.marker is None or pin.marker.evaluate(environment):
                assert match["name"] not in found, f"{match['name']} is pinned twice"
                found[match["name"]] = match["version"]
    return found


def test_the_lock_names_no_host() -> None:
    assert "://" not in LOCK


def test_every_pin_carries_hashes() -> None:
    pinned = re.findall(r"^[a-z0-9].*?(?=^[a-z0-9]|\Z)", LOCK, flags=re.MULTILINE | re.DOTALL)
    assert pinned
    assert all("--hash=sha256:" in pin for pin in pinned)


@pytest.mark.parametrize("python", ["3.11", "3.12", "3.13", "3.14"])
@pytest.mark.parametrize("system", SYSTEMS)
def test_the_lock_satisfies_every_requirement(system: str, python: str) -> None:
    environment = {
        **SYSTEMS[system],
        "python_version": python,
        "python_full_version": f"{python}.5",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    locked = pins(environment)
    for requirement in wanted():
        if requirement.marker is None or requirement.marker.evaluate(environment):
            name = re.sub(r"[-_.]+", "-", requirement.name).lower()
            assert SpecifierSet(str(requirement.specifier)).contains(locked[name]), requirement


def test_only_one_distribution_brings_sqlcipher3() -> None:
    assert "sqlcipher3-binary" not in LOCK
    assert "sqlcipher3-wheels" not in LOCK
