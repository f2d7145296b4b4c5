"""The headless commands as processes: exit codes, sentences in both languages, no traceback."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import pytest

from desktop_app import cli
from desktop_app.application.accounts import AccountDetails, create_account
from desktop_app.application.assessments import record_assessment
from desktop_app.application.audit_head import head_keeper
from desktop_app.application.first_run import ClinicPlan, create_clinic, open_clinic
from desktop_app.application.patients import register_patient
from desktop_app.application.sign_in import sign_in, sign_out
from desktop_app.bootstrap import assemble
from desktop_app.domain.account import FREE_SIGN_IN_FAILURES, Role
from desktop_app.domain.panel import Panel
from desktop_app.domain.recovery_key import recovery_groups
from desktop_app.gui.texts import Language, tr
from desktop_app.infrastructure.vault.key_wrapping import KdfCost
from tests.fakes.panels import TEXTS, good_entries
from tests.fakes.samples import sample_patient
from tests.fakes.vault import FakeSecretStore
from tests.integration.scoring_files import write_csv

ROOT = Path(__file__).resolve().parents[2]
CHEAP = KdfCost(passes=1, memory_kib=64, lanes=1)
PASSWORD = "gray-lamp-river"
LANGUAGES: tuple[Language, ...] = ("ko", "en")


def mesodesk(
    *arguments: str, typed: str = "", language: Language = "ko", start: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run the program; `start` is source that runs before it."""
    begin = f"{start}\nimport sys\nfrom desktop_app.cli import run\nsys.exit(run(sys.argv[1:]))"
    program = ["-c", begin] if start else ["-m", "desktop_app"]
    report = subprocess.run(
        [sys.executable, *program, "--lang", language, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
        input=typed,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )
    assert "Traceback" not in report.stderr, report.stderr
    return report


def mesodesk_into(
    output: IO[bytes], *arguments: str, folder: Path
) -> subprocess.CompletedProcess[str]:
    """Run the program with its output going somewhere, each line at once."""
    return subprocess.run(
        [sys.executable, "-u", "-m", "desktop_app", *arguments],
        cwd=ROOT,
        env={**os.environ, "MESODESK_DATA_DIR": str(folder)},
        stdout=output,
        stderr=subprocess.PIPE,
        text=True,
        timeout=100,
        check=False,
    )


def assert_refused(report: subprocess.CompletedProcess[str], key: str, language: Language) -> None:
    """Assert that a command ended with this sentence, in this language."""
    assert report.returncode == 1, report.stdout + report.stderr
    assert report.stderr.startswith(tr(key, language=language).rstrip(".")), report.stderr


@dataclass(frozen=True)
class Clinic:
    """A data folder with a doctor and one sealed assessment."""

    folder: Path
    number: str
    digest: str

    def copy(self, target: Path) -> Path:
        """Copy the folder, for damage."""
        return shutil.copytree(self.folder, target)


@pytest.fixture(scope="module")
def clinic(tmp_path_factory: pytest.TempPathFactory) -> Clinic:
    folder = tmp_path_factory.mktemp("clinic") / "data"
    entrance = assemble(folder, password_cost=CHEAP)
    new = create_clinic(entrance, ClinicPlan("가나다", "1", "최민재", "minjae", PASSWORD))
    groups = recovery_groups(new.recovery_key)
    open_clinic(entrance, new, {number: groups[number - 1] for number in new.proof_groups})
    admin = sign_in(entrance, "minjae", PASSWORD)
    create_account(admin, AccountDetails("haneul", "김하늘", frozenset({Role.DOCTOR})), PASSWORD)
    admin.close()
    doctor = sign_in(entrance, "haneul", PASSWORD)
    patient = register_patient(doctor, sample_patient().details)
    assessment = record_assessment(doctor, patient, Panel(entries=good_entries()))
    with doctor.unit_of_work() as work:
        _, digest = work.assessments.sealed_text(assessment.assessment_id)
    doctor.close()
    return Clinic(folder, assessment.number, digest)


def findings(report: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    """Return the state of each check that `selfcheck --json` printed."""
    return {one["check"]: one["state"] for one in json.loads(report.stdout)}


# -- usage


@pytest.mark.parametrize("language", LANGUAGES)
def test_help_speaks_the_language(language: Language) -> None:
    report = mesodesk("--help", language=language)
    assert report.returncode == 0
    assert tr("cli.description", language=language)[:20] in report.stdout


@pytest.mark.parametrize(
    "arguments",
    [
        ("score",),
        ("score", "in.csv"),
        ("nonsense",),
        ("tour", "--out", "x", "--size", "tiny"),
        ("tour", "--out", "x", "--size", "100x100"),
        ("tour", "--out", "x", "--size", "99999x99999"),
        ("tour", "--out", "x", "--theme", "pink"),
        ("--demo", "selfcheck"),
        ("selfcheck", "--data-dir", ""),
        ("selfcheck", "--data-dir", "x" * 5000),
        ("score", "x" * 5000, "-o", "out.csv"),
        ("tour", "--out", ""),
        ("score", "", "-o", "out.csv"),
        ("score", "in.csv", "-o", ""),
        ("--data-dir",),
        ("selfcheck", "--nonsense"),
        ("selfcheck", "--log", "x"),
        ("--lang", "fr", "selfcheck"),
        ("verify-record", "A-2026-0317-004"),
        ("transfer",),
        ("transfer", "export", "file.transfer"),
        ("transfer", "export", "x" * 5000, "--login", "x"),
        ("transfer", "receipt", "", "--login", "x"),
        ("sync", "now"),
        ("verify-record", "A-2026-0317-004", "--login", "x", "--password", "never-here"),
        ("selfcheck", "--password-file", "-"),
        ("selfcheck", "--json=yes"),
        ("score", "-", "-o", "out.csv"),
        ("score", "in.csv", "-o", "-"),
    ],
)
def test_wrong_usage_ends_with_2_and_a_korean_sentence(arguments: tuple[str, ...]) -> None:
    report = mesodesk(*arguments)
    assert report.returncode == 2
    assert report.stderr.startswith("사용법:")
    said = report.stderr.splitlines()[-1]
    assert any("가" <= char <= "힣" for char in said), said


@pytest.mark.parametrize("said", [("--lang", "en"), ("--lang=en",)])
def test_usage_and_help_speak_the_language_however_it_is_said(said: tuple[str, ...]) -> None:
    refused = mesodesk("score", *said)
    assert refused.stderr.startswith("usage:")
    assert "this is missing: IN.csv, -o" in refused.stderr
    assert "show this help" in mesodesk("score", *said, "--help").stdout


def test_what_is_said_before_a_commands_name_holds_for_it(clinic: Clinic) -> None:
    before = mesodesk("--data-dir", str(clinic.folder), "selfcheck", "--json")
    after = mesodesk("selfcheck", "--json", "--data-dir", str(clinic.folder))
    assert findings(before)["vault"] == "whole"
    assert set(findings(before)) == set(findings(after))


def test_the_language_said_before_a_commands_name_holds_for_it() -> None:
    for said in (("--lang", "en", "tour", "--out", "x"), ("tour", "--out", "x", "--lang", "en")):
        assert cli._parser(said).parse_args(said).lang == "en"


# -- what surrounds a command


@pytest.mark.skipif(os.name == "nt", reason="pipes end differently there")
@pytest.mark.parametrize(("arguments", "code"), [(("selfcheck", "--json"), 1), (("--help",), 0)])
def test_a_reader_who_leaves_is_no_traceback(
    arguments: tuple[str, ...], code: int, tmp_path: Path
) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "wb") as nobody:
        report = mesodesk_into(nobody, *arguments, folder=tmp_path / "nothing")
    assert (report.returncode, report.stderr) == (code, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device that is always full")
def test_a_full_disk_behind_the_output_is_a_sentence(tmp_path: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        arguments = ("--lang", "en", "selfcheck")
        report = mesodesk_into(full, *arguments, folder=tmp_path / "nothing")
    assert report.returncode == 1
    assert report.stderr.strip().startswith(tr("errors.disk_full", language="en"))
    assert len(report.stderr.splitlines()) == 1


@pytest.mark.skipif(os.name == "nt", reason="the present folder cannot be removed there")
@pytest.mark.parametrize("trouble", ["folder gone", "nobody's home"])
def test_a_data_folder_that_cannot_be_named_is_a_sentence(tmp_path: Path, trouble: str) -> None:
    chosen: tuple[str, ...] = ()
    if trouble == "folder gone":
        here = str(tmp_path / "here")
        start = f"import os\nos.mkdir({here!r})\nos.chdir({here!r})\nos.rmdir({here!r})"
        chosen = ("--data-dir", "data")
    else:
        start = (
            "import os, pathlib\nos.environ.pop('MESODESK_DATA_DIR', None)\n"
            "def home(): raise RuntimeError('Could not determine home directory.')\n"
            "pathlib.Path.home = home"
        )
    start = f"import sys\nsys.path.insert(0, {str(ROOT)!r})\n{start}"
    assert_refused(mesodesk("selfcheck", *chosen, start=start), "errors.folder_unknown", "ko")


@pytest.mark.skipif(os.name == "nt", reason="names are always text there")
def test_a_data_folder_whose_name_is_no_text_opens(clinic: Clinic, tmp_path: Path) -> None:
    folder = clinic.copy(tmp_path / os.fsdecode(b"\xff"))
    report = mesodesk(
        "selfcheck",
        *("--login", "haneul", "--password-file", "-", "--data-dir", str(folder)),
        typed=f"{PASSWORD}\n",
        start=work_at_the_window(folder),
    )
    assert report.returncode == 0, report.stdout + report.stderr


# -- selfcheck


def test_selfcheck_without_a_clinic_finds_the_program_whole(tmp_path: Path) -> None:
    report = mesodesk("selfcheck", "--json", "--data-dir", str(tmp_path / "nothing"))
    assert report.returncode == 0, report.stdout
    assert set(findings(report).values()) == {"whole"}
    assert not (tmp_path / "nothing").exists()


def test_selfcheck_does_not_claim_to_know_a_clinic_nobody_opened(clinic: Clinic) -> None:
    report = mesodesk("selfcheck", "--json", "--data-dir", str(clinic.folder))
    assert report.returncode == 2
    found = findings(report)
    assert {check for check, state in found.items() if state == "unknown"} == {
        "integrity",
        "schema",
        "audit",
        "audit_head",
    }
    assert {found["model"], found["cipher"], found["database"], found["vault"]} == {"whole"}


def work_at_the_window(folder: Path) -> str:
    """Come and go as at the window; return source that gives a program the key store's content."""
    store = FakeSecretStore()
    entrance = assemble(folder, password_cost=CHEAP, secrets=store)
    session = sign_in(entrance, "haneul", PASSWORD)
    head_keeper(entrance, session).keep(sign_out(session))
    return f"""
import keyring
from keyring.backend import KeyringBackend
class SystemKeyring(KeyringBackend):
    priority = 1
    def get_password(self, service, username):
        return {store.secrets!r}.get(username)
    set_password = None
SystemKeyring.__module__ = "keyring.backends.SecretService"
keyring.set_keyring(SystemKeyring())
"""


@pytest.mark.parametrize("language", LANGUAGES)
def test_selfcheck_signed_in_finds_a_clinic_whole(
    clinic: Clinic, tmp_path: Path, language: Language
) -> None:
    folder = clinic.copy(tmp_path / "data")
    start = work_at_the_window(folder)
    signed_in = ("--login", "haneul", "--password-file", "-", "--data-dir", str(folder))
    report = mesodesk(
        "selfcheck", *signed_in, typed=f"{PASSWORD}\n", language=language, start=start
    )
    assert report.returncode == 0, report.stdout + report.stderr
    for key in ("cli.check_audit", "cli.check_audit_head", "cli.whole"):
        assert tr(key, language=language) in report.stdout
    assert tr("cli.unknown", language=language) not in report.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_selfcheck_says_that_an_older_database_was_put_back(
    clinic: Clinic, tmp_path: Path, language: Language
) -> None:
    folder = clinic.copy(tmp_path / "data")
    start = work_at_the_window(folder)
    shutil.copy(clinic.folder / "clinic.db", folder / "clinic.db")
    signed_in = ("--login", "haneul", "--password-file", "-", "--data-dir", str(folder))
    report = mesodesk(
        "selfcheck", *signed_in, typed=f"{PASSWORD}\n", language=language, start=start
    )
    assert report.returncode == 1, report.stdout + report.stderr
    with_number = tr("errors.audit_head_missing_with", language=language, kept="#")
    assert with_number.split("#")[1] in report.stdout


@pytest.mark.parametrize("language", LANGUAGES)
def test_selfcheck_says_what_it_cannot_know_without_a_secure_key_store(
    clinic: Clinic, tmp_path: Path, language: Language
) -> None:
    folder = clinic.copy(tmp_path / "data")
    signed_in = ("--login", "haneul", "--password-file", "-", "--data-dir", str(folder))
    report = mesodesk("selfcheck", *signed_in, typed=f"{PASSWORD}\n", language=language)
    assert report.returncode == 2, report.stdout + report.stderr
    assert tr("errors.key_store_unavailable", language=language) in report.stdout
    states = [line.split("  ")[0] for line in report.stdout.splitlines()]
    assert tr("cli.broken", language=language) not in states


@pytest.mark.parametrize("language", LANGUAGES)
def test_selfcheck_says_in_words_what_is_wrong_and_what_it_cannot_know(
    clinic: Clinic, tmp_path: Path, language: Language
) -> None:
    folder = clinic.copy(tmp_path / "data")
    (folder / "clinic.db").write_bytes(b"SQLite format 3\0" + bytes(4096))
    report = mesodesk("selfcheck", "--data-dir", str(folder), language=language)
    assert tr("errors.database_not_encrypted", language=language) in report.stdout
    assert tr("cli.needs_login", language=language) in report.stdout


def test_selfcheck_finds_a_changed_page(clinic: Clinic, tmp_path: Path) -> None:
    folder = clinic.copy(tmp_path / "data")
    content = bytearray((folder / "clinic.db").read_bytes())
    content[len(content) // 2] ^= 1
    (folder / "clinic.db").write_bytes(content)
    signed_in = ("--login", "haneul", "--password-file", "-", "--data-dir", str(folder))
    report = mesodesk("selfcheck", "--json", *signed_in, typed=f"{PASSWORD}\n")
    assert report.returncode == 1
    assert findings(report)["integrity"] == "broken"
    assert (folder / "clinic.db").read_bytes() == bytes(content)


def test_selfcheck_finds_a_database_that_is_not_encrypted(clinic: Clinic, tmp_path: Path) -> None:
    folder = clinic.copy(tmp_path / "data")
    (folder / "clinic.db").write_bytes(b"SQLite format 3\0" + bytes(4096))
    report = mesodesk("selfcheck", "--json", "--data-dir", str(folder))
    assert report.returncode == 1
    assert findings(report)["database"] == "broken"


@pytest.mark.parametrize("damage", ["gone", "cut short"])
def test_selfcheck_says_that_only_an_earlier_vault_stands_in(
    clinic: Clinic, tmp_path: Path, damage: str
) -> None:
    folder = clinic.copy(tmp_path / "data")
    vault = folder / "vault.json"
    if damage == "gone":
        vault.unlink()
    else:
        vault.write_bytes(vault.read_bytes()[:100])
    report = mesodesk("selfcheck", "--json", "--data-dir", str(folder))
    assert report.returncode == 1
    assert findings(report)["vault"] == "broken"
    assert not report.stderr


@pytest.mark.parametrize(
    "content", [b"", b"\0\xff\xfe", b"{}", b'{"format": 99, "sha256": "", "vault": {}}']
)
def test_selfcheck_finds_a_vault_it_cannot_read(
    clinic: Clinic, tmp_path: Path, content: bytes
) -> None:
    folder = clinic.copy(tmp_path / "data")
    (folder / "vault.json").write_bytes(content)
    (folder / "vault.json.previous").unlink(missing_ok=True)
    report = mesodesk("selfcheck", "--json", "--data-dir", str(folder))
    assert report.returncode == 1
    assert findings(report)["vault"] == "broken"
    assert (folder / "vault.json").read_bytes() == content


def test_selfcheck_finds_a_swapped_model(tmp_path: Path) -> None:
    swapped = shutil.copytree(ROOT / "model_result", tmp_path / "model")
    with (swapped / "xgb_slim_features.joblib").open("ab") as file:
        file.write(b"\0")
    start = (
        "from pathlib import Path\nfrom desktop_app import bootstrap\n"
        f"bootstrap.model_folder = lambda: Path({str(swapped)!r})"
    )
    report = mesodesk("selfcheck", "--json", "--data-dir", str(tmp_path / "no"), start=start)
    assert report.returncode == 1
    assert findings(report)["model"] == "broken"
    given = tmp_path / "rows.csv"
    write_csv(given, [TEXTS])
    refused = mesodesk("score", str(given), "-o", str(tmp_path / "out.csv"), start=start)
    assert_refused(refused, "errors.model_changed", "ko")
    assert not (tmp_path / "out.csv").exists()


# -- verify-record


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_record_is_verified_by_number_and_by_digest(clinic: Clinic, language: Language) -> None:
    for reference in (clinic.number, clinic.digest):
        report = mesodesk(
            "verify-record",
            reference,
            *("--login", "haneul", "--password-file", "-", "--data-dir", str(clinic.folder)),
            typed=f"{PASSWORD}\n",
            language=language,
        )
        assert report.returncode == 0, report.stderr
        assert report.stdout.splitlines() == [
            tr("cli.seal_whole", language=language, number=clinic.number),
            tr("cli.score_equal", language=language),
        ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_unknown_record_is_a_sentence(clinic: Clinic, language: Language) -> None:
    report = mesodesk(
        "verify-record",
        "A-1999-0101-001",
        *("--login", "haneul", "--password-file", "-", "--data-dir", str(clinic.folder)),
        typed=f"{PASSWORD}\n",
        language=language,
    )
    assert_refused(report, "errors.not_found", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_wrong_password_is_a_sentence(clinic: Clinic, tmp_path: Path, language: Language) -> None:
    folder = clinic.copy(tmp_path / "data")
    file = tmp_path / "password"
    file.write_text("not-the-password\n")
    for login in ("haneul", "nobody"):
        report = mesodesk(
            "verify-record",
            clinic.number,
            *("--login", login, "--password-file", str(file), "--data-dir", str(folder)),
            language=language,
        )
        assert_refused(report, "errors.wrong_credentials", language)


# -- records to the server


def typed_in(clinic: Clinic, login: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a command that somebody signs in for."""
    signed_in = ("--login", login, "--password-file", "-", "--data-dir", str(clinic.folder))
    return mesodesk(*arguments, *signed_in, typed=f"{PASSWORD}\n", language="en")


def test_sync_says_how_records_stand_and_why_none_can_go(clinic: Clinic) -> None:
    stands = typed_in(clinic, "haneul", "sync")
    assert stands.returncode == 0
    assert stands.stdout.startswith("2 waiting, 0 confirmed")
    assert_refused(typed_in(clinic, "haneul", "sync", "--once"), "errors.server_not_set", "en")
    nobody = mesodesk("sync", "--data-dir", str(clinic.folder), language="en")
    assert_refused(nobody, "errors.not_signed_in", "en")


def test_a_transfer_begins_with_the_keys_of_this_computer(clinic: Clinic, tmp_path: Path) -> None:
    early = typed_in(clinic, "haneul", "transfer", "export", str(tmp_path))
    assert_refused(early, "errors.workstation_not_enrolled", "en")
    doctor = typed_in(clinic, "haneul", "transfer", "enrol", str(tmp_path))
    assert_refused(doctor, "errors.role_not_allowed", "en")
    made = typed_in(clinic, "minjae", "transfer", "enrol", str(tmp_path))
    assert made.returncode == 0, made.stderr
    assert [one.name for one in tmp_path.iterdir()] == ["mesodesk.enrolment"]
    assert "mesodesk.enrolment" in made.stdout
    again = typed_in(clinic, "minjae", "transfer", "enrol", str(tmp_path))
    assert "mesodesk-2.enrolment" in again.stdout
    assert len(list(tmp_path.iterdir())) == 2
    answer = typed_in(clinic, "minjae", "transfer", "answer", str(tmp_path / "mesodesk.enrolment"))
    assert_refused(answer, "errors.transfer_not_ours", "en")


@pytest.mark.parametrize(
    ("content", "key"),
    [(None, "errors.file_not_found"), (b"\xff\xfe\xff", "errors.password_unreadable")],
)
def test_a_password_file_that_cannot_be_read_is_a_sentence(
    clinic: Clinic, tmp_path: Path, content: bytes | None, key: str
) -> None:
    file = tmp_path / "password"
    if content is not None:
        file.write_bytes(content)
    report = mesodesk(
        "selfcheck",
        *("--login", "haneul", "--password-file", str(file), "--data-dir", str(clinic.folder)),
    )
    assert_refused(report, key, "ko")


def test_a_password_from_a_closed_standard_input_is_a_sentence(clinic: Clinic) -> None:
    signed_in = ("--login", "haneul", "--password-file", "-", "--data-dir", str(clinic.folder))
    report = mesodesk("selfcheck", *signed_in, start="import sys\nsys.stdin = None")
    assert_refused(report, "errors.password_not_asked", "ko")


@pytest.mark.parametrize("language", LANGUAGES)
def test_after_failures_a_command_waits_and_then_signs_in(
    clinic: Clinic, tmp_path: Path, language: Language
) -> None:
    """Each command is a program of its own: one that did not wait could never sign in again."""
    folder = clinic.copy(tmp_path / "data")
    entrance = assemble(folder, password_cost=CHEAP)
    for _ in range(FREE_SIGN_IN_FAILURES):
        entrance.guard.note_failure("haneul")
    start = (
        "import time\npassed, monotonic = [], time.monotonic\ntime.sleep = passed.append\n"
        "time.monotonic = lambda: monotonic() + sum(passed)"
    )
    report = mesodesk(
        "verify-record",
        clinic.number,
        *("--login", " Haneul", "--password-file", "-", "--data-dir", str(folder)),
        typed=f"{PASSWORD}\n",
        language=language,
        start=start,
    )
    assert report.returncode == 0, report.stderr
    assert report.stderr.strip() == tr("cli.waits", language=language, n=30)


def test_a_password_file_of_a_windows_editor_opens(clinic: Clinic, tmp_path: Path) -> None:
    file = tmp_path / "password"
    file.write_bytes(b"\xef\xbb\xbf" + f"{PASSWORD}\r\n".encode())
    signed_in = ("--login", "haneul", "--password-file", str(file))
    report = mesodesk("verify-record", clinic.number, *signed_in, "--data-dir", str(clinic.folder))
    assert report.returncode == 0, report.stderr


@pytest.mark.skipif(not Path("/dev/zero").exists(), reason="a file without end")
def test_a_password_file_without_end_is_a_wrong_password(clinic: Clinic, tmp_path: Path) -> None:
    folder = clinic.copy(tmp_path / "data")
    signed_in = ("--login", "haneul", "--password-file", "/dev/zero", "--data-dir", str(folder))
    assert_refused(mesodesk("selfcheck", *signed_in), "errors.wrong_credentials", "ko")


@pytest.mark.parametrize("language", LANGUAGES)
def test_without_a_terminal_it_is_said_how_to_give_the_password(
    clinic: Clinic, language: Language
) -> None:
    signed_in = ("--login", "haneul", "--data-dir", str(clinic.folder))
    start = "import getpass\ngetpass.getpass = getpass.fallback_getpass"
    report = mesodesk("selfcheck", *signed_in, language=language, start=start)
    assert_refused(report, "errors.password_not_asked", language)


@pytest.mark.skipif(os.name == "nt", reason="arguments of Windows are always text")
@pytest.mark.parametrize("place", ["login", "password"])
def test_bytes_that_are_no_text_are_a_wrong_password(
    clinic: Clinic, tmp_path: Path, place: str
) -> None:
    folder = clinic.copy(tmp_path / "data")
    login = os.fsdecode(b"\xff") if place == "login" else "haneul"
    start = (
        "import io, sys\n"
        "sys.stdin = io.TextIOWrapper(io.BytesIO(b'\\xff'), 'utf-8', 'surrogateescape')"
    )
    signed_in = ("--login", login, "--password-file", "-", "--data-dir", str(folder))
    report = mesodesk("selfcheck", *signed_in, start=start)
    assert_refused(report, "errors.wrong_credentials", "ko")


def test_nothing_typed_is_a_wrong_password(clinic: Clinic, tmp_path: Path) -> None:
    folder = clinic.copy(tmp_path / "data")
    signed_in = ("--login", "haneul", "--password-file", "-", "--data-dir", str(folder))
    assert_refused(mesodesk("selfcheck", *signed_in), "errors.wrong_credentials", "ko")


def test_a_folder_without_a_clinic_has_no_records_and_gets_none(tmp_path: Path) -> None:
    folder = tmp_path / "nothing"
    report = mesodesk(
        "verify-record",
        "A-2026-0317-004",
        *("--login", "haneul", "--password-file", "-", "--data-dir", str(folder)),
        typed=f"{PASSWORD}\n",
    )
    assert_refused(report, "errors.vault_missing", "ko")
    assert not folder.exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ("selfcheck",),
        ("verify-record", "A-2026-0317-004", "--login", "haneul", "--password-file", "-"),
        ("tour", "--out", "unused"),
    ],
)
def test_a_data_folder_that_is_a_file_is_a_sentence(
    tmp_path: Path, arguments: tuple[str, ...]
) -> None:
    file = tmp_path / "file"
    file.write_text("")
    report = mesodesk(*arguments, "--data-dir", str(file), typed="x\n")
    assert_refused(report, "errors.folder_read_only", "ko")


# -- score


@pytest.mark.parametrize("language", LANGUAGES)
def test_score_says_how_many_rows_got_which_answer(tmp_path: Path, language: Language) -> None:
    given, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    write_csv(given, [TEXTS, {"age": "nonsense"}])
    report = mesodesk("score", str(given), "-o", str(out), language=language)
    assert report.returncode == 0, report.stderr
    assert "2행 가운데 1행" in report.stdout or "1 of 2 rows" in report.stdout
    assert len(out.read_text("utf-8-sig").splitlines()) == 3


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("content", "key"),
    [
        (None, "errors.file_not_found"),
        (b"", "errors.file_empty"),
        (bytes(range(256)) * 40, "errors.file_not_text"),
        (b"one,two\n1,2\n", "errors.file_wrong_columns"),
    ],
)
def test_a_file_that_cannot_be_scored_is_a_sentence(
    tmp_path: Path, content: bytes | None, key: str, language: Language
) -> None:
    given, out = tmp_path / "rows.csv", tmp_path / "out.csv"
    if content is not None:
        given.write_bytes(content)
    report = mesodesk("score", str(given), "-o", str(out), language=language)
    assert_refused(report, key, language)
    assert not out.exists()


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_folder_that_a_program_copies_to_a_cloud_is_refused(
    tmp_path: Path, language: Language
) -> None:
    folder = tmp_path / "OneDrive" / "MesoDesk"
    report = mesodesk("selfcheck", "--data-dir", str(folder), language=language)
    assert_refused(report, "errors.folder_not_local", language)
    assert not folder.exists()
