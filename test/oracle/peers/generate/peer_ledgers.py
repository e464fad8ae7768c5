# SPDX-License-Identifier: PostgreSQL
"""Accounts kept in plain decimal loops, for what the libraries do not have: dividends and splits
of raw prices, and a rotation with trades; and the same rotation by the library bt."""
import csv
import os
from dataclasses import dataclass, field
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal
from fractions import Fraction

import bt
import pandas

from peer_plan import Result, Trade

NAME, VERSION = "decimal loop", "1"
BT_NAME, BT_VERSION = "bt", bt.__version__
CENT = Decimal("0.01")


def cents(amount):
    """Rounded to cents, half away from zero."""
    return amount.quantize(CENT, ROUND_HALF_UP)


# Dividends and splits

def read_actions(directory, symbol, first, last):
    """{"type", "ex_date", "amount" or "split_to" and "split_from"} of a symbol, by date.

    The file's 7.00000700001 is the 7:1 split of AAPL."""
    found = []
    with open(os.path.join(directory, "corporate_actions.csv"), encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if row["symbol"] != symbol or not first < row["ex_date"] <= last:
                continue
            action = {"type": row["type"], "ex_date": row["ex_date"]}
            if row["type"] == "split":
                ratio = Fraction(row["value"]).limit_denominator(1000)
                action |= {"split_to": ratio.numerator, "split_from": ratio.denominator}
            else:
                action["amount"] = row["value"]
            found.append(action)
    return found


def split_adjusted(bars, actions):
    """Closes in the units of the last bar, exactly."""
    found = []
    for bar in bars:
        value = Fraction(bar.close)
        for action in actions:
            if action["type"] == "split" and action["ex_date"] > bar.time[:10]:
                value *= Fraction(action["split_from"], action["split_to"])
        found.append(value)
    return found


class HoldingAccount:
    """One position, market orders at the next open, dividends as cash (rules 23 to 25)."""

    def __init__(self, plan, actions):
        self.plan, self.actions = plan, list(actions)
        self.cash, self.quantity, self.sign = plan.capital, Decimal(0), 0
        self.cost = self.entry_price = self.entry_bar = None
        self.income = Decimal(0)
        self.result = Result()

    def run(self):
        """The result; its equity is checked against pnl and income."""
        leave, enter = False, None
        for t, bar in enumerate(self.plan.bars):
            self._actions_of(bar)
            if leave and self.quantity:
                self._close(t, bar.open)
            if enter:
                self._open(t, bar.open, enter)
            equity = self._equity(bar.close)
            self.result.equity[t] = equity
            leave, enter = self._decide(t)
        self._check(equity)
        if self.quantity:
            value = cents(self.quantity * bar.close)
            self._note(None, None, self.sign * (value - self.cost))
        return self.result

    def _actions_of(self, bar):
        due = [action for action in self.actions if action["ex_date"] <= bar.time[:10]]
        for action in sorted(due, key=lambda action: action["type"] != "split"):
            self.actions.remove(action)
            if not self.quantity:
                continue
            if action["type"] == "split":
                ratio = Decimal(action["split_to"]) / Decimal(action["split_from"])
                self.quantity *= ratio
                if self.quantity != int(self.quantity):
                    raise ValueError("a split that leaves fractions")
                self.entry_price = (self.entry_price / ratio).quantize(
                    Decimal("0.0001"), ROUND_HALF_UP)
            else:
                income = self.sign * cents(self.quantity * Decimal(action["amount"]))
                self.cash += income
                self.income += income

    def _decide(self, t):
        side = {1: "long", -1: "short", 0: None}[self.sign]
        wanted = self.plan.wanted(t)
        if wanted == side:
            wanted = None
        leave = side is not None and (self.plan.leaves(t, side) or wanted is not None)
        return leave, wanted

    def _equity(self, price):
        return self.cash + self.sign * cents(self.quantity * price)

    def _open(self, t, price, side):
        kind, amount = self.plan.size
        self.quantity = amount
        if kind == "percent":
            budget = self.cash * amount / 100
            self.quantity = (budget / price).to_integral_value(ROUND_DOWN)
        self.sign = 1 if side == "long" else -1
        self.cost = cents(self.quantity * price)
        self.cash -= self.sign * self.cost
        self.entry_bar, self.entry_price = t, price
        self.result.fills += 1

    def _close(self, t, price):
        value = cents(self.quantity * price)
        self.cash += self.sign * value
        self._note(t, price, self.sign * (value - self.cost))
        self.quantity, self.sign = Decimal(0), 0
        self.result.fills += 1

    def _note(self, t, price, pnl):
        self.result.trades.append(Trade("long" if self.sign == 1 else "short", self.quantity,
                                        self.entry_bar, self.entry_price, t, price, pnl))

    def _check(self, equity):
        open_gain = self.sign * (cents(self.quantity * self.plan.bars[-1].close) - self.cost) \
            if self.quantity else 0
        closed = sum(trade.pnl for trade in self.result.trades)
        if equity != self.plan.capital + closed + open_gain + self.income:
            raise AssertionError("equity is not pnl and income")


# Rotation

@dataclass
class Rotation:
    """The top symbols of a ranking, with equal weights, at the first bar of each period."""
    bars: dict                    # symbol: bars, all of the same dates
    first: int
    top: int
    lookback: int
    period: int = 7               # so many letters of the date name it: 7 the month, 4 the year
    fill: str = "next_open"
    capital: Decimal = Decimal(100000)
    buffer: Decimal = Decimal(0)  # percent of equity that stays in cash
    drift: Decimal = Decimal(0)   # percentage points of weight
    keep: int = 0

    def times(self):
        """The dates that all symbols have."""
        return [bar.time for bar in next(iter(self.bars.values()))]

    def decides(self, t):
        """Whether bar t is the first of its period."""
        times = self.times()
        return t >= self.first and (
            t == self.first or times[t][:self.period] != times[t - 1][:self.period])

    def chosen(self, t, held):
        """Symbols in rank order; those that are held stay while their rank is near enough."""
        def growth(symbol):
            return Fraction(self.bars[symbol][t].close) / Fraction(
                self.bars[symbol][t - self.lookback].close)
        ranked = sorted(sorted(self.bars), key=growth, reverse=True)
        if not self.keep:
            return ranked[:self.top]
        stay = [symbol for symbol in ranked[:self.keep] if symbol in held][:self.top]
        others = [symbol for symbol in ranked if symbol not in stay]
        found = stay + others[:self.top - len(stay)]
        return [symbol for symbol in ranked if symbol in found]


@dataclass
class HeldLot:
    """A purchase that is still held, wholly or in part."""
    bar: int
    price: Decimal
    quantity: Decimal
    cost: Decimal


@dataclass
class RotationResult:
    """Trades by symbol in order of closing, equity at each close."""
    trades: list = field(default_factory=list)      # (symbol, Trade)
    equity: dict = field(default_factory=dict)
    fills: int = 0


class RotationAccount:
    """Rule 31 in a plain loop."""

    def __init__(self, plan):
        self.plan, self.cash = plan, plan.capital
        self.lots = {symbol: [] for symbol in plan.bars}
        self.result = RotationResult()

    def run(self):
        """The result by the rules."""
        plan, chosen = self.plan, None
        for t in range(plan.first, len(plan.times())):
            if chosen is not None and plan.fill == "next_open":
                self._rotate(t, chosen, "open")
                chosen = None
            if plan.decides(t):
                chosen = plan.chosen(t, self._held())
                if plan.fill == "same_close":
                    self._rotate(t, chosen, "close")
            self.result.equity[t] = self._equity(t, "close")
        for symbol, lots in self.lots.items():
            for lot in lots:
                value = cents(lot.quantity * plan.bars[symbol][-1].close)
                self.result.trades.append((symbol, Trade(
                    "long", lot.quantity, lot.bar, lot.price, None, None, value - lot.cost)))
        return self.result

    def _held(self):
        return {symbol for symbol, lots in self.lots.items() if lots}

    def _quantity(self, symbol):
        return sum((lot.quantity for lot in self.lots[symbol]), Decimal(0))

    def _price(self, symbol, t, moment):
        return getattr(self.plan.bars[symbol][t], moment)

    def _equity(self, t, moment):
        return self.cash + sum(cents(self._quantity(symbol) * self._price(symbol, t, moment))
                               for symbol in self._held())

    def _rotate(self, t, chosen, moment):
        equity = self._equity(t, moment)
        share = (1 - self.plan.buffer / 100) / len(chosen)
        targets = {}
        for symbol in chosen:
            price = self._price(symbol, t, moment)
            weight = self._quantity(symbol) * price / equity
            if self._quantity(symbol) and abs(weight - share) * 100 < self.plan.drift:
                continue
            targets[symbol] = (equity * share / price).to_integral_value(ROUND_DOWN)
        for symbol in sorted(self._held() - set(chosen)):
            self._sell(symbol, self._quantity(symbol), t, moment)
        for symbol, target in targets.items():
            if target < self._quantity(symbol):
                self._sell(symbol, self._quantity(symbol) - target, t, moment)
        for symbol, target in targets.items():
            if target > self._quantity(symbol):
                self._buy(symbol, target - self._quantity(symbol), t, moment)

    def _buy(self, symbol, quantity, t, moment):
        price = self._price(symbol, t, moment)
        value = cents(quantity * price)
        if value > self.cash:
            raise ValueError(f"{symbol} does not fit the cash")
        self.cash -= value
        self.lots[symbol].append(HeldLot(t, price, quantity, value))
        self.result.fills += 1

    def _sell(self, symbol, quantity, t, moment):
        price = self._price(symbol, t, moment)
        self.result.fills += 1
        self.cash += cents(quantity * price)
        sold = shared = Decimal(0)
        while sold < quantity:
            lot = self.lots[symbol][0]
            part = min(lot.quantity, quantity - sold)
            cost = lot.cost if part == lot.quantity else cents(lot.cost * part / lot.quantity)
            sold += part
            value = cents(sold * price) - shared
            shared += value
            self.result.trades.append((symbol, Trade("long", part, lot.bar, lot.price, t, price,
                                                     value - cost)))
            lot.quantity, lot.cost = lot.quantity - part, lot.cost - cost
            if not lot.quantity:
                self.lots[symbol].pop(0)


def run_bt(plan):
    """The rotation by bt, which rebalances at the close that decides, in whole shares."""
    times = plan.times()
    days = pandas.DatetimeIndex([time.rstrip("Z") for time in times[plan.first:]])
    prices = pandas.DataFrame({symbol: [float(bar.close) for bar in bars[plan.first:]]
                               for symbol, bars in plan.bars.items()}, index=days)
    decisions = [t for t in range(plan.first, len(times)) if plan.decides(t)]
    weights = pandas.DataFrame(0.0, index=days[[t - plan.first for t in decisions]],
                               columns=prices.columns)
    for row, t in enumerate(decisions):
        for symbol in plan.chosen(t, set()):
            weights.iloc[row, weights.columns.get_loc(symbol)] = 1 / plan.top
    strategy = bt.Strategy("rotation", [bt.algos.RunOnDate(*weights.index),
                                        bt.algos.WeighTarget(weights), bt.algos.Rebalance()])
    test = bt.Backtest(strategy, prices, initial_capital=float(plan.capital),
                       integer_positions=True, progress_bar=False)
    test.run()
    held = test.strategy.positions.reindex(columns=prices.columns).fillna(0).loc[days]
    return _bt_result(plan, held, test.strategy.values.loc[days])


def _bt_result(plan, held, values):
    account = RotationAccount(plan)
    moves = held.diff().fillna(held.iloc[:1])
    for row in range(len(held)):
        t = plan.first + row
        for sign, act in ((-1, account._sell), (1, account._buy)):
            for symbol, move in moves.iloc[row].items():
                if move * sign > 0:
                    act(symbol, Decimal(int(abs(move))), t, "close")
        account.result.equity[t] = Decimal(f"{values.iloc[row]:.6f}")
    result = account.result
    last = {symbol: bars[-1].close for symbol, bars in plan.bars.items()}
    for symbol, lots in account.lots.items():
        for lot in lots:
            gain = cents(lot.quantity * last[symbol]) - lot.cost
            result.trades.append((symbol, Trade("long", lot.quantity, lot.bar, lot.price, None,
                                                None, gain)))
    return result
