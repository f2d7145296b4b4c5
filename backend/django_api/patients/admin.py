"""Patients on the administration pages, to read."""

from django.contrib import admin

from backend.django_api.accounts.admin import ReadOnlyAdmin
from backend.django_api.patients.models import MedicalRecord, Patient

admin.site.register((Patient, MedicalRecord), ReadOnlyAdmin)
