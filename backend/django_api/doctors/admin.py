"""Doctors on the administration pages."""

from django.contrib import admin

from backend.django_api.doctors.models import Doctor

admin.site.register(Doctor)
