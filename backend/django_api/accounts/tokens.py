"""Bearer tokens, with the account and its doctor read in one query."""

from typing import Any, cast

from django.db import connection
from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.utils import get_md5_hash_password

from backend.django_api.accounts.models import User
from backend.django_api.common.errors import NotSignedIn
from backend.django_api.common.serializers import LARGEST_ID
from backend.django_api.doctors.models import Doctor

# What calls read of an account, in the model's order; another field costs a query of its own.
FIELDS = (
    "id", "password", "username", "first_name", "last_name", "email",
    "is_active", "role", "approved",
)  # fmt: skip  # one row
# Every call asks this, and building the same SQL and model anew cost more than asking it.
OPEN_ACCOUNT = f"""
    SELECT {", ".join(f"account.{name}" for name in FIELDS)},
           doctor.id, doctor.name, doctor.department
    FROM {User._meta.db_table} AS account
    LEFT JOIN {Doctor._meta.db_table} AS doctor ON doctor.user_id = account.id
    WHERE account.id = %s AND account.is_active
"""  # noqa: S608 - the names are the tables' own
DOCTOR_OF = User._meta.get_field("doctor")


def user_of(token: Token) -> User:
    """Return the open account of a token made since its password was set."""
    number = token.get(api_settings.USER_ID_CLAIM)
    if not str(number).isdecimal() or int(number) > LARGEST_ID:
        raise NotSignedIn
    with connection.cursor() as cursor:
        cursor.execute(OPEN_ACCOUNT, [int(number)])
        row = cursor.fetchone()
    if row is None:
        raise NotSignedIn("The account is closed.")
    *account, doctor_id, name, department = row
    user = User.from_db(connection.alias, FIELDS, account)
    doctor = None
    if doctor_id is not None:
        doctor = Doctor(pk=doctor_id, user=user, name=name, department=department)
    DOCTOR_OF.set_cached_value(user, doctor)
    if token.get(api_settings.REVOKE_TOKEN_CLAIM) != get_md5_hash_password(user.password):
        raise NotSignedIn("The password has changed.")
    return user


class BearerAuthentication(JWTAuthentication):
    """Read `Authorization: Bearer`; refuse tokens made before the password changed."""

    def get_user(self, validated_token: Token) -> Any:
        """Return the token's account."""
        return user_of(validated_token)

    def authenticate(self, request: Request) -> tuple[Any, Token] | None:
        """Return person and token; a malformed header is no token."""
        header = request.META.get("HTTP_AUTHORIZATION", "")
        if isinstance(header, str) and not header.isascii():
            raise NotSignedIn
        found = super().authenticate(request)
        if found is not None:
            # For the log line, which sees Django's request only.
            request._request.user = cast(User, found[0])
        return found
