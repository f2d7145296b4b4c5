"""After syncing, a transfer and refusals no file tells of a patient, and no log of a secret."""

import io
import logging
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from backend.django_api.patients.models import Patient as ServerPatient
from desktop_app.application import patients, server_setup, synchronise, transfer
from desktop_app.application.session import Session
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.domain.exchange import Delivery
from desktop_app.domain.sync import ProxyUse, ServerSettings
from desktop_app.gui.messages import describe
from desktop_app.infrastructure.remote.gateway import HttpSyncGateway
from desktop_app.infrastructure.remote.line import Line as ClientLine
from desktop_app.infrastructure.remote.server_session import Tokens
from desktop_app.infrastructure.workstation.log import start_log
from tests.backend.deployment import write_certificates
from tests.backend.samples import PASSWORD as SERVER_PASSWORD
from tests.fakes.samples import sample_patient
from tests.privacy.planted import written_forms
from tests.sync.clinic import ADMINISTRATOR, DOCTOR, PASSWORD, Clinic, found
from tests.sync.proxy import Call, Line, Said
from tests.sync.test_line import answering, says
from tests.sync.workstation import NeverStops

pytestmark = pytest.mark.parametrize("db", ["sqlite"], indirect=True)

# Syllables that no Korean word has: what is found was planted.
PATIENT: dict[str, Any] = {
    "name": "셟퀡튫",
    "phone": "010-9876-0123",
    "exposure_work": "뤍뷁솱작업",
}
CHART = "QZX-00417-VV"
PROXY_LOGIN, PROXY_PASSWORD = "뷁솱쨩프록시", "zqxj-vwpk-qqzz"
REASON = f"{PATIENT['name']}님의 기록을 받지 않습니다"
PLANTED = (*PATIENT.values(), CHART, PROXY_LOGIN, PROXY_PASSWORD, REASON, PASSWORD, SERVER_PASSWORD)


@pytest.fixture
def clinic(tmp_path: Path) -> Clinic:
    return found(tmp_path / "data")


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keep whatever goes to the temporary folder."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture
def log(clinic: Clinic, caplog: pytest.LogCaptureFixture) -> Iterator[pytest.LogCaptureFixture]:
    """Log as the program does, and hear besides all that any library would say."""
    logger = logging.getLogger("desktop_app")
    before = list(logger.handlers)
    start_log(clinic.folder)
    for name in ("desktop_app", "httpx", "httpcore", "keyring"):
        caplog.set_level(logging.DEBUG, name)
    yield caplog
    for handler in set(logger.handlers) - set(before):
        logger.removeHandler(handler)
        handler.close()


def found_in(places: tuple[Path, ...], words: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return each file and each word that its bytes or its name hold."""
    forms = {word: written_forms(word) for word in words}
    files = [one for place in places for one in place.rglob("*") if one.is_file()]
    assert files
    return [
        (file.name, word)
        for file in files
        for content in [file.read_bytes() + file.name.encode()]
        for word, written in forms.items()
        if any(form in content for form in written)
    ]


def refuse_in_words(call: Call) -> Said | None:
    """Refuse every push as a server that repeats what it was sent."""
    if call.path != "/api/sync/push/":
        return None
    return 400, [("Content-Type", "application/json")], f'{{"detail": "{REASON}"}}'.encode()


def run(session: Session) -> ErrorCode | None:
    outcome = synchronise.synchronise(session, stop=NeverStops(), observe=lambda _: None)
    if outcome.error is not None:
        told = repr(outcome) + repr(outcome.error) + describe(outcome.error).text
        assert not any(word in told for word in PLANTED)
    return None if outcome.error is None else outcome.error.code


@pytest.mark.logs_warning
def test_no_file_and_no_log_tells_of_a_patient_or_a_secret(
    clinic: Clinic,
    line: Line,
    server_keys: dict[str, str],
    temporary: Path,
    log: pytest.LogCaptureFixture,
    tmp_path: Path,
) -> None:
    stick, authority = tmp_path / "stick", tmp_path / "authority"
    for folder in (stick, authority):
        folder.mkdir()
    write_certificates(authority)
    ca_file = (authority / "ca.pem").read_text("utf-8")
    plain = ServerSettings(line.address, proxy_use=ProxyUse.NONE, ca_file=ca_file)
    with clinic.signed_in(ADMINISTRATOR) as admin, answering(says(407)) as proxy:
        by_proxy = replace(
            plain,
            proxy_use=ProxyUse.EXPLICIT,
            proxy_address=proxy,
            proxy_login=PROXY_LOGIN,
            proxy_password=PROXY_PASSWORD,
        )
        assert not any(word in repr(by_proxy) for word in (PROXY_PASSWORD, ca_file))
        server_setup.save_server(admin, by_proxy)
        check = server_setup.check_connection(admin, by_proxy)
        assert check.error is not None
        assert check.error.code is ErrorCode.PROXY_REFUSES
        assert PROXY_PASSWORD not in repr(check)
        assert run(admin) is ErrorCode.PROXY_REFUSES
        server_setup.save_server(
            admin, replace(plain, proxy_login=PROXY_LOGIN, proxy_password=PROXY_PASSWORD)
        )
        server_setup.allow_unattended(admin, clinic.entrance, is_allowed=True)
        server_setup.write_enrolment(admin, stick / "room.enrolment")
    with clinic.signed_in(DOCTOR) as doctor:
        server_setup.sign_in_to_server(doctor, "sync", SERVER_PASSWORD)
        details = replace(sample_patient().details, chart_number=CHART, **PATIENT)
        patient = patients.register_patient(doctor, details)
        file = stick / "out.transfer"
        transfer.export_transfer(doctor, file, stop=NeverStops(), observe=lambda _: None)
        line.twist = refuse_in_words
        run(doctor)
        with doctor.unit_of_work() as work:
            row = work.outbox.find(patient.patient_id)
        assert row is not None
        assert row.state is Delivery.REFUSED
        assert row.refusal is not None
        assert row.refusal.words == REASON
        synchronise.send_again(doctor, patient.patient_id)
        line.twist = lambda call: (200, [], b"{}") if call.path == "/api/sync/push/" else None
        assert run(doctor) is ErrorCode.SERVER_UNREADABLE
        line.twist = lambda _call: None
        call_command(
            "import_transfer", str(file), "--out", str(stick / "receipt"), stdout=io.StringIO()
        )
        transfer.take_receipt(doctor, stick / "receipt")
        assert run(doctor) is None
        shown = repr(doctor) + repr(doctor.link) + repr(clinic.entrance)
        assert repr(doctor.data_key) not in shown
        # While the journal is open, and after it was closed.
        assert found_in((clinic.folder, temporary, stick), _with_tokens(clinic)) == []
    assert clinic.run().error is None
    assert found_in((clinic.folder, temporary, stick), _with_tokens(clinic)) == []
    assert "httpcore" in log.text
    assert not [word for word in _with_tokens(clinic) if word in log.text]
    # It was all there: the server has it, and the search finds what is not sealed.
    assert ServerPatient.objects.get().name == PATIENT["name"]
    (stick / "note").write_text(PATIENT["name"], "utf-8")
    assert found_in((stick,), PLANTED) == [("note", PATIENT["name"])]


def _with_tokens(clinic: Clinic) -> tuple[str, ...]:
    """Return everything planted, and what the key store holds in secret."""
    secrets = tuple(clinic.secrets.secrets.values())
    assert any(one.count(".") == 2 for one in secrets)
    return (*PLANTED, *secrets)


def test_nothing_that_holds_a_secret_shows_it(clinic: Clinic, line: Line) -> None:
    settings = ServerSettings(
        line.address,
        proxy_use=ProxyUse.NONE,
        account="sync",
        proxy_login=PROXY_LOGIN,
        proxy_password=PROXY_PASSWORD,
    )
    tokens = Tokens()
    gateway = HttpSyncGateway(settings, clinic.secrets, tokens, program="test")
    gateway.sign_in("sync", SERVER_PASSWORD)
    assert tokens.access
    client = ClientLine(settings, program="test")
    body = {"username": "sync", "password": SERVER_PASSWORD}
    reply = client.call("POST", "/api/auth/token/", body=body)
    assert tokens.access.split(".")[0].encode() in reply.content
    with pytest.raises(AppError) as error:
        gateway.sign_in("sync", "wrong")
    shown = [settings, tokens, gateway, client, reply, error.value, error.value.args]
    text = " ".join(map(repr, shown))
    for secret in (tokens.access, tokens.refresh, PROXY_PASSWORD, SERVER_PASSWORD, "eyJ"):
        assert secret not in text
    gateway.close()
    client.close()
