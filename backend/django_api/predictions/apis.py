"""Predictions: list, one."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.accounts.permissions import DeleteByAdmin, ReadOrClinical, acting
from backend.django_api.common.paging import OwnersQuery, listed, query_of
from backend.django_api.common.serializers import (
    IdField,
    NameField,
    ObjectField,
    StrictFloatField,
    StrictSerializer,
    checked,
)
from backend.django_api.predictions import selectors, services


class PredictionInput(StrictSerializer):
    """What clients write of a prediction."""

    ignored = frozenset({"id", "patient_name", "created_by", "created_at"})

    patient_id = IdField()
    input_data = ObjectField()
    output_label = serializers.IntegerField(min_value=0, max_value=1)
    output_proba = StrictFloatField(min_value=0, max_value=1)
    model_name = NameField(max_length=80, required=False)
    requested_by_doctor_id = IdField(required=False, allow_null=True)


class PredictionOutput(serializers.Serializer[Any]):
    """A prediction as clients see it."""

    id = serializers.IntegerField()
    patient_id = serializers.IntegerField()
    patient_name = serializers.CharField(source="patient.name")
    requested_by_doctor_id = serializers.IntegerField(allow_null=True)
    created_by = serializers.IntegerField(source="created_by_id", allow_null=True)
    model_name = serializers.CharField()
    input_data = serializers.DictField()
    output_label = serializers.IntegerField()
    output_proba = serializers.FloatField()
    created_at = serializers.DateTimeField()


class PredictionListApi(APIView):
    """The predictions of visible patients."""

    permission_classes = (ReadOrClinical,)

    @extend_schema(parameters=[OwnersQuery], responses=PredictionOutput(many=True))
    def get(self, request: Request) -> Response:
        """List predictions."""
        query = query_of(request, OwnersQuery)
        found = selectors.list_predictions(
            user=acting(request),
            patient_id=query.get("patient_id"),
            doctor_id=query.get("doctor_id"),
        )
        return listed(found, PredictionOutput, query)

    @extend_schema(request=PredictionInput, responses={201: PredictionOutput})
    def post(self, request: Request) -> Response:
        """Store a prediction; the same again answers with the first one."""
        data = checked(PredictionInput, request.data)
        prediction = services.create_prediction(
            user=acting(request), patient_id=data.pop("patient_id"), data=data
        )
        return Response(PredictionOutput(prediction).data, status=status.HTTP_201_CREATED)


class PredictionApi(APIView):
    """One prediction."""

    permission_classes = (DeleteByAdmin,)

    @extend_schema(responses=PredictionOutput)
    def get(self, request: Request, prediction_id: int) -> Response:
        """Show a prediction."""
        found = selectors.get_prediction(user=acting(request), prediction_id=prediction_id)
        return Response(PredictionOutput(found).data)

    @extend_schema(responses={204: None})
    def delete(self, request: Request, prediction_id: int) -> Response:
        """Delete a prediction."""
        services.delete_prediction(user=acting(request), prediction_id=prediction_id)
        return Response(status=status.HTTP_204_NO_CONTENT)
