# SPDX-License-Identifier: PostgreSQL
"""Runs cases in a database that has the extension, through psql and libpq's environment.

Each case is one transaction that is rolled back; many cases share one psql call. Results come
back as JSON rows between markers, so an error of one case does not touch the next.
"""
import subprocess
from fractions import Fraction

from case_input import dump_json, load_json

MARK = "@@oracle-case"
SECTIONS = ("trade", "equity", "metric", "signal")
PREAMBLE = r"""\set ON_ERROR_STOP off
\set VERBOSITY verbose
\pset format unaligned
\pset tuples_only on
\pset fieldsep '\t'
SET client_encoding = 'UTF8';
SET TIME ZONE 'UTC';
SET client_min_messages = error;
"""


class DatabaseError(RuntimeError):
    """psql could not run at all."""


def run_cases(cases, batch_size=20):
    """One answer per case: a list of rows for each of SECTIONS, and "error": text or None."""
    answers = []
    for start in range(0, len(cases), batch_size):
        batch = cases[start:start + batch_size]
        script = PREAMBLE + "".join(_case_script(number, case)
                                    for number, case in enumerate(batch))
        answers += _read_answers(*_psql(script), len(batch))
    return answers


def _psql(script):
    process = subprocess.run(["psql", "-X", "-q"], input=script.encode(),
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, check=False)
    if process.returncode != 0:
        raise DatabaseError(process.stderr.decode(errors="replace").strip()[-2000:])
    return process.stdout.decode(), process.stderr.decode(errors="replace")


def literal(value):
    """A quoted SQL literal; psql leaves quoted text alone."""
    return "'" + str(value).replace("'", "''") + "'"


def _json_literal(value):
    return literal(dump_json(value)) + "::jsonb"


def _case_script(number, case):
    strategy = case["strategy"]
    lines = [
        f"\\echo {MARK} {number}", f"\\warn {MARK} {number}",
        "\\set user_id -1", "\\set strategy_id -1", "\\set backtest_id -1", "BEGIN;",
        "INSERT INTO trading.users (username, email, password_hash) VALUES"
        " ('oracle', 'oracle@example.invalid', 'none') RETURNING id AS user_id \\gset",
        *(_asset_statement(asset) for asset in case["assets"]),
        *_bars_statements(case),
        *(_action_statement(symbol, action) for symbol, actions in case.get("actions", {}).items()
          for action in actions),
        *case.get("statements", ()),
        *_profile_statements(case.get("risk_profile")),
        _insert("strategies", {"user_id": ":user_id", "name": literal("oracle"), **{
            part: _json_literal(strategy[part])
            for part in ("parameters", "entry_rules", "exit_rules", "risk_rules")}})
        + " RETURNING id AS strategy_id \\gset",
        *(_stored_run(case) if "signals" in case else _simulations(case)), "ROLLBACK;", ""]
    return "\n".join(lines)


def _insert(table, values):
    """An INSERT without its end; values are SQL."""
    return (f"INSERT INTO trading.{table} ({', '.join(values)})"
            f" VALUES ({', '.join(values.values())})")


def _quoted(row, *names):
    return {name: literal(row[name]) for name in names if row.get(name) is not None}


def _asset_statement(asset):
    values = _quoted({"asset_type": "stock", **asset}, "symbol", "asset_type", "tick_size",
                     "lot_size", "listed_on", "delisted_on")
    return _insert("assets", values) + ";"


def _bars_statements(case):
    series = [(case["timeframe"], case["bars"])] + list(case.get("finer_bars", {}).items())
    return [_bars_statement(symbol, timeframe, rows) for timeframe, bars in series
            for symbol, rows in bars.items() if rows]


def _bars_statement(symbol, timeframe, bars):
    rows = ",\n".join(
        "(" + ", ".join([literal(symbol), literal(bar[0]), literal(timeframe)]
                        + bar[1:] + ["NULL"] * (8 - len(bar))) + ")"
        for bar in bars)
    return ("INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price, high_price,"
            f" low_price, close_price, volume, bid_price, ask_price) VALUES\n{rows};")


def _action_statement(symbol, action):
    row = {"action_type": action["type"], "ex_date": action["ex_date"],
           "split_to": action.get("to"), "split_from": action.get("from")}
    values = {"asset_id": f"(SELECT id FROM trading.assets WHERE symbol = {literal(symbol)})",
              **_quoted(row, "action_type", "ex_date", "split_to", "split_from")}
    if "amount" in action:
        values["amount"] = dump_json(Fraction(action["amount"]))
    return _insert("corporate_actions", values) + ";"


def _profile_statements(profile):
    if profile is None:
        return []
    values = {"user_id": ":user_id", "is_default": "true",
              **{name: dump_json(value) for name, value in profile.items()}}
    return [_insert("risk_profiles", values) + ";"]


def _simulations(case):
    return [_call("trade", "simulate_trades", case), _call("equity", "simulate_equity", case),
            _call("metric", "simulate", case)]


def _call(section, function, case):
    arguments = ", ".join([
        ":strategy_id", _json_literal(case["universe"]), literal(case["timeframe"]),
        literal(case["start_date"]) + "::date", literal(case["end_date"]) + "::date",
        str(case["initial_capital"]), _json_literal(case["parameters"])])
    return f"SELECT '{section}', to_jsonb(r) FROM quant.{function}({arguments}) AS r;"


def _stored_run(case):
    """A run that reads its orders from trading.signals and stores what comes out."""
    values = {"user_id": ":user_id", "strategy_id": ":strategy_id",
              **_quoted(case, "start_date", "end_date", "timeframe", "initial_capital"),
              "universe": _json_literal(case["universe"]),
              "parameters": _json_literal(case["parameters"])}
    read = "SELECT '{}', to_jsonb(r) FROM trading.{} AS r WHERE r.{};"
    own = "backtest_id = :backtest_id"
    curve = ("portfolio_id = (SELECT p.id FROM trading.portfolios AS p"
             " WHERE p.backtest_id = :backtest_id) ORDER BY r.timestamp")
    return [_insert("backtests", values) + " RETURNING id AS backtest_id \\gset",
            *(_signal_statement(row) for row in case["signals"]),
            "SELECT 'run', 'null' FROM quant.run_backtest(:backtest_id);",
            read.format("trade", "trades", own + " ORDER BY r.trade_number"),
            read.format("equity", "equity_curves", curve),
            read.format("metric", "backtests", "id = :backtest_id"),
            read.format("signal", "signals", own + " AND r.source = 'user' ORDER BY r.id")]


def _signal_statement(row):
    values = {"backtest_id": ":backtest_id", "source": "'user'", "symbol": literal(row["symbol"]),
              "signal_type": literal(row["type"]), "signal_date": literal(row["date"])}
    for name in ("strength", "target_quantity", "target_weight_pct"):
        if row.get(name) is not None:
            values[name] = dump_json(Fraction(row[name]))
    return _insert("signals", values) + ";"


def _read_answers(output, errors, count):
    answers = [{section: [] for section in SECTIONS} | {"error": None} for _ in range(count)]
    current = None
    for line in output.splitlines():
        if line.startswith(MARK):
            current = answers[int(line.split()[-1])]
            continue
        section, _, row = line.partition("\t")
        if current is not None and section in SECTIONS:
            current[section].append(load_json(row))
    current = None
    for line in errors.splitlines():
        if line.startswith(MARK):
            current = answers[int(line.split()[-1])]
        elif current is not None and current["error"] is None and line.strip():
            current["error"] = line.strip()
        elif current is not None and line.strip().startswith(("DETAIL", "HINT")):
            if current["error"].count(" | ") < 2:
                current["error"] += " | " + line.strip()
    return answers
