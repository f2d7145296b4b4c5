"""Which form of the database this program works with, and whether a database has it."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Connection, text

from desktop_app.domain.errors import AppError, ErrorCode

# What the library (search_...) and Alembic make by themselves may change with their versions.
_OBJECTS = text(
    "SELECT type, name, sql FROM sqlite_schema "
    "WHERE sql IS NOT NULL AND name NOT LIKE 'search\\_%' ESCAPE '\\' "
    "AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND name <> 'alembic_version' ORDER BY type, name"
)


@dataclass(frozen=True)
class Schema:
    """A form of the database: its revision, its fingerprint and the folder of the steps to it."""

    revision: str
    fingerprint: str
    migrations: Path


CURRENT_SCHEMA = Schema(
    revision="0002",
    fingerprint="c9052db51c8dcfa32a76de25c7ede9ef212af32f84dfc95692580ee33c7fa8ba",
    migrations=Path(__file__).parent / "migrations",
)


def read_revision(connection: Connection) -> str:
    """Return the revision of an open database; DATABASE_FOREIGN if it is none of ours."""
    with connection.begin():
        is_ours = connection.execute(
            text("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'")
        ).first()
        revision = (
            is_ours and connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        )
    if not revision:
        raise AppError(ErrorCode.DATABASE_FOREIGN)
    return str(revision)


def fingerprint(connection: Connection) -> str:
    """Return a SHA-256 over every table, index and trigger as it was made."""
    with connection.begin():
        objects = connection.execute(_OBJECTS).all()
    return hashlib.sha256(repr([tuple(row) for row in objects]).encode()).hexdigest()
