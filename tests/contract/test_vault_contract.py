"""What every Vault does, the fake one and the file."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

import pytest

from desktop_app.application.ports import Door, Vault
from desktop_app.domain.account import Account, Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import new_record_id
from desktop_app.infrastructure.vault.file_vault import FileVault
from desktop_app.infrastructure.vault.key_wrapping import KdfCost
from tests.fakes.samples import mistyped
from tests.fakes.vault import FakeVault

CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
ADMIN = Account(new_record_id(), "minjae.choi", "최민재", frozenset({Role.ADMIN}))
DOCTOR = Account(
    new_record_id(),
    "haneul.kim",
    "김하늘",
    frozenset({Role.DOCTOR}),
    department="호흡기내과",
    last_sign_in=datetime(2026, 3, 16, 23, 41, tzinfo=UTC),
)
DOOR = Door("가나다내과의원", "진료실 2", (ADMIN,))
PASSWORD = "gray-lamp-river"


@pytest.fixture(params=["fake", "file"])
def reopen(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[], Vault]:
    """Return what opens the same vault as a new program would."""
    if request.param == "file":
        return lambda: FileVault(tmp_path, lambda: CHEAP)
    fake = FakeVault()
    return lambda: fake


@pytest.fixture
def vault(reopen: Callable[[], Vault]) -> Vault:
    return reopen()


def refusal(action: Callable[[], object]) -> ErrorCode:
    with pytest.raises(AppError) as refused:
        action()
    return refused.value.code


def test_a_folder_without_a_vault_says_so(vault: Vault) -> None:
    assert not vault.exists()
    assert refusal(vault.door) is ErrorCode.VAULT_MISSING
    assert refusal(vault.check) is ErrorCode.VAULT_MISSING
    assert refusal(lambda: vault.unlock("a", "b")) is ErrorCode.VAULT_MISSING


def test_password_and_recovery_key_open_the_same_data_key(reopen: Callable[[], Vault]) -> None:
    key, recovery_key = reopen().create(DOOR, ADMIN.account_id, PASSWORD)
    assert len(key) == 32
    assert reopen().exists()
    assert reopen().door() == DOOR
    assert reopen().unlock("minjae.choi", PASSWORD) == (ADMIN.account_id, key, 1)
    assert reopen().unlock_with_recovery_key(recovery_key.lower()) == key


def test_two_vaults_share_nothing(tmp_path: Path) -> None:
    made = [
        FileVault(tmp_path / name, lambda: CHEAP).create(DOOR, ADMIN.account_id, PASSWORD)
        for name in ("a", "b")
    ]
    assert made[0][0] != made[1][0]
    assert made[0][1] != made[1][1]


def test_a_vault_is_never_made_anew(vault: Vault) -> None:
    key, _ = vault.create(DOOR, ADMIN.account_id, PASSWORD)
    again = refusal(lambda: vault.create(DOOR, ADMIN.account_id, "another-password"))
    assert again is ErrorCode.CLINIC_EXISTS
    assert vault.unlock("minjae.choi", PASSWORD)[1] == key


def test_wrong_password_and_unknown_login_are_one_refusal(vault: Vault) -> None:
    vault.create(DOOR, ADMIN.account_id, PASSWORD)
    wrong = [("minjae.choi", "gray-lamp"), ("minjae.choi", "\udcff"), ("\udcff", "x"), ("", "")]
    for login, password in [*wrong, ("nobody", PASSWORD)]:
        with pytest.raises(AppError) as refused:
            vault.unlock(login, password)
        assert refused.value.code is ErrorCode.WRONG_CREDENTIALS
        assert refused.value.context == {}


def test_a_recovery_key_of_another_clinic_is_wrong(vault: Vault) -> None:
    vault.create(DOOR, ADMIN.account_id, PASSWORD)
    _, foreign = FakeVault().create(DOOR, ADMIN.account_id, PASSWORD)
    assert refusal(lambda: vault.unlock_with_recovery_key(foreign)) is ErrorCode.RECOVERY_KEY_WRONG


def test_a_mistyped_recovery_key_names_the_group(vault: Vault) -> None:
    _, key = vault.create(DOOR, ADMIN.account_id, PASSWORD)
    groups = key.split("-")
    groups[4] = mistyped(groups[4])
    with pytest.raises(AppError) as refused:
        vault.unlock_with_recovery_key("-".join(groups))
    assert refused.value.code is ErrorCode.RECOVERY_KEY_MISTYPED
    assert refused.value.context["group"] == 5


def test_a_second_person_gets_the_same_data_key(reopen: Callable[[], Vault]) -> None:
    key, _ = reopen().create(DOOR, ADMIN.account_id, PASSWORD)
    reopen().save_door(replace(DOOR, accounts=(ADMIN, DOCTOR), hides_accounts=True))
    refused = refusal(lambda: reopen().unlock("haneul.kim", "blue-pine-boat"))
    assert refused is ErrorCode.WRONG_CREDENTIALS
    reopen().set_password(key, DOCTOR.account_id, "blue-pine-boat")
    assert reopen().door().accounts == (ADMIN, DOCTOR)
    assert reopen().door().hides_accounts
    assert reopen().unlock("haneul.kim", "blue-pine-boat") == (DOCTOR.account_id, key, 1)
    assert reopen().unlock("minjae.choi", PASSWORD) == (ADMIN.account_id, key, 1)


def test_a_new_password_ends_the_old_one(reopen: Callable[[], Vault]) -> None:
    key, _ = reopen().create(DOOR, ADMIN.account_id, PASSWORD)
    reopen().set_password(key, ADMIN.account_id, "blue-pine-boat")
    assert reopen().unlock("minjae.choi", "blue-pine-boat")[1] == key
    refused = refusal(lambda: reopen().unlock("minjae.choi", PASSWORD))
    assert refused is ErrorCode.WRONG_CREDENTIALS


def test_each_password_of_an_account_has_a_higher_number(reopen: Callable[[], Vault]) -> None:
    key, _ = reopen().create(DOOR, ADMIN.account_id, PASSWORD)
    about = ADMIN.account_id
    assert reopen().set_password(key, about, "blue-pine-boat") == 2
    assert reopen().set_password(key, about, "green-fern-stone", after=1) == 3
    assert reopen().set_password(key, about, "gray-lamp-river", after=7) == 8
    assert reopen().unlock("minjae.choi", "gray-lamp-river").generation == 8


def test_a_removed_account_opens_nothing(reopen: Callable[[], Vault]) -> None:
    key, recovery_key = reopen().create(DOOR, ADMIN.account_id, PASSWORD)
    reopen().remove(ADMIN.account_id)
    refused = refusal(lambda: reopen().unlock("minjae.choi", PASSWORD))
    assert refused is ErrorCode.WRONG_CREDENTIALS
    assert reopen().unlock_with_recovery_key(recovery_key) == key


def test_a_new_recovery_key_ends_the_old_one(reopen: Callable[[], Vault]) -> None:
    key, old = reopen().create(DOOR, ADMIN.account_id, PASSWORD)
    new = reopen().replace_recovery_key(key)
    assert reopen().unlock_with_recovery_key(new) == key
    refused = refusal(lambda: reopen().unlock_with_recovery_key(old))
    assert refused is ErrorCode.RECOVERY_KEY_WRONG


def test_a_password_in_hangul_opens_however_it_was_composed(vault: Vault) -> None:
    key, _ = vault.create(DOOR, ADMIN.account_id, "소나무아래파란배일곱척")
    decomposed = "\u1109\u1169\u1102\u1161\u1106\u116e" + "아래파란배일곱척"
    assert vault.unlock("minjae.choi", decomposed)[1] == key


def test_the_key_stores_secret_opens_the_clinic_only_while_that_is_allowed(
    reopen: Callable[[], Vault],
) -> None:
    key, _ = reopen().create(DOOR, ADMIN.account_id, PASSWORD)
    for secret in ("", "00" * 20, "no hexadecimal"):
        assert refusal(partial(reopen().unlock_unattended, secret)) is ErrorCode.WRONG_CREDENTIALS
    assert not reopen().allows_unattended()
    first = reopen().allow_unattended(key)
    assert reopen().allows_unattended()
    assert reopen().unlock_unattended(first) == key
    second = reopen().allow_unattended(key)
    assert refusal(lambda: reopen().unlock_unattended(first)) is ErrorCode.WRONG_CREDENTIALS
    assert reopen().unlock_unattended(second) == key
    assert reopen().unlock("minjae.choi", PASSWORD).key == key
    reopen().forbid_unattended()
    assert not reopen().allows_unattended()
    assert refusal(lambda: reopen().unlock_unattended(second)) is ErrorCode.WRONG_CREDENTIALS
