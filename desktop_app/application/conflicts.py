"""Decide what stays where a patient was changed in two places; both versions stay in history."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import Enum

from desktop_app.application.patients import keep_version
from desktop_app.application.ports import UnitOfWork
from desktop_app.application.receiving import undecidable
from desktop_app.application.session import Session
from desktop_app.domain.account import Right
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery, RecordKind, ServerVersion, SyncRecord
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.patient import Patient, problems_of
from desktop_app.domain.patient_fields import (
    IDENTIFYING,
    PatientVersion,
    fields_of,
    with_fields,
)

# Texts of these can stand one after the other.
KEPT_TOGETHER = ("exposure_work",)


class Side(Enum):
    """Which value of a field stays."""

    HERE = "here"
    SERVER = "server"
    BOTH = "both"


@dataclass(frozen=True)
class FieldChoice:
    """One field in which the two versions differ.

    `preset` is the side that nobody has to think about: only the other one left it as it was. It is
    None where both changed it, and wherever people are told apart by it.
    """

    name: str
    here: object
    server: object
    preset: Side | None
    can_keep_both: bool


@dataclass(frozen=True)
class Conflict:
    """A patient as it is here and on the server, with who changed it last on either side."""

    patient: Patient
    here: PatientVersion
    server: ServerVersion
    fields: tuple[FieldChoice, ...]
    same: int
    assessments: int


def list_conflicts(session: Session) -> tuple[Patient, ...]:
    """Return the patients whose conflicts wait for a decision, oldest first."""
    session.require(Right.DECIDE_CONFLICTS)
    with session.unit_of_work() as work:
        return tuple(row.patient for row in work.outbox.list_rows(Delivery.CONFLICT))


def open_conflict(session: Session, patient_id: RecordId) -> Conflict:
    """Return both versions side by side; NOT_FOUND if nothing is to be decided any more."""
    session.require(Right.DECIDE_CONFLICTS)
    with session.unit_of_work() as work:
        conflict = _read(work, patient_id)
        work.audit.append(session.audit_entry(AuditAction.PATIENT_READ, patient_id))
        work.commit()
    return conflict


def decide_conflict(session: Session, conflict: Conflict, choices: Mapping[str, Side]) -> Patient:
    """Store what was chosen and queue it for the server.

    CONFLICT_UNDECIDED if a field is missing, or if either side has changed since the conflict was
    opened. INVALID_INPUT carries `problems` where the chosen values do not go together.
    """
    session.require(Right.DECIDE_CONFLICTS)
    patient_id = conflict.patient.patient_id
    if {one.name for one in conflict.fields} - choices.keys():
        raise AppError(ErrorCode.CONFLICT_UNDECIDED)
    now = session.clock.now()
    with session.unit_of_work() as work:
        if _read(work, patient_id) != conflict:
            raise AppError(ErrorCode.CONFLICT_UNDECIDED)
        ours, theirs = fields_of(conflict.patient), conflict.server
        chosen = {one.name: kept_value(one, choices[one.name]) for one in conflict.fields}
        decided = with_fields(conflict.patient, {**ours, **chosen}, now)
        problems = problems_of(decided.details, session.clock.today())
        if problems:
            raise AppError(ErrorCode.INVALID_INPUT, problems=problems)
        # Theirs first: both versions stay in the history, whichever is chosen.
        passed = replace(conflict.patient, version=decided.version)
        decided = replace(decided, version=decided.version + 1)
        work.sync.add_version(_their_version(passed, ours, theirs))
        work.patients.update(
            decided, expected_version=conflict.patient.version, is_from_server=True
        )
        work.outbox.release(patient_id)
        keep_version(work, decided, session.person)
        known = work.sync.find(patient_id)
        open_fields = undecidable(theirs.fields, ours)
        work.sync.save(
            SyncRecord(
                patient_id,
                RecordKind.PATIENT,
                server_id=None if known is None else known.server_id,
                base_version=theirs.version,
                version=0 if known is None else known.version,
                base={
                    name: value
                    for name, value in theirs.fields.items()
                    if name in ours and name not in open_fields
                },
                seen_at=passed.version,
                confirmed_at=None if known is None else known.confirmed_at,
                epoch=work.sync.position().epoch,
            )
        )
        work.audit.append(session.audit_entry(AuditAction.CONFLICT_DECIDED, patient_id))
        work.commit()
    return decided


def kept_value(choice: FieldChoice, side: Side) -> object:
    """Return what a choice leaves in a field."""
    if side is Side.BOTH and choice.can_keep_both:
        return f"{choice.here}, {choice.server}"
    return choice.server if side is Side.SERVER else choice.here


def _read(work: UnitOfWork, patient_id: RecordId) -> Conflict:
    row = work.outbox.find(patient_id)
    if row is None or row.state is not Delivery.CONFLICT or row.current is None:
        raise AppError(ErrorCode.NOT_FOUND)
    patient, theirs = row.patient, row.current
    ours = fields_of(patient)
    known = work.sync.find(patient_id)
    base = known.base if known is not None and known.base is not None else {}
    shared = _shown(theirs, ours)
    differing = [name for name in shared if shared[name] != ours[name]]
    return Conflict(
        patient=patient,
        here=work.sync.list_versions(patient_id)[-1],
        server=theirs,
        fields=tuple(
            FieldChoice(
                name,
                ours[name],
                shared[name],
                _preset(name, ours, shared, base),
                name in KEPT_TOGETHER and bool(ours[name]) and bool(shared[name]),
            )
            for name in differing
        ),
        same=len(ours) - len(differing),
        assessments=len(work.assessments.list_of_patient(patient_id)),
    )


def _shown(theirs: ServerVersion, ours: Mapping[str, object]) -> dict[str, object]:
    """Return the server's fields; a year of birth without a day moves the day that is known."""
    shared = {name: value for name, value in theirs.fields.items() if name in ours}
    if undecidable(theirs.fields, ours):
        day = str(shared.get("birth_date", ours["birth_date"]))[4:]
        year = int(str(theirs.fields["birth_year"]))
        is_leap_day = day == "-02-29" and (year % 4 or (not year % 100 and year % 400))
        shared["birth_date"] = f"{year:04}{'-02-28' if is_leap_day else day}"
    return shared


def _preset(
    name: str,
    ours: Mapping[str, object],
    theirs: Mapping[str, object],
    base: Mapping[str, object],
) -> Side | None:
    if name in IDENTIFYING or name not in base:
        return None
    if base[name] == ours[name]:
        return Side.SERVER
    return Side.HERE if base[name] == theirs[name] else None


def _their_version(
    passed: Patient, ours: Mapping[str, object], theirs: ServerVersion
) -> PatientVersion:
    return PatientVersion(
        patient_id=passed.patient_id,
        version=passed.version,
        change_id=new_record_id(),
        fields={**ours, **_shown(theirs, ours)},
        changed_at=theirs.changed_at or passed.changed_at,
        author_name=theirs.changed_by,
        is_ours=False,
    )
