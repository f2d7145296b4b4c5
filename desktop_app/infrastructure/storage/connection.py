"""Open an encrypted connection: the cipher is proved there, the key comes first."""

import os
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, ExceptionContext, StaticPool, create_engine, event

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.storage.errors import translate

BUSY_SECONDS = 5
# A page that is not here is read and decrypted. At a million patients, searches come back to the
# index of the list's places (14 MB), to the upper pages of everything, and to the newest patients.
_CACHE_KIBIBYTES = 64 * 1024
_PLAIN_HEADER = b"SQLite format 3\x00"


def load_library() -> ModuleType:
    """Return SQLCipher's DB-API module; CIPHER_UNAVAILABLE if it is not installed."""
    try:
        from sqlcipher3 import dbapi2
    except ImportError as error:
        raise AppError(ErrorCode.CIPHER_UNAVAILABLE) from error
    module: ModuleType = dbapi2
    return module


def require_cipher(library: ModuleType) -> str:
    """Return the cipher's version; CIPHER_UNAVAILABLE where the library is plain SQLite."""
    memory = library.connect(":memory:")
    try:
        row = memory.execute("PRAGMA cipher_version").fetchone()
    finally:
        memory.close()
    if not row or not row[0]:
        raise AppError(ErrorCode.CIPHER_UNAVAILABLE)
    return str(row[0])


def require_encrypted_file(path: Path) -> None:
    """Refuse a missing file, a plain SQLite file and one too short to be a database."""
    try:
        with path.open("rb") as file:
            header = file.read(len(_PLAIN_HEADER))
    except FileNotFoundError as error:
        raise AppError(ErrorCode.DATABASE_MISSING) from error
    except IsADirectoryError as error:
        raise AppError(ErrorCode.DATABASE_DAMAGED) from error
    except OSError as error:
        raise AppError(ErrorCode.FOLDER_READ_ONLY) from error
    if header == _PLAIN_HEADER:
        raise AppError(ErrorCode.DATABASE_NOT_ENCRYPTED)
    if len(header) < len(_PLAIN_HEADER):
        raise AppError(ErrorCode.DATABASE_DAMAGED)


def connect(path: Path, key: bytes, library: ModuleType, *, may_create: bool = False) -> Connection:
    """Return a connection to the database file, outside of any transaction.

    It is used by one thread at a time, and the pool holds just this one: the raw key is set once,
    kept by nothing here, and the page cache stays warm. Close it by `disconnect`.
    """
    raw = _open_file(path, key, library, may_create=may_create)
    engine = create_engine(
        "sqlite+pysqlite://", module=library, creator=lambda: raw, poolclass=StaticPool
    )
    event.listen(engine, "begin", _begin)
    event.listen(engine, "handle_error", _translate)
    return engine.connect()


def _open_file(path: Path, key: bytes, library: ModuleType, *, may_create: bool) -> Any:
    # Without powersafe overwrite the last frame of each commit is written to the journal twice, so
    # that damage to a committed frame can be told from a write that never ended (journal.py).
    mode = "rwc" if may_create else "rw"
    # As bytes: a folder may have a name that is no text.
    address = f"file:{quote(os.fsencode(path))}?mode={mode}&psow=0"
    settings = (
        # The log level first: a wrong key otherwise writes to stderr.
        "cipher_log_level = NONE",
        f"key = \"x'{key.hex()}'\"",
        "foreign_keys = ON",
        "trusted_schema = OFF",
        "temp_store = MEMORY",
        f"cache_size = -{_CACHE_KIBIBYTES}",
        "journal_mode = WAL",
        "synchronous = FULL",
    )
    raw = None
    try:
        raw = library.connect(
            address, uri=True, timeout=BUSY_SECONDS, isolation_level=None, check_same_thread=False
        )
        for setting in settings:
            raw.execute(f"PRAGMA {setting}").fetchall()
    except library.Error as error:
        if raw is not None:
            raw.close()
        raise translate(error) or error from error
    return raw


def run(connection: Connection, statement: str, parameters: tuple[Any, ...] = ()) -> Any:
    """Run plain SQL and return the driver's cursor over plain columns.

    For pragmas, which stand outside of transactions, and for what a save runs: putting its eight
    statements together from expressions takes longer than the fsync at their end.
    """
    raw: Any = connection.connection.driver_connection
    try:
        return raw.execute(statement, parameters)
    except Exception as error:
        raise translate(error) or error from error


def disconnect(connection: Connection) -> None:
    """Close the connection and forget its key."""
    connection.close()
    connection.engine.dispose()


def _begin(connection: Connection) -> None:
    # The driver's own transactions start too late to hold reads together.
    run(connection, "BEGIN")


def _translate(context: ExceptionContext) -> None:
    translated = translate(context.original_exception)
    if translated is not None:
        raise translated from context.original_exception
