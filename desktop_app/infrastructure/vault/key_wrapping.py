"""Seal the data key under a password (Argon2id) or a random secret (HKDF), with AES-256-GCM.

Both libraries are imported on first use: the sign-in window is painted before anyone types.
"""

import os
import time
from dataclasses import dataclass, field

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.password import normal_password

KEY_BYTES = 32
SALT_BYTES = 16
NONCE_BYTES = 12
SEALED_BYTES = KEY_BYTES + 16

_MEMORY_KIB = 64 * 1024
_LANES = 4
_TARGET_SECONDS = 0.4
# RFC 9106, section 4, second recommendation, so that a busy moment never makes cheap wrappers.
_FEWEST_PASSES = 3
_MOST_PASSES = 40


@dataclass(frozen=True)
class KdfCost:
    """What one Argon2id derivation costs: passes, KiB of memory, lanes."""

    passes: int
    memory_kib: int = _MEMORY_KIB
    lanes: int = _LANES


@dataclass(frozen=True)
class Wrapper:
    """The data key sealed for one holder; `cost` is None where the secret needs no stretching.

    `generation` numbers the passwords of an account; its holder's name carries it, so that nobody
    can change it without the key.
    """

    salt: bytes = field(repr=False)
    nonce: bytes = field(repr=False)
    sealed: bytes = field(repr=False)
    cost: KdfCost | None
    generation: int = 0


def measure_cost() -> KdfCost:
    """Return the cost that takes 0.3-0.5 s on this machine at 64 MiB, three passes at least."""
    elapsed = []
    for _ in range(3):
        began = time.perf_counter()
        _stretch("a password of usual length", bytes(SALT_BYTES), KdfCost(passes=1))
        elapsed.append(time.perf_counter() - began)
    passes = round(_TARGET_SECONDS / min(elapsed))
    return KdfCost(passes=min(_MOST_PASSES, max(_FEWEST_PASSES, passes)))


def wrap_with_password(key: bytes, password: str, cost: KdfCost, holder: bytes) -> Wrapper:
    """Seal the data key for an account; `holder` is authenticated with it."""
    salt = os.urandom(SALT_BYTES)
    return _seal(key, _stretch(password, salt, cost), salt, cost, holder)


def unwrap_with_password(wrapper: Wrapper, password: str, holder: bytes) -> bytes | None:
    """Return the data key, None if the password, the wrapper or its holder is another."""
    if wrapper.cost is None:
        return None
    return _open(wrapper, _stretch(password, wrapper.salt, wrapper.cost), holder)


def spend_time(password: str, cost: KdfCost) -> None:
    """Take as long as unwrapping does, where there is nothing to unwrap."""
    decoy = Wrapper(bytes(SALT_BYTES), bytes(NONCE_BYTES), bytes(SEALED_BYTES), cost)
    unwrap_with_password(decoy, password, b"")


def wrap_with_secret(key: bytes, secret: bytes, holder: bytes) -> Wrapper:
    """Seal the data key under a secret of full entropy."""
    salt = os.urandom(SALT_BYTES)
    return _seal(key, _derive(secret, salt), salt, None, holder)


def unwrap_with_secret(wrapper: Wrapper, secret: bytes, holder: bytes) -> bytes | None:
    """Return the data key, None if the secret, the wrapper or its holder is another."""
    return _open(wrapper, _derive(secret, wrapper.salt), holder)


def _stretch(password: str, salt: bytes, cost: KdfCost) -> bytes:
    from argon2.exceptions import HashingError
    from argon2.low_level import Type, hash_secret_raw

    try:
        return hash_secret_raw(
            # Bytes that are no text may come from a terminal; they are a wrong password.
            normal_password(password).encode(errors="surrogatepass"),
            salt,
            time_cost=cost.passes,
            memory_cost=cost.memory_kib,
            parallelism=cost.lanes,
            hash_len=KEY_BYTES,
            type=Type.ID,
        )
    except HashingError as error:
        raise AppError(ErrorCode.VAULT_DAMAGED) from error


def _derive(secret: bytes, salt: bytes) -> bytes:
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return HKDF(SHA256(), KEY_BYTES, salt, b"mesodesk recovery wrapper").derive(secret)


def _seal(
    key: bytes, wrapping_key: bytes, salt: bytes, cost: KdfCost | None, holder: bytes
) -> Wrapper:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    nonce = os.urandom(NONCE_BYTES)
    return Wrapper(salt, nonce, AESGCM(wrapping_key).encrypt(nonce, key, holder), cost)


def _open(wrapper: Wrapper, wrapping_key: bytes, holder: bytes) -> bytes | None:
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        return AESGCM(wrapping_key).decrypt(wrapper.nonce, wrapper.sealed, holder)
    except InvalidTag:
        return None
