"""`demonstration`: two accounts for trying the server on one machine."""

import secrets
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from backend.django_api.accounts.models import Role, User
from backend.django_api.accounts.services import create_account

ACCOUNTS = {"demo-admin": Role.ADMIN, "demo-doctor": Role.DOCTOR}


class Command(BaseCommand):
    """Make the accounts with a new password."""

    help = "Two accounts with a new password, printed once; never on a server in production."

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the command."""
        if settings.SETTINGS_MODULE.endswith("production"):
            raise CommandError("Demonstration accounts are not for production.")
        password = secrets.token_urlsafe(12)
        for name, role in ACCOUNTS.items():
            user = User.objects.filter(username=name).first()
            if user is None:
                create_account(username=name, password=password, role=role, approved=True)
            else:
                user.set_password(password)
                user.save(update_fields=["password"])
        self.stdout.write(f"Sign in as {' or '.join(ACCOUNTS)}, password {password}")
