# SPDX-License-Identifier: PostgreSQL
"""Compares the extension with the oracle, trade by trade, point by point, figure by figure.

    python3 compare.py [COUNT] [--first-seed N] [--seed N] [--only-fixed] [--no-fixed]
                       [--reference] [--ignore name,name] [--differences N] [--dump]

COUNT random cases (default 60), the fixed ones and, if PG_QUANT_REFERENCE_DIR is set, the GOOG
reference run. --reference runs the latter alone, --seed one random case, --dump prints a
failing case as JSON. The connection is libpq's (PGHOST, PGPORT, PGDATABASE, PGUSER).
The last line is `oracle: N passed, N failed`; the exit status is 0 only if nothing failed.
"""
import argparse
import sys
from datetime import datetime
from fractions import Fraction

import engine
import metrics
from case_input import dump_json, load_json, parse_timestamp
from database import DatabaseError, run_cases
from fixed_cases import fixed_cases
from generate import random_case
from reference_cases import goog_case, reference_directory

TRADE_FIELDS = ("symbol", "side", "quantity", "entry_date", "entry_price", "exit_date",
                "exit_price", "exit_reason", "pnl", "trade_return", "commission", "slippage",
                "bars_held", "mae", "mfe")
EQUITY_FIELDS = ("timestamp", "cash_balance", "market_value", "equity", "drawdown")
OTHER_NAMES = {"mae": "max_adverse_excursion", "mfe": "max_favorable_excursion"}
INSTANTS = ("entry_date", "exit_date", "timestamp")
ABSENT = object()


def differences(case, answer, ignored):
    """Readable differences between the database's answer and the oracle's, in reading order."""
    if answer["error"]:
        return [f"database error: {answer['error']}"]
    run = engine.run(case)
    found = _compare_trades(run.trades, answer["trade"], ignored)
    found += _compare_rows("equity", run.curve, answer["equity"], EQUITY_FIELDS, ignored,
                           lambda row: _show(row["timestamp"]))
    if len(answer["metric"]) != 1:
        return found + [f"metrics: one row expected, {len(answer['metric'])} found"]
    expected = metrics.columns(run)
    return found + _compare_row("metrics", expected, answer["metric"][0], expected, ignored)


def _compare_trades(expected, found, ignored):
    found = sorted(found, key=lambda row: _trade_order(_read(row, "exit_date"),
                                                       row, _read(row, "entry_date")))
    expected = sorted(expected, key=lambda row: _trade_order(row["exit_date"], row,
                                                             row["entry_date"]))
    return _compare_rows(
        "trade", expected, found, TRADE_FIELDS, ignored,
        lambda row: f"{row['symbol']} {row['side']} {_show(row['entry_date'])}")


def _trade_order(exit_date, row, entry_date):
    return (exit_date is None, exit_date or entry_date, row["symbol"].encode(), entry_date)


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


def _cases(options):
    if options.seed is not None:
        return [random_case(options.seed)]
    cases = []
    if reference_directory():
        cases += [goog_case(), goog_case(Fraction("0.2"))]
    elif options.reference:
        sys.exit("PG_QUANT_REFERENCE_DIR is not set")
    if options.reference:
        return cases
    if not options.no_fixed:
        cases += fixed_cases()
    if not options.only_fixed:
        seeds = range(options.first_seed, options.first_seed + options.count)
        cases += [random_case(seed) for seed in seeds]
    return cases


def _options():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=60)
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--seed", type=int)
    parser.add_argument("--only-fixed", action="store_true")
    parser.add_argument("--no-fixed", action="store_true")
    parser.add_argument("--reference", action="store_true")
    parser.add_argument("--ignore", default="", help="names of columns, separated by commas")
    parser.add_argument("--differences", type=int, default=8, help="shown for each case")
    parser.add_argument("--dump", action="store_true")
    return parser.parse_args()


def main():
    """Run, compare, report; exit status 1 if a case differs."""
    options = _options()
    ignored = set(options.ignore.split(","))
    cases = [load_json(dump_json(case)) for case in _cases(options)]
    try:
        answers = run_cases(cases)
    except DatabaseError as error:
        sys.exit(f"psql: {error}")
    failed = 0
    for case, answer in zip(cases, answers):
        messages = differences(case, answer, ignored)
        if not messages:
            continue
        failed += 1
        print(f"FAILED {case['name']}: {len(messages)} differences")
        for message in messages[:options.differences]:
            print(f"    {message}")
        if options.dump:
            print(dump_json(case))
    print(f"oracle: {len(cases) - failed} passed, {failed} failed")
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
