"""Hold what will travel to the server."""

from sqlalchemy import Connection, func, insert, select

from desktop_app.domain.outbox import OutboxItem
from desktop_app.infrastructure.storage.tables import outbox

_INSERT = insert(outbox)


class SqlOutbox:
    """The outbox in the database."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def put(self, item: OutboxItem) -> None:
        """Queue a record version, in the present transaction."""
        self._connection.execute(
            _INSERT,
            {
                "kind": item.kind.value,
                "record_id": item.record_id,
                "version": item.version,
                "queued_at": item.queued_at,
            },
        )

    def count_waiting(self) -> int:
        """Return how many record versions wait."""
        statement = select(func.count()).select_from(outbox)
        return int(self._connection.execute(statement).scalar_one())
