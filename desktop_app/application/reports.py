"""Issue a report: an exact copy is kept, and that it left goes to the audit trail."""

from desktop_app.application.ports import IssuedReport
from desktop_app.application.session import Session
from desktop_app.domain.account import Right
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.clinic import Language
from desktop_app.domain.identifiers import RecordId, new_record_id


def report_code(number: str, digest: str) -> str:
    """Return what the QR code of a report says: the record's number and the digest of its seal."""
    return f"MESODESK:{number}:{digest}"


def issue_report(
    session: Session, assessment_id: RecordId, *, language: Language, pdf: bytes
) -> IssuedReport:
    """Keep the exact copy of a report that is about to be printed or saved."""
    session.require(Right.PRINT_REPORTS)
    report = IssuedReport(
        report_id=new_record_id(),
        assessment_id=assessment_id,
        issued_at=session.clock.now(),
        language=language.value,
        pdf=pdf,
    )
    with session.unit_of_work() as work:
        work.assessments.get(assessment_id)
        work.reports.add(report)
        work.audit.append(
            session.audit_entry(
                AuditAction.REPORT_ISSUED, assessment_id, {"language": language.value}
            )
        )
        work.commit()
    return report


def list_reports(session: Session, assessment_id: RecordId) -> tuple[IssuedReport, ...]:
    """Return the copies of an assessment's reports, newest first."""
    session.require(Right.PRINT_REPORTS)
    with session.unit_of_work() as work:
        return work.reports.list_of_assessment(assessment_id)
