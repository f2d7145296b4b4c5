"""Accounts, and how often a sign-in failed."""

from typing import ClassVar

from django.contrib.auth.models import AbstractUser, UserManager
from django.db import models


class Role(models.TextChoices):
    """What a person may do."""

    ADMIN = "ADMIN", "관리자"
    STAFF = "STAFF", "직원"
    DOCTOR = "DOCTOR", "의사"
    PATIENT = "PATIENT", "환자"


CLINICAL = (Role.ADMIN, Role.STAFF, Role.DOCTOR)


class AccountManager(UserManager["User"]):
    """Makes the first administrator approved."""

    def create_superuser(
        self,
        username: str,
        email: str | None = None,
        password: str | None = None,
        **extra: object,
    ) -> "User":
        """Create an approved ADMIN."""
        return super().create_superuser(
            username, email, password, **{"role": Role.ADMIN, "approved": True, **extra}
        )


class User(AbstractUser):
    """A person with a name to sign in by; waits until an administrator approves."""

    role = models.CharField("역할", max_length=8, choices=Role.choices, default=Role.PATIENT)
    approved = models.BooleanField("승인됨", default=False)

    objects: ClassVar[AccountManager] = AccountManager()

    class Meta:
        verbose_name = "계정"
        verbose_name_plural = "계정"

    @property
    def shown_name(self) -> str:
        """Return family and given name, or the name to sign in by."""
        return f"{self.last_name}{self.first_name}" or self.username

    @property
    def is_clinical(self) -> bool:
        """Tell whether the person works with patients' records."""
        return self.role in CLINICAL

    @property
    def can_work(self) -> bool:
        """Tell whether the account is open, approved, and of somebody who works with records."""
        return self.is_active and self.approved and self.is_clinical

    @property
    def doctor_number(self) -> int | None:
        """Return the id of the doctor that this account is, if it is one."""
        doctor = getattr(self, "doctor", None)
        return None if doctor is None else doctor.pk


class Attempt(models.Model):
    """Tries of one kind from one side within a window; in the database, so all workers count."""

    key = models.CharField(max_length=64, primary_key=True)
    window_start = models.DateTimeField()
    count = models.PositiveIntegerField(default=0)
