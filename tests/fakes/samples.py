"""Fictional records, whole in every part, for tests that need some."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

from desktop_app.domain.assessment import (
    AnswerState,
    Assessment,
    BandNote,
    Contribution,
    ModelIdentity,
    ModelResult,
    UnitNote,
    WithheldReason,
)
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.lab_panel import FIELDS
from desktop_app.domain.panel import Measurement, MissingReason
from desktop_app.domain.patient import Patient, PatientDetails, Sex

NOON = datetime(2026, 3, 17, 3, 0, tzinfo=UTC)
MODEL = ModelIdentity("slim", "1.0", "ab" * 32, "RandomForestClassifier", 0.29)


def mistyped(group: str) -> str:
    """Return a group of a recovery key with its first character wrong."""
    return ("1" if group[0] == "0" else "0") + group[1:]


def sample_patient(
    name: str = "홍길동",
    chart_number: str = "00417",
    *,
    registered_at: datetime = NOON,
    **details: Any,
) -> Patient:
    """Return a patient; further details by name."""
    known = PatientDetails(
        name=name,
        chart_number=chart_number,
        birth_date=date(1958, 8, 21),
        sex=Sex.MALE,
        phone="010-1234-5678",
        exposure_start=1975,
        exposure_end=2001,
        exposure_work="조선소 배관공",
    )
    return Patient(
        patient_id=new_record_id(),
        details=replace(known, **details),
        registered_at=registered_at,
        changed_at=registered_at,
    )


def sample_assessment(
    patient_id: RecordId,
    number: str = "A-2026-0317-001",
    *,
    assessed_at: datetime = NOON,
    state: AnswerState = AnswerState.ABOVE,
    probability: float = 0.4318,
    corrects: RecordId | None = None,
    **parts: Any,
) -> Assessment:
    """Return an assessment with something in every part; further parts by name."""
    assessment = Assessment(
        assessment_id=new_record_id(),
        number=number,
        patient_id=patient_id,
        corrects=corrects,
        assessed_at=assessed_at,
        assessor_id=new_record_id(),
        assessor_name="이서연",
        collected_on=date(2026, 3, 16),
        laboratory="검사실",
        ldh_upper_limit=225.0,
        measurements=_measurements(),
        used_count=8,
        model=MODEL,
        result=_result(probability),
        label=int(probability >= MODEL.threshold),
        state=state,
        reasons=(WithheldReason.RANGE_STRADDLES,) if state is AnswerState.CANNOT_SAY else (),
        unit_notes=(UnitNote("platelet_count", "10*4/uL", 0.21),),
    )
    return replace(assessment, **parts)


def _measurements() -> dict[str, Measurement]:
    measured = {
        field.key: Measurement(field.key, f"{10.5 + i}", field.units[0].ucum, value=10.5 + i)
        for i, field in enumerate(FIELDS)
    }
    last = FIELDS[-1]
    measured[last.key] = Measurement(
        last.key, "", last.units[0].ucum, missing=MissingReason.NOT_DONE
    )
    return measured


def _result(probability: float) -> ModelResult:
    return ModelResult(
        probability=probability,
        low=probability - 0.1,
        high=probability + 0.1,
        base_value=0.2963,
        contributions=tuple(
            Contribution(field.key, 10.5 + i, 0.1 / (i + 1)) for i, field in enumerate(FIELDS[:8])
        ),
        similar_count=24,
        similar_positive=10,
        band_notes=(BandNote("glucose", 300.0, 60.0, 280.0, is_outside_all=False),),
        joint_distance=8.25,
        joint_limit=21.5,
    )
