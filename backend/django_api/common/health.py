"""Is the process alive; can it serve."""

from typing import Any

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from backend.django_api.common.errors import NotReady


class StatusSerializer(serializers.Serializer[Any]):
    """One word."""

    status = serializers.CharField()


class HealthApi(APIView):
    """Tell that the process answers."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses=StatusSerializer)
    def get(self, request: Request) -> Response:
        """Answer without touching anything."""
        return Response({"status": "ok"})


class ReadyApi(APIView):
    """Tell that the database answers and has today's tables."""

    authentication_classes = ()
    permission_classes = (AllowAny,)

    @extend_schema(responses=StatusSerializer)
    def get(self, request: Request) -> Response:
        """Answer 503 while a migration waits or the database is away."""
        executor = MigrationExecutor(connection)
        if executor.migration_plan(executor.loader.graph.leaf_nodes()):
            raise NotReady("The database waits for its migrations.")
        return Response({"status": "ready"})
