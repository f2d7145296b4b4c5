"""Run the steps on the connection that the program hands over (Alembic calls this file)."""

from alembic import context

from desktop_app.infrastructure.storage.connection import run

connection = context.config.attributes["connection"]
context.configure(connection=connection)
# A table is changed by copying it into a new one, while others point at its name.
run(connection, "PRAGMA foreign_keys = OFF")
with context.begin_transaction():
    context.run_migrations()
run(connection, "PRAGMA foreign_keys = ON")
