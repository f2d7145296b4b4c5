"""Two assessments of one patient side by side."""

from collections.abc import Mapping
from dataclasses import dataclass

from desktop_app.application.ports import AssessmentSummary, TrainingBand
from desktop_app.application.session import Session
from desktop_app.domain.account import Right
from desktop_app.domain.assessment import Assessment, Stance
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import Patient


@dataclass(frozen=True)
class ComparedAssessment:
    """One side: the assessment and what its doctor last thought of it."""

    assessment: Assessment
    stance: Stance | None


@dataclass(frozen=True)
class Comparison:
    """Both sides; `choices` are the valid assessments, newest first.

    `bands` are those of the model that made both, None where the installed model is another.
    """

    patient: Patient
    first: ComparedAssessment
    second: ComparedAssessment
    choices: tuple[AssessmentSummary, ...]
    bands: Mapping[str, TrainingBand] | None


def compare_assessments(session: Session, first_id: RecordId, second_id: RecordId) -> Comparison:
    """Return two assessments with their surroundings; PATIENT_MISMATCH if of two patients.

    That both were read goes to the audit trail.
    """
    session.require(Right.READ_RESULTS)
    with session.unit_of_work() as work:
        found = [work.assessments.get(one) for one in (first_id, second_id)]
        patient_id = found[0].patient_id
        if found[1].patient_id != patient_id:
            raise AppError(ErrorCode.PATIENT_MISMATCH)
        opinions = work.assessments.list_opinions(patient_id)
        first, second = (
            ComparedAssessment(
                one,
                next(
                    (said.stance for said in opinions if said.assessment_id == one.assessment_id),
                    None,
                ),
            )
            for one in found
        )
        choices = work.assessments.list_of_patient(patient_id)
        patient = work.patients.get(patient_id)
        for one in found:
            work.audit.append(session.audit_entry(AuditAction.ASSESSMENT_READ, one.assessment_id))
        work.commit()
    return Comparison(
        patient,
        first,
        second,
        tuple(one for one in choices if not one.is_corrected),
        _bands_of(session, found),
    )


def _bands_of(session: Session, found: list[Assessment]) -> Mapping[str, TrainingBand] | None:
    try:
        model = session.model()
    except AppError:
        return None
    is_same = all(one.model.sha256 == model.identity.sha256 for one in found)
    return model.bands if is_same else None
