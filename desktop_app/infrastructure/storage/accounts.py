"""Keep accounts, what each person prefers, and what was decided for the clinic."""

import json
from dataclasses import asdict
from enum import Enum
from typing import Any

from sqlalchemy import Connection, Row, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import IntegrityError

from desktop_app.domain.account import Account, Role
from desktop_app.domain.clinic import Clinic, Preferences, read_preferences
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId
from desktop_app.infrastructure.storage.tables import accounts, preferences, settings

_CLINIC = "clinic"


class SqlAccountRepository:
    """Accounts in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def save(self, account: Account) -> None:
        """Store or replace an account; AppError LOGIN_TAKEN if another has the login."""
        columns = {
            "account_id": account.account_id,
            "login": account.login,
            "name": account.name,
            "roles": " ".join(sorted(role.value for role in account.roles)),
            "department": account.department,
            "is_active": account.is_active,
            "last_sign_in": account.last_sign_in,
        }
        statement = insert(accounts).values(columns)
        try:
            self._connection.execute(
                statement.on_conflict_do_update(index_elements=["account_id"], set_=columns)
            )
        except IntegrityError as error:
            raise AppError(ErrorCode.LOGIN_TAKEN) from error

    def get(self, account_id: RecordId) -> Account:
        """Return an account; AppError NOT_FOUND."""
        statement = select(accounts).where(accounts.c.account_id == account_id)
        row = self._connection.execute(statement).first()
        if row is None:
            raise AppError(ErrorCode.NOT_FOUND)
        return _account_from(row)

    def list_all(self) -> tuple[Account, ...]:
        """Return all accounts, by name."""
        rows = self._connection.execute(select(accounts))
        return tuple(
            sorted(map(_account_from, rows), key=lambda account: (account.name, account.login))
        )

    def password_generation(self, account_id: RecordId) -> int:
        """Return the least generation of this account's password that still opens, at first 0."""
        statement = select(settings.c.content).where(settings.c.name == _password_of(account_id))
        return int(self._connection.execute(statement).scalar() or 0)

    def keep_password_generation(self, account_id: RecordId, generation: int) -> None:
        """Let no earlier generation of this account's password open any more."""
        _write_setting(self._connection, _password_of(account_id), str(generation))

    def preferences(self, account_id: RecordId) -> Preferences | None:
        """Return a person's preferences, None if never saved."""
        content = self._connection.execute(
            select(preferences.c.content).where(preferences.c.account_id == account_id)
        ).scalar()
        return None if content is None else read_preferences(json.loads(content))

    def save_preferences(self, account_id: RecordId, preferred: Preferences) -> None:
        """Store a person's preferences."""
        columns = {"account_id": account_id, "content": _json(preferred)}
        statement = insert(preferences).values(columns)
        self._connection.execute(
            statement.on_conflict_do_update(index_elements=["account_id"], set_=columns)
        )


def read_clinic(connection: Connection) -> Clinic:
    """Return what the administrator decided for the clinic; AppError NOT_FOUND before that."""
    statement = select(settings.c.content).where(settings.c.name == _CLINIC)
    content = connection.execute(statement).scalar()
    if content is None:
        raise AppError(ErrorCode.NOT_FOUND)
    return Clinic(**json.loads(content))


def write_clinic(connection: Connection, clinic: Clinic) -> None:
    """Store what the administrator decided."""
    _write_setting(connection, _CLINIC, _json(clinic))


def _write_setting(connection: Connection, name: str, content: str) -> None:
    columns = {"name": name, "content": content}
    statement = insert(settings).values(columns)
    connection.execute(statement.on_conflict_do_update(index_elements=["name"], set_=columns))


def _password_of(account_id: RecordId) -> str:
    return f"password generation of {account_id}"


def _account_from(row: Row[Any]) -> Account:
    return Account(
        account_id=row.account_id,
        login=row.login,
        name=row.name,
        roles=frozenset(map(Role, row.roles.split())),
        department=row.department,
        is_active=row.is_active,
        last_sign_in=row.last_sign_in,
    )


def _json(value: Clinic | Preferences) -> str:
    return json.dumps(asdict(value), ensure_ascii=False, default=_plain)


def _plain(value: object) -> Any:
    if isinstance(value, Enum):
        return value.value
    raise TypeError(type(value).__name__)
