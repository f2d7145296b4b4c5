"""The records app."""

from django.apps import AppConfig


class RecordsConfig(AppConfig):
    """Name the app on the administration pages."""

    name = "backend.django_api.records"
    verbose_name = "기록 변경"
