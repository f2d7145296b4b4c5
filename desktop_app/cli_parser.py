"""A command line that says its usage, its help and its refusals in the person's language."""

import argparse
import re
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NoReturn

from desktop_app.gui.texts import tr

WRONG_USAGE = 2
# What argparse says, in English only, and the text that says it here. What is none of these is
# passed on as it is: a sentence of ours about a value, or one that a later Python added.
_REFUSALS = (
    (r"the following arguments are required: (?P<names>.+)", "cli.refused_required"),
    (r"unrecognized arguments: (?P<names>.+)", "cli.refused_unknown"),
    (r"argument (?P<name>.*?): expected one argument", "cli.refused_without_value"),
    (
        r"argument (?P<name>.*?): invalid choice: (?P<value>.*) \(choose from (?P<choices>.*)\)",
        "cli.refused_choice",
    ),
    (
        r"argument (?P<name>.*?): ignored explicit argument (?P<value>.*)",
        "cli.refused_with_value",
    ),
    (r"argument (?P<name>.*?): (?P<reason>.*)", "cli.refused_because"),
)


class Parser(argparse.ArgumentParser):
    """Speaks the language that is set when it is made; abbreviates no option.

    An abbreviated `--password` would take a password for the name of a file.
    """

    def __init__(self, *, add_help: bool = True, **settings: Any) -> None:
        settings.setdefault("formatter_class", _Formatter)
        settings.setdefault("allow_abbrev", False)
        super().__init__(add_help=False, **settings)
        self._positionals.title = tr("cli.heading_arguments")
        self._optionals.title = tr("cli.heading_options")
        if add_help:
            self.add_argument("-h", "--help", action="help", help=tr("cli.help"))

    def error(self, message: str) -> NoReturn:
        """Say how the command is used and what was wrong, and end with 2."""
        self.print_usage(sys.stderr)
        self.exit(WRONG_USAGE, f"{self.prog}: {_in_words(message)}\n")


def common_options() -> Parser:
    """Return what every command understands, before and after its name.

    Each parser needs its own: setting a default changes the option itself, and a command's default
    would then overrule what was said before its name.
    """
    common = Parser(add_help=False)
    common.add_argument(
        "--data-dir", type=read_path, default=argparse.SUPPRESS, help=tr("cli.data_dir")
    )
    common.add_argument(
        "--lang", choices=("ko", "en"), default=argparse.SUPPRESS, help=tr("cli.language")
    )
    return common


def read_path(text: str) -> Path:
    """Read the name of a file or folder; wrong usage where nothing can have it."""
    path = Path(text)
    try:
        path.exists()
    except PermissionError:  # the name is possible; the command says what it may not do
        is_possible = True
    except (OSError, ValueError):  # too long, or signs that no name may hold
        is_possible = False
    else:
        # An empty one is a variable that was never set, not the folder one happens to be in; and
        # no command reads its file from standard input or writes it there.
        is_possible = text not in ("", "-")
    if not is_possible:
        raise argparse.ArgumentTypeError(tr("cli.no_path"))
    return path


class _Formatter(argparse.HelpFormatter):
    def add_usage(
        self,
        usage: str | None,
        actions: Iterable[argparse.Action],
        groups: Iterable[Any],
        prefix: str | None = None,
    ) -> None:
        super().add_usage(usage, actions, groups, tr("cli.usage") if prefix is None else prefix)


def _in_words(message: str) -> str:
    for pattern, key in _REFUSALS:
        if found := re.fullmatch(pattern, message, re.DOTALL):
            return tr(key, language=None, **found.groupdict())
    return message
