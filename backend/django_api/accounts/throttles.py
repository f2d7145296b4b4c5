"""Counting tries that strangers make, for all workers together."""

import hashlib
from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import F
from django.utils import timezone
from rest_framework.exceptions import Throttled

from backend.django_api.accounts.models import Attempt

WINDOW = timedelta(minutes=15)


def key_of(kind: str, *parts: str) -> str:
    """Name a counter without keeping whom it counts."""
    return hashlib.sha256("\n".join((kind, *parts)).encode("utf-8", "replace")).hexdigest()


def refuse_above(limits: dict[str, int]) -> None:
    """Raise 429 where a counter reached its limit within the window."""
    now = timezone.now()
    for attempt in Attempt.objects.filter(key__in=limits, window_start__gt=now - WINDOW):
        if attempt.count >= limits[attempt.key]:
            raise Throttled(int((attempt.window_start + WINDOW - now).total_seconds()) + 1)


def count(*keys: str) -> None:
    """Add one to each counter, starting a new window where the old one has passed."""
    now = timezone.now()
    Attempt.objects.filter(window_start__lte=now - WINDOW).delete()
    for key in keys:
        if not _add_one(key):
            try:
                with transaction.atomic():
                    Attempt.objects.create(key=key, window_start=now, count=1)
            except IntegrityError:
                _add_one(key)


def _add_one(key: str) -> int:
    return Attempt.objects.filter(key=key).update(count=F("count") + 1)
