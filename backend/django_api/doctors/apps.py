"""The doctors app."""

from django.apps import AppConfig


class DoctorsConfig(AppConfig):
    """Name the app on the administration pages."""

    name = "backend.django_api.doctors"
    verbose_name = "의사"
