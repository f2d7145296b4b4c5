"""`revoke_workstation`: refuse a workstation that was lost or stolen."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from backend.django_api.sync.enrolment import revoke
from backend.django_api.sync.management.terminal import telling_refusals


class Command(BaseCommand):
    """Refuse its files and keys from now on."""

    help = "Refuse a workstation's files and keys from now on."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the workstation."""
        parser.add_argument("device_id")

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        with telling_refusals():
            known = revoke(device_id=options["device_id"])
        self.stdout.write(f"Revoked {known.name} ({known.device_id}).")
