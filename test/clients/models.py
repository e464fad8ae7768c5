# SPDX-License-Identifier: PostgreSQL
"""Models of tables of schema trading, for SQLAlchemy 1.4 and later.

A column whose value the server gives (a default, an identity, a trigger) has FetchedValue():
SQLAlchemy leaves it out of INSERT where it is not set, and reads it back afterwards.
"""
import importlib.util
import re

import sqlalchemy
from sqlalchemy import (BigInteger, Boolean, Column, Date, DateTime, FetchedValue, ForeignKey,
                        ForeignKeyConstraint, Integer, MetaData, Numeric, Text)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import declarative_base, relationship, scoped_session, sessionmaker

# Tables too, but none that a model would name: quant.maintain_partitions() makes and removes them.
PARTITION = re.compile(r"market_data_(y\d{4}.*|default)")


def driver():
    """psycopg (3) where SQLAlchemy knows it, which it does from version 2, otherwise psycopg2."""
    knows_psycopg = int(sqlalchemy.__version__.split(".")[0]) >= 2
    return "psycopg" if knows_psycopg and importlib.util.find_spec("psycopg") else "psycopg2"


# An address without a host: libpq takes everything from PGHOST, PGPORT, PGUSER and PGDATABASE.
# The examples pass datetime.utcnow(), which has no zone, and is read in that of the session.
engine = sqlalchemy.create_engine(
    f"postgresql+{driver()}://",
    pool_size=20,
    pool_recycle=3600,
    pool_pre_ping=True,
    pool_timeout=30,
    max_overflow=50,
    connect_args={"options": "-c timezone=UTC"},
)
session = scoped_session(sessionmaker(bind=engine))
Base = declarative_base(metadata=MetaData(schema="trading"))
Base.query = session.query_property()


def given(*arguments, **options):
    """A column that the server fills where it is left out."""
    return Column(*arguments, server_default=FetchedValue(), **options)


def key():
    return given(BigInteger, primary_key=True)


def instant():
    return given(DateTime(timezone=True))


class User(Base):
    __tablename__ = "users"
    id = key()
    username = Column(Text, nullable=False)
    email = Column(Text, nullable=False)
    password_hash = Column(Text, nullable=False)
    is_active = given(Boolean)
    created_at = instant()
    updated_at = instant()
    portfolios = relationship("Portfolio", back_populates="user")
    strategies = relationship("Strategy", back_populates="user")


class Asset(Base):
    __tablename__ = "assets"
    id = key()
    symbol = Column(Text, nullable=False)
    name = Column(Text)
    asset_type = given(Text)
    exchange = Column(Text)
    sector = Column(Text)
    market_cap = Column(Numeric(20, 2))
    fundamentals = Column(JSONB(none_as_null=True))


class Strategy(Base):
    __tablename__ = "strategies"
    id = key()
    user_id = Column(BigInteger, ForeignKey("trading.users.id"), nullable=False)
    name = Column(Text, nullable=False)
    description = Column(Text)
    strategy_type = given(Text)
    parameters = given(JSONB)
    entry_rules = given(JSONB)
    exit_rules = given(JSONB)
    risk_rules = given(JSONB)
    is_active = given(Boolean)
    created_at = instant()
    updated_at = instant()
    user = relationship("User", back_populates="strategies")


class Backtest(Base):
    __tablename__ = "backtests"
    id = key()
    user_id = Column(BigInteger, ForeignKey("trading.users.id"), nullable=False)
    strategy_id = Column(BigInteger, ForeignKey("trading.strategies.id"), nullable=False)
    start_date = Column(Date, nullable=False)
    end_date = Column(Date, nullable=False)
    timeframe = given(Text)
    initial_capital = Column(Numeric(15, 2), nullable=False)
    universe = given(JSONB)
    parameters = given(JSONB)
    status = given(Text)
    final_value = Column(Numeric(15, 2))
    total_return = Column(Numeric(12, 6))
    sharpe_ratio = Column(Numeric(12, 6))
    max_drawdown = Column(Numeric(12, 6))
    total_trades = Column(Integer)
    warnings = given(JSONB)


class Portfolio(Base):
    __tablename__ = "portfolios"
    id = key()
    user_id = Column(BigInteger, ForeignKey("trading.users.id"), nullable=False)
    backtest_id = Column(BigInteger, ForeignKey("trading.backtests.id"))
    name = Column(Text, nullable=False)
    description = Column(Text)
    portfolio_type = given(Text)
    currency = given(Text)
    initial_capital = Column(Numeric(15, 2), nullable=False)
    current_capital = given(Numeric(15, 2))
    cash_balance = given(Numeric(15, 2))
    total_value = given(Numeric(15, 2))
    realized_pnl = given(Numeric(15, 2))
    unrealized_pnl = given(Numeric(15, 2))
    settings = given(JSONB)
    is_active = given(Boolean)
    created_at = instant()
    updated_at = instant()
    user = relationship("User", back_populates="portfolios")
    positions = relationship("Position", back_populates="portfolio")
    transactions = relationship("Transaction", back_populates="portfolio",
                                foreign_keys="Transaction.portfolio_id")


class Position(Base):
    __tablename__ = "positions"
    id = key()
    portfolio_id = Column(BigInteger, ForeignKey("trading.portfolios.id"), nullable=False)
    symbol = Column(Text, nullable=False)
    quantity = Column(Numeric(15, 6), nullable=False)
    avg_entry_price = Column(Numeric(10, 4), nullable=False)
    current_price = Column(Numeric(10, 4))
    market_value = given(Numeric(15, 2))
    cost_basis = given(Numeric(15, 2))
    realized_pnl = given(Numeric(15, 2))
    unrealized_pnl = given(Numeric(15, 2))
    is_open = given(Boolean)
    opened_at = instant()
    closed_at = Column(DateTime(timezone=True))
    portfolio = relationship("Portfolio", back_populates="positions")


class Transaction(Base):
    __tablename__ = "transactions"
    __table_args__ = (
        ForeignKeyConstraint(["position_id", "portfolio_id"],
                             ["trading.positions.id", "trading.positions.portfolio_id"]),
    )
    id = key()
    portfolio_id = Column(BigInteger, ForeignKey("trading.portfolios.id"), nullable=False)
    position_id = Column(BigInteger)
    symbol = given(Text)
    transaction_type = given(Text)
    transaction_date = instant()
    quantity = Column(Numeric(15, 6))
    price = Column(Numeric(10, 4))
    total_value = given(Numeric(15, 2))
    commission = given(Numeric(10, 2))
    fees = given(Numeric(10, 2))
    net_amount = given(Numeric(15, 2))
    realized_pnl = Column(Numeric(15, 2))
    external_id = Column(Text)
    # `metadata` is a name of SQLAlchemy's own in a declarative class.
    details = given("metadata", JSONB)
    portfolio = relationship("Portfolio", back_populates="transactions",
                             foreign_keys=[portfolio_id])


class MarketData(Base):
    __tablename__ = "market_data"
    # The key of a partitioned table holds the column by which it is partitioned.
    id = key()
    timestamp = Column(DateTime(timezone=True), primary_key=True)
    asset_id = given(BigInteger)
    symbol = Column(Text, ForeignKey("trading.assets.symbol"), nullable=False)
    timeframe = Column(Text, nullable=False)
    open_price = Column(Numeric(10, 4), nullable=False)
    high_price = Column(Numeric(10, 4), nullable=False)
    low_price = Column(Numeric(10, 4), nullable=False)
    close_price = Column(Numeric(10, 4), nullable=False)
    volume = given(Numeric(15, 0))
    bid_price = Column(Numeric(10, 4))
    ask_price = Column(Numeric(10, 4))
    vwap = Column(Numeric(10, 4))
    trade_count = Column(Integer)
    additional_data = Column(JSONB(none_as_null=True))
