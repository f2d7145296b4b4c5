"""Workstations that the server knows by their keys."""

from django.conf import settings
from django.db import models


class Workstation(models.Model):
    """A clinic's workstation; its files act as its account."""

    device_id = models.CharField("기기 번호", max_length=64, unique=True)
    name = models.CharField("이름", max_length=80)
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name="계정",
        on_delete=models.PROTECT,
        related_name="workstations",
    )
    # As files write them: base64, and an age recipient.
    signing_key = models.CharField(max_length=44)
    encryption_key = models.CharField(max_length=100)
    enrolled_at = models.DateTimeField("등록한 때")
    revoked_at = models.DateTimeField("등록을 취소한 때", null=True, blank=True)

    class Meta:
        verbose_name = "의원 컴퓨터"
        verbose_name_plural = "의원 컴퓨터"

    def __str__(self) -> str:
        return self.name
