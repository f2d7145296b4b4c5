"""Paths under `/api/ml/`."""

from django.urls import path

from backend.django_api.mlproxy import apis

urlpatterns = [
    path("schema/", apis.SchemaApi.as_view()),
    path("predict/", apis.PredictApi.as_view()),
    path("reload/", apis.ReloadApi.as_view()),
]
