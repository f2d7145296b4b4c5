"""Replace a small file so that a crash leaves the old content or the new, never half of it."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from desktop_app.domain.errors import AppError, ErrorCode, is_disk_full

_READ_ONLY = {
    *(errno.EROFS, errno.EACCES, errno.EPERM),
    # Something else stands where the folder or the file should be.
    *(errno.EISDIR, errno.ENOTDIR, errno.ELOOP, errno.ENAMETOOLONG),
}


@contextmanager
def disk_errors() -> Iterator[None]:
    """Turn a full disk and a read-only folder into their AppErrors."""
    try:
        yield
    except OSError as error:
        if is_disk_full(error):
            raise AppError(ErrorCode.DISK_FULL) from error
        if error.errno in _READ_ONLY:
            raise AppError(ErrorCode.FOLDER_READ_ONLY) from error
        raise


def replace_file(path: Path, content: bytes) -> None:
    """Write a file durably beside the old one, then rename it over; only the owner may read it."""
    with disk_errors():
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            Path(name).replace(path)
        except BaseException:
            with suppress(OSError):
                Path(name).unlink()
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make renames in a folder durable, where the system can (Windows does so by itself)."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
