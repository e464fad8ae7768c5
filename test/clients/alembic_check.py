#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Alembic beside the extension: nothing to migrate by itself, and columns of your own survive."""
import pathlib
import shutil
import sys
import tempfile

from tap import Tap, skip_all

try:
    import alembic
    import alembic.command
    import alembic.config
    from models import PARTITION, driver, engine
    import sqlalchemy
    from sqlalchemy import Column, MetaData, Text, text
except ImportError as missing:
    skip_all(f"no {missing.name}")

HERE = pathlib.Path(__file__).resolve().parent
tap = Tap()


def configured(directory, metadata, connection):
    """As alembic.ini would say it. The revisions are written to a directory of this run."""
    config = alembic.config.Config(stdout=sys.stderr)
    config.set_main_option("script_location", str(directory))
    config.attributes.update(connection=connection, metadata=metadata)
    return config


def reflected(connection):
    """The tables of trading without the partitions, which no model would name."""
    metadata = MetaData(schema="trading")
    metadata.reflect(connection, only=lambda name, _: not PARTITION.fullmatch(name))
    return metadata


def found(config, message):
    """The text of the operations that autogenerate finds, and the name of the revision."""
    script = alembic.command.revision(config, message=message, autogenerate=True)
    body = pathlib.Path(script.path).read_text(encoding="utf-8").split("def upgrade():")[1]
    lines = [line.strip() for line in body.split("def downgrade():")[0].splitlines()]
    return [line for line in lines if line and not line.startswith("#")], script


def has_column(connection):
    return connection.execute(text(
        "SELECT count(*) FROM information_schema.columns WHERE table_schema = 'trading'"
        " AND table_name = 'portfolios' AND column_name = 'desk'")).scalar() == 1


def main():
    print(f"# Alembic {alembic.__version__}, SQLAlchemy {sqlalchemy.__version__} with {driver()}")
    with tempfile.TemporaryDirectory() as directory, engine.connect() as connection:
        shutil.copytree(HERE / "migrations", directory, dirs_exist_ok=True)
        (pathlib.Path(directory) / "versions").mkdir(exist_ok=True)
        connection = connection.execution_options(isolation_level="AUTOCOMMIT")
        connection.execute(text("CALL quant.create_partitions('2024-01-01', '2024-03-31')"))
        check(directory, connection)
    engine.dispose()
    return tap.end()


def check(directory, connection):
    metadata = reflected(connection)
    config = configured(directory, metadata, connection)
    operations, script = found(config, "nothing")
    tap.equal(operations, ["pass"], "autogenerate finds nothing to migrate in the schema")
    pathlib.Path(script.path).unlink()

    metadata.tables["trading.portfolios"].append_column(Column("desk", Text))
    operations, script = found(config, "desk")
    tap.equal(len(operations), 1, "a column of one's own is the only operation")
    tap.check(operations[0].startswith("op.add_column('portfolios'"), "which adds it", operations)
    alembic.command.upgrade(config, "head")
    tap.check(has_column(connection), "the migration applies")
    connection.execute(text(
        "INSERT INTO trading.users (username, email, password_hash)"
        " VALUES ('ann', 'ann@example.com', 'no login')"))
    connection.execute(text(
        "INSERT INTO trading.portfolios (user_id, name, initial_capital, desk)"
        " VALUES (1, 'Mine', 1000, 'rates')"))

    did = [row[0] for row in connection.execute(text("SELECT quant.install()"))]
    tap.check(has_column(connection), "after quant.install() the column is there", did)
    tap.equal(connection.execute(text("SELECT desk FROM trading.portfolios")).scalar(), "rates",
              "with what it holds")
    print(f"# quant.install() told: {did}")
    operations, script = found(configured(directory, reflected(connection), connection), "again")
    tap.equal(operations, ["pass"], "and again there is nothing to migrate")
    pathlib.Path(script.path).unlink()
    alembic.command.downgrade(config, "base")
    tap.check(not has_column(connection), "the migration can be taken back")


if __name__ == "__main__":
    raise SystemExit(main())
