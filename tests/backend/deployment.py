"""The server as it is deployed: gunicorn, nginx with TLS by a CA of the tests' own."""

import datetime
import ipaddress
import os
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from make import find_server
from tests.backend.ml_service import shipped_hash
from tests.backend.postgres import free_port

ROOT = Path(__file__).resolve().parents[2]
DEPLOY = ROOT / "backend" / "deploy"
ML_KEY = "a-key-between-the-two-services"


@dataclass
class Deployment:
    """A running deployment."""

    address: str
    plain_address: str
    ca_file: Path
    processes: dict[str, "subprocess.Popen[bytes]"]
    environment: dict[str, str]
    logs: Path


def environment_of(database_url: str, ml_port: int) -> dict[str, str]:
    """Return what the env files of a production server say."""
    kept = {k: v for k, v in os.environ.items() if k in ("PATH", "HOME", "LANG", "TMPDIR")}
    return {
        **kept,
        "DJANGO_SETTINGS_MODULE": "backend.django_api.settings.production",
        "SECRET_KEY": "x1" * 24,
        "ALLOWED_HOSTS": "127.0.0.1",
        "DATABASE_URL": database_url,
        "ML_BASE_URL": f"http://127.0.0.1:{ml_port}",
        "ML_API_KEY": ML_KEY,
        "API_KEY": ML_KEY,
        "TRUSTED_SHA256": shipped_hash(),
    }


def manage(environment: dict[str, str], *arguments: str, stdin: str = "") -> str:
    """Run a management command and return what it printed."""
    command = [sys.executable, "-m", "backend.django_api.manage", *arguments]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, check=True, capture_output=True, text=True, input=stdin
    )
    return done.stdout


@contextmanager
def process(name: str, command: list[str], environment: dict[str, str], folder: Path) -> Iterator[
    "subprocess.Popen[bytes]"
]:  # fmt: skip  # the return type is long
    """Run a process with its output in a file."""
    with (folder / f"{name}.log").open("wb") as log:
        running = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=log, stderr=log)
    try:
        yield running
    finally:
        running.terminate()
        running.wait(30)


def wait_for(address: str, *, status: int = 200, verify: str | bool = True) -> None:
    """Wait until an address answers with a status."""
    deadline = time.monotonic() + 60
    while True:
        try:
            if httpx.get(address, verify=context_of(verify), trust_env=False).status_code == status:
                return
        except httpx.TransportError:
            pass
        assert time.monotonic() < deadline, f"{address} did not answer"


def context_of(verify: str | bool) -> ssl.SSLContext | bool:
    """Return what httpx verifies with."""
    return ssl.create_default_context(cafile=verify) if isinstance(verify, str) else verify


def gunicorn(kind: str) -> list[str]:
    """Return the command of a systemd unit."""
    return [
        sys.executable, "-m", "gunicorn", "--config", str(DEPLOY / "gunicorn" / f"{kind}.py"),
    ]  # fmt: skip  # one command


def site_for(folder: Path, *, tls: int, plain: int, api: int, ml: int) -> str:
    """Return the deployed site with the tests' ports and certificate."""
    site = (DEPLOY / "nginx" / "mesodesk.conf").read_text("utf-8")
    for theirs, ours in {
        "listen 443 ssl": f"listen 127.0.0.1:{tls} ssl",
        "listen 80": f"listen 127.0.0.1:{plain}",
        "127.0.0.1:8000": f"127.0.0.1:{api}",
        "127.0.0.1:9000": f"127.0.0.1:{ml}",
        "/etc/mesodesk/tls": str(folder),
        "/var/lib/mesodesk/static": str(folder / "static"),
        "server_name mesodesk.example": "server_name 127.0.0.1",
        "return 301 https://$host$request_uri": f"return 301 https://$host:{tls}$request_uri",
    }.items():
        assert theirs in site, theirs
        site = site.replace(theirs, ours)
    temporary = "".join(
        f"{kind}_temp_path {folder}/{kind};\n"
        for kind in ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    )
    user = "user root;\n" if os.geteuid() == 0 else ""
    return (
        f"{user}daemon off;\npid {folder}/nginx.pid;\nerror_log {folder}/error.log;\n"
        f"events {{}}\nhttp {{\n{temporary}{site}}}\n"
    )


def write_certificates(folder: Path, *, days: tuple[int, int] = (-1, 1)) -> None:
    """Write a CA and a server's certificate for loopback, valid on these days from now."""
    now = datetime.datetime.now(datetime.UTC)

    def name(text: str) -> x509.Name:
        return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])

    def builder(subject: str, key: ec.EllipticCurvePrivateKey) -> x509.CertificateBuilder:
        return (
            x509.CertificateBuilder()
            .subject_name(name(subject))
            .issuer_name(name("Tests' CA"))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + datetime.timedelta(days=days[0]))
            .not_valid_after(now + datetime.timedelta(days=days[1]))
        )

    ca_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    ca = (
        builder("Tests' CA", ca_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(ca_key, hashes.SHA256())
    )
    loopback = x509.IPAddress(ipaddress.ip_address("127.0.0.1"))
    server = (
        builder("server", key)
        .add_extension(x509.SubjectAlternativeName([loopback]), critical=False)
        .sign(ca_key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    (folder / "ca.pem").write_bytes(ca.public_bytes(pem))
    (folder / "server.pem").write_bytes(server.public_bytes(pem))
    (folder / "server.key").write_bytes(
        key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    )


@contextmanager
def deployed(database_url: str, folder: Path, *, workers: int = 2) -> Iterator[Deployment]:
    """Run all of it until left."""
    api, ml, tls, plain = (free_port() for _ in range(4))
    environment = environment_of(database_url, ml)
    environment |= {
        "API_BIND": f"127.0.0.1:{api}",
        "ML_BIND": f"127.0.0.1:{ml}",
        "API_WORKERS": str(workers),
        "RELOAD_STAMP": str(folder / "reload"),
        "STATIC_ROOT": str(folder / "static"),
        "SYNC_KEY_FILE": str(folder / "keys" / "sync.json"),
    }
    manage(environment, "migrate", "--verbosity", "0")
    manage(environment, "collectstatic", "--no-input", "--verbosity", "0")
    manage(environment, "make_sync_keys")
    write_certificates(folder)
    (folder / "nginx.conf").write_text(
        site_for(folder, tls=tls, plain=plain, api=api, ml=ml), "utf-8"
    )
    nginx = [find_server("nginx") or "nginx", "-p", str(folder), "-c", str(folder / "nginx.conf")]
    with ExitStack() as stack:
        processes = {
            name: stack.enter_context(process(name, command, environment, folder))
            for name, command in (
                ("ml", gunicorn("ml")),
                ("api", gunicorn("api")),
                ("nginx", nginx),
            )
        }
        found = Deployment(
            f"https://127.0.0.1:{tls}",
            f"http://127.0.0.1:{plain}",
            folder / "ca.pem",
            processes,
            environment,
            folder,
        )
        wait_for(f"{found.address}/api/ready/", verify=str(found.ca_file))
        wait_for(f"{found.address}/ml/health", verify=str(found.ca_file))
        yield found
