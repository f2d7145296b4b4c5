"""The OpenAPI document, the same for everybody."""

from functools import cache
from typing import Any

from django.http import HttpResponse
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request


class DocumentApi(SpectacularAPIView):
    """The document as YAML, or as JSON for who asks so."""

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        """Show it; the address's query changes nothing of it."""
        renderer = request.accepted_renderer
        document = _document(type(renderer))  # type: ignore[arg-type] # a class can be hashed
        return HttpResponse(document, content_type=renderer.media_type)


@cache
def _document(renderer: type[BaseRenderer]) -> bytes | str:
    """Write the document once: half a second of work that anyone may ask for."""
    generator: Any = SpectacularAPIView.generator_class()
    return renderer().render(generator.get_schema(request=None, public=True))
