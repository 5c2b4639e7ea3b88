"""Runs the steps on the connection that `monitor.store.database` hands over, inside its transaction."""

from __future__ import annotations

from alembic import context

from monitor.store.database import VERSION_TABLE

context.configure(
    connection=context.config.attributes["connection"],
    version_table=VERSION_TABLE,
    transactional_ddl=True,
)
context.run_migrations()
