"""Patients: lists, one, assignment."""

from datetime import UTC, datetime
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.accounts.permissions import (
    DeleteByAdmin,
    IsOffice,
    IsPrescriber,
    ReadOrClinical,
    acting,
)
from backend.django_api.common.paging import PAGE_PARAMETERS, PageQuery, listed, query_of
from backend.django_api.common.serializers import (
    IdField,
    IdListField,
    NameField,
    StrictSerializer,
    TextField,
    checked,
)
from backend.django_api.doctors.selectors import get_doctor
from backend.django_api.patients import selectors, services

EARLIEST_BIRTH = 1880
SERVER_MADE = frozenset({"id", "created_at", "updated_at"})


def check_birth_year(year: int) -> None:
    """Refuse a year that has not come."""
    if year > datetime.now(UTC).year + 1:
        raise serializers.ValidationError("The year lies in the future.")


class PatientInput(StrictSerializer):
    """What clients write of a patient."""

    ignored = SERVER_MADE

    name = NameField(max_length=80)
    birth_year = serializers.IntegerField(
        min_value=EARLIEST_BIRTH, max_value=9999, validators=[check_birth_year]
    )
    phone = NameField(max_length=32, allow_blank=True)
    address = NameField(max_length=300, allow_blank=True, required=False)
    notes = TextField(max_length=10_000, required=False)
    assigned_doctors = IdListField(required=False)


class PatientOutput(serializers.Serializer[Any]):
    """A patient as clients see it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    birth_year = serializers.IntegerField()
    phone = serializers.CharField()
    address = serializers.CharField()
    notes = serializers.CharField()
    assigned_doctors = serializers.ListField(child=serializers.IntegerField(), source="doctor_ids")
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PatientQuery(PageQuery):
    """The filters of the list."""

    search = serializers.CharField(required=False, allow_blank=True, max_length=100)
    doctor_id = IdField(required=False)
    updated_after = serializers.DateTimeField(required=False)


class AssignInput(StrictSerializer):
    """Which doctors look after a patient."""

    patient_id = IdField()
    doctor_ids = IdListField()


class BulkAssignInput(StrictSerializer):
    """Which patients a doctor is added to or taken from."""

    patient_ids = IdListField(allow_empty=False)
    doctor_id = IdField()
    action = serializers.ChoiceField(("add", "remove"))


class ChangedOutput(serializers.Serializer[Any]):
    """How many patients changed."""

    updated = serializers.IntegerField()


class PatientListApi(APIView):
    """The patients that a person may see."""

    permission_classes = (ReadOrClinical,)

    @extend_schema(parameters=[PatientQuery], responses=PatientOutput(many=True))
    def get(self, request: Request) -> Response:
        """List patients."""
        query = query_of(request, PatientQuery)
        filters = {k: v for k, v in query.items() if k not in ("limit", "cursor")}
        return listed(
            selectors.list_patients(user=acting(request), **filters), PatientOutput, query
        )

    @extend_schema(request=PatientInput, responses={201: PatientOutput})
    def post(self, request: Request) -> Response:
        """Create a patient; the same body again answers with the first one."""
        data = checked(PatientInput, request.data)
        patient = services.create_patient(user=acting(request), data=data)
        return Response(PatientOutput(patient).data, status=status.HTTP_201_CREATED)


class AllPatientsApi(APIView):
    """Everybody, for those who run the place."""

    permission_classes = (IsOffice,)

    @extend_schema(parameters=[*PAGE_PARAMETERS], responses=PatientOutput(many=True))
    def get(self, request: Request) -> Response:
        """List patients."""
        return listed(
            selectors.list_patients(user=acting(request)), PatientOutput, query_of(request)
        )


class MyPatientsApi(APIView):
    """The patients of the doctor who asks."""

    permission_classes = (IsPrescriber,)

    @extend_schema(parameters=[*PAGE_PARAMETERS], responses=PatientOutput(many=True))
    def get(self, request: Request) -> Response:
        """List one's own patients."""
        user = acting(request)
        # No doctor has number 0: an account without one has no patients of its own.
        own = selectors.list_patients(user=user, doctor_id=user.doctor_number or 0)
        return listed(own, PatientOutput, query_of(request))


class PatientsByDoctorApi(APIView):
    """The patients of one doctor, as far as the person may see them."""

    @extend_schema(parameters=[*PAGE_PARAMETERS], responses=PatientOutput(many=True))
    def get(self, request: Request, doctor_id: int) -> Response:
        """List a doctor's patients."""
        get_doctor(doctor_id=doctor_id)
        found = selectors.list_patients(user=acting(request), doctor_id=doctor_id)
        return listed(found, PatientOutput, query_of(request))


class PatientApi(APIView):
    """One patient."""

    permission_classes = (DeleteByAdmin,)

    @extend_schema(responses=PatientOutput)
    def get(self, request: Request, patient_id: int) -> Response:
        """Show a patient."""
        patient = selectors.get_patient(user=acting(request), patient_id=patient_id)
        return Response(PatientOutput(patient).data)

    @extend_schema(request=PatientInput, responses=PatientOutput)
    def patch(self, request: Request, patient_id: int) -> Response:
        """Change a patient."""
        changes = checked(PatientInput, request.data, is_partial=True)
        patient = services.update_patient(
            user=acting(request), patient_id=patient_id, changes=changes
        )
        return Response(PatientOutput(patient).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, patient_id: int) -> Response:
        """Delete a patient and everything about them."""
        services.delete_patient(user=acting(request), patient_id=patient_id)
        return Response(status=status.HTTP_204_NO_CONTENT)


class AssignDoctorsApi(APIView):
    """Who looks after a patient."""

    permission_classes = (IsOffice,)

    @extend_schema(request=AssignInput, responses=PatientOutput)
    def post(self, request: Request) -> Response:
        """Set the doctors of a patient."""
        patient = services.assign_doctors(
            user=acting(request), **checked(AssignInput, request.data)
        )
        return Response(PatientOutput(patient).data)


class BulkAssignApi(APIView):
    """One doctor, many patients."""

    permission_classes = (IsOffice,)

    @extend_schema(request=BulkAssignInput, responses=ChangedOutput)
    def post(self, request: Request) -> Response:
        """Add a doctor to patients, or take one from them."""
        body = checked(BulkAssignInput, request.data)
        count = services.bulk_assign(
            user=acting(request),
            patient_ids=body["patient_ids"],
            doctor_id=body["doctor_id"],
            is_added=body["action"] == "add",
        )
        return Response({"updated": count})
