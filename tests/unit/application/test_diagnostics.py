"""What `selfcheck` says of a clinic that cannot be opened now."""

from pathlib import Path
from typing import Any, cast

import pytest

from desktop_app.application.diagnostics import check_clinic, exit_code
from desktop_app.application.ports import Door
from desktop_app.application.sign_in import Entrance
from desktop_app.domain.account import Account, Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import new_record_id
from tests.fakes.clock import FakeClock
from tests.fakes.records import FakeRecords, FakeRecordStore
from tests.fakes.vault import FakeSignInGuard, FakeVault

PASSWORD = "gray-lamp-river"


class ClosedStore(FakeRecordStore):
    """A database that cannot be opened for one reason."""

    def __init__(self, code: ErrorCode) -> None:
        super().__init__()
        self._code = code

    def open(self, key: bytes) -> FakeRecords:
        raise AppError(self._code)


def entrance_to(store: FakeRecordStore) -> Entrance:
    clock, vault = FakeClock(), FakeVault()
    person = Account(new_record_id(), "haneul", "김하늘", frozenset({Role.DOCTOR}))
    vault.create(Door("의원", "1", (person,)), person.account_id, PASSWORD)
    nothing = cast(Any, None)
    guard = FakeSignInGuard(clock)
    return Entrance(Path(), vault, guard, store, clock, *[nothing] * 6)


@pytest.mark.parametrize(
    ("code", "exits"),
    [
        (ErrorCode.CLINIC_IN_USE, 2),
        (ErrorCode.DATABASE_BUSY, 2),
        (ErrorCode.DATABASE_DAMAGED, 1),
        (ErrorCode.DATABASE_FOREIGN, 1),
    ],
)
def test_a_clinic_in_use_cannot_be_told_and_a_damaged_one_is_broken(
    code: ErrorCode, exits: int
) -> None:
    findings = check_clinic(entrance_to(ClosedStore(code)), "haneul", PASSWORD)
    assert [one.facts for one in findings] == [{"code": code.value}]
    assert exit_code(findings) == exits


def test_a_wrong_password_is_refused_and_no_finding() -> None:
    with pytest.raises(AppError) as refusal:
        check_clinic(entrance_to(FakeRecordStore()), "haneul", "wrong-password")
    assert refusal.value.code is ErrorCode.WRONG_CREDENTIALS
