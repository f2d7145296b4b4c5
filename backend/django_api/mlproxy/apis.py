"""The ML service for signed-in people."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.accounts.permissions import IsAdmin, IsClinical, acting
from backend.django_api.common.serializers import (
    IdField,
    NameField,
    ObjectField,
    StrictSerializer,
    checked,
)
from backend.django_api.mlproxy import services

MOST_ROWS = 1_000


class PredictInput(StrictSerializer):
    """Rows of base features, and whose they are."""

    patient_id = IdField(required=False, allow_null=True)
    model_name = NameField(max_length=80, required=False, allow_null=True)
    data = serializers.ListField(  # type: ignore[assignment] # the contract's name; DRF takes it out of the class
        child=ObjectField(), allow_empty=False, max_length=MOST_ROWS
    )


class PredictOutput(serializers.Serializer[Any]):
    """What the model says of each row."""

    base_features = serializers.ListField(child=serializers.CharField())
    threshold = serializers.FloatField()
    pred_proba = serializers.ListField(child=serializers.FloatField())
    pred_label = serializers.ListField(child=serializers.IntegerField())


class ModelOutput(serializers.Serializer[Any]):
    """Which model answers, and what it reads."""

    model_name = serializers.CharField()
    sha256 = serializers.CharField()
    threshold = serializers.FloatField()
    base_features = serializers.ListField(child=serializers.CharField())


class ReloadOutput(serializers.Serializer[Any]):
    """Which model answers from now on."""

    reloaded = serializers.BooleanField()
    model_name = serializers.CharField()
    sha256 = serializers.CharField()


class SchemaApi(APIView):
    """What the model reads."""

    @extend_schema(responses=ModelOutput)
    def get(self, request: Request) -> Response:
        """Show features and threshold."""
        return Response(services.read_schema(user=acting(request)))


class PredictApi(APIView):
    """The model's probabilities."""

    permission_classes = (IsClinical,)

    @extend_schema(request=PredictInput, responses=PredictOutput)
    def post(self, request: Request) -> Response:
        """Predict; keep the first row where a patient is named."""
        body = checked(PredictInput, request.data)
        answer = services.predict(
            user=acting(request),
            rows=body["data"],
            patient_id=body.get("patient_id"),
            model_name=body.get("model_name"),
        )
        return Response(answer)


class ReloadApi(APIView):
    """The model's files."""

    permission_classes = (IsAdmin,)

    @extend_schema(request=None, responses=ReloadOutput)
    def post(self, request: Request) -> Response:
        """Read them again."""
        return Response(services.reload_model(user=acting(request)))
