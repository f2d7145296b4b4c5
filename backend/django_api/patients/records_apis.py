"""Medical records: list, one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.accounts.permissions import ReadOrClinical, acting
from backend.django_api.common.paging import OwnersQuery, listed, query_of
from backend.django_api.common.serializers import (
    IdField,
    NameField,
    StrictSerializer,
    TextField,
    checked,
)
from backend.django_api.patients import selectors, services


class MedicalRecordChange(StrictSerializer):
    """What may change of a medical record."""

    ignored = frozenset({"id", "patient", "doctor", "created_at", "updated_at"})

    title = NameField(max_length=200)
    content = TextField(max_length=50_000, required=False)


class MedicalRecordInput(MedicalRecordChange):
    """A new medical record."""

    ignored = frozenset({"id", "created_at", "updated_at"})

    patient = IdField()
    doctor = IdField(required=False, allow_null=True)


class MedicalRecordOutput(serializers.Serializer[Any]):
    """A medical record as clients see it."""

    id = serializers.IntegerField()
    patient = serializers.IntegerField(source="patient_id")
    doctor = serializers.IntegerField(source="doctor_id", allow_null=True)
    title = serializers.CharField()
    content = serializers.CharField()
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class MedicalRecordListApi(APIView):
    """The medical records of visible patients."""

    permission_classes = (ReadOrClinical,)

    @extend_schema(parameters=[OwnersQuery], responses=MedicalRecordOutput(many=True))
    def get(self, request: Request) -> Response:
        """List medical records."""
        query = query_of(request, OwnersQuery)
        found = selectors.list_records(
            user=acting(request),
            patient_id=query.get("patient_id"),
            doctor_id=query.get("doctor_id"),
        )
        return listed(found, MedicalRecordOutput, query)

    @extend_schema(request=MedicalRecordInput, responses={201: MedicalRecordOutput})
    def post(self, request: Request) -> Response:
        """Add a medical record."""
        data = checked(MedicalRecordInput, request.data)
        record = services.create_record(user=acting(request), data=data)
        return Response(MedicalRecordOutput(record).data, status=status.HTTP_201_CREATED)


class MedicalRecordApi(APIView):
    """One medical record."""

    permission_classes = (ReadOrClinical,)

    @extend_schema(responses=MedicalRecordOutput)
    def get(self, request: Request, record_id: int) -> Response:
        """Show a medical record."""
        record = selectors.get_record(user=acting(request), record_id=record_id)
        return Response(MedicalRecordOutput(record).data)

    @extend_schema(request=MedicalRecordChange, responses=MedicalRecordOutput)
    def patch(self, request: Request, record_id: int) -> Response:
        """Change a medical record."""
        changes = checked(MedicalRecordChange, request.data, is_partial=True)
        record = services.update_record(user=acting(request), record_id=record_id, changes=changes)
        return Response(MedicalRecordOutput(record).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, record_id: int) -> Response:
        """Delete a medical record."""
        services.delete_record(user=acting(request), record_id=record_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
