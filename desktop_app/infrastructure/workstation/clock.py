"""The computer's clock."""

import time
from datetime import UTC, date, datetime


class SystemClock:
    """Tells the time of this computer; fulfils Clock."""

    def now(self) -> datetime:
        """Return the present moment in UTC."""
        return datetime.now(UTC)

    def today(self) -> date:
        """Return the local calendar day."""
        return self.now().astimezone().date()

    def monotonic(self) -> float:
        """Return seconds that no change of the wall clock moves."""
        return time.monotonic()
