"""Make a database, or bring an older one to the present form on a copy of it."""

import os
import shutil
import sys
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sqlalchemy import Connection

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.storage.connection import connect, disconnect, run
from desktop_app.infrastructure.storage.inspection import damaged_pages
from desktop_app.infrastructure.storage.schema import Schema, fingerprint

if TYPE_CHECKING:
    from alembic.config import Config

# The copy, its journal, and room to breathe.
_FREE_SPACE_FACTOR = 3
_OWNER_ONLY = 0o600


def create_database(path: Path, key: bytes, schema: Schema, library: ModuleType) -> None:
    """Make an empty database; the file appears under its name when it is whole."""
    draft = path.with_name(f"{path.name}.new")
    _remove(draft)
    try:
        _upgrade(draft, key, schema, library, may_create=True)
        # Nobody else on this computer need even copy it; the journal takes the mode over.
        draft.chmod(_OWNER_ONLY)
        draft.replace(path)
    finally:
        _remove(draft)
    _sync_folder(path.parent)


def migrate_database(
    path: Path, key: bytes, schema: Schema, library: ModuleType, *, revision: str
) -> None:
    """Bring a closed database from that revision to the present one.

    The work is done on a copy, which takes the place of the database by one rename; the older file
    stays beside it. AppError DISK_FULL or MIGRATION_FAILED; the database is then as it was.
    """
    if shutil.disk_usage(path.parent).free < _FREE_SPACE_FACTOR * path.stat().st_size:
        raise AppError(ErrorCode.DISK_FULL)
    copy = path.with_name(f"{path.name}.migrating")
    kept = path.with_name(f"{path.name}.before-{schema.revision}")
    _remove(copy)
    try:
        shutil.copy(path, copy)
        _upgrade(copy, key, schema, library)
        shutil.copy(path, kept)
        copy.replace(path)
    except AppError:
        raise
    except Exception as error:
        raise AppError(ErrorCode.MIGRATION_FAILED, revision=revision) from error
    finally:
        _remove(copy)
    _sync_folder(path.parent)


def alembic_config(connection: Connection, schema: Schema) -> "Config":
    """Return what Alembic's commands need to work on a connection."""
    # Alembic takes a third of a second to import and is needed here only.
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(schema.migrations).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def _upgrade(
    path: Path, key: bytes, schema: Schema, library: ModuleType, *, may_create: bool = False
) -> None:
    from alembic import command

    connection = connect(path, key, library, may_create=may_create)
    try:
        command.upgrade(alembic_config(connection, schema), schema.revision)
        is_astray = run(connection, "PRAGMA foreign_key_check").fetchone() is not None
        if is_astray or fingerprint(connection) != schema.fingerprint or damaged_pages(connection):
            raise AppError(ErrorCode.MIGRATION_FAILED)
    finally:
        disconnect(connection)
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove(path: Path) -> None:
    for name in (path.name, f"{path.name}-wal", f"{path.name}-shm"):
        path.with_name(name).unlink(missing_ok=True)


def _sync_folder(folder: Path) -> None:
    # Windows has no such call and needs none.
    if sys.platform != "win32":
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
