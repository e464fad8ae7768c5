# SPDX-License-Identifier: PostgreSQL
"""What Alembic needs to know of schema trading. The connection and the metadata are handed over by
the program that calls it; a project of its own would make them here."""
import re

import alembic
from alembic import context

PARTITION = re.compile(r"market_data_(y\d{4}.*|default)")


def include_name(name, kind, _parents):
    """Only schema trading: Alembic's own table stands in the default schema."""
    return kind != "schema" or name == "trading"


def include_object(_item, name, kind, _reflected, _compare_to):
    """Partitions come and go by quant.maintain_partitions(), not by migrations."""
    return kind != "table" or not PARTITION.fullmatch(name)


def differs(_context, _column, _metadata_column, in_database, default, _rendered):
    """For Alembic up to 1.8, which asks the server for it, but writes 'x'::text wrongly."""
    return in_database != (default.arg.text if hasattr(default, "arg") else default)


is_old = tuple(int(part) for part in alembic.__version__.split(".")[:2]) < (1, 9)
attributes = context.config.attributes
context.configure(
    connection=attributes["connection"],
    target_metadata=attributes["metadata"],
    include_schemas=True,
    include_name=include_name,
    include_object=include_object,
    compare_type=True,
    compare_server_default=differs if is_old else True,
)
with context.begin_transaction():
    context.run_migrations()
