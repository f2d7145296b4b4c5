"""Doctors: list, one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.common.paging import PAGE_PARAMETERS, listed, query_of
from backend.django_api.doctors import selectors


class DoctorOutput(serializers.Serializer[Any]):
    """A doctor as clients see it."""

    id = serializers.IntegerField()
    name = serializers.CharField()
    department = serializers.CharField()


class DoctorListApi(APIView):
    """All doctors."""

    @extend_schema(parameters=[*PAGE_PARAMETERS], responses=DoctorOutput(many=True))
    def get(self, request: Request) -> Response:
        """List doctors."""
        return listed(selectors.list_doctors(), DoctorOutput, query_of(request))


class DoctorApi(APIView):
    """One doctor."""

    @extend_schema(responses=DoctorOutput)
    def get(self, request: Request, doctor_id: int) -> Response:
        """Show a doctor."""
        return Response(DoctorOutput(selectors.get_doctor(doctor_id=doctor_id)).data)
