"""The file of failed sign-ins: damaged, unwritable, flooded."""

import json
from pathlib import Path

import pytest

from desktop_app.infrastructure.vault.sign_in_guard import FileSignInGuard
from tests.fakes.clock import FakeClock


@pytest.mark.parametrize(
    "content", [b"", b"\x00\xff", b"[]", b'{"salt": "00"}', b'{"salt": "0", "failures": {}}',
                b'{"salt": "00", "failures": {"x": -3}}', b'{"salt": "00", "failures": [1]}']
)  # fmt: skip
def test_a_damaged_file_makes_everyone_wait_once(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "sign_in.json").write_bytes(content)
    clock = FakeClock()
    guard = FileSignInGuard(tmp_path, clock)
    assert guard.wait_seconds("kim") == 30
    clock.pass_time(30)
    assert guard.wait_seconds("kim") == 0
    assert guard.note_success("kim") == 0
    assert guard.wait_seconds("kim") == 0
    again = FileSignInGuard(tmp_path, clock)
    assert again.wait_seconds("kim") == 0


def test_a_failure_after_damage_waits_longer_not_shorter(tmp_path: Path) -> None:
    (tmp_path / "sign_in.json").write_bytes(b"torn")
    guard = FileSignInGuard(tmp_path, FakeClock())
    assert guard.note_failure("kim") == 6
    assert FileSignInGuard(tmp_path, FakeClock()).wait_seconds("kim") == 60


def test_the_file_names_nobody(tmp_path: Path) -> None:
    FileSignInGuard(tmp_path, FakeClock()).note_failure("minjae.choi")
    assert "minjae" not in (tmp_path / "sign_in.json").read_text("utf-8")


def test_a_flood_of_logins_keeps_the_file_small_and_the_real_count(tmp_path: Path) -> None:
    clock = FakeClock()
    guard = FileSignInGuard(tmp_path, clock)
    for _ in range(6):
        guard.note_failure("kim")
    for number in range(520):
        guard.note_failure(f"nobody{number}")
    kept = json.loads((tmp_path / "sign_in.json").read_text("utf-8"))["failures"]
    assert len(kept) == 500
    assert FileSignInGuard(tmp_path, clock).wait_seconds("kim") == 60


@pytest.mark.logs_warning
def test_a_folder_that_refuses_still_counts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(28, "full")

    guard = FileSignInGuard(tmp_path, FakeClock())
    monkeypatch.setattr("os.fsync", refuse)
    assert [guard.note_failure("kim") for _ in range(5)][-1] == 5
    assert guard.wait_seconds("kim") == 30
