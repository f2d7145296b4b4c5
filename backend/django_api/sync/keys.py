"""Keys of files: the server's own, and those of workstations as they are written."""

import base64
import binascii
import hashlib
import json
import logging
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyrage
from cryptography.hazmat.primitives.asymmetric.ed25519 import (
    Ed25519PrivateKey,
    Ed25519PublicKey,
)
from django.conf import settings

from backend.django_api.common.errors import NotReady

logger = logging.getLogger(__name__)

KEY_BYTES = 32


@dataclass(frozen=True)
class ServerKeys:
    """The server's name, the key that signs its files, and the one that opens those for it."""

    name: str
    signing: Ed25519PrivateKey
    identity: pyrage.x25519.Identity

    @property
    def public(self) -> dict[str, str]:
        """Return what workstations know of the server."""
        return {
            "name": self.name,
            "signing_key": _text(self.signing.public_key().public_bytes_raw()),
            "encryption_key": str(self.identity.to_public()),
        }


def make_keys(path: Path, *, name: str) -> ServerKeys:
    """Write new keys to a file that does not exist yet, for the server's account alone."""
    keys = ServerKeys(name, Ed25519PrivateKey.generate(), pyrage.x25519.Identity.generate())
    content = {
        "name": name,
        "signing_key": _text(keys.signing.private_bytes_raw()),
        "encryption_key": str(keys.identity),
    }
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump(content, file, ensure_ascii=False)
        file.flush()
        os.fsync(descriptor)
    return keys


def find_server_keys() -> ServerKeys | None:
    """Return the keys in the file that the settings name, if there are any."""
    if not settings.SYNC_KEY_FILE:
        return None
    try:
        content = json.loads(Path(settings.SYNC_KEY_FILE).read_text("utf-8"))
        signing = Ed25519PrivateKey.from_private_bytes(_raw(content["signing_key"]))
        identity = pyrage.x25519.Identity.from_str(content["encryption_key"])
        return ServerKeys(str(content["name"]), signing, identity)
    except (OSError, KeyError, TypeError, ValueError, pyrage.IdentityError) as error:
        logger.error("the keys for files cannot be read", extra={"kind": type(error).__name__})
        return None


def get_server_keys() -> ServerKeys:
    """Return the server's keys, or raise 503."""
    keys = find_server_keys()
    if keys is None:
        raise NotReady("This server has no keys for files; an administrator makes them.")
    return keys


def parse_signing_key(text: str) -> Ed25519PublicKey:
    """Read a workstation's signing key, or raise ValueError."""
    return Ed25519PublicKey.from_public_bytes(_raw(text))


def parse_encryption_key(text: str) -> Any:
    """Read a workstation's age recipient, or raise ValueError."""
    try:
        return pyrage.x25519.Recipient.from_str(text)
    except pyrage.RecipientError as error:
        raise ValueError(str(error)) from error


def fingerprint(signing_key: str) -> str:
    """Return what people compare of a key: 16 hexadecimal digits in groups of four."""
    digits = hashlib.sha256(_raw(signing_key)).hexdigest()[:16]
    return " ".join(digits[i : i + 4] for i in range(0, len(digits), 4))


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")


def _raw(text: str) -> bytes:
    try:
        raw = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(str(error)) from error
    # One spelling a key, so that keys can be compared as text.
    if len(raw) != KEY_BYTES or _text(raw) != text:
        raise ValueError("not 32 bytes in base64")
    return raw
