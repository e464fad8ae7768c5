# SPDX-License-Identifier: PostgreSQL
"""The server against the results of other backtest engines, on real bars.

    PG_QUANT_REFERENCE_DIR=... python3 -m unittest test_peers.py

peers/*.json say which engine gave the result, and how it was asked; peers/generate makes them.
The bars are not part of the repository: the directory of the references has them in its folder
`data`. The connection is libpq's, to a database that has the extension.
"""
import glob
import os
import subprocess
import unittest
from fractions import Fraction

from case_input import load_json, parse_timestamp
from database import literal, run_cases
from peer_bars import load_bars
from reference_cases import data_directory, reference_directory

CASES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "peers", "*.json")
EXACT_FIELDS = ("symbol", "side", "quantity", "entry_bar", "entry_date", "entry_price", "exit_bar",
                "exit_date", "exit_price")
NUMBERS = ("quantity", "entry_bar", "entry_price", "exit_bar", "exit_price", "pnl")
MOST_MESSAGES = 5


def why_not():
    """Why these tests cannot run, or None."""
    if not reference_directory():
        return "PG_QUANT_REFERENCE_DIR is not set"
    query = "SELECT to_regprocedure('quant.version()') IS NOT NULL"
    try:
        answer = subprocess.run(["psql", "-XAtc", query], stdout=subprocess.PIPE,
                                stderr=subprocess.DEVNULL, check=False).stdout.strip()
    except FileNotFoundError:
        return "psql was not found"
    return None if answer == b"t" else "the database does not have the extension"


def database_case(peer):
    """The case as database.py runs it."""
    bars = {symbol: load_bars(data_directory(), source)
            for symbol, source in peer["data"].items()}
    lot_size = peer["parameters"]["execution"]["quantity_step"]
    return {
        "assets": [{"symbol": symbol, "tick_size": "0.0001", "lot_size": float(lot_size)}
                   for symbol in bars],
        "bars": bars, "universe": sorted(bars), "timeframe": peer["timeframe"],
        "start_date": peer["start_date"], "end_date": peer["end_date"],
        "initial_capital": peer["capital"], "strategy": peer["strategy"],
        "parameters": peer["parameters"],
        "statements": [action_statement(symbol, action)
                       for symbol, actions in peer.get("actions", {}).items()
                       for action in actions]}


def action_statement(symbol, action):
    """Stores a split or a dividend."""
    terms = {name: action[name] for name in ("split_to", "split_from", "amount")
             if name in action}
    values = [literal(action["type"]), literal(action["ex_date"])] + [
        str(value) for value in terms.values()]
    return (f"INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date,"
            f" {', '.join(terms)}) SELECT id, {', '.join(values)} FROM trading.assets"
            f" WHERE symbol = {literal(symbol)};")


def trade(row, bars_at):
    """A row of either side in one form: rationals, instants, numbers of bars."""
    found = {name: row.get(name) for name in EXACT_FIELDS + ("pnl",)}
    for end in ("entry", "exit"):
        date = found[f"{end}_date"]
        found[f"{end}_date"] = date and parse_timestamp(date)
        found[f"{end}_bar"] = date and bars_at[row["symbol"]].get(found[f"{end}_date"])
    for name in NUMBERS:
        found[name] = None if found[name] is None else Fraction(found[name])
    return found


def trade_order(row):
    """Closed ones by exit, then symbol and entry."""
    is_open = row["exit_date"] is None
    return (is_open, row["entry_date"] if is_open else row["exit_date"], row["symbol"].encode(),
            row["entry_date"])


def compare_trades(peer, bars_at, found):
    """Messages about trades that differ."""
    expected = sorted((trade(row, bars_at) for row in peer["trades"]), key=trade_order)
    found = sorted((trade(row, bars_at) for row in found), key=trade_order)
    tolerance = Fraction(peer["tolerance"]["pnl"])
    messages = []
    if len(expected) != len(found):
        messages.append(f"{len(expected)} trades expected, {len(found)} found")
    for number, (wanted, row) in enumerate(zip(expected, found), 1):
        differing = [name for name in EXACT_FIELDS if wanted[name] != row[name]]
        if abs(wanted["pnl"] - row["pnl"]) > tolerance:
            differing.append("pnl")
        messages += [f"trade {number}: {name} expected {show(wanted[name])},"
                     f" found {show(row[name])}" for name in differing]
    return messages


def compare_equity(peer, found):
    """Messages about points of the equity curve that differ."""
    equity = {parse_timestamp(row["timestamp"]): Fraction(row["equity"]) for row in found}
    tolerance = Fraction(peer["tolerance"]["equity"])
    points = [(row["date"], row["equity"]) for row in peer["equity"]]
    if equity:
        points.append((max(equity).isoformat(), peer["final_equity"]))
    messages = []
    for date, expected in points:
        value = equity.get(parse_timestamp(date))
        if value is None or abs(value - Fraction(expected)) > tolerance:
            messages.append(f"equity at {date}: expected {expected}, found {show(value)}")
    return messages


def show(value):
    """A value for a message."""
    return str(float(value)) if isinstance(value, Fraction) else str(value)


@unittest.skipIf(why_not(), why_not())
class PeerCases(unittest.TestCase):
    """Every trade in bar, size, price and profit; equity on some days and at the end."""

    def check(self, path):
        """Run one case and compare."""
        with open(path, encoding="utf-8") as file:
            peer = load_json(file.read())
        case = database_case(peer)
        answer, = run_cases([case])
        self.assertIsNone(answer["error"])
        bars_at = {symbol: {parse_timestamp(row[0]): number for number, row in enumerate(rows)}
                   for symbol, rows in case["bars"].items()}
        messages = compare_trades(peer, bars_at, answer["trade"])
        messages += compare_equity(peer, answer["equity"])
        if messages:
            self.fail("\n".join([f"{len(messages)} differences"] + messages[:MOST_MESSAGES]))

    @classmethod
    def add(cls, path):
        """One test for each file."""
        name = os.path.basename(path).removesuffix(".json")
        setattr(cls, f"test_{name}", lambda self: self.check(path))


for case_path in sorted(glob.glob(CASES)):
    PeerCases.add(case_path)

if __name__ == "__main__":
    unittest.main()
