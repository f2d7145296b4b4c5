"""Hold what will travel to the server."""

from sqlalchemy import Connection, func, select

from desktop_app.domain.outbox import OutboxItem
from desktop_app.infrastructure.storage.connection import run
from desktop_app.infrastructure.storage.tables import microseconds, outbox

_INSERT = "INSERT INTO outbox (kind, record_id, version, queued_at) VALUES (?, ?, ?, ?)"


class SqlOutbox:
    """The outbox in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, item: OutboxItem) -> None:
        """Queue a record version, in the present transaction."""
        run(
            self._connection,
            _INSERT,
            (item.kind.value, item.record_id.bytes, item.version, microseconds(item.queued_at)),
        )

    def count_waiting(self) -> int:
        """Return how many record versions wait."""
        statement = select(func.count()).select_from(outbox)
        return int(self._connection.execute(statement).scalar_one())
