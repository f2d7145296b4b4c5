"""Read what lists and charts need of assessments, without their sealed texts."""

import json
from collections.abc import Mapping
from itertools import groupby, islice
from typing import Any

from sqlalchemy import Connection, Row, bindparam, exists, literal_column, select, text

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
_RECENT = (
    select(*_COLUMNS, literal_column("0").label("is_corrected"))
    # One list instead of a parameter for each patient, which would take longer than the query.
    .where(
        assessments.c.patient.in_(text("SELECT value FROM json_each(:patients)")), ~_is_corrected
    )
    .order_by(assessments.c.patient.desc(), *_NEWEST_FIRST)
)


def list_summaries(connection: Connection, patient_id: RecordId) -> tuple[AssessmentSummary, ...]:
    """Return a patient's assessments, newest first, corrected versions marked."""
    rows = connection.execute(_OF_PATIENT, {"patient_id": patient_id})
    return tuple(_summary(row, patient_id) for row in rows)


def recent_summaries(
    connection: Connection, patient_ids: Mapping[int, RecordId]
) -> dict[int, list[AssessmentSummary]]:
    """Return the newest valid assessments of each patient (row id to identity), newest first."""
    found: dict[int, list[AssessmentSummary]] = {}
    rows = connection.execute(_RECENT, {"patients": json.dumps(list(patient_ids))}).all()
    for patient, of_patient in groupby(rows, key=lambda row: int(row[1])):
        found[patient] = [
            _summary(row, patient_ids[patient]) for row in islice(of_patient, TREND_LENGTH)
        ]
    return found


def _summary(row: Row[*tuple[Any, ...]], patient_id: RecordId) -> AssessmentSummary:
    # Unpacked, as in `patient_of`.
    (
        row_id,
        _,
        assessment_id,
        corrects,
        assessed_at,
        assessor_name,
        probability,
        low,
        high,
        threshold,
        state,
        label,
        model_name,
        outside_count,
        missing_count,
        is_corrected,
    ) = row
    return AssessmentSummary(
        assessment_id=assessment_id,
        number=number_of(row_id),
        patient_id=patient_id,
        corrects=corrects,
        is_corrected=bool(is_corrected),
        assessed_at=assessed_at,
        assessor_name=assessor_name,
        probability=probability,
        low=low,
        high=high,
        threshold=threshold,
        state=AnswerState(state),
        label=label,
        model_name=model_name,
        outside_count=outside_count,
        missing_count=missing_count,
    )
