# SPDX-License-Identifier: PostgreSQL
"""Bars, corporate actions and what the rules see of them (docs/semantics 1, 23, 26)."""
from collections import namedtuple
from fractions import Fraction

from days import bar_end, bucket_start, calendar_value
from rounding import round_half_away
from series import SymbolSeries

Bar = namedtuple("Bar", "timestamp open high low close volume bid ask", defaults=(None, None))
# new for old shares, or an amount a share; row is the first bar on or after the ex-date.
Action = namedtuple("Action", "kind ex_date row factor amount")
SPLITS = ("split", "stock_dividend")
KINDS = ("split", "stock_dividend", "dividend", "special_dividend")


def read_actions(rows, days, prices):
    """A symbol's actions by ex-date, splits first; `days` are the days of its bars."""
    actions = []
    for row in sorted(rows, key=lambda r: (r["ex_date"], KINDS.index(r["type"]))):
        at = next((n for n, day in enumerate(days) if day.isoformat() >= row["ex_date"]), None)
        factor = Fraction(row["to"], row["from"]) if row["type"] in SPLITS else None
        amount = Fraction(row["amount"]) if factor is None else None
        actions.append(Action(row["type"], row["ex_date"], at, factor, amount))
    if prices == "adjusted":
        return []
    if prices == "split_adjusted":
        return [a._replace(amount=a.amount / _later(actions, a)) for a in actions if a.amount]
    return actions


def _later(actions, dividend):
    product = Fraction(1)
    for action in actions:
        if action.factor and action.ex_date > dividend.ex_date:
            product *= action.factor
    return product


def factor_between(actions, earlier, later):
    """Product of the splits whose first bar lies in rows (earlier, later]."""
    product = Fraction(1)
    for action in actions:
        if action.factor and action.row is not None and earlier < action.row <= later:
            product *= action.factor
    return product


def in_units_of(bar, factor):
    """A bar in the units that hold after splits of this product."""
    if factor == 1:
        return bar
    quotes = [None if x is None else x / factor for x in (bar.bid, bar.ask)]
    return Bar(bar.timestamp, bar.open / factor, bar.high / factor, bar.low / factor,
               bar.close / factor, round_half_away(bar.volume * factor, 0), *quotes)


class Reader:
    """Values of expressions at a bar of a symbol, in the units of that bar."""

    def __init__(self, case):
        self.case = case
        self._series, self._coarse = {}, {}
        self._splits = {symbol: [a.row for a in actions if a.factor and a.row is not None]
                        for symbol, actions in case.actions.items()}

    def value(self, symbol, node, row, state=None):
        """Value at a bar; None is missing."""
        return self._of(symbol, row).value(node, row, state)

    def is_true(self, symbol, condition, row, state=None):
        """Only the whole rule turns missing into false."""
        return self.value(symbol, condition, row, state) is True

    def closes(self, symbol, row, count):
        """The last `count` closes up to a bar, or fewer."""
        return [bar.close for bar in self._of(symbol, row).bars[:row + 1]][-count:]

    def _of(self, symbol, row):
        """The series in the units of a row: it ends where the next split begins."""
        last = len(self.case.bars[symbol]) - 1
        last = min((at - 1 for at in self._splits[symbol] if at > row), default=last)
        if (symbol, last) not in self._series:
            actions = self.case.actions[symbol]
            bars = [in_units_of(bar, factor_between(actions, number, last))
                    for number, bar in enumerate(self.case.bars[symbol][:last + 1])]
            series = SymbolSeries(bars, self.case.crossover == "strict")
            series.elsewhere = lambda node, at: self._elsewhere(series, node, at)
            self._series[symbol, last] = series
        return self._series[symbol, last]

    def _elsewhere(self, series, node, row):
        timestamp = series.bars[row].timestamp
        if node[0] == "calendar":
            return Fraction(calendar_value(node[1], timestamp.astimezone(self.case.zone)))
        if node[0] == "at":
            return self._at(node[1], node[2], timestamp)
        return self._tf(series, node[1], node[2], timestamp)

    def _at(self, symbol, node, timestamp):
        rows = [n for n, bar in enumerate(self.case.bars[symbol]) if bar.timestamp <= timestamp]
        if not rows:
            return None
        age = timestamp - self.case.bars[symbol][rows[-1]].timestamp
        return self.value(symbol, node, rows[-1]) if age <= self.case.max_age else None

    def _tf(self, series, timeframe, node, timestamp):
        known = bar_end(timestamp, self.case.timeframe)
        key = (id(series), timeframe)
        if key not in self._coarse:
            self._coarse[key] = SymbolSeries(coarser(series.bars, timeframe), series.strict)
        coarse = self._coarse[key]
        ended = [n for n, bar in enumerate(coarse.bars)
                 if bar_end(bar.timestamp, timeframe) <= known]
        return coarse.value(node, ended[-1]) if ended else None


def coarser(bars, timeframe):
    """The bars of a coarser timeframe; the first may be cut off by where the bars begin."""
    buckets = {}
    for bar in bars:
        buckets.setdefault(bucket_start(bar.timestamp, timeframe), []).append(bar)
    return [Bar(start, group[0].open, max(b.high for b in group), min(b.low for b in group),
                group[-1].close, sum(b.volume for b in group))
            for start, group in buckets.items()]
