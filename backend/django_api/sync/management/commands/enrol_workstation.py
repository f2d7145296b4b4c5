"""`enrol_workstation`: let a workstation in that has no network."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from backend.django_api.accounts.models import User
from backend.django_api.sync.enrolment import enrol_by_file
from backend.django_api.sync.keys import fingerprint, get_server_keys
from backend.django_api.sync.management.terminal import telling_refusals, written_whole
from backend.django_api.sync.transfers import copied


class Command(BaseCommand):
    """Read an enrolment file and write the answer."""

    help = "Enrol the workstation that made FILE for an account, and write the answer for it."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the file, the account and the answer."""
        parser.add_argument("file", type=Path)
        parser.add_argument("--account", required=True, help="name that the account signs in by")
        parser.add_argument("--out", type=Path, required=True, help="where the answer goes")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        with telling_refusals():
            account = User.objects.filter(username=options["account"]).first()
            if account is None:
                raise CommandError(f"There is no account {options['account']!r}.")
            with (
                options["file"].open("rb") as file,
                written_whole(options["out"]) as answer,
                copied(file) as source,
            ):
                known = enrol_by_file(source=source, account=account, answer=answer)
            keys = get_server_keys()
        self.stdout.write(
            f"Enrolled {known.name} ({known.device_id}) for {account.username}.\n"
            f"Fingerprint of the workstation: {fingerprint(known.signing_key)}\n"
            f"Fingerprint of {keys.name}: {fingerprint(keys.public['signing_key'])}"
        )
