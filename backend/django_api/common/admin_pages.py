"""What the administration pages need besides: sessions, who signed in, messages, Korean."""

from typing import Any

from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest
from django.utils import translation
from django.utils.deprecation import MiddlewareMixin


class OnlyAdmin(MiddlewareMixin):
    """A middleware for the pages alone: the interface takes tokens, and reads no cookie."""

    def __call__(self, request: HttpRequest) -> Any:
        """Leave the interface's calls alone."""
        is_page = request.path.startswith("/admin/")
        return super().__call__(request) if is_page else self.get_response(request)


class InKorean(MiddlewareMixin):
    """Answer in Korean; the interface answers in English."""

    def __call__(self, request: HttpRequest) -> Any:
        """Answer, with what is rendered late rendered before the language is gone."""
        with translation.override("ko"):
            response = self.get_response(request)
            render = getattr(response, "render", None)
            if render is not None and not getattr(response, "is_rendered", True):
                render()
            return response


class AdminSession(OnlyAdmin, SessionMiddleware):
    """Sessions."""


class AdminSignIn(OnlyAdmin, AuthenticationMiddleware):
    """The person of a session."""


class AdminMessages(OnlyAdmin, MessageMiddleware):
    """What the next page says once."""


class AdminLanguage(OnlyAdmin, InKorean):
    """Korean."""
