# SPDX-License-Identifier: PostgreSQL
"""Readable differences between the database's answer to a case and the oracle's."""
from datetime import datetime
from fractions import Fraction

import engine
import metrics
from case_input import dump_json, parse_timestamp

TRADE_FIELDS = ("symbol", "side", "quantity", "entry_date", "entry_price", "exit_date",
                "exit_price", "exit_reason", "pnl", "trade_return", "commission", "slippage",
                "income", "bars_held", "mae", "mfe")
SIGNAL_FIELDS = ("symbol", "signal_date", "signal_type", "status")
EQUITY_FIELDS = ("timestamp", "cash_balance", "market_value", "equity", "drawdown")
OTHER_NAMES = {"mae": "max_adverse_excursion", "mfe": "max_favorable_excursion"}
INSTANTS = ("entry_date", "exit_date", "timestamp", "signal_date")
ABSENT = object()


def differences(case, answer, ignored):
    """Readable differences between the database's answer and the oracle's, in reading order."""
    if answer["error"]:
        return [f"database error: {answer['error']}"]
    run = engine.run(case)
    found = _compare_trades(run.trades, answer["trade"], ignored)
    found += _compare_rows("equity", run.curve, answer["equity"], EQUITY_FIELDS, ignored,
                           lambda row: _show(row["timestamp"]))
    found += _compare_rows("signal", _signals(run), answer["signal"], SIGNAL_FIELDS, ignored,
                           lambda row: f"{row['symbol']} {_show(row['signal_date'])}")
    if len(answer["metric"]) != 1:
        return found + [f"metrics: one row expected, {len(answer['metric'])} found"]
    expected = metrics.columns(run)
    return found + _compare_row("metrics", expected, answer["metric"][0], expected, ignored)


def _signals(run):
    """The user's signals as they were written down."""
    rows = sorted(run.case.user_signals, key=lambda row: row["number"])
    return [{"symbol": row["symbol"], "signal_date": row["time"], "signal_type": row["type"],
             "status": row["status"]} for row in rows]


def _compare_trades(expected, found, ignored):
    """Closed ones as they are numbered, open ones by symbol and entry."""
    found = sorted(found, key=lambda row: _trade_order(row, _read(row, "exit_date"),
                                                       _read(row, "entry_date")))
    expected = sorted(expected, key=lambda row: _trade_order(row, row["exit_date"],
                                                             row["entry_date"]))
    return _compare_rows(
        "trade", expected, found, TRADE_FIELDS, ignored,
        lambda row: f"{row['symbol']} {row['side']} {_show(row['entry_date'])}")


def _trade_order(row, exit_date, entry_date):
    """Stable within one exit: both sides are given in the order of closing."""
    symbol = row["symbol"].encode()
    return (exit_date is None, exit_date or entry_date, symbol)


def _compare_rows(kind, expected, found, fields, ignored, describe):
    messages = []
    if len(expected) != len(found):
        messages.append(f"{kind}: {len(expected)} rows expected, {len(found)} found")
    for number, (wanted, row) in enumerate(zip(expected, found), 1):
        messages += _compare_row(f"{kind} {number} ({describe(wanted)})", wanted, row, fields,
                                 ignored)
    for row in expected[len(found):][:1]:
        messages.append(f"{kind}: the first missing one is {describe(row)}")
    return messages


def _compare_row(label, expected, found, fields, ignored):
    messages = []
    for name in fields:
        if name in ignored:
            continue
        value = _read(found, name)
        if value is ABSENT:
            messages.append(f"{label}: no column {name}")
        elif value != expected[name]:
            messages.append(f"{label}: {name} expected {_show(expected[name])},"
                            f" found {_show(value)}")
    return messages


def _read(row, name):
    """A value of a JSON row in the oracle's types."""
    if name not in row:
        name = OTHER_NAMES.get(name, name)
    value = row.get(name, ABSENT)
    if name in INSTANTS and isinstance(value, str):
        return parse_timestamp(value)
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return Fraction(value) if is_number else value


def _show(value):
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, (Fraction, int)):
        return dump_json(Fraction(value))
    return "NULL" if value is None else str(value)
