"""Bearer tokens, with the account and its doctor read in one query."""

from typing import Any, cast

from rest_framework.request import Request
from rest_framework_simplejwt.authentication import JWTAuthentication
from rest_framework_simplejwt.settings import api_settings
from rest_framework_simplejwt.tokens import Token
from rest_framework_simplejwt.utils import get_md5_hash_password

from backend.django_api.accounts.models import User
from backend.django_api.common.errors import NotSignedIn


def user_of(token: Token) -> User:
    """Return the open account of a token made since its password was set."""
    number = token.get(api_settings.USER_ID_CLAIM)
    if number is None or not str(number).isdigit():
        raise NotSignedIn
    try:
        user = User.objects.select_related("doctor").get(pk=number, is_active=True)
    except User.DoesNotExist as error:
        raise NotSignedIn("The account is closed.") from error
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
