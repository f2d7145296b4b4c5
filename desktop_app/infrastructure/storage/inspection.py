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
    version = run(connection, "PRAGMA cipher_version").fetchone()[0]
    yield _finding("cipher", bool(version), version=str(version))
    yield _finding("journal", journal is JournalState.WHOLE)
    damaged = damaged_pages(connection)
    yield _finding("pages", damaged == 0, damaged=damaged)
    problems = run(connection, "PRAGMA quick_check(1)").fetchone()[0]
    orphans = run(connection, "PRAGMA foreign_key_check").fetchone()
    yield _finding("structure", problems == "ok" and orphans is None)
    yield _finding("schema", fingerprint(connection) == schema.fingerprint, at=schema.revision)
    with connection.begin():
        broken, entries = audit.find_first_broken(), audit.count()
    yield _finding("audit_trail", broken is None, entries=entries, first_broken=broken or 0)


def _finding(check: str, is_whole: bool, **facts: str | int | float) -> HealthFinding:
    return HealthFinding(check, HealthState.WHOLE if is_whole else HealthState.BROKEN, facts)
