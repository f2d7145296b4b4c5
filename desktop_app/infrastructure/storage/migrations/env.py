"""Run the steps on the connection that the program hands over (Alembic calls this file)."""

from alembic import context

context.configure(connection=context.config.attributes["connection"])
with context.begin_transaction():
    context.run_migrations()
