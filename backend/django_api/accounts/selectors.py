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


def is_last_admin(*, user: User) -> bool:
    """Tell whether nobody else could administer."""
    others = User.objects.filter(role=Role.ADMIN, approved=True, is_active=True)
    return user.role == Role.ADMIN and not others.exclude(pk=user.pk).exists()
