"""The compose file and the image, as far as they can be held without an engine."""

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.backend.deployment import DEPLOY, ROOT, environment_of

COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text("utf-8"))
OURS = {name: s for name, s in COMPOSE["services"].items() if "build" in s}
DOCKERFILE = (DEPLOY / "Dockerfile").read_text("utf-8")
COPIED = [
    name
    for line in re.findall(r"^COPY (.+)$", DOCKERFILE, re.MULTILINE)
    for name in shlex.split(line)[:-1]
]


def variables_that_the_code_reads() -> set[str]:
    """Return what stands in quotes and capitals in the services and their gunicorn files."""
    texts = [file.read_text("utf-8") for file in (ROOT / "backend").rglob("*.py")]
    return set(re.findall(r'"([A-Z][A-Z0-9_]+)"', "\n".join(texts)))


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Lay out what the image's COPY lines bring."""
    folder = tmp_path_factory.mktemp("image")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(source, folder)
    return folder


def test_the_file_is_valid_compose() -> None:
    schema = json.loads(Path(__file__).with_name("compose-spec.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(schema)
    errors = [error.message for error in jsonschema.Draft7Validator(schema).iter_errors(COMPOSE)]
    assert errors == []
    broken = {**COMPOSE, "services": {"api": {"prots": []}}}
    assert not jsonschema.Draft7Validator(schema).is_valid(broken)


def test_what_one_part_names_another_declares() -> None:
    assert set(COMPOSE["services"]) == {"database", "migrate", "ml", "api"}
    for name, service in COMPOSE["services"].items():
        assert set(service.get("depends_on", {})) <= set(COMPOSE["services"]), name
        assert set(service.get("secrets", [])) <= set(COMPOSE["secrets"]), name
        for mounted in service.get("volumes", []):
            assert mounted.partition(":")[0] in COMPOSE["volumes"], name
        for file in service.get("env_file", []):
            assert (DEPLOY / f"{file}.example").is_file(), file
    assert (DEPLOY / OURS["api"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / OURS["api"]["build"]["dockerfile"]).is_file()


def test_only_loopback_reaches_the_rest_server_and_nothing_else_is_open() -> None:
    ports = {name: s["ports"] for name, s in COMPOSE["services"].items() if "ports" in s}
    assert ports == {"api": ["127.0.0.1:8000:8000"]}
    assert OURS["api"]["environment"]["API_BIND"].endswith(":8000")
    ml_port = OURS["ml"]["environment"]["ML_BIND"].rpartition(":")[2]
    assert OURS["api"]["environment"]["ML_BASE_URL"] == f"http://ml:{ml_port}"


def test_every_variable_is_one_that_the_code_reads() -> None:
    known = variables_that_the_code_reads()
    for name, service in OURS.items():
        assert set(service.get("environment", {})) <= known, name
    for example in (DEPLOY / "env").glob("*.example"):
        stated = re.findall(r"^(?:# )?([A-Z][A-Z_]+)=", example.read_text("utf-8"), re.MULTILINE)
        assert stated
        assert set(stated) - {"DJANGO_SETTINGS_MODULE"} <= known, example.name


def test_the_image_takes_the_locked_wheels_and_no_secret() -> None:
    assert all((ROOT / name).exists() for name in COPIED)
    install = re.search(r"^RUN pip install (.+)$", DOCKERFILE, re.MULTILINE)
    assert install
    assert {"--require-hashes", "--no-deps", "requirements.lock"} <= set(shlex.split(install[1]))
    ignored = (DEPLOY / "Dockerfile.dockerignore").read_text("utf-8").splitlines()
    assert ignored[1] == "*"
    assert [line[1:] for line in ignored if line.startswith("!")] == COPIED
    assert ignored.index("backend/deploy/env") > ignored.index("!backend")


def test_the_commands_run_in_what_the_image_holds(image: Path, tmp_path: Path) -> None:
    environment = environment_of(f"sqlite:///{tmp_path}/db.sqlite3", 9000) | {
        "STATIC_ROOT": str(tmp_path / "static"),
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
    }
    for name, service in OURS.items():
        command = service["command"]
        if name != "migrate":
            assert command.startswith("gunicorn --config backend/deploy/gunicorn/")
            command += " --check-config"
        done = subprocess.run(
            shlex.split(command), cwd=image, env=environment, capture_output=True, text=True,
            check=False,
        )  # fmt: skip  # one call
        assert done.returncode == 0, (name, done.stderr)
    assert (tmp_path / "static" / "admin").is_dir()
    where = "import backend, risk_model; print(backend.__file__, risk_model.__file__)"
    printed = subprocess.run(
        [sys.executable, "-c", where], cwd=image, env=environment, capture_output=True, text=True,
        check=True,
    )  # fmt: skip  # one call
    assert all(path.startswith(str(image)) for path in printed.stdout.split())


def test_a_container_writes_only_where_it_may() -> None:
    for name, service in OURS.items():
        assert service["read_only"], name
        writable = [*service["tmpfs"], *(v.partition(":")[2] for v in service.get("volumes", []))]
        paths = [v for k, v in service.get("environment", {}).items() if k == "RELOAD_STAMP"]
        assert all(any(path.startswith(folder) for folder in writable) for path in paths), name
    assert "/var/lib/mesodesk/static" in DOCKERFILE
    example = (DEPLOY / "env" / "api.env.example").read_text("utf-8")
    assert "STATIC_ROOT=/var/lib/mesodesk/static" in example
