"""A data folder with the real vault, guard and database, and a cheap password cost."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from desktop_app.application.first_run import ClinicPlan, NewClinic, create_clinic, open_clinic
from desktop_app.application.ports import RiskModel
from desktop_app.application.sign_in import Entrance
from desktop_app.bootstrap import make_link
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.recovery_key import recovery_groups
from desktop_app.infrastructure.documents.qr import encode_qr
from desktop_app.infrastructure.storage.record_store import SqlCipherRecordStore
from desktop_app.infrastructure.vault.file_vault import FileVault
from desktop_app.infrastructure.vault.key_wrapping import KdfCost
from desktop_app.infrastructure.vault.sign_in_guard import FileSignInGuard
from desktop_app.infrastructure.vault.staged_clinic import FolderStagedClinic
from tests.fakes.clock import FakeClock
from tests.fakes.vault import FakeSecretStore

CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
PASSWORD = "gray-lamp-river"
PLAN = ClinicPlan("가나다내과의원", "진료실 2", "최민재", "minjae.choi", PASSWORD)


def _no_model() -> RiskModel:
    raise AppError(ErrorCode.MODEL_MISSING)


def _cheap_vault(folder: Path) -> FileVault:
    return FileVault(folder, lambda: CHEAP)


def proof(new: NewClinic) -> dict[int, str]:
    """Return the asked groups, typed rightly."""
    groups = recovery_groups(new.recovery_key)
    return {number: groups[number - 1] for number in new.proof_groups}


@dataclass
class Machine:
    """One computer with its data folder; `start` starts the program."""

    folder: Path
    clock: FakeClock
    secrets: FakeSecretStore = field(default_factory=FakeSecretStore)

    def start(self) -> Entrance:
        return Entrance(
            data_folder=self.folder,
            vault=_cheap_vault(self.folder),
            guard=FileSignInGuard(self.folder, self.clock),
            store=SqlCipherRecordStore(self.folder),
            clock=self.clock,
            model=_no_model,
            auc=lambda: None,
            encode_qr=encode_qr,
            secrets=self.secrets,
            link=make_link(self.secrets),
            stage_clinic=lambda: FolderStagedClinic(
                self.folder, _cheap_vault, SqlCipherRecordStore
            ),
        )


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "data", FakeClock())


@dataclass
class Clinic:
    """A computer with a clinic, and its recovery key."""

    machine: Machine
    entrance: Entrance
    recovery_key: str


@pytest.fixture
def found(machine: Machine) -> Callable[[], Clinic]:
    """Return what founds a clinic."""

    def found_clinic() -> Clinic:
        entrance = machine.start()
        new = create_clinic(entrance, PLAN)
        open_clinic(entrance, new, proof(new))
        return Clinic(machine, entrance, new.recovery_key)

    return found_clinic


@pytest.fixture
def clinic(found: Callable[[], Clinic]) -> Clinic:
    return found()
