"""Keep a data folder to one program at a time, by a lock that ends with the program."""

import sys
from pathlib import Path
from typing import IO

from desktop_app.domain.errors import AppError, ErrorCode, is_disk_full

if sys.platform == "win32":
    import msvcrt

    def _take(file: IO[bytes]) -> None:
        msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)

else:
    import fcntl

    def _take(file: IO[bytes]) -> None:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


class ClinicLock:
    """The lock of one data folder; it may be held several times over by its one program."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / "clinic.lock"
        self._file: IO[bytes] | None = None
        self._holders = 0

    def hold(self) -> None:
        """Take the lock; AppError CLINIC_IN_USE if another program has it."""
        if self._file is None:
            self._file = self._open()
        self._holders += 1

    def release(self) -> None:
        """Give back one hold; the last one lets other programs in."""
        self._holders -= 1
        if self._holders == 0 and self._file is not None:
            self._file.close()
            self._file = None

    def _open(self) -> IO[bytes]:
        try:
            # The file stays: removing it would let two programs lock two files of one name.
            file = self._path.open("ab")
        except OSError as error:
            code = ErrorCode.DISK_FULL if is_disk_full(error) else ErrorCode.FOLDER_READ_ONLY
            raise AppError(code) from error
        try:
            _take(file)
        except OSError as error:
            file.close()
            raise AppError(ErrorCode.CLINIC_IN_USE) from error
        return file
