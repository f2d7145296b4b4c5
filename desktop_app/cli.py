"""The command line: the window and the headless commands, thin over the same use cases."""

import argparse
import getpass
import json
import locale
import re
import shutil
import sys
import warnings
from collections.abc import Callable, Sequence
from dataclasses import asdict
from functools import partial
from itertools import pairwise
from pathlib import Path

from desktop_app import bootstrap
from desktop_app.application.ports import HealthFinding, HealthState
from desktop_app.cli_exchange import add_exchange_commands
from desktop_app.config import data_folder
from desktop_app.domain.clinic import Language
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.messages import describe
from desktop_app.gui.texts import set_language, tr

DONE, FAILED, WRONG_USAGE = 0, 1, 2
SMALLEST_WINDOW, LARGEST_WINDOW = (1280, 680), (7680, 4320)
_COUNT = re.compile("[0-9]{1,5}")
_LONGEST_PASSWORD = 4096
_STATE_KEYS = {
    HealthState.WHOLE: "cli.whole",
    HealthState.BROKEN: "cli.broken",
    HealthState.UNKNOWN: "cli.unknown",
}
_CHECK_KEYS = {
    "model": "cli.check_model",
    "cipher": "cli.check_cipher",
    "database": "cli.check_database",
    "integrity": "cli.check_integrity",
    "schema": "cli.check_schema",
    "audit": "cli.check_audit",
    "audit_head": "cli.check_audit_head",
    "vault": "cli.check_vault",
    "disk": "cli.check_disk",
}


def run(arguments: Sequence[str]) -> int:
    """Carry out one command line and return its exit code."""
    for stream in (sys.stdout, sys.stderr):
        if stream is not None and hasattr(stream, "reconfigure"):
            # A console that cannot show Korean shows question marks rather than a traceback.
            stream.reconfigure(errors="replace")
    set_language(_language(arguments))
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.demo and options.command is not _window:
        parser.error(tr("cli.demo_alone"))
    set_language(options.lang or _language(arguments))
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except AppError as error:
        message = describe(error)
        print(f"{message.text} {message.next_step}".strip(), file=sys.stderr)
        return FAILED
    except KeyboardInterrupt:
        return FAILED


def _language(arguments: Sequence[str]) -> str:
    """Return the language before the options are read: the option, the system's, else Korean."""
    for option, value in pairwise(arguments):
        if option == "--lang" and value in ("ko", "en"):
            return value
    system = locale.getlocale()[0] or ""
    return "en" if system.lower().startswith("en") else "ko"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mesodesk",
        description=tr("cli.description"),
        parents=[_common()],
        allow_abbrev=False,
    )
    parser.add_argument("--demo", action="store_true", help=tr("cli.demo"))
    parser.set_defaults(command=_window, data_dir=None, lang=None)
    # An abbreviated `--password` would take a password for the name of a file.
    add = partial(
        parser.add_subparsers(metavar="").add_parser, parents=[_common()], allow_abbrev=False
    )

    tour = add("tour", help=tr("cli.tour"))
    tour.add_argument("--out", type=_path, required=True, help=tr("cli.tour_out"))
    tour.add_argument(
        "--theme", choices=("light", "dark"), default="light", help=tr("cli.tour_theme")
    )
    tour.add_argument("--size", type=_size, default=(1366, 768), help=tr("cli.tour_size"))
    tour.set_defaults(command=_tour)

    score = add("score", help=tr("cli.score"))
    score.add_argument("source", metavar="IN.csv", type=_path, help=tr("cli.score_in"))
    score.add_argument(
        "-o", dest="target", metavar="OUT.csv", type=_path, required=True, help=tr("cli.score_out")
    )
    score.set_defaults(command=_score)

    selfcheck = add("selfcheck", help=tr("cli.selfcheck"))
    selfcheck.add_argument("--json", action="store_true", help=tr("cli.json"))
    _add_sign_in(selfcheck, is_required=False)
    selfcheck.set_defaults(command=_selfcheck)

    verify = add("verify-record", help=tr("cli.verify_record"))
    verify.add_argument("reference", metavar="RECORD", help=tr("cli.reference"))
    _add_sign_in(verify, is_required=True)
    verify.set_defaults(command=_verify_record)

    add_exchange_commands(add, _common, _add_sign_in, _path, _password)
    return parser


def _common() -> argparse.ArgumentParser:
    """Return what every command understands, before and after its name.

    Each parser needs its own: setting a default changes the option itself, and a command's default
    would then overrule what was said before its name.
    """
    common = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    common.add_argument(
        "--data-dir", type=_path, default=argparse.SUPPRESS, help=tr("cli.data_dir")
    )
    common.add_argument(
        "--lang", choices=("ko", "en"), default=argparse.SUPPRESS, help=tr("cli.language")
    )
    return common


def _add_sign_in(parser: argparse.ArgumentParser, *, is_required: bool) -> None:
    parser.add_argument("--login", required=is_required, help=tr("cli.login"))
    parser.add_argument("--password-file", metavar="FILE", help=tr("cli.password_file"))


def _path(text: str) -> Path:
    path = Path(text)
    try:
        path.exists()
    except (OSError, ValueError):  # too long, or signs that no name may hold
        is_possible = False
    else:
        # An empty one is a variable that was never set, not the folder one happens to be in.
        is_possible = bool(text)
    if not is_possible:
        raise argparse.ArgumentTypeError(tr("cli.no_path"))
    return path


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    if not (_COUNT.fullmatch(width) and _COUNT.fullmatch(height)):
        raise argparse.ArgumentTypeError(tr("cli.wrong_size"))
    size = int(width), int(height)
    for length, least, most in zip(size, SMALLEST_WINDOW, LARGEST_WINDOW, strict=True):
        if not least <= length <= most:
            raise argparse.ArgumentTypeError(tr("cli.wrong_size"))
    return size


def _window(options: argparse.Namespace) -> int:
    return bootstrap.open_window(
        data_folder(options.data_dir),
        language=Language(options.lang) if options.lang else None,
        is_demonstration=options.demo,
    )


def _tour(options: argparse.Namespace) -> int:
    return bootstrap.take_tour(
        options.out,
        data_folder=options.data_dir,
        language=options.lang or "ko",
        theme=options.theme,
        size=options.size,
    )


def _score(options: argparse.Namespace) -> int:
    summary = bootstrap.score_file(options.source, options.target)
    print(tr("cli.scored", **asdict(summary)))
    return DONE


def _selfcheck(options: argparse.Namespace) -> int:
    from desktop_app.application.diagnostics import (
        check_clinic,
        check_program,
        exit_code,
        unchecked_clinic,
    )

    entrance = bootstrap.assemble(data_folder(options.data_dir))
    free = shutil.disk_usage(_existing(entrance.data_folder)).free
    findings = check_program(
        vault=entrance.vault,
        store=entrance.store,
        load_model=entrance.model,
        free_megabytes=free // 2**20,
    )
    if options.login:
        findings += check_clinic(entrance, options.login, _password(options))
    elif entrance.has_clinic:
        findings += unchecked_clinic()
    if options.json:
        lines = [
            {"check": one.check, "state": one.state.value, "facts": dict(one.facts)}
            for one in findings
        ]
        print(json.dumps(lines, ensure_ascii=False, indent=2))
    else:
        for one in findings:
            print(f"{tr(_STATE_KEYS[one.state]):<12}{tr(_CHECK_KEYS[one.check])}  {_facts(one)}")
    return exit_code(findings)


def _facts(finding: HealthFinding) -> str:
    """Return what a check found: a sentence where there is one, else the plain facts."""
    facts = dict(finding.facts)
    if code := facts.pop("code", None):
        return describe(AppError(ErrorCode(code), **facts)).sentence
    if finding.state is HealthState.UNKNOWN:
        return tr("cli.needs_login")
    if facts.get("clinic") == "none":
        return tr("cli.facts_no_clinic")
    journal = facts.get("journal")
    if journal is not None:
        facts["journal"] = tr(f"cli.journal_{journal}")
    return tr(f"cli.facts_{finding.check}", language=None, **facts)


def _verify_record(options: argparse.Namespace) -> int:
    from desktop_app.application.assessments import verify_record
    from desktop_app.application.sign_in import sign_in

    entrance = bootstrap.assemble(data_folder(options.data_dir))
    session = sign_in(entrance, options.login, _password(options))
    try:
        found = verify_record(session, options.reference)
    finally:
        session.close()
    seal = "cli.seal_whole" if found.is_seal_whole else "cli.seal_broken"
    score = {None: "cli.score_other_model", True: "cli.score_equal", False: "cli.score_differs"}
    print(tr(seal, number=found.number))
    print(tr(score[found.is_score_equal]))
    return DONE if found.holds else FAILED


def _password(options: argparse.Namespace) -> str:
    """Read the password from a file, standard input or a prompt; never from an argument."""
    if options.password_file is None:
        return _asked_password(options.login)
    try:
        if options.password_file == "-":  # noqa: S105 - the customary name of standard input
            return sys.stdin.readline(_LONGEST_PASSWORD).rstrip("\r\n")
        # Editors of Windows begin a text with a mark.
        with Path(options.password_file).open(encoding="utf-8-sig") as file:
            return file.read(_LONGEST_PASSWORD).rstrip("\r\n")
    except (OSError, ValueError) as error:
        raise AppError(ErrorCode.FILE_NOT_FOUND) from error


def _asked_password(login: str) -> str:
    """Ask at the terminal; without one nobody could answer, or everybody would see it."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", getpass.GetPassWarning)
            return getpass.getpass(tr("cli.ask_password", login=login))
    except (getpass.GetPassWarning, EOFError) as error:
        raise AppError(ErrorCode.PASSWORD_NOT_ASKED) from error


def _existing(folder: Path) -> Path:
    """Return the folder or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder
