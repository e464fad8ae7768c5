#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Classes without a line of models: SQLAlchemy's automap reads schema trading as it is."""
import warnings

from tap import Tap, skip_all

try:
    from models import PARTITION, driver, engine
    import sqlalchemy
    from sqlalchemy.ext.automap import automap_base, generate_relationship
    from sqlalchemy.orm import Session, configure_mappers
except ImportError as missing:
    skip_all(f"no {missing.name}")

from decimal import Decimal

REQUIRED = ("users user_preferences portfolios positions transactions assets market_data benchmarks"
            " strategies backtests trades signals risk_profiles risk_metrics").split()
tap = Tap()


def mapped():
    """A class for each table. Partitions are tables too, and are left out."""
    metadata = sqlalchemy.MetaData(schema="trading")

    # A column named `metadata` would hide the metadata of its class, and is not mapped by itself.
    @sqlalchemy.event.listens_for(metadata, "column_reflect")
    def rename(_inspector, _table, column):
        if column["name"] == "metadata":
            column["key"] = "details"

    # A transaction names its position with the portfolio, so that the two agree: both of its
    # relationships write portfolio_id, and SQLAlchemy wants to be told that this is meant.
    def relate(base, direction, make, name, local, referred, **options):
        if "transactions" in (local.__table__.name, referred.__table__.name):
            options["overlaps"] = "portfolios,positions,transactions_collection"
        return generate_relationship(base, direction, make, name, local, referred, **options)

    metadata.reflect(engine, only=lambda name, _: not PARTITION.fullmatch(name))
    base = automap_base(metadata=metadata)
    base.prepare(generate_relationship=relate)
    configure_mappers()
    return base


def main():
    print(f"# SQLAlchemy {sqlalchemy.__version__} with {driver()}")
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(sqlalchemy.text(
            "CALL quant.create_partitions('2024-01-01', '2024-03-31')"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        base = mapped()
    # Only SQLAlchemy 1.4 does not reflect indexes of expressions, and says so.
    tap.equal([str(w.message) for w in caught if "expression-based index" not in str(w.message)],
              [], "nothing in the schema is a cause of warnings")
    classes = base.classes
    for name in REQUIRED:
        tap.check(name in classes and sqlalchemy.inspect(classes[name]).primary_key,
                  f"{name} has a class with a primary key")
    tap.check(not [name for name in classes.keys() if PARTITION.fullmatch(name)],
              "partitions have none", classes.keys())

    with Session(engine) as session:
        user = classes.users(username="ann", email="ann@example.com", password_hash="no login")
        portfolio = classes.portfolios(users=user, name="Mine", initial_capital=Decimal("1000.50"))
        session.add(portfolio)
        session.flush()
        portfolio.positions_collection.append(classes.positions(
            symbol="ACME", quantity=Decimal("1.5"), avg_entry_price=Decimal("10.1234")))
        session.commit()
        position = portfolio.positions_collection[0]
        tap.equal((position.symbol, position.quantity, position.cost_basis),
                  ("ACME", Decimal("1.500000"), Decimal("15.19")), "portfolio -> positions")
        tap.check(position.portfolios is portfolio and portfolio.users is user,
                  "position -> portfolio -> user")
        transaction = classes.transactions(
            portfolio_id=portfolio.id, position_id=position.id, quantity=Decimal("1.5"),
            price=Decimal("10.1234"), details={"order": 7})
        session.add(transaction)
        session.commit()
        tap.equal((transaction.details, transaction.net_amount, transaction.positions.symbol),
                  ({"order": 7}, Decimal("-15.19"), "ACME"),
                  "transaction -> position over two columns, a generated column, and JSONB")
        bar = classes.market_data(symbol="ACME", timeframe="1d", timestamp="2024-01-02 00:00+00",
                                  open_price=10, high_price=11, low_price=9, close_price=10)
        asset = classes.assets(symbol="ACME")
        session.add(asset)
        session.flush()
        session.add(bar)
        session.commit()
        tap.check(bar.assets is asset, "bar -> asset, which a trigger found by the symbol")
        tap.equal(session.query(classes.market_data).filter_by(symbol="ACME").one().close_price,
                  Decimal("10.0000"), "a partitioned table is queried as one")
    engine.dispose()
    return tap.end()


if __name__ == "__main__":
    raise SystemExit(main())
