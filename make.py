"""Set the project up and run its verbs: `make VERB`, or `python make.py VERB` without make."""

from __future__ import annotations

import ctypes
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
LOCK = ROOT / "requirements.lock"
VENV = ROOT / ".venv"
STAMP = VENV / "set-up.stamp"
IS_WINDOWS = os.name == "nt"
PYTHON = VENV / ("Scripts/python.exe" if IS_WINDOWS else "bin/python")

OLDEST, BEYOND = (3, 11), (3, 15)
OTHER_INTERPRETERS = ("python3.13", "python3.12", "python3.14", "python3.11")

# What Qt opens at run time: file -> Debian package.
QT_LIBRARIES = {
    "libGL.so.1": "libgl1",
    "libEGL.so.1": "libegl1",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libbrotlidec.so.1": "libbrotli1",
    "libxcb-cursor.so.0": "libxcb-cursor0",
    "libxcb-icccm.so.4": "libxcb-icccm4",
    "libxcb-keysyms.so.1": "libxcb-keysyms1",
    "libxcb-shape.so.0": "libxcb-shape0",
    "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
}
SCREEN_PROGRAMS = {"Xvfb": "xvfb", "xauth": "xauth", "xwininfo": "x11-utils"}
# What the central server's tests start: program -> Debian package.
SERVER_PROGRAMS = {
    "initdb": "postgresql",
    "nginx": "nginx-light",
    "redis-server": "redis-server",
}


def main(arguments: list[str]) -> int:
    """Run one verb and return its exit code."""
    verb, rest = (arguments[0], arguments[1:]) if arguments else ("help", [])
    if verb not in VERBS:
        print(f"There is no verb {verb!r}.\n", file=sys.stderr)
        show_help()
        return 2
    os.chdir(ROOT)
    try:
        VERBS[verb](*rest)
    except subprocess.CalledProcessError as failure:
        return failure.returncode if 0 < failure.returncode < 128 else 1
    except KeyboardInterrupt:
        return 130
    return 0


def show_help() -> None:
    """Show this list."""
    command = "python make.py" if IS_WINDOWS else "make"
    for name, function in VERBS.items():
        print(f"  {command} {name:<16}{(function.__doc__ or '').strip()}")


def setup() -> None:
    """Make .venv from the lock file; install Qt's system libraries where it may."""
    fingerprint = hashlib.sha256(LOCK.read_bytes()).hexdigest()
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() == fingerprint:
        return
    install_packages(_missing_qt_packages(), purpose="The window needs system libraries")
    interpreter = _suitable_interpreter()
    uv = _working_uv()
    if uv is None and not _can_make_environments(interpreter):
        install_packages(["python3-venv"], purpose="Python needs its venv module")
    print("Setting up .venv from requirements.lock", flush=True)
    STAMP.unlink(missing_ok=True)
    wheels_only = ["--require-hashes", "--only-binary", ":all:"]
    ourselves = ["--no-deps", "--no-build-isolation", "--no-index", "--editable", "."]
    if uv is not None:
        target = ["--quiet", "--python", str(PYTHON)]
        _run(uv, "venv", "--quiet", "--allow-existing", "--python", interpreter, str(VENV))
        # As pip does: where nothing may be written, each start would compile it all again.
        _run(uv, "pip", "sync", *target, *wheels_only, "--compile-bytecode", str(LOCK))
        _run(uv, "pip", "install", *target, *ourselves)
    else:
        pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
        _run(interpreter, "-m", "venv", str(VENV))
        # The lock file is complete. Left to resolve, pip before 23.3 takes the newest release for
        # a requirement with extras, whatever the lock says, and then refuses its own choice.
        _run(*pip, *wheels_only, "--no-deps", "--requirement", str(LOCK))
        _run(*pip, *ourselves)
    STAMP.write_text(fingerprint)


def run(*arguments: str) -> None:
    """Start the program; without a screen, take its pictures in build/tour instead."""
    setup()
    if arguments or _has_screen():
        _python("-m", "desktop_app", *arguments)
        return
    pictures = ROOT / "build" / "tour"
    print("No screen here: driving the windows offscreen instead.", flush=True)
    _python("-m", "desktop_app", "tour", "--out", str(pictures))
    print(f"The pictures and the report are in {pictures}")


def test(*arguments: str) -> None:
    """Run the test suite; FULL=1 adds the long forms and the frozen program."""
    if os.environ.get("FULL") == "1":
        build()
    setup()
    server_packages()
    workers = max(2, min(os.cpu_count() or 2, 8))
    _python("-m", "pytest", "-q", "-n", str(workers), "--dist", "worksteal", *arguments)


def check() -> None:
    """Run every check: ruff, mypy, import contracts, then (not with STATIC=1) the tests."""
    setup()
    _python("-m", "ruff", "check", ".")
    _python("-m", "ruff", "format", "--check", ".")
    _python("-m", "mypy")
    _run(str(PYTHON.with_name("lint-imports")), "--no-cache")
    if os.environ.get("STATIC") != "1":
        test()


def bench() -> None:
    """Measure speed against baselines into build/bench.json; ONLY=a,b runs some."""
    setup()
    _python("-m", "tests.bench")


def server() -> None:
    """Start the central server on loopback: SQLite, a demonstration account."""
    setup()
    _python("-m", "backend.serve")


def build() -> None:
    """Freeze the program into dist/."""
    setup()
    work = str(ROOT / "build" / "pyinstaller")
    _python(
        "-m", "PyInstaller", "--noconfirm", "--log-level", "WARN", "--workpath", work, "build.spec"
    )


def lock() -> None:
    """Write requirements.lock anew from pyproject.toml (needs uv)."""
    uv = _working_uv()
    if uv is None:
        sys.exit("The lock file is written by uv, which is not on PATH.")
    groups = [word for name in ("desktop", "server", "build", "dev") for word in ("--group", name)]
    form = ["--universal", "--generate-hashes", "--no-header", "--no-annotate", "--quiet"]
    form += ["--python-version", ".".join(map(str, OLDEST))]
    _run(uv, "pip", "compile", *form, *groups, "pyproject.toml", "--output-file", str(LOCK))


def server_packages() -> None:
    """Install the servers that the tests start: PostgreSQL, nginx and Redis."""
    if not sys.platform.startswith("linux"):
        return
    missing = [package for name, package in SERVER_PROGRAMS.items() if not find_server(name)]
    install_packages(missing, purpose="The server's tests need system packages")


VERBS = {
    "help": show_help,
    "setup": setup,
    "run": run,
    "test": test,
    "check": check,
    "bench": bench,
    "server": server,
    "build": build,
    "lock": lock,
    "server-packages": server_packages,
}


def find_server(program: str) -> str | None:
    """Return a server program's path; Debian keeps PostgreSQL's off PATH, and nginx off some."""
    newest_first = sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    folders = [*map(str, newest_first), os.environ.get("PATH", os.defpath), "/usr/sbin"]
    return shutil.which(program, path=os.pathsep.join(folders))


def install_packages(packages: list[str], *, purpose: str) -> None:
    """Install Debian packages as root; otherwise print the exact line and go on."""
    if not packages:
        return
    apt = shutil.which("apt-get")
    if apt is None:
        print(f"{purpose}; this system's packages for: {' '.join(packages)}", file=sys.stderr)
        return
    is_root = os.geteuid() == 0 if hasattr(os, "geteuid") else False
    if is_root:
        _run(apt, "update", "--quiet=2")
    line = ["install", "--yes", "--no-install-recommends", *map(_debian_name, packages)]
    if is_root:
        print(f"{purpose}: {' '.join(packages)}", flush=True)
        _run(apt, "--quiet=2", *line, environment={"DEBIAN_FRONTEND": "noninteractive"})
    else:
        print(f"{purpose}:\n  sudo apt-get {' '.join(line)}", file=sys.stderr)


def _debian_name(package: str) -> str:
    """Return the name with `t64` where this release renamed the package."""
    renamed = f"{package}t64"
    known = subprocess.run(["apt-cache", "show", renamed], capture_output=True, check=False)
    return renamed if known.returncode == 0 and known.stdout else package


def _missing_qt_packages() -> list[str]:
    if not sys.platform.startswith("linux"):
        return []
    libraries = [package for file, package in QT_LIBRARIES.items() if not _can_open(file)]
    programs = [package for name, package in SCREEN_PROGRAMS.items() if not shutil.which(name)]
    return libraries + programs


def _can_open(library: str) -> bool:
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def _suitable_interpreter() -> str:
    """Return a Python of a version that the lock file covers."""
    if OLDEST <= sys.version_info[:2] < BEYOND:
        return getattr(sys, "_base_executable", sys.executable)
    for name in OTHER_INTERPRETERS:
        found = shutil.which(name)
        if found:
            return found
    sys.exit("MesoDesk needs Python 3.11, 3.12, 3.13 or 3.14. Install one and run this again.")


def _can_make_environments(interpreter: str) -> bool:
    probe = subprocess.run(
        [interpreter, "-c", "import ensurepip"], capture_output=True, check=False
    )
    return probe.returncode == 0


def _working_uv() -> str | None:
    uv = shutil.which("uv")
    if uv is None:
        return None
    answer = subprocess.run([uv, "--version"], capture_output=True, check=False)
    return uv if answer.returncode == 0 else None


def _has_screen() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _python(*arguments: str) -> None:
    _run(str(PYTHON), *arguments)


def _run(*command: str, environment: dict[str, str] | None = None) -> None:
    subprocess.run(command, check=True, env={**os.environ, **(environment or {})})


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
