"""Every path of the server."""

from django.contrib import admin
from django.urls import include, path
from drf_spectacular.views import SpectacularSwaggerView

from backend.django_api.common import health
from backend.django_api.common.document import DocumentApi

urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/health/", health.HealthApi.as_view()),
    path("api/ready/", health.ReadyApi.as_view()),
    path("api/schema/", DocumentApi.as_view(), name="schema"),
    path("api/docs/", SpectacularSwaggerView.as_view(url_name="schema")),
    path("api/auth/", include("backend.django_api.accounts.urls")),
    path("api/doctors/", include("backend.django_api.doctors.urls")),
    path("api/patients/", include("backend.django_api.patients.urls")),
    path("api/predictions/", include("backend.django_api.predictions.urls")),
    path("api/prescriptions/", include("backend.django_api.prescriptions.urls")),
    path("api/ml/", include("backend.django_api.mlproxy.urls")),
    path("api/sync/", include("backend.django_api.sync.urls")),
]

handler400 = "backend.django_api.common.errors.bad_request"
handler404 = "backend.django_api.common.errors.not_found"
handler500 = "backend.django_api.common.errors.broken"
