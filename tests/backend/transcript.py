"""`python -m tests.backend.transcript`: the server end to end through TLS, request by request.

Writes build/server-transcript.txt: nginx with a CA of its own, both services, PostgreSQL.
"""

import json
import re
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

from tests.backend.deployment import ROOT, Deployment, deployed, gunicorn, manage, wait_for
from tests.backend.postgres import Cluster
from tests.backend.samples import PATIENT, VALUES, assessment, item

OUT = ROOT / "build" / "server-transcript.txt"
PASSWORD = "a-long-password-27"
LONGEST_BODY = 400
SHOWN = ("Content-Type", "Location", "Retry-After", "WWW-Authenticate", "X-Next-Cursor")
# The same with every answer, so shown with the first that has them.
STANDING = (
    "Server", "Strict-Transport-Security", "X-Content-Type-Options", "X-Frame-Options",
    "Referrer-Policy", "X-Request-ID",
)  # fmt: skip  # a list of headers
SECRETS = re.compile(r'("(?:access|refresh|password)": ?")[^"]+')


class Transcript:
    """Calls the server and keeps what was said, without its secrets."""

    def __init__(self, client: httpx.Client) -> None:
        self.client = client
        self.lines: list[str] = []
        self.wanted = [*SHOWN, *STANDING]

    def title(self, text: str) -> None:
        """Begin a part."""
        self.lines += ["", f"== {text}", ""]

    def call(
        self, method: str, path: str, body: Any = None, *, token: str = "", expected: int = 200
    ) -> Any:
        """Call, keep both sides, and return the answer's value; another status is an error."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        content = body if isinstance(body, bytes) else None
        value = None if isinstance(body, bytes) else body
        answer = self.client.request(method, path, json=value, content=content, headers=headers)
        self.lines.append(
            f"> {method} {path} {'  Authorization: Bearer ***' if token else ''}".rstrip()
        )
        if body is not None:
            said = (
                f"{len(body)} bytes"
                if isinstance(body, bytes)
                else _shown(json.dumps(body, ensure_ascii=False))
            )
            self.lines.append(f"> {said}")
        self.lines.append(f"< {answer.status_code} {answer.reason_phrase}")
        self.lines += [f"< {n}: {answer.headers[n]}" for n in self.wanted if n in answer.headers]
        if all(name in answer.headers for name in STANDING):
            self.wanted = list(SHOWN)
        self.lines += [f"< {_shown(answer.text)}", ""] if answer.text else [""]
        if answer.status_code != expected:
            raise RuntimeError(f"{method} {path}: {answer.status_code} {answer.text[:300]}")
        is_json = answer.headers.get("Content-Type", "").startswith("application/json")
        return answer.json() if is_json and answer.content else None

    def sign_in(self, username: str) -> str:
        """Sign a person in and return the token."""
        body = {"username": username, "password": PASSWORD}
        return str(self.call("POST", "/api/auth/token/", body)["access"])


def _shown(text: str) -> str:
    text = re.sub(r"\s+", " ", SECRETS.sub(r"\1***", text))
    return text if len(text) <= LONGEST_BODY else f"{text[:LONGEST_BODY]} ... ({len(text)})"


def tell(running: Deployment) -> list[str]:
    """Walk through the server and return what was said."""
    chief = {**running.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    manage(chief, "createsuperuser", "--no-input", "--username", "chief", "--email", "a@b.kr")
    context = ssl.create_default_context(cafile=str(running.ca_file))
    with httpx.Client(base_url=running.address, verify=context, trust_env=False) as client:
        transcript = Transcript(client)
        _the_door(transcript, running)
        admin, doctor = _accounts(transcript)
        _classic(transcript, admin, doctor)
        _sync(transcript, admin)
        _refusals(transcript, admin, running)
        return transcript.lines


def _the_door(t: Transcript, running: Deployment) -> None:
    t.title("the door: TLS, headers, health")
    t.call("GET", f"{running.plain_address}/api/health/", expected=301)
    try:
        httpx.get(f"{running.address}/api/health/", trust_env=False)
    except httpx.ConnectError as error:
        t.lines += ["> GET /api/health/  (without the tests' CA)", f"< no answer: {error}", ""]
    t.call("GET", "/api/health/")
    t.call("GET", "/api/ready/")
    t.call("GET", "/api/docs/")
    t.call("GET", "/api/nothing/", expected=404)
    t.call("GET", "/api/patients/", expected=401)


def _accounts(t: Transcript) -> tuple[str, str]:
    t.title("accounts: a doctor registers, waits, is approved")
    t.call("POST", "/api/auth/token/", {"username": "chief", "password": "x"}, expected=401)
    admin = t.sign_in("chief")
    new = {"username": "kim", "password": PASSWORD, "name": "김의사", "department": "호흡기내과"}
    made = t.call("POST", "/api/auth/register-doctor/", new, expected=201)
    waiting = t.sign_in("kim")
    t.call("GET", "/api/auth/me/", token=waiting)
    t.call("GET", "/api/patients/", token=waiting, expected=403)
    body = {"user_ids": [made["id"]], "action": "approve"}
    t.call("POST", "/api/auth/bulk-approve/", body, token=admin)
    pair = t.call("POST", "/api/auth/token/", {"username": "kim", "password": PASSWORD})
    t.call("POST", "/api/auth/token/refresh/", {"refresh": pair["refresh"]})
    t.call("POST", "/api/auth/token/refresh/", {"refresh": pair["refresh"]}, expected=401)
    return admin, str(pair["access"])


def _classic(t: Transcript, admin: str, doctor: str) -> None:
    t.title("the classic layer: patients, the ML proxy, predictions, prescriptions")
    made = t.call("POST", "/api/patients/", PATIENT, token=doctor, expected=201)
    t.call("POST", "/api/patients/", PATIENT, token=doctor, expected=201)
    t.call("GET", "/api/patients/?search=길동&limit=1", token=doctor)
    t.call("GET", "/api/ml/schema/", token=doctor)
    asked = {"patient_id": made["id"], "model_name": "meso_xgb_v1", "data": [VALUES]}
    t.call("POST", "/api/ml/predict/", asked, token=doctor)
    t.call("GET", f"/api/predictions/?patient_id={made['id']}", token=doctor)
    delta = '{"ops": [{"insert": "하루 세 번\\n"}]}'
    written = {"title": "진해제", "content_delta": delta, "patient": made["id"]}
    t.call("POST", "/api/prescriptions/", written, token=doctor, expected=201)
    t.call("DELETE", f"/api/patients/{made['id']}/", token=doctor, expected=403)
    t.call("DELETE", f"/api/patients/{made['id']}/", token=admin, expected=204)
    t.call("GET", f"/api/patients/{made['id']}/", token=doctor, expected=404)


def _sync(t: Transcript, admin: str) -> None:
    t.title("the sync layer: push, the same again, a conflict, pull, a tombstone")
    model = t.call("GET", "/api/sync/", token=admin)["model"]
    someone = item("patient", PATIENT)
    figure = t.call("POST", "/api/ml/predict/", {"data": [VALUES]}, token=admin)["pred_proba"][0]
    sealed = assessment(someone["uuid"], model_sha256=model["sha256"], output_proba=figure)
    bad = item("assessment", {**sealed, "output_proba": 7})
    batch = {"device_id": "desk-1", "items": [someone, item("assessment", sealed), bad]}

    def push(*items: Any) -> Any:
        return t.call(
            "POST", "/api/sync/push/", {"device_id": "desk-1", "items": items}, token=admin
        )

    t.call("POST", "/api/sync/push/", batch, token=admin)
    t.call("POST", "/api/sync/push/", batch, token=admin)
    push({**someone, "base_version": 1, "payload": {"phone": "02-1"}})
    push({**someone, "base_version": 1, "payload": {"phone": "02-2"}})
    push({**someone, "base_version": 1, "payload": {"address": "부산"}})
    page = t.call("GET", "/api/sync/pull/?limit=2", token=admin)
    push({"kind": "patient", "uuid": someone["uuid"], "deleted": True, "version": 3})
    t.call("GET", f"/api/sync/pull/?cursor={page['next_cursor']}", token=admin)


def _refusals(t: Transcript, admin: str, running: Deployment) -> None:
    t.title("refusals: the key, the size, the form, the limits, the ML service gone and back")
    t.call("GET", "/ml/schema", expected=403)
    t.call("POST", "/api/sync/push/", b"x" * (9 * 1024 * 1024), token=admin, expected=413)
    t.call("POST", "/api/patients/", {**PATIENT, "birth_year": "1e3"}, token=admin, expected=400)
    for n in range(11):
        expected = 429 if n == 10 else 401
        t.call(
            "POST", "/api/auth/token/", {"username": "lee", "password": "guess"}, expected=expected
        )
    ml = running.processes["ml"]
    ml.terminate()
    ml.wait(30)
    t.call("POST", "/api/ml/predict/", {"data": [VALUES]}, token=admin, expected=502)
    with _again(running):
        t.call("POST", "/api/ml/predict/", {"data": [VALUES]}, token=admin)


@contextmanager
def _again(running: Deployment) -> Iterator[None]:
    """Start the ML service a second time."""
    ml = subprocess.Popen(gunicorn("ml"), env=running.environment, cwd=ROOT)
    try:
        wait_for(f"{running.address}/ml/health", verify=str(running.ca_file))
        yield
    finally:
        ml.terminate()
        ml.wait(30)


def main() -> None:
    """Deploy, walk through and write the transcript."""
    cluster = Cluster.start()
    if cluster is None:
        sys.exit("This needs PostgreSQL: make server-packages")
    try:
        with (
            tempfile.TemporaryDirectory() as folder,
            deployed(cluster.url, Path(folder)) as running,
        ):
            lines = tell(running)
    finally:
        cluster.stop()
    OUT.parent.mkdir(exist_ok=True)
    OUT.write_text("\n".join(lines).strip() + "\n", "utf-8")
    print(f"{OUT}: {sum(line.startswith('> ') for line in lines)} lines sent")


if __name__ == "__main__":
    main()
