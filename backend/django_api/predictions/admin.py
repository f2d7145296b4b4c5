"""Predictions on the administration pages, to read."""

from django.contrib import admin

from backend.django_api.accounts.admin import ReadOnlyAdmin
from backend.django_api.predictions.models import Outcome, Prediction

admin.site.register((Prediction, Outcome), ReadOnlyAdmin)
