"""One transaction over all records, on the one connection."""

from threading import Lock
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, RootTransaction

from desktop_app.domain.clinic import Clinic
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.storage.accounts import (
    SqlAccountRepository,
    read_clinic,
    write_clinic,
)
from desktop_app.infrastructure.storage.assessments import SqlAssessmentRepository
from desktop_app.infrastructure.storage.audit import SqlAuditTrail
from desktop_app.infrastructure.storage.connection import BUSY_SECONDS
from desktop_app.infrastructure.storage.drafts import SqlDraftRepository
from desktop_app.infrastructure.storage.outbox import SqlOutbox
from desktop_app.infrastructure.storage.patients import SqlPatientRepository
from desktop_app.infrastructure.storage.reports import SqlReportRepository
from desktop_app.infrastructure.storage.sync_records import SqlSyncRecords


class SqlUnitOfWork:
    """A transaction; one at a time, a second one waits for the first to end."""

    def __init__(self, connection: Connection, turn: Lock, audit_key: bytes) -> None:
        self._connection = connection
        self._turn = turn
        self._transaction: RootTransaction | None = None
        self.patients = SqlPatientRepository(connection)
        self.assessments = SqlAssessmentRepository(connection)
        self.drafts = SqlDraftRepository(connection)
        self.reports = SqlReportRepository(connection)
        self.accounts = SqlAccountRepository(connection)
        self.audit = SqlAuditTrail(connection, audit_key)
        self.outbox = SqlOutbox(connection)
        self.sync = SqlSyncRecords(connection)

    def clinic(self) -> Clinic:
        """Return what the administrator decided for the clinic; AppError NOT_FOUND before that."""
        return read_clinic(self._connection)

    def save_clinic(self, clinic: Clinic) -> None:
        """Store what the administrator decided."""
        write_clinic(self._connection, clinic)

    def commit(self) -> None:
        """Make everything done here durable at once: one write of the journal, one fsync."""
        if self._transaction is None:
            raise RuntimeError("a unit of work is used inside its with block")
        self._transaction.commit()

    def __enter__(self) -> Self:
        if not self._turn.acquire(timeout=BUSY_SECONDS):
            raise AppError(ErrorCode.DATABASE_BUSY)
        try:
            if self._connection.closed:
                raise AppError(ErrorCode.NOT_SIGNED_IN)
            self._transaction = self._connection.begin()
        except BaseException:
            self._turn.release()
            raise
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        try:
            if self._transaction is not None:
                self._transaction.close()
        finally:
            self._transaction = None
            self._turn.release()
