"""A signed-in person at an open clinic: what every use case after sign-in works with."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from desktop_app.application.ports import (
    Clock,
    QrEncoder,
    Records,
    RiskModel,
    SignInGuard,
    UnitOfWork,
    Vault,
)
from desktop_app.domain.account import Account, Right
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId

if TYPE_CHECKING:
    # An annotation only: the sign-in window must not wait for what comes after it.
    from desktop_app.application.link import Link


@dataclass(frozen=True)
class Session:
    """One person's time at the open clinic, from sign-in to lock.

    `model` returns the loaded model; it raises the AppError that says why scoring is off.
    `data_key`, `vault` and `guard` stay here only for giving colleagues new passwords.
    """

    person: Account
    records: Records
    clock: Clock
    model: Callable[[], RiskModel]
    data_key: bytes = field(repr=False)
    vault: Vault
    guard: SignInGuard
    encode_qr: QrEncoder
    link: "Link"

    def require(self, right: Right) -> None:
        """Refuse with ROLE_NOT_ALLOWED unless the person has the right."""
        if not self.person.may(right):
            raise AppError(ErrorCode.ROLE_NOT_ALLOWED, right=right.value)

    def unit_of_work(self) -> UnitOfWork:
        """Begin a transaction on the clinic's records."""
        return self.records.unit_of_work()

    def audit_entry(
        self,
        action: AuditAction,
        subject_id: RecordId | None = None,
        codes: Mapping[str, str | int] | None = None,
    ) -> AuditEntry:
        """Make the trail's entry for something this person does now."""
        return AuditEntry(
            action=action,
            at=self.clock.now(),
            actor_id=self.person.account_id,
            subject_id=subject_id,
            codes=codes or {},
        )

    def without_key(self) -> "Session":
        """Return what may stay in memory of it while the screen is locked."""
        return replace(self, data_key=b"")

    def close(self) -> None:
        """Close the database; the session is of no use afterwards."""
        self.records.close()
