"""A new clinic built out of sight and moved into the data folder in one step."""

import errno
import secrets
import shutil
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from desktop_app.application.ports import RecordStore, Vault
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.vault.atomic_file import disk_errors, sync_folder

_BUILDING = "new-clinic-"
_FINISHED = "finished-clinic"
_TAKEN = {errno.ENOENT, errno.EEXIST, errno.ENOTEMPTY}


class FolderStagedClinic:
    """Builds a clinic in a folder inside the data folder; fulfils StagedClinic.

    Renaming that folder is the moment at which the clinic exists. What a crash leaves before it is
    removed when the next clinic is begun, what it leaves after it is moved into place at the next
    start.
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
        _sweep(data_folder)
        self._data_folder = data_folder
        self._building = data_folder / f"{_BUILDING}{secrets.token_hex(4)}"
        with disk_errors():
            self._building.mkdir(mode=0o700, parents=True)
        self.vault = make_vault(self._building)
        self.store = make_store(self._building)

    def publish(self) -> None:
        """Move the finished clinic into the data folder; CLINIC_IN_USE if another program did."""
        with disk_errors():
            try:
                self._building.rename(self._data_folder / _FINISHED)
            except OSError as error:
                if error.errno in _TAKEN:
                    raise AppError(ErrorCode.CLINIC_IN_USE) from error
                raise
            sync_folder(self._data_folder)
        finish_interrupted(self._data_folder)

    def discard(self) -> None:
        """Remove every trace; nothing happens after `publish`."""
        shutil.rmtree(self._building, ignore_errors=True)


def finish_interrupted(data_folder: Path) -> None:
    """Move a clinic that is finished but not yet in place to where it belongs."""
    finished = data_folder / _FINISHED
    if not finished.is_dir():
        return
    with disk_errors():
        for part in sorted(finished.iterdir()):
            target = data_folder / part.name
            if target.exists():
                raise AppError(ErrorCode.CLINIC_EXISTS)
            # Another program that starts now may be moving the same parts.
            with suppress(FileNotFoundError):
                part.rename(target)
        with suppress(FileNotFoundError):
            finished.rmdir()
        sync_folder(data_folder)


def _sweep(data_folder: Path) -> None:
    for half in list(data_folder.glob(f"{_BUILDING}*")):
        shutil.rmtree(half, ignore_errors=True)
