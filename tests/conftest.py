"""Fence every test off from the person's data, the real key store and the network."""

import logging
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from PySide6.QtWidgets import QApplication

from desktop_app.gui import theme
from desktop_app.gui.texts import set_language

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.fail.Keyring"
# One thread a worker: the runs share few cores, and a forest is small.
os.environ.setdefault("OMP_NUM_THREADS", "1")

# The long forms of the tests were asked for: `make test FULL=1`.
IS_FULL_RUN = os.environ.get("FULL") == "1"
LOOPBACK = {"127.0.0.1", "::1", "localhost"}
OUR_LOGGERS = ("desktop_app", "risk_model", "backend")

# A property is broken by a value, never by a busy machine, a first run without caches or an earlier
# run. New values are looked for in the long forms; the others try the same ones each time.
settings.register_profile(
    "by-value",
    deadline=None,
    database=None,
    derandomize=not IS_FULL_RUN,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("by-value")


class _NetworkFence:
    """Refuse connections beyond loopback, and every one while `is_closed`."""

    is_closed = False

    def __call__(self, event: str, arguments: tuple[Any, ...]) -> None:
        if event not in {"socket.connect", "socket.bind"}:
            return
        address = arguments[1]
        if isinstance(address, tuple) and (self.is_closed or address[0] not in LOOPBACK):
            raise AssertionError(f"a test reached for the network: {event} {address}")


fence = _NetworkFence()
sys.addaudithook(fence)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the long and the frozen tests unless they were asked for."""
    wanted = {"full": IS_FULL_RUN, "frozen": IS_FULL_RUN or os.environ.get("FROZEN") == "1"}
    left_out = [
        item
        for item in items
        if any(item.get_closest_marker(name) and not wanted[name] for name in wanted)
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def is_full_run() -> bool:
    """Tell whether the long forms of the tests were asked for (`make test FULL=1`)."""
    return IS_FULL_RUN


@pytest.fixture(autouse=True)
def _own_data_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Point every place where the program could look for a person's data at a new folder."""
    monkeypatch.setenv("MESODESK_DATA_DIR", str(tmp_path / "data"))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_CACHE_HOME", "APPDATA", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))


@pytest.fixture(autouse=True)
def _own_look() -> None:
    """Start every test in Korean, in the system's colours, at 100 %, whatever came before it."""
    set_language("ko")
    if QApplication.instance() is not None:
        theme.apply("system", 1.0)


@pytest.fixture(autouse=True)
def _closed_network(request: pytest.FixtureRequest) -> Iterator[None]:
    """Close even loopback to the unit tests."""
    fence.is_closed = Path(__file__).parent / "unit" in request.path.parents
    yield
    fence.is_closed = False


@pytest.fixture(autouse=True)
def _no_unexpected_warning(
    request: pytest.FixtureRequest, caplog: pytest.LogCaptureFixture
) -> Iterator[None]:
    """Fail a test in which the program logged a warning that nobody expected."""
    yield
    if request.node.get_closest_marker("logs_warning"):
        return
    unexpected = [
        record.getMessage()
        for record in caplog.get_records("call")
        if record.levelno >= logging.WARNING and record.name.split(".")[0] in OUR_LOGGERS
    ]
    assert not unexpected, f"unexpected log records: {unexpected}"
