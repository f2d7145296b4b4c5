"""Check an open database: every page's seal, its structure, its schema, its audit trail."""

from collections.abc import Iterator

from sqlalchemy import Connection

from desktop_app.application.ports import HealthFinding, HealthState
from desktop_app.infrastructure.storage.audit import SqlAuditTrail
from desktop_app.infrastructure.storage.connection import run
from desktop_app.infrastructure.storage.journal import JournalState
from desktop_app.infrastructure.storage.schema import Schema, fingerprint


def damaged_pages(connection: Connection) -> int:
    """Return how many pages fail their HMAC; takes time in the size of the file."""
    return len(run(connection, "PRAGMA cipher_integrity_check").fetchall())


def findings(
    connection: Connection, audit: SqlAuditTrail, schema: Schema, journal: JournalState
) -> Iterator[HealthFinding]:
    """Yield one finding a check; takes time in the size of the file."""
    cipher = run(connection, "PRAGMA cipher_version").fetchone()[0]
    yield finding("cipher", bool(cipher), version=str(cipher))
    damaged = damaged_pages(connection)
    problem = run(connection, "PRAGMA quick_check(1)").fetchone()[0]
    orphan = run(connection, "PRAGMA foreign_key_check").fetchone()
    is_sound = problem == "ok" and orphan is None and journal is JournalState.WHOLE
    yield finding(
        "integrity", is_sound and not damaged, damaged_pages=damaged, journal=journal.value
    )
    yield finding("schema", fingerprint(connection) == schema.fingerprint, at=schema.revision)
    with connection.begin():
        broken, entries = audit.find_first_broken(), audit.count()
    yield finding("audit", broken is None, entries=entries, first_broken=broken or 0)


def finding(check: str, is_whole: bool, **facts: str | int | float) -> HealthFinding:
    """Return what a check found."""
    return HealthFinding(check, HealthState.WHOLE if is_whole else HealthState.BROKEN, facts)
