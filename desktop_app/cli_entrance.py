"""How every headless command comes to the clinic: its folder, a person's name and the password."""

import argparse
import getpass
import math
import sys
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from desktop_app import bootstrap
from desktop_app.config import data_folder
from desktop_app.domain.errors import AppError, ErrorCode
from desktop_app.gui.texts import tr

if TYPE_CHECKING:
    from desktop_app.application.session import Session
    from desktop_app.application.sign_in import Entrance

_LONGEST_PASSWORD = 4096


def add_sign_in(parser: argparse.ArgumentParser, *, is_required: bool) -> None:
    """Add the options that name a person and where the password is."""
    parser.add_argument("--login", required=is_required, help=tr("cli.login"))
    parser.add_argument("--password-file", metavar="FILE", help=tr("cli.password_file"))


def chosen_folder(options: argparse.Namespace) -> Path:
    """Return the data folder that the options, the environment or the system name."""
    try:
        return data_folder(options.data_dir)
    except (OSError, RuntimeError) as error:  # the present folder is gone; nobody has a home
        raise AppError(ErrorCode.FOLDER_UNKNOWN) from error


def entrance_of(options: argparse.Namespace) -> "Entrance":
    """Return the clinic of the chosen data folder before anybody has signed in."""
    return bootstrap.assemble(chosen_folder(options))


@contextmanager
def signed_in(options: argparse.Namespace) -> "Iterator[Session]":
    """Sign the named person in for as long as a command works."""
    from desktop_app.application.sign_in import sign_in

    entrance = entrance_of(options)
    password = read_password(options)
    wait_for_turn(entrance, options.login)
    session = sign_in(entrance, options.login, password)
    try:
        yield session
    finally:
        session.close()


def wait_for_turn(entrance: "Entrance", login: str) -> None:
    """Wait as long as earlier failures ask for.

    The wait begins anew with each program, so that a command that ended instead could be repeated
    for ever and never sign in.
    """
    from desktop_app.application.sign_in import folded_login

    seconds = math.ceil(entrance.guard.wait_seconds(folded_login(login)))
    if seconds:
        print(tr("cli.waits", n=seconds), file=sys.stderr, flush=True)
        time.sleep(seconds)


def read_password(options: argparse.Namespace) -> str:
    """Read the password from a file, standard input or a prompt; never from an argument."""
    if options.password_file is None:
        return _asked_password(options.login)
    try:
        if options.password_file == "-":  # noqa: S105 - the customary name of standard input
            if sys.stdin is None:  # closed by whoever started the program
                raise AppError(ErrorCode.PASSWORD_NOT_ASKED)
            return sys.stdin.readline(_LONGEST_PASSWORD).rstrip("\r\n")
        # Editors of Windows begin a text with a mark.
        with Path(options.password_file).open(encoding="utf-8-sig") as file:
            return file.read(_LONGEST_PASSWORD).rstrip("\r\n")
    except UnicodeDecodeError as error:
        raise AppError(ErrorCode.PASSWORD_UNREADABLE) from error
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
