# SPDX-License-Identifier: PostgreSQL
"""Runs ledger cases through psql: one transaction per case, rolled back, many cases a call.

A script is a list of SQL statements; what they select is `section, json`, and the answer of a
case is the list of these rows in order. quant is called through functions in pg_temp that
give the SQLSTATE of an error instead of raising it.
"""
import subprocess
from fractions import Fraction

from case_input import load_json
from rounding import decimal_text

MARK = "@@ledger-case"
PREAMBLE = r"""\set ON_ERROR_STOP off
\set VERBOSITY verbose
\pset format unaligned
\pset tuples_only on
\pset fieldsep '\t'
SET client_encoding = 'UTF8';
SET TIME ZONE 'UTC';
SET client_min_messages = error;
CREATE FUNCTION pg_temp.attempt(call text, account bigint) RETURNS text
LANGUAGE plpgsql AS $$
BEGIN
    EXECUTE call USING account;
    RETURN 'ok';
EXCEPTION WHEN others THEN
    RETURN SQLSTATE;
END $$;
CREATE FUNCTION pg_temp.book_state(account bigint) RETURNS jsonb
LANGUAGE sql VOLATILE AS $$
    SELECT jsonb_build_object(
        'portfolio', (SELECT to_jsonb(p) FROM trading.portfolios AS p WHERE p.id = account),
        'positions', (SELECT coalesce(jsonb_agg(to_jsonb(p) ORDER BY p.id), '[]')
                      FROM trading.positions AS p WHERE p.portfolio_id = account),
        'transactions', (SELECT count(*) FROM trading.transactions AS t
                         WHERE t.portfolio_id = account),
        'last', (SELECT to_jsonb(t) FROM trading.transactions AS t
                 WHERE t.portfolio_id = account ORDER BY t.id DESC LIMIT 1))
$$;
CREATE FUNCTION pg_temp.step(call text, account bigint) RETURNS jsonb
LANGUAGE plpgsql AS $$
DECLARE
    code text := pg_temp.attempt(call, account);
BEGIN
    RETURN pg_temp.book_state(account) || jsonb_build_object('code', code);
END $$;
"""


class DatabaseError(RuntimeError):
    """psql could not run at all."""


def run_scripts(scripts, batch_size=15):
    """For each script (rows, error): rows as (section, value) in order, first error or None."""
    answers = []
    for start in range(0, len(scripts), batch_size):
        batch = scripts[start:start + batch_size]
        text = PREAMBLE + "".join(
            "\n".join([f"\\echo {MARK} {number}", f"\\warn {MARK} {number}", "BEGIN;",
                       *statements, "ROLLBACK;", ""])
            for number, statements in enumerate(batch))
        answers += _run(text, len(batch))
    return answers


def _run(text, count):
    process = subprocess.run(["psql", "-X", "-q"], input=text.encode(), stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, check=False)
    errors = process.stderr.decode(errors="replace")
    if process.returncode != 0:
        raise DatabaseError(errors.strip()[-2000:])
    rows, failures, current = [[] for _ in range(count)], [None] * count, None
    for line in process.stdout.decode().splitlines():
        if line.startswith(MARK):
            current = int(line.split()[-1])
        elif current is not None and "\t" in line:
            section, _, value = line.partition("\t")
            rows[current].append((section, load_json(value) if value else None))
    current = None
    for line in errors.splitlines():
        if line.startswith(MARK):
            current = int(line.split()[-1])
        elif current is not None and failures[current] is None and line.strip():
            failures[current] = line.strip()
    return list(zip(rows, failures))


def sql(value):
    """A literal: None, a text, or a number as its exact decimal."""
    if value is None:
        return "NULL"
    if isinstance(value, str):
        return "'" + value.replace("'", "''") + "'"
    return number_text(value)


def number_text(value, digits=8):
    text = decimal_text(Fraction(value), digits)
    return text.rstrip("0").rstrip(".") if "." in text else text


def account_statements(name, initial_capital, assets):
    """A user, the assets {symbol: (asset_type, sector, currency)} and a paper portfolio, whose
    ids psql keeps as :user_id and :account."""
    rows = ", ".join(f"({sql(symbol)}, {sql(kind)}, {sql(sector)}, {sql(currency)})"
                     for symbol, (kind, sector, currency) in assets.items())
    return ["\\set user_id -1", "\\set account -1",
            "INSERT INTO trading.users (username, email, password_hash) VALUES"
            f" ({sql(name)}, 'ledger@example.invalid', 'none') RETURNING id AS user_id \\gset",
            f"INSERT INTO trading.assets (symbol, asset_type, sector, currency) VALUES {rows};",
            "INSERT INTO trading.portfolios (user_id, name, initial_capital) VALUES"
            f" (:user_id, {sql(name)}, {sql(initial_capital)}) RETURNING id AS account \\gset"]


def bars_statement(symbol, bars):
    """Daily bars [(date, close)], flat within the day."""
    rows = ", ".join(f"({sql(symbol)}, '{day} 00:00+00', '1d', {price}, {price}, {price}, {price})"
                     for day, price in ((day, number_text(close)) for day, close in bars))
    return ("INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price,"
            f" low_price, close_price) VALUES {rows};")


def record_call(terms, date=None):
    """The call as text in which $1 is the portfolio; `terms` are arguments of Book.post."""
    names = {"symbol": "symbol", "quantity": "quantity", "price": "price", "amount": "amount",
             "commission": "commission", "fees": "fees"}
    parts = ["$1", sql(terms["kind"])]
    parts += [f"{names[key]} => {sql(value)}" for key, value in terms.items() if key != "kind"
              and value is not None]
    if date is not None:
        parts.append(f"transaction_date => {sql(date)}::timestamptz")
    return f"SELECT quant.record_transaction({', '.join(parts)})"


def step_statement(terms, date=None, section="step"):
    """Books, and shows the account afterwards."""
    return (f"SELECT {sql(section)}, pg_temp.step($call${record_call(terms, date)}$call$,"
            " :account);")


def number(value):
    """A number of an answer as a Fraction; None stays None."""
    return None if value is None else Fraction(value)


def differences(expected, stored):
    """Texts for the figures that differ; `expected` names the columns."""
    found = []
    for name, figure in expected.items():
        other = stored.get(name)
        if isinstance(figure, Fraction) or isinstance(figure, int) and not isinstance(figure, bool):
            other = number(other)
        if other != figure:
            found.append(f"{name}: oracle {shown(figure)}, database {shown(other)}")
    return found


def shown(value):
    return number_text(value, 12) if isinstance(value, Fraction) else str(value)
