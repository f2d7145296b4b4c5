"""Read what lists and charts need of assessments, without their sealed texts."""

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, func, select, text

from desktop_app.application.ports import AssessmentSummary
from desktop_app.domain.assessment import AnswerState
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.storage.assessment_number import number_of
from desktop_app.infrastructure.storage.tables import assessments, patients

TREND_LENGTH = 8

_COLUMNS = [column for column in assessments.c if column.name not in ("digest", "content")]
_correcting = assessments.alias()
_is_corrected = exists().where(_correcting.c.corrects == assessments.c.assessment_id)
_NEWEST_FIRST = (assessments.c.assessed_at.desc(), assessments.c.id.desc())

_OF_PATIENT = (
    select(*_COLUMNS, _is_corrected.label("is_corrected"))
    .join(patients, patients.c.id == assessments.c.patient)
    .where(patients.c.patient_id == bindparam("patient_id"))
    .order_by(*_NEWEST_FIRST)
)
_ranked = (
    select(
        *_COLUMNS,
        func.row_number()
        .over(partition_by=assessments.c.patient, order_by=_NEWEST_FIRST)
        .label("rank"),
    )
    # One list instead of a parameter for each patient, which would take longer than the query.
    .where(
        assessments.c.patient.in_(text("SELECT value FROM json_each(:patients)")), ~_is_corrected
    )
    .subquery()
)
_RECENT = select(_ranked).where(_ranked.c.rank <= TREND_LENGTH).order_by(_ranked.c.rank)


def list_summaries(connection: Connection, patient_id: RecordId) -> tuple[AssessmentSummary, ...]:
    """Return a patient's assessments, newest first, corrected versions marked."""
    rows = connection.execute(_OF_PATIENT, {"patient_id": patient_id})
    return tuple(_summary(row, patient_id, is_corrected=bool(row.is_corrected)) for row in rows)


def recent_summaries(
    connection: Connection, patient_ids: dict[int, RecordId]
) -> dict[int, Sequence[AssessmentSummary]]:
    """Return the newest valid assessments of each patient (row id to identity), newest first."""
    found = defaultdict[int, list[AssessmentSummary]](list)
    if patient_ids:
        rows = connection.execute(_RECENT, {"patients": json.dumps(list(patient_ids))}).all()
        for row in rows:
            found[row.patient].append(_summary(row, patient_ids[row.patient], is_corrected=False))
    return dict(found)


def _summary(
    row: Row[*tuple[Any, ...]], patient_id: RecordId, *, is_corrected: bool
) -> AssessmentSummary:
    return AssessmentSummary(
        assessment_id=row.assessment_id,
        number=number_of(row.id),
        patient_id=patient_id,
        corrects=row.corrects,
        is_corrected=is_corrected,
        assessed_at=row.assessed_at,
        assessor_name=row.assessor_name,
        probability=row.probability,
        low=row.low,
        high=row.high,
        threshold=row.threshold,
        state=AnswerState(row.state),
        label=row.label,
        model_name=row.model_name,
        outside_count=row.outside_count,
        missing_count=row.missing_count,
    )
