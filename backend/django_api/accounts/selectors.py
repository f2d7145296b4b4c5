"""Reading accounts."""

from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from backend.django_api.accounts.models import Role, User


def list_users() -> QuerySet[User]:
    """Return every account with its doctor."""
    return User.objects.select_related("doctor")


def get_user(*, user_id: int) -> User:
    """Return one account, or raise 404."""
    return get_object_or_404(User, pk=user_id)


def lock_admins() -> set[int]:
    """Return who can administer; two who close each other's account at once take turns."""
    admins = User.objects.filter(role=Role.ADMIN, approved=True, is_active=True)
    return set(admins.order_by("pk").select_for_update().values_list("pk", flat=True))
