"""Make a clinic where there is none: built out of sight, opened once its recovery key is proved."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field

from desktop_app.application.ports import Clock, Door, StagedClinic
from desktop_app.application.sign_in import Entrance
from desktop_app.domain.account import Account, Role, check_login
from desktop_app.domain.audit import AuditAction, AuditEntry
from desktop_app.domain.clinic import (
    PREVALENCE_HIGH,
    PREVALENCE_LOW,
    Clinic,
    Language,
    Preferences,
)
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.identifiers import RecordId, new_record_id
from desktop_app.domain.names import check_name
from desktop_app.domain.password import check_password
from desktop_app.domain.recovery_key import GROUPS, plain_key_text, recovery_groups

PROOF_GROUPS = 2


@dataclass(frozen=True)
class ClinicPlan:
    """What the first administrator decides; `prevalence` is a share (0-1) or not set."""

    clinic_name: str
    seat: str
    admin_name: str
    login: str
    password: str = field(repr=False)
    is_doctor: bool = False
    prevalence: float | None = None
    language: Language = Language.KOREAN


@dataclass(frozen=True)
class NewClinic:
    """A clinic that is built but not open; `proof_groups` must be typed from the paper."""

    plan: ClinicPlan
    administrator: Account
    recovery_key: str = field(repr=False)
    proof_groups: tuple[int, ...]
    staged: StagedClinic
    data_key: bytes = field(repr=False)

    def is_group_proved(self, group: int, typed: str) -> bool:
        """Tell whether a typed group is the printed one."""
        return plain_key_text(typed) == recovery_groups(self.recovery_key)[group - 1]

    def discard(self) -> None:
        """Leave nothing behind."""
        self.staged.discard()


def check_plan(plan: ClinicPlan) -> ClinicPlan:
    """Return the plan in its stored form; INVALID_INPUT names the first wrong `field`."""
    checked = ClinicPlan(
        clinic_name=check_name(plan.clinic_name, "clinic_name"),
        seat=check_name(plan.seat, "seat", is_required=False),
        admin_name=check_name(plan.admin_name, "name"),
        login=check_login(plan.login),
        password=plan.password,
        is_doctor=plan.is_doctor,
        prevalence=plan.prevalence,
        language=plan.language,
    )
    if plan.prevalence is not None and not PREVALENCE_LOW <= plan.prevalence <= PREVALENCE_HIGH:
        raise AppError(
            ErrorCode.INVALID_INPUT, field="prevalence", low=PREVALENCE_LOW, high=PREVALENCE_HIGH
        )
    check_password(plan.password, login=checked.login, name=checked.admin_name)
    return checked


def create_clinic(entrance: Entrance, plan: ClinicPlan) -> NewClinic:
    """Build a clinic out of sight: its vault, its database, its first administrator."""
    plan = check_plan(plan)
    administrator = Account(
        account_id=new_record_id(),
        login=plan.login,
        name=plan.admin_name,
        roles=frozenset({Role.ADMIN, Role.DOCTOR} if plan.is_doctor else {Role.ADMIN}),
    )
    staged = entrance.stage_clinic()
    try:
        door = Door(plan.clinic_name, plan.seat, (administrator,))
        key, recovery_key = staged.vault.create(door, administrator.account_id, plan.password)
        _found(staged, key, plan, administrator, entrance.clock)
    except BaseException:
        staged.discard()
        raise
    numbers = secrets.SystemRandom().sample(range(1, GROUPS + 1), PROOF_GROUPS)
    return NewClinic(
        plan=plan,
        administrator=administrator,
        recovery_key=recovery_key,
        proof_groups=tuple(sorted(numbers)),
        staged=staged,
        data_key=key,
    )


def open_clinic(entrance: Entrance, new: NewClinic, typed: Mapping[int, str]) -> None:
    """Move a clinic into the data folder once the asked groups of its recovery key were typed."""
    for group in new.proof_groups:
        if not new.is_group_proved(group, typed.get(group, "")):
            raise AppError(ErrorCode.RECOVERY_KEY_UNPROVED, group=group)
    records = new.staged.store.open(new.data_key)
    try:
        with records.unit_of_work() as work:
            work.audit.append(
                AuditEntry(
                    AuditAction.RECOVERY_KEY_PROVED,
                    entrance.clock.now(),
                    new.administrator.account_id,
                )
            )
            work.commit()
    finally:
        records.close()
    new.staged.publish()


def _found(
    staged: StagedClinic, key: bytes, plan: ClinicPlan, administrator: Account, clock: Clock
) -> None:
    person: RecordId = administrator.account_id
    records = staged.store.create(key)
    try:
        with records.unit_of_work() as work:
            work.save_clinic(Clinic(plan.clinic_name, plan.seat, plan.prevalence))
            work.accounts.save(administrator)
            work.accounts.save_preferences(person, Preferences(language=plan.language))
            for action in (AuditAction.CLINIC_CREATED, AuditAction.ACCOUNT_CREATED):
                work.audit.append(AuditEntry(action, clock.now(), person, person))
            work.commit()
    finally:
        records.close()
