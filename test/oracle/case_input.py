# SPDX-License-Identifier: PostgreSQL
"""One case as exact values: bars, settings, rules. The JSON form is described in generate.py."""
import json
from datetime import date, datetime
from fractions import Fraction

from days import bucket_start
from expressions import warm_up_bars
from market import Bar, read_actions
from rounding import decimal_text
from settings import Settings
from strategy import Strategy


def load_json(text):
    """JSON whose numbers keep their exact decimal value."""
    return json.loads(text, parse_float=Fraction)


def dump_json(value):
    """JSON text in which a rational is its exact decimal."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {dump_json(item)}"
                               for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(dump_json(item) for item in value) + "]"
    if isinstance(value, Fraction):
        digits = 0
        while (value * 10 ** digits).denominator != 1:
            digits += 1
            if digits > 30:
                raise ValueError(f"{value} is no decimal")
        return decimal_text(value, digits)
    return json.dumps(value, ensure_ascii=False)


def parse_timestamp(text):
    """ISO 8601 text to an aware UTC instant."""
    return datetime.fromisoformat(text.replace("Z", "+00:00"))


class CaseInput(Settings, Strategy):
    """Everything that a run reads; all numbers are rationals."""

    def __init__(self, case):
        self.name = case.get("name", "")
        self.timeframe = case["timeframe"]
        self.start_date = date.fromisoformat(case["start_date"])
        self.end_date = date.fromisoformat(case["end_date"])
        self.initial_capital = Fraction(case["initial_capital"])
        self.membership = _membership(case["universe"])
        self.symbols = sorted(self.membership, key=lambda symbol: symbol.encode())
        self.assets = {asset["symbol"]: asset for asset in case["assets"]}
        run_parameters = dict(case.get("parameters", {}))
        self.read_execution(run_parameters.pop("execution", {}))
        self.benchmark = run_parameters.pop("benchmark", None)
        strategy = case["strategy"]
        self.read_strategy(strategy, _parameter_values(strategy.get("parameters", {}),
                                                       run_parameters))
        if self.use_risk_profile:
            self.tighten(case["risk_profile"])
        self._read_bars(case["bars"], case.get("actions", {}))
        self.finer_bars = {symbol: _finest(case.get("finer_bars", {}), symbol)
                           for symbol in self.symbols}
        self.user_signals = sorted((dict(row, number=number, time=parse_timestamp(row["date"]))
                                    for number, row in enumerate(case.get("signals", []))),
                                   key=lambda row: (row["time"], row["number"]))

    def day(self, timestamp):
        """The date of an instant in the run's zone (docs/semantics 7)."""
        return timestamp.astimezone(self.zone).date()

    def is_member(self, symbol, day):
        """Whether the symbol may be entered on a day (docs/semantics 28)."""
        asset, text = self.assets[symbol], day.isoformat()
        if not (asset.get("listed_on") or "0") <= text <= (asset.get("delisted_on") or "9"):
            return False
        return any((entry.get("from") or "0") <= text <= (entry.get("to") or "9")
                   for entry in self.membership[symbol])

    def _read_bars(self, bars, actions):
        """Per symbol the bars of the run behind its warm-up bars, and the row of the first."""
        warm_up, counted = (max([self.volatility_lookback]
                                + [warm_up_bars(node, elsewhere) for node in self.nodes])
                            for elsewhere in (True, False))
        self.bars, self.first_row, self.actions, self.bar_days = {}, {}, {}, {}
        self.bars_counted = {}
        for symbol in self.assets:
            series = sorted((_bar(row) for row in bars.get(symbol, [])),
                            key=lambda bar: bar.timestamp)
            before = [bar for bar in series if self.day(bar.timestamp) < self.start_date]
            inside = [bar for bar in series
                      if self.start_date <= self.day(bar.timestamp) <= self.end_date]
            if symbol == self.benchmark:
                self.benchmark_base = before[-1].close if before else inside[0].open
            before = before[max(0, len(before) - warm_up):]
            self.bars[symbol], self.first_row[symbol] = before + inside, len(before)
            self.bars_counted[symbol] = min(len(before), counted) + len(inside)
            self.bar_days[symbol] = [self.day(bar.timestamp) for bar in self.bars[symbol]]
            self.actions[symbol] = read_actions(actions.get(symbol, []), self.bar_days[symbol],
                                                self.prices)

    def finer_bars_within(self, symbol, row):
        """The finest stored bars within a bar (docs/semantics 11)."""
        start = self.bars[symbol][row].timestamp
        for series in self.finer_bars[symbol]:
            within = [bar for bar in series
                      if bucket_start(bar.timestamp, self.timeframe) == start]
            if within:
                return within
        return []


def _finest(finer_bars, symbol):
    """Series of the finer timeframes, finest first (they are given in that order)."""
    return [sorted((_bar(row) for row in series.get(symbol, [])), key=lambda bar: bar.timestamp)
            for series in finer_bars.values()]


def _membership(universe):
    """Per symbol its entries with `from` and `to`."""
    membership = {}
    for entry in universe:
        entry = {"symbol": entry} if isinstance(entry, str) else entry
        membership.setdefault(entry["symbol"], []).append(entry)
    return membership


def _bar(row):
    return Bar(parse_timestamp(row[0]),
               *(None if value is None else Fraction(value) for value in row[1:]))


def _parameter_values(declared, overrides):
    values = {}
    for name, value in declared.items():
        values[name] = value["default"] if isinstance(value, dict) else value
    values.update(overrides)
    return {name: Fraction(value) for name, value in values.items()
            if isinstance(value, (int, Fraction)) and not isinstance(value, bool)}
