"""The vault file: what damage does to it, what it leaves behind, and how long refusals take."""

import hashlib
import json
import logging
import math
import random
import statistics
import time
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from desktop_app.application.ports import Door
from desktop_app.domain.account import Account, Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import new_record_id
from desktop_app.infrastructure.vault.file_vault import FileVault
from desktop_app.infrastructure.vault.key_wrapping import (
    KdfCost,
    Wrapper,
    measure_cost,
    spend_time,
    wrap_with_password,
)
from desktop_app.infrastructure.vault.vault_format import read_vault, write_vault

CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
ADMIN = Account(new_record_id(), "minjae.choi", "최민재", frozenset({Role.ADMIN}))
DOOR = Door("가나다내과의원", "진료실 2", (ADMIN,))
PASSWORD = "gray-lamp-river"
REFUSALS = {
    ErrorCode.VAULT_DAMAGED,
    ErrorCode.VAULT_NEWER,
    ErrorCode.WRONG_CREDENTIALS,
}


@pytest.fixture
def vault(tmp_path: Path) -> FileVault:
    return FileVault(tmp_path, lambda: CHEAP)


@pytest.fixture
def key(vault: FileVault, tmp_path: Path) -> bytes:
    made, _ = vault.create(DOOR, ADMIN.account_id, PASSWORD)
    return made


def code_of(error: pytest.ExceptionInfo[AppError]) -> ErrorCode:
    return error.value.code


def test_300_flipped_bytes_are_each_refused_or_harmless(
    vault: FileVault, key: bytes, tmp_path: Path
) -> None:
    (tmp_path / "vault.json.previous").unlink()
    path = tmp_path / "vault.json"
    whole = path.read_bytes()
    chance = random.Random(20260317)
    refused = 0
    for _ in range(300):
        place, bit = chance.randrange(len(whole)), 1 << chance.randrange(8)
        path.write_bytes(whole[:place] + bytes([whole[place] ^ bit]) + whole[place + 1 :])
        try:
            opened = vault.unlock("minjae.choi", PASSWORD)
        except AppError as error:
            assert error.code in REFUSALS  # noqa: PT017 - either outcome is right
            refused += 1
        else:
            assert opened == (ADMIN.account_id, key, 1)
            assert vault.door() == DOOR
    assert refused > 150


@pytest.mark.parametrize(
    "content",
    [b"", b"\x00" * 4096, b"{}", b"[]", b"null", b"[" * 100_000, b'{"format": 1}', b"\xff\xfe{}"],
)
def test_a_foreign_file_is_damaged(vault: FileVault, tmp_path: Path, content: bytes) -> None:
    (tmp_path / "vault.json").write_bytes(content)
    with pytest.raises(AppError) as refused:
        vault.door()
    assert code_of(refused) is ErrorCode.VAULT_DAMAGED


@pytest.mark.parametrize(
    ("part", "name", "value"),
    [
        ("cost", "passes", math.inf),
        ("cost", "passes", 10**30),
        ("cost", "lanes", math.nan),
        ("clinic", "name", "\ud800"),
        ("clinic", "seat", "half \udfff"),
    ],
)
def test_what_no_program_wrote_is_damaged_though_its_digest_fits(
    vault: FileVault, key: bytes, tmp_path: Path, part: str, name: str, value: object
) -> None:
    (tmp_path / "vault.json.previous").unlink()
    document = json.loads((tmp_path / "vault.json").read_text("utf-8"))
    document["vault"][part][name] = value
    body = json.dumps(document["vault"], sort_keys=True, separators=(",", ":"))
    document["sha256"] = hashlib.sha256(body.encode()).hexdigest()
    (tmp_path / "vault.json").write_text(json.dumps(document), "utf-8")
    for read in (vault.door, vault.check):
        with pytest.raises(AppError) as refused:
            read()
        assert code_of(refused) is ErrorCode.VAULT_DAMAGED


def test_a_newer_vault_is_refused_even_beside_an_older_copy(
    vault: FileVault, key: bytes, tmp_path: Path
) -> None:
    document = json.loads((tmp_path / "vault.json").read_text("utf-8"))
    document["format"] = 2
    (tmp_path / "vault.json").write_text(json.dumps(document), "utf-8")
    with pytest.raises(AppError) as refused:
        vault.unlock("minjae.choi", PASSWORD)
    assert code_of(refused) is ErrorCode.VAULT_NEWER
    assert refused.value.context == {"format": 2, "known": 1}


@pytest.mark.logs_warning
def test_the_copy_before_stands_in_for_a_damaged_vault(
    vault: FileVault, key: bytes, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    seen = replace(ADMIN, last_sign_in=datetime(2026, 3, 17, tzinfo=UTC))
    vault.save_door(replace(DOOR, accounts=(seen,)))
    (tmp_path / "vault.json").write_bytes(b"not a vault")
    with pytest.raises(AppError) as refused:
        vault.check()
    assert code_of(refused) is ErrorCode.VAULT_DAMAGED
    with caplog.at_level(logging.WARNING):
        assert vault.unlock("minjae.choi", PASSWORD) == (ADMIN.account_id, key, 1)
    assert "vault_damaged" in caplog.text
    vault.set_password(key, ADMIN.account_id, "blue-pine-boat")
    caplog.clear()
    assert vault.unlock("minjae.choi", "blue-pine-boat")[1] == key
    assert not caplog.records


@pytest.mark.logs_warning
def test_what_was_revoked_opens_no_copy(vault: FileVault, tmp_path: Path) -> None:
    key, old_recovery_key = vault.create(DOOR, ADMIN.account_id, PASSWORD)
    vault.set_password(key, ADMIN.account_id, "blue-pine-boat")
    vault.replace_recovery_key(key)
    (tmp_path / "vault.json").unlink()
    with pytest.raises(AppError) as refused:
        vault.unlock("minjae.choi", PASSWORD)
    assert code_of(refused) is ErrorCode.WRONG_CREDENTIALS
    with pytest.raises(AppError) as refused:
        vault.unlock_with_recovery_key(old_recovery_key)
    assert code_of(refused) is ErrorCode.RECOVERY_KEY_WRONG


def test_a_wrapper_moved_to_another_account_opens_nothing(
    vault: FileVault, key: bytes, tmp_path: Path
) -> None:
    contents = read_vault((tmp_path / "vault.json").read_bytes())
    other = replace(ADMIN, account_id=new_record_id(), login="other")
    moved = replace(
        contents,
        door=replace(DOOR, accounts=(other,)),
        wrappers={other.account_id: contents.wrappers[ADMIN.account_id]},
    )
    (tmp_path / "vault.json").write_bytes(write_vault(moved))
    with pytest.raises(AppError) as refused:
        vault.unlock("other", PASSWORD)
    assert code_of(refused) is ErrorCode.WRONG_CREDENTIALS


def test_a_password_cannot_be_given_another_number(
    vault: FileVault, key: bytes, tmp_path: Path
) -> None:
    contents = read_vault((tmp_path / "vault.json").read_bytes())
    wrapper = replace(contents.wrappers[ADMIN.account_id], generation=9)
    newer = replace(contents, wrappers={ADMIN.account_id: wrapper})
    (tmp_path / "vault.json").write_bytes(write_vault(newer))
    with pytest.raises(AppError) as refused:
        vault.unlock("minjae.choi", PASSWORD)
    assert code_of(refused) is ErrorCode.WRONG_CREDENTIALS


def test_a_vault_from_before_passwords_were_numbered_opens(
    vault: FileVault, key: bytes, tmp_path: Path
) -> None:
    contents = read_vault((tmp_path / "vault.json").read_bytes())
    holder = f"mesodesk vault 1 account {ADMIN.account_id}".encode()
    first = wrap_with_password(key, PASSWORD, CHEAP, holder)
    written = json.loads(write_vault(replace(contents, wrappers={ADMIN.account_id: first})))
    for wrapper in (written["vault"]["recovery"], *written["vault"]["wrappers"].values()):
        del wrapper["generation"]
    text = json.dumps(written["vault"], sort_keys=True, separators=(",", ":"))
    written["sha256"] = hashlib.sha256(text.encode()).hexdigest()
    (tmp_path / "vault.json").write_text(json.dumps(written), "utf-8")
    assert vault.unlock("minjae.choi", PASSWORD) == (ADMIN.account_id, key, 0)


def test_neither_file_nor_representation_shows_a_secret(
    vault: FileVault, key: bytes, tmp_path: Path
) -> None:
    vault.set_password(key, ADMIN.account_id, "blue-pine-boat")
    for file in tmp_path.iterdir():
        content = file.read_bytes()
        assert key not in content
        assert b"blue-pine-boat" not in content
        assert key.hex().encode() not in content
    wrapper = wrap_with_password(key, PASSWORD, CHEAP, b"holder")
    assert repr(wrapper) == repr(Wrapper(b"", b"", b"", CHEAP))


@pytest.mark.logs_warning
def test_a_folder_in_the_vaults_place_is_damage_and_the_copy_stands_in(
    vault: FileVault, key: bytes, tmp_path: Path
) -> None:
    path = tmp_path / "vault.json"
    path.unlink()
    path.mkdir()
    assert vault.unlock("minjae.choi", PASSWORD) == (ADMIN.account_id, key, 1)
    (tmp_path / "vault.json.previous").unlink()
    with pytest.raises(AppError) as refused:
        vault.door()
    assert code_of(refused) is ErrorCode.VAULT_DAMAGED


def test_only_the_owner_may_read_the_vault(key: bytes, tmp_path: Path) -> None:
    for file in tmp_path.iterdir():
        assert file.stat().st_mode & 0o077 == 0


def test_a_write_leaves_nothing_beside_the_vault(
    vault: FileVault, key: bytes, tmp_path: Path
) -> None:
    vault.set_password(key, ADMIN.account_id, "blue-pine-boat")
    assert {file.name for file in tmp_path.iterdir()} == {"vault.json", "vault.json.previous"}


@pytest.mark.parametrize(
    ("number", "code"), [(28, ErrorCode.DISK_FULL), (30, ErrorCode.FOLDER_READ_ONLY)]
)
def test_a_disk_that_refuses_keeps_the_vault_as_it_was(
    vault: FileVault,
    key: bytes,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    number: int,
    code: ErrorCode,
) -> None:
    def refuse(handle: int) -> None:
        raise OSError(number, "refused")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", refuse)
        with pytest.raises(AppError) as refused:
            vault.set_password(key, ADMIN.account_id, "blue-pine-boat")
    assert code_of(refused) is code
    assert vault.unlock("minjae.choi", PASSWORD)[1] == key
    assert {file.name for file in tmp_path.iterdir()} == {"vault.json", "vault.json.previous"}


def test_unknown_login_and_wrong_password_take_the_same_time(tmp_path: Path) -> None:
    # A tenth of a real derivation; long enough to stand out of the machine's noise.
    vault = FileVault(tmp_path, lambda: KdfCost(passes=1, memory_kib=32 * 1024, lanes=1))
    vault.create(DOOR, ADMIN.account_id, PASSWORD)

    def seconds(login: str) -> float:
        began = time.process_time()
        with pytest.raises(AppError):
            vault.unlock(login, "wrong-password")
        return time.process_time() - began

    pairs = [(seconds("minjae.choi"), seconds("nobody")) for _ in range(25)]
    known, unknown = (statistics.median(column) for column in zip(*pairs, strict=True))
    assert abs(known - unknown) < 0.2 * known


@pytest.mark.timeout(60)
def test_the_measured_cost_takes_its_time_and_memory() -> None:
    cost = measure_cost()
    assert cost.memory_kib >= 64 * 1024
    began = time.perf_counter()
    spend_time("a password", cost)
    # Wide, for machines that are busy with other tests.
    assert 0.1 < time.perf_counter() - began < 3
