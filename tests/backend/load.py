"""`python -m tests.backend.load`: the speed of the server, into build/server-load.json."""

import http.client
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.backend.deployment import ML_KEY, ROOT, Deployment, deployed, manage
from tests.backend.growth import LISTING, ROWS, Person, growth
from tests.backend.postgres import Cluster
from tests.backend.samples import PATIENT, VALUES, assessment, item

PASSWORD = "a-long-password-27"
# So many that no person meets the ML service's limit of 30 a minute on a quick machine.
PEOPLE = 600
# As many as one call registers.
REGISTERED = 200
ASSESSMENTS, CLASSIC = 10_000, 300
PULLED = 100_000

Call = Callable[[], Any]


class Client:
    """A client without a library between, so that the server is what is measured."""

    def __init__(self, running: Deployment, token: str = "") -> None:
        self.token = token
        self.port = int(running.environment["API_BIND"].rpartition(":")[2])
        self.headers = {
            "Content-Type": "application/json",
            "X-Forwarded-Proto": "https",
            "Authorization": f"Bearer {token}",
        }

    def call(self, method: str, path: str, body: Any = None) -> Any:
        """Call and return the answer, which must be well."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        payload = None if body is None else json.dumps(body)
        connection.request(method, path, payload, self.headers)
        response = connection.getresponse()
        raw = response.read()
        connection.close()
        if response.status >= 300:
            raise RuntimeError(f"{method} {path}: {response.status} {raw[:200]!r}")
        return json.loads(raw)


def sign_in(running: Deployment, name: str) -> Client:
    """Sign a person in."""
    pair = Client(running).call(
        "POST", "/api/auth/token/", {"username": name, "password": PASSWORD}
    )
    return Client(running, pair["access"])


def make_people(running: Deployment) -> list[str]:
    """Make an administrator and the doctors of the load."""
    environment = {**running.environment, "DJANGO_SUPERUSER_PASSWORD": PASSWORD}
    command = ("createsuperuser", "--no-input", "--username", "chief", "--email", "a@b.kr")
    manage(environment, *command)
    chief = sign_in(running, "chief")
    names = [f"person-{n}" for n in range(PEOPLE)]
    users = [{"username": n, "password": PASSWORD, "role": "DOCTOR"} for n in names]
    for some in batches(users, REGISTERED):
        chief.call("POST", "/api/auth/register-bulk/", {"users": some})
    return names


def timed(call: Call) -> float:
    """Return how long a call took, in seconds."""
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def pushing(running: Deployment) -> dict[str, float]:
    """Compare 10,000 pushed assessments with as many classic calls (a part, scaled up)."""
    chief = sign_in(running, "chief")
    someone = item("patient", {**PATIENT, "notes": str(uuid.uuid4())})
    number = push(chief, [someone])[0]["id"]
    body = {"patient_id": number, "output_label": 1, "input_data": VALUES}

    def post(n: int) -> Any:
        return chief.call("POST", "/api/predictions/", {**body, "output_proba": 0.4 + n / 1e6})

    classic = timed(lambda: [post(n) for n in range(CLASSIC)]) / CLASSIC
    items = [item("assessment", assessment(someone["uuid"])) for _ in range(ASSESSMENTS)]
    pushed = timed(lambda: [push(chief, b) for b in batches(items, 1000)])
    return {
        "classic_10000_seconds": classic * ASSESSMENTS,
        "push_10000_seconds": pushed,
        "ratio": classic * ASSESSMENTS / pushed,
    }


def batches(items: list[Any], size: int) -> list[list[Any]]:
    """Cut a list."""
    return [items[i : i + size] for i in range(0, len(items), size)]


def push(client: Client, items: list[Any]) -> list[Any]:
    """Push a batch; every item must be new."""
    results: list[Any] = client.call("POST", "/api/sync/push/", {"device_id": "d", "items": items})[
        "results"
    ]
    if {r["status"] for r in results} != {"created"}:
        raise RuntimeError(str(results[:2]))
    return results


def memory_of(running: Deployment) -> float:
    """Return the MiB that the REST server's largest worker holds."""
    master = running.processes["api"].pid
    listing = subprocess.run(
        ["ps", "--ppid", str(master), "-o", "rss="], capture_output=True, text=True, check=True
    )
    return max(map(int, listing.stdout.split())) / 1024


def pulling(running: Deployment) -> dict[str, float]:
    """Pull 100,000 records and watch the workers' memory."""
    chief = sign_in(running, "chief")
    someone = item("patient", {**PATIENT, "notes": str(uuid.uuid4())})
    push(chief, [someone])
    for _ in range((PULLED - ASSESSMENTS) // 1000):
        push(chief, [item("assessment", assessment(someone["uuid"])) for _ in range(1000)])
    cursor, count, memory = "", 0, []
    start = time.perf_counter()
    while True:
        page = chief.call("GET", f"/api/sync/pull/?limit=1000&cursor={cursor}")
        cursor, count = page["next_cursor"], count + len(page["items"])
        memory.append(memory_of(running))
        if not page["has_more"]:
            break
    return {
        "records": count,
        "seconds": time.perf_counter() - start,
        "worker_mib_after_10_pages": memory[min(10, len(memory) - 1)],
        "worker_mib_at_the_end": memory[-1],
    }


def predicting(running: Deployment) -> dict[str, float]:
    """Compare a prediction through both services with the ML service alone."""
    alone = Client(running)
    alone.port = int(running.environment["ML_BIND"].rpartition(":")[2])
    alone.headers |= {"Authorization": f"Bearer {ML_KEY}"}
    body = {"data": [VALUES]}
    both: list[float] = []
    one: list[float] = []
    for n in range(10):
        person = sign_in(running, f"person-{n}")
        alone.headers["X-Rate-Limit-User"] = str(1000 + n)
        for _ in range(25):
            both.append(timed(lambda: person.call("POST", "/api/ml/predict/", body)))  # noqa: B023 - called at once
            one.append(timed(lambda: alone.call("POST", "/predict", body)))
    middle = statistics.median
    return {
        "flask_p50_ms": middle(one) * 1000,
        "django_flask_p50_ms": middle(both) * 1000,
        "ratio": middle(both) / middle(one),
    }


def with_patients(running: Deployment, names: list[str]) -> list[Person]:
    """Sign the doctors of the load in and give them patients."""
    people = []
    for n, name in enumerate(names):
        client = sign_in(running, name)
        wanted = ROWS if n < LISTING else 1
        patients = [item("patient", {**PATIENT, "name": f"환자 {k}"}) for k in range(wanted)]
        push(client, patients)
        people.append(Person(name, PASSWORD, client.token, patients[0]["uuid"]))
    return people


def main() -> None:
    """Measure all and write the figures."""
    figures: dict[str, Any] = {}
    cluster = Cluster.start()
    if cluster is None:
        sys.exit("This needs PostgreSQL: make server-packages")
    try:
        with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
            deployments = {
                workers: stack.enter_context(
                    deployed(cluster.url, made(Path(folder, str(workers))), workers=workers)
                )
                for workers in (1, 2, 4)
            }
            usual = deployments[4]
            names = make_people(usual)
            figures["predict"] = predicting(usual)
            figures["growth"] = growth(
                deployments, cluster, with_patients(usual, names), Path(folder)
            )
            figures["push on PostgreSQL"] = pushing(usual)
            figures["pull on PostgreSQL"] = pulling(usual)
            place = made(Path(folder, "sqlite"))
            with deployed(f"sqlite:///{place}/db.sqlite3", place, workers=2) as running:
                make_people(running)
                figures["push on SQLite"] = pushing(running)
    finally:
        cluster.stop()
    figures["peak_mib_of_this_client"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    out = ROOT / "build" / "server-load.json"
    out.parent.mkdir(exist_ok=True)
    out.write_text(json.dumps(figures, indent=1), "utf-8")
    print(json.dumps(figures, indent=1))


def made(folder: Path) -> Path:
    """Make a folder and return it."""
    folder.mkdir()
    return folder


if __name__ == "__main__":
    main()
