"""`restart_cursors`: after a restored backup, let every workstation pull from the start."""

from typing import Any

from django.core.management.base import BaseCommand

from backend.django_api.records.services import start_new_epoch


class Command(BaseCommand):
    """Start a new epoch."""

    help = "After restoring a backup: every workstation pulls from the start, once."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        start_new_epoch()
        self.stdout.write("Every workstation will pull from the start.")
