"""Which role may make which call."""

from typing import TYPE_CHECKING

from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from backend.django_api.accounts.models import CLINICAL, Role, User

if TYPE_CHECKING:
    # The views' module reads the settings, which name these classes.
    from rest_framework.views import APIView


def acting(request: Request) -> User:
    """Return the person who makes the call."""
    if not isinstance(request.user, User):
        raise TypeError("a call without a person reached a service")
    return request.user


class IsSignedIn(BasePermission):
    """Any account with a valid token, also one that waits for approval."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell whether a person is signed in."""
        return isinstance(request.user, User)


class IsApproved(IsSignedIn):
    """An account that an administrator approved; `roles` may narrow it."""

    message = "This account may not make this call."
    roles: tuple[Role, ...] = tuple(Role)

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell whether the account is approved and of one of the roles."""
        user = request.user
        return isinstance(user, User) and user.approved and user.role in self.roles


class IsAdmin(IsApproved):
    """Administrators."""

    roles = (Role.ADMIN,)


class IsOffice(IsApproved):
    """Administrators and staff."""

    roles = (Role.ADMIN, Role.STAFF)


class IsPrescriber(IsApproved):
    """Administrators and doctors."""

    roles = (Role.ADMIN, Role.DOCTOR)


class IsClinical(IsApproved):
    """Everyone who works with patients' records."""

    roles = CLINICAL


class ReadOrClinical(IsApproved):
    """Reading is open to each role (and shows what the role may see), writing is clinical."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell whether the call reads, or the role writes."""
        if not super().has_permission(request, view):
            return False
        return request.method == "GET" or acting(request).is_clinical


class ReadOrPrescriber(IsApproved):
    """Reading is open to each role, writing to those who prescribe."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell whether the call reads, or the role writes."""
        if not super().has_permission(request, view):
            return False
        return request.method == "GET" or acting(request).role in IsPrescriber.roles


class DeleteByAdmin(ReadOrClinical):
    """As `ReadOrClinical`; deleting is for administrators."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Tell whether the role may make the call by this method."""
        if not super().has_permission(request, view):
            return False
        return request.method != "DELETE" or acting(request).role == Role.ADMIN
