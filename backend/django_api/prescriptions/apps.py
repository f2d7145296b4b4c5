"""The prescriptions app."""

from django.apps import AppConfig


class PrescriptionsConfig(AppConfig):
    """Name the app on the administration pages."""

    name = "backend.django_api.prescriptions"
    verbose_name = "처방"
