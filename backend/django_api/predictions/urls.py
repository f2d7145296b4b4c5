"""Paths under `/api/predictions/`."""

from django.urls import path

from backend.django_api.predictions import apis

urlpatterns = [
    path("", apis.PredictionListApi.as_view()),
    path("<int:prediction_id>/", apis.PredictionApi.as_view()),
]
