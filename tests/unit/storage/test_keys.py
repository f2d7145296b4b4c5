"""Keys are derived as RFC 5869 says, and never shown."""

from desktop_app.infrastructure.storage.keys import StorageKeys, derive_key


def test_derivation_is_that_of_rfc_5869() -> None:
    # Test case 1 of the RFC, its first 32 bytes.
    derived = derive_key(
        secret=b"\x0b" * 22,
        label=bytes.fromhex("f0f1f2f3f4f5f6f7f8f9"),
        salt=bytes.fromhex("000102030405060708090a0b0c"),
    )
    expected = "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf"
    assert derived.hex() == expected


def test_each_purpose_has_a_key_of_its_own_that_is_not_shown() -> None:
    keys = StorageKeys.derive(b"k" * 32)
    assert len({keys.database, keys.audit, b"k" * 32}) == 3
    assert repr(keys) == "StorageKeys()"
