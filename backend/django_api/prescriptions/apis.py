"""Prescriptions: lists, one."""

import json
from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.accounts.permissions import ReadOrPrescriber, acting
from backend.django_api.common.paging import PAGE_PARAMETERS, OwnersQuery, listed, query_of
from backend.django_api.common.serializers import (
    IdField,
    NameField,
    StrictSerializer,
    TextField,
    checked,
)
from backend.django_api.doctors.selectors import get_doctor
from backend.django_api.patients.selectors import get_patient
from backend.django_api.prescriptions import selectors, services


class QuillDeltaField(TextField):
    """A Quill delta as a JSON string: a list of operations, alone or under `ops`."""

    def to_internal_value(self, data: Any) -> str:
        """Return the text as it was sent."""
        text = super().to_internal_value(data)
        try:
            delta = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise serializers.ValidationError("Not a Quill delta as a JSON string.") from error
        operations = delta.get("ops") if isinstance(delta, dict) else delta
        if not isinstance(operations, list) or not all(isinstance(o, dict) for o in operations):
            raise serializers.ValidationError("Not a Quill delta as a JSON string.")
        return text


class PrescriptionChange(StrictSerializer):
    """What may change of a prescription."""

    ignored = frozenset({"id", "patient", "created_at", "updated_at"})

    title = NameField(max_length=200)
    content_delta = QuillDeltaField(max_length=200_000, allow_blank=False)
    doctor = IdField(required=False, allow_null=True)


class PrescriptionInput(PrescriptionChange):
    """A new prescription."""

    ignored = frozenset({"id", "created_at", "updated_at"})

    patient = IdField()


class PrescriptionOutput(serializers.Serializer[Any]):
    """A prescription as clients see it."""

    id = serializers.IntegerField()
    title = serializers.CharField()
    content_delta = serializers.CharField()
    patient = serializers.IntegerField(source="patient_id")
    doctor = serializers.IntegerField(source="doctor_id", allow_null=True)
    created_at = serializers.DateTimeField()
    updated_at = serializers.DateTimeField()


class PrescriptionListApi(APIView):
    """The prescriptions of visible patients."""

    permission_classes = (ReadOrPrescriber,)

    @extend_schema(parameters=[OwnersQuery], responses=PrescriptionOutput(many=True))
    def get(self, request: Request) -> Response:
        """List prescriptions."""
        query = query_of(request, OwnersQuery)
        found = selectors.list_prescriptions(
            user=acting(request),
            patient_id=query.get("patient_id"),
            doctor_id=query.get("doctor_id"),
        )
        return listed(found, PrescriptionOutput, query)

    @extend_schema(request=PrescriptionInput, responses={201: PrescriptionOutput})
    def post(self, request: Request) -> Response:
        """Create a prescription; the same body again answers with the first one."""
        data = checked(PrescriptionInput, request.data)
        prescription = services.create_prescription(user=acting(request), data=data)
        return Response(PrescriptionOutput(prescription).data, status=status.HTTP_201_CREATED)


class PrescriptionsByPatientApi(APIView):
    """The prescriptions of one patient."""

    @extend_schema(parameters=[*PAGE_PARAMETERS], responses=PrescriptionOutput(many=True))
    def get(self, request: Request, patient_id: int) -> Response:
        """List a patient's prescriptions."""
        user = acting(request)
        patient = get_patient(user=user, patient_id=patient_id)
        found = selectors.list_prescriptions(user=user, patient_id=patient.pk)
        return listed(found, PrescriptionOutput, query_of(request))


class PrescriptionsByDoctorApi(APIView):
    """The prescriptions of one doctor, as far as the person may see the patients."""

    @extend_schema(parameters=[*PAGE_PARAMETERS], responses=PrescriptionOutput(many=True))
    def get(self, request: Request, doctor_id: int) -> Response:
        """List a doctor's prescriptions."""
        doctor = get_doctor(doctor_id=doctor_id)
        found = selectors.list_prescriptions(user=acting(request), doctor_id=doctor.pk)
        return listed(found, PrescriptionOutput, query_of(request))


class PrescriptionApi(APIView):
    """One prescription."""

    permission_classes = (ReadOrPrescriber,)

    @extend_schema(responses=PrescriptionOutput)
    def get(self, request: Request, prescription_id: int) -> Response:
        """Show a prescription."""
        found = selectors.get_prescription(user=acting(request), prescription_id=prescription_id)
        return Response(PrescriptionOutput(found).data)

    @extend_schema(request=PrescriptionChange, responses=PrescriptionOutput)
    def patch(self, request: Request, prescription_id: int) -> Response:
        """Change a prescription."""
        changes = checked(PrescriptionChange, request.data, is_partial=True)
        found = services.update_prescription(
            user=acting(request), prescription_id=prescription_id, changes=changes
        )
        return Response(PrescriptionOutput(found).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, prescription_id: int) -> Response:
        """Delete a prescription."""
        services.delete_prescription(user=acting(request), prescription_id=prescription_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
