"""Paths under `/api/sync/`."""

from django.urls import path

from backend.django_api.sync import apis

urlpatterns = [
    path("", apis.SyncApi.as_view()),
    path("push/", apis.PushApi.as_view()),
    path("pull/", apis.PullApi.as_view()),
    path("workstations/", apis.WorkstationsApi.as_view()),
    path("transfers/", apis.TransfersApi.as_view()),
]
