"""Paths under `/api/prescriptions/`."""

from django.urls import path

from backend.django_api.prescriptions import apis

urlpatterns = [
    path("", apis.PrescriptionListApi.as_view()),
    path("<int:prescription_id>/", apis.PrescriptionApi.as_view()),
    path("by-patient/<int:patient_id>/", apis.PrescriptionsByPatientApi.as_view()),
    path("by-doctor/<int:doctor_id>/", apis.PrescriptionsByDoctorApi.as_view()),
]
