"""Records go with nobody signed in only where an administrator allowed it, by a key of its own.

The vault, the records and the server are real; the key store is the fake of its contract.
"""

from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import select

from backend.django_api.patients.models import Patient as ServerPatient
from desktop_app.application import patients, server_setup, synchronise
from desktop_app.application.session import Session
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.sync import ProxyUse, ServerSettings
from desktop_app.infrastructure.storage.tables import audit_trail
from desktop_app.infrastructure.storage.unit_of_work import SqlUnitOfWork
from tests.backend.samples import PASSWORD as SERVER_PASSWORD
from tests.fakes.samples import sample_patient
from tests.fakes.vault import FakeSecretStore
from tests.sync.clinic import ADMINISTRATOR, DOCTOR, STAFF, Clinic, decided, found, refusal
from tests.sync.proxy import Line

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return found(tmp_path_factory.mktemp("founded") / "data")


@pytest.fixture
def clinic(founded: Clinic, line: Line, tmp_path: Path) -> Clinic:
    """A clinic with a server, a session there and one patient that waits."""
    clinic = founded.copy(tmp_path / "data")
    settings = ServerSettings(line.address, proxy_use=ProxyUse.NONE)
    with clinic.signed_in(ADMINISTRATOR) as admin:
        server_setup.save_server(admin, settings)
    with clinic.signed_in(DOCTOR) as doctor:
        server_setup.sign_in_to_server(doctor, "sync", SERVER_PASSWORD)
        patients.register_patient(doctor, sample_patient().details)
    line.calls.clear()
    return clinic


# -- where it is allowed ---------------------------------------------------------------------------


def test_records_go_with_nobody_signed_in_where_that_was_allowed(clinic: Clinic) -> None:
    clinic.allow()
    outcome = clinic.run()
    assert outcome.error is None
    assert (outcome.run.sent, outcome.run.confirmed) == (1, 1)
    assert ServerPatient.objects.count() == 1
    # Its records are closed again: a person can come in.
    with clinic.signed_in(DOCTOR) as doctor:
        assert synchronise.read_sync_status(doctor).counts.open == 0


def test_the_trail_says_who_allowed_it_and_that_nobody_ran_it(clinic: Clinic) -> None:
    clinic.allow()
    clinic.run()
    clinic.allow(is_allowed=False)
    with clinic.signed_in(ADMINISTRATOR) as admin:
        actors = actors_of(admin)
    assert actors[AuditAction.UNATTENDED_ALLOWED] == admin.person.account_id
    assert actors[AuditAction.UNATTENDED_FORBIDDEN] == admin.person.account_id
    assert actors[AuditAction.SYNCED] is None


def actors_of(session: Session) -> dict[AuditAction, RecordId | None]:
    """Return who did each thing last."""
    with session.unit_of_work() as work:
        assert isinstance(work, SqlUnitOfWork)
        rows = work._connection.execute(select(audit_trail).order_by(audit_trail.c.sequence))
        return {AuditAction(row.action): row.actor_id for row in rows}


# -- where it is not -------------------------------------------------------------------------------


def test_nothing_is_opened_or_sent_where_nobody_allowed_it(clinic: Clinic, line: Line) -> None:
    assert refusal(clinic.run) is ErrorCode.UNATTENDED_NOT_ALLOWED
    assert not line.calls
    with clinic.signed_in(DOCTOR) as doctor:
        assert synchronise.read_sync_status(doctor).counts.waiting == 1


def test_neither_doctor_nor_staff_can_allow_it(clinic: Clinic) -> None:
    for login in (DOCTOR, STAFF):
        with clinic.signed_in(login) as session:
            for is_allowed in (True, False):
                decide = partial(
                    server_setup.allow_unattended, session, clinic.entrance, is_allowed=is_allowed
                )
                assert refusal(decide) is ErrorCode.ROLE_NOT_ALLOWED
    assert clinic.wrappers() == [None, None]
    assert clinic.secrets.get(clinic.secret_name) is None


def test_settings_alone_allow_nothing_and_take_nothing_back(clinic: Clinic) -> None:
    with clinic.signed_in(ADMINISTRATOR) as admin:
        wanted = replace(decided(admin), is_unattended=True)
        assert not server_setup.save_server(admin, wanted).is_unattended
    assert refusal(clinic.run) is ErrorCode.UNATTENDED_NOT_ALLOWED
    clinic.allow()
    with clinic.signed_in(ADMINISTRATOR) as admin:
        wanted = replace(decided(admin), is_unattended=False, interval_minutes=60)
        assert server_setup.save_server(admin, wanted).is_unattended
    assert clinic.run().error is None


def test_an_insecure_key_store_is_refused_before_anything_is_wrapped(clinic: Clinic) -> None:
    clinic.secrets.is_kept_securely = False
    assert refusal(clinic.allow) is ErrorCode.KEY_STORE_INSECURE
    assert clinic.wrappers() == [None, None]
    clinic.secrets.is_kept_securely = True
    clinic.allow()
    clinic.secrets.is_kept_securely = False
    assert refusal(clinic.run) is ErrorCode.KEY_STORE_INSECURE
    # It can be taken back all the same.
    clinic.allow(is_allowed=False)
    assert clinic.wrappers() == [None, None]


class LockedSecretStore(FakeSecretStore):
    """A secure key store that is locked: it takes nothing and says nothing, as the adapter's."""

    def put(self, name: str, secret: str) -> None:
        """Keep nothing."""


def test_a_key_store_that_takes_nothing_is_refused(clinic: Clinic) -> None:
    clinic.secrets = LockedSecretStore(secrets=clinic.secrets.secrets)
    assert refusal(clinic.allow) is ErrorCode.KEY_STORE_INSECURE
    assert clinic.wrappers() == [None, None]
    with clinic.signed_in(ADMINISTRATOR) as admin:
        assert not decided(admin).is_unattended


def test_taking_it_back_removes_the_key_from_every_place(clinic: Clinic) -> None:
    clinic.allow()
    assert all(clinic.wrappers())
    vault = (clinic.folder / "vault.json").read_bytes()
    secret = clinic.secrets.secrets[clinic.secret_name]
    clinic.allow(is_allowed=False)
    assert clinic.wrappers() == [None, None]
    assert clinic.secret_name not in clinic.secrets.secrets
    assert refusal(clinic.run) is ErrorCode.UNATTENDED_NOT_ALLOWED
    # Nor does it come back with an older vault and an older key store.
    (clinic.folder / "vault.json").write_bytes(vault)
    clinic.secrets.put(clinic.secret_name, secret)
    assert refusal(clinic.run) is ErrorCode.UNATTENDED_NOT_ALLOWED
    with clinic.signed_in(DOCTOR) as doctor:
        assert synchronise.read_sync_status(doctor).counts.waiting == 1


def test_a_clinic_without_a_server_says_so_and_is_closed_again(clinic: Clinic) -> None:
    clinic.allow()
    with clinic.signed_in(ADMINISTRATOR) as admin:
        server_setup.save_server(admin, replace(decided(admin), address=""))
    assert refusal(clinic.run) is ErrorCode.SERVER_NOT_SET
    with clinic.signed_in(DOCTOR) as doctor:
        assert not synchronise.read_sync_status(doctor).settings.is_set


def test_an_ended_session_at_the_server_ends_the_run_in_words(clinic: Clinic) -> None:
    clinic.allow()
    for name in [one for one in clinic.secrets.secrets if one.startswith("server session")]:
        clinic.secrets.remove(name)
    outcome = clinic.run()
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SERVER_SIGN_IN_NEEDED
    assert clinic.wrappers()[0] is not None


# -- what the key opens ----------------------------------------------------------------------------


def test_the_key_stores_secret_opens_nothing_but_this_clinic_unattended(
    clinic: Clinic, founded: Clinic, tmp_path: Path
) -> None:
    clinic.allow()
    secret = clinic.secrets.secrets[clinic.secret_name]
    vault = clinic.entrance.vault
    key = vault.unlock_unattended(secret)
    # It is no key itself, no password and no recovery key.
    assert bytes.fromhex(secret) not in (key, key[: len(secret) // 2])
    assert str(clinic.folder) not in " ".join(clinic.secrets.secrets)
    for login in (ADMINISTRATOR, DOCTOR):
        assert refusal(partial(vault.unlock, login, secret)) is ErrorCode.WRONG_CREDENTIALS
    with pytest.raises(AppError):
        vault.unlock_with_recovery_key(secret)
    with pytest.raises(AppError):
        clinic.entrance.store.open(bytes.fromhex(secret).ljust(32, b"\0"))
    # Another clinic's secret opens this one as little, nor this one's another.
    other = founded.copy(tmp_path / "other")
    other.allow()
    other_secret = other.secrets.secrets[other.secret_name]
    for opens, wrong in ((clinic, other_secret), (other, secret), (clinic, ""), (clinic, "kein")):
        opens.secrets.put(opens.secret_name, wrong)
        assert refusal(opens.run) is ErrorCode.UNATTENDED_NOT_ALLOWED


def test_a_stolen_folder_runs_on_no_other_computer(clinic: Clinic, tmp_path: Path) -> None:
    clinic.allow()
    stolen = clinic.copy(tmp_path / "stolen")
    assert refusal(stolen.run) is ErrorCode.UNATTENDED_NOT_ALLOWED
    # A key store that came along knows the folder by another name.
    stolen.secrets = clinic.secrets
    assert refusal(stolen.run) is ErrorCode.UNATTENDED_NOT_ALLOWED
