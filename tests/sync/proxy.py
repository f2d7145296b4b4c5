"""A line that misbehaves: between workstation and server, doing to each call what it is told."""

import http.client
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import Enum
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit


class Fault(Enum):
    """What can happen to a call."""

    NONE = "none"
    CUT_BEFORE = "the line is cut before the server hears it"
    CUT_AFTER = "the server hears it and its answer is lost"
    DELAY = "it takes a while"
    TWICE = "the server hears it twice"
    LATER_AGAIN = "the server hears it again after the next call"
    TRUNCATED = "half of the answer arrives"
    GARBAGE = "something else than an answer arrives"
    ANSWER_401 = "401"
    ANSWER_403 = "403"
    ANSWER_413 = "413"
    ANSWER_429 = "429"
    ANSWER_500 = "500"
    ANSWER_503 = "503"

    @property
    def status(self) -> int | None:
        """Return the status that is answered in place of the server, None if it is asked."""
        return int(self.value) if self.value.isdigit() else None


@dataclass(frozen=True)
class Call:
    """One call as it came over the line."""

    method: str
    path: str
    headers: dict[str, str]
    body: bytes


Judge = Callable[[Call], Fault]
Said = tuple[int, list[tuple[str, str]], bytes]


@dataclass
class Line:
    """A running proxy; `judge` decides what happens to each call, `calls` remembers them.

    Paths that begin with `hides` are answered 404, as by a server that does not have them. Where
    `twist` says something it is the answer, and the server hears only what `twist` asks it.
    """

    address: str
    upstream: str
    hides: str = ""
    judge: Judge = lambda _call: Fault.NONE
    twist: Callable[[Call], Said | None] = lambda _call: None
    calls: list[tuple[Call, Fault]] = field(default_factory=list)
    _late: list[Call] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def once(self, fault: Fault, *, path: str, method: str = "POST") -> None:
        """Let one fault happen to the next such call, and none after it."""
        left = [fault]

        def judge(call: Call) -> Fault:
            if left and call.method == method and call.path.startswith(path):
                return left.pop()
            return Fault.NONE

        self.judge = judge

    def count(self, path: str, method: str = "POST") -> int:
        """Return how many such calls came."""
        return sum(call.method == method and call.path.startswith(path) for call, _ in self.calls)

    def settle(self, call: Call) -> tuple[Fault, list[Call]]:
        """Judge a call and return what was put off until now."""
        with self._lock:
            fault = self.judge(call)
            self.calls.append((call, fault))
            late, self._late = self._late, []
            if fault is Fault.LATER_AGAIN:
                self._late.append(call)
            return fault, late

    def ask(self, call: Call) -> Said:
        """Let the server hear a call and return its answer."""
        where = urlsplit(self.upstream)
        connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=30)
        try:
            connection.request(call.method, call.path, call.body or None, call.headers)
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    line: Line

    def log_message(self, format: str, *args: object) -> None:
        """Log nothing."""

    def handle_call(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        dropped = {"host", "connection", "content-length"}
        headers = {k: v for k, v in self.headers.items() if k.lower() not in dropped}
        call = Call(self.command, self.path, headers, self.rfile.read(length))
        fault, late = self.line.settle(call)
        self.close_connection = True
        try:
            self._carry_out(call, fault)
        except (OSError, http.client.HTTPException):
            # The server was killed meanwhile: to the workstation the line is cut.
            return
        for one in late:
            self.line.ask(one)

    def _carry_out(self, call: Call, fault: Fault) -> None:
        if fault is Fault.CUT_BEFORE:
            return
        if self.line.hides and call.path.startswith(self.line.hides):
            self._answer(404, [], b'{"detail": "Not found."}')
            return
        if fault.status is not None:
            self._answer(fault.status, [("Retry-After", "1")], b'{"detail": "injected"}')
            return
        twisted = self.line.twist(call)
        if twisted is not None:
            self._answer(*twisted)
            return
        if fault is Fault.DELAY:
            time.sleep(0.02)
        status, headers, body = self.line.ask(call)
        if fault is Fault.TWICE:
            status, headers, body = self.line.ask(call)
        if fault is Fault.CUT_AFTER:
            return
        if fault is Fault.GARBAGE:
            body = b'{"results": [{}, null, 7], "items": NaN'
        self._answer(status, headers, body, is_cut=fault is Fault.TRUNCATED)

    do_GET = do_POST = do_PATCH = handle_call  # noqa: N815 - the library's names

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, *, is_cut: bool = False
    ) -> None:
        self.send_response_only(status)
        for name, value in headers:
            if name.lower() in ("content-type", "location", "retry-after"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Connection", "close")
        self.end_headers()
        self.wfile.write(body[: len(body) // 2] if is_cut else body)


@contextmanager
def line_to(upstream: str) -> Iterator[Line]:
    """Open a line to a server."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.daemon_threads = True
    line = Line(f"http://127.0.0.1:{server.server_port}", upstream)
    server.RequestHandlerClass = type("Handler", (_Handler,), {"line": line})
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield line
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
