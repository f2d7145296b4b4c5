"""The whole server end to end: nginx with TLS, gunicorn, both services, PostgreSQL."""

import json
import os
import re
import socket
import ssl
import subprocess
import sys
import tempfile
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import psycopg
import pytest

from backend.flask_ml.config import SHIPPED_FOLDER
from make import find_server
from risk_model.bundle import load_bundle
from tests.backend.deployment import (
    DEPLOY,
    ML_KEY,
    ROOT,
    Deployment,
    deployed,
    environment_of,
    gunicorn,
    manage,
    process,
    wait_for,
)
from tests.backend.ml_service import shipped_hash
from tests.backend.postgres import free_port
from tests.backend.samples import PATIENT, VALUES, assessment, item
from tests.backend.stick import Desk

PASSWORD = "a-long-password-27"


@pytest.fixture(scope="session")
def server(postgres_url: str) -> Iterator[Deployment]:
    """Deploy once, on a database of its own."""
    if find_server("nginx") is None:
        pytest.skip("no nginx here: `make server-packages`")
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("CREATE DATABASE deployed")
    own_url = postgres_url.removesuffix("postgres") + "deployed"
    with (
        tempfile.TemporaryDirectory(prefix="mesodesk-e2e-") as folder,
        deployed(own_url, Path(folder)) as running,
    ):
        yield running
        # One may be a second start, which nothing else ends.
        for process in running.processes.values():
            process.terminate()
            process.wait(30)


@pytest.fixture
def client(server: Deployment) -> Iterator[httpx.Client]:
    """Talk TLS with the tests' CA and nobody else's."""
    context = ssl.create_default_context(cafile=str(server.ca_file))
    with httpx.Client(base_url=server.address, verify=context, trust_env=False) as talking:
        yield talking


@pytest.fixture
def admin(server: Deployment, client: httpx.Client) -> httpx.Client:
    """Sign an administrator in."""
    name = f"admin-{uuid.uuid4().hex[:8]}"
    environment = {**server.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    manage(environment, "createsuperuser", "--no-input", "--username", name, "--email", "a@b.kr")
    pair = client.post("/api/auth/token/", json={"username": name, "password": PASSWORD})
    client.headers["Authorization"] = f"Bearer {pair.json()['access']}"
    return client


def test_the_main_story_through_tls(admin: httpx.Client) -> None:
    made = admin.post("/api/patients/", json={**PATIENT, "notes": str(uuid.uuid4())}).json()
    asked = {"patient_id": made["id"], "data": [VALUES]}
    answer = admin.post("/api/ml/predict/", json=asked).json()
    bundle = load_bundle(SHIPPED_FOLDER, trusted_sha256=[shipped_hash()])
    assert answer["pred_proba"] == [bundle.scorer.probability(VALUES)]
    kept = admin.get("/api/predictions/", params={"patient_id": made["id"]}).json()
    assert [row["output_proba"] for row in kept] == answer["pred_proba"]
    someone = item("patient", PATIENT)
    payload = assessment(
        someone["uuid"], model_sha256=bundle.sha256, output_proba=answer["pred_proba"][0]
    )
    body = {"device_id": "desk-1", "items": [someone, item("assessment", payload)]}
    results = admin.post("/api/sync/push/", json=body).json()["results"]
    assert [r["status"] for r in results] == ["created", "created"]
    pulled = admin.get("/api/sync/pull/", params={"limit": 1000}).json()["items"]
    assert pulled[-1]["server_check"] == "match"
    assert admin.get("/api/sync/").json()["model"]["sha256"] == bundle.sha256


def test_headers_of_security_are_said_once(client: httpx.Client) -> None:
    headers = client.get("/api/health/").headers
    assert headers.get_list("Strict-Transport-Security") == ["max-age=31536000; includeSubDomains"]
    for name in ("X-Content-Type-Options", "X-Frame-Options", "Referrer-Policy"):
        assert len(headers.get_list(name)) == 1, name
    assert headers["Server"] == "nginx"


def test_plain_http_is_sent_to_tls(server: Deployment) -> None:
    answer = httpx.get(f"{server.plain_address}/api/health/", trust_env=False)
    assert answer.status_code == 301
    assert answer.headers["Location"] == f"{server.address}/api/health/"
    assert answer.headers["Server"] == "nginx"


def test_an_unknown_ca_is_refused(server: Deployment) -> None:
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{server.address}/api/health/", trust_env=False)


def test_a_body_too_large_is_413_in_json(admin: httpx.Client) -> None:
    answer = admin.post("/api/sync/push/", content=b"x" * (9 * 1024 * 1024))
    assert (answer.status_code, answer.json()) == (413, {"detail": "The request is too large."})


def test_a_transfer_file_may_be_larger_than_any_other_body(admin: httpx.Client) -> None:
    desk = Desk(server=admin.get("/api/sync/").json()["transfer"])
    assert admin.post("/api/sync/workstations/", json=desk.introduction).status_code == 201
    someone = item("patient", PATIENT)
    sealed = {"sealed": "x" * 15_000}
    rows = [item("assessment", assessment(someone["uuid"], details=sealed)) for _ in range(700)]
    file = desk.transfer(someone, *rows)
    assert len(file) > 9 * 1024 * 1024
    kind = {"Content-Type": "application/octet-stream"}
    receipt = admin.post("/api/sync/transfers/", content=file, headers=kind, timeout=60)
    assert receipt.status_code == 200, receipt.text
    assert {r["status"] for r in desk.receipt(receipt.content)[1]} == {"created"}


def test_a_refusal_before_the_body_is_read_does_not_look_like_a_server_that_is_away(
    client: httpx.Client,
) -> None:
    for path, size in (("push", 7), ("transfers", 30)) * 3:
        refused = client.post(f"/api/sync/{path}/", content=b"x" * (size * 1024 * 1024))
        assert (refused.status_code, list(refused.json())) == (401, ["detail"]), path


def test_a_client_cannot_say_where_it_comes_from(client: httpx.Client) -> None:
    """Ten failures stop this address, whatever the client claims to be."""
    statuses = [
        client.post(
            "/api/auth/token/",
            json={"username": "nobody", "password": "x"},
            headers={"X-Forwarded-For": f"192.0.2.{n}", "X-Real-IP": f"192.0.2.{n}"},
        ).status_code
        for n in range(11)
    ]
    assert statuses == [401] * 10 + [429]


def test_the_ml_service_wants_its_key_also_behind_nginx(client: httpx.Client) -> None:
    assert client.get("/ml/health").json() == {"status": "ok"}
    assert client.get("/ml/schema").status_code == 403
    with_key = client.get("/ml/schema", headers={"X-API-KEY": ML_KEY})
    assert with_key.json()["base_features"]


def test_unknown_paths_are_json(client: httpx.Client) -> None:
    for path in ("/", "/api/nothing/", "/etc/passwd"):
        answer = client.get(path)
        assert (answer.status_code, list(answer.json())) == (404, ["detail"]), path


@pytest.mark.parametrize("page", ["/api/docs/", "/admin/login/"])
def test_a_page_is_whole_without_the_internet(client: httpx.Client, page: str) -> None:
    text = client.get(page).text
    needed = re.findall(r'(?:src|href)="(/static/[^"]+)"', text)
    assert len(needed) >= 3
    for path in needed:
        answer = client.get(path)
        assert (answer.status_code, len(answer.content) > 100) == (200, True), path


def test_the_logs_hold_lines_of_json_and_no_patient(
    server: Deployment, admin: httpx.Client
) -> None:
    name = "쉽게찾을이름"
    admin.post("/api/patients/", json={**PATIENT, "name": name, "phone": "010-7777-1234"})
    answer = admin.get("/api/patients/", params={"search": name})
    written = (server.logs / "api.log").read_text("utf-8")
    lines = [json.loads(line) for line in written.splitlines() if line.startswith("{")]
    number = answer.headers["X-Request-ID"]
    assert [line["route"] for line in lines if line["request_id"] == number] == ["api/patients/"]
    for file in server.logs.glob("*.log"):
        text = file.read_text("utf-8")
        assert name not in text
        assert "7777-1234" not in text
        assert "%EC%89%BD" not in text


def test_the_ml_service_gone_is_502_and_back_is_well(
    server: Deployment, admin: httpx.Client
) -> None:
    ml = server.processes["ml"]
    ml.terminate()
    ml.wait(30)
    answer = admin.post("/api/ml/predict/", json={"data": [VALUES]})
    assert (answer.status_code, list(answer.json())) == (502, ["detail"])
    server.processes["ml"] = subprocess.Popen(gunicorn("ml"), env=server.environment, cwd=ROOT)
    wait_for(f"{server.address}/ml/health", verify=str(server.ca_file))
    assert admin.post("/api/ml/predict/", json={"data": [VALUES]}).status_code == 200


def test_a_call_that_waits_for_the_ml_service_holds_nobody_up(tmp_path: Path) -> None:
    address = f"http://127.0.0.1:{free_port()}"
    with (
        socket.create_server(("127.0.0.1", 0)) as silent_ml,
        httpx.Client(base_url=address, trust_env=False, timeout=30) as client,
    ):
        silent_ml.settimeout(30)
        ml_port = silent_ml.getsockname()[1]
        environment = environment_of(f"sqlite:///{tmp_path}/db.sqlite3", ml_port) | {
            "API_BIND": address.removeprefix("http://"),
            "API_WORKERS": "1",
            "DJANGO_SUPERUSER_PASSWORD": PASSWORD,
        }
        manage(environment, "migrate", "--verbosity", "0")
        manage(environment, "createsuperuser", "--no-input", "--username", "a", "--email", "a@b.kr")
        with process("api", gunicorn("api"), environment, tmp_path), ThreadPoolExecutor(1) as pool:
            wait_for(f"{address}/api/ready/")
            client.headers["X-Forwarded-Proto"] = "https"
            pair = client.post("/api/auth/token/", json={"username": "a", "password": PASSWORD})
            client.headers["Authorization"] = f"Bearer {pair.json()['access']}"
            waiting = pool.submit(client.post, "/api/ml/predict/", json={"data": [VALUES]})
            asked, _ = silent_ml.accept()
            with asked:
                assert client.get("/api/patients/").json() == []
                assert not waiting.done()
            assert waiting.result().status_code == 502


@pytest.mark.parametrize(
    "name", ["SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "ML_BASE_URL", "ML_API_KEY"]
)
def test_production_refuses_to_start_without_a_secret_and_says_which(name: str) -> None:
    environment = {
        "PATH": os.environ["PATH"],
        "SECRET_KEY": "x" * 40,
        "ALLOWED_HOSTS": "a",
        "DATABASE_URL": "sqlite:///x",
        "ML_BASE_URL": "http://a",
        "ML_API_KEY": "k",
        name: " ",
    }
    command = [sys.executable, "-c", "import backend.django_api.settings.production"]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert f"The server cannot start without {name}." in done.stderr


def test_a_short_secret_is_refused() -> None:
    environment = {"PATH": os.environ["PATH"], "SECRET_KEY": "short"}
    environment |= dict.fromkeys(
        ("ALLOWED_HOSTS", "DATABASE_URL", "ML_BASE_URL", "ML_API_KEY"), "x"
    )
    command = [sys.executable, "-c", "import backend.django_api.settings.production"]
    done = subprocess.run(
        command, env=environment, cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert "SECRET_KEY needs at least 32 characters." in done.stderr


def test_the_services_open_nothing_but_their_address(server: Deployment) -> None:
    for name in ("api", "ml"):
        log = (server.logs / f"{name}.log").read_text("utf-8")
        assert "Listening at" in log
        assert "Control socket" not in log


def test_the_examples_name_every_variable_that_production_needs() -> None:
    example = (DEPLOY / "env" / "api.env.example").read_text("utf-8")
    for name in ("SECRET_KEY", "ALLOWED_HOSTS", "DATABASE_URL", "ML_BASE_URL", "ML_API_KEY"):
        assert f"\n{name}=" in example


def test_the_units_start_what_the_tests_start() -> None:
    for kind in ("api", "ml"):
        unit = (DEPLOY / "systemd" / f"mesodesk-{kind}.service").read_text("utf-8")
        assert f"gunicorn --config backend/deploy/gunicorn/{kind}.py" in unit
        assert "NoNewPrivileges=yes" in unit
