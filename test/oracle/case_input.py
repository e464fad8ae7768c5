# SPDX-License-Identifier: PostgreSQL
"""One case as exact values: bars, settings, rules. The JSON form is described in generate.py."""
import json
from collections import namedtuple
from datetime import date, datetime
from fractions import Fraction

from expressions import parse_condition, warm_up_bars
from rounding import decimal_text

Bar = namedtuple("Bar", "timestamp open high low close volume")
ExitRule = namedtuple("ExitRule", "identifier side condition")

CHOICES = {
    "fill": ("next_open", "same_close"),
    "intrabar": ("worst_case", "stop_first", "nearest_extreme", "ohlc", "olhc"),
    "crossover": ("default", "strict"),
    "size_at": ("fill", "signal"),
    "on_opposite": ("reverse", "close", "ignore"),
    "on_short_cash": ("reduce", "skip"),
    "finalize": ("none", "last_close", "last_open"),
}
SIZES = ("units", "cash", "percent_equity")


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


class CaseInput:
    """Everything that a run reads; all numbers are rationals."""

    def __init__(self, case):
        self.name = case.get("name", "")
        self.timeframe = case["timeframe"]
        self.start_date = date.fromisoformat(case["start_date"])
        self.end_date = date.fromisoformat(case["end_date"])
        self.initial_capital = Fraction(case["initial_capital"])
        self.symbols = sorted(case["universe"], key=lambda symbol: symbol.encode())
        self.assets = {asset["symbol"]: asset for asset in case["assets"]}
        run_parameters = dict(case.get("parameters", {}))
        self._read_execution(run_parameters.pop("execution", {}))
        self.benchmark = run_parameters.pop("benchmark", None)
        strategy = case["strategy"]
        self._read_rules(strategy, _parameter_values(strategy.get("parameters", {}),
                                                     run_parameters))
        self._read_bars(case["bars"])

    def _read_execution(self, execution):
        for key, allowed in CHOICES.items():
            value = execution.get(key, allowed[0])
            if value not in allowed:
                raise ValueError(f"execution.{key}: {value!r}")
            setattr(self, key, value)
        self.price_tick = {s: Fraction(execution.get("price_tick", self.assets[s]["tick_size"]))
                           for s in self.symbols}
        self.quantity_step = {s: Fraction(execution.get("quantity_step",
                                                        self.assets[s]["lot_size"]))
                              for s in self.symbols}
        self.commission_percent = Fraction(execution.get("commission", {}).get("percent", 0))
        slippage = execution.get("slippage", {})
        self.slippage_percent = Fraction(slippage.get("percent", 0))
        self.slippage_ticks = Fraction(slippage.get("ticks", 0))
        self.leverage = Fraction(execution.get("leverage", 1))
        self.maintenance = Fraction(execution.get("maintenance", Fraction(1, 4)))
        self.risk_free = Fraction(execution.get("risk_free", 0))
        override = execution.get("periods_per_year")
        self.periods_per_year = Fraction(override) if override else self._default_periods()

    def _default_periods(self):
        if self.timeframe in ("1w", "1mo"):
            return Fraction({"1w": 52, "1mo": 12}[self.timeframe])
        kinds = {self.assets[s].get("asset_type", "stock") for s in self.symbols}
        return Fraction(365 if kinds == {"crypto"} else 252)

    def _read_rules(self, strategy, parameters):
        entries = strategy.get("entry_rules", {})
        self.entries = {side: parse_condition(entries[side]["when"], parameters)
                        for side in ("long", "short") if side in entries}
        self.exits = [ExitRule(rule.get("id"), rule.get("side"),
                               parse_condition(rule["when"], parameters))
                      for rule in strategy.get("exit_rules", [])]
        risk = strategy.get("risk_rules", {})
        self.stop_loss = _optional(risk.get("stop_loss"))
        self.take_profit = _optional(risk.get("take_profit"))
        (self.size_kind, amount), = risk.get("size", {"percent_equity": 100}).items()
        if self.size_kind not in SIZES:
            raise ValueError(f"risk_rules.size: {self.size_kind!r}")
        self.size_amount = Fraction(amount)

    def _read_bars(self, bars):
        """Per symbol the bars of the run behind its warm-up bars, and the row of the first."""
        conditions = list(self.entries.values()) + [rule.condition for rule in self.exits]
        warm_up = max((warm_up_bars(condition) for condition in conditions), default=0)
        self.bars, self.first_row = {}, {}
        for symbol in self.symbols:
            series = sorted((_bar(row) for row in bars.get(symbol, [])),
                            key=lambda bar: bar.timestamp)
            before = [bar for bar in series if bar.timestamp.date() < self.start_date]
            inside = [bar for bar in series
                      if self.start_date <= bar.timestamp.date() <= self.end_date]
            if symbol == self.benchmark:
                self.benchmark_base = before[-1].close if before else inside[0].open
            before = before[max(0, len(before) - warm_up):]
            self.bars[symbol], self.first_row[symbol] = before + inside, len(before)


def _optional(value):
    return None if value is None else Fraction(value)


def _bar(row):
    return Bar(parse_timestamp(row[0]), *(Fraction(value) for value in row[1:]))


def _parameter_values(declared, overrides):
    values = {}
    for name, value in declared.items():
        values[name] = value["default"] if isinstance(value, dict) else value
    values.update({name: value for name, value in overrides.items() if name != "benchmark"})
    return {name: Fraction(value) for name, value in values.items()
            if isinstance(value, (int, Fraction)) and not isinstance(value, bool)}
