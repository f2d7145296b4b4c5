"""Where a patient stands in the list that is ordered by the last assessment.

`patients.position` is unique and orders that list: the smaller, the nearer to its top. It counts in
four groups (assessed, never assessed, and the same of archived patients), within them by time, to
the second, newer first. The full-text index keeps its rows by the same number, so that the first
hits of a search that finds many are found without looking at the rest. An assessment moves the
patient; moving the index row along would double the cost of saving, so that `search_position` lags
behind until `settle`, and a search looks through the few moved patients by themselves.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from sqlalchemy import Connection

from desktop_app.infrastructure.storage.connection import run
from desktop_app.infrastructure.storage.tables import microseconds

_SPAN = 1 << 40
_FAR_FUTURE = 1 << 35
_TOP = (
    "SELECT position, listed_at FROM patients "
    "WHERE position >= ? AND position < ? ORDER BY position LIMIT 1"
)
_TAKEN = "SELECT 1 FROM patients WHERE position = ? OR search_position = ?"


@dataclass(frozen=True)
class Span:
    """The positions of one group, the end left out."""

    start: int
    end: int

    @classmethod
    def of(cls, *, is_archived: bool, is_assessed: bool) -> Self:
        """Return the span of a group of patients."""
        start = (2 * is_archived + (not is_assessed)) * _SPAN
        return cls(start, start + _SPAN)

    def holds(self, position: int) -> bool:
        """Tell whether a position belongs to this group."""
        return self.start <= position < self.end

    def wanted(self, moment: datetime) -> int:
        """Return the position of that moment, which may be taken."""
        return self.start + _FAR_FUTURE - int(moment.timestamp())

    def place(self, connection: Connection, moment: datetime) -> int:
        """Return a free position for a patient whose time in the list is that moment."""
        wanted = self.wanted(moment)
        top = run(connection, _TOP, (self.start, self.end)).fetchone()
        if top is not None and microseconds(moment) >= top[1]:
            wanted = min(wanted, int(top[0]) - 1)
        # Taken even in an empty group: the search position of a patient who moved on lags behind.
        while run(connection, _TAKEN, (wanted, wanted)).fetchone() is not None:
            wanted -= 1
        return wanted
