"""The ML service for tests: settings, a served application, and services that misbehave."""

import json
import shutil
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from hashlib import sha256
from pathlib import Path
from typing import Any

from flask import Flask
from werkzeug.serving import make_server

from backend.flask_ml.config import SHIPPED_FOLDER, MlSettings
from risk_model.bundle import INFO_FILE, MANIFEST_FILE

KEY = "a-key-of-the-tests"
HEADERS = {"Authorization": f"Bearer {KEY}", "X-Forwarded-Proto": "https"}


def settings_of(**changes: Any) -> MlSettings:
    """Return settings with a key, trusting the bundle as it lies there."""
    settings = MlSettings.from_environment({"API_KEY": KEY, "TRUSTED_SHA256": shipped_hash()})
    return replace(settings, **changes)


def shipped_hash() -> str:
    """Return the hash of the shipped manifest; one test holds it against the code's."""
    return sha256((SHIPPED_FOLDER / MANIFEST_FILE).read_bytes()).hexdigest()


def other_bundle(folder: Path, *, threshold: float) -> str:
    """Make a bundle with another threshold; return the hash to trust."""
    shutil.copytree(SHIPPED_FOLDER, folder, dirs_exist_ok=True)
    info = json.loads((folder / INFO_FILE).read_text("utf-8"))
    (folder / INFO_FILE).write_text(json.dumps({**info, "threshold": threshold}), "utf-8")
    manifest = json.loads((folder / MANIFEST_FILE).read_text("utf-8"))
    manifest["files"][INFO_FILE] = sha256((folder / INFO_FILE).read_bytes()).hexdigest()
    (folder / MANIFEST_FILE).write_text(json.dumps(manifest), "utf-8")
    return sha256((folder / MANIFEST_FILE).read_bytes()).hexdigest()


@contextmanager
def serving(app: Flask) -> Iterator[str]:
    """Serve an application on loopback and give its address."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def misbehaving(answer: bytes, *, hangs: bool = False, drips: bool = False) -> Iterator[str]:
    """Answer every connection with these bytes; then close, hang, or send a byte at a time."""
    is_over = threading.Event()
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        while not is_over.is_set():
            try:
                connection, _ = listener.accept()
            except OSError:
                return
            with connection:
                try:
                    _read_request(connection)
                    for chunk in (
                        [answer[i : i + 1] for i in range(len(answer))] if drips else [answer]
                    ):
                        connection.sendall(chunk)
                        if drips and is_over.wait(0.05):
                            return
                    if hangs:
                        is_over.wait(30)
                except OSError:
                    continue

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
    finally:
        is_over.set()
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()
        thread.join()


def _read_request(connection: socket.socket) -> None:
    """Read head and body: closing with bytes unread would reset the connection."""
    length = 0
    with connection.makefile("rb") as request:
        for line in request:
            if line == b"\r\n":
                break
            name, _, value = line.partition(b":")
            if name.lower() == b"content-length":
                length = int(value)
        request.read(length)
