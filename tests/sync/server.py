"""The real server behind a real port, in this process or in one of its own that can be killed."""

import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from werkzeug.serving import WSGIRequestHandler, make_server


@dataclass(frozen=True)
class HereServer:
    """A server in this process: its database is the test's."""

    address: str


class _Quiet(WSGIRequestHandler):
    """Logs no requests: the application does."""

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        return


@contextmanager
def serving_here() -> Iterator[HereServer]:
    """Serve the REST application on a free port of loopback."""
    # They want Django's settings, which the fixtures bring.
    from django.db import connections

    from backend.django_api.wsgi import application

    def closing(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        # Each request has a thread of its own, which would leave its connection open.
        try:
            return list(application(environ, start_response))
        finally:
            connections.close_all()

    server = make_server("127.0.0.1", 0, closing, threaded=True, request_handler=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield HereServer(f"http://127.0.0.1:{server.server_port}")
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
