"""The import contracts hold for this tree, and each planted violation breaks one."""

import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]

UNDER_TYPE_CHECKING = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    {}\n"
INSIDE_A_FUNCTION = "def _later() -> None:\n    {}\n"

# file, planted source, contract that must break
VIOLATIONS = {
    "the domain imports Qt": ("domain/patient.py", "import PySide6.QtCore", "domain"),
    "the domain imports a use case": (
        "domain/patient.py",
        "import desktop_app.application",
        "house",
    ),
    "the domain imports the configuration": (
        "domain/units.py",
        "import desktop_app.config",
        "house",
    ),
    "a use case imports SQLAlchemy": ("application/ports.py", "import sqlalchemy", "use-cases"),
    "a use case imports an adapter": (
        "application/ports.py",
        "import desktop_app.infrastructure.storage",
        "house",
    ),
    "a use case imports the model": ("application/ports.py", "import risk_model", "use-cases"),
    "a use case imports Qt for its types": (
        "application/ports.py",
        UNDER_TYPE_CHECKING.format("from PySide6.QtCore import QObject"),
        "use-cases",
    ),
    "a screen imports joblib inside a function": (
        "gui/result/presenter.py",
        INSIDE_A_FUNCTION.format("import joblib"),
        "window",
    ),
    "a screen imports numpy": ("gui/result/view.py", "import numpy", "window"),
    "a screen imports the model": ("gui/result/presenter.py", "import risk_model.bundle", "window"),
    "a screen imports another screen": (
        "gui/result/presenter.py",
        "import desktop_app.gui.patients.view",
        "screens",
    ),
    "a screen imports the main window for its types": (
        "gui/patients/presenter.py",
        UNDER_TYPE_CHECKING.format("import desktop_app.gui.main_window"),
        "screens",
    ),
    "a widget imports a screen": (
        "gui/widgets/__init__.py",
        "import desktop_app.gui.result.view",
        "screens",
    ),
    "the window imports an adapter": (
        "gui/application.py",
        "import desktop_app.infrastructure.storage",
        "house",
    ),
    "an adapter imports its sibling": (
        "infrastructure/storage/__init__.py",
        "import desktop_app.infrastructure.vault",
        "adapters",
    ),
    "an adapter imports another's library": (
        "infrastructure/vault/__init__.py",
        "import sqlalchemy",
        "vault",
    ),
    "an adapter imports a use case": (
        "infrastructure/storage/__init__.py",
        "import desktop_app.application.patients",
        "storage",
    ),
    "storage imports the model": (
        "infrastructure/storage/__init__.py",
        "import risk_model",
        "storage",
    ),
    "the command line imports the server": ("cli.py", "import backend", "composition"),
    "a screen has no place": ("gui/nowhere/__init__.py", "", "screens"),
    "an adapter has no place": ("infrastructure/nowhere/__init__.py", "", "adapters"),
    "a module has no layer": ("nowhere.py", "", "house"),
    "the model imports the program": ("../risk_model/scorer.py", "import desktop_app", "model"),
    "the model imports Qt": ("../risk_model/scorer.py", "import PySide6", "model"),
    "the model imports the server": ("../risk_model/scorer.py", "import backend", "model"),
    "the REST server imports the model": (
        "../backend/django_api/sync/rescoring.py",
        INSIDE_A_FUNCTION.format("import risk_model.scorer"),
        "rest-server",
    ),
    "the ML service imports Django": ("../backend/flask_ml/app.py", "import django", "ml-service"),
    "the server imports the program": (
        "../backend/flask_ml/config.py",
        UNDER_TYPE_CHECKING.format("import desktop_app.config"),
        "server",
    ),
    "a selector imports a service": (
        "../backend/django_api/patients/selectors.py",
        "import backend.django_api.patients.services",
        "server-layers",
    ),
    "an app imports one that builds on it": (
        "../backend/django_api/patients/services.py",
        "import backend.django_api.sync.services",
        "server-apps",
    ),
}


@pytest.fixture
def tree(tmp_path: Path) -> Path:
    """Copy what import-linter reads."""
    without_caches = shutil.ignore_patterns("__pycache__")
    for folder in CONTRACTS["root_packages"]:
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=without_caches)
    for file in ("pyproject.toml", "tests/architecture/contracts.py"):
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / file, tmp_path / file)
    return tmp_path


def broken_contracts(tree: Path) -> set[str]:
    """Run import-linter and return the ids of the contracts that it found broken."""
    script = "import sys; from importlinter.cli import lint_imports_command as run; run()"
    report = subprocess.run(
        [sys.executable, "-c", script, "--no-cache"],
        cwd=tree,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert re.search(r"Contracts: \d+ kept, \d+ broken", report.stdout), report.stdout
    one_line = " ".join(report.stdout.split())
    broken = {c["id"] for c in CONTRACTS["contracts"] if f"{c['name']} BROKEN" in one_line}
    assert (report.returncode != 0) == bool(broken), report.stdout
    return broken


def test_this_tree_keeps_every_contract(tree: Path) -> None:
    assert broken_contracts(tree) == set()


@pytest.mark.parametrize("story", VIOLATIONS)
def test_a_planted_violation_breaks_its_contract(tree: Path, story: str) -> None:
    file, source, contract = VIOLATIONS[story]
    target = tree / "desktop_app" / file
    target.parent.mkdir(exist_ok=True)
    with target.open("a", encoding="utf-8") as module:
        module.write(f"\n{source}\n")
    assert contract in broken_contracts(tree)


def test_every_violation_is_planted_in_a_module_that_exists() -> None:
    for file, source, _ in VIOLATIONS.values():
        assert not source or (ROOT / "desktop_app" / file).exists(), file


def test_no_import_is_ignored() -> None:
    assert not [c["id"] for c in CONTRACTS["contracts"] if "ignore_imports" in c]


def test_every_top_level_package_is_under_contract() -> None:
    without_code_of_ours = {"tests", "packaging"}
    found = {
        path.name
        for path in ROOT.iterdir()
        if path.is_dir() and path.name.isidentifier() and any(path.rglob("*.py"))
    }
    generated = {"build", "dist"}
    assert found - without_code_of_ours - generated == set(CONTRACTS["root_packages"])


def test_every_part_of_the_program_has_a_row_of_allowed_imports() -> None:
    rows = {m for c in CONTRACTS["contracts"] if c["type"] == "imports_only" for m in c["modules"]}
    folder = ROOT / "desktop_app"
    parts = {f"desktop_app.{path.stem}" for path in folder.glob("[a-z_]*.py")}
    parts |= {f"desktop_app.{path.parent.name}" for path in folder.glob("*/__init__.py")}
    parts |= {
        f"desktop_app.infrastructure.{path.parent.name}"
        for path in folder.glob("infrastructure/*/__init__.py")
    }
    parts |= {"risk_model", "backend.django_api", "backend.flask_ml"}
    assert parts - {"desktop_app.__init__", "desktop_app.infrastructure"} == rows
