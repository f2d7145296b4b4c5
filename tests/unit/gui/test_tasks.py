"""Background work arrives on the GUI thread, in order, and survives failing jobs."""

import gc
import threading
import weakref
from collections.abc import Iterator
from functools import partial
from typing import NoReturn

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.tasks import GarbageCollector, Tasks


@pytest.fixture
def tasks(qapp: QApplication) -> Iterator[Tasks]:
    made = Tasks("test")
    yield made
    made.close()


def fail_with(error: BaseException) -> NoReturn:
    raise error


def test_work_runs_elsewhere_and_its_result_arrives_here(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[tuple[str, bool]] = []
    here = threading.current_thread()
    tasks.run(
        lambda: threading.current_thread().name,
        lambda name: seen.append((name, threading.current_thread() is here)),
    )
    qtbot.waitUntil(lambda: bool(seen))
    assert seen == [("test", True)]


def test_jobs_finish_in_the_order_they_were_given(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[int] = []
    for number in range(20):
        tasks.run(partial(int, number), seen.append)
    qtbot.waitUntil(lambda: len(seen) == 20)
    assert seen == list(range(20))


def test_a_known_error_goes_to_the_one_who_asked(qtbot: QtBot, tasks: Tasks) -> None:
    errors: list[AppError] = []
    tasks.run(lambda: fail_with(AppError(ErrorCode.DISK_FULL)), print, errors.append)
    qtbot.waitUntil(lambda: bool(errors))
    assert errors[0].code is ErrorCode.DISK_FULL


def test_a_known_error_that_nobody_expects_is_reported(qtbot: QtBot, tasks: Tasks) -> None:
    with qtbot.waitSignal(tasks.error_raised) as caught:
        tasks.run(lambda: fail_with(AppError(ErrorCode.DATABASE_BUSY)), print)
    assert caught.args is not None
    assert caught.args[0].code is ErrorCode.DATABASE_BUSY


@pytest.mark.logs_warning
def test_a_bug_gets_a_number_and_its_values_stay_out_of_the_log(
    qtbot: QtBot, tasks: Tasks, caplog: pytest.LogCaptureFixture
) -> None:
    with qtbot.waitSignal(tasks.incident_raised) as caught:
        tasks.run(lambda: fail_with(ValueError("홍길동 00412758")), print)
    assert caught.args is not None
    assert caught.args[0] in caplog.text
    assert "ValueError" in caplog.text
    assert "fail_with" in caplog.text
    assert "홍길동" not in caplog.text
    assert "00412758" not in caplog.text


@pytest.mark.logs_warning
def test_a_failing_job_does_not_strand_the_next(qtbot: QtBot, tasks: Tasks) -> None:
    seen: list[str] = []
    tasks.run(lambda: fail_with(RuntimeError()), print)
    tasks.run(lambda: fail_with(SystemExit()), print)
    tasks.run(lambda: "next", seen.append)
    qtbot.waitUntil(lambda: seen == ["next"])
    assert not tasks.is_busy


def test_closing_finishes_every_job_and_delivers_it(tasks: Tasks) -> None:
    seen: list[int] = []
    for number in range(5):
        tasks.run(partial(int, number), seen.append)
    tasks.close()
    assert seen == [0, 1, 2, 3, 4]


def test_settling_waits_for_what_outcomes_add_and_goes_on(tasks: Tasks) -> None:
    seen: list[int] = []

    def add_next(number: int) -> None:
        seen.append(number)
        if number < 3:
            tasks.run(partial(int, number + 1), add_next)

    tasks.run(partial(int, 0), add_next)
    tasks.settle()
    assert seen == [0, 1, 2, 3]
    assert not tasks.is_busy
    tasks.run(partial(int, 4), seen.append)
    tasks.settle()
    assert seen[-1] == 4
    tasks.close()
    tasks.settle()


class Receiver(QObject):
    seen: list[object]

    def __init__(self) -> None:
        super().__init__()
        self.seen = []

    def take(self, value: object) -> None:
        self.seen.append(value)


def test_a_result_for_a_deleted_receiver_is_dropped(qtbot: QtBot, tasks: Tasks) -> None:
    import shiboken6

    receiver, after = Receiver(), list[int]()
    tasks.run(lambda: 1, receiver.take)
    shiboken6.delete(receiver)
    tasks.run(lambda: 2, after.append)
    qtbot.waitUntil(lambda: after == [2])
    assert receiver.seen == []


def test_busy_is_told_once_for_a_row_of_jobs(qtbot: QtBot, tasks: Tasks) -> None:
    changes: list[bool] = []
    tasks.busy_changed.connect(changes.append)
    tasks.run(lambda: None, lambda _: None)
    tasks.run(lambda: None, lambda _: None)
    qtbot.waitUntil(lambda: not tasks.is_busy)
    assert changes == [True, False]


def test_what_nobody_reaches_any_more_is_freed_on_this_thread(qtbot: QtBot, tasks: Tasks) -> None:
    freed_on: list[int] = []

    class Knot:
        def __init__(self) -> None:
            self.itself = self
            weakref.finalize(self, lambda: freed_on.append(threading.get_ident()))

    def leave_knots() -> None:
        for _ in range(5000):
            Knot()

    collector = GarbageCollector()
    try:
        with qtbot.waitSignal(tasks.busy_changed, check_params_cb=lambda busy: not busy):
            tasks.run(leave_knots, lambda _nothing: None)
        assert freed_on == []
        collector.collect()
        assert set(freed_on) == {threading.get_ident()}
    finally:
        collector.close()
    assert gc.isenabled()
