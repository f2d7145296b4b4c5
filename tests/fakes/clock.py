"""A clock that a test turns."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta


@dataclass
class FakeClock:
    """Tells the time it was given; monotonic and wall time are turned apart."""

    wall: datetime = datetime(2026, 3, 17, 5, 20, tzinfo=UTC)
    seconds: float = 1000.0

    def now(self) -> datetime:
        """Return the present moment in UTC, timezone-aware."""
        return self.wall

    def today(self) -> date:
        """Return the calendar day."""
        return self.wall.date()

    def monotonic(self) -> float:
        """Return seconds that no change of the wall clock moves."""
        return self.seconds

    def pass_time(self, seconds: float) -> None:
        """Let time pass on both clocks."""
        self.seconds += seconds
        self.wall += timedelta(seconds=seconds)
