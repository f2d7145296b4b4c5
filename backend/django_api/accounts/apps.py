"""The accounts app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """Name the app on the administration pages."""

    name = "backend.django_api.accounts"
    verbose_name = "계정"
