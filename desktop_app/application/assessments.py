"""Enter a panel, assess it, correct it, comment on it, and show that a record still holds."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from desktop_app.application.ports import RiskModel, UnitOfWork
from desktop_app.application.session import Session
from desktop_app.domain.account import Account, Right, Role
from desktop_app.domain.assessment import (
    AnswerState,
    Assessment,
    Opinion,
    Stance,
    UnitNote,
    answer,
    withheld_reasons,
)
from desktop_app.domain.assessment_message import message_of
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import OutboxItem, RecordKind
from desktop_app.domain.figure import parse_figure
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.lab_panel import FIELD_BY_KEY
from desktop_app.domain.panel import CheckedPanel, Entry, Measurement, Panel
from desktop_app.domain.panel_check import PanelContext, check_panel
from desktop_app.domain.patient import Patient

HISTORY_LENGTH = 3


@dataclass(frozen=True)
class FormStart:
    """What a form opens with.

    `previous` is the newest assessment, for the values beside the fields; `context` is what the
    checks need to know about the patient; `doctors` are those a draft can be handed to.
    """

    patient: Patient
    draft: Draft | None
    previous: Assessment | None
    context: PanelContext
    doctors: tuple[Account, ...]


def start_form(
    session: Session,
    patient_id: RecordId,
    *,
    corrects: RecordId | None = None,
    draft_id: RecordId | None = None,
) -> FormStart:
    """Gather what the form needs; a correction opens with the values of what it corrects.

    PATIENT_ARCHIVED as long as the patient is; DRAFT_OF_ANOTHER or PATIENT_MISMATCH if the draft is
    somebody else's. The form shows earlier values: that the chart was read goes to the audit trail.
    """
    session.require(Right.ENTER_VALUES)
    with session.unit_of_work() as work:
        patient = work.patients.get(patient_id)
        _require_active(patient)
        history = _history(work, patient_id)
        doctors = tuple(
            account
            for account in work.accounts.list_all()
            if account.is_active and Role.DOCTOR in account.roles
        )
        if draft_id is not None:
            draft: Draft | None = work.drafts.get(draft_id)
            _require_own(session, draft, patient_id)
        else:
            drafts = work.drafts.list_of_patient(patient_id, session.person.account_id)
            draft = next((one for one in drafts if one.corrects == corrects), None)
        if corrects is not None:
            _require_uncorrected(work, corrects, patient)
            draft = draft or _correction_draft(session, work.assessments.get(corrects))
        work.audit.append(session.audit_entry(AuditAction.PATIENT_READ, patient_id))
        work.commit()
    return FormStart(
        patient=patient,
        draft=draft,
        previous=history[0] if history else None,
        context=_context(session.clock.today(), patient, history),
        doctors=doctors,
    )


def save_draft(session: Session, draft: Draft) -> Draft:
    """Keep the form as typed; no value is checked, so nothing is lost.

    DRAFT_OF_ANOTHER once somebody else goes on with it, a doctor it was handed to for one.
    """
    session.require(Right.ENTER_VALUES)
    saved = replace(
        draft,
        author_id=session.person.account_id,
        author_name=session.person.name,
        saved_at=session.clock.now(),
    )
    with session.unit_of_work() as work:
        _require_own(session, work.drafts.find(draft.draft_id), draft.patient_id)
        work.drafts.save(saved)
        work.commit()
    return saved


def hand_over_draft(session: Session, draft: Draft, *, doctor_id: RecordId, message: str) -> Draft:
    """Give a draft to a doctor, who checks the values and assesses."""
    session.require(Right.ENTER_VALUES)
    handed = replace(
        draft,
        author_id=session.person.account_id,
        author_name=session.person.name,
        saved_at=session.clock.now(),
        doctor_id=doctor_id,
        message=message.strip(),
        handed_at=session.clock.now(),
        handed_by_name=session.person.name,
    )
    with session.unit_of_work() as work:
        doctor = work.accounts.get(doctor_id)
        if Role.DOCTOR not in doctor.roles or not doctor.is_active:
            raise AppError(ErrorCode.INVALID_INPUT, field="doctor")
        _require_own(session, work.drafts.find(draft.draft_id), draft.patient_id)
        work.drafts.save(handed)
        work.audit.append(session.audit_entry(AuditAction.DRAFT_HANDED_OVER, handed.draft_id))
        work.commit()
    return handed


def list_my_drafts(session: Session) -> tuple[tuple[Draft, Patient], ...]:
    """Return what waits for this person, own or handed over, with the patients, newest first."""
    session.require(Right.ENTER_VALUES)
    with session.unit_of_work() as work:
        return tuple(
            (draft, work.patients.get(draft.patient_id))
            for draft in work.drafts.list_waiting_for(session.person.account_id)
        )


def discard_draft(session: Session, draft_id: RecordId) -> None:
    """Forget an own draft because the person said so; nothing happens if it is gone."""
    session.require(Right.ENTER_VALUES)
    with session.unit_of_work() as work:
        draft = work.drafts.find(draft_id)
        if draft is None:
            return
        _require_own(session, draft, draft.patient_id)
        work.drafts.remove(draft_id)
        work.audit.append(session.audit_entry(AuditAction.DRAFT_DISCARDED, draft_id))
        work.commit()


def record_assessment(
    session: Session,
    patient: Patient,
    panel: Panel,
    *,
    corrects: RecordId | None = None,
    draft_id: RecordId | None = None,
) -> Assessment:
    """Check a panel, score it and store the sealed result with its outbox and audit rows at once.

    `patient` is the one on the screen: PATIENT_MISMATCH if the stored record has another name,
    chart number or birth date by now. PANEL_NOT_READY if a finding blocks or too little was
    entered. CHANGED_ELSEWHERE if what is to be corrected has been corrected already.
    PATIENT_ARCHIVED and DRAFT_OF_ANOTHER as for `start_form`.
    """
    session.require(Right.ASSESS)
    model = session.model()
    with session.unit_of_work() as work:
        stored = work.patients.get(patient.patient_id)
        if _identity(stored) != _identity(patient):
            raise AppError(ErrorCode.PATIENT_MISMATCH)
        _require_active(stored)
        if draft_id is not None:
            _require_own(session, work.drafts.find(draft_id), stored.patient_id)
        if corrects is not None:
            _require_uncorrected(work, corrects, stored)
        history = _history(work, stored.patient_id)
        checked = check_panel(panel, _context(session.clock.today(), stored, history))
        if not checked.can_be_assessed:
            raise AppError(
                ErrorCode.PANEL_NOT_READY,
                blocking=len(checked.blocking),
                used=checked.used_count,
            )
        number = work.assessments.next_number(session.clock.today())
        assessment = _assess(session, model, checked, panel, stored, corrects, number)
        work.assessments.add(assessment)
        if draft_id is not None:
            work.drafts.remove(draft_id)
        work.outbox.put(
            OutboxItem(
                RecordKind.ASSESSMENT,
                assessment.assessment_id,
                assessment.patient_id,
                1,
                assessment.assessed_at,
                message_of(assessment),
            )
        )
        work.audit.append(
            session.audit_entry(
                AuditAction.ASSESSMENT_CORRECTED if corrects else AuditAction.ASSESSMENT_RECORDED,
                assessment.assessment_id,
            )
        )
        work.commit()
    return assessment


@dataclass(frozen=True)
class ResultFile:
    """Everything the result page and the report show about one assessment."""

    assessment: Assessment
    patient: Patient
    digest: str
    earlier: tuple[tuple[date, float, AnswerState], ...]
    corrected_by: RecordId | None
    opinion: Opinion | None
    prevalence: float | None


def open_result(session: Session, assessment_id: RecordId) -> ResultFile:
    """Return a finished assessment with its surroundings; reading it goes to the audit trail."""
    session.require(Right.READ_RESULTS)
    with session.unit_of_work() as work:
        assessment = work.assessments.get(assessment_id)
        summaries = work.assessments.list_of_patient(assessment.patient_id)
        result = ResultFile(
            assessment=assessment,
            patient=work.patients.get(assessment.patient_id),
            digest=work.assessments.sealed_text(assessment_id)[1],
            earlier=tuple(
                (one.assessed_at.astimezone().date(), one.probability, one.state)
                for one in summaries
                if one.assessed_at < assessment.assessed_at and not one.is_corrected
            ),
            corrected_by=next(
                (one.assessment_id for one in summaries if one.corrects == assessment_id), None
            ),
            opinion=next(
                (
                    opinion
                    for opinion in work.assessments.list_opinions(assessment.patient_id)
                    if opinion.assessment_id == assessment_id
                ),
                None,
            ),
            prevalence=work.clinic().prevalence,
        )
        work.audit.append(session.audit_entry(AuditAction.ASSESSMENT_READ, assessment_id))
        work.commit()
    return result


def state_opinion(
    session: Session, assessment_id: RecordId, stance: Stance, reason: str = ""
) -> Opinion:
    """Keep what a doctor thinks of an answer."""
    session.require(Right.COMMENT_RESULTS)
    opinion = Opinion(
        opinion_id=new_record_id(),
        assessment_id=assessment_id,
        stance=stance,
        reason=reason.strip(),
        author_id=session.person.account_id,
        author_name=session.person.name,
        stated_at=session.clock.now(),
    )
    with session.unit_of_work() as work:
        work.assessments.get(assessment_id)
        work.assessments.add_opinion(opinion)
        work.audit.append(session.audit_entry(AuditAction.OPINION_STATED, assessment_id))
        work.commit()
    return opinion


@dataclass(frozen=True)
class Verification:
    """What re-running a sealed record showed; None where the installed model is another one."""

    number: str
    is_seal_whole: bool
    is_score_equal: bool | None

    @property
    def holds(self) -> bool:
        """Tell whether nothing speaks against the record."""
        return self.is_seal_whole and self.is_score_equal is not False


def verify_record(session: Session, reference: str) -> Verification:
    """Recompute the seal and the score of a stored assessment, named by number or digest.

    That it was read goes to the audit trail.
    """
    session.require(Right.READ_RESULTS)
    with session.unit_of_work() as work:
        found = work.assessments.find_by_reference(reference.strip())
        if found is None:
            raise AppError(ErrorCode.NOT_FOUND)
        text, digest = work.assessments.sealed_text(found.assessment_id)
        work.audit.append(session.audit_entry(AuditAction.ASSESSMENT_READ, found.assessment_id))
        work.commit()
    is_seal_whole = hashlib.sha256(text.encode()).hexdigest() == digest and found.content() == text
    model = session.model()
    is_score_equal = None
    if model.identity.sha256 == found.model.sha256:
        again = model.probability(
            {key: measured.model_value for key, measured in found.measurements.items()}
        )
        is_score_equal = again == found.result.probability
    return Verification(found.number, is_seal_whole, is_score_equal)


def _identity(patient: Patient) -> tuple[str, str, date]:
    return patient.name, patient.chart_number, patient.birth_date


def _require_active(patient: Patient) -> None:
    if patient.is_archived:
        raise AppError(ErrorCode.PATIENT_ARCHIVED)


def _require_own(session: Session, draft: Draft | None, patient_id: RecordId) -> None:
    """Refuse a stored draft that is not this person's, or not of this patient.

    An administrator has no more right to it: values belong to who checks them.
    """
    if draft is None:
        return
    if not draft.belongs_to(session.person.account_id):
        raise AppError(ErrorCode.DRAFT_OF_ANOTHER)
    if draft.patient_id != patient_id:
        raise AppError(ErrorCode.PATIENT_MISMATCH)


def _require_uncorrected(work: UnitOfWork, wrong_id: RecordId, patient: Patient) -> None:
    if work.assessments.get(wrong_id).patient_id != patient.patient_id:
        raise AppError(ErrorCode.PATIENT_MISMATCH)
    versions = work.assessments.list_of_patient(patient.patient_id)
    if any(one.corrects == wrong_id for one in versions):
        raise AppError(ErrorCode.CHANGED_ELSEWHERE)


def _history(work: UnitOfWork, patient_id: RecordId) -> tuple[Assessment, ...]:
    newest = [
        summary
        for summary in work.assessments.list_of_patient(patient_id)
        if not summary.is_corrected
    ][:HISTORY_LENGTH]
    return tuple(work.assessments.get(summary.assessment_id) for summary in newest)


def _context(today: date, patient: Patient, history: tuple[Assessment, ...]) -> PanelContext:
    return PanelContext(
        age=patient.age_on(today),
        today=today,
        earlier={
            key: tuple(
                Decimal(repr(value))
                for assessment in history
                if (value := assessment.measurements[key].value) is not None
            )
            for key in FIELD_BY_KEY
        },
    )


def _assess(
    session: Session,
    model: RiskModel,
    checked: CheckedPanel,
    panel: Panel,
    patient: Patient,
    corrects: RecordId | None,
    number: str,
) -> Assessment:
    result = model.evaluate(checked.model_values())
    threshold = model.identity.threshold
    reasons = withheld_reasons(result, threshold=threshold, used_count=checked.used_count)
    return Assessment(
        assessment_id=new_record_id(),
        number=number,
        patient_id=patient.patient_id,
        corrects=corrects,
        assessed_at=session.clock.now(),
        assessor_id=session.person.account_id,
        assessor_name=session.person.name,
        collected_on=panel.collected_on,
        laboratory=panel.laboratory,
        ldh_upper_limit=(None if panel.ldh_upper_limit is None else float(panel.ldh_upper_limit)),
        measurements=checked.measurements,
        used_count=checked.used_count,
        model=model.identity,
        result=result,
        label=int(result.probability >= threshold),
        state=answer(result, threshold=threshold, reasons=reasons),
        reasons=reasons,
        unit_notes=_unit_notes(model, checked, result.probability),
    )


def _unit_notes(
    model: RiskModel, checked: CheckedPanel, probability: float
) -> tuple[UnitNote, ...]:
    """Return the values whose typed figure in another accepted unit moves the score across."""
    values = checked.model_values()
    threshold = model.identity.threshold
    notes = []
    for key, measured in checked.measurements.items():
        for unit, figure in _other_readings(measured):
            other = model.probability({**values, key: figure})
            if (other >= threshold) != (probability >= threshold):
                notes.append(UnitNote(key, unit, other))
    return tuple(notes)


def _other_readings(measured: Measurement) -> Iterator[tuple[str, float]]:
    """Yield each accepted unit that gives another, possible figure, with that canonical figure."""
    if measured.value is None:
        return
    field = FIELD_BY_KEY[measured.field]
    typed = parse_figure(measured.text).figure
    for unit in field.units:
        figure = unit.to_canonical(typed)
        if not unit.reads_like(field.unit(measured.unit)) and field.refuse.holds(figure):
            yield unit.ucum, float(figure)


def _correction_draft(session: Session, wrong: Assessment) -> Draft:
    return Draft(
        draft_id=new_record_id(),
        patient_id=wrong.patient_id,
        panel=Panel(
            entries={
                key: Entry(one.text, one.unit, one.missing, one.is_confirmed)
                for key, one in wrong.measurements.items()
                if not one.is_no_fluid
            },
            has_no_fluid=any(one.is_no_fluid for one in wrong.measurements.values()),
            collected_on=wrong.collected_on,
            laboratory=wrong.laboratory,
            ldh_upper_limit=(
                None if wrong.ldh_upper_limit is None else Decimal(repr(wrong.ldh_upper_limit))
            ),
        ),
        author_id=session.person.account_id,
        author_name=session.person.name,
        saved_at=session.clock.now(),
        corrects=wrong.assessment_id,
    )
