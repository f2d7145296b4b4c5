"""Doctors."""

from django.conf import settings
from django.db import models


class Doctor(models.Model):
    """A doctor of the clinic, with or without an account."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL,
        verbose_name="계정",
        null=True,
        blank=True,
        on_delete=models.SET_NULL,
        related_name="doctor",
    )
    name = models.CharField("이름", max_length=80)
    department = models.CharField("진료과", max_length=80, blank=True)

    class Meta:
        verbose_name = "의사"
        verbose_name_plural = "의사"

    def __str__(self) -> str:
        return self.name
