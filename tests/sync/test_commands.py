"""`sync` and `transfer` at the command line: exit codes, honest sentences, never a traceback.

Everything is real but the key store; what matters most runs as processes of their own.
"""

import io
import logging
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import keyring
import pytest
from django.core.management import call_command
from keyring.backend import KeyringBackend

from backend.django_api.patients.models import Patient as ServerPatient
from desktop_app import cli
from desktop_app.application import patients, server_setup
from desktop_app.domain.sync import ProxyUse, ServerSettings
from desktop_app.gui.texts import Language, tr
from tests.backend.postgres import free_port
from tests.backend.samples import PASSWORD as SERVER_PASSWORD
from tests.fakes.samples import sample_patient
from tests.integration.test_cli import mesodesk
from tests.sync.clinic import ADMINISTRATOR, DOCTOR, PASSWORD, STAFF, Clinic, decided, found
from tests.sync.proxy import Line

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)
LANGUAGES: tuple[Language, ...] = ("ko", "en")
NAME = sample_patient().name


@dataclass(frozen=True)
class Report:
    """What a command left: its exit code and what it printed."""

    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Terminal:
    """A place to type commands for one clinic; the password comes from standard input."""

    clinic: Clinic
    type_command: Callable[..., Report]

    def __call__(
        self,
        *arguments: str | Path,
        login: str = DOCTOR,
        password: str = PASSWORD,
        language: Language = "ko",
    ) -> Report:
        signed_in = ("--login", login, "--password-file", "-") if login else ()
        report = self.type_command(
            "--lang", language, *map(str, arguments), *signed_in,
            *("--data-dir", str(self.clinic.folder)), typed=f"{password}\n",
        )  # fmt: skip  # one command, one block
        # Neither a patient nor a secret nor where the files are is anybody's who reads along.
        for hidden in (NAME, PASSWORD, SERVER_PASSWORD, str(self.clinic.folder)):
            assert hidden not in report.out + report.err
        return report

    def refused(self, key: str, *arguments: str | Path, **parts: str) -> None:
        """Assert that a command ends with this sentence, in both languages, and nothing else."""
        for language in LANGUAGES:
            report = self(*arguments, language=language, **parts)
            assert report.code == 1, report
            begins = tr(f"errors.{key}", language=language).partition("{")[0].rstrip(".")
            assert report.err.startswith(begins), report
            assert report.out == ""


@pytest.fixture
def type_command(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Callable[..., Report]:
    # The server shares this process, and would log where the command prints.
    monkeypatch.setattr(logging.getLogger("backend"), "level", logging.ERROR)
    monkeypatch.setattr(logging.getLogger("backend.requests"), "disabled", True)

    def run(*arguments: str, typed: str = "") -> Report:
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        capsys.readouterr()
        try:
            code = cli.run(arguments)
        except SystemExit as ended:
            code = int(ended.code or 0)
        printed = capsys.readouterr()
        return Report(code, printed.out, printed.err)

    return run


@pytest.fixture
def system_keyring(monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[str, str]]:
    """Put a key store that is secure by name in the system's place; return what it holds."""
    held: dict[str, str] = {}

    class SystemKeyring(KeyringBackend):
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            return held.get(username)

        def set_password(self, service: str, username: str, password: str) -> None:
            held[username] = password

        def delete_password(self, service: str, username: str) -> None:
            del held[username]

    monkeypatch.setattr(SystemKeyring, "__module__", "keyring.backends.SecretService")
    before = keyring.get_keyring()
    keyring.set_keyring(SystemKeyring())  # type: ignore[no-untyped-call] # the library's
    yield held
    keyring.set_keyring(before)


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    return found(tmp_path_factory.mktemp("founded") / "data")


@pytest.fixture
def terminal(
    founded: Clinic,
    line: Line,
    system_keyring: dict[str, str],
    type_command: Callable[..., Report],
    tmp_path: Path,
) -> Terminal:
    """A clinic with a server and one patient that waits."""
    clinic = founded.copy(tmp_path / "data")
    clinic.secrets.secrets = system_keyring
    with clinic.signed_in(ADMINISTRATOR) as admin:
        settings = ServerSettings(line.address, proxy_use=ProxyUse.NONE)
        server_setup.save_server(admin, settings)
    with clinic.signed_in(DOCTOR) as doctor:
        server_setup.sign_in_to_server(doctor, "sync", SERVER_PASSWORD)
        patients.register_patient(doctor, sample_patient().details)
    line.calls.clear()
    return Terminal(clinic, type_command)


def said(key: str, language: Language, **parts: object) -> str:
    return tr(f"cli.{key}", language=language, **parts) + "\n"


NOTHING = {"sent": 0, "confirmed": 0, "received": 0, "refused": 0, "conflicts": 0}


# -- usage -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("sync", "--twice"),
        ("sync", "--once", "now"),
        ("sync", "--once", "--login"),
        ("sync", "--once", "--login", DOCTOR, "--password", PASSWORD),
        ("transfer",),
        ("transfer", "nonsense"),
        ("transfer", "export"),
        ("transfer", "export", "x"),
        ("transfer", "export", "--login", DOCTOR),
        ("transfer", "export", "x", "--login", DOCTOR, "--password", PASSWORD),
        ("transfer", "export", "x", "--login", DOCTOR, "--pass", PASSWORD),
        ("transfer", "export", "x", "--login", DOCTOR, "--fingerprint", "x"),
        ("transfer", "receipt", "", "--login", DOCTOR),
        ("transfer", "export", "", "--login", DOCTOR),
        ("transfer", "export", "x" * 300, "--login", DOCTOR),
        ("transfer", "receipt", "x" * 5000, "--login", DOCTOR),
        ("--demo", "sync", "--once"),
    ],
)
def test_wrong_usage_ends_with_2_and_touches_nothing(
    type_command: Callable[..., Report], line: Line, arguments: tuple[str, ...]
) -> None:
    report = type_command(*arguments, typed=f"{PASSWORD}\n")
    assert report.code == 2, report
    assert report.err.startswith("usage: mesodesk")
    assert report.out == ""
    assert not line.calls


# -- sync ------------------------------------------------------------------------------------------


def test_sync_says_what_became_of_the_records(terminal: Terminal) -> None:
    first = terminal("sync", "--once")
    assert (first.code, first.err) == (0, "")
    assert first.out.startswith(said("synced", "ko", **{**NOTHING, "sent": 1, "confirmed": 1}))
    assert "대기 0 · 확인됨 1" in first.out
    assert ServerPatient.objects.count() == 1
    again = terminal("sync", "--once", language="en")
    assert again.out.startswith(said("synced", "en", **NOTHING))
    assert "0 waiting, 1 confirmed" in again.out


def test_sync_without_once_says_how_it_stands_and_sends_nothing(
    terminal: Terminal, line: Line
) -> None:
    for login in (DOCTOR, STAFF):
        report = terminal("sync", login=login, language="en")
        assert (report.code, report.err) == (0, "")
        assert report.out.startswith("1 waiting, 0 confirmed, 0 refused, 0 in conflict")
        assert report.out.rstrip().endswith("last confirmed -")
    assert not line.calls
    terminal.refused("not_signed_in", "sync", login="")


def test_sync_with_nobody_signed_in_needs_an_administrators_word(
    terminal: Terminal, line: Line
) -> None:
    terminal.refused("unattended_not_allowed", "sync", "--once", login="")
    assert not line.calls
    terminal.clinic.allow()
    report = terminal("sync", "--once", login="")
    assert report == Report(0, said("synced", "ko", **{**NOTHING, "sent": 1, "confirmed": 1}), "")


def test_sync_with_nobody_signed_in_needs_a_secure_key_store(
    terminal: Terminal, line: Line
) -> None:
    terminal.clinic.allow()
    from keyring.backends.fail import Keyring

    keyring.set_keyring(Keyring())  # type: ignore[no-untyped-call] # the library's
    terminal.refused("key_store_insecure", "sync", "--once", login="")
    assert not line.calls
    report = terminal("sync", "--once")
    assert report.code == 1
    assert report.err.startswith(tr("errors.server_sign_in_needed", language="ko")[:-1])


def test_a_run_that_was_stopped_says_so_and_what_was_done(terminal: Terminal, line: Line) -> None:
    with terminal.clinic.signed_in(ADMINISTRATOR) as admin:
        settings = decided(admin)
        gone = replace(settings, address=f"http://127.0.0.1:{free_port()}")
        server_setup.save_server(admin, gone)
    for language in LANGUAGES:
        report = terminal("sync", "--once", language=language)
        assert report.code == 1
        assert report.err.startswith(tr("errors.server_not_listening", language=language)[:-1])
        assert report.out.startswith(said("synced", language, **NOTHING))
    assert ("대기 1" in report.out) or ("1 waiting" in report.out)
    assert not line.calls


def test_a_refused_record_is_counted_in_what_is_said(terminal: Terminal, line: Line) -> None:
    def refuse(call: object) -> tuple[int, list[tuple[str, str]], bytes] | None:
        is_push = getattr(call, "path", "") == "/api/sync/push/"
        return (413, [], b"") if is_push else None

    line.twist = refuse
    report = terminal("sync", "--once", language="en")
    assert "1 sent, 0 confirmed, 0 received, 1 refused" in report.out
    assert "0 waiting, 0 confirmed, 1 refused" in report.out


def test_what_keeps_somebody_out_is_a_sentence(
    terminal: Terminal, line: Line, tmp_path: Path
) -> None:
    file = tmp_path / "out.transfer"
    for command in (("sync", "--once"), ("transfer", "export", str(file))):
        terminal.refused("wrong_credentials", *command, password="not-the-password")
        terminal.refused("wrong_credentials", *command, login="nobody")
        terminal.refused("role_not_allowed", *command, login=STAFF)
    empty = Terminal(Clinic(tmp_path / "nothing"), terminal.type_command)
    empty.refused("vault_missing", "sync", "--once")
    empty.refused("vault_missing", "transfer", "export", file)
    assert not (tmp_path / "nothing").exists()
    assert not file.exists()
    assert not line.calls


def test_a_clinic_without_a_server_says_so(terminal: Terminal, line: Line) -> None:
    with terminal.clinic.signed_in(ADMINISTRATOR) as admin:
        server_setup.save_server(admin, replace(decided(admin), address=""))
    terminal.refused("server_not_set", "sync", "--once")
    terminal.clinic.allow()
    terminal.refused("server_not_set", "sync", "--once", login="")
    assert not line.calls


# -- transfer --------------------------------------------------------------------------------------


@pytest.fixture
def centre(server_keys: dict[str, str]) -> Callable[..., str]:
    """Give a command to the centre's own program; return what it printed."""

    def run(*arguments: str | Path) -> str:
        printed = io.StringIO()
        call_command(*map(str, arguments), stdout=printed)
        return printed.getvalue()

    return run


Centre = Callable[..., str]


def enrol(terminal: Terminal, centre: Centre, folder: Path) -> None:
    """Let the keys go to the centre and back as files."""
    request, answer = folder / "room.enrolment", folder / "room.answer"
    assert terminal("transfer", "enrol", request, login=ADMINISTRATOR).code == 0
    shown = centre("enrol_workstation", request, "--account", "sync", "--out", answer)
    untold = terminal("transfer", "answer", answer, login=ADMINISTRATOR)
    fingerprint = next(part for part in untold.err.split("지문은 ") if part[:4].isalnum())[:19]
    assert fingerprint in shown
    told = ("--fingerprint", fingerprint)
    assert terminal("transfer", "answer", answer, *told, login=ADMINISTRATOR).code == 0


def test_keys_are_trusted_only_by_the_fingerprint_that_was_told(
    terminal: Terminal, centre: Centre, tmp_path: Path
) -> None:
    request, answer = tmp_path / "room.enrolment", tmp_path / "room.answer"
    terminal.refused("role_not_allowed", "transfer", "enrol", request, login=DOCTOR)
    assert not request.exists()
    written = terminal("transfer", "enrol", request, login=ADMINISTRATOR, language="en")
    assert (written.code, written.err) == (0, "")
    shown = centre("enrol_workstation", request, "--account", "sync", "--out", answer)
    own = written.out.rstrip(".\n").rpartition("fingerprint ")[2]
    assert own in shown
    for told in ((), ("--fingerprint", ""), ("--fingerprint", own), ("--fingerprint", "0000")):
        report = terminal("transfer", "answer", answer, *told, login=ADMINISTRATOR, language="en")
        assert (report.code, report.out) == (1, "")
        assert report.err.startswith("Nothing is trusted yet.")
    server = report.err.partition("fingerprint is ")[2][:19]
    assert server in shown
    terminal.refused("workstation_not_enrolled", "transfer", "export", tmp_path)
    spoken = ("--fingerprint", server.upper().replace(" ", ""))
    report = terminal("transfer", "answer", answer, *spoken, login=ADMINISTRATOR)
    assert report == Report(
        0, said("transfer_trusted", "ko", server="중앙 서버", account="sync"), ""
    )


def test_records_go_out_and_their_receipt_comes_back(
    terminal: Terminal, centre: Centre, tmp_path: Path
) -> None:
    enrol(terminal, centre, tmp_path)
    report = terminal("transfer", "export", tmp_path)
    (file,) = tmp_path.glob("*.transfer")
    parts = {"records": 1, "file": file.name, "number": 1}
    assert report == Report(0, said("transfer_exported", "ko", **parts), "")
    assert terminal("sync").out.startswith("대기 1 ")
    receipt = tmp_path / "receipt"
    centre("import_transfer", file, "--out", receipt)
    taken = {"confirmed": 1, "refused": 0, "conflicts": 0}
    report = terminal("transfer", "receipt", receipt, language="en")
    assert report == Report(0, said("transfer_received", "en", **taken), "")
    again = terminal("transfer", "receipt", receipt, language="en")
    assert again == Report(0, said("transfer_received", "en", **{**taken, "confirmed": 0}), "")
    terminal.refused("nothing_to_send", "transfer", "export", tmp_path)
    assert ServerPatient.objects.count() == 1


def test_files_that_cannot_be_read_or_written_are_each_a_sentence(
    terminal: Terminal, centre: Centre, tmp_path: Path
) -> None:
    missing, text = tmp_path / "missing", tmp_path / "text"
    text.write_text("홍길동 아닌 글", "utf-8")
    elsewhere = tmp_path / "no-folder" / "out.transfer"
    for verb in ("receipt", "answer"):
        about = {"login": ADMINISTRATOR if verb == "answer" else DOCTOR}
        if verb == "receipt":
            terminal.refused("workstation_not_enrolled", "transfer", verb, text, **about)
            enrol(terminal, centre, tmp_path)
        terminal.refused("file_not_found", "transfer", verb, missing, **about)
        terminal.refused("file_not_found", "transfer", verb, tmp_path, **about)
        terminal.refused("transfer_not_ours", "transfer", verb, text, **about)
    terminal.refused("file_unwritable", "transfer", "export", elsewhere)
    terminal.refused("file_unwritable", "transfer", "enrol", elsewhere, login=ADMINISTRATOR)
    assert not elsewhere.parent.exists()
    file, receipt = tmp_path / "out.transfer", tmp_path / "receipt"
    assert terminal("transfer", "export", file).code == 0
    for wrong in (file, tmp_path / "room.answer", tmp_path / "room.enrolment"):
        report = terminal("transfer", "receipt", wrong)
        assert (report.code, report.out) == (1, "")
        assert report.err
    centre("import_transfer", file, "--out", receipt)
    whole = receipt.read_bytes()
    for damaged in (whole[:-1], whole[:-70] + b"x" + whole[-69:], whole + b"x"):
        receipt.write_bytes(damaged)
        terminal.refused("transfer_damaged", "transfer", "receipt", receipt)
    assert terminal("sync").out.startswith("대기 1 ")


# -- as processes ----------------------------------------------------------------------------------


def test_as_processes_records_are_carried_and_refusals_are_sentences(
    terminal: Terminal, system_keyring: dict[str, str]
) -> None:
    terminal.clinic.allow()
    start = f"""
import keyring
from keyring.backend import KeyringBackend
class SystemKeyring(KeyringBackend):
    priority = 1
    held = {system_keyring!r}
    def get_password(self, service, username):
        return self.held.get(username)
    def set_password(self, service, username, password):
        self.held[username] = password
SystemKeyring.__module__ = "keyring.backends.SecretService"
keyring.set_keyring(SystemKeyring())
"""
    folder = ("--data-dir", str(terminal.clinic.folder))
    signed_in = ("--login", DOCTOR, "--password-file", "-", *folder)
    with terminal.clinic.signed_in(DOCTOR):
        # The window has the clinic open.
        busy = mesodesk("sync", "--once", *folder, start=start, language="en")
    assert busy.returncode == 1
    assert busy.stderr.startswith(tr("errors.clinic_in_use", language="en")[:-1])
    sent = mesodesk("sync", "--once", *folder, start=start)
    assert (sent.returncode, sent.stderr) == (0, "")
    assert sent.stdout == said("synced", "ko", **{**NOTHING, "sent": 1, "confirmed": 1})
    refused = mesodesk("transfer", "export", "x", *signed_in, typed=f"{PASSWORD}\n", language="en")
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr.startswith(tr("errors.workstation_not_enrolled", language="en")[:-1])
    unasked = mesodesk(
        "transfer",
        "export",
        "x",
        "--login",
        DOCTOR,
        *folder,
        start="import getpass\ngetpass.getpass = getpass.fallback_getpass",
    )
    assert unasked.returncode == 1
    assert unasked.stderr.startswith(tr("errors.password_not_asked", language="ko")[:-1])
