"""A server for clinics; refuses to start where a secret is missing, saying which."""

import os

from django.core.exceptions import ImproperlyConfigured

from backend.django_api.settings.base import *  # noqa: F403 - a settings module extends its base
from backend.django_api.settings.base import SECRET_KEY, database

REQUIRED = ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "ML_BASE_URL", "ML_API_KEY")
SHORTEST_SECRET = 32

missing = [name for name in REQUIRED if not os.environ.get(name, "").strip()]
if missing:
    raise ImproperlyConfigured(f"The server cannot start without {', '.join(missing)}.")
if len(SECRET_KEY) < SHORTEST_SECRET:
    raise ImproperlyConfigured(f"SECRET_KEY needs at least {SHORTEST_SECRET} characters.")

DATABASES = {"default": database(os.environ["DATABASE_URL"])}

# TrustedProxy drops this header from anyone but the proxy.
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_SSL_REDIRECT = True
# The balancer asks on loopback, without TLS.
SECURE_REDIRECT_EXEMPT = [r"^api/health/$", r"^api/ready/$"]
SECURE_HSTS_SECONDS = 365 * 24 * 3600
SECURE_HSTS_INCLUDE_SUBDOMAINS = True
SESSION_COOKIE_SECURE = True
CSRF_COOKIE_SECURE = True
