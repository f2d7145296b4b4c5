"""`make_sync_keys`: the keys for files to and from workstations, once in a server's life."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.django_api.sync.keys import fingerprint, make_keys
from backend.django_api.sync.management.terminal import telling_refusals


class Command(BaseCommand):
    """Make the keys; never over others."""

    help = "Make the keys for transfer files where SYNC_KEY_FILE says; never over others."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add what people call the server."""
        parser.add_argument("--name", default=(*settings.ALLOWED_HOSTS, "MesoDesk")[0])

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        if not settings.SYNC_KEY_FILE:
            raise CommandError("SYNC_KEY_FILE does not say where the keys are to stand.")
        with telling_refusals():
            try:
                keys = make_keys(Path(settings.SYNC_KEY_FILE), name=options["name"])
            except FileExistsError as error:
                raise CommandError("There are keys already; they are not replaced.") from error
        self.stdout.write(
            f"Made {settings.SYNC_KEY_FILE}: keep a copy with the backups, apart from them.\n"
            f"Fingerprint of {keys.name}: {fingerprint(keys.public['signing_key'])}"
        )
