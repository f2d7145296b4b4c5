"""Start a process and learn from it when it was painted and ready."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path


def environment(data_folder: Path | None = None) -> dict[str, str]:
    """Give a process its own data folder, and the offscreen platform where no screen is."""
    found = {**os.environ, "PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
    # A clinic's second start has its bytecode; the warming round writes it.
    found.pop("PYTHONDONTWRITEBYTECODE", None)
    if not (found.get("DISPLAY") or sys.platform in {"win32", "darwin"}):
        found["QT_QPA_PLATFORM"] = "offscreen"
    if data_folder is not None:
        found["MESODESK_DATA_DIR"] = str(data_folder)
    return found


def probe(kind: str, given: Mapping[str, str]) -> dict[str, float]:
    """Run one probe and return its figures in milliseconds."""
    command = [sys.executable, "-m", "tests.bench.probe", kind, str(time.monotonic_ns())]
    done = subprocess.run(command, env=dict(given), capture_output=True, text=True, check=True)
    figures: dict[str, float] = json.loads(done.stdout.splitlines()[-1])
    return figures


def milliseconds_to_import(modules: str) -> float:
    """Time a whole process that imports and ends."""
    start = time.monotonic_ns()
    subprocess.run([sys.executable, "-c", f"import {modules}"], env=environment(), check=True)
    return (time.monotonic_ns() - start) / 1e6


@contextmanager
def clinic_folder() -> Iterator[Path]:
    """Make a clinic that a person can sign in to, for as long as the bench runs."""
    from desktop_app import bootstrap
    from desktop_app.application.first_run import ClinicPlan, create_clinic, open_clinic
    from desktop_app.domain.recovery_key import recovery_groups

    with tempfile.TemporaryDirectory() as folder:
        entrance = bootstrap.assemble(Path(folder))
        plan = ClinicPlan("Bench", "", "Bench Doctor", "bench", "correct horse battery", True)
        new = create_clinic(entrance, plan)
        groups = recovery_groups(new.recovery_key)
        open_clinic(entrance, new, {number: groups[number - 1] for number in new.proof_groups})
        yield Path(folder)
