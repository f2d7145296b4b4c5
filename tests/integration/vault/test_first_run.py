"""A new clinic exists whole or not at all, and only once its recovery key was proved."""

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktop_app.application.first_run import ClinicPlan, create_clinic, open_clinic
from desktop_app.application.sign_in import sign_in
from desktop_app.domain.account import Role
from desktop_app.domain.clinic import Language
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.vault.staged_clinic import finish_interrupted
from tests.integration.vault.conftest import PASSWORD, PLAN, Machine, proof


class CrashError(Exception):
    """The program ended here."""


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()} if folder.exists() else set()


def test_a_clinic_opens_for_its_first_administrator(machine: Machine) -> None:
    entrance = machine.start()
    new = create_clinic(entrance, replace(PLAN, prevalence=0.05, language=Language.ENGLISH))
    assert not entrance.has_clinic
    open_clinic(entrance, new, proof(new))
    assert names(machine.folder) >= {"vault.json", "clinic.db"}
    session = sign_in(machine.start(), "  Minjae.Choi ", PASSWORD)
    with session.unit_of_work() as work:
        assert work.clinic().name == "가나다내과의원"
        assert work.clinic().prevalence == 0.05
        preferences = work.accounts.preferences(session.person.account_id)
        assert preferences is not None
        assert preferences.language is Language.ENGLISH
        assert work.audit.find_first_broken() is None
    assert session.person.roles == {Role.ADMIN}
    session.close()


def test_an_administrator_may_also_be_a_doctor(machine: Machine) -> None:
    new = create_clinic(machine.start(), replace(PLAN, is_doctor=True))
    assert new.administrator.roles == {Role.ADMIN, Role.DOCTOR}
    new.discard()


def test_without_the_proof_there_is_no_clinic(machine: Machine) -> None:
    entrance = machine.start()
    new = create_clinic(entrance, PLAN)
    right = proof(new)
    first, second = new.proof_groups
    for typed in ({}, {first: right[first]}, {first: right[second], second: right[first]}):
        with pytest.raises(AppError) as refused:
            open_clinic(entrance, new, typed)
        assert refused.value.code is ErrorCode.RECOVERY_KEY_UNPROVED
    assert not machine.start().has_clinic


def test_a_cancelled_set_up_leaves_nothing(machine: Machine) -> None:
    create_clinic(machine.start(), PLAN).discard()
    assert names(machine.folder) == set()


def test_a_set_up_that_was_killed_is_swept_by_the_next_one(machine: Machine) -> None:
    create_clinic(machine.start(), PLAN)
    left = names(machine.folder)
    assert len(left) == 1
    assert not machine.start().has_clinic
    new = create_clinic(machine.start(), PLAN)
    assert len(names(machine.folder)) == 1
    assert not names(machine.folder) & left
    new.discard()


def test_of_two_assistants_at_once_the_first_loses_with_a_sentence(machine: Machine) -> None:
    first_entrance, second_entrance = machine.start(), machine.start()
    first = create_clinic(first_entrance, PLAN)
    second = create_clinic(second_entrance, replace(PLAN, clinic_name="the other"))
    with pytest.raises(AppError):
        open_clinic(first_entrance, first, proof(first))
    open_clinic(second_entrance, second, proof(second))
    assert machine.start().vault.door().clinic_name == "the other"
    sign_in(machine.start(), PLAN.login, PASSWORD).close()


def test_a_second_clinic_in_the_folder_is_refused(machine: Machine) -> None:
    entrance = machine.start()
    new = create_clinic(entrance, PLAN)
    open_clinic(entrance, new, proof(new))
    with pytest.raises(AppError) as refused:
        create_clinic(machine.start(), replace(PLAN, clinic_name="another"))
    assert refused.value.code is ErrorCode.CLINIC_EXISTS
    sign_in(machine.start(), PLAN.login, PASSWORD).close()


def test_a_database_without_a_vault_is_never_built_over(machine: Machine) -> None:
    entrance = machine.start()
    new = create_clinic(entrance, PLAN)
    open_clinic(entrance, new, proof(new))
    for name in ("vault.json", "vault.json.previous"):
        (machine.folder / name).unlink()
    assert machine.start().has_clinic
    for refuse in (
        lambda: create_clinic(machine.start(), PLAN),
        lambda: sign_in(machine.start(), PLAN.login, PASSWORD),
    ):
        with pytest.raises(AppError) as refused:
            refuse()
        assert refused.value.code in {ErrorCode.CLINIC_EXISTS, ErrorCode.VAULT_MISSING}


@pytest.fixture
def renames(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """Let the program end before its n-th rename."""
    real = Path.rename

    def crash_before(number: int) -> None:
        left = [number]

        def rename(self: Path, target: Path) -> Path:
            if left[0] == 0:
                raise CrashError
            left[0] -= 1
            return real(self, target)

        monkeypatch.setattr(Path, "rename", rename)

    yield crash_before
    monkeypatch.undo()


@pytest.mark.parametrize("number", range(6))
def test_a_crash_while_opening_leaves_all_or_nothing(
    machine: Machine, renames: Any, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    entrance = machine.start()
    new = create_clinic(entrance, PLAN)
    renames(number)
    with contextlib.suppress(CrashError):
        open_clinic(entrance, new, proof(new))
    monkeypatch.undo()
    finish_interrupted(machine.folder)
    again = machine.start()
    if again.has_clinic:
        assert number > 0
        sign_in(again, PLAN.login, PASSWORD).close()
    else:
        assert number == 0
        create_clinic(again, PLAN).discard()
        assert names(machine.folder) == set()
    assert not any("-clinic" in name for name in names(machine.folder))


@pytest.mark.parametrize(
    ("plan", "field"),
    [
        (replace(PLAN, clinic_name="  "), "clinic_name"),
        (replace(PLAN, admin_name=""), "name"),
        (replace(PLAN, login="최민재"), "login"),
        (replace(PLAN, login="m"), "login"),
        (replace(PLAN, prevalence=0.9), "prevalence"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_is_made(
    machine: Machine, plan: ClinicPlan, field: str
) -> None:
    with pytest.raises(AppError) as refused:
        create_clinic(machine.start(), plan)
    assert refused.value.context["field"] == field
    assert names(machine.folder) == set()


def test_a_full_disk_leaves_nothing(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(handle: int) -> None:
        raise OSError(28, "full")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", refuse)
        with pytest.raises(AppError) as refused:
            create_clinic(machine.start(), PLAN)
    assert refused.value.code is ErrorCode.DISK_FULL
    assert names(machine.folder) == set()


def test_the_plan_never_shows_its_password() -> None:
    assert PASSWORD not in repr(PLAN)
