"""How Alembic runs here: over the connection that ``sinks.migrations.upgrade`` hands in, in its transaction."""

from __future__ import annotations

from alembic import context

from sinks.migrations import ours
from sinks.tables import METADATA

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=METADATA,
    include_object=ours,
    compare_type=True,
    compare_server_default=True,
)
with context.begin_transaction():
    context.run_migrations()
