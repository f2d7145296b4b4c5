"""What an administrator decides about the server is checked first, and a check says how far it got.

Workstation, server and certificates are real.
"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from backend.django_api.accounts.models import User
from desktop_app.application import synchronise
from desktop_app.application.server_setup import ConnectionCheck, check_connection, save_server
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.sync import ProxyUse, ServerSettings
from desktop_app.gui.messages import describe
from desktop_app.gui.sync.check_steps import steps_of
from tests.backend.conftest import Account
from tests.backend.deployment import write_certificates
from tests.backend.postgres import free_port
from tests.sync.conftest import MakeDesk
from tests.sync.proxy import Line
from tests.sync.test_line import answering, says
from tests.sync.workstation import Desk

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

GOOD = ServerSettings("https://sync.example", proxy_use=ProxyUse.NONE)
EXPLICIT: dict[str, Any] = {"proxy_use": ProxyUse.EXPLICIT}


def stored(desk: Desk) -> ServerSettings:
    with desk.session.unit_of_work() as work:
        return work.sync.settings()


def refused(desk: Desk, settings: ServerSettings) -> ErrorCode:
    """Return why settings are not stored; in both languages there is a sentence and a next step."""
    before = stored(desk)
    with pytest.raises(AppError) as error:
        save_server(desk.session, settings)
    assert stored(desk) == before
    for language in ("ko", "en"):
        message = describe(error.value, language)
        assert message.text
        assert message.next_step
    return error.value.code


# -- storing ---------------------------------------------------------------------------------------


def test_what_was_decided_is_stored_whole_and_nothing_is_sent(desk: Desk, line: Line) -> None:
    line.calls.clear()
    named = replace(GOOD, **EXPLICIT, proxy_address="http://proxy.example:3128")
    wanted = replace(named, proxy_login="김", proxy_password="p", interval_minutes=30)
    assert save_server(desk.session, wanted) == wanted
    assert stored(desk) == wanted
    assert not line.calls


def test_each_address_that_is_none_is_refused_as_an_address(desk: Desk) -> None:
    for address in (
        "sync.example",
        "http://sync.example",
        "ftp://sync.example",
        "https://",
        "https://..",
        "https://a..b",
        "https://sync.example:0",
        "https://sync.example:70000",
        "https://sync.example:x",
        f"https://{'a' * 64}.example",
        "https://user:secret@sync.example",
        "https://sync.example?x=1",
        "https://sync example",
        "http://localhost.example",
        "\ud800",
        " ",
    ):
        code = refused(desk, replace(GOOD, address=address))
        assert code is ErrorCode.SERVER_ADDRESS_WRONG, address


def test_each_proxy_that_is_none_is_refused_as_a_proxy(desk: Desk) -> None:
    for address in (
        "",
        "proxy.example:3128",
        "ftp://proxy.example",
        "socks5://proxy.example:1080",
        "http://",
        "http://proxy example",
        "http://proxy.example:99999",
        "http://proxy.example/path",
        "http://proxy.example?x",
        "http://user:secret@proxy.example",
        f"http://{'a' * 64}.example",
        "\0",
    ):
        settings = replace(GOOD, **EXPLICIT, proxy_address=address)
        assert refused(desk, settings) is ErrorCode.PROXY_ADDRESS_WRONG, address
    for login, password in (("\ud800", ""), ("a", "\ud800")):
        named = replace(GOOD, **EXPLICIT, proxy_address="http://proxy.example")
        settings = replace(named, proxy_login=login, proxy_password=password)
        assert refused(desk, settings) is ErrorCode.PROXY_ADDRESS_WRONG


def test_each_file_that_holds_no_certificate_is_refused_as_one(desk: Desk, tmp_path: Path) -> None:
    write_certificates(tmp_path)
    whole = (tmp_path / "ca.pem").read_text("utf-8")
    for text in (
        "no certificate",
        " \n",
        whole[:200],
        f"발급: 병원\n{whole}",
        "\ud800",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n",
        (tmp_path / "server.key").read_text("utf-8"),
    ):
        code = refused(desk, replace(GOOD, ca_file=text))
        assert code is ErrorCode.CERTIFICATE_FILE_WRONG
    assert save_server(desk.session, replace(GOOD, ca_file=whole)).ca_file == whole


@pytest.mark.parametrize("minutes", [-1, 0, 4, 1441, 10**9])
def test_an_interval_out_of_bounds_is_refused(desk: Desk, minutes: int) -> None:
    assert refused(desk, replace(GOOD, interval_minutes=minutes)) is ErrorCode.INVALID_INPUT


@pytest.mark.parametrize("proxy", ["socks5://127.0.0.1:1080", "ftp://127.0.0.1:1"])
def test_a_proxy_of_the_system_that_cannot_be_spoken_with_is_said(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    by_system = replace(GOOD, proxy_use=ProxyUse.SYSTEM)
    assert refused(desk, by_system) is ErrorCode.PROXY_ADDRESS_WRONG
    assert check_connection(desk.session, by_system).error is not None
    # The machine may be moved to another network after it was stored.
    monkeypatch.delenv("HTTPS_PROXY")
    save_server(desk.session, by_system)
    monkeypatch.setenv("HTTPS_PROXY", proxy)
    with pytest.raises(AppError) as error:
        synchronise.synchronise(desk.session, stop=desk.stop, observe=lambda _: None)
    assert error.value.code is ErrorCode.PROXY_ADDRESS_WRONG


# -- the check -------------------------------------------------------------------------------------


def states(check: ConnectionCheck, settings: ServerSettings) -> list[str]:
    return [step.state for step in steps_of(check, settings)]


def checked(desk: Desk, **changes: Any) -> tuple[ErrorCode | None, list[str]]:
    """Return how a check ends, and its steps; what is stored stays as it is."""
    before = stored(desk)
    settings = replace(before, **changes)
    check = check_connection(desk.session, settings)
    assert stored(desk) == before
    return (None if check.error is None else check.error.code), states(check, settings)


def test_everything_is_green_at_a_good_server(desk: Desk) -> None:
    check = check_connection(desk.session, stored(desk))
    assert check.error is None
    assert check.greeting is not None
    assert check.greeting.protocol == 1
    assert check.person is not None
    assert (check.person.username, check.person.role) == ("sync", "ADMIN")
    assert states(check, stored(desk)) == ["done"] * 5


def test_nobody_signed_in_yet_is_no_problem(make_desk: MakeDesk) -> None:
    desk = make_desk(account=None)
    code, steps = checked(desk)
    assert code is ErrorCode.SERVER_SIGN_IN_NEEDED
    assert steps == ["done", "done", "done", "todo", "todo"]


def test_a_server_without_the_sync_layer_is_green_too(desk: Desk, line: Line) -> None:
    line.hides = "/api/sync/"
    check = check_connection(desk.session, stored(desk))
    assert check.greeting is not None
    assert check.greeting.is_classic
    assert states(check, stored(desk)) == ["done"] * 5


@pytest.mark.parametrize("is_classic", [False, True])
@pytest.mark.parametrize(
    "change", [{"role": "PATIENT"}, {"approved": False}], ids=["a patient", "not approved"]
)
def test_a_person_who_may_not_sync_is_the_problem(
    desk: Desk, line: Line, change: dict[str, Any], *, is_classic: bool
) -> None:
    line.hides = "/api/sync/" if is_classic else ""
    User.objects.filter(username="sync").update(**change)
    code, steps = checked(desk)
    assert code is ErrorCode.SERVER_FORBIDS
    assert steps[-1] == "problem"
    desk.register()
    outcome = desk.sync()
    assert outcome.error is not None
    assert outcome.error.code is ErrorCode.SERVER_FORBIDS


def test_another_account_has_a_session_of_its_own(desk: Desk, account: Account) -> None:
    account("DOCTOR", "other")
    code, _ = checked(desk, account="other")
    assert code is ErrorCode.SERVER_SIGN_IN_NEEDED


def test_an_unknown_authority_is_named_until_its_file_is_given(desk: Desk, tmp_path: Path) -> None:
    write_certificates(tmp_path)
    with answering(says(404), tls=tmp_path) as address:
        check = check_connection(desk.session, replace(stored(desk), address=address))
        assert check.error is not None
        assert check.error.code is ErrorCode.SERVER_UNTRUSTED
        assert check.error.context == {"issuer": "Tests' CA"}
        assert "Tests' CA" in describe(check.error, "en").text
        ca_file = (tmp_path / "ca.pem").read_text("utf-8")
        _, steps = checked(desk, address=address, ca_file=ca_file)
        assert steps[:3] == ["done"] * 3


@pytest.mark.parametrize(
    ("changes", "code", "steps"),
    [
        ({"address": "http://x.example"}, ErrorCode.SERVER_ADDRESS_WRONG, ["problem"]),
        ({"address": "https://no-such.invalid"}, ErrorCode.SERVER_NAME_UNKNOWN, ["problem"]),
        ({**EXPLICIT, "proxy_address": "x"}, ErrorCode.PROXY_ADDRESS_WRONG, ["problem"]),
        ({"ca_file": "x"}, ErrorCode.CERTIFICATE_FILE_WRONG, ["done", "done", "problem"]),
        (
            {"address": f"http://127.0.0.1:{free_port()}"},
            ErrorCode.SERVER_NOT_LISTENING,
            ["done", "problem"],
        ),
        (
            {**EXPLICIT, "proxy_address": f"http://127.0.0.1:{free_port()}"},
            ErrorCode.PROXY_REFUSES,
            ["done", "problem"],
        ),
    ],
)
def test_a_check_ends_where_it_is_wrong(
    desk: Desk, changes: dict[str, Any], code: ErrorCode, steps: list[str]
) -> None:
    assert checked(desk, **changes) == (code, [*steps, *["todo"] * (5 - len(steps))])


def test_another_program_that_answers_is_no_server_of_ours(desk: Desk) -> None:
    for answer in (says(200, b"<html>"), says(200), says(200, b"[" * 100_000)):
        with answering(answer) as address:
            code, steps = checked(desk, address=address)
            assert code is ErrorCode.SERVER_UNREADABLE
            assert steps == ["done", "done", "done", "problem", "todo"]
