"""Plain lists for old clients, pages for new ones."""

from typing import Any

from django.db.models import Model, QuerySet
from drf_spectacular.utils import OpenApiParameter
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from backend.django_api.common.serializers import LARGEST_ID, IdField, checked

CAP = 10_000
LARGEST_PAGE = 1_000


class PageQuery(serializers.Serializer[Any]):
    """The two parameters of a page."""

    limit = serializers.IntegerField(min_value=1, max_value=LARGEST_PAGE, required=False)
    cursor = serializers.IntegerField(min_value=1, max_value=LARGEST_ID, required=False)


class OwnersQuery(PageQuery):
    """The filters that several lists share."""

    patient_id = IdField(required=False)
    doctor_id = IdField(required=False)


PAGE_PARAMETERS = (
    OpenApiParameter("limit", int, description="Page size; without it, the plain list."),
    OpenApiParameter("cursor", int, description="X-Next-Cursor of the page before."),
)


def query_of(request: Request, serializer: type[PageQuery] = PageQuery) -> dict[str, Any]:
    """Return the checked parameters of the address."""
    return checked(serializer, request.query_params)


def listed(
    queryset: QuerySet[Any], output: type[serializers.BaseSerializer[Any]], query: dict[str, Any]
) -> Response:
    """Answer newest first: the plain list, capped, or the page that the query asks for."""
    limit = query.get("limit")
    if "cursor" in query:
        queryset = queryset.filter(pk__lt=query["cursor"])
    wanted = limit or CAP
    rows: list[Model] = list(queryset.order_by("-pk")[: wanted + 1])
    response = Response(output(rows[:wanted], many=True).data)
    if len(rows) > wanted:
        response["X-Next-Cursor"] = str(rows[wanted - 1].pk)
        if limit is None:
            response["X-Result-Capped"] = str(CAP)
    return response
