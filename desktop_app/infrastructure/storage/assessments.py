"""Keep assessments and opinions; triggers in the database refuse to change or delete them."""

import hashlib
import re
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, text, update

from desktop_app.application.ports import AssessmentSummary
from desktop_app.domain.assessment import Assessment, Opinion, Stance
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.storage.list_position import Span
from desktop_app.infrastructure.storage.sealed import unseal
from desktop_app.infrastructure.storage.summaries import list_summaries, recent_summaries
from desktop_app.infrastructure.storage.tables import assessments, opinions, patients

_PATIENT = select(
    patients.c.id, patients.c.listed_at, patients.c.standing, patients.c.is_archived
).where(patients.c.patient_id == bindparam("wanted"))
_INSERT = insert(assessments)
_MOVE = (
    update(patients)
    .where(patients.c.id == bindparam("patient"))
    .values(
        standing=bindparam("standing"),
        listed_at=bindparam("listed_at"),
        position=bindparam("position"),
    )
)
_CONTENT = select(assessments.c.content, assessments.c.digest)
_BY_IDENTITY = _CONTENT.where(assessments.c.assessment_id == bindparam("wanted"))
_BY_NUMBER = _CONTENT.where(assessments.c.number == bindparam("wanted"))
_BY_DIGEST = _CONTENT.where(
    assessments.c.digest >= bindparam("low"), assessments.c.digest <= bindparam("high")
)
_OF_DAY = "FROM assessments WHERE number > :day AND number < :day || ':'"
_LAST_OF_DAY = text(f"SELECT max(number) {_OF_DAY}")
_LONGEST_OF_DAY = text(f"SELECT number {_OF_DAY} ORDER BY length(number) DESC, number DESC LIMIT 1")
_DIGEST = re.compile("[0-9a-f]{16,64}")
_DIGEST_BYTES = 32
_NUMBER_WIDTH = 3


class SqlAssessmentRepository:
    """Assessments in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, assessment: Assessment) -> None:
        """Store a finished assessment with its sealed text and digest."""
        patient = self._connection.execute(_PATIENT, {"wanted": assessment.patient_id}).first()
        if patient is None:
            raise AppError(ErrorCode.NOT_FOUND)
        summary = AssessmentSummary.of(assessment)
        content = assessment.content()
        self._connection.execute(
            _INSERT,
            {
                **{name: getattr(summary, name) for name in _SUMMARY_NAMES},
                "state": summary.state.value,
                "patient": patient.id,
                "digest": hashlib.sha256(content.encode()).digest(),
                "content": content,
            },
        )
        self._move(patient, summary)

    def get(self, assessment_id: RecordId) -> Assessment:
        """Return an assessment as it was sealed; AppError NOT_FOUND."""
        return unseal(self.sealed_text(assessment_id)[0])

    def find_by_reference(self, reference: str) -> Assessment | None:
        """Return the assessment with that number or digest (16 digits of it suffice), if any."""
        plain = "".join(reference.split())
        row = self._connection.execute(_BY_NUMBER, {"wanted": plain.upper()}).first()
        if row is None and _DIGEST.fullmatch(plain.lower()):
            bounds = {
                "low": bytes.fromhex(plain.lower().ljust(2 * _DIGEST_BYTES, "0")),
                "high": bytes.fromhex(plain.lower().ljust(2 * _DIGEST_BYTES, "f")),
            }
            row = self._connection.execute(_BY_DIGEST, bounds).first()
        return None if row is None else unseal(row.content)

    def sealed_text(self, assessment_id: RecordId) -> tuple[str, str]:
        """Return the stored sealed text and the stored digest; AppError NOT_FOUND."""
        row = self._connection.execute(_BY_IDENTITY, {"wanted": assessment_id}).first()
        if row is None:
            raise AppError(ErrorCode.NOT_FOUND)
        return row.content, row.digest.hex()

    def list_of_patient(self, patient_id: RecordId) -> tuple[AssessmentSummary, ...]:
        """Return a patient's assessments, newest first, corrected versions marked."""
        return list_summaries(self._connection, patient_id)

    def next_number(self, day: date) -> str:
        """Return the next number of that day, A-YYYY-MMDD-NNN."""
        prefix = f"A-{day:%Y-%m%d}-"
        last = self._connection.execute(_LAST_OF_DAY, {"day": prefix}).scalar()
        if last is not None and last >= prefix + "9" * _NUMBER_WIDTH:
            # From the thousandth on the order of texts is not that of numbers.
            last = self._connection.execute(_LONGEST_OF_DAY, {"day": prefix}).scalar()
        count = 0 if last is None else int(last.removeprefix(prefix))
        return f"{prefix}{count + 1:0{_NUMBER_WIDTH}}"

    def add_opinion(self, opinion: Opinion) -> None:
        """Store a doctor's view."""
        row_id = self._connection.execute(
            select(assessments.c.id).where(assessments.c.assessment_id == opinion.assessment_id)
        ).scalar()
        if row_id is None:
            raise AppError(ErrorCode.NOT_FOUND)
        self._connection.execute(
            insert(opinions).values(
                opinion_id=opinion.opinion_id,
                assessment=row_id,
                stance=opinion.stance.value,
                reason=opinion.reason,
                author_id=opinion.author_id,
                author_name=opinion.author_name,
                stated_at=opinion.stated_at,
            )
        )

    def list_opinions(self, patient_id: RecordId) -> tuple[Opinion, ...]:
        """Return all views on a patient's assessments, newest first."""
        rows = self._connection.execute(
            select(opinions, assessments.c.assessment_id)
            .join(assessments, assessments.c.id == opinions.c.assessment)
            .join(patients, patients.c.id == assessments.c.patient)
            .where(patients.c.patient_id == patient_id)
            .order_by(opinions.c.stated_at.desc(), opinions.c.id.desc())
        )
        return tuple(
            Opinion(
                opinion_id=row.opinion_id,
                assessment_id=row.assessment_id,
                stance=Stance(row.stance),
                reason=row.reason,
                author_id=row.author_id,
                author_name=row.author_name,
                stated_at=row.stated_at,
            )
            for row in rows
        )

    def _move(self, patient: Row[*tuple[Any, ...]], added: AssessmentSummary) -> None:
        """Put the patient where the newest valid assessment belongs in the list."""
        newest = added
        if patient.standing is not None and added.assessed_at < patient.listed_at:
            # Imported late, or the clock was set back.
            newest = recent_summaries(self._connection, {patient.id: added.patient_id})[patient.id][
                0
            ]
            if newest.assessed_at == patient.listed_at:
                return
        span = Span.of(is_archived=patient.is_archived, is_assessed=True)
        self._connection.execute(
            _MOVE,
            {
                "patient": patient.id,
                "standing": newest.state.value,
                "listed_at": newest.assessed_at,
                "position": span.place(self._connection, newest.assessed_at),
            },
        )


_SUMMARY_NAMES = tuple(
    column.name
    for column in assessments.c
    if column.name not in ("id", "patient", "state", "digest", "content")
)
