"""The sync app."""

from django.apps import AppConfig


class SyncConfig(AppConfig):
    """Name the app on the administration pages."""

    name = "backend.django_api.sync"
    verbose_name = "동기화"
