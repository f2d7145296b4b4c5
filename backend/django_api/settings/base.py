"""What holds on every machine; safe where nothing else is said."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import dj_database_url

BACKEND = Path(__file__).resolve().parents[2]

DEBUG = False
SECRET_KEY = os.environ.get("SECRET_KEY", "")


def words(name: str) -> list[str]:
    """Return the comma-separated words of an environment variable."""
    return [word.strip() for word in os.environ.get(name, "").split(",") if word.strip()]


def database(url: str) -> dict[str, Any]:
    """Return Django's settings of a database, bounded in time so that no call hangs."""
    # No check before each request: after a restart of the database a thread answers 503 once.
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_max_age=60))
    if found["ENGINE"].endswith("sqlite3"):
        found["OPTIONS"] = {
            "timeout": 20,
            # A transaction that begins by reading could not be upgraded beside another writer.
            "transaction_mode": "IMMEDIATE",
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL;",
        }
    else:
        found["OPTIONS"] = {
            **found.get("OPTIONS", {}),
            "connect_timeout": 3,
            "options": "-c statement_timeout=15000 -c lock_timeout=10000",
        }
    return found


ALLOWED_HOSTS = words("ALLOWED_HOSTS")
DATABASES: dict[str, dict[str, Any]] = {}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# The keys for files to and from workstations; without them there are none.
SYNC_KEY_FILE = os.environ.get("SYNC_KEY_FILE", "")

ML_BASE_URL = os.environ.get("ML_BASE_URL", "http://127.0.0.1:9000")
ML_API_KEY = os.environ.get("ML_API_KEY", "")

CORS_ALLOWED_ORIGINS = words("CORS_ALLOWED_ORIGINS")
CORS_EXPOSE_HEADERS = ("X-Next-Cursor", "X-Result-Capped", "X-Request-ID", "Retry-After")

# Only a request that comes from one of these may say whom it came from before.
TRUSTED_PROXIES = words("TRUSTED_PROXIES") or ["127.0.0.1", "::1"]

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "corsheaders",
    "rest_framework",
    "rest_framework_simplejwt.token_blacklist",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "backend.django_api.accounts",
    "backend.django_api.records",
    "backend.django_api.doctors",
    "backend.django_api.patients",
    "backend.django_api.predictions",
    "backend.django_api.prescriptions",
    "backend.django_api.mlproxy",
    "backend.django_api.sync",
]
MIDDLEWARE = [
    "backend.django_api.common.middleware.TrustedProxy",
    "backend.django_api.common.middleware.RequestLog",
    "backend.django_api.common.middleware.WholeBody",
    "corsheaders.middleware.CorsMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "backend.django_api.common.admin_pages.AdminSession",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "backend.django_api.common.admin_pages.AdminSignIn",
    "backend.django_api.common.admin_pages.AdminMessages",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "backend.django_api.common.admin_pages.AdminLanguage",
]
ROOT_URLCONF = "backend.django_api.urls"
WSGI_APPLICATION = "backend.django_api.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

AUTH_USER_MODEL = "accounts.User"
PASSWORD_HASHERS = [
    "backend.django_api.accounts.hashers.ClinicArgon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]

LANGUAGE_CODE = "en-us"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
STATIC_URL = "/static/"
STATIC_ROOT = os.environ.get("STATIC_ROOT") or BACKEND / "static"

# A body larger than this is refused before it is parsed.
MAX_BODY_BYTES = 8 * 1024 * 1024
# Only a transfer file may be larger; it goes to disk as it comes.
MAX_TRANSFER_BYTES = 256 * 1024 * 1024
DATA_UPLOAD_MAX_MEMORY_SIZE = MAX_BODY_BYTES

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": ["backend.django_api.accounts.tokens.BearerAuthentication"],
    "DEFAULT_PERMISSION_CLASSES": ["backend.django_api.accounts.permissions.IsApproved"],
    "DEFAULT_PARSER_CLASSES": ["backend.django_api.common.parsing.StrictJSONParser"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_SCHEMA_CLASS": "backend.django_api.common.schema.ContractSchema",
    "EXCEPTION_HANDLER": "backend.django_api.common.errors.answer",
    "TEST_REQUEST_DEFAULT_FORMAT": "json",
}
SIMPLE_JWT = {
    "ACCESS_TOKEN_LIFETIME": timedelta(hours=3),
    "REFRESH_TOKEN_LIFETIME": timedelta(days=14),
    "ROTATE_REFRESH_TOKENS": True,
    "BLACKLIST_AFTER_ROTATION": True,
    # Machines that share the key need not agree to the second on when a token was made.
    "LEEWAY": timedelta(seconds=30),
    # A new password ends every session of the account.
    "CHECK_REVOKE_TOKEN": True,
}
SPECTACULAR_SETTINGS = {
    "TITLE": "MesoDesk central server",
    "VERSION": "1.0.0",
    "DESCRIPTION": "Accounts, patients, doctors, predictions, prescriptions, ML proxy and sync.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SERVE_PERMISSIONS": ["rest_framework.permissions.AllowAny"],
    "SERVE_AUTHENTICATION": [],
    "COMPONENT_SPLIT_REQUEST": True,
    # The page of the interface asks nobody but this server.
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SWAGGER_UI_SETTINGS": {"deepLinking": True, "validatorUrl": None},
    "ENUM_NAME_OVERRIDES": {"RoleEnum": "backend.django_api.accounts.models.Role"},
}

SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_HTTPONLY = True

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"json": {"()": "backend.django_api.common.logs.JsonLines"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "json"}},
    "loggers": {
        "backend": {"handlers": ["stderr"], "level": "INFO"},
        "django": {"handlers": ["stderr"], "level": "WARNING", "propagate": False},
        # Its lines carry queries with what was searched for; ours carry the route.
        "django.server": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
        "django.request": {"handlers": ["stderr"], "level": "ERROR", "propagate": False},
    },
}
