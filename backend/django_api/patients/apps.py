"""The patients app."""

from django.apps import AppConfig


class PatientsConfig(AppConfig):
    """Name the app on the administration pages."""

    name = "backend.django_api.patients"
    verbose_name = "환자"
