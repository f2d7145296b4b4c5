"""Translate the database library's errors, once, into what a person can be told."""

import sqlite3

from desktop_app.domain.errors import AppError, ErrorCode

_BY_EXTENDED_CODE = {
    # A full disk or quota may show as a failed write before SQLite can say FULL.
    sqlite3.SQLITE_IOERR_WRITE: ErrorCode.DISK_FULL,
    sqlite3.SQLITE_IOERR_FSYNC: ErrorCode.DISK_FULL,
    sqlite3.SQLITE_IOERR_TRUNCATE: ErrorCode.DISK_FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: ErrorCode.DISK_FULL,
}
_BY_PRIMARY_CODE = {
    sqlite3.SQLITE_FULL: ErrorCode.DISK_FULL,
    sqlite3.SQLITE_READONLY: ErrorCode.FOLDER_READ_ONLY,
    sqlite3.SQLITE_CANTOPEN: ErrorCode.FOLDER_READ_ONLY,
    sqlite3.SQLITE_PERM: ErrorCode.FOLDER_READ_ONLY,
    sqlite3.SQLITE_BUSY: ErrorCode.DATABASE_BUSY,
    sqlite3.SQLITE_LOCKED: ErrorCode.DATABASE_BUSY,
    sqlite3.SQLITE_NOTADB: ErrorCode.DATABASE_FOREIGN,
    sqlite3.SQLITE_CORRUPT: ErrorCode.DATABASE_DAMAGED,
    sqlite3.SQLITE_IOERR: ErrorCode.DATABASE_DAMAGED,
}


def translate(error: BaseException | None) -> AppError | None:
    """Return the state that the error stands for, None if it is a bug of ours."""
    if isinstance(error, UnicodeEncodeError):  # half a character, cut off by whoever sent it
        return AppError(ErrorCode.INVALID_INPUT)
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        return None
    state = _BY_EXTENDED_CODE.get(code) or _BY_PRIMARY_CODE.get(code & 0xFF)
    return None if state is None else AppError(state)
