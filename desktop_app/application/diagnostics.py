"""Check that the program and the clinic's files are whole; the same findings for people and IT."""

from collections.abc import Callable, Iterator

from desktop_app.application.audit_head import check_head, head_keeper
from desktop_app.application.ports import (
    HealthFinding,
    HealthState,
    RecordStore,
    RiskModel,
    Vault,
)
from desktop_app.application.session import Session
from desktop_app.application.sign_in import Entrance, sign_in
from desktop_app.domain.errors import AppError, ErrorCode, ErrorFamily

MIN_FREE_MEGABYTES = 500
# Checking reads every page, about a second a hundred megabytes, while other work waits.
MAX_BYTES_CHECKED_AT_START = 64 * 2**20
_STATE_OF_UNOPENED = {
    ErrorFamily.CALL_ADMINISTRATOR: HealthState.BROKEN,
    ErrorFamily.TRY_LATER: HealthState.UNKNOWN,
}


def check_program(
    *,
    vault: Vault,
    store: RecordStore,
    load_model: Callable[[], RiskModel],
    free_megabytes: int,
) -> tuple[HealthFinding, ...]:
    """Check what can be checked without anybody signed in."""
    return (
        _check_model(load_model),
        *store.check_sealed(),
        *_check_vault(vault, store),
        HealthFinding(
            "disk",
            HealthState.WHOLE if free_megabytes >= MIN_FREE_MEGABYTES else HealthState.BROKEN,
            {"free_megabytes": free_megabytes},
        ),
    )


def check_clinic(entrance: Entrance, login: str, password: str) -> tuple[HealthFinding, ...]:
    """Sign in and check the open database: integrity, schema, audit chain and its kept head.

    A database that does not open is a finding, unknown where another program works with it; a
    refused sign-in is raised.
    """
    try:
        session = sign_in(entrance, login, password)
    except AppError as error:
        state = _STATE_OF_UNOPENED.get(error.family)
        if state is None:
            raise
        return (HealthFinding("integrity", state, {"code": error.code.value}),)
    try:
        return (*session.records.check_health(), _check_audit_head(entrance, session))
    finally:
        session.close()


def check_after_sign_in(store: RecordStore, session: Session) -> tuple[HealthFinding, ...]:
    """Return what is broken in the open database; a large one waits for `selfcheck`."""
    sizes = [int(one.facts["bytes"]) for one in store.check_sealed() if "bytes" in one.facts]
    if sum(sizes) > MAX_BYTES_CHECKED_AT_START:
        return ()
    return tuple(one for one in session.records.check_health() if one.state is HealthState.BROKEN)


def unchecked_clinic() -> tuple[HealthFinding, ...]:
    """Say what cannot be told of an encrypted database before somebody signs in."""
    return tuple(
        HealthFinding(check, HealthState.UNKNOWN, {"needs": "login"})
        for check in ("integrity", "schema", "audit", "audit_head")
    )


def exit_code(findings: tuple[HealthFinding, ...]) -> int:
    """Return 0 where all is whole, 1 where something is broken, 2 where it cannot be told."""
    states = {finding.state for finding in findings}
    if HealthState.BROKEN in states:
        return 1
    return 2 if HealthState.UNKNOWN in states else 0


def _check_audit_head(entrance: Entrance, session: Session) -> HealthFinding:
    try:
        kept = head_keeper(entrance, session).find()
        if kept is None:
            raise AppError(ErrorCode.AUDIT_HEAD_UNKNOWN)
    except AppError as error:
        return HealthFinding("audit_head", HealthState.UNKNOWN, {"code": error.code.value})
    found = check_head(session, kept)
    facts = {"kept": kept.sequence, "entries": found.head.sequence}
    if found.alarm is None:
        return HealthFinding("audit_head", HealthState.WHOLE, facts)
    return HealthFinding(
        "audit_head", HealthState.BROKEN, {"code": found.alarm.code.value, **facts}
    )


def _check_model(load_model: Callable[[], RiskModel]) -> HealthFinding:
    try:
        identity = load_model().identity
    except AppError as error:
        return HealthFinding("model", HealthState.BROKEN, {"code": error.code.value})
    return HealthFinding(
        "model",
        HealthState.WHOLE,
        {"name": identity.name, "version": identity.version, "sha256": identity.sha256},
    )


def _check_vault(vault: Vault, store: RecordStore) -> Iterator[HealthFinding]:
    if not vault.exists() and not store.exists():
        yield HealthFinding("vault", HealthState.WHOLE, {"clinic": "none"})
        return
    try:
        vault.check()
        accounts = len(vault.door().accounts)
    except AppError as error:
        yield HealthFinding("vault", HealthState.BROKEN, {"code": error.code.value})
        return
    if not store.exists():
        code = ErrorCode.DATABASE_MISSING.value
        yield HealthFinding("database", HealthState.BROKEN, {"code": code})
    else:
        yield HealthFinding("vault", HealthState.WHOLE, {"accounts": accounts})
