"""Paths under `/api/doctors/`."""

from django.urls import path

from backend.django_api.doctors import apis

urlpatterns = [
    path("", apis.DoctorListApi.as_view()),
    path("<int:doctor_id>/", apis.DoctorApi.as_view()),
]
