"""A clinic with real people in it, opened by the real vault: an administrator, a doctor, staff."""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from desktop_app.application import server_setup, synchronise
from desktop_app.application.accounts import AccountDetails, create_account
from desktop_app.application.courier import Outcome
from desktop_app.application.first_run import ClinicPlan, create_clinic, open_clinic
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance, sign_in
from desktop_app.bootstrap import assemble
from desktop_app.domain.account import Role
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.recovery_key import recovery_groups
from desktop_app.domain.sync import ServerSettings
from desktop_app.infrastructure.vault.key_wrapping import KdfCost
from tests.fakes.vault import FakeSecretStore
from tests.sync.workstation import NeverStops

CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
PASSWORD = "gray-lamp-river"
ADMINISTRATOR, DOCTOR, STAFF = "minjae", "haneul", "seoyeon"


@dataclass
class Clinic:
    """A data folder, and the key store of its computer."""

    folder: Path
    secrets: FakeSecretStore = field(default_factory=FakeSecretStore)

    @property
    def entrance(self) -> Entrance:
        """Return it as a program finds it that was just started."""
        return assemble(self.folder, password_cost=CHEAP, secrets=self.secrets)

    @property
    def secret_name(self) -> str:
        """Return the name under which the key store holds its secret."""
        return synchronise.unattended_secret_name(self.entrance)

    @contextmanager
    def signed_in(self, login: str) -> Iterator[Session]:
        """Sign a person in for a moment."""
        session = sign_in(self.entrance, login, PASSWORD)
        try:
            yield session
        finally:
            session.close()

    def copy(self, folder: Path) -> "Clinic":
        """Return a copy in another folder, with a key store of its own."""
        return Clinic(shutil.copytree(self.folder, folder))

    def allow(self, *, is_allowed: bool = True) -> None:
        """Let the administrator decide about syncing with nobody signed in."""
        with self.signed_in(ADMINISTRATOR) as admin:
            server_setup.allow_unattended(admin, self.entrance, is_allowed=is_allowed)

    def run(self) -> Outcome:
        """Sync with nobody signed in."""
        return synchronise.synchronise_unattended(
            self.entrance, stop=NeverStops(), observe=lambda _: None
        )

    def wrappers(self) -> list[Any]:
        """Return what both copies of the vault hold for the key store."""
        files = (self.folder / "vault.json", self.folder / "vault.json.previous")
        return [json.loads(one.read_text("utf-8"))["vault"]["unattended"] for one in files]


def found(folder: Path) -> Clinic:
    """Found the clinic in a folder that is not there yet."""
    clinic = Clinic(folder)
    entrance = clinic.entrance
    new = create_clinic(entrance, ClinicPlan("가나다", "1", "최민재", ADMINISTRATOR, PASSWORD))
    groups = recovery_groups(new.recovery_key)
    open_clinic(entrance, new, {number: groups[number - 1] for number in new.proof_groups})
    people = ((DOCTOR, "김하늘", Role.DOCTOR), (STAFF, "박서연", Role.STAFF))
    with clinic.signed_in(ADMINISTRATOR) as admin:
        for login, name, role in people:
            create_account(admin, AccountDetails(login, name, frozenset({role})), PASSWORD)
    return clinic


def decided(session: Session) -> ServerSettings:
    """Return what stands decided about the server."""
    return synchronise.read_sync_status(session).settings


def refusal(action: Callable[[], object]) -> ErrorCode:
    """Return the code that an action is refused with."""
    with pytest.raises(AppError) as refused:
        action()
    return refused.value.code
