"""Derive the keys of the database and of the audit trail from the clinic's data key."""

import hashlib
import hmac
from dataclasses import dataclass, field
from typing import Self

_LENGTH = hashlib.sha256().digest_size


@dataclass(frozen=True)
class StorageKeys:
    """The raw SQLCipher key and the key of the audit trail's HMACs, 32 bytes each."""

    database: bytes = field(repr=False)
    audit: bytes = field(repr=False)

    @classmethod
    def derive(cls, data_key: bytes) -> Self:
        """Derive both from the data key, each under a label of its own."""
        return cls(
            database=derive_key(data_key, b"mesodesk database"),
            audit=derive_key(data_key, b"mesodesk audit trail"),
        )


def derive_key(secret: bytes, label: bytes, salt: bytes = b"") -> bytes:
    """Return the first 32 bytes of HKDF-SHA256 (RFC 5869)."""
    extracted = hmac.digest(salt or bytes(_LENGTH), secret, "sha256")
    return hmac.digest(extracted, label + b"\x01", "sha256")
