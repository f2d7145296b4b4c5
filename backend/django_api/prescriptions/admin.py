"""Prescriptions on the administration pages, to read."""

from django.contrib import admin

from backend.django_api.accounts.admin import ReadOnlyAdmin
from backend.django_api.prescriptions.models import Prescription

admin.site.register((Prescription,), ReadOnlyAdmin)
