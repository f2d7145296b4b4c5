"""The audit trail: who did what to which record, without clinical values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum

from desktop_app.domain.identifiers import RecordId


class AuditAction(Enum):
    """What can be done that the trail keeps."""

    CLINIC_CREATED = "clinic_created"
    RECOVERY_KEY_PROVED = "recovery_key_proved"
    RECOVERY_KEY_USED = "recovery_key_used"
    SIGNED_IN = "signed_in"
    SIGN_IN_FAILED = "sign_in_failed"
    SIGNED_OUT = "signed_out"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    PATIENT_REGISTERED = "patient_registered"
    PATIENT_CHANGED = "patient_changed"
    PATIENT_ARCHIVED = "patient_archived"
    PATIENT_RESTORED = "patient_restored"
    PATIENT_READ = "patient_read"
    DRAFT_HANDED_OVER = "draft_handed_over"
    DRAFT_DISCARDED = "draft_discarded"
    ASSESSMENT_RECORDED = "assessment_recorded"
    ASSESSMENT_CORRECTED = "assessment_corrected"
    ASSESSMENT_READ = "assessment_read"
    OPINION_STATED = "opinion_stated"
    REPORT_ISSUED = "report_issued"
    ACCOUNT_CREATED = "account_created"
    ACCOUNT_CHANGED = "account_changed"
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a code
    SETTING_CHANGED = "setting_changed"
    SERVER_SET = "server_set"
    SERVER_SIGNED_IN = "server_signed_in"
    SERVER_SIGNED_OUT = "server_signed_out"
    WORKSTATION_ENROLLED = "workstation_enrolled"
    UNATTENDED_ALLOWED = "unattended_allowed"
    UNATTENDED_FORBIDDEN = "unattended_forbidden"
    SYNCED = "synced"
    SENT_AGAIN = "sent_again"
    CONFLICT_DECIDED = "conflict_decided"
    TRANSFER_EXPORTED = "transfer_exported"
    RECEIPT_TAKEN = "receipt_taken"
    AUDIT_HEAD_MISSING = "audit_head_missing"


@dataclass(frozen=True)
class AuditEntry:
    """One thing that happened, before the trail numbers and seals it.

    `actor_id` is None for what happened before anyone was known. `codes` holds codes and counts
    only: never names, values or notes.
    """

    action: AuditAction
    at: datetime
    actor_id: RecordId | None
    subject_id: RecordId | None = None
    codes: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True)
class AuditHead:
    """The last entry of the trail: its number and its MAC in hexadecimal."""

    sequence: int
    mac: str
