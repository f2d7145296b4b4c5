"""The clinic's records in memory, under the same contract as the database."""

import copy
import hashlib
import re
from dataclasses import dataclass, field
from datetime import date
from types import TracebackType
from typing import Any, Self, TypeVar

from desktop_app.application.ports import (
    AssessmentSummary,
    HealthFinding,
    HealthState,
    IssuedReport,
    PatientFilter,
    PatientOrder,
    PatientPage,
    PatientQuery,
    PatientRow,
)
from desktop_app.domain.account import Account
from desktop_app.domain.assessment import AnswerState, Assessment, Opinion
from desktop_app.domain.audit import AuditEntry, AuditHead
from desktop_app.domain.clinic import Clinic, Preferences
from desktop_app.domain.draft import Draft
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery, Seal, ShownAssessment
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.patient import (
    Match,
    Patient,
    PatientDetails,
    chart_number_order,
    compare_details,
    is_likely_duplicate,
)
from desktop_app.domain.search_text import matches
from desktop_app.infrastructure.storage.sealed import unseal_foreign
from tests.fakes.exchange import ExchangeState, FakeOutbox, FakeSyncRecords

Record = TypeVar("Record")
TREND_LENGTH = 8
NUMBER = re.compile("A-[0-9]{4}-[0-9]{4}-[0-9]{3,6}")


@dataclass
class _State:
    patients: dict[RecordId, Patient] = field(default_factory=dict)
    assessments: dict[RecordId, Assessment] = field(default_factory=dict)
    opinions: list[Opinion] = field(default_factory=list)
    drafts: dict[RecordId, Draft] = field(default_factory=dict)
    reports: list[IssuedReport] = field(default_factory=list)
    accounts: dict[RecordId, Account] = field(default_factory=dict)
    preferences: dict[RecordId, Preferences] = field(default_factory=dict)
    generations: dict[RecordId, int] = field(default_factory=dict)
    audit: list[AuditEntry] = field(default_factory=list)
    exchange: ExchangeState = field(default_factory=ExchangeState)
    clinic: Clinic | None = None


class FakeRecordStore:
    """One data folder in memory."""

    def __init__(self) -> None:
        self._state: _State | None = None
        self._key = b""
        self._records: FakeRecords | None = None

    def exists(self) -> bool:
        return self._state is not None

    def claim(self) -> None:
        """Nobody else can reach a program's memory."""

    def release(self) -> None:
        """Nothing was claimed."""

    def check_sealed(self) -> tuple[HealthFinding, ...]:
        return (HealthFinding("memory", HealthState.WHOLE),)

    def create(self, key: bytes) -> "FakeRecords":
        if self._state is not None:
            raise AppError(ErrorCode.CLINIC_EXISTS)
        self._state, self._key = _State(), key
        self._records = FakeRecords(self._state)
        return self._records

    def open(self, key: bytes) -> "FakeRecords":
        if self._state is None:
            raise AppError(ErrorCode.DATABASE_MISSING)
        if key != self._key:
            raise AppError(ErrorCode.DATABASE_FOREIGN)
        if self._records is not None and self._records.is_open:
            raise AppError(ErrorCode.CLINIC_IN_USE)
        self._records = FakeRecords(self._state)
        return self._records


class FakeRecords:
    """Open records in memory."""

    def __init__(self, state: _State) -> None:
        self._state = state
        self.is_open = True

    def unit_of_work(self) -> "FakeUnitOfWork":
        return FakeUnitOfWork(self, self._state)

    def check_health(self) -> tuple[HealthFinding, ...]:
        return (HealthFinding("memory", HealthState.WHOLE),)

    def close(self) -> None:
        self.is_open = False


class FakeUnitOfWork:
    """A transaction: works on a copy, which `commit` makes the truth."""

    def __init__(self, records: FakeRecords, committed: _State) -> None:
        self._records = records
        self._committed = committed
        self._bind(committed)

    def _bind(self, state: _State) -> None:
        self._state = state
        self.patients = FakePatients(state)
        self.assessments = FakeAssessments(state)
        self.drafts = FakeDrafts(state)
        self.reports = FakeReports(state)
        self.accounts = FakeAccounts(state)
        self.audit = FakeAuditTrail(state)
        self.outbox = FakeOutbox(state.exchange, state.patients, state.assessments)
        self.sync = FakeSyncRecords(state.exchange, state.patients, state.assessments)

    def clinic(self) -> Clinic:
        if self._state.clinic is None:
            raise AppError(ErrorCode.NOT_FOUND)
        return self._state.clinic

    def save_clinic(self, clinic: Clinic) -> None:
        self._state.clinic = clinic

    def commit(self) -> None:
        vars(self._committed).update(vars(self._state))

    def __enter__(self) -> Self:
        if not self._records.is_open:
            raise AppError(ErrorCode.NOT_SIGNED_IN)
        own = {name: copy.copy(value) for name, value in vars(self._committed).items()}
        own["exchange"] = self._committed.exchange.copied()
        self._bind(_State(**own))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._bind(self._committed)


@dataclass
class FakePatients:
    state: _State

    def add(self, patient: Patient, *, is_from_server: bool = False) -> None:
        if not is_from_server:
            self._require_free(patient)
        self.state.patients[patient.patient_id] = patient

    def update(
        self, patient: Patient, *, expected_version: int, is_from_server: bool = False
    ) -> None:
        stored = self.get(patient.patient_id)
        if stored.version != expected_version:
            raise AppError(ErrorCode.CHANGED_ELSEWHERE)
        is_kept = stored.chart_number.casefold() == patient.chart_number.casefold()
        if not is_from_server and not is_kept:
            self._require_free(patient)
        self.state.patients[patient.patient_id] = patient

    def _require_free(self, patient: Patient) -> None:
        number, own = patient.chart_number, patient.patient_id
        if self.find_by_chart_number(number, other_than=own) is not None:
            raise AppError(ErrorCode.CHART_NUMBER_TAKEN)

    def get(self, patient_id: RecordId) -> Patient:
        return _found(self.state.patients.get(patient_id))

    def find(self, patient_id: RecordId) -> Patient | None:
        return self.state.patients.get(patient_id)

    def find_by_chart_number(
        self, chart_number: str, *, other_than: RecordId | None = None
    ) -> Patient | None:
        return next(
            (
                patient
                for patient in self.state.patients.values()
                if patient.chart_number.lower() == chart_number.lower()
                and patient.patient_id != other_than
            ),
            None,
        )

    def list_page(self, query: PatientQuery, cursor: str | None = None) -> PatientPage:
        shown = [
            row
            for row in map(self._row, self.state.patients.values())
            if _is_in(row, query.show) and matches(row.patient.details, query.text)
        ]
        ordered = _ordered(shown, query)
        start = int(cursor or 0)
        end = start + query.limit
        return PatientPage(tuple(ordered[start:end]), str(end) if end < len(ordered) else None)

    def count(self, show: PatientFilter) -> int:
        return sum(_is_in(self._row(one), show) for one in self.state.patients.values())

    def list_similar(self, details: PatientDetails, *, limit: int = 5) -> tuple[PatientRow, ...]:
        ranked = []
        for number, patient in enumerate(self.state.patients.values()):
            compared = compare_details(details, patient.details)
            points = {Match.SAME: 2, Match.SIMILAR: 1}
            counted = [compared[one] for one in ("name", "birth_date", "phone", "chart_number")]
            if sum(match in points for match in counted) >= 2:
                total = sum(points.get(match, 0) for match in compared.values())
                is_other = not is_likely_duplicate(details, patient.details)
                ranked.append((is_other, -total, number, patient))
        return tuple(self._row(one[-1]) for one in sorted(ranked, key=lambda one: one[:3])[:limit])

    def next_chart_number(self) -> str:
        figures = [
            patient.chart_number
            for patient in self.state.patients.values()
            if patient.chart_number.isascii() and patient.chart_number.isdigit()
        ]
        if not figures:
            return "00001"
        highest = max(figures, key=lambda one: (len(one), one))
        return str(int(highest) + 1).zfill(len(highest))

    def _row(self, patient: Patient) -> PatientRow:
        summaries = [
            summary
            for summary in FakeAssessments(self.state).list_of_patient(patient.patient_id)
            if not summary.is_corrected
        ][:TREND_LENGTH]
        return PatientRow(
            patient,
            summaries[0] if summaries else None,
            tuple((one.probability, one.state) for one in reversed(summaries)),
            self.state.exchange.worst_of(patient.patient_id),
        )


def _is_in(row: PatientRow, show: PatientFilter) -> bool:
    if show is PatientFilter.ARCHIVED or row.patient.is_archived:
        return show is PatientFilter.ARCHIVED and row.patient.is_archived
    if show is PatientFilter.NOT_SYNCED:
        return row.delivery is not Delivery.CONFIRMED
    wanted = {
        PatientFilter.ABOVE: AnswerState.ABOVE,
        PatientFilter.CANNOT_SAY: AnswerState.CANNOT_SAY,
    }
    return show is PatientFilter.ALL or (row.last is not None and row.last.state is wanted[show])


def _ordered(rows: list[PatientRow], query: PatientQuery) -> list[PatientRow]:
    keys: dict[PatientOrder, Any] = {
        PatientOrder.NAME: lambda row: row.patient.name.casefold(),
        PatientOrder.CHART_NUMBER: lambda row: chart_number_order(row.patient.chart_number),
        PatientOrder.BIRTH_DATE: lambda row: row.patient.birth_date,
        PatientOrder.LAST_ASSESSED: lambda row: (
            row.last.assessed_at if row.last else row.patient.registered_at
        ),
    }
    # Of two equal ones the later registered counts as the greater.
    rows = sorted(rows, key=keys[query.order])
    if query.is_descending:
        rows.reverse()
    if query.order is PatientOrder.LAST_ASSESSED:
        rows.sort(key=lambda row: row.last is None)
    return rows


@dataclass
class FakeAssessments:
    state: _State

    def add(self, assessment: Assessment) -> None:
        _found(self.state.patients.get(assessment.patient_id))
        self.state.assessments[assessment.assessment_id] = assessment

    def admit(self, shown: ShownAssessment, sealed: str) -> None:
        assessment = unseal_foreign(sealed, shown)
        if not NUMBER.fullmatch(assessment.number):
            raise ValueError("this is not how an assessment is sealed")
        self.add(assessment)

    def find_seal(self, assessment_id: RecordId) -> Seal | None:
        found = self.state.assessments.get(assessment_id)
        return None if found is None else Seal(found.digest, ShownAssessment.of(found))

    def get(self, assessment_id: RecordId) -> Assessment:
        return _found(self.state.assessments.get(assessment_id))

    def find_by_reference(self, reference: str) -> Assessment | None:
        plain = "".join(reference.split())
        for assessment in self.state.assessments.values():
            if assessment.number == plain.upper() or (
                len(plain) >= 16 and assessment.digest.startswith(plain.lower())
            ):
                return assessment
        return None

    def sealed_text(self, assessment_id: RecordId) -> tuple[str, str]:
        assessment = self.get(assessment_id)
        return assessment.content(), assessment.digest

    def list_of_patient(self, patient_id: RecordId) -> tuple[AssessmentSummary, ...]:
        corrected = {one.corrects for one in self.state.assessments.values()}
        found = [one for one in self.state.assessments.values() if one.patient_id == patient_id]
        found.sort(key=lambda one: (one.assessed_at, one.number), reverse=True)
        return tuple(
            AssessmentSummary.of(one, is_corrected=one.assessment_id in corrected) for one in found
        )

    def next_number(self, day: date) -> str:
        prefix = f"A-{day:%Y-%m%d}-"
        used = [
            int(one.number.removeprefix(prefix))
            for one in self.state.assessments.values()
            if one.number.startswith(prefix)
        ]
        return f"{prefix}{max(used, default=0) + 1:03}"

    def add_opinion(self, opinion: Opinion) -> None:
        self.get(opinion.assessment_id)
        self.state.opinions.append(opinion)

    def list_opinions(self, patient_id: RecordId) -> tuple[Opinion, ...]:
        found = [
            one
            for one in self.state.opinions
            if self.get(one.assessment_id).patient_id == patient_id
        ]
        return tuple(sorted(found, key=lambda one: one.stated_at, reverse=True))


@dataclass
class FakeDrafts:
    state: _State

    def save(self, draft: Draft) -> None:
        self.state.drafts[draft.draft_id] = draft

    def get(self, draft_id: RecordId) -> Draft:
        return _found(self.find(draft_id))

    def find(self, draft_id: RecordId) -> Draft | None:
        return self.state.drafts.get(draft_id)

    def list_of_patient(self, patient_id: RecordId, person_id: RecordId) -> tuple[Draft, ...]:
        return tuple(
            draft
            for draft in self._newest_first()
            if draft.patient_id == patient_id and person_id in (draft.author_id, draft.doctor_id)
        )

    def list_waiting_for(self, person_id: RecordId) -> tuple[Draft, ...]:
        return tuple(
            draft
            for draft in self._newest_first()
            if (draft.doctor_id or draft.author_id) == person_id
        )

    def remove(self, draft_id: RecordId) -> None:
        self.state.drafts.pop(draft_id, None)

    def _newest_first(self) -> list[Draft]:
        return sorted(self.state.drafts.values(), key=lambda draft: draft.saved_at, reverse=True)


@dataclass
class FakeReports:
    state: _State

    def add(self, report: IssuedReport) -> None:
        self.state.reports.append(report)

    def list_of_assessment(self, assessment_id: RecordId) -> tuple[IssuedReport, ...]:
        found = [one for one in self.state.reports if one.assessment_id == assessment_id]
        return tuple(sorted(found, key=lambda one: one.issued_at, reverse=True))


@dataclass
class FakeAccounts:
    state: _State

    def save(self, account: Account) -> None:
        if any(
            one.login == account.login and one.account_id != account.account_id
            for one in self.state.accounts.values()
        ):
            raise AppError(ErrorCode.LOGIN_TAKEN)
        self.state.accounts[account.account_id] = account

    def get(self, account_id: RecordId) -> Account:
        return _found(self.state.accounts.get(account_id))

    def list_all(self) -> tuple[Account, ...]:
        return tuple(sorted(self.state.accounts.values(), key=lambda one: (one.name, one.login)))

    def password_generation(self, account_id: RecordId) -> int:
        return self.state.generations.get(account_id, 0)

    def keep_password_generation(self, account_id: RecordId, generation: int) -> None:
        self.state.generations[account_id] = generation

    def preferences(self, account_id: RecordId) -> Preferences | None:
        return self.state.preferences.get(account_id)

    def save_preferences(self, account_id: RecordId, preferences: Preferences) -> None:
        self.state.preferences[account_id] = preferences


@dataclass
class FakeAuditTrail:
    state: _State

    def append(self, entry: AuditEntry) -> None:
        self.state.audit.append(entry)

    def find_first_broken(self) -> int | None:
        return None

    def count(self) -> int:
        return len(self.state.audit)

    def head(self) -> AuditHead:
        if not self.state.audit:
            raise AppError(ErrorCode.NOT_FOUND)
        return self._head_at(len(self.state.audit))

    def holds(self, head: AuditHead) -> bool:
        return head.sequence <= len(self.state.audit) and head == self._head_at(head.sequence)

    def _head_at(self, sequence: int) -> AuditHead:
        written = repr(self.state.audit[:sequence])
        return AuditHead(sequence, hashlib.sha256(written.encode()).hexdigest())


def _found(record: Record | None) -> Record:
    if record is None:
        raise AppError(ErrorCode.NOT_FOUND)
    return record
