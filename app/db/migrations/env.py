"""Run by Alembic: migrate the connection that `app.db.migrate` hands over."""

import pkgutil
from importlib import import_module

from alembic import context

from app import models
from app.models.base import Base

for module in pkgutil.iter_modules(models.__path__):  # each registers its tables
    import_module(f"{models.__name__}.{module.name}")

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    render_as_batch=True,  # SQLite changes most things by copying the table
)
with context.begin_transaction():
    context.run_migrations()
