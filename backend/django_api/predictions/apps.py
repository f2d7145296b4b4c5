"""The predictions app."""

from django.apps import AppConfig


class PredictionsConfig(AppConfig):
    """Name the app on the administration pages."""

    name = "backend.django_api.predictions"
    verbose_name = "예측"
