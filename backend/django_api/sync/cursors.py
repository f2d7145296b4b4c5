"""Opaque cursors: the database's life and the last change seen."""

import base64
import binascii

from rest_framework import serializers

LONGEST = 100


def write_cursor(epoch: str, number: int) -> str:
    """Return the cursor that stands after a change."""
    return base64.urlsafe_b64encode(f"{epoch}:{number}".encode()).decode().rstrip("=")


def read_cursor(text: str, *, epoch: str) -> int:
    """Return the change a cursor stands after; 0 for one of another life of the database.

    Changes are never purged, so a cursor of this life is good for ever (90 days are promised).
    """
    try:
        if not text.isascii() or len(text) > LONGEST:
            raise ValueError
        padded = text + "=" * (-len(text) % 4)
        life, _, number = base64.urlsafe_b64decode(padded).decode("ascii").partition(":")
        position = int(number)
        if not 0 <= position < 2**63:
            raise ValueError
    except (ValueError, binascii.Error) as error:
        raise serializers.ValidationError({"cursor": ["This is not a cursor."]}) from error
    return position if life == epoch else 0
