"""Keep assessments and opinions; triggers in the database refuse to change or delete them."""

import contextlib
import hashlib
import re
from datetime import date
from uuid import UUID

from sqlalchemy import Connection, bindparam, insert, select, text

from desktop_app.application.ports import AssessmentSummary
from desktop_app.domain.assessment import Assessment, Opinion, Stance
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Seal, ShownAssessment
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.storage.assessment_number import (
    key_of,
    keys_of_day,
    next_turn,
    number_of,
)
from desktop_app.infrastructure.storage.connection import run
from desktop_app.infrastructure.storage.list_position import Span
from desktop_app.infrastructure.storage.sealed import unseal, unseal_foreign
from desktop_app.infrastructure.storage.summaries import list_summaries, recent_summaries
from desktop_app.infrastructure.storage.tables import (
    assessments,
    microseconds,
    opinions,
    patients,
)

_PATIENT = "SELECT id, listed_at, standing, is_archived FROM patients WHERE patient_id = ?"
_COLUMNS = [column.name for column in assessments.c]
_INSERT = (
    f"INSERT INTO assessments ({', '.join(_COLUMNS)}) "  # noqa: S608 our own column names
    f"VALUES ({', '.join('?' * len(_COLUMNS))})"
)
_MOVE = "UPDATE patients SET standing = ?, listed_at = ?, position = ? WHERE id = ?"
_IS_TAKEN = "SELECT 1 FROM assessments WHERE id = ?"
_LAST_OF_DAY = "SELECT max(id) FROM assessments WHERE id BETWEEN ? AND ?"
_SEALED = select(assessments.c.content, assessments.c.digest)
_BY_IDENTITY = _SEALED.where(assessments.c.assessment_id == bindparam("wanted"))
_BY_NUMBER = _SEALED.where(assessments.c.id == bindparam("wanted"))
_BY_DIGEST = text(
    "SELECT content FROM assessments WHERE id = (SELECT id FROM assessments "
    "INDEXED BY assessments_of_patient WHERE digest BETWEEN :low AND :high LIMIT 1)"
)
_FIND_SEAL = (
    "SELECT a.digest, p.patient_id, a.probability, a.label FROM assessments a "
    "JOIN patients p ON p.id = a.patient WHERE a.assessment_id = ?"
)
_DIGEST = re.compile("[0-9a-f]{16,64}")
_DIGEST_BYTES = 32


class SqlAssessmentRepository:
    """Assessments in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, assessment: Assessment) -> None:
        """Store a finished assessment with its sealed text and digest."""
        self._insert(assessment, key_of(assessment.number))

    def admit(self, shown: ShownAssessment, sealed: str) -> None:
        """Store an assessment that another workstation sealed, exactly as it is."""
        assessment = unseal_foreign(sealed, shown)
        key = key_of(assessment.number)
        while run(self._connection, _IS_TAKEN, (key,)).fetchone() is not None:
            key = next_turn(key)
        self._insert(assessment, key)

    def _insert(self, assessment: Assessment, key: int) -> None:
        patient = run(self._connection, _PATIENT, (assessment.patient_id.bytes,)).fetchone()
        if patient is None:
            raise AppError(ErrorCode.NOT_FOUND)
        summary = AssessmentSummary.of(assessment)
        content = assessment.content()
        columns = {
            **vars(summary),
            "id": key,
            "patient": patient[0],
            "assessment_id": summary.assessment_id.bytes,
            "corrects": None if summary.corrects is None else summary.corrects.bytes,
            "assessed_at": microseconds(summary.assessed_at),
            "state": summary.state.value,
            "digest": hashlib.sha256(content.encode()).digest(),
            "content": content,
        }
        run(self._connection, _INSERT, tuple(columns[name] for name in _COLUMNS))
        self._move(summary, *patient)

    def get(self, assessment_id: RecordId) -> Assessment:
        """Return an assessment as it was sealed; AppError NOT_FOUND."""
        return unseal(self.sealed_text(assessment_id)[0])

    def find_by_reference(self, reference: str) -> Assessment | None:
        """Return the assessment with that number or digest (16 digits of it suffice), if any."""
        plain = "".join(reference.split())
        with contextlib.suppress(ValueError):
            wanted = key_of(plain.upper())
            row = self._connection.execute(_BY_NUMBER, {"wanted": wanted}).first()
            return None if row is None else unseal(row.content)
        digits = plain.lower()
        if not _DIGEST.fullmatch(digits):
            return None
        bounds = {
            "low": bytes.fromhex(digits.ljust(2 * _DIGEST_BYTES, "0")),
            "high": bytes.fromhex(digits.ljust(2 * _DIGEST_BYTES, "f")),
        }
        content = self._connection.execute(_BY_DIGEST, bounds).scalar()
        return None if content is None else unseal(content)

    def sealed_text(self, assessment_id: RecordId) -> tuple[str, str]:
        """Return the stored sealed text and the stored digest; AppError NOT_FOUND."""
        row = self._connection.execute(_BY_IDENTITY, {"wanted": assessment_id}).first()
        if row is None:
            raise AppError(ErrorCode.NOT_FOUND)
        return row.content, row.digest.hex()

    def find_seal(self, assessment_id: RecordId) -> Seal | None:
        """Return the digest of an assessment and what is shown of it, None if there is none."""
        row = run(self._connection, _FIND_SEAL, (assessment_id.bytes,)).fetchone()
        if row is None:
            return None
        digest, patient, probability, label = row
        patient_id = RecordId(UUID(bytes=patient))
        return Seal(digest.hex(), ShownAssessment(assessment_id, patient_id, probability, label))

    def list_of_patient(self, patient_id: RecordId) -> tuple[AssessmentSummary, ...]:
        """Return a patient's assessments, newest first, corrected versions marked."""
        return list_summaries(self._connection, patient_id)

    def next_number(self, day: date) -> str:
        """Return the next number of that day, A-YYYY-MMDD-NNN."""
        before, last = keys_of_day(day)
        used = run(self._connection, _LAST_OF_DAY, (before, last)).fetchone()[0]
        return number_of((used or before) + 1)

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

    def _move(
        self,
        added: AssessmentSummary,
        patient: int,
        listed_at: int,
        standing: str | None,
        is_archived: int,
    ) -> None:
        """Put the patient where the newest valid assessment belongs in the list."""
        newest = added
        if standing is not None and microseconds(added.assessed_at) < listed_at:
            # Imported late, or the clock was set back.
            recent = recent_summaries(self._connection, {patient: added.patient_id})
            newest = recent[patient][0]
            if microseconds(newest.assessed_at) == listed_at:
                return
        span = Span.of(is_archived=bool(is_archived), is_assessed=True)
        position = span.place(self._connection, newest.assessed_at)
        moment = microseconds(newest.assessed_at)
        run(self._connection, _MOVE, (newest.state.value, moment, position, patient))
