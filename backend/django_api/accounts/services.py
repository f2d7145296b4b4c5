"""Writing accounts."""

from collections.abc import Sequence
from typing import Any, cast

from django.contrib.auth import authenticate
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from rest_framework import serializers
from rest_framework_simplejwt.exceptions import TokenError
from rest_framework_simplejwt.tokens import RefreshToken

from backend.django_api.accounts import selectors, throttles
from backend.django_api.accounts.models import Role, User
from backend.django_api.accounts.tokens import user_of
from backend.django_api.common.errors import Conflict, NotSignedIn
from backend.django_api.doctors.services import make_doctor

FAILURES_AN_ACCOUNT = 10
FAILURES_AN_ADDRESS = 100
REGISTRATIONS_AN_ADDRESS = 50


def sign_in(*, username: str, password: str, address: str) -> dict[str, str]:
    """Return a pair of tokens; failures are counted by account and address."""
    by_account = throttles.key_of("sign-in", username.casefold(), address)
    by_address = throttles.key_of("sign-in", address)
    throttles.refuse_above({by_account: FAILURES_AN_ACCOUNT, by_address: FAILURES_AN_ADDRESS})
    user = authenticate(username=username, password=password)
    if not isinstance(user, User):
        throttles.count(by_account, by_address)
        raise NotSignedIn("No active account has this name and password.")
    return _tokens(user)


def refresh(*, refresh: str) -> dict[str, str]:
    """Return a new pair for a refresh token, which then is worth nothing."""
    try:
        old = RefreshToken(refresh)  # type: ignore[arg-type] # the library reads text too
        user = user_of(old)
        # The library's own types say less than it returns: as `get_or_create` does.
        is_first_use = cast("tuple[object, bool]", old.blacklist())[1]
    except TokenError as error:
        raise NotSignedIn from error
    if not is_first_use:
        raise NotSignedIn
    return _tokens(user)


def _tokens(user: User) -> dict[str, str]:
    token = RefreshToken.for_user(user)
    return {"access": str(token.access_token), "refresh": str(token)}


def register(*, address: str, **account: Any) -> User:
    """Create an account that waits for approval."""
    key = throttles.key_of("register", address)
    throttles.refuse_above({key: REGISTRATIONS_AN_ADDRESS})
    throttles.count(key)
    return create_account(**account)


@transaction.atomic
def create_account(
    *,
    username: str,
    password: str,
    role: str,
    approved: bool = False,
    name: str = "",
    department: str = "",
    **details: str,
) -> User:
    """Create an account, with its doctor where the role is DOCTOR."""
    user = User(username=username, role=role, approved=approved, **details)
    taken = serializers.ValidationError({"username": ["This name is taken."]})
    if User.objects.filter(username__iexact=username).exists():
        raise taken
    check_password(password, user)
    user.set_password(password)
    _follow_role(user)
    try:
        with transaction.atomic():
            user.save()
    except IntegrityError as error:
        # Somebody registered it since the question above.
        raise taken from error
    if role == Role.DOCTOR:
        make_doctor(user_id=user.pk, name=name or user.shown_name, department=department)
    return user


def register_many(*, rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Create approved accounts; one bad row never stops the others."""
    answers: list[dict[str, Any]] = []
    for row in rows:
        try:
            user = create_account(**row, approved=True)
            answers.append({"username": user.username, "id": user.pk, "errors": None})
        except serializers.ValidationError as error:
            answers.append({"username": row["username"], "id": None, "errors": error.detail})
    return answers


@transaction.atomic
def change_role(*, user_id: int, role: str) -> User:
    """Give an account another role; the last administrator keeps theirs."""
    admins = selectors.lock_admins()
    user = selectors.get_user(user_id=user_id)
    if role != Role.ADMIN and admins == {user.pk}:
        raise Conflict("The last administrator cannot become something else.")
    user.role = role
    _follow_role(user)
    user.save(update_fields=["role", "is_staff", "is_superuser"])
    if role == Role.DOCTOR:
        make_doctor(user_id=user.pk, name=user.shown_name)
    return user


@transaction.atomic
def approve(*, user_ids: Sequence[int], is_approved: bool, by: User) -> int:
    """Approve accounts, or reject and close them; return how many there were."""
    if not is_approved and by.pk in user_ids:
        raise Conflict("Nobody can reject their own account.")
    if not is_approved and selectors.lock_admins() <= set(user_ids):
        raise Conflict("Nobody would be left to administer.")
    return User.objects.filter(pk__in=user_ids).update(approved=is_approved, is_active=is_approved)


def update_profile(
    *, user: User, password: str | None = None, current_password: str = "", **details: str
) -> User:
    """Change a person's own details; a new password needs the current one."""
    if password is not None:
        if not user.check_password(current_password):
            raise serializers.ValidationError({"current_password": ["This is not the password."]})
        check_password(password, user)
        user.set_password(password)
    for name, value in details.items():
        setattr(user, name, value)
    user.save()
    return user


def check_password(password: str, user: User) -> None:
    """Raise what is wrong with a new password."""
    try:
        validate_password(password, user)
    except ValidationError as error:
        raise serializers.ValidationError({"password": list(error.messages)}) from error


def _follow_role(user: User) -> None:
    """Open the administration pages to administrators only."""
    user.is_staff = user.is_superuser = user.role == Role.ADMIN
