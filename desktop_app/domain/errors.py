"""Everything that can go wrong because of a person, a file or a machine, by code."""

import errno
from enum import Enum


class ErrorFamily(Enum):
    """What the person can do about an error."""

    CORRECT_INPUT = "correct_input"
    NOT_ALLOWED = "not_allowed"
    TRY_LATER = "try_later"
    CALL_ADMINISTRATOR = "call_administrator"


class ErrorCode(Enum):
    """One state that a person can meet; `gui.messages` has a sentence for each."""

    # input
    INVALID_INPUT = "invalid_input"
    NOT_FOUND = "not_found"
    CHANGED_ELSEWHERE = "changed_elsewhere"
    CHART_NUMBER_TAKEN = "chart_number_taken"
    LOGIN_TAKEN = "login_taken"
    PATIENT_MISMATCH = "patient_mismatch"
    DUPLICATE_UNCONFIRMED = "duplicate_unconfirmed"
    PASSWORD_TOO_WEAK = "password_too_weak"  # noqa: S105 - a code
    RECOVERY_KEY_MISTYPED = "recovery_key_mistyped"
    RECOVERY_KEY_WRONG = "recovery_key_wrong"
    RECOVERY_KEY_UNPROVED = "recovery_key_unproved"
    PANEL_NOT_READY = "panel_not_ready"
    FILE_NOT_FOUND = "file_not_found"
    FILE_EMPTY = "file_empty"
    FILE_NOT_TEXT = "file_not_text"
    FILE_WRONG_COLUMNS = "file_wrong_columns"
    FILE_TOO_LARGE = "file_too_large"
    FILE_LINE_UNREADABLE = "file_line_unreadable"
    FILE_UNWRITABLE = "file_unwritable"
    SAME_FILE = "same_file"
    SERVER_ADDRESS_WRONG = "server_address_wrong"
    PROXY_ADDRESS_WRONG = "proxy_address_wrong"
    CERTIFICATE_FILE_WRONG = "certificate_file_wrong"
    CONFLICT_UNDECIDED = "conflict_undecided"
    TRANSFER_NOT_OURS = "transfer_not_ours"
    TRANSFER_DAMAGED = "transfer_damaged"
    TRANSFER_FOR_ANOTHER = "transfer_for_another"
    TRANSFER_UNKNOWN = "transfer_unknown"
    TRANSFER_OUTDATED = "transfer_outdated"
    NOTHING_TO_SEND = "nothing_to_send"
    # rights
    WRONG_CREDENTIALS = "wrong_credentials"
    PASSWORD_NOT_ASKED = "password_not_asked"  # noqa: S105 - a code
    PASSWORD_UNREADABLE = "password_unreadable"  # noqa: S105 - a code
    SIGN_IN_DELAYED = "sign_in_delayed"
    NOT_SIGNED_IN = "not_signed_in"
    UNATTENDED_NOT_ALLOWED = "unattended_not_allowed"
    ROLE_NOT_ALLOWED = "role_not_allowed"
    SERVER_SIGN_IN_NEEDED = "server_sign_in_needed"
    SERVER_CREDENTIALS_WRONG = "server_credentials_wrong"
    SERVER_FORBIDS = "server_forbids"
    PATIENT_ARCHIVED = "patient_archived"
    DRAFT_OF_ANOTHER = "draft_of_another"
    # the moment
    CLINIC_IN_USE = "clinic_in_use"
    DATABASE_BUSY = "database_busy"
    CANCELLED = "cancelled"
    SERVER_NO_ROUTE = "server_no_route"
    SERVER_NAME_UNKNOWN = "server_name_unknown"
    SERVER_NOT_LISTENING = "server_not_listening"
    SERVER_TIMEOUT = "server_timeout"
    SERVER_LINE_CUT = "server_line_cut"
    SERVER_BUSY = "server_busy"
    SERVER_FAILED = "server_failed"
    # the machine or the clinic's files
    DISK_FULL = "disk_full"
    FOLDER_READ_ONLY = "folder_read_only"
    FOLDER_NOT_LOCAL = "folder_not_local"
    FOLDER_UNKNOWN = "folder_unknown"
    VAULT_MISSING = "vault_missing"
    VAULT_DAMAGED = "vault_damaged"
    VAULT_NEWER = "vault_newer"
    CLINIC_EXISTS = "clinic_exists"
    DATABASE_MISSING = "database_missing"
    DATABASE_NOT_ENCRYPTED = "database_not_encrypted"
    DATABASE_FOREIGN = "database_foreign"
    DATABASE_DAMAGED = "database_damaged"
    DATABASE_NEWER = "database_newer"
    CIPHER_UNAVAILABLE = "cipher_unavailable"
    CLINIC_NOT_WHOLE = "clinic_not_whole"
    AUDIT_HEAD_MISSING = "audit_head_missing"
    AUDIT_HEAD_UNKNOWN = "audit_head_unknown"
    KEY_STORE_UNAVAILABLE = "key_store_unavailable"
    MIGRATION_FAILED = "migration_failed"
    MODEL_MISSING = "model_missing"
    MODEL_CHANGED = "model_changed"
    MODEL_UNREADABLE = "model_unreadable"
    MODEL_WITHOUT_THRESHOLD = "model_without_threshold"
    MODEL_VERSION_MISMATCH = "model_version_mismatch"
    MODEL_GOLDEN_MISMATCH = "model_golden_mismatch"
    SERVER_NOT_SET = "server_not_set"
    SERVER_UNTRUSTED = "server_untrusted"
    SERVER_CERTIFICATE_NAME = "server_certificate_name"
    CLOCK_WRONG = "clock_wrong"
    PROXY_REFUSES = "proxy_refuses"
    SERVER_REDIRECTS = "server_redirects"
    SERVER_UNREADABLE = "server_unreadable"
    SERVER_NEWER = "server_newer"
    SERVER_TOO_LARGE = "server_too_large"
    SERVER_REFUSES = "server_refuses"
    SERVER_CURSOR_LOST = "server_cursor_lost"
    KEY_STORE_INSECURE = "key_store_insecure"
    WORKSTATION_NOT_ENROLLED = "workstation_not_enrolled"
    TRANSFER_NEWER = "transfer_newer"
    PRINTER_UNAVAILABLE = "printer_unavailable"
    TOUR_STOPPED = "tour_stopped"

    @property
    def family(self) -> ErrorFamily:
        """Return what the person can do about this state."""
        return _FAMILIES.get(self, ErrorFamily.CALL_ADMINISTRATOR)


_FAMILIES = (
    dict.fromkeys(
        (
            ErrorCode.INVALID_INPUT,
            ErrorCode.NOT_FOUND,
            ErrorCode.CHANGED_ELSEWHERE,
            ErrorCode.CHART_NUMBER_TAKEN,
            ErrorCode.LOGIN_TAKEN,
            ErrorCode.PATIENT_MISMATCH,
            ErrorCode.DUPLICATE_UNCONFIRMED,
            ErrorCode.PASSWORD_TOO_WEAK,
            ErrorCode.RECOVERY_KEY_MISTYPED,
            ErrorCode.RECOVERY_KEY_WRONG,
            ErrorCode.RECOVERY_KEY_UNPROVED,
            ErrorCode.PANEL_NOT_READY,
            ErrorCode.FILE_NOT_FOUND,
            ErrorCode.FILE_EMPTY,
            ErrorCode.FILE_NOT_TEXT,
            ErrorCode.FILE_WRONG_COLUMNS,
            ErrorCode.FILE_TOO_LARGE,
            ErrorCode.FILE_LINE_UNREADABLE,
            ErrorCode.FILE_UNWRITABLE,
            ErrorCode.SAME_FILE,
            ErrorCode.SERVER_ADDRESS_WRONG,
            ErrorCode.PROXY_ADDRESS_WRONG,
            ErrorCode.CERTIFICATE_FILE_WRONG,
            ErrorCode.CONFLICT_UNDECIDED,
            ErrorCode.TRANSFER_NOT_OURS,
            ErrorCode.TRANSFER_DAMAGED,
            ErrorCode.TRANSFER_FOR_ANOTHER,
            ErrorCode.TRANSFER_UNKNOWN,
            ErrorCode.TRANSFER_OUTDATED,
            ErrorCode.NOTHING_TO_SEND,
        ),
        ErrorFamily.CORRECT_INPUT,
    )
    | dict.fromkeys(
        (
            ErrorCode.WRONG_CREDENTIALS,
            ErrorCode.PASSWORD_NOT_ASKED,
            ErrorCode.PASSWORD_UNREADABLE,
            ErrorCode.SIGN_IN_DELAYED,
            ErrorCode.NOT_SIGNED_IN,
            ErrorCode.UNATTENDED_NOT_ALLOWED,
            ErrorCode.ROLE_NOT_ALLOWED,
            ErrorCode.SERVER_SIGN_IN_NEEDED,
            ErrorCode.SERVER_CREDENTIALS_WRONG,
            ErrorCode.SERVER_FORBIDS,
            ErrorCode.PATIENT_ARCHIVED,
            ErrorCode.DRAFT_OF_ANOTHER,
        ),
        ErrorFamily.NOT_ALLOWED,
    )
    | dict.fromkeys(
        (
            ErrorCode.CLINIC_IN_USE,
            ErrorCode.DATABASE_BUSY,
            ErrorCode.CANCELLED,
            ErrorCode.SERVER_NO_ROUTE,
            ErrorCode.SERVER_NAME_UNKNOWN,
            ErrorCode.SERVER_NOT_LISTENING,
            ErrorCode.SERVER_TIMEOUT,
            ErrorCode.SERVER_LINE_CUT,
            ErrorCode.SERVER_BUSY,
            ErrorCode.SERVER_FAILED,
        ),
        ErrorFamily.TRY_LATER,
    )
)


class AppError(Exception):
    """A state that a person can meet, with context that is safe to show and to log.

    `context` holds field keys, limits, counts and versions: never names, values, notes or paths.
    """

    def __init__(self, code: ErrorCode, **context: object) -> None:
        super().__init__(code.value)
        self.code = code
        self.context = context

    @property
    def family(self) -> ErrorFamily:
        """Return what the person can do about it."""
        return self.code.family


def is_disk_full(error: OSError) -> bool:
    """Tell whether the system refused because the disk, or a person's share of it, is full."""
    return error.errno in (errno.ENOSPC, errno.EDQUOT)
