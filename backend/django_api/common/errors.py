"""One body for every error: `{"detail": ...}`, or one list of sentences a field."""

import logging
import sys
from typing import Any

from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, JsonResponse
from rest_framework import status
from rest_framework.exceptions import APIException
from rest_framework.response import Response

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = "5"
# Away, full, locked, too slow: nothing that the request did.
OUT_OF_REACH = (OperationalError, InterfaceError)
NO_DATABASE = "The database cannot be reached, or cannot take this now."


class NotSignedIn(APIException):
    """Name, password or token is not valid, or no longer."""

    status_code = status.HTTP_401_UNAUTHORIZED
    default_detail = "The token is not valid."


class Conflict(APIException):
    """What is asked contradicts what stands."""

    status_code = status.HTTP_409_CONFLICT
    default_detail = "This contradicts what the server holds."


class TooLarge(APIException):
    """The body, or the batch in it, is larger than the server takes."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The request is too large."


class BadGateway(APIException):
    """The ML service cannot be reached, or does not answer as agreed."""

    status_code = status.HTTP_502_BAD_GATEWAY
    default_detail = "The ML service cannot be reached."


class NotReady(APIException):
    """Something that the server stands on is not there yet."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_detail = "The server is not ready."


def answer(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception into the contract's answer; unknown ones stay bugs."""
    # The views' module reads the settings, which lead here: it cannot be imported above.
    from rest_framework.views import exception_handler

    if isinstance(error, OUT_OF_REACH):
        logger.error("database out of reach: %s", type(error).__name__)
        error = NotReady(NO_DATABASE)
    response = exception_handler(error, context)
    if response is None:
        return None
    if isinstance(response.data, list):
        response.data = {"detail": " ".join(map(str, response.data))}
    elif isinstance(response.data, dict) and "code" in response.data:
        response.data = {"detail": str(response.data.get("detail", "Not signed in."))}
    if response.status_code == status.HTTP_401_UNAUTHORIZED:
        response["WWW-Authenticate"] = "Bearer"
    if response.status_code == status.HTTP_503_SERVICE_UNAVAILABLE:
        response["Retry-After"] = RETRY_AFTER_SECONDS
    return response


def bad_request(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer a request that Django itself refused."""
    return JsonResponse({"detail": "Bad request."}, status=400)


def not_found(request: HttpRequest, exception: Exception) -> JsonResponse:
    """Answer an unknown path."""
    return JsonResponse({"detail": "Not found."}, status=404)


def broken(request: HttpRequest) -> JsonResponse:
    """Answer after a bug, without a word of what it was; 503 where the database is away."""
    if isinstance(sys.exc_info()[1], OUT_OF_REACH):
        headers = {"Retry-After": RETRY_AFTER_SECONDS}
        return JsonResponse({"detail": NO_DATABASE}, status=503, headers=headers)
    return JsonResponse({"detail": "The server failed. The failure is in its log."}, status=500)
