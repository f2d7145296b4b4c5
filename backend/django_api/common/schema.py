"""The OpenAPI document names every answer that a call can give."""

from typing import Any

from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiResponse

from backend.django_api.common.serializers import ErrorSerializer

BODY_METHODS = {"POST", "PATCH", "PUT"}
FIELD_ERRORS = OpenApiResponse(dict[str, Any], description="Sentences a field, or `detail`.")


def _error(description: str) -> OpenApiResponse:
    return OpenApiResponse(ErrorSerializer, description=description)


class BearerScheme(SimpleJWTScheme):  # type: ignore[no-untyped-call] # the library registers subclasses untyped
    """Describe our reading of the bearer token."""

    target_class = "backend.django_api.accounts.tokens.BearerAuthentication"


class ContractSchema(AutoSchema):
    """Add the contract's errors to what each call declares."""

    def _get_response_bodies(self, direction: Any = "response") -> dict[str, Any]:
        bodies: dict[str, Any] = super()._get_response_bodies(direction)
        for status, answer in self._shared_answers().items():
            if str(status) not in bodies:
                describe: Any = self._get_response_for_code
                bodies[str(status)] = describe(answer, str(status), direction=direction)
        return dict(sorted(bodies.items()))

    def _shared_answers(self) -> dict[int, OpenApiResponse]:
        shared = {400: FIELD_ERRORS, 503: _error("Not ready; see Retry-After.")}
        if self.view.get_authenticators():
            shared |= {401: _error("No valid token."), 403: _error("Role not allowed.")}
        if "{" in self.path or self.method in BODY_METHODS:
            shared[404] = _error("Unknown, or not visible to this user.")
        if self.method in BODY_METHODS:
            shared |= {
                409: _error("Conflict."),
                413: _error("Too large."),
                415: _error("Not JSON."),
                429: _error("Too many; see Retry-After."),
            }
        if "/ml/" in self.path:
            shared |= {
                409: _error("The new model was refused."),
                429: _error("Too many; see Retry-After."),
                502: _error("The ML service cannot be reached."),
            }
        return shared
