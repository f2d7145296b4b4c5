"""What a person likes and what an administrator decides for the clinic."""

from dataclasses import fields, replace

from desktop_app.application.session import Session
from desktop_app.application.sign_in import door_of
from desktop_app.domain.account import Right
from desktop_app.domain.audit import AuditAction
from desktop_app.domain.clinic import (
    IDLE_MINUTES_CHOICES,
    PREVALENCE_HIGH,
    PREVALENCE_LOW,
    TEXT_PERCENT_CHOICES,
    Clinic,
    Preferences,
)
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.names import check_name


def read_clinic(session: Session) -> Clinic:
    """Return what is decided for the clinic; everybody signed in may know."""
    with session.unit_of_work() as work:
        return work.clinic()


def save_preferences(session: Session, preferences: Preferences) -> None:
    """Keep how the signed-in person likes the screen."""
    if preferences.text_percent not in TEXT_PERCENT_CHOICES:
        raise AppError(ErrorCode.INVALID_INPUT, field="text_percent")
    with session.unit_of_work() as work:
        work.accounts.save_preferences(session.person.account_id, preferences)
        work.commit()


def change_clinic(session: Session, clinic: Clinic) -> Clinic:
    """Store new decisions, note which changed, and show the door's; INVALID_INPUT names a `field`.

    Whether the clinic is a demonstration never changes.
    """
    session.require(Right.CHANGE_CLINIC)
    checked = _checked(clinic)
    with session.unit_of_work() as work:
        before = work.clinic()
        checked = replace(checked, is_demonstration=before.is_demonstration)
        changed = [
            one.name
            for one in fields(Clinic)
            if getattr(before, one.name) != getattr(checked, one.name)
        ]
        if not changed:
            return before
        work.save_clinic(checked)
        for name in changed:
            work.audit.append(
                session.audit_entry(AuditAction.SETTING_CHANGED, codes={"setting": name})
            )
        door = door_of(work)
        work.commit()
    session.vault.save_door(door)
    return checked


def _checked(clinic: Clinic) -> Clinic:
    tidy = replace(
        clinic,
        name=check_name(clinic.name, "name"),
        seat=check_name(clinic.seat, "seat", is_required=False),
    )
    share = tidy.prevalence
    for field, is_wrong in (
        ("prevalence", share is not None and not PREVALENCE_LOW <= share <= PREVALENCE_HIGH),
        ("idle_minutes", tidy.idle_minutes not in IDLE_MINUTES_CHOICES),
    ):
        if is_wrong:
            raise AppError(ErrorCode.INVALID_INPUT, field=field)
    return tidy
