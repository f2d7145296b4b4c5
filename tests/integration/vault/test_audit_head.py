"""An older database that was put back is noticed, told and noted, and locks nobody out."""

import shutil
from pathlib import Path

import pytest

from desktop_app.application.audit_head import HeadCheck, check_head, head_keeper
from desktop_app.application.diagnostics import check_clinic
from desktop_app.application.ports import HealthFinding, HealthState
from desktop_app.application.session import Session
from desktop_app.application.sign_in import lock, sign_in, sign_out
from desktop_app.domain.audit import AuditHead
from desktop_app.domain.errors import AppError, ErrorCode
from tests.fakes.vault import FakeSecretStore
from tests.integration.vault.conftest import PASSWORD, Clinic, Machine

LOGIN = "minjae.choi"


def come_in(machine: Machine) -> tuple[Session, HeadCheck]:
    """Sign in as the window does, comparing with what is kept."""
    entrance = machine.start()
    session = sign_in(entrance, LOGIN, PASSWORD)
    return session, check_head(session, head_keeper(entrance, session).find())


def go_home(machine: Machine, session: Session) -> AuditHead:
    """Sign out as the window does, keeping the head."""
    head = sign_out(session)
    head_keeper(machine.start(), session).keep(head)
    return head


def a_day(machine: Machine) -> AuditHead:
    session, found = come_in(machine)
    assert found.alarm is None
    return go_home(machine, session)


def finding(machine: Machine) -> HealthFinding:
    """Return what `selfcheck` says of the trail's end."""
    found = check_clinic(machine.start(), LOGIN, PASSWORD)
    return next(one for one in found if one.check == "audit_head")


def count(session: Session) -> int:
    with session.unit_of_work() as work:
        assert work.audit.find_first_broken() is None
        return work.audit.count()


@pytest.fixture
def kept(clinic: Clinic, tmp_path: Path) -> Path:
    """Keep a copy of the database as it is after the first day, then work for another."""
    a_day(clinic.machine)
    copy = tmp_path / "kept.db"
    shutil.copy(clinic.machine.folder / "clinic.db", copy)
    a_day(clinic.machine)
    return copy


def test_an_older_database_put_back_is_noticed_and_opens(clinic: Clinic, kept: Path) -> None:
    last = a_day(clinic.machine)
    shutil.copy(kept, clinic.machine.folder / "clinic.db")
    session, found = come_in(clinic.machine)
    assert found.missing == last
    assert found.alarm is not None
    assert found.alarm.code is ErrorCode.AUDIT_HEAD_MISSING
    assert found.alarm.context == {"kept": last.sequence, "entries": count(session)}
    sign_out(session)


def test_a_trail_of_the_same_length_with_other_entries_is_noticed(
    clinic: Clinic, kept: Path
) -> None:
    shutil.copy(kept, clinic.machine.folder / "clinic.db")
    clinic.machine.clock.pass_time(60)
    for _ in range(3):
        sign_out(sign_in(clinic.machine.start(), LOGIN, PASSWORD))
    session, found = come_in(clinic.machine)
    session.close()
    assert found.missing is not None
    assert found.missing.sequence < found.head.sequence


def test_that_it_was_noticed_stands_in_the_trail(clinic: Clinic, kept: Path) -> None:
    shutil.copy(kept, clinic.machine.folder / "clinic.db")
    session = sign_in(clinic.machine.start(), LOGIN, PASSWORD)
    before = count(session)
    check_head(session, head_keeper(clinic.machine.start(), session).find())
    assert count(session) == before + 1
    check_head(session, None)
    assert count(session) == before + 1
    session.close()


def test_a_head_that_was_not_kept_in_time_is_no_alarm(clinic: Clinic) -> None:
    a_day(clinic.machine)
    for leave in (sign_out, lock, Session.close):
        leave(sign_in(clinic.machine.start(), LOGIN, PASSWORD))
    session, found = come_in(clinic.machine)
    assert found.alarm is None
    assert found.head.sequence == count(session)
    session.close()


def test_a_copy_of_the_clinic_in_another_folder_has_an_end_of_its_own(
    clinic: Clinic, tmp_path: Path
) -> None:
    a_day(clinic.machine)
    copy = Machine(tmp_path / "copy", clinic.machine.clock, clinic.machine.secrets)
    shutil.copytree(clinic.machine.folder, copy.folder)
    a_day(copy)
    a_day(clinic.machine)
    a_day(copy)
    a_day(clinic.machine)
    assert len(clinic.machine.secrets.secrets) == 2


def test_the_key_store_learns_neither_key_nor_folder(clinic: Clinic) -> None:
    session, _ = come_in(clinic.machine)
    go_home(clinic.machine, session)
    ((name, secret),) = clinic.machine.secrets.secrets.items()
    for part in (session.data_key.hex(), clinic.machine.folder.name, LOGIN, "가나다"):
        assert part not in name + secret


@pytest.mark.parametrize("secret", ["", "0 " + "a" * 64, "7", "x " + "a" * 64, "1 " + "z" * 64])
def test_nonsense_in_the_key_store_is_as_good_as_nothing(clinic: Clinic, secret: str) -> None:
    a_day(clinic.machine)
    for name in clinic.machine.secrets.secrets:
        clinic.machine.secrets.secrets[name] = secret
    a_day(clinic.machine)
    assert finding(clinic.machine).state is HealthState.WHOLE


def test_selfcheck_finds_the_trails_end_whole_or_missing(clinic: Clinic, kept: Path) -> None:
    assert finding(clinic.machine).state is HealthState.WHOLE
    shutil.copy(kept, clinic.machine.folder / "clinic.db")
    found = finding(clinic.machine)
    assert found.state is HealthState.BROKEN
    assert found.facts["code"] == ErrorCode.AUDIT_HEAD_MISSING.value
    # It says so again until an administrator was told at the window.
    assert finding(clinic.machine).state is HealthState.BROKEN


def test_selfcheck_cannot_tell_before_anything_was_kept(clinic: Clinic) -> None:
    found = finding(clinic.machine)
    assert found.state is HealthState.UNKNOWN
    assert found.facts == {"code": ErrorCode.AUDIT_HEAD_UNKNOWN.value}


def test_selfcheck_cannot_tell_without_a_secure_key_store(clinic: Clinic) -> None:
    clinic.machine.secrets = FakeSecretStore(is_kept_securely=False)
    found = finding(clinic.machine)
    assert found.state is HealthState.UNKNOWN
    assert found.facts == {"code": ErrorCode.KEY_STORE_UNAVAILABLE.value}
    entrance = clinic.machine.start()
    session = sign_in(entrance, LOGIN, PASSWORD)
    with pytest.raises(AppError):
        head_keeper(entrance, session).find()
    sign_out(session)
