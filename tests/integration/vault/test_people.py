"""Coming in, going out, and who may: over the real vault, guard and database."""

import errno
import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial

import pytest

from desktop_app.application.accounts import (
    AccountDetails,
    change_account,
    change_own_password,
    create_account,
    give_password,
    list_accounts,
)
from desktop_app.application.first_run import check_plan
from desktop_app.application.session import Session
from desktop_app.application.settings import change_clinic, read_clinic
from desktop_app.application.sign_in import (
    door_of,
    lock,
    reset_password_with_recovery_key,
    sign_in,
    sign_out,
    unlock,
)
from desktop_app.domain.account import Role
from desktop_app.domain.errors import AppError, ErrorCode
from tests.integration.vault.conftest import PASSWORD, PLAN, Clinic

LOGIN = "minjae.choi"
DOCTOR = AccountDetails("haneul.kim", "김하늘", frozenset({Role.DOCTOR}), "호흡기내과")
STAFF = AccountDetails("seoyeon.park", "박서연", frozenset({Role.STAFF}))
NEW_PASSWORD = "blue-pine-boat"


def refusal(action: Callable[[], object]) -> AppError:
    with pytest.raises(AppError) as refused:
        action()
    return refused.value


@pytest.fixture
def admin(clinic: Clinic) -> Session:
    return sign_in(clinic.entrance, LOGIN, PASSWORD)


def audit_count(session: Session) -> int:
    with session.unit_of_work() as work:
        assert work.audit.find_first_broken() is None
        return work.audit.count()


def test_lock_closes_the_database_and_unlock_opens_it_again(clinic: Clinic) -> None:
    session = sign_in(clinic.entrance, LOGIN, PASSWORD)
    before = audit_count(session)
    lock(session)
    again = unlock(clinic.entrance, LOGIN, PASSWORD)
    assert again.person.account_id == session.person.account_id
    assert audit_count(again) == before + 2
    sign_out(again)


def test_the_door_remembers_the_last_sign_in(clinic: Clinic, admin: Session) -> None:
    door = clinic.machine.start().vault.door()
    assert door.clinic_name == "가나다내과의원"
    assert [account.last_sign_in for account in door.accounts] == [clinic.machine.clock.now()]
    admin.close()


def test_a_disk_too_full_for_the_page_before_keeps_nobody_out(
    clinic: Clinic, monkeypatch: pytest.MonkeyPatch
) -> None:
    entrance = clinic.machine.start()

    def refuse(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "full")

    monkeypatch.setattr("os.fsync", refuse)
    clinic.machine.clock.pass_time(60)
    session = sign_in(entrance, LOGIN, PASSWORD)
    assert session.person.last_sign_in == clinic.machine.clock.now()
    session.close()


def test_failures_are_counted_down_delayed_and_audited_later(clinic: Clinic) -> None:
    entrance = clinic.entrance
    quiet = sign_in(entrance, LOGIN, PASSWORD)
    before = audit_count(quiet)
    quiet.close()
    errors = [refusal(lambda: sign_in(entrance, LOGIN, "wrong")) for _ in range(5)]
    assert [error.context["tries_left"] for error in errors] == [4, 3, 2, 1, 0]
    assert errors[-1].context["seconds"] == 30
    delayed = refusal(lambda: sign_in(entrance, LOGIN, PASSWORD))
    assert (delayed.code, delayed.context) == (ErrorCode.SIGN_IN_DELAYED, {"seconds": 30})
    again = clinic.machine.start()
    assert refusal(lambda: sign_in(again, LOGIN, PASSWORD)).code is ErrorCode.SIGN_IN_DELAYED
    clinic.machine.clock.pass_time(30)
    session = sign_in(again, LOGIN, PASSWORD)
    assert audit_count(session) == before + 2
    session.close()


def test_an_unknown_login_is_refused_and_delayed_like_a_known_one(clinic: Clinic) -> None:
    known = [refusal(lambda: sign_in(clinic.entrance, LOGIN, "wrong")) for _ in range(6)]
    unknown = [refusal(lambda: sign_in(clinic.entrance, "nobody", "wrong")) for _ in range(6)]
    assert [(one.code, one.context) for one in known] == [
        (one.code, one.context) for one in unknown
    ]


def test_a_database_that_went_missing_is_not_made_anew(clinic: Clinic) -> None:
    (clinic.machine.folder / "clinic.db").unlink()
    error = refusal(lambda: sign_in(clinic.machine.start(), LOGIN, PASSWORD))
    assert error.code is ErrorCode.DATABASE_MISSING
    assert not (clinic.machine.folder / "clinic.db").exists()


def test_a_new_colleague_signs_in_with_the_roles_of_the_records(
    clinic: Clinic, admin: Session
) -> None:
    create_account(admin, DOCTOR, NEW_PASSWORD)
    admin.close()
    door = clinic.entrance.vault.door()
    raised = tuple(replace(one, roles=frozenset({Role.ADMIN})) for one in door.accounts)
    clinic.entrance.vault.save_door(replace(door, accounts=raised))
    doctor = sign_in(clinic.machine.start(), "haneul.kim", NEW_PASSWORD)
    assert doctor.person.roles == {Role.DOCTOR}
    assert doctor.data_key == admin.data_key
    assert refusal(lambda: list_accounts(doctor)).code is ErrorCode.ROLE_NOT_ALLOWED
    doctor.close()


def test_an_ended_account_stays_out_even_with_an_old_vault_put_back(
    clinic: Clinic, admin: Session
) -> None:
    account = create_account(admin, DOCTOR, NEW_PASSWORD)
    vault = clinic.machine.folder / "vault.json"
    shutil.copy(vault, clinic.machine.folder / "kept.json")
    change_account(admin, account.account_id, replace(DOCTOR, is_active=False))
    admin.close()
    assert [one.login for one in clinic.entrance.vault.door().accounts] == [LOGIN]
    shutil.copy(clinic.machine.folder / "kept.json", vault)
    error = refusal(lambda: sign_in(clinic.machine.start(), "haneul.kim", NEW_PASSWORD))
    assert error.code is ErrorCode.WRONG_CREDENTIALS


def test_a_replaced_password_stays_closed_with_an_old_vault_put_back(
    clinic: Clinic, admin: Session
) -> None:
    create_account(admin, DOCTOR, NEW_PASSWORD)
    admin.close()
    vault, kept = clinic.machine.folder / "vault.json", clinic.machine.folder / "kept.json"
    shutil.copy(vault, kept)
    doctor = sign_in(clinic.machine.start(), "haneul.kim", NEW_PASSWORD)
    change_own_password(doctor, NEW_PASSWORD, "green-fern-stone")
    doctor.close()
    current = vault.read_bytes()
    shutil.copy(kept, vault)
    entrance = clinic.machine.start()
    errors = [
        refusal(partial(sign_in, entrance, "haneul.kim", password))
        for password in (NEW_PASSWORD, "never-was-one")
    ]
    assert [one.code for one in errors] == [ErrorCode.WRONG_CREDENTIALS] * 2
    assert [one.context["tries_left"] for one in errors] == [4, 3]
    # Whose password is still the same gets in, and can give the others new ones.
    again = sign_in(entrance, LOGIN, PASSWORD)
    account = next(one for one in list_accounts(again) if one.login == "haneul.kim")
    give_password(again, account.account_id, "quiet-moss-lane")
    again.close()
    sign_in(clinic.machine.start(), "haneul.kim", "quiet-moss-lane").close()
    vault.write_bytes(current)
    error = refusal(lambda: sign_in(clinic.machine.start(), "haneul.kim", "green-fern-stone"))
    assert error.code is ErrorCode.WRONG_CREDENTIALS


def test_a_password_stays_closed_that_the_recovery_key_replaced(clinic: Clinic) -> None:
    vault, kept = clinic.machine.folder / "vault.json", clinic.machine.folder / "kept.json"
    shutil.copy(vault, kept)
    reset_password_with_recovery_key(clinic.entrance, clinic.recovery_key, LOGIN, NEW_PASSWORD)
    shutil.copy(kept, vault)
    error = refusal(lambda: sign_in(clinic.machine.start(), LOGIN, PASSWORD))
    assert error.code is ErrorCode.WRONG_CREDENTIALS
    # The printed key still leads back in: nobody is locked out for good.
    entrance = clinic.machine.start()
    reset_password_with_recovery_key(entrance, clinic.recovery_key, LOGIN, "green-fern-stone")
    sign_in(entrance, LOGIN, "green-fern-stone").close()


def test_an_account_that_was_ended_and_resumed_stays_closed_to_an_old_vault(
    clinic: Clinic, admin: Session
) -> None:
    account = create_account(admin, DOCTOR, NEW_PASSWORD)
    vault, kept = clinic.machine.folder / "vault.json", clinic.machine.folder / "kept.json"
    shutil.copy(vault, kept)
    change_account(admin, account.account_id, replace(DOCTOR, is_active=False))
    change_account(admin, account.account_id, DOCTOR)
    admin.close()
    shutil.copy(kept, vault)
    error = refusal(lambda: sign_in(clinic.machine.start(), "haneul.kim", NEW_PASSWORD))
    assert error.code is ErrorCode.WRONG_CREDENTIALS


def test_a_crash_between_vault_and_records_locks_nobody_out(clinic: Clinic, admin: Session) -> None:
    vault, about = clinic.machine.folder / "vault.json", admin.person.account_id
    admin.vault.set_password(admin.data_key, about, NEW_PASSWORD)
    admin.close()
    old = vault.read_bytes()
    session = sign_in(clinic.machine.start(), LOGIN, NEW_PASSWORD)
    change_own_password(session, NEW_PASSWORD, "green-fern-stone")
    session.close()
    vault.write_bytes(old)
    error = refusal(lambda: sign_in(clinic.machine.start(), LOGIN, NEW_PASSWORD))
    assert error.code is ErrorCode.WRONG_CREDENTIALS


def test_a_resumed_account_needs_a_new_password(clinic: Clinic, admin: Session) -> None:
    account = create_account(admin, DOCTOR, NEW_PASSWORD)
    change_account(admin, account.account_id, replace(DOCTOR, is_active=False))
    change_account(admin, account.account_id, DOCTOR)
    give_password(admin, account.account_id, "green-fern-stone")
    admin.close()
    error = refusal(lambda: sign_in(clinic.machine.start(), "haneul.kim", NEW_PASSWORD))
    assert error.code is ErrorCode.WRONG_CREDENTIALS
    sign_in(clinic.machine.start(), "haneul.kim", "green-fern-stone").close()


def test_the_last_administrator_stays_one(admin: Session) -> None:
    me = AccountDetails(LOGIN, "최민재", frozenset({Role.ADMIN}))
    for details in (
        replace(me, roles=frozenset({Role.DOCTOR})),
        replace(me, is_active=False),
    ):
        error = refusal(partial(change_account, admin, admin.person.account_id, details))
        assert (error.code, error.context["field"]) == (ErrorCode.INVALID_INPUT, "roles")
    assert [one.roles for one in list_accounts(admin)] == [frozenset({Role.ADMIN})]
    admin.close()


def test_a_login_is_given_once(admin: Session) -> None:
    create_account(admin, DOCTOR, NEW_PASSWORD)
    again = refusal(lambda: create_account(admin, replace(STAFF, login="Haneul.Kim"), NEW_PASSWORD))
    assert again.code is ErrorCode.LOGIN_TAKEN
    assert len(list_accounts(admin)) == 2
    admin.close()


def test_a_weak_password_is_refused_wherever_one_is_chosen(clinic: Clinic, admin: Session) -> None:
    for choose in (
        lambda: create_account(admin, DOCTOR, "password123"),
        lambda: give_password(admin, admin.person.account_id, "short"),
        lambda: change_own_password(admin, PASSWORD, "minjae.choi-1"),
    ):
        assert refusal(choose).code is ErrorCode.PASSWORD_TOO_WEAK
    admin.close()


@pytest.mark.parametrize("name", ["홍\u202e길동", "\u3164", "x" * 10_000])
def test_a_name_that_cannot_be_read_is_refused_wherever_one_is_given(
    admin: Session, name: str
) -> None:
    clinic = read_clinic(admin)
    for give in (
        lambda: create_account(admin, replace(DOCTOR, name=name), NEW_PASSWORD),
        lambda: create_account(admin, replace(DOCTOR, department=name), NEW_PASSWORD),
        lambda: change_clinic(admin, replace(clinic, name=name)),
        lambda: change_clinic(admin, replace(clinic, seat=name)),
        lambda: check_plan(replace(PLAN, clinic_name=name)),
        lambda: check_plan(replace(PLAN, seat=name)),
        lambda: check_plan(replace(PLAN, admin_name=name)),
    ):
        assert refusal(give).code is ErrorCode.INVALID_INPUT
    assert len(list_accounts(admin)) == 1
    admin.close()


def test_changing_the_own_password_asks_for_the_old_one(clinic: Clinic, admin: Session) -> None:
    wrong = refusal(lambda: change_own_password(admin, "wrong", NEW_PASSWORD))
    assert wrong.code is ErrorCode.WRONG_CREDENTIALS
    change_own_password(admin, PASSWORD, NEW_PASSWORD)
    admin.close()
    sign_in(clinic.machine.start(), LOGIN, NEW_PASSWORD).close()


def test_a_given_password_ends_the_wait(clinic: Clinic, admin: Session) -> None:
    account = create_account(admin, STAFF, NEW_PASSWORD)
    for _ in range(6):
        admin.guard.note_failure("seoyeon.park")
    give_password(admin, account.account_id, "green-fern-stone")
    admin.close()
    sign_in(clinic.entrance, "seoyeon.park", "green-fern-stone").close()


def test_only_an_administrator_manages_accounts(clinic: Clinic, admin: Session) -> None:
    create_account(admin, STAFF, NEW_PASSWORD)
    admin.close()
    staff = sign_in(clinic.entrance, "seoyeon.park", NEW_PASSWORD)
    own = staff.person.account_id
    for action in (
        lambda: list_accounts(staff),
        lambda: create_account(staff, DOCTOR, NEW_PASSWORD),
        lambda: change_account(staff, own, replace(STAFF, roles=frozenset({Role.ADMIN}))),
        lambda: give_password(staff, own, "green-fern-stone"),
    ):
        assert refusal(action).code is ErrorCode.ROLE_NOT_ALLOWED
    change_own_password(staff, NEW_PASSWORD, "green-fern-stone")
    staff.close()


def test_the_recovery_key_lets_an_administrator_in_again(clinic: Clinic) -> None:
    for _ in range(7):
        clinic.entrance.guard.note_failure(LOGIN)
    reset_password_with_recovery_key(
        clinic.entrance, clinic.recovery_key.lower(), LOGIN, NEW_PASSWORD
    )
    session = sign_in(clinic.entrance, LOGIN, NEW_PASSWORD)
    assert session.person.roles == {Role.ADMIN}
    audit_count(session)
    session.close()
    old = refusal(lambda: sign_in(clinic.entrance, LOGIN, PASSWORD))
    assert old.code is ErrorCode.WRONG_CREDENTIALS


def test_a_recovery_key_resets_nothing_for_a_stranger_or_a_weak_password(clinic: Clinic) -> None:
    key, entrance = clinic.recovery_key, clinic.entrance
    unknown = refusal(lambda: reset_password_with_recovery_key(entrance, key, "no", NEW_PASSWORD))
    weak = refusal(lambda: reset_password_with_recovery_key(entrance, key, LOGIN, "weak"))
    assert (unknown.code, weak.code) == (ErrorCode.NOT_FOUND, ErrorCode.PASSWORD_TOO_WEAK)
    sign_in(entrance, LOGIN, PASSWORD).close()


def test_the_door_shows_active_people_only(clinic: Clinic, admin: Session) -> None:
    account = create_account(admin, DOCTOR, NEW_PASSWORD)
    change_account(admin, account.account_id, replace(DOCTOR, is_active=False))
    with admin.unit_of_work() as work:
        assert [one.login for one in door_of(work).accounts] == [LOGIN]
    admin.close()
