"""The mlproxy app."""

from django.apps import AppConfig


class MlproxyConfig(AppConfig):
    """Name the app on the administration pages."""

    name = "backend.django_api.mlproxy"
    verbose_name = "예측 서비스"
