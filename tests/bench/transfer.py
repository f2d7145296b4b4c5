"""Writing a transfer file of 10,000 records, against sealing and storing the same bytes."""

import hashlib
import io
import os
import statistics
import tempfile
import threading
import time
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pyrage import decrypt, encrypt_io, x25519

from desktop_app.application import transfer
from desktop_app.application.session import Session
from desktop_app.domain.sync import ServerKeys
from tests.bench.exchange import fill, offline_workstation_in
from tests.bench.measuring import Measurement

RECORDS = 10_000
ROUNDS = 5


def measure() -> Measurement:
    """Export in turn with the baseline, each into a new file that is safe on the disk."""
    identity = x25519.Identity.generate()
    with tempfile.TemporaryDirectory(prefix="mesodesk-bench-") as name:
        folder = Path(name)
        keys = ServerKeys("Bench", "", str(identity.to_public()))
        session = offline_workstation_in(folder / "desk", keys)
        fill(session, RECORDS)
        plain = _body(session, folder / "first.transfer", identity)
        exports, sealings = [], []
        for number in range(ROUNDS):
            sealings.append(_seal(plain, folder / f"{number}.sealed", identity))
            exports.append(_export(session, folder / f"{number}.transfer"))
        session.close()
    value, baseline = statistics.median(exports), statistics.median(sealings)
    return Measurement(
        value=value,
        unit="s",
        baseline="sealing, signing and storing the same bytes",
        baseline_value=baseline,
        ratio=value / baseline,
        goal="<= 2 x",
        met=value / baseline <= 2,
        also={"megabytes": f"{len(plain) / 2**20:.1f}", "records": plain.count(b"\n") - 1},
    )


def _export(session: Session, target: Path) -> float:
    start = time.perf_counter()
    transfer.export_transfer(session, target, stop=threading.Event(), observe=lambda _: None)
    return time.perf_counter() - start


def _body(session: Session, target: Path, identity: x25519.Identity) -> bytes:
    """Return what a transfer file holds when it is opened."""
    _export(session, target)
    content = target.read_bytes()[:-64]
    return bytes(decrypt(content.split(b"\n", 2)[2], [identity]))


def _seal(plain: bytes, target: Path, identity: x25519.Identity) -> float:
    """Return the seconds that only the cryptography and the disk take."""
    key = Ed25519PrivateKey.generate()
    start = time.perf_counter()
    sealed = io.BytesIO()
    encrypt_io(io.BytesIO(plain), sealed, [identity.to_public()])
    signature = key.sign(hashlib.sha512(sealed.getbuffer()).digest())
    with target.open("wb") as file:
        file.write(sealed.getbuffer())
        file.write(signature)
        file.flush()
        os.fsync(file.fileno())
    return time.perf_counter() - start
