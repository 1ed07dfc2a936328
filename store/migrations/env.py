"""How does Alembic reach our database? Through the connection that `store.schema` hands over."""

from __future__ import annotations

from alembic import context

from store import channel_tables  # noqa: F401 (its tables belong to the schema)
from store.tables import Row

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Row.metadata,
    render_as_batch=True,
    transactional_ddl=True,  # SQLite too: the transaction is begun by us, not by its driver
)
with context.begin_transaction():
    context.run_migrations()
