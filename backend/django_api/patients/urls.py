"""Paths under `/api/patients/`."""

from django.urls import path

from backend.django_api.patients import apis, records_apis

urlpatterns = [
    path("", apis.PatientListApi.as_view()),
    path("all/", apis.AllPatientsApi.as_view()),
    path("mine/", apis.MyPatientsApi.as_view()),
    path("by-doctor/<int:doctor_id>/", apis.PatientsByDoctorApi.as_view()),
    path("<int:patient_id>/", apis.PatientApi.as_view()),
    path("assign-doctors/", apis.AssignDoctorsApi.as_view()),
    path("bulk-assign-doctor/", apis.BulkAssignApi.as_view()),
    path("records/", records_apis.MedicalRecordListApi.as_view()),
    path("records/<int:record_id>/", records_apis.MedicalRecordApi.as_view()),
]
