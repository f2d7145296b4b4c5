"""The commands that carry records away and back: `sync` by wire, `transfer` by stick."""

import argparse
import itertools
import sys
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app.cli_entrance import add_sign_in, entrance_of, signed_in
from desktop_app.cli_parser import common_options, read_path
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.messages import describe
from desktop_app.gui.texts import tr

if TYPE_CHECKING:
    from desktop_app.application.courier import Outcome
    from desktop_app.application.session import Session

DONE, FAILED = 0, 1
AddCommand = Callable[..., argparse.ArgumentParser]


def add_exchange_commands(add: AddCommand) -> None:
    """Add both commands to the command line."""
    sync = add("sync", help=tr("cli.sync"))
    sync.add_argument("--once", action="store_true", help=tr("cli.sync_once"))
    add_sign_in(sync, is_required=False)
    sync.set_defaults(command=_sync)

    transfer = add("transfer", help=tr("cli.transfer"))
    verbs = transfer.add_subparsers(metavar="VERB", required=True)
    for name, argument, function in (
        ("export", "target", _export),
        ("receipt", "source", _receipt),
        ("enrol", "target", _enrol),
        ("answer", "source", _answer),
    ):
        said = tr(f"cli.transfer_{name}")
        verb = verbs.add_parser(name, help=said, parents=[common_options()])
        about = tr(f"cli.transfer_{argument}")
        verb.add_argument(argument, metavar="FILE", type=read_path, help=about)
        add_sign_in(verb, is_required=True)
        if name == "answer":
            verb.add_argument("--fingerprint", help=tr("cli.transfer_fingerprint"))
        verb.set_defaults(command=partial(_signed_in, function))


def _sync(options: argparse.Namespace) -> int:
    """Run once, in somebody's name or unattended; without --once, say how it stands."""
    from desktop_app.application.synchronise import synchronise_unattended

    if options.login is not None:
        return _signed_in(_sync_once if options.once else _status, options)
    if not options.once:
        raise AppError(ErrorCode.NOT_SIGNED_IN)
    stop = threading.Event()
    outcome = synchronise_unattended(entrance_of(options), stop=stop, observe=_nothing)
    return _tell_outcome(outcome)


def _sync_once(session: "Session", _options: argparse.Namespace) -> int:
    from desktop_app.application.synchronise import synchronise

    outcome = synchronise(session, stop=threading.Event(), observe=_nothing)
    code = _tell_outcome(outcome)
    _status(session, _options)
    return code


def _status(session: "Session", _options: argparse.Namespace) -> int:
    from desktop_app.application.synchronise import read_sync_status

    status = read_sync_status(session)
    counts = status.counts
    last = status.position.last_confirmed
    print(
        tr(
            "cli.sync_status",
            waiting=counts.waiting,
            confirmed=counts.confirmed,
            refused=counts.refused,
            conflicts=counts.conflicts,
            last="-" if last is None else f"{last.astimezone():%Y-%m-%d %H:%M}",
        )
    )
    return DONE


def _tell_outcome(outcome: "Outcome") -> int:
    run = outcome.run
    print(
        tr(
            "cli.synced",
            sent=run.sent,
            confirmed=run.confirmed,
            received=run.received,
            refused=run.refused,
            conflicts=run.conflicts,
        )
    )
    if outcome.error is None:
        return DONE
    print(describe(outcome.error).sentence, file=sys.stderr)
    return FAILED


def _export(session: "Session", options: argparse.Namespace) -> int:
    from desktop_app.application.transfer import export_transfer, plan_transfer

    plan = plan_transfer(session)
    target = _file_at(options.target, plan.file_name)
    made = export_transfer(session, target, stop=threading.Event(), observe=_nothing)
    print(tr("cli.transfer_exported", records=made.items, file=target.name, number=made.number))
    return DONE


def _receipt(session: "Session", options: argparse.Namespace) -> int:
    from desktop_app.application.transfer import take_receipt

    run = take_receipt(session, options.source)
    print(
        tr(
            "cli.transfer_received",
            confirmed=run.confirmed,
            refused=run.refused,
            conflicts=run.conflicts,
        )
    )
    return DONE


def _enrol(session: "Session", options: argparse.Namespace) -> int:
    from desktop_app.application.server_setup import write_enrolment

    target = _file_at(options.target, tr("server.enrol_file_name"))
    fingerprint = write_enrolment(session, target)
    print(tr("cli.transfer_enrolled", file=target.name, fingerprint=fingerprint))
    return DONE


def _answer(session: "Session", options: argparse.Namespace) -> int:
    """Trust the server's keys if the person states the fingerprint that they compared."""
    from desktop_app.application.server_setup import read_enrolment_answer, trust_server

    answer = read_enrolment_answer(session, options.source)
    stated = "".join((options.fingerprint or "").lower().split())
    if stated != answer.fingerprint.replace(" ", ""):
        print(tr("cli.transfer_compare", fingerprint=answer.fingerprint), file=sys.stderr)
        return FAILED
    trust_server(session, answer)
    print(tr("cli.transfer_trusted", server=answer.keys.name, account=answer.account))
    return DONE


def _file_at(place: Path, name: str) -> Path:
    """Return the file to write: the one that was named, or a new one of that name in a folder.

    Several computers may share a stick, and the name of their place in the clinic.
    """
    if not place.is_dir():
        return place
    wanted = place / name
    numbered = (wanted.with_stem(f"{wanted.stem}-{number}") for number in itertools.count(2))
    return next(one for one in itertools.chain((wanted,), numbered) if not one.exists())


def _signed_in(
    work: Callable[["Session", argparse.Namespace], int], options: argparse.Namespace
) -> int:
    with signed_in(options) as session:
        return work(session, options)


def _nothing(_progress: object) -> None:
    """Show no progress: the last line says what was done."""
