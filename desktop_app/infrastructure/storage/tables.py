"""The tables as the queries see them; migrations/ makes them, a test holds both equal."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    BLOB,
    Boolean,
    Column,
    Dialect,
    Float,
    ForeignKey,
    Integer,
    MetaData,
    Table,
    Text,
)
from sqlalchemy.types import UserDefinedType

from desktop_app.domain.identifiers import RecordId

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def microseconds(moment: datetime) -> int:
    """Return a moment as the database keeps it."""
    return (moment - _EPOCH) // _MICROSECOND


def moment_of(stored: int | None) -> datetime | None:
    """Return a moment from what the database keeps of it."""
    return None if stored is None else _EPOCH + stored * _MICROSECOND


def _identity(stored: bytes | None) -> RecordId | None:
    return None if stored is None else RecordId(UUID(bytes=stored))


def _day(stored: str | None) -> date | None:
    return None if stored is None else date.fromisoformat(stored)


class Identity(UserDefinedType[RecordId]):
    """A record's UUID as its 16 bytes."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """Return the column's type."""
        return "BLOB"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Write the bytes."""
        return lambda value: None if value is None else value.bytes

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Read the UUID."""
        return _identity


class Moment(UserDefinedType[datetime]):
    """A moment as microseconds since 1970, exact; UTC when read."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """Return the column's type."""
        return "INTEGER"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Write the microseconds."""
        return lambda value: None if value is None else microseconds(value)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Read the moment."""
        return moment_of


class Day(UserDefinedType[date]):
    """A calendar day as ISO text, which sorts."""

    cache_ok = True

    def get_col_spec(self, **kw: Any) -> str:
        """Return the column's type."""
        return "TEXT"

    def bind_processor(self, dialect: Dialect) -> Callable[[Any], Any]:
        """Write the ISO text."""
        return lambda value: None if value is None else value.isoformat()

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], Any]:
        """Read the day."""
        return _day


metadata = MetaData()

patients = Table(
    "patients",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient_id", Identity, nullable=False),
    Column("name", Text, nullable=False),
    Column("chart_number", Text, nullable=False),
    Column("birth_date", Day, nullable=False),
    Column("sex", Text),
    Column("phone", Text, nullable=False),
    Column("doctor_id", Identity),
    Column("doctor_name", Text, nullable=False),
    Column("exposure_start", Integer),
    Column("exposure_end", Integer),
    Column("exposure_work", Text, nullable=False),
    Column("registered_at", Moment, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("version", Integer, nullable=False),
    Column("is_archived", Boolean, nullable=False),
    # Of the newest assessment, None before the first.
    Column("standing", Text),
    # When the newest assessment was made, before the first when the patient was registered.
    Column("listed_at", Moment, nullable=False),
    # See list_position.py.
    Column("position", Integer, nullable=False),
    Column("search_position", Integer, nullable=False),
    Column("name_order", Text, nullable=False),
    Column("chart_order", Text, nullable=False),
    Column("phone_digits", Text, nullable=False),
    Column("search_text", Text, nullable=False),
)

patient_counts = Table(
    "patient_counts",
    metadata,
    Column("shown", Text, primary_key=True),
    Column("patients", Integer, nullable=False),
)

assessments = Table(
    "assessments",
    metadata,
    # The number that people read aloud, see assessment_number.py.
    Column("id", Integer, primary_key=True),
    Column("patient", Integer, ForeignKey("patients.id"), nullable=False),
    Column("assessment_id", Identity, nullable=False),
    Column("corrects", Identity),
    Column("assessed_at", Moment, nullable=False),
    Column("assessor_name", Text, nullable=False),
    Column("probability", Float, nullable=False),
    Column("low", Float, nullable=False),
    Column("high", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("state", Text, nullable=False),
    Column("label", Integer, nullable=False),
    Column("model_name", Text, nullable=False),
    Column("outside_count", Integer, nullable=False),
    Column("missing_count", Integer, nullable=False),
    Column("digest", BLOB, nullable=False),
    Column("content", Text, nullable=False),
)

opinions = Table(
    "opinions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("opinion_id", Identity, nullable=False),
    Column("assessment", Integer, ForeignKey("assessments.id"), nullable=False),
    Column("stance", Text, nullable=False),
    Column("reason", Text, nullable=False),
    Column("author_id", Identity, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("stated_at", Moment, nullable=False),
)

drafts = Table(
    "drafts",
    metadata,
    Column("draft_id", Identity, primary_key=True),
    Column("patient_id", Identity, ForeignKey("patients.patient_id"), nullable=False),
    Column("author_id", Identity, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("saved_at", Moment, nullable=False),
    Column("corrects", Identity),
    Column("doctor_id", Identity),
    Column("message", Text, nullable=False),
    Column("handed_at", Moment),
    Column("handed_by_name", Text, nullable=False),
    Column("panel", Text, nullable=False),
)

reports = Table(
    "reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("report_id", Identity, nullable=False),
    Column("assessment_id", Identity, nullable=False),
    Column("issued_at", Moment, nullable=False),
    Column("language", Text, nullable=False),
    Column("pdf", BLOB, nullable=False),
)

accounts = Table(
    "accounts",
    metadata,
    Column("account_id", Identity, primary_key=True),
    Column("login", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("roles", Text, nullable=False),
    Column("department", Text, nullable=False),
    Column("is_active", Boolean, nullable=False),
    Column("last_sign_in", Moment),
)

preferences = Table(
    "preferences",
    metadata,
    Column("account_id", Identity, ForeignKey("accounts.account_id"), primary_key=True),
    Column("content", Text, nullable=False),
)

settings = Table(
    "settings",
    metadata,
    Column("name", Text, primary_key=True),
    Column("content", Text, nullable=False),
)

audit_trail = Table(
    "audit_trail",
    metadata,
    Column("sequence", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("actor_id", Identity),
    Column("action", Text, nullable=False),
    Column("subject_id", Identity),
    Column("codes", Text, nullable=False),
    Column("mac", BLOB, nullable=False),
)

outbox = Table(
    "outbox",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("record_id", Identity, nullable=False),
    # The patient, or whom the record is about.
    Column("patient", Integer, ForeignKey("patients.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("queued_at", Moment, nullable=False),
    Column("state", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("tried_at", Moment),
    # The server's reason for a refusal, or its version of a record in conflict.
    Column("answer", Text),
    # What travels beside an assessment's sealed text; made anew where it is missing.
    Column("message", Text),
)

patient_versions = Table(
    "patient_versions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("patient", Integer, ForeignKey("patients.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("change_id", Identity, nullable=False),
    Column("content", Text, nullable=False),
    Column("changed_at", Moment, nullable=False),
    Column("author_id", Identity),
    Column("author_name", Text, nullable=False),
    Column("is_ours", Boolean, nullable=False),
)

sync_records = Table(
    "sync_records",
    metadata,
    Column("record_id", Identity, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("server_id", Integer),
    Column("base_version", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Column("base", Text),
    Column("seen_at", Integer, nullable=False),
    Column("confirmed_at", Moment),
    Column("server_check", Text, nullable=False),
    Column("is_deleted", Boolean, nullable=False),
    Column("epoch", Text, nullable=False),
)

server_records = Table(
    "server_records",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("record_id", Identity, nullable=False),
    Column("kind", Text, nullable=False),
    Column("patient", Integer, ForeignKey("patients.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("recorded_at", Moment, nullable=False),
    Column("author_name", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("probability", Float),
    Column("label", Integer),
    Column("is_deleted", Boolean, nullable=False),
)

held_records = Table(
    "held_records",
    metadata,
    Column("record_id", Identity, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("patient_id", Identity),
    Column("reason", Text, nullable=False),
    Column("held_at", Moment, nullable=False),
    Column("content", Text, nullable=False),
)

sync_runs = Table(
    "sync_runs",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", Moment, nullable=False),
    Column("transport", Text, nullable=False),
    Column("sent", Integer, nullable=False),
    Column("confirmed", Integer, nullable=False),
    Column("received", Integer, nullable=False),
    Column("refused", Integer, nullable=False),
    Column("conflicts", Integer, nullable=False),
    Column("problem", Text, nullable=False),
)

transfers = Table(
    "transfers",
    metadata,
    Column("transfer_id", Identity, primary_key=True),
    Column("number", Integer, nullable=False),
    Column("made_at", Moment, nullable=False),
    Column("items", Integer, nullable=False),
    Column("receipt_at", Moment),
)
