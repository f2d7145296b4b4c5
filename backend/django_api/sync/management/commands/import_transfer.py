"""`import_transfer`: take in what a workstation sent by stick."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.django_api.sync.management.terminal import telling_refusals, written_whole
from backend.django_api.sync.transfers import copied, import_transfer


class Command(BaseCommand):
    """Read a transfer file and write the receipt."""

    help = "Take a workstation's transfer FILE in, and write the receipt that goes back to it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file and the receipt."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--out", type=Path, required=True, help="where the receipt goes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        with (
            telling_refusals(),
            options["file"].open("rb") as file,
            written_whole(options["out"]) as receipt,
            copied(file) as source,
        ):
            statuses = import_transfer(source=source, receipt=receipt)
        counted = ", ".join(f"{count} {status}" for status, count in sorted(statuses.items()))
        self.stdout.write(f"Items: {counted or 'none'}. The receipt is {options['out']}.")
