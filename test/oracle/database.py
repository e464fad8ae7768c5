# SPDX-License-Identifier: PostgreSQL
"""Runs cases in a database that has the extension, through psql and libpq's environment.

Each case is one transaction that is rolled back; many cases share one psql call. Results come
back as JSON rows between markers, so an error of one case does not touch the next.
"""
import subprocess

from case_input import dump_json, load_json

MARK = "@@oracle-case"
SECTIONS = ("trade", "equity", "metric")
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
    """One answer per case: {"trade": [...], "equity": [...], "metric": [...], "error": text}."""
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
        "\\set user_id -1", "\\set strategy_id -1", "BEGIN;",
        "INSERT INTO trading.users (username, email, password_hash) VALUES"
        " ('oracle', 'oracle@example.invalid', 'none') RETURNING id AS user_id \\gset",
        *(_asset_statement(asset) for asset in case["assets"]),
        *(_bars_statement(symbol, case["timeframe"], bars)
          for symbol, bars in case["bars"].items() if bars),
        *case.get("statements", ()),
        "INSERT INTO trading.strategies"
        " (user_id, name, parameters, entry_rules, exit_rules, risk_rules) VALUES (:user_id, "
        + ", ".join([literal("oracle")] + [_json_literal(strategy[part]) for part in
                                           ("parameters", "entry_rules", "exit_rules",
                                            "risk_rules")])
        + ") RETURNING id AS strategy_id \\gset",
        _call("trade", "simulate_trades", case), _call("equity", "simulate_equity", case),
        _call("metric", "simulate", case), "ROLLBACK;", ""]
    return "\n".join(lines)


def _asset_statement(asset):
    return ("INSERT INTO trading.assets (symbol, asset_type, tick_size, lot_size) VALUES ("
            + ", ".join(literal(value) for value in (
                asset["symbol"], asset.get("asset_type", "stock"), asset["tick_size"],
                asset["lot_size"])) + ");")


def _bars_statement(symbol, timeframe, bars):
    rows = ",\n".join(
        "(" + ", ".join([literal(symbol), literal(bar[0]), literal(timeframe)] + bar[1:]) + ")"
        for bar in bars)
    return ("INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price,"
            f" high_price, low_price, close_price, volume) VALUES\n{rows};")


def _call(section, function, case):
    arguments = ", ".join([
        ":strategy_id", _json_literal(case["universe"]), literal(case["timeframe"]),
        literal(case["start_date"]) + "::date", literal(case["end_date"]) + "::date",
        str(case["initial_capital"]), _json_literal(case["parameters"])])
    return f"SELECT '{section}', to_jsonb(r) FROM quant.{function}({arguments}) AS r;"


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
