"""What is wrong with the line or the server is told apart, and nothing on it does harm."""

import base64
import contextlib
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Outgoing, RecordKind
from desktop_app.domain.identifiers import new_record_id
from desktop_app.domain.sync import ProxyUse, ServerSettings
from desktop_app.infrastructure.remote import line as line_module
from desktop_app.infrastructure.remote.gateway import HttpSyncGateway
from desktop_app.infrastructure.remote.line import Line, checked_address
from desktop_app.infrastructure.remote.server_session import Tokens
from desktop_app.infrastructure.remote.wire import read_answers, read_page
from tests.backend.deployment import write_certificates
from tests.backend.postgres import free_port
from tests.fakes.vault import FakeSecretStore

Answering = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answering, tls: Path | None = None) -> Iterator[str]:
    """Serve with one function; with TLS by the certificate in a folder."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with contextlib.suppress(OSError):
                answer(self)

        def log_message(self, format: str, *args: object) -> None:
            """Log nothing."""

        do_POST = do_GET  # noqa: N815 - the library's name

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    # A client that does not trust the certificate hangs up: no news for a test.
    server.handle_error = lambda *_: None  # type: ignore[method-assign]
    if tls is not None:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(tls / "server.pem", tls / "server.key")
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    scheme = "http" if tls is None else "https"
    try:
        yield f"{scheme}://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def says(status: int, body: bytes = b"{}", **headers: str) -> Answering:
    """Answer always this."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.rfile.read(int(handler.headers.get("Content-Length", 0)))
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", str(len(body)))
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def line_to(address: str, **settings: Any) -> Line:
    decided = ServerSettings(address, **{"proxy_use": ProxyUse.NONE, **settings})
    return Line(decided, program="MesoDesk/test")


def refusal(address: str, **settings: Any) -> AppError:
    """Return what a call to an address ends with."""
    line = line_to(address, **settings)
    try:
        with pytest.raises(AppError) as error:
            line.call("GET", "/api/sync/").raise_for_status()
        return error.value
    finally:
        line.close()


# -- told apart --------------------------------------------------------------------------------


def test_a_name_that_nobody_knows() -> None:
    assert refusal("https://no-such-server.invalid").code is ErrorCode.SERVER_NAME_UNKNOWN


def test_a_machine_that_takes_no_connection() -> None:
    address = f"http://127.0.0.1:{free_port()}"
    assert refusal(address).code is ErrorCode.SERVER_NOT_LISTENING


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (302, ErrorCode.SERVER_REDIRECTS),
        (400, ErrorCode.SERVER_REFUSES),
        (403, ErrorCode.SERVER_FORBIDS),
        (407, ErrorCode.PROXY_REFUSES),
        (408, ErrorCode.SERVER_TIMEOUT),
        (413, ErrorCode.SERVER_TOO_LARGE),
        (418, ErrorCode.SERVER_UNREADABLE),
        (429, ErrorCode.SERVER_BUSY),
        (500, ErrorCode.SERVER_FAILED),
        (503, ErrorCode.SERVER_BUSY),
    ],
)
def test_each_answer_is_told_apart(status: int, code: ErrorCode) -> None:
    with answering(says(status, b'{"detail": "no"}', Location="http://127.0.0.1:1/")) as address:
        assert refusal(address).code is code


def test_a_server_names_how_long_to_wait() -> None:
    for said, seconds in (("7", 7.0), ("Wed, 25 Nov 2026 12:00:00 GMT", None), ("-1", None)):
        with answering(says(429, Retry_After=said)) as address:
            assert refusal(address).context == {"retry_after": seconds}


def test_an_unknown_authority_is_named_and_trusted_once_its_file_is_given(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    with answering(says(200), tls=tmp_path) as address:
        refused = refusal(address)
        assert refused.code is ErrorCode.SERVER_UNTRUSTED
        assert refused.context == {"issuer": "Tests' CA"}
        line = line_to(address, ca_file=(tmp_path / "ca.pem").read_text("utf-8"))
        assert line.call("GET", "/").status == 200
        line.close()


def test_a_certificate_for_another_name(tmp_path: Path) -> None:
    write_certificates(tmp_path)
    ca_file = (tmp_path / "ca.pem").read_text("utf-8")
    with answering(says(200), tls=tmp_path) as address:
        other = address.replace("127.0.0.1", "localhost")
        assert refusal(other, ca_file=ca_file).code is ErrorCode.SERVER_CERTIFICATE_NAME


@pytest.mark.parametrize("days", [(-3, -2), (2, 3)], ids=["over", "not yet"])
def test_a_certificate_of_other_days_speaks_of_the_clock(
    tmp_path: Path, days: tuple[int, int]
) -> None:
    write_certificates(tmp_path, days=days)
    ca_file = (tmp_path / "ca.pem").read_text("utf-8")
    with answering(says(200), tls=tmp_path) as address:
        assert refusal(address, ca_file=ca_file).code is ErrorCode.CLOCK_WRONG


@pytest.mark.parametrize(
    "address",
    [
        "http://sync.example",
        "sync.example",
        "ftp://sync.example",
        "https://",
        "https://user:secret@sync.example",
        "https://sync.example/?a=b",
        "https://sync example",
        "https://sync.example:notaport",
        "https://-sync.example",
        "https://sync..",
        "javascript:alert(1)",
        "\0",
    ],
)
def test_an_address_is_https_or_this_machine(address: str) -> None:
    with pytest.raises(AppError) as error:
        checked_address(address)
    assert error.value.code is ErrorCode.SERVER_ADDRESS_WRONG


def test_a_file_without_a_certificate_is_refused() -> None:
    with pytest.raises(AppError) as error:
        line_to("https://sync.example", ca_file="no certificate")
    assert error.value.code is ErrorCode.CERTIFICATE_FILE_WRONG


def test_a_proxy_is_asked_with_its_credentials() -> None:
    wanted = "Basic " + base64.b64encode("김:p w:d".encode()).decode()
    asked: list[str] = []

    def proxy(handler: BaseHTTPRequestHandler) -> None:
        is_known = handler.headers.get("Proxy-Authorization") == wanted
        asked.append(handler.path)
        says(200 if is_known else 407)(handler)

    with answering(proxy) as address:
        explicit = {"proxy_use": ProxyUse.EXPLICIT, "proxy_address": address}
        known = {"proxy_login": "김", "proxy_password": "p w:d"}
        line = line_to("http://127.0.0.1:1", **explicit, **known)
        assert line.call("GET", "/x").status == 200
        line.close()
        assert refusal("http://127.0.0.1:1", **explicit).code is ErrorCode.PROXY_REFUSES
    assert asked == ["http://127.0.0.1:1/x", "http://127.0.0.1:1/api/sync/"]
    gone = {"proxy_use": ProxyUse.EXPLICIT, "proxy_address": f"http://127.0.0.1:{free_port()}"}
    assert refusal("http://127.0.0.1:1", **gone).code is ErrorCode.PROXY_REFUSES


# -- no harm -----------------------------------------------------------------------------------


def test_a_server_that_never_answers_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "ANSWER_SECONDS", 0.2)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"http://127.0.0.1:{silent.getsockname()[1]}"
        assert refusal(address).code is ErrorCode.SERVER_TIMEOUT


def test_an_answer_without_an_end_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "LONGEST_CALL_SECONDS", 0.3)

    def drip(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("Content-Length", "1000000")
        handler.end_headers()
        for _ in range(1000):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            threading.Event().wait(0.01)

    with answering(drip) as address:
        assert refusal(address).code is ErrorCode.SERVER_TIMEOUT


def test_an_answer_too_large_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(line_module, "MOST_BYTES", 1000)
    with answering(says(200, b"x" * 100_000)) as address:
        assert refusal(address).code is ErrorCode.SERVER_UNREADABLE


def test_a_packed_answer_is_not_unpacked() -> None:
    with answering(says(200, b"x" * 100, Content_Encoding="gzip")) as address:
        assert refusal(address).code is ErrorCode.SERVER_UNREADABLE


@pytest.mark.parametrize(
    "body",
    [b"", b"nonsense", b"[" * 100_000, b'{"a": NaN}', b"\xff\xfe", b"9" * 5000, b"null", b"[]"],
)
def test_what_is_no_agreed_json_is_unreadable(body: bytes) -> None:
    with answering(says(200, body)) as address:
        settings = ServerSettings(address, proxy_use=ProxyUse.NONE)
        gateway = HttpSyncGateway(settings, FakeSecretStore(), Tokens(), program="test")
        for call in (gateway.greet, gateway.me, lambda: gateway.pull("", 10)):
            with pytest.raises(AppError) as error:
                call()
            assert error.value.code is ErrorCode.SERVER_UNREADABLE
        gateway.close()


def test_a_hostile_token_does_not_reach_a_header() -> None:
    for token in ("a\r\nX-Evil: 1", "토큰", "x" * 10_000, 7, None):
        body = json.dumps({"access": token, "refresh": token}).encode()
        with answering(says(200, body)) as address:
            settings = ServerSettings(address, proxy_use=ProxyUse.NONE)
            gateway = HttpSyncGateway(settings, FakeSecretStore(), Tokens(), program="test")
            with pytest.raises(AppError) as error:
                gateway.sign_in("a", "b")
            assert error.value.code is ErrorCode.SERVER_UNREADABLE
            gateway.close()


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=8)
    | st.sampled_from(["patient", "assessment", "created", "conflict", "rejected", "0" * 64])
    | st.uuids().map(str),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "items",
                    "results",
                    "next_cursor",
                    "has_more",
                    "kind",
                    "uuid",
                    "version",
                    "id",
                    "payload",
                    "deleted",
                    "changed_at",
                    "changed_by",
                    "patient",
                    "name",
                    "birth_year",
                    "details",
                    "sealed",
                    "status",
                    "current",
                    "errors",
                    "birth_date",
                    "doctor",
                    "sex",
                    "is_archived",
                    "content_delta",
                    "outcome",
                    "output_proba",
                    "output_label",
                ]
            ),
            inner,
            max_size=5,
        )
    ),
    max_leaves=12,
)
ITEM = st.fixed_dictionaries(
    {
        "kind": st.sampled_from([kind.value for kind in RecordKind]),
        "uuid": st.uuids().map(str),
        "version": st.integers(0, 9),
        "payload": JSON,
    },
    optional={"changed_at": JSON, "changed_by": JSON, "id": JSON, "deleted": JSON},
)


def examples(is_full: bool) -> int:
    return 10_000 if is_full else 500


def test_no_page_whatever_is_more_than_unreadable(is_full_run: bool) -> None:
    @settings(max_examples=examples(is_full_run))
    @given(
        JSON
        | st.fixed_dictionaries(
            {"items": st.lists(ITEM | JSON, max_size=4), "next_cursor": JSON, "has_more": JSON}
        )
    )
    def read(body: Any) -> None:
        try:
            page = read_page(body)
        except AppError as error:
            assert error.code is ErrorCode.SERVER_UNREADABLE  # noqa: PT017 - any other fails
            return
        assert len(page.records) + page.unreadable == len(body["items"])

    read()


def test_no_answer_whatever_is_more_than_unreadable(is_full_run: bool) -> None:
    who = new_record_id()
    sent = (Outgoing(1, RecordKind.PATIENT, who, who, 1),)
    mine = st.fixed_dictionaries(
        {
            "uuid": st.just(str(who)),
            "status": st.sampled_from(["created", "updated", "unchanged", "conflict", "rejected"]),
        },
        optional={
            "id": JSON,
            "version": JSON,
            "current": JSON,
            "errors": JSON,
            "content_sha256": JSON,
            "change_id": JSON,
        },
    )

    @settings(max_examples=examples(is_full_run))
    @given(JSON | st.fixed_dictionaries({"results": st.lists(mine | JSON, max_size=2)}))
    def read(body: Any) -> None:
        try:
            (answer,) = read_answers(body, sent)
        except AppError as error:
            assert error.code is ErrorCode.SERVER_UNREADABLE  # noqa: PT017 - any other fails
            return
        assert answer.record_id == who

    read()
