"""Running in the background: one run at a time, by schedule, stopped by the lock, told quietly."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from pytestqt.qtbot import QtBot

from desktop_app.application.sign_in import lock
from desktop_app.domain.account import Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import IncomingPage
from desktop_app.domain.sync import ServerSettings, SyncPosition
from desktop_app.gui import sync_runner
from tests.fakes.clock import FakeClock
from tests.fakes.vault import FakeSecretStore
from tests.functional.opened_clinic import KEY, OpenedClinic
from tests.functional.record_states import register
from tests.functional.scripted_server import ScriptedServer
from tests.functional.sync_clinic import SETTINGS, sync_clinic

AUTOMATIC = replace(SETTINGS, is_automatic=True, interval_minutes=15)
UNATTENDED = replace(AUTOMATIC, is_unattended=True)
QUARTER = 900.0
Open = Callable[..., AbstractContextManager[OpenedClinic]]


@pytest.fixture
def server() -> ScriptedServer:
    return ScriptedServer()


@pytest.fixture
def open_clinic(qtbot: QtBot, tmp_path: Path, server: ScriptedServer) -> Open:
    @contextmanager
    def opened(settings: ServerSettings = SETTINGS, **more: Any) -> Iterator[OpenedClinic]:
        with sync_clinic(qtbot, tmp_path, settings=settings, server=server, **more) as clinic:
            with clinic.session.unit_of_work() as work:
                work.sync.save_position(SyncPosition(last_tried=clinic.session.clock.now()))
                work.commit()
            clinic.show()
            try:
                yield clinic
            finally:
                server.is_open.set()

    return opened


def clock_of(clinic: OpenedClinic) -> FakeClock:
    assert isinstance(clinic.session.clock, FakeClock)
    return clinic.session.clock


def pass_time(clinic: OpenedClinic, seconds: float) -> None:
    """Let time pass; the runner looks, and what it began ends."""
    clock_of(clinic).pass_time(seconds)
    clinic.sync.look()
    wait_for_end(clinic)


def wait_for_end(clinic: OpenedClinic) -> None:
    clinic.qtbot.waitUntil(lambda: not clinic.sync.standing.is_running)
    clinic.settle()


def runs(server: ScriptedServer) -> int:
    return server.calls.count("greet")


def test_a_run_sends_what_waits_and_tells_the_pages(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic() as clinic:
        register(clinic, "홍길동", "00417")
        told: list[bool] = []
        clinic.navigator.records_synced.connect(lambda: told.append(True))
        ended: list[object] = []
        clinic.sync.ended.connect(ended.append)
        clinic.sync.start()
        wait_for_end(clinic)
        assert told
        assert len(ended) == 1
        standing = clinic.sync.standing
        assert standing.status is not None
        assert (standing.status.counts.open, standing.status.counts.confirmed) == (0, 1)
        assert standing.is_reached


def test_never_two_runs_at_once(open_clinic: Open, server: ScriptedServer) -> None:
    with open_clinic() as clinic:
        server.is_open.clear()
        clinic.sync.start()
        clinic.sync.start()
        server.is_open.set()
        wait_for_end(clinic)
        assert runs(server) == 1


def test_nothing_runs_by_itself_unless_it_was_switched_on(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic() as clinic:
        pass_time(clinic, 10 * QUARTER)
        assert not server.calls


def test_a_run_is_due_every_interval(open_clinic: Open, server: ScriptedServer) -> None:
    with open_clinic(AUTOMATIC) as clinic:
        pass_time(clinic, QUARTER - 1)
        assert runs(server) == 0
        pass_time(clinic, 1)
        assert runs(server) == 1
        pass_time(clinic, 60)
        assert runs(server) == 1
        pass_time(clinic, QUARTER)
        assert runs(server) == 2


def test_records_made_here_go_soon(open_clinic: Open, server: ScriptedServer) -> None:
    with open_clinic(AUTOMATIC) as clinic:
        register(clinic, "홍길동", "00417")
        clinic.sync.refresh()
        clinic.settle()
        pass_time(clinic, 29)
        assert runs(server) == 0
        pass_time(clinic, 1)
        assert runs(server) == 1


def test_after_sleep_a_run_is_due_at_once(open_clinic: Open, server: ScriptedServer) -> None:
    with open_clinic(AUTOMATIC) as clinic:
        pass_time(clinic, QUARTER)
        # The counter stood still all night.
        clock_of(clinic).wall = clock_of(clinic).wall.replace(day=18)
        clinic.sync.look()
        wait_for_end(clinic)
        assert runs(server) == 2


@pytest.mark.parametrize("code", [ErrorCode.SERVER_NO_ROUTE, ErrorCode.SERVER_BUSY])
def test_a_failure_in_the_background_shows_in_the_state_and_pops_up_nowhere(
    open_clinic: Open, server: ScriptedServer, code: ErrorCode
) -> None:
    with open_clinic(AUTOMATIC) as clinic:
        # Longer than a run waits by itself.
        server.error = AppError(code, retry_after=600.0)
        pass_time(clinic, QUARTER)
        assert clinic.sync.standing.error is not None
        assert clinic.sync.standing.error.code is code
        assert not clinic.errors
        assert not clinic.notices
        server.error = None
        pass_time(clinic, 599)
        tried = runs(server)
        pass_time(clinic, 200)
        assert runs(server) == tried + 1
        assert clinic.sync.standing.error is None


def test_what_needs_a_person_is_not_tried_again_before_somebody_did_something(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(AUTOMATIC) as clinic:
        server.error = AppError(ErrorCode.SERVER_SIGN_IN_NEEDED)
        pass_time(clinic, QUARTER)
        pass_time(clinic, 100 * QUARTER)
        assert runs(server) == 1
        server.error = None
        clinic.sync.resume()
        clinic.settle()
        pass_time(clinic, 1)
        assert runs(server) == 2


def test_a_run_can_be_stopped_and_says_so(open_clinic: Open, server: ScriptedServer) -> None:
    with open_clinic() as clinic:
        server.is_open.clear()
        clinic.sync.start()
        clinic.qtbot.waitUntil(lambda: "greet" in server.calls)
        clinic.sync.cancel()
        assert clinic.sync.standing.is_stopping
        server.is_open.set()
        wait_for_end(clinic)
        assert clinic.sync.standing.error is None


def test_the_lock_ends_a_run_quietly_and_after_the_unlocking_it_goes_on_by_schedule(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(AUTOMATIC) as clinic:
        register(clinic, "홍길동", "00417")
        server.is_open.clear()
        clock_of(clinic).pass_time(QUARTER)
        clinic.sync.look()
        clinic.qtbot.waitUntil(lambda: runs(server) == 1)
        clinic.sync.leave()
        clinic.tasks.run(lambda: lock(clinic.session), lambda _head: None)
        clinic.qtbot.waitUntil(lambda: not clinic.tasks.is_busy)
        server.is_open.set()
        wait_for_end(clinic)
        assert clinic.sync.standing.error is None
        assert not clinic.errors
        unlock(clinic)
        pass_time(clinic, 1)
        assert runs(server) == 2
        assert clinic.sync.standing.open == 0


def unlock(clinic: OpenedClinic, meanwhile: Callable[[], None] = lambda: None) -> None:
    """Open the records again, as signing in does: on their own worker."""

    def come_in(records: Any) -> None:
        clinic.session = clinic.desk.session = replace(clinic.session, records=records)
        clinic.sync.begin(clinic.entrance, clinic.session)

    clinic.sync.make_way()
    clinic.tasks.run(lambda: clinic.entrance.store.open(KEY), come_in)
    meanwhile()
    clinic.settle()


def leave_unattended(clinic: OpenedClinic, *, is_closed: bool = False) -> "UnattendedVault":
    """Let the key store hold a key, and lock the screen."""
    assert isinstance(clinic.entrance.secrets, FakeSecretStore)
    vault = UnattendedVault(is_closed=is_closed)
    clinic.entrance = replace(clinic.entrance, vault=vault)
    clinic.sync.begin(clinic.entrance, clinic.session)
    clinic.settle()
    clinic.sync.leave()
    clinic.tasks.run(lambda: lock(clinic.session), lambda _head: None)
    clinic.settle()
    return vault


class UnattendedVault:
    """Opens for whoever asks unless it is closed; the vault's own contract is tested beside it."""

    def __init__(self, *, is_closed: bool = False) -> None:
        self.is_closed, self.asked = is_closed, 0

    def allows_unattended(self) -> bool:
        return not self.is_closed

    def unlock_unattended(self, _secret: str) -> bytes:
        self.asked += 1
        if self.is_closed:
            raise AppError(ErrorCode.WRONG_CREDENTIALS)
        return KEY

    def __getattr__(self, name: str) -> Any:
        raise AssertionError(f"nobody asks the vault for {name} here")


def test_records_go_while_the_screen_is_locked_where_that_was_allowed(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(UNATTENDED) as clinic:
        register(clinic, "홍길동", "00417")
        leave_unattended(clinic)
        told: list[bool] = []
        clinic.navigator.records_synced.connect(lambda: told.append(True))
        pass_time(clinic, QUARTER)
        assert runs(server) == 1
        assert not told
        unlock(clinic)
        assert told
        assert clinic.sync.standing.open == 0


def start_anew(clinic: OpenedClinic, *, is_closed: bool = False) -> "UnattendedVault":
    """Let the program show its sign-in page, and nobody have come in yet."""
    vault = leave_unattended(clinic, is_closed=is_closed)
    clinic.sync.forget()
    clinic.sync.watch(clinic.entrance)
    clinic.settle()
    return vault


def test_records_go_before_anybody_has_signed_in(open_clinic: Open, server: ScriptedServer) -> None:
    with open_clinic(UNATTENDED) as clinic:
        register(clinic, "홍길동", "00417")
        start_anew(clinic)
        pass_time(clinic, QUARTER)
        pass_time(clinic, QUARTER - 1)
        assert runs(server) == 1
        pass_time(clinic, 1)
        assert runs(server) == 2
        unlock(clinic)
        assert clinic.sync.standing.open == 0


def test_a_start_is_no_reason_to_run_before_it_is_due(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(UNATTENDED) as clinic:
        start_anew(clinic)
        pass_time(clinic, QUARTER - 1)
        assert not server.calls
        assert clinic.sync.standing.error is None
        unlock(clinic)


def test_a_start_opens_nothing_where_no_key_was_left(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(UNATTENDED) as clinic:
        vault = start_anew(clinic, is_closed=True)
        pass_time(clinic, 10 * QUARTER)
        assert (vault.asked, server.calls) == (0, [])
        unlock(clinic)


def test_the_screen_stays_alone_where_that_was_not_allowed(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(AUTOMATIC) as clinic:
        leave_unattended(clinic)
        pass_time(clinic, 10 * QUARTER)
        assert not server.calls
        unlock(clinic)


def test_a_key_store_that_lost_the_key_is_not_asked_again_and_again(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(UNATTENDED) as clinic:
        vault = leave_unattended(clinic, is_closed=True)
        for _ in range(5):
            pass_time(clinic, QUARTER)
        assert vault.asked == 1
        assert not server.calls
        error = clinic.sync.standing.error
        assert error is not None
        assert error.code is ErrorCode.UNATTENDED_NOT_ALLOWED
        assert not clinic.errors
        unlock(clinic)
        pass_time(clinic, 1)
        assert runs(server) == 1


def test_whoever_comes_in_closes_what_ran_unattended_first(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(UNATTENDED) as clinic:
        register(clinic, "홍길동", "00417")
        leave_unattended(clinic)
        server.is_open.clear()
        clock_of(clinic).pass_time(QUARTER)
        clinic.sync.look()
        clinic.qtbot.waitUntil(lambda: runs(server) == 1)
        # The line does not answer; the person does not wait for it.
        unlock(clinic)
        assert clinic.sync.standing.is_running
        with clinic.session.unit_of_work() as work:
            assert work.outbox.counts().waiting == 1
        server.is_open.set()
        wait_for_end(clinic)
        assert not clinic.errors
        pass_time(clinic, 1)
        assert clinic.sync.standing.open == 0


def test_somebody_may_come_in_before_the_records_were_even_opened(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(UNATTENDED) as clinic:
        leave_unattended(clinic)
        clock_of(clinic).pass_time(QUARTER)
        clinic.sync.look()
        unlock(clinic)
        wait_for_end(clinic)
        assert not server.calls
        assert not clinic.errors


def test_a_run_that_falls_due_while_somebody_comes_in_leaves_the_records_alone(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(UNATTENDED) as clinic:
        vault = leave_unattended(clinic)
        clock_of(clinic).pass_time(QUARTER)
        unlock(clinic, meanwhile=clinic.sync.look)
        wait_for_end(clinic)
        assert (vault.asked, server.calls) == (1, [])
        assert clinic.sync.standing.error is None
        assert not clinic.errors


def test_staff_sees_how_records_stand_and_starts_nothing(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic(AUTOMATIC, role=Role.STAFF) as clinic:
        assert clinic.sync.standing.status is not None
        pass_time(clinic, QUARTER)
        assert not server.calls


@pytest.mark.logs_warning
def test_what_nobody_expected_shows_in_the_state_and_is_not_repeated(
    open_clinic: Open, server: ScriptedServer
) -> None:
    def fail(_record: object) -> Any:
        raise ZeroDivisionError

    with open_clinic(AUTOMATIC) as clinic:
        register(clinic, "홍길동", "00417")
        server.answer = fail
        pass_time(clinic, QUARTER)
        assert clinic.sync.standing.incident
        pass_time(clinic, 10 * QUARTER)
        assert runs(server) == 1
        assert not clinic.errors


def test_progress_comes_ten_times_a_second_at_most(
    open_clinic: Open, server: ScriptedServer
) -> None:
    with open_clinic() as clinic:
        seen: list[int] = []
        clinic.sync._relay.progressed.connect(lambda progress: seen.append(progress.received))
        server.page = IncomingPage((), "1", has_more=True)
        clinic.sync.start()
        clinic.qtbot.waitUntil(lambda: server.calls.count("pull") > 60)
        clinic.sync.cancel()
        wait_for_end(clinic)
        assert len(seen) < server.calls.count("pull")


def test_closing_does_not_wait_for_a_line_that_is_silent(
    open_clinic: Open, server: ScriptedServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sync_runner, "_LONGEST_GOODBYE_SECONDS", 0.05)
    with open_clinic() as clinic:
        server.is_open.clear()
        clinic.sync.start()
        clinic.qtbot.waitUntil(lambda: runs(server) == 1)
        clinic.sync.leave()
        clinic.sync.close()
        assert not server.is_open.is_set()
