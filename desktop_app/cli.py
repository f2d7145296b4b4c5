"""The command line: the window and the headless commands, thin over the same use cases."""

import argparse
import json
import locale
import logging
import os
import re
import shutil
import sys
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import asdict
from functools import partial
from pathlib import Path
from typing import TextIO

from desktop_app import bootstrap
from desktop_app.application.ports import HealthFinding, HealthState
from desktop_app.cli_entrance import (
    add_sign_in,
    chosen_folder,
    entrance_of,
    read_password,
    signed_in,
    wait_for_turn,
)
from desktop_app.cli_parser import Parser, common_options, read_path
from desktop_app.domain.clinic import Language
from desktop_app.domain.errors import AppError, ErrorCode, is_disk_full
from desktop_app.gui.messages import describe
from desktop_app.gui.texts import set_language, tr

DONE, FAILED = 0, 1
SMALLEST_WINDOW, LARGEST_WINDOW = (1280, 680), (7680, 4320)
_SAID_LANGUAGE = re.compile(r"(?<![^\0])--lang[=\0](ko|en)(?![^\0])")
_COUNT = re.compile("[0-9]{1,5}")
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
    # The window logs to a file; at the terminal a person gets sentences, and codes are none.
    logging.getLogger("desktop_app").addHandler(logging.NullHandler())
    try:
        try:
            return _run(arguments)
        finally:
            if sys.stdout is not None:
                sys.stdout.flush()
    except OSError as error:
        # The reader left, the disk behind the output is full, a device failed. What is still to be
        # written must go nowhere, or the interpreter's own end would fail on it.
        _redirect_to_nothing(sys.stdout)
        return _fail(_refusal_of(error))


def _run(arguments: Sequence[str]) -> int:
    language = _language(arguments)
    set_language(language)
    parser = _parser(arguments)
    options = parser.parse_args(arguments)
    language = options.lang or language
    set_language(language)
    if options.demo and options.command is not _window:
        parser.error(tr("cli.demo_alone"))
    if getattr(options, "password_file", None) is not None and options.login is None:
        parser.error(tr("cli.password_without_login"))
    command: Callable[[argparse.Namespace], int] = options.command
    try:
        return command(options)
    except AppError as error:
        # The tour may have changed it.
        set_language(language)
        return _fail(describe(error).sentence)


def _fail(sentence: str) -> int:
    try:
        if sentence:
            print(sentence, file=sys.stderr, flush=True)
    except OSError:
        _redirect_to_nothing(sys.stderr)
    return FAILED


def _refusal_of(error: OSError) -> str:
    """Return what to say of the system's refusal; nothing to a reader who had seen enough."""
    if isinstance(error, BrokenPipeError):
        return ""
    if is_disk_full(error):
        return describe(AppError(ErrorCode.DISK_FULL)).sentence
    return tr("cli.system_refuses", reason=error.strerror or type(error).__name__)


def _redirect_to_nothing(stream: TextIO | None) -> None:
    if stream is None:
        return
    with suppress(OSError), Path(os.devnull).open("w") as nothing:
        os.dup2(nothing.fileno(), stream.fileno())


def _language(arguments: Sequence[str]) -> str:
    """Return the language before the options are read: the option, the system's, else Korean."""
    said = _SAID_LANGUAGE.findall("\0".join(arguments))
    if said:
        return str(said[-1])
    system = locale.getlocale()[0] or ""
    return "en" if system.lower().startswith("en") else "ko"


def _parser(arguments: Sequence[str]) -> Parser:
    parser = Parser(prog="mesodesk", description=tr("cli.description"), parents=[common_options()])
    parser.add_argument("--demo", action="store_true", help=tr("cli.demo"))
    parser.set_defaults(command=_window, data_dir=None, lang=None)
    if arguments:
        # Whoever starts the window types nothing, and should not wait for what could be typed.
        _add_commands(parser)
    return parser


def _add_commands(parser: Parser) -> None:
    from desktop_app.cli_exchange import add_exchange_commands

    commands = parser.add_subparsers(metavar=tr("cli.metavar_command"))
    add = partial(commands.add_parser, parents=[common_options()])

    tour = add("tour", help=tr("cli.tour"))
    tour.add_argument("--out", type=read_path, required=True, help=tr("cli.tour_out"))
    tour.add_argument(
        "--theme", choices=("light", "dark"), default="light", help=tr("cli.tour_theme")
    )
    tour.add_argument("--size", type=_size, default=(1366, 768), help=tr("cli.tour_size"))
    tour.set_defaults(command=_tour)

    score = add("score", help=tr("cli.score"))
    score.add_argument("source", metavar="IN.csv", type=read_path, help=tr("cli.score_in"))
    score.add_argument(
        "-o",
        dest="target",
        metavar="OUT.csv",
        type=read_path,
        required=True,
        help=tr("cli.score_out"),
    )
    score.set_defaults(command=_score)

    selfcheck = add("selfcheck", help=tr("cli.selfcheck"))
    selfcheck.add_argument("--json", action="store_true", help=tr("cli.json"))
    add_sign_in(selfcheck, is_required=False)
    selfcheck.set_defaults(command=_selfcheck)

    verify = add("verify-record", help=tr("cli.verify_record"))
    verify.add_argument("reference", metavar="RECORD", help=tr("cli.reference"))
    add_sign_in(verify, is_required=True)
    verify.set_defaults(command=_verify_record)

    add_exchange_commands(add)


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
        chosen_folder(options),
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

    entrance = entrance_of(options)
    free = shutil.disk_usage(_existing(entrance.data_folder)).free
    findings = check_program(
        vault=entrance.vault,
        store=entrance.store,
        load_model=entrance.model,
        free_megabytes=free // 2**20,
    )
    if options.login is not None:
        password = read_password(options)
        wait_for_turn(entrance, options.login)
        findings += check_clinic(entrance, options.login, password)
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

    with signed_in(options) as session:
        found = verify_record(session, options.reference)
    seal = "cli.seal_whole" if found.is_seal_whole else "cli.seal_broken"
    score = {None: "cli.score_other_model", True: "cli.score_equal", False: "cli.score_differs"}
    print(tr(seal, number=found.number))
    print(tr(score[found.is_score_equal]))
    return DONE if found.holds else FAILED


def _existing(folder: Path) -> Path:
    """Return the folder or the nearest one above it that exists."""
    while not folder.exists():
        folder = folder.parent
    return folder
