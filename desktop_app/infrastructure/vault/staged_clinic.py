"""A new clinic built out of sight and moved into the data folder in one step."""

import shutil
from collections.abc import Callable
from pathlib import Path

from desktop_app.application.ports import RecordStore, Vault
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.vault.atomic_file import disk_errors, sync_folder

_BUILDING = "new-clinic"
_FINISHED = "new-clinic.finished"


class FolderStagedClinic:
    """Builds a clinic in a folder inside the data folder; fulfils StagedClinic.

    Renaming that folder is the moment at which the clinic exists: what a crash leaves before it is
    removed at the next start, what it leaves after it is moved into place then.
    """

    def __init__(
        self,
        data_folder: Path,
        make_vault: Callable[[Path], Vault],
        make_store: Callable[[Path], RecordStore],
    ) -> None:
        finish_interrupted(data_folder)
        if make_vault(data_folder).exists() or make_store(data_folder).exists():
            raise AppError(ErrorCode.CLINIC_EXISTS)
        self._data_folder = data_folder
        self._building = data_folder / _BUILDING
        with disk_errors():
            self._building.mkdir(mode=0o700, parents=True)
        self.vault = make_vault(self._building)
        self.store = make_store(self._building)

    def publish(self) -> None:
        """Move the finished clinic into the data folder."""
        with disk_errors():
            self._building.rename(self._data_folder / _FINISHED)
            sync_folder(self._data_folder)
        finish_interrupted(self._data_folder)

    def discard(self) -> None:
        """Remove every trace; nothing happens after `publish`."""
        shutil.rmtree(self._building, ignore_errors=True)


def finish_interrupted(data_folder: Path) -> None:
    """Finish what an earlier program was stopped at: move a finished clinic in, drop a half one."""
    with disk_errors():
        shutil.rmtree(data_folder / _BUILDING, ignore_errors=True)
        finished = data_folder / _FINISHED
        if not finished.is_dir():
            return
        for part in sorted(finished.iterdir()):
            target = data_folder / part.name
            if target.exists():
                raise AppError(ErrorCode.CLINIC_EXISTS)
            part.rename(target)
        finished.rmdir()
        sync_folder(data_folder)
