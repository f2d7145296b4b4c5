"""What the administration pages need besides: sessions, who signed in, messages, Korean."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin

from backend.django_api.common.middleware import Handler


class OnlyAdmin(MiddlewareMixin):
    """A middleware for the pages alone: the interface takes tokens, and reads no cookie."""

    def __call__(self, request: HttpRequest) -> Any:
        """Leave the interface's calls alone."""
        return super().__call__(request) if is_page(request) else self.get_response(request)


class AdminSession(OnlyAdmin, SessionMiddleware):
    """Sessions."""


class AdminSignIn(OnlyAdmin, AuthenticationMiddleware):
    """The person of a session."""


class AdminMessages(OnlyAdmin, MessageMiddleware):
    """What the next page says once."""


class KoreanAdmin:
    """Show the pages in Korean; the interface answers in English."""

    def __init__(self, get_response: Handler) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        """Choose the language."""
        if not is_page(request):
            return self.get_response(request)
        with translation.override("ko"):
            response = self.get_response(request)
            render = getattr(response, "render", None)
            if render is not None and not getattr(response, "is_rendered", True):
                render()
            return response


def is_page(request: HttpRequest) -> bool:
    """Tell whether an administration page is asked for."""
    return request.path.startswith("/admin/")
