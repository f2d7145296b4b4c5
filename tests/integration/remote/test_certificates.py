"""A certificate file is known by the names and fingerprints in it, or refused."""

import hashlib
import ssl
from pathlib import Path

import pytest

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.infrastructure.remote.certificates import read_certificates
from tests.backend.deployment import write_certificates


def test_every_certificate_of_a_file_is_named(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    text = (tmp_path / "ca.pem").read_text() + (tmp_path / "server.pem").read_text()
    ca, server = read_certificates(text)
    assert (ca.subject, server.subject) == ("Tests' CA", "server")
    plain = ssl.PEM_cert_to_DER_cert((tmp_path / "ca.pem").read_text())
    assert ca.fingerprint == hashlib.sha256(plain).hexdigest()
    assert ca.valid_until.tzinfo is not None


@pytest.mark.parametrize("text", ["", "no certificate", "-----BEGIN CERTIFICATE-----\nx\n"])
def test_a_file_without_a_certificate_is_refused(text: str) -> None:
    with pytest.raises(AppError) as refusal:
        read_certificates(text)
    assert refusal.value.code is ErrorCode.CERTIFICATE_FILE_WRONG
