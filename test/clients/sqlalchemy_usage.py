#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""The usage examples of the schema's requirement, with SQLAlchemy: exact numbers, JSONB, series.

What stands between the two marks of each function is the example as the requirement writes it,
except that the rows have owners: user_id, portfolio_id, position_id.
"""
from tap import Tap, skip_all

try:
    from models import (Backtest, MarketData, Portfolio, Position, Strategy, Transaction, User,
                        driver, engine, session)
except ImportError as missing:
    skip_all(f"no {missing.name}")

import sqlalchemy
from sqlalchemy import Integer, event, text
from datetime import datetime, timedelta
from decimal import Decimal

SYMBOLS = ["AAPL", "GOOGL", "MSFT"] + [f"SYM{n:02}" for n in range(57)]
tap = Tap()


def load_bars():
    """Seven months of bars up to today, daily and hourly, as a table of that kind holds them."""
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text(
            "INSERT INTO trading.assets (symbol) SELECT unnest(CAST(:symbols AS text[]))"),
            {"symbols": SYMBOLS})
        # Commits by itself, and so stands in no transaction.
        connection.execute(text(
            "CALL quant.create_partitions(current_date - 210, current_date)"))
        connection.execute(text("""
            INSERT INTO trading.market_data
              (symbol, timeframe, timestamp, open_price, high_price, low_price, close_price, volume)
            SELECT a.symbol, t.timeframe, d.day + t.hour * interval '1 hour', 50 + a.id, 51 + a.id,
              49 + a.id, 50.1234 + a.id, 1000
            FROM generate_series(date_trunc('day', now(), 'UTC') - interval '209 days',
              date_trunc('day', now(), 'UTC'), '1 day') AS d (day)
            CROSS JOIN (VALUES ('1d', 0), ('1h', 14), ('1h', 15), ('1h', 16)) AS t (timeframe, hour)
            CROSS JOIN trading.assets AS a
            ORDER BY d.day, t.hour, a.symbol"""))
        connection.execute(text("ANALYZE trading.market_data"))


def precise_numbers(user):
    # --- example
    # Create portfolio with precise capital
    portfolio = Portfolio(
        user_id=user.id,
        name='High Precision Portfolio',
        initial_capital=Decimal('100000.50'),  # Exact precision
        cash_balance=Decimal('50000.25')
    )
    # ---
    session.add(portfolio)
    session.commit()
    position = Position(portfolio_id=portfolio.id, symbol='AAPL', quantity=Decimal('123.456789'),
                        avg_entry_price=Decimal('45.6789'))
    session.add(position)
    session.commit()
    # --- example
    # Record precise transaction
    transaction = Transaction(
        portfolio_id=portfolio.id,
        position_id=position.id,
        quantity=Decimal('123.456789'),  # Fractional shares supported
        price=Decimal('45.6789'),        # 4-decimal price precision
        commission=Decimal('9.95')       # Exact commission
    )
    # ---
    session.add(transaction)
    session.commit()
    session.expire_all()

    tap.equal(portfolio.initial_capital, Decimal('100000.50'), "100000.50 of capital comes back")
    tap.equal(portfolio.cash_balance, Decimal('50000.25'), "50000.25 of cash comes back")
    tap.equal(transaction.quantity, Decimal('123.456789'), "123.456789 shares come back")
    tap.equal(transaction.price, Decimal('45.6789'), "a price of 45.6789 comes back")
    tap.equal(transaction.commission, Decimal('9.95'), "a commission of 9.95 comes back")
    tap.equal((transaction.symbol, transaction.transaction_type), ('AAPL', 'buy'),
              "the symbol is filled in from the position, the type by default")
    # 123.456789 * 45.6789 = 5639.3703190521
    tap.equal((transaction.total_value, transaction.net_amount),
              (Decimal('5639.37'), Decimal('-5649.32')), "value and net amount follow to the cent")
    tap.equal([p.symbol for p in portfolio.positions] + [t.id for t in portfolio.transactions],
              ['AAPL', transaction.id], "relationships lead from the portfolio to both")
    total = session.query(sqlalchemy.func.sum(Transaction.quantity * Transaction.price)).scalar()
    tap.equal(total, Decimal('5639.3703190521'), "a product computed by the server is exact")


def jsonb(user):
    for name, parameters in (("none", {}), ("low", {"lookback_period": 20}),
                             ("first", {"lookback_period": 21}), ("text", {"lookback_period": "50"}),
                             ("nested", {"risk": {"lookback_period": 90}})):
        session.add(Strategy(user_id=user.id, name=name, parameters=parameters))
    session.commit()
    # --- example
    # Query strategies by parameter
    strategies = Strategy.query.filter(
        Strategy.parameters['lookback_period'].astext.cast(Integer) > 20
    ).all()
    # ---
    tap.equal(sorted(s.name for s in strategies), ['first', 'text'],
              "the JSONB query finds those whose lookback_period is above 20, and no other")
    strategy = Strategy.query.filter_by(name='low').one()
    # --- example
    # Update JSONB field
    strategy.parameters = {
        'lookback_period': 30,
        'threshold': 0.05,
        'risk_management': {
            'stop_loss': 0.02,
            'take_profit': 0.06
        }
    }
    # ---
    before = strategy.updated_at
    session.commit()
    stored = session.execute(text(
        "SELECT parameters #>> '{risk_management,stop_loss}', parameters ->> 'threshold', updated_at"
        " FROM trading.strategies WHERE name = 'low'")).one()
    tap.equal(tuple(stored)[:2], ('0.02', '0.05'), "the JSONB update is stored")
    tap.check(stored[2] > before, "a trigger moved updated_at", stored)
    found = Strategy.query.filter(
        Strategy.parameters['lookback_period'].astext.cast(Integer) > 20).count()
    tap.equal(found, 3, "and the query finds it now")


def explained(query):
    """The rows of a query, and the plan of the very statement that SQLAlchemy sent."""
    sent = []

    def note(_connection, _cursor, statement, parameters, _context, _many):
        sent.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    rows = query()
    event.remove(engine, "before_cursor_execute", note)
    statement, parameters = sent[-1]
    plan = session.connection().exec_driver_sql(
        "EXPLAIN (FORMAT JSON) " + statement, parameters).scalar()
    return rows, plan[0]["Plan"]


def nodes(plan):
    yield plan
    for child in plan.get("Plans", []):
        yield from nodes(child)


def check_plan(plan, what):
    """No sequential scan of a partition that holds rows. (One of a few pages, as the current
    month's is in its first days, is read whole sooner than by an index, and does not count.)"""
    filled = {row[0] for row in session.execute(text(
        "SELECT inhrelid::regclass::text FROM pg_inherits JOIN pg_class ON oid = inhrelid"
        " WHERE inhparent = CAST('trading.market_data' AS regclass) AND reltuples > 2000"))}
    scans = [n for n in nodes(plan) if "Relation Name" in n]
    slow = [n["Relation Name"] for n in scans
            if n["Node Type"] == "Seq Scan" and "trading." + n["Relation Name"] in filled]
    used = {n["Index Name"] for n in nodes(plan) if "Index Name" in n}
    tap.check(filled and used and not slow, f"{what}: by index in all partitions that hold rows",
              f"sequential: {slow}; indexes: {sorted(used)}")
    print(f"# {what}: {len(scans)} partitions, {sorted({n['Node Type'] for n in scans})}")
    return scans


def series():
    load_bars()
    session.rollback()

    def recent():
        # --- example
        # Efficient time-range query (uses timestamp index)
        recent_data = MarketData.query.filter(
            MarketData.symbol == 'AAPL',
            MarketData.timeframe == '1d',
            MarketData.timestamp >= datetime.utcnow() - timedelta(days=30)
        ).order_by(MarketData.timestamp.desc()).all()
        # ---
        return recent_data

    def several():
        # --- example
        # Multi-symbol query (uses composite index)
        data = MarketData.query.filter(
            MarketData.symbol.in_(['AAPL', 'GOOGL', 'MSFT']),
            MarketData.timeframe == '1d'
        ).order_by(MarketData.timestamp.desc()).limit(100).all()
        # ---
        return data

    recent_data, plan = explained(recent)
    tap.equal(len(recent_data), 30, "30 days of a symbol")
    tap.equal(recent_data[0].close_price, Decimal('51.1234'), "a price has its four decimals")
    tap.check(recent_data[0].timestamp > recent_data[-1].timestamp
              and recent_data[0].timestamp.utcoffset() == timedelta(0),
              "newest first, with a zone", recent_data[0].timestamp)
    scans = check_plan(plan, "the range of one symbol")
    tap.check(len(scans) <= 4, "and only partitions of these days, and the default one", plan)

    data, plan = explained(several)
    tap.equal((len(data), {bar.symbol for bar in data} == {'AAPL', 'GOOGL', 'MSFT'}), (100, True),
              "the newest 100 bars of three symbols")
    check_plan(plan, "three symbols, newest first")


def refused():
    """A wrong bar raises IntegrityError, and a strategy that cannot run says where."""
    session.add(MarketData(symbol='AAPL', timeframe='1d', timestamp=datetime(2024, 1, 2),
                           open_price=10, high_price=9, low_price=Decimal('9.5'),
                           close_price=Decimal('9.7')))
    try:
        session.commit()
        tap.check(False, "a bar that contradicts itself is refused")
    except sqlalchemy.exc.IntegrityError as error:
        code = getattr(error.orig, "sqlstate", None) or error.orig.pgcode
        tap.equal((code, error.orig.diag.constraint_name), ('23514', 'ck_high_low_valid'),
                  "a bar that contradicts itself is an IntegrityError, with code and constraint")
    session.rollback()


def backtest(user):
    strategy = Strategy(user_id=user.id, name='SMA', parameters={'n': 3},
                        entry_rules={'long': {'when': 'close >= sma(close, $n)'}})
    session.add(strategy)
    session.flush()
    run = Backtest(user_id=user.id, strategy_id=strategy.id, initial_capital=Decimal('100000.50'),
                   start_date=datetime.utcnow().date() - timedelta(days=100),
                   end_date=datetime.utcnow().date(), universe=['AAPL'])
    session.add(run)
    session.commit()
    summary = session.execute(text("SELECT * FROM quant.run_backtest(:id)"), {"id": run.id}).one()
    session.commit()
    session.refresh(run)
    tap.equal((run.status, run.final_value), ('completed', summary.final_value),
              "quant.run_backtest() fills the row that the model shows")
    account = Portfolio.query.filter_by(backtest_id=run.id).one()
    tap.equal(account.total_value, run.final_value, "and its account ends at the same money")


def pool():
    settings = engine.pool
    tap.equal((settings.size(), settings._max_overflow, settings._recycle, settings._pre_ping,
               settings.timeout()), (20, 50, 3600, True, 30),
              "the pool has the settings of the requirement")
    other = engine.connect()
    with engine.connect() as connection:
        process = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    other.execute(text("SELECT pg_terminate_backend(:process, 5000)"), {"process": process})
    with engine.connect() as connection:
        renewed = connection.execute(text("SELECT pg_backend_pid()")).scalar()
    other.close()
    tap.check(renewed != process, "a connection that died in the pool is renewed by its ping")


def main():
    print(f"# SQLAlchemy {sqlalchemy.__version__} with {driver()}")
    pool()
    user = User(username='ann', email='ann@example.com', password_hash='no login')
    session.add(user)
    session.commit()
    precise_numbers(user)
    jsonb(user)
    series()
    refused()
    backtest(user)
    session.remove()
    engine.dispose()
    return tap.end()


if __name__ == "__main__":
    raise SystemExit(main())
