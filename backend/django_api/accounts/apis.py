"""Signing in, one's own account, and everybody's for administrators."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.accounts import selectors, services
from backend.django_api.accounts.models import Role, User
from backend.django_api.accounts.permissions import IsAdmin, IsSignedIn, acting
from backend.django_api.common.paging import PAGE_PARAMETERS, listed, query_of
from backend.django_api.common.serializers import (
    ErrorSerializer,
    IdField,
    IdListField,
    NameField,
    StrictSerializer,
    checked,
)
from backend.django_api.doctors.apis import DoctorOutput

USERNAME = r"^[\w.@+-]+$"


class CredentialsInput(StrictSerializer):
    """Name and password."""

    username = serializers.CharField(max_length=150)
    password = serializers.CharField(max_length=256, trim_whitespace=False)


class TokensOutput(serializers.Serializer[Any]):
    """A pair of tokens."""

    access = serializers.CharField()
    refresh = serializers.CharField()


class RefreshInput(StrictSerializer):
    """A refresh token."""

    refresh = serializers.CharField(max_length=4096)


class ProfileInput(StrictSerializer):
    """What people may change of their own account."""

    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    first_name = NameField(required=False, allow_blank=True, max_length=80)
    last_name = NameField(required=False, allow_blank=True, max_length=80)
    password = serializers.CharField(required=False, max_length=256, trim_whitespace=False)
    current_password = serializers.CharField(required=False, max_length=256, trim_whitespace=False)


class RegisterInput(StrictSerializer):
    """A new account."""

    username = serializers.RegexField(USERNAME, max_length=150)
    password = serializers.CharField(max_length=256, trim_whitespace=False)
    email = serializers.EmailField(required=False, allow_blank=True, max_length=254)
    first_name = NameField(required=False, allow_blank=True, max_length=80)
    last_name = NameField(required=False, allow_blank=True, max_length=80)


class RegisterDoctorInput(RegisterInput):
    """A new doctor's account."""

    name = NameField(required=False, allow_blank=True, max_length=80)
    department = NameField(required=False, allow_blank=True, max_length=80)


class BulkRowInput(RegisterDoctorInput):
    """One account of many."""

    role = serializers.ChoiceField(Role.choices, default=Role.PATIENT)


class RegisterBulkInput(StrictSerializer):
    """Many accounts."""

    users = serializers.ListField(child=BulkRowInput(), max_length=200, allow_empty=False)


class BulkAnswerOutput(serializers.Serializer[Any]):
    """What became of one account of many."""

    username = serializers.CharField()
    id = serializers.IntegerField(allow_null=True)
    errors = serializers.DictField(allow_null=True)  # type: ignore[assignment] # the contract's name; DRF takes it out of the class


class ChangeRoleInput(StrictSerializer):
    """Whom to give which role."""

    user_id = IdField()
    role = serializers.ChoiceField(Role.choices)


class BulkApproveInput(StrictSerializer):
    """Whom to approve or reject."""

    user_ids = IdListField(allow_empty=False)
    action = serializers.ChoiceField(("approve", "reject"))


class CountOutput(serializers.Serializer[Any]):
    """How many records a call changed."""

    updated = serializers.IntegerField()


class UserOutput(serializers.Serializer[Any]):
    """An account as clients see it."""

    id = serializers.IntegerField()
    username = serializers.CharField()
    email = serializers.CharField()
    first_name = serializers.CharField()
    last_name = serializers.CharField()
    role = serializers.ChoiceField(Role.choices)
    approved = serializers.BooleanField()
    doctor = serializers.SerializerMethodField()

    def get_doctor(self, user: User) -> DoctorOutput(allow_null=True):  # type: ignore[valid-type] # read by the OpenAPI document
        """Return the account's doctor, or null."""
        doctor = getattr(user, "doctor", None)
        return None if doctor is None else DoctorOutput(doctor).data


class TokenApi(APIView):
    """Sign in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=CredentialsInput, responses={200: TokensOutput, 401: ErrorSerializer})
    def post(self, request: Request) -> Response:
        """Return a pair of tokens."""
        credentials = checked(CredentialsInput, request.data)
        return Response(
            services.sign_in(**credentials, address=request.META.get("REMOTE_ADDR", ""))
        )


class RefreshApi(APIView):
    """Stay signed in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(request=RefreshInput, responses={200: TokensOutput, 401: ErrorSerializer})
    def post(self, request: Request) -> Response:
        """Return a new pair; the old refresh token is worth nothing then."""
        return Response(services.refresh(**checked(RefreshInput, request.data)))


class MeApi(APIView):
    """One's own account."""

    permission_classes = (IsSignedIn,)

    @extend_schema(responses=UserOutput)
    def get(self, request: Request) -> Response:
        """Show who is signed in."""
        return Response(UserOutput(acting(request)).data)


class UpdateProfileApi(APIView):
    """One's own details."""

    permission_classes = (IsSignedIn,)

    @extend_schema(request=ProfileInput, responses=UserOutput)
    def patch(self, request: Request) -> Response:
        """Change them."""
        changes = checked(ProfileInput, request.data)
        return Response(UserOutput(services.update_profile(user=acting(request), **changes)).data)


class RegisterApi(APIView):
    """A new patient's account."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    role = Role.PATIENT
    input: type[StrictSerializer] = RegisterInput

    @extend_schema(request=RegisterInput, responses={201: UserOutput})
    def post(self, request: Request) -> Response:
        """Create the account; it waits for approval."""
        account = checked(self.input, request.data)
        user = services.register(
            **account, role=self.role, address=request.META.get("REMOTE_ADDR", "")
        )
        return Response(UserOutput(user).data, status=status.HTTP_201_CREATED)


class RegisterDoctorApi(RegisterApi):
    """A new doctor's account."""

    role = Role.DOCTOR
    input = RegisterDoctorInput

    @extend_schema(request=RegisterDoctorInput, responses={201: UserOutput})
    def post(self, request: Request) -> Response:
        """Create the account; it waits for approval."""
        return super().post(request)


class UserListApi(APIView):
    """Everybody's accounts."""

    permission_classes = (IsAdmin,)

    @extend_schema(parameters=[*PAGE_PARAMETERS], responses=UserOutput(many=True))
    def get(self, request: Request) -> Response:
        """List accounts."""
        return listed(selectors.list_users(), UserOutput, query_of(request))


class ChangeRoleApi(APIView):
    """Somebody's role."""

    permission_classes = (IsAdmin,)

    @extend_schema(request=ChangeRoleInput, responses=UserOutput)
    def post(self, request: Request) -> Response:
        """Change it."""
        return Response(
            UserOutput(services.change_role(**checked(ChangeRoleInput, request.data))).data
        )


class RegisterBulkApi(APIView):
    """Many accounts at once."""

    permission_classes = (IsAdmin,)

    @extend_schema(request=RegisterBulkInput, responses={200: BulkAnswerOutput(many=True)})
    def post(self, request: Request) -> Response:
        """Create approved accounts, with an answer for each."""
        rows = checked(RegisterBulkInput, request.data)["users"]
        return Response(BulkAnswerOutput(services.register_many(rows=rows), many=True).data)


class BulkApproveApi(APIView):
    """Waiting accounts."""

    permission_classes = (IsAdmin,)

    @extend_schema(request=BulkApproveInput, responses=CountOutput)
    def post(self, request: Request) -> Response:
        """Approve or reject them."""
        body = checked(BulkApproveInput, request.data)
        count = services.approve(
            user_ids=body["user_ids"], is_approved=body["action"] == "approve", by=acting(request)
        )
        return Response({"updated": count})
