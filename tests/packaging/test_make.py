"""The set-up does the right thing on machines that differ."""

import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import make

ROOT = Path(__file__).resolve().parents[2]
PROMISED = {"setup", "run", "test", "check", "bench", "build", "server", "help"}


def run_make(*arguments: str, cwd: Path = ROOT) -> subprocess.CompletedProcess[str]:
    """Run make.py as a person does."""
    command = [sys.executable, str(cwd / "make.py"), *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)


@pytest.fixture
def fake_apt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put an apt-get on PATH that notes what it is asked, and an apt-cache of a new release."""
    folder = tmp_path / "bin"
    folder.mkdir()
    asked = tmp_path / "asked"
    scripts = {
        "apt-get": f'echo "$@" >> {asked}',
        "apt-cache": 'case "$2" in libglib2.0-0t64) echo "Package: $2";; *) exit 100;; esac',
    }
    for name, body in scripts.items():
        (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
        (folder / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return asked


def test_help_is_the_default_and_names_every_verb() -> None:
    shown = run_make()
    assert shown.returncode == 0
    assert all(f" {verb} " in shown.stdout for verb in PROMISED)


def test_an_unknown_verb_is_wrong_usage() -> None:
    assert run_make("nonsense").returncode == 2


def test_the_makefile_knows_the_same_verbs() -> None:
    line = next(
        line for line in (ROOT / "Makefile").read_text("utf-8").splitlines() if "VERBS :=" in line
    )
    assert set(line.split(":=")[1].split()) == set(make.VERBS)


def test_an_unchanged_lock_file_needs_no_second_set_up(tmp_path: Path) -> None:
    shutil.copy(ROOT / "make.py", tmp_path)
    lock = tmp_path / "requirements.lock"
    lock.write_text("unchanged", encoding="utf-8")
    python = tmp_path / ".venv" / make.PYTHON.relative_to(make.VENV)
    python.parent.mkdir(parents=True)
    python.touch()
    stamp = tmp_path / ".venv" / make.STAMP.name
    stamp.write_text(hashlib.sha256(lock.read_bytes()).hexdigest(), encoding="utf-8")
    assert run_make("setup", cwd=tmp_path).returncode == 0
    assert python.read_bytes() == b""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="apt is Debian's")
class TestSystemPackages:
    """What set-up does about libraries that only the system's package manager can bring."""

    @pytest.mark.skipif(make.IS_WINDOWS or os.geteuid() != 0, reason="installs as root only")
    def test_root_installs_them_under_the_names_of_this_release(self, fake_apt: Path) -> None:
        make.install_packages(["libglib2.0-0", "libgl1"], purpose="A test")
        assert "install --yes" in fake_apt.read_text("utf-8")
        assert "libglib2.0-0t64 libgl1" in fake_apt.read_text("utf-8")

    def test_anyone_else_is_told_the_exact_line(
        self,
        fake_apt: Path,
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        monkeypatch.setattr(os, "geteuid", lambda: 1000)
        make.install_packages(["libglib2.0-0", "xvfb"], purpose="A test")
        line = "sudo apt-get install --yes --no-install-recommends libglib2.0-0t64 xvfb"
        assert line in capsys.readouterr().err
        assert not fake_apt.exists()

    def test_nothing_is_asked_where_nothing_is_missing(self, fake_apt: Path) -> None:
        make.install_packages([], purpose="A test")
        assert not fake_apt.exists()
