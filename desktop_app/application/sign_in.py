"""Come in and go out: sign in, lock, unlock, and get back in with the recovery key."""

import math
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.application.ports import (
    Clock,
    Door,
    ModelLoader,
    QrEncoder,
    Records,
    RecordStore,
    SecretStore,
    SignInGuard,
    StagedClinic,
    UnitOfWork,
    Unlocked,
    Vault,
)
from desktop_app.application.session import Session
from desktop_app.domain.account import FREE_SIGN_IN_FAILURES, Account, sign_in_delay_seconds
from desktop_app.domain.audit import AuditAction, AuditEntry, AuditHead
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.domain.password import check_password

if TYPE_CHECKING:
    # An annotation only: the sign-in window must not wait for what comes after it.
    from desktop_app.application.link import Link


@dataclass(frozen=True)
class Entrance:
    """What there is before anyone has signed in.

    `auc` returns the model's cross-validated AUC without loading the model, None where it cannot be
    told; `stage_clinic` begins a new clinic out of sight (AppError CLINIC_EXISTS).
    """

    data_folder: Path
    vault: Vault
    guard: SignInGuard
    store: RecordStore
    clock: Clock
    model: ModelLoader
    auc: Callable[[], float | None]
    stage_clinic: Callable[[], StagedClinic]
    encode_qr: QrEncoder
    secrets: SecretStore
    link: "Link"

    @property
    def has_clinic(self) -> bool:
        """Tell whether there is a clinic to sign in to, whole or not."""
        return self.vault.exists() or self.store.exists()


def sign_in(entrance: Entrance, login: str, password: str) -> Session:
    """Open the clinic for a person; SIGN_IN_DELAYED (`seconds`) or WRONG_CREDENTIALS otherwise.

    WRONG_CREDENTIALS says in `tries_left` how many more failures are free, and in `seconds` how
    long the next try has to wait.
    """
    return _enter(entrance, login, password, AuditAction.SIGNED_IN)


def unlock(entrance: Entrance, login: str, password: str) -> Session:
    """Open the clinic again for the person who locked it; refused as `sign_in` refuses."""
    return _enter(entrance, login, password, AuditAction.UNLOCKED)


def lock(session: Session) -> AuditHead:
    """Note the lock and close the database, so that the key leaves the memory.

    Return the head of the trail.
    """
    return _leave(session, AuditAction.LOCKED)


def sign_out(session: Session) -> AuditHead:
    """Note that the person left, close the database and return the trail's head."""
    return _leave(session, AuditAction.SIGNED_OUT)


def reset_password_with_recovery_key(
    entrance: Entrance, recovery_key: str, login: str, new_password: str
) -> None:
    """Give an active account a new password by the printed key, offline, nothing lost."""
    key = entrance.vault.unlock_with_recovery_key(recovery_key)
    records = entrance.store.open(key)
    try:
        with records.unit_of_work() as work:
            account = _find_active(work, folded_login(login))
            if account is None:
                raise AppError(ErrorCode.NOT_FOUND)
            check_password(new_password, login=account.login, name=account.name)
            note_failures(work, entrance.guard, entrance.clock, account)
            for action in (AuditAction.RECOVERY_KEY_USED, AuditAction.PASSWORD_CHANGED):
                work.audit.append(
                    AuditEntry(action, entrance.clock.now(), None, account.account_id)
                )
            door = door_of(work)
            work.commit()
        entrance.vault.save_door(door)
        set_password(records, entrance.vault, key, account.account_id, new_password)
    finally:
        records.close()


def set_password(
    records: Records, vault: Vault, key: bytes, account_id: RecordId, password: str
) -> None:
    """Wrap the data key under a new password, so that an older vault does not bring the old back.

    The vault comes first: after a crash in between the records lag behind and the next sign-in
    catches up. The other way round nobody would get in.
    """
    with records.unit_of_work() as work:
        least = work.accounts.password_generation(account_id)
    generation = vault.set_password(key, account_id, password, after=least)
    with records.unit_of_work() as work:
        work.accounts.keep_password_generation(account_id, generation)
        work.commit()


def check_credentials(vault: Vault, guard: SignInGuard, login: str, password: str) -> Unlocked:
    """Return the account and the data key, at the pace that the guard allows."""
    wait = guard.wait_seconds(login)
    if wait > 0:
        raise AppError(ErrorCode.SIGN_IN_DELAYED, seconds=math.ceil(wait))
    try:
        return vault.unlock(login, password)
    except AppError as error:
        if error.code is ErrorCode.WRONG_CREDENTIALS:
            raise _refusal(guard, login) from None
        raise


def note_failures(work: UnitOfWork, guard: SignInGuard, clock: Clock, account: Account) -> None:
    """Let the account try at once; what failed before goes to the trail, now that it is open."""
    failures = guard.note_success(account.login)
    if failures:
        codes = {"failures": failures}
        work.audit.append(
            AuditEntry(AuditAction.SIGN_IN_FAILED, clock.now(), None, account.account_id, codes)
        )


def folded_login(login: str) -> str:
    """Return a typed login as it is compared: without spaces around it, in small letters."""
    return login.strip().lower()


def door_of(work: UnitOfWork) -> Door:
    """Return what the sign-in page is to show of this clinic."""
    clinic = work.clinic()
    return Door(
        clinic_name=clinic.name,
        seat=clinic.seat,
        accounts=tuple(account for account in work.accounts.list_all() if account.is_active),
        hides_accounts=clinic.hides_accounts,
    )


def _enter(entrance: Entrance, login: str, password: str, action: AuditAction) -> Session:
    login = folded_login(login)
    unlocked = check_credentials(entrance.vault, entrance.guard, login, password)
    records = entrance.store.open(unlocked.key)
    try:
        person = _admit(entrance, records, unlocked, login, action)
    except BaseException:
        records.close()
        raise
    return Session(
        person=person,
        records=records,
        clock=entrance.clock,
        model=entrance.model,
        data_key=unlocked.key,
        vault=entrance.vault,
        guard=entrance.guard,
        encode_qr=entrance.encode_qr,
        link=entrance.link,
    )


def _refusal(guard: SignInGuard, login: str) -> AppError:
    failures = guard.note_failure(login)
    return AppError(
        ErrorCode.WRONG_CREDENTIALS,
        tries_left=max(0, FREE_SIGN_IN_FAILURES - failures),
        seconds=sign_in_delay_seconds(failures),
    )


def _admit(
    entrance: Entrance, records: Records, unlocked: Unlocked, login: str, action: AuditAction
) -> Account:
    """Check the person against the records, which alone know the roles, and note the sign-in.

    They also know a password that was replaced since: an older vault that was put back opens with
    it, and is refused in the words for a wrong one.
    """
    account_id, now = unlocked.account_id, entrance.clock.now()
    with records.unit_of_work() as work:
        stored = _find_active(work, login)
        if stored is None or stored.account_id != account_id:
            raise _refusal(entrance.guard, login)
        least = work.accounts.password_generation(account_id)
        if unlocked.generation < least:
            raise _refusal(entrance.guard, login)
        if unlocked.generation > least:
            work.accounts.keep_password_generation(account_id, unlocked.generation)
        note_failures(work, entrance.guard, entrance.clock, stored)
        person = replace(stored, last_sign_in=now)
        work.accounts.save(person)
        work.audit.append(AuditEntry(action, now, account_id))
        door = door_of(work)
        work.commit()
    # What the page before shows is a convenience; a full disk must not keep people out for it.
    with suppress(AppError):
        entrance.vault.save_door(door)
    return person


def _find_active(work: UnitOfWork, login: str) -> Account | None:
    return next(
        (one for one in work.accounts.list_all() if one.login == login and one.is_active), None
    )


def _leave(session: Session, action: AuditAction) -> AuditHead:
    try:
        with session.unit_of_work() as work:
            work.audit.append(session.audit_entry(action))
            head = work.audit.head()
            work.commit()
        return head
    finally:
        session.close()
