"""Alembic's entry: runs the migrations on the connection it is given, in its transaction."""

from alembic import context

from scheduler.store import (  # noqa: F401  # they join the metadata
    tables_identity,
    tables_nights,
    tables_notices,
    tables_plan,
    tables_promises,
    tables_scenarios,
    tables_service,
)
from scheduler.store.tables import Base

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=Base.metadata, transactional_ddl=True)
context.run_migrations()
