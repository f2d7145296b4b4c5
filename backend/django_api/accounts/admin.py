"""The administration pages: accounts are edited there, patients' records only read."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.http import HttpRequest

from backend.django_api.accounts.models import User

if TYPE_CHECKING:
    AnyAdmin = admin.ModelAdmin[Any]
    AnyUserAdmin = UserAdmin[User]
else:
    AnyAdmin = admin.ModelAdmin
    AnyUserAdmin = UserAdmin

admin.site.site_header = "MesoDesk 중앙 서버"
admin.site.site_title = "MesoDesk"
admin.site.index_title = "관리"


@admin.register(User)
class AccountAdmin(AnyUserAdmin):
    """Approves accounts and gives roles."""

    list_display = ("username", "last_name", "first_name", "role", "approved", "is_active")
    list_filter = ("role", "approved", "is_active")
    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("개인 정보", {"fields": ("last_name", "first_name", "email")}),
        ("권한", {"fields": ("role", "approved", "is_active")}),
    )
    actions = ("approve",)

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        """Open these pages to administrators only."""
        obj.is_staff = obj.is_superuser = obj.role == "ADMIN"
        super().save_model(request, obj, form, change)

    @admin.action(description="선택한 계정 승인")
    def approve(self, request: HttpRequest, queryset: Any) -> None:
        """Approve the chosen accounts."""
        queryset.update(approved=True, is_active=True)


class ReadOnlyAdmin(AnyAdmin):
    """Shows records; changes go through the interface, which numbers and keeps them."""

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """Refuse."""
        return False
