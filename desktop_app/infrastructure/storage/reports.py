"""Keep an exact copy of each report; triggers refuse to change or delete it."""

from sqlalchemy import Connection, insert, select

from desktop_app.application.ports import IssuedReport
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.storage.tables import reports


class SqlReportRepository:
    """Reports in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, report: IssuedReport) -> None:
        """Store a copy."""
        self._connection.execute(
            insert(reports).values(
                report_id=report.report_id,
                assessment_id=report.assessment_id,
                issued_at=report.issued_at,
                language=report.language,
                pdf=report.pdf,
            )
        )

    def list_of_assessment(self, assessment_id: RecordId) -> tuple[IssuedReport, ...]:
        """Return the reports of an assessment, newest first."""
        rows = self._connection.execute(
            select(reports)
            .where(reports.c.assessment_id == assessment_id)
            .order_by(reports.c.issued_at.desc(), reports.c.id.desc())
        )
        return tuple(
            IssuedReport(row.report_id, row.assessment_id, row.issued_at, row.language, row.pdf)
            for row in rows
        )
