"""Name certificates and their issuers, for the person who has to decide about trusting them."""

import socket
import ssl

from cryptography import x509
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.x509.oid import NameOID

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import Certificate

_LONGEST_NAME = 80


def issuer_of(host: str, port: int, seconds: float) -> str:
    """Return the issuer's common name, empty if it cannot be told; nothing else is sent."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    # Only to look at the certificate: the connection ends before a byte of ours is sent.
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    try:
        with (
            socket.create_connection((host, port), seconds) as plain,
            context.wrap_socket(plain, server_hostname=host) as secured,
        ):
            shown = secured.getpeercert(binary_form=True)
        return _common_name(x509.load_der_x509_certificate(shown or b"").issuer)
    except (OSError, ValueError):
        return ""


def read_certificates(text: str) -> tuple[Certificate, ...]:
    """Return the certificates that a text (PEM) holds; AppError CERTIFICATE_FILE_WRONG."""
    try:
        found = x509.load_pem_x509_certificates(text.encode())
        return tuple(
            Certificate(
                subject=_common_name(one.subject) or one.subject.rfc4514_string()[:_LONGEST_NAME],
                fingerprint=one.fingerprint(SHA256()).hex(),
                valid_until=one.not_valid_after_utc,
            )
            for one in found
        )
    except ValueError as error:
        raise AppError(ErrorCode.CERTIFICATE_FILE_WRONG) from error


def _common_name(name: x509.Name) -> str:
    names = name.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value)[:_LONGEST_NAME] if names else ""
