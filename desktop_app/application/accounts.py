"""Who may work here: accounts, their roles and their passwords."""

from dataclasses import dataclass, replace

from desktop_app.application.ports import UnitOfWork
from desktop_app.application.session import Session
from desktop_app.application.sign_in import (
    check_credentials,
    door_of,
    note_failures,
    set_password,
)
from desktop_app.domain.account import Account, Right, Role, check_login
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.names import check_name
from desktop_app.domain.password import check_password


@dataclass(frozen=True)
class AccountDetails:
    """What an administrator decides about an account."""

    login: str
    name: str
    roles: frozenset[Role]
    department: str = ""
    is_active: bool = True


def list_accounts(session: Session) -> tuple[Account, ...]:
    """Return all accounts, by name."""
    session.require(Right.MANAGE_ACCOUNTS)
    with session.unit_of_work() as work:
        return work.accounts.list_all()


def create_account(session: Session, details: AccountDetails, password: str) -> Account:
    """Add a person; LOGIN_TAKEN, INVALID_INPUT (`field`) or PASSWORD_TOO_WEAK otherwise."""
    session.require(Right.MANAGE_ACCOUNTS)
    checked = check_details(details)
    check_password(password, login=checked.login, name=checked.name)
    account = Account(
        account_id=new_record_id(),
        login=checked.login,
        name=checked.name,
        roles=checked.roles,
        department=checked.department,
    )
    _save(session, account, AuditAction.ACCOUNT_CREATED)
    set_password(session.records, session.vault, session.data_key, account.account_id, password)
    return account


def change_account(session: Session, account_id: RecordId, details: AccountDetails) -> Account:
    """Change a person's name, login, roles or department, or end and resume the account.

    The last active administrator stays one: INVALID_INPUT, field `roles`. An ended account loses
    its key at once and needs a new password when it is resumed.
    """
    session.require(Right.MANAGE_ACCOUNTS)
    checked = check_details(details)
    with session.unit_of_work() as work:
        account = replace(
            work.accounts.get(account_id),
            login=checked.login,
            name=checked.name,
            roles=checked.roles,
            department=checked.department,
            is_active=checked.is_active,
        )
    _save(session, account, AuditAction.ACCOUNT_CHANGED)
    if not account.is_active:
        session.vault.remove(account_id)
    return account


def give_password(session: Session, account_id: RecordId, password: str) -> None:
    """Give a colleague a new password, and let them try at once."""
    session.require(Right.MANAGE_ACCOUNTS)
    _set_password(session, account_id, password)


def change_own_password(session: Session, old_password: str, new_password: str) -> None:
    """Change the password of the person who is signed in, who shows to know the old one."""
    check_credentials(session.vault, session.guard, session.person.login, old_password)
    _set_password(session, session.person.account_id, new_password)


def check_details(details: AccountDetails) -> AccountDetails:
    """Return the details in their stored form; INVALID_INPUT names the first wrong `field`."""
    name = check_name(details.name, "name")
    department = check_name(details.department, "department", is_required=False)
    login = check_login(details.login)
    if not details.roles:
        raise AppError(ErrorCode.INVALID_INPUT, field="roles")
    return replace(details, login=login, name=name, department=department)


def _set_password(session: Session, account_id: RecordId, password: str) -> None:
    with session.unit_of_work() as work:
        account = work.accounts.get(account_id)
        check_password(password, login=account.login, name=account.name)
        note_failures(work, session.guard, session.clock, account)
        work.audit.append(session.audit_entry(AuditAction.PASSWORD_CHANGED, account_id))
        work.commit()
    set_password(session.records, session.vault, session.data_key, account_id, password)


def _save(session: Session, account: Account, action: AuditAction) -> None:
    """Store an account and show it at the door."""
    with session.unit_of_work() as work:
        work.accounts.save(account)
        if not account.is_active:
            # Resumed, it must not open with the password it had, from an older vault either.
            ended = work.accounts.password_generation(account.account_id) + 1
            work.accounts.keep_password_generation(account.account_id, ended)
        _keep_an_administrator(work)
        work.audit.append(session.audit_entry(action, account.account_id))
        door = door_of(work)
        work.commit()
    session.vault.save_door(door)


def _keep_an_administrator(work: UnitOfWork) -> None:
    if not any(one.is_active and Role.ADMIN in one.roles for one in work.accounts.list_all()):
        raise AppError(ErrorCode.INVALID_INPUT, field="roles", rule="last_administrator")
