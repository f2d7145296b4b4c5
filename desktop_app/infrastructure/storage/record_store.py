"""The clinic's database file: create it, open it or say why not, close it."""

import contextlib
import shutil
from pathlib import Path
from threading import Lock
from types import ModuleType

from sqlalchemy import Connection

from desktop_app.application.ports import HealthFinding
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.storage.audit import SqlAuditTrail
from desktop_app.infrastructure.storage.clinic_lock import ClinicLock
from desktop_app.infrastructure.storage.connection import (
    connect,
    disconnect,
    load_library,
    require_cipher,
    require_encrypted_file,
    run,
)
from desktop_app.infrastructure.storage.inspection import damaged_pages, finding, findings
from desktop_app.infrastructure.storage.journal import JournalState, inspect_journal
from desktop_app.infrastructure.storage.keys import StorageKeys
from desktop_app.infrastructure.storage.migration import create_database, migrate_database
from desktop_app.infrastructure.storage.patients import settle
from desktop_app.infrastructure.storage.schema import (
    CURRENT_SCHEMA,
    Schema,
    fingerprint,
    read_revision,
)
from desktop_app.infrastructure.storage.search_index import tidy_index
from desktop_app.infrastructure.storage.unit_of_work import SqlUnitOfWork

DATABASE_NAME = "clinic.db"
# Checking every page reads the whole file, about 0.2 s at this size. Larger ones are checked page
# by page as they are read, and whole by `check_health`.
_CHECKED_WHEN_OPENED = 64 * 1024 * 1024
# A day's work, settled in a tenth of a second.
_SETTLED_WHEN_CLOSED = 1000
_TIDIED_WHEN_CLOSED = 500


class SqlCipherRecords:
    """The open database of a clinic; one thread works with it at a time."""

    def __init__(
        self,
        connection: Connection,
        keys: StorageKeys,
        schema: Schema,
        journal: JournalState,
        lock: ClinicLock,
        path: Path,
    ) -> None:
        self._connection = connection
        self._path = path
        self._opened = _identity(path)
        self._audit_key = keys.audit
        self._schema = schema
        self._journal = journal
        self._lock = lock
        self._turn = Lock()

    @property
    def is_open(self) -> bool:
        """Tell whether these records can be read."""
        return not self._connection.closed

    def unit_of_work(self) -> SqlUnitOfWork:
        """Begin a transaction; AppError NOT_SIGNED_IN once the records are closed.

        DATABASE_MISSING if the file is no longer where it was opened: the system would take
        everything that is written to it, and keep nothing.
        """
        if not self._connection.closed and _identity(self._path) != self._opened:
            raise AppError(ErrorCode.DATABASE_MISSING)
        return SqlUnitOfWork(self._connection, self._turn, self._audit_key)

    def check_health(self) -> tuple[HealthFinding, ...]:
        """Check cipher, integrity, schema and audit trail; takes seconds a gigabyte."""
        with self._turn:
            audit = SqlAuditTrail(self._connection, self._audit_key)
            return tuple(findings(self._connection, audit, self._schema, self._journal))

    def close(self) -> None:
        """Close the connection, forget the key and let other programs in."""
        with self._turn:
            if self._connection.closed:
                return
            # Only makes the next searches quicker: what cannot be settled now is settled later.
            with contextlib.suppress(AppError), self._connection.begin():
                settle(self._connection, _SETTLED_WHEN_CLOSED)
                tidy_index(self._connection, _TIDIED_WHEN_CLOSED)
            disconnect(self._connection)
            self._audit_key = b""
            self._lock.release()


class SqlCipherRecordStore:
    """Creates and opens the clinic database of one data folder."""

    def __init__(
        self,
        folder: Path,
        *,
        schema: Schema = CURRENT_SCHEMA,
        library: ModuleType | None = None,
    ) -> None:
        self._path = folder / DATABASE_NAME
        self._schema = schema
        self._library = library
        self._lock = ClinicLock(folder)
        self._records: SqlCipherRecords | None = None

    def exists(self) -> bool:
        """Tell whether there is a database file."""
        return self._path.exists()

    def claim(self) -> None:
        """Keep other programs off this data folder until `release`; AppError CLINIC_IN_USE."""
        self._lock.hold()

    def release(self) -> None:
        """Let other programs in again, once the records are closed too."""
        self._lock.release()

    def check_sealed(self) -> tuple[HealthFinding, ...]:
        """Check what needs no key: that the cipher works and that the file is encrypted."""
        try:
            cipher = require_cipher(self._library or load_library())
        except AppError as error:
            return (finding("cipher", False, code=error.code.value),)
        found = [finding("cipher", True, version=cipher)]
        if self.exists():
            try:
                require_encrypted_file(self._path)
            except AppError as error:
                found.append(finding("database", False, code=error.code.value))
            else:
                found.append(finding("database", True, bytes=self._path.stat().st_size))
        return tuple(found)

    def create(self, key: bytes) -> SqlCipherRecords:
        """Create an empty database under that data key; AppError CLINIC_EXISTS."""
        if self.exists():
            raise AppError(ErrorCode.CLINIC_EXISTS)
        library = self._proved_library()
        self._lock.hold()
        try:
            create_database(self._path, StorageKeys.derive(key).database, self._schema, library)
            self._records = self._open(StorageKeys.derive(key), library)
        except BaseException:
            self._lock.release()
            raise
        return self._records

    def open(self, key: bytes) -> SqlCipherRecords:
        """Open the database; an AppError names why it cannot be. Never creates one anew.

        CLINIC_IN_USE while this store has it open: two connections of one program would see each
        other's half-written journal as damage.
        """
        library = self._proved_library()
        require_encrypted_file(self._path)
        if self._records is not None and self._records.is_open:
            raise AppError(ErrorCode.CLINIC_IN_USE)
        self._lock.hold()
        try:
            self._records = self._open(StorageKeys.derive(key), library)
        except BaseException:
            self._lock.release()
            raise
        return self._records

    def _proved_library(self) -> ModuleType:
        library = self._library or load_library()
        require_cipher(library)
        return library

    def _open(self, keys: StorageKeys, library: ModuleType) -> SqlCipherRecords:
        journal = self._inspected_journal()
        connection = connect(self._path, keys.database, library)
        try:
            revision = read_revision(connection)
            if revision > self._schema.revision:
                raise AppError(ErrorCode.DATABASE_NEWER, version=revision)
            if revision < self._schema.revision:
                disconnect(connection)
                migrate_database(
                    self._path, keys.database, self._schema, library, revision=revision
                )
                connection = connect(self._path, keys.database, library)
            self._require_whole(connection)
        except BaseException:
            disconnect(connection)
            raise
        return SqlCipherRecords(connection, keys, self._schema, journal, self._lock, self._path)

    def _inspected_journal(self) -> JournalState:
        path = self._path.with_name(f"{self._path.name}-wal")
        try:
            state = inspect_journal(path)
        except IsADirectoryError as error:
            raise AppError(ErrorCode.DATABASE_DAMAGED) from error
        except OSError as error:
            raise AppError(ErrorCode.FOLDER_READ_ONLY) from error
        if state is JournalState.DAMAGED:
            raise AppError(ErrorCode.DATABASE_DAMAGED)
        if state is JournalState.TAIL_LOST:
            # Recovery removes it; somebody may want to look at what the last moment held.
            with contextlib.suppress(OSError):
                shutil.copyfile(path, path.with_name(f"{path.name}.lost"))
        return state

    def _require_whole(self, connection: Connection) -> None:
        if fingerprint(connection) != self._schema.fingerprint:
            raise AppError(ErrorCode.DATABASE_DAMAGED)
        run(connection, "PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        is_small = self._path.stat().st_size <= _CHECKED_WHEN_OPENED
        if is_small and damaged_pages(connection):
            raise AppError(ErrorCode.DATABASE_DAMAGED)


def _identity(path: Path) -> tuple[int, int] | None:
    """Return what tells a file from another of its name, None if there is none."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino
