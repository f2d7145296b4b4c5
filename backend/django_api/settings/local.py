"""One machine, loopback only: SQLite and keys of no worth."""

import os

from backend.django_api.settings.base import *  # noqa: F403 - a settings module extends its base
from backend.django_api.settings.base import BACKEND, ML_API_KEY, SECRET_KEY, database

SQLITE = f"sqlite:///{BACKEND.parent / 'build' / 'server' / 'local.sqlite3'}"

DEBUG = os.environ.get("DEBUG") == "1"
SECRET_KEY = SECRET_KEY or "only-for-this-machine-never-in-production-0123456789"
ML_API_KEY = ML_API_KEY or "only-for-this-machine"
ALLOWED_HOSTS = ["127.0.0.1", "localhost", "[::1]", "testserver"]
DATABASES = {"default": database(os.environ.get("DATABASE_URL") or SQLITE)}
