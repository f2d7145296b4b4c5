"""People who work with the program: accounts, roles, rights and the rules of signing in."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import Enum

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId


class Role(Enum):
    """What an account is for; one account may hold two."""

    ADMIN = "ADMIN"
    DOCTOR = "DOCTOR"
    STAFF = "STAFF"
    AUDITOR = "AUDITOR"


class Right(Enum):
    """One thing a role may do; use cases ask for it by name."""

    READ_PATIENTS = "read_patients"
    EDIT_PATIENTS = "edit_patients"
    ARCHIVE_PATIENTS = "archive_patients"
    ENTER_VALUES = "enter_values"
    ASSESS = "assess"
    READ_RESULTS = "read_results"
    COMMENT_RESULTS = "comment_results"
    PRINT_REPORTS = "print_reports"
    MANAGE_ACCOUNTS = "manage_accounts"
    CHANGE_CLINIC = "change_clinic"
    READ_AUDIT = "read_audit"
    READ_SYNC = "read_sync"
    SEND_RECORDS = "send_records"
    DECIDE_CONFLICTS = "decide_conflicts"
    SET_UP_SYNC = "set_up_sync"


_CLINICAL = frozenset({Right.READ_PATIENTS, Right.READ_RESULTS, Right.READ_SYNC})

RIGHTS: dict[Role, frozenset[Right]] = {
    Role.ADMIN: _CLINICAL
    | {
        Right.MANAGE_ACCOUNTS,
        Right.CHANGE_CLINIC,
        Right.READ_AUDIT,
        Right.SEND_RECORDS,
        Right.SET_UP_SYNC,
    },
    Role.DOCTOR: _CLINICAL
    | {
        Right.EDIT_PATIENTS,
        Right.ARCHIVE_PATIENTS,
        Right.ENTER_VALUES,
        Right.ASSESS,
        Right.COMMENT_RESULTS,
        Right.PRINT_REPORTS,
        Right.SEND_RECORDS,
        Right.DECIDE_CONFLICTS,
    },
    Role.STAFF: _CLINICAL | {Right.EDIT_PATIENTS, Right.ENTER_VALUES},
    Role.AUDITOR: frozenset({Right.READ_AUDIT}),
}


@dataclass(frozen=True)
class Account:
    """A person who may sign in on this workstation."""

    account_id: RecordId
    login: str
    name: str
    roles: frozenset[Role]
    department: str = ""
    is_active: bool = True
    last_sign_in: datetime | None = None

    def may(self, right: Right) -> bool:
        """Tell whether one of the account's roles has this right."""
        return any(right in RIGHTS[role] for role in self.roles)


LOGIN_PATTERN = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")
PASSWORD_MIN_LENGTH = 10
PASSWORD_MAX_LENGTH = 256


def check_login(login: str) -> str:
    """Return the login in its stored form: 2-40 of a-z, 0-9, dot, underscore, hyphen."""
    folded = login.strip().lower()
    if not LOGIN_PATTERN.fullmatch(folded):
        raise AppError(ErrorCode.INVALID_INPUT, field="login")
    return folded


FREE_SIGN_IN_FAILURES = 5
_FIRST_DELAY_SECONDS = 30
_LONGEST_DELAY_SECONDS = 3600


def sign_in_delay_seconds(failures: int) -> int:
    """Return the wait after that many failures in a row: 0 up to 4, then 30 s doubling to 1 h."""
    if failures < FREE_SIGN_IN_FAILURES:
        return 0
    doublings = min(failures - FREE_SIGN_IN_FAILURES, 20)
    return min(_FIRST_DELAY_SECONDS << doublings, _LONGEST_DELAY_SECONDS)
