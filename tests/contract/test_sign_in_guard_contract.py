"""What every SignInGuard does, the fake one and the file."""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from desktop_app.application.ports import SignInGuard
from desktop_app.infrastructure.vault.sign_in_guard import FileSignInGuard
from tests.fakes.clock import FakeClock
from tests.fakes.vault import FakeSignInGuard


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture(params=["fake", "file"])
def restart(
    request: pytest.FixtureRequest, tmp_path: Path, clock: FakeClock
) -> Callable[[], SignInGuard]:
    """Return what starts the program again on the same folder."""
    if request.param == "file":
        return lambda: FileSignInGuard(tmp_path, clock)
    kept: Counter[str] = Counter()
    return lambda: FakeSignInGuard(clock, kept)


def fail(guard: SignInGuard, times: int, login: str = "kim") -> int:
    return [guard.note_failure(login) for _ in range(times)][-1]


def test_the_first_failures_cost_no_wait(restart: Callable[[], SignInGuard]) -> None:
    guard = restart()
    assert guard.wait_seconds("kim") == 0
    assert fail(guard, 4) == 4
    assert guard.wait_seconds("kim") == 0


def test_the_wait_doubles_up_to_an_hour(restart: Callable[[], SignInGuard]) -> None:
    guard = restart()
    fail(guard, 4)
    waits = []
    for _ in range(9):
        fail(guard, 1)
        waits.append(guard.wait_seconds("kim"))
    assert waits == [30, 60, 120, 240, 480, 960, 1920, 3600, 3600]


def test_the_wait_runs_down_and_ends(restart: Callable[[], SignInGuard], clock: FakeClock) -> None:
    guard = restart()
    fail(guard, 5)
    clock.pass_time(29)
    assert guard.wait_seconds("kim") == 1
    clock.pass_time(1)
    assert guard.wait_seconds("kim") == 0


def test_a_restart_never_shortens_the_wait(
    restart: Callable[[], SignInGuard], clock: FakeClock
) -> None:
    fail(restart(), 6)
    clock.pass_time(10)
    again = restart()
    assert again.wait_seconds("kim") == 60
    clock.pass_time(60)
    assert again.wait_seconds("kim") == 0
    assert fail(again, 1) == 7
    assert again.wait_seconds("kim") == 120


def test_the_wall_clock_does_not_matter(
    restart: Callable[[], SignInGuard], clock: FakeClock
) -> None:
    guard = restart()
    fail(guard, 5)
    clock.wall += timedelta(days=400)
    assert guard.wait_seconds("kim") == 30
    clock.wall -= timedelta(days=4000)
    assert restart().wait_seconds("kim") == 30


def test_one_login_does_not_make_another_wait(restart: Callable[[], SignInGuard]) -> None:
    guard = restart()
    fail(guard, 9)
    assert guard.wait_seconds("lee") == 0


def test_success_forgets_and_tells_how_many_there_were(
    restart: Callable[[], SignInGuard],
) -> None:
    fail(restart(), 3)
    guard = restart()
    assert guard.note_success("kim") == 3
    assert guard.note_success("kim") == 0
    assert restart().note_failure("kim") == 1


def test_bytes_that_are_no_text_count_as_a_login_too(restart: Callable[[], SignInGuard]) -> None:
    assert fail(restart(), 5, "\udcff") == 5
    assert restart().wait_seconds("\udcff") == 30
    assert restart().wait_seconds("kim") == 0
