"""kill -9 at random moments while saving: nothing that was confirmed is lost."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="the children are forked")


def kill_while_saving(folder: Path, runs: int) -> dict[str, int]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.faults.killed_while_saving", str(folder), str(runs), "317"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found: dict[str, int] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(300)
@pytest.mark.parametrize(
    "runs", [200, pytest.param(500, marks=pytest.mark.full)], ids=["200_runs", "500_runs"]
)
def test_no_committed_assessment_is_lost_when_the_program_is_killed(
    tmp_path: Path, runs: int
) -> None:
    found = kill_while_saving(tmp_path, runs)
    assert found["runs"] == runs
    assert found["committed"] > runs
    assert (found["lost"], found["unreadable"], found["broken_chains"]) == (0, 0, 0)
