"""Workstations on the administration pages: to read, and to revoke."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest

from backend.django_api.accounts.admin import ReadOnlyAdmin
from backend.django_api.sync.enrolment import revoke
from backend.django_api.sync.keys import fingerprint
from backend.django_api.sync.models import Workstation


@admin.register(Workstation)
class WorkstationAdmin(ReadOnlyAdmin):
    """Shows who may exchange files with the server."""

    list_display = (
        "name",
        "account",
        "device_id",
        "shown_fingerprint",
        "enrolled_at",
        "revoked_at",
    )
    list_select_related = ("account",)
    actions = ("revoke",)

    @admin.display(description="키 지문")
    def shown_fingerprint(self, workstation: Workstation) -> str:
        """Return what people compare."""
        return fingerprint(workstation.signing_key)

    @admin.action(description="선택한 컴퓨터의 등록 취소")
    def revoke(self, request: HttpRequest, queryset: Any) -> None:
        """Refuse the chosen workstations' files from now on."""
        for workstation in queryset:
            revoke(device_id=workstation.device_id)
