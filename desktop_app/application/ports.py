"""What the use cases need from outside, as Protocols that the adapters fulfil."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple, Protocol, Self

# Annotations only: the sign-in window must not wait for half the domain to be imported.
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Set
    from contextlib import AbstractContextManager
    from datetime import date, datetime
    from types import TracebackType

    from desktop_app.application.sync_ports import Outbox, SyncRecords
    from desktop_app.domain.account import Account
    from desktop_app.domain.assessment import (
        AnswerState,
        Assessment,
        ModelIdentity,
        ModelResult,
        Opinion,
    )
    from desktop_app.domain.audit import AuditEntry, AuditHead
    from desktop_app.domain.clinic import Clinic, Preferences
    from desktop_app.domain.draft import Draft
    from desktop_app.domain.exchange import Delivery, Seal, ShownAssessment
    from desktop_app.domain.identifiers import RecordId
    from desktop_app.domain.patient import Patient, PatientDetails


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """Return the present moment in UTC, timezone-aware."""

    def today(self) -> date:
        """Return the local calendar day."""

    def monotonic(self) -> float:
        """Return seconds that no change of the wall clock moves."""


# -- records ---------------------------------------------------------------------------------


class PatientFilter(Enum):
    """Which patients a list shows."""

    ALL = "all"
    ABOVE = "above"
    CANNOT_SAY = "cannot_say"
    NOT_SYNCED = "not_synced"
    ARCHIVED = "archived"


class PatientOrder(Enum):
    """By what a patient list is ordered; never by score."""

    LAST_ASSESSED = "last_assessed"
    NAME = "name"
    CHART_NUMBER = "chart_number"
    BIRTH_DATE = "birth_date"


@dataclass(frozen=True)
class PatientQuery:
    """Which part of the patient list is wanted.

    `text` matches any part of name, chart number, birth date or phone, or initial consonants; it
    may end in a half-composed syllable. Archived patients show under `PatientFilter.ARCHIVED`
    only.
    """

    text: str = ""
    show: PatientFilter = PatientFilter.ALL
    order: PatientOrder = PatientOrder.LAST_ASSESSED
    is_descending: bool = True
    limit: int = 60


@dataclass(frozen=True)
class AssessmentSummary:
    """What lists and charts need of an assessment."""

    assessment_id: RecordId
    number: str
    patient_id: RecordId
    corrects: RecordId | None
    is_corrected: bool
    assessed_at: datetime
    assessor_name: str
    probability: float
    low: float
    high: float
    threshold: float
    state: AnswerState
    label: int
    model_name: str
    outside_count: int
    missing_count: int

    @classmethod
    def of(cls, assessment: Assessment, *, is_corrected: bool = False) -> Self:
        """Draw the summary from the whole."""
        return cls(
            assessment_id=assessment.assessment_id,
            number=assessment.number,
            patient_id=assessment.patient_id,
            corrects=assessment.corrects,
            is_corrected=is_corrected,
            assessed_at=assessment.assessed_at,
            assessor_name=assessment.assessor_name,
            probability=assessment.result.probability,
            low=assessment.result.low,
            high=assessment.result.high,
            threshold=assessment.model.threshold,
            state=assessment.state,
            label=assessment.label,
            model_name=assessment.model.name,
            outside_count=len(assessment.result.band_notes),
            missing_count=sum(
                measured.missing is not None for measured in assessment.measurements.values()
            ),
        )


@dataclass(frozen=True)
class PatientRow:
    """One row of the patient list: the patient, the newest assessment and the last few scores.

    `trend` is oldest first, at most eight, corrected versions left out. `delivery` is the worst of
    the patient's records on their way to the server.
    """

    patient: Patient
    last: AssessmentSummary | None
    trend: tuple[tuple[float, AnswerState], ...]
    delivery: Delivery


@dataclass(frozen=True)
class PatientPage:
    """A page of the list; `next_cursor` fetches the following one, None at the end."""

    rows: tuple[PatientRow, ...]
    next_cursor: str | None


class PatientRepository(Protocol):
    """Keeps patients."""

    def add(self, patient: Patient, *, is_from_server: bool = False) -> None:
        """Store a new patient; AppError CHART_NUMBER_TAKEN if another has the chart number.

        One from the server may share it: two workstations gave it before either knew.
        """

    def update(
        self, patient: Patient, *, expected_version: int, is_from_server: bool = False
    ) -> None:
        """Replace a patient; AppError CHANGED_ELSEWHERE if the stored version is another.

        AppError CHART_NUMBER_TAKEN as in `add`, unless the patient keeps the number.
        """

    def get(self, patient_id: RecordId) -> Patient:
        """Return a patient; AppError NOT_FOUND."""

    def find(self, patient_id: RecordId) -> Patient | None:
        """Return a patient, None if there is none."""

    def find_by_chart_number(
        self, chart_number: str, *, other_than: RecordId | None = None
    ) -> Patient | None:
        """Return the patient with that chart number, or another one who has it too, if any."""

    def list_page(self, query: PatientQuery, cursor: str | None = None) -> PatientPage:
        """Return the next rows of a query; flat in the number of patients."""

    def count(self, show: PatientFilter) -> int:
        """Return how many patients a filter holds; answered from kept counts, not by walking."""

    def list_similar(self, details: PatientDetails, *, limit: int = 5) -> tuple[PatientRow, ...]:
        """Return registered patients who may be the one typed, best first.

        At least two of name, birth date, phone and chart number are the same or similar; sex alone
        tells half of all people apart and does not count.
        """

    def next_chart_number(self) -> str:
        """Propose a free chart number: the one after the highest of the longest numeric ones."""


class AssessmentRepository(Protocol):
    """Keeps assessments and opinions about them; nothing here is ever changed."""

    def add(self, assessment: Assessment) -> None:
        """Store a finished assessment with its sealed text and digest."""

    def admit(self, shown: ShownAssessment, sealed: str) -> None:
        """Store an assessment that another workstation sealed, exactly as it is.

        ValueError if the text is no sealed assessment, or not what is shown; AppError NOT_FOUND if
        the patient is unknown. Another one may have the same number.
        """

    def find_seal(self, assessment_id: RecordId) -> Seal | None:
        """Return the digest of an assessment and what is shown of it, None if there is none."""

    def get(self, assessment_id: RecordId) -> Assessment:
        """Return an assessment as it was sealed; AppError NOT_FOUND."""

    def find_by_reference(self, reference: str) -> Assessment | None:
        """Return the assessment with that number or digest (16 digits of it suffice), if any."""

    def sealed_text(self, assessment_id: RecordId) -> tuple[str, str]:
        """Return the stored sealed text and the stored digest; AppError NOT_FOUND."""

    def list_of_patient(self, patient_id: RecordId) -> tuple[AssessmentSummary, ...]:
        """Return a patient's assessments, newest first, corrected versions marked."""

    def next_number(self, day: date) -> str:
        """Return the next number of that day, A-YYYY-MMDD-NNN."""

    def add_opinion(self, opinion: Opinion) -> None:
        """Store a doctor's view."""

    def list_opinions(self, patient_id: RecordId) -> tuple[Opinion, ...]:
        """Return all views on a patient's assessments, newest first."""


class DraftRepository(Protocol):
    """Keeps unfinished forms."""

    def save(self, draft: Draft) -> None:
        """Store or replace a draft."""

    def get(self, draft_id: RecordId) -> Draft:
        """Return a draft; AppError NOT_FOUND."""

    def find(self, draft_id: RecordId) -> Draft | None:
        """Return a draft, None if it is gone."""

    def list_of_patient(self, patient_id: RecordId, person_id: RecordId) -> tuple[Draft, ...]:
        """Return the patient's drafts that this person typed or was handed, newest first."""

    def list_waiting_for(self, person_id: RecordId) -> tuple[Draft, ...]:
        """Return what this person was handed, or typed and handed to nobody, newest first."""

    def remove(self, draft_id: RecordId) -> None:
        """Forget a draft; nothing happens if it is gone."""


class AccountRepository(Protocol):
    """Keeps accounts and preferences; the truth about roles (the vault holds keys only)."""

    def save(self, account: Account) -> None:
        """Store or replace an account; AppError LOGIN_TAKEN if another has the login."""

    def get(self, account_id: RecordId) -> Account:
        """Return an account; AppError NOT_FOUND."""

    def list_all(self) -> tuple[Account, ...]:
        """Return all accounts, by name."""

    def password_generation(self, account_id: RecordId) -> int:
        """Return the least generation of this account's password that still opens, at first 0."""

    def keep_password_generation(self, account_id: RecordId, generation: int) -> None:
        """Let no earlier generation of this account's password open any more."""

    def preferences(self, account_id: RecordId) -> Preferences | None:
        """Return a person's preferences, None if never saved."""

    def save_preferences(self, account_id: RecordId, preferences: Preferences) -> None:
        """Store a person's preferences."""


class AuditTrail(Protocol):
    """Keeps the audit trail, numbered and chained by HMAC."""

    def append(self, entry: AuditEntry) -> None:
        """Add an entry at the end, in the present transaction."""

    def find_first_broken(self) -> int | None:
        """Walk the whole chain and return the sequence number of the first broken link, if any."""

    def count(self) -> int:
        """Return how many entries the trail holds."""

    def head(self) -> AuditHead:
        """Return the last entry's number and MAC; AppError NOT_FOUND before the first."""

    def holds(self, head: AuditHead) -> bool:
        """Tell whether the entry of that number has that MAC."""


QrEncoder = Callable[[str], tuple[tuple[bool, ...], ...]]
"""Turns a text into the modules of a QR code, row by row."""


@dataclass(frozen=True)
class IssuedReport:
    """An exact copy of a report that was printed or saved."""

    report_id: RecordId
    assessment_id: RecordId
    issued_at: datetime
    language: str
    pdf: bytes


class ReportRepository(Protocol):
    """Keeps an exact copy of each report."""

    def add(self, report: IssuedReport) -> None:
        """Store a copy."""

    def list_of_assessment(self, assessment_id: RecordId) -> tuple[IssuedReport, ...]:
        """Return the reports of an assessment, newest first."""


class UnitOfWork(Protocol):
    """One transaction over all records; leaving it without `commit` rolls back."""

    @property
    def patients(self) -> PatientRepository:
        """Return the patients."""

    @property
    def assessments(self) -> AssessmentRepository:
        """Return the assessments."""

    @property
    def drafts(self) -> DraftRepository:
        """Return the drafts."""

    @property
    def reports(self) -> ReportRepository:
        """Return the copies of reports."""

    @property
    def accounts(self) -> AccountRepository:
        """Return the accounts."""

    @property
    def audit(self) -> AuditTrail:
        """Return the audit trail."""

    @property
    def outbox(self) -> Outbox:
        """Return the outbox."""

    @property
    def sync(self) -> SyncRecords:
        """Return what is known of the server's side."""

    def clinic(self) -> Clinic:
        """Return what the administrator decided for the clinic."""

    def save_clinic(self, clinic: Clinic) -> None:
        """Store what the administrator decided."""

    def commit(self) -> None:
        """Make everything done here durable (fsync) at once."""

    def __enter__(self) -> Self: ...
    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None: ...


class HealthState(Enum):
    """What a check found."""

    WHOLE = "whole"
    BROKEN = "broken"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class HealthFinding:
    """One line of `selfcheck`: what was checked, how it stands, figures that are safe to show."""

    check: str
    state: HealthState
    facts: Mapping[str, str | int | float] = field(default_factory=dict)


class Records(Protocol):
    """An open, decrypted clinic database."""

    def unit_of_work(self) -> UnitOfWork:
        """Begin a transaction."""

    def check_health(self) -> tuple[HealthFinding, ...]:
        """Check cipher, integrity, schema and audit chain."""

    def close(self) -> None:
        """Close every connection and forget the key."""


class RecordStore(Protocol):
    """Creates and opens the clinic database of one data folder."""

    def claim(self) -> None:
        """Keep other programs off this data folder until `release`; AppError CLINIC_IN_USE.

        Creating and opening claim it by themselves, until the records are closed.
        """

    def release(self) -> None:
        """Let other programs in again."""

    def exists(self) -> bool:
        """Tell whether there is a database file."""

    def check_sealed(self) -> tuple[HealthFinding, ...]:
        """Check what needs no key: that the cipher works and that the file is encrypted."""

    def create(self, key: bytes) -> Records:
        """Create an empty database under that data key; AppError CLINIC_EXISTS."""

    def open(self, key: bytes) -> Records:
        """Open the database; an AppError names why it cannot be. Never creates one anew.

        CLINIC_IN_USE while this store has it open.
        """


# -- keys ------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Door:
    """What the sign-in page may show before anything is decrypted."""

    clinic_name: str
    seat: str
    accounts: tuple[Account, ...]
    hides_accounts: bool = False


class Unlocked(NamedTuple):
    """What a password opened; `generation` numbers the account's passwords one after another."""

    account_id: RecordId
    key: bytes
    generation: int


class Vault(Protocol):
    """Holds the clinic's data key, wrapped for each account and for the recovery key."""

    def exists(self) -> bool:
        """Tell whether this data folder has a vault."""

    def check(self) -> None:
        """Read the newest copy; the AppError of `door` where only an earlier one stands in."""

    def create(self, door: Door, account_id: RecordId, password: str) -> tuple[bytes, str]:
        """Make a data key, wrap it for the first account and a new recovery key; return both.

        The recovery key is eight groups of five characters, the last of each a check character.
        """

    def door(self) -> Door:
        """Return what the sign-in page shows; AppError VAULT_MISSING, _DAMAGED or _NEWER."""

    def save_door(self, door: Door) -> None:
        """Replace what the sign-in page shows."""

    def unlock(self, login: str, password: str) -> Unlocked:
        """Return account and data key; AppError WRONG_CREDENTIALS, the same time either way."""

    def unlock_with_recovery_key(self, recovery_key: str) -> bytes:
        """Return the data key; AppError RECOVERY_KEY_MISTYPED (`group`) or RECOVERY_KEY_WRONG."""

    def set_password(
        self, key: bytes, account_id: RecordId, password: str, *, after: int = 0
    ) -> int:
        """Wrap the data key for an account under a new password and return its generation.

        It is above the one that the vault holds and above `after`.
        """

    def remove(self, account_id: RecordId) -> None:
        """Forget an account's wrapper."""

    def replace_recovery_key(self, key: bytes) -> str:
        """Make a new recovery key for this data key; the old one no longer opens anything."""

    def allows_unattended(self) -> bool:
        """Tell whether the data key is wrapped for the system's key store; asks for no secret."""

    def allow_unattended(self, key: bytes) -> str:
        """Wrap the data key for the system's key store and return the secret to keep there."""

    def forbid_unattended(self) -> None:
        """Forget that wrapper; the secret no longer opens anything."""

    def unlock_unattended(self, secret: str) -> bytes:
        """Return the data key; WRONG_CREDENTIALS if that was not allowed with this secret."""


class StagedClinic(Protocol):
    """A clinic under construction: out of sight until it is published, whole or not at all."""

    @property
    def vault(self) -> Vault:
        """Return the vault that is being built."""

    @property
    def store(self) -> RecordStore:
        """Return where the database is being built."""

    def publish(self) -> None:
        """Move the finished clinic into the data folder; AppError CLINIC_EXISTS."""

    def discard(self) -> None:
        """Remove every trace; nothing happens after `publish`."""


class SignInGuard(Protocol):
    """Counts failed sign-ins by login; survives restarts, blind to the wall clock."""

    def wait_seconds(self, login: str) -> float:
        """Return how long this login still has to wait, 0 if it may try."""

    def note_failure(self, login: str) -> int:
        """Count a failure and return how many there are in a row."""

    def note_success(self, login: str) -> int:
        """Forget the failures of this login and return how many there were."""


class SecretStore(Protocol):
    """The operating system's key store, for what may be lost."""

    def is_secure(self) -> bool:
        """Tell whether the back end keeps secrets (not plain text, not absent)."""

    def get(self, name: str) -> str | None:
        """Return a secret, None if there is none."""

    def put(self, name: str, secret: str) -> None:
        """Keep a secret."""

    def remove(self, name: str) -> None:
        """Forget a secret; nothing happens if it is gone."""


class WorkstationPreferences(Protocol):
    """What this workstation remembers outside the encrypted database: no patient data."""

    def load(self) -> Preferences:
        """Return the last preferences used here, for the screens before sign-in."""

    def save(self, preferences: Preferences) -> None:
        """Remember them."""


# -- model -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class TrainingBand:
    """Where the training records lie for one base feature, in its canonical unit."""

    minimum: float
    p1: float
    p25: float
    median: float
    p75: float
    p99: float
    maximum: float


@dataclass(frozen=True)
class ModelEvaluation:
    """What the model is worth, measured by cross-validation on its own training data.

    Counts are of training records: of `positives`, `true_positives` scored at or above the
    threshold; of `negatives`, `true_negatives` below. The shares tell how often each answer came.
    """

    records: int
    positives: int
    negatives: int
    auc: float
    auc_low: float
    auc_high: float
    brier: float
    calibration_slope: float
    true_positives: int
    true_negatives: int
    share_above: float
    share_cannot_say: float
    share_below: float

    @property
    def sensitivity(self) -> float:
        """Return the share of positives at or above the threshold."""
        return self.true_positives / self.positives

    @property
    def specificity(self) -> float:
        """Return the share of negatives below the threshold."""
        return self.true_negatives / self.negatives


class RiskModel(Protocol):
    """The installed model: its bundle is verified and loaded, its golden vectors hold."""

    @property
    def identity(self) -> ModelIdentity:
        """Return which model this is."""

    @property
    def base_features(self) -> tuple[str, ...]:
        """Return the eleven inputs in the model's order."""

    @property
    def bands(self) -> Mapping[str, TrainingBand]:
        """Return the training band of each base feature."""

    @property
    def evaluation(self) -> ModelEvaluation:
        """Return what the model is worth."""

    def probability(self, values: Mapping[str, float | None]) -> float:
        """Return the probability of class 1; base features in canonical units, None = missing."""

    def evaluate(self, values: Mapping[str, float | None]) -> ModelResult:
        """Return everything the model says about these values."""

    def probabilities(self, rows: Sequence[Sequence[float]]) -> list[float]:
        """Return one probability a row of base features in `base_features` order, NaN = missing."""


@dataclass(frozen=True)
class TableColumns:
    """Some rows of a table as text, column by column: values and units by base feature."""

    values: Mapping[str, Sequence[str]]
    units: Mapping[str, Sequence[str]]


@dataclass(frozen=True)
class ScoredRows:
    """What came of some rows, in their order; None where a row cannot be scored.

    `problems` are `field:code` joined by semicolons, empty where there is none.
    """

    probabilities: Sequence[float | None]
    states: Sequence[AnswerState | None]
    problems: Sequence[str]


class TableScorer(Protocol):
    """Checks and scores many rows by the rules of the form."""

    @property
    def threshold(self) -> float:
        """Return the model's threshold."""

    def score(self, columns: TableColumns) -> ScoredRows:
        """Check and score some rows."""


class TableRows(Protocol):
    """Some rows of a table that is being read."""

    @property
    def uneven(self) -> Sequence[int]:
        """Return which rows, counted from 0, have another number of cells than the table."""

    def column(self, place: int) -> Sequence[str]:
        """Return the cells of one column; an uneven row has only empty ones."""

    def as_lines(self, *, without: Set[int]) -> Iterable[str]:
        """Return the rows as lines of a file, without some columns."""


class OpenTable(Protocol):
    """A table being read: its column names and its rows."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Return the names in the first line."""

    def chunks(self) -> Iterator[TableRows]:
        """Yield the rows some thousands at a time, as they stand in the file."""


class TableFiles(Protocol):
    """Reads tables from files, and copies them with columns added."""

    def read(self, source: Path) -> AbstractContextManager[OpenTable]:
        """Open a table; an AppError of the FILE codes says why it cannot be read."""

    def extend(
        self, table: OpenTable, target: Path, columns: Sequence[str]
    ) -> AbstractContextManager[Callable[[TableRows, Sequence[Sequence[str]]], None]]:
        """Begin a copy of a table with some columns at its end, in place of its own of these names.

        What is returned takes rows and the cells of the added columns, column by column. The copy
        stands at `target` once the context was left without an error.
        """


ModelLoader = Callable[[], RiskModel]
