# SPDX-License-Identifier: PostgreSQL
"""Waiting orders: what they say, when a bar fills them, when they end (docs/semantics 3, 9, 10)."""
from dataclasses import dataclass, field
from fractions import Fraction
from math import floor

from costs import Bill
from rounding import down_to_step, nearest_step

PRICED = ("limit", "stop", "stop_limit")


@dataclass(eq=False)
class Order:
    """An order to enter or to leave `side`; quantity None is settled at the fill."""
    symbol: str
    side: str
    purpose: str
    kind: str = "market"
    reason: str = "signal"
    limit: Fraction = None
    stop: Fraction = None
    tif: object = "gtc"
    quantity: Fraction = None
    lot: object = None
    rule: int = None
    opens: bool = True
    priority: Fraction = None
    plan: dict = field(default_factory=dict)
    signal: dict = field(default_factory=dict)
    bill: Bill = field(default_factory=Bill)
    triggered: bool = False
    rests: bool = False
    age: int = 0
    is_new: bool = True
    first_day: object = None  # of its first bar

    @property
    def buying(self):
        """Whether its fill buys."""
        return (self.purpose == "enter") == (self.side == "long")

    @property
    def slips(self):
        """Market and stop fills do, limits and stop-limits do not (docs/semantics 14)."""
        return self.kind not in ("limit", "stop_limit")

    @property
    def is_whole(self):
        """A market order that closes the whole position."""
        return (self.purpose == "exit" and self.kind == "market" and self.quantity is None
                and self.lot is None)

    def at_open(self, bar, tick, through):
        """Whether the open fills it."""
        sign = 1 if self.buying else -1
        if self.kind == "market":
            return True
        if self.kind == "stop":
            return sign * (bar.open - self.stop) >= 0
        if self.kind == "stop_limit" and not self.triggered:
            # Beyond its limit the open triggers it too: inside() sees that by the extreme.
            self.triggered = sign * (bar.open - self.stop) >= 0 and sign * (self.limit - bar.open) >= 0
            return self.triggered
        if self.kind in PRICED:
            return sign * (self.limit - bar.open) >= (tick if through else 0)
        return False

    def inside(self, bar, tick, through):
        """The price at which the bar fills it after its open, or None."""
        sign = 1 if self.buying else -1
        ahead, behind = (bar.high, bar.low) if self.buying else (bar.low, bar.high)
        if self.kind == "stop":
            return self.stop if sign * (ahead - self.stop) >= 0 else None
        if self.kind == "stop_limit" and not self.triggered:
            if sign * (ahead - self.stop) < 0:
                return None
            self.triggered = True
            if sign * (self.limit - bar.close) < 0:
                return None
            return min(self.limit, bar.high) if self.buying else max(self.limit, bar.low)
        if self.kind in PRICED:
            needed = tick if through else 0
            return self.limit if sign * (self.limit - behind) >= needed else None
        return None

    def goes_on(self):
        """What remains after a fill: of a limit it rests, of anything else it is at market."""
        if self.kind not in ("limit", "stop_limit"):
            self.kind = "market"

    def ends_with_bar(self, is_last_of_day):
        """Count a bar of its symbol; True if that was its last. A day order lives through the day
        of its first bar."""
        self.age += 1
        if self.kind == "market" or self.tif == "gtc":
            return False
        return is_last_of_day if self.tif == "day" else self.age >= self.tif

    def split(self, factor, tick, step):
        """Prices by n/m, quantities by m/n (docs/semantics 24)."""
        for name in ("limit", "stop"):
            if getattr(self, name) is not None:
                setattr(self, name, nearest_step(getattr(self, name) / factor, tick))
        if self.quantity is not None:
            self.quantity = down_to_step(self.quantity * factor, step)
        scale_plan(self.plan, factor)

    def settle(self, outcome):
        """Note how it ends; a signal that filled nothing ends the same way."""
        self.signal["outcome"] = outcome
        if "status" in self.signal and not self.bill.quantity:
            self.signal["status"] = outcome


def scale_plan(plan, factor):
    """Prices and distances of the deciding bar, in the units after a split."""
    for name in ("stop_loss", "take_profit", "trailing", "risk_distance"):
        if plan.get(name) is not None:
            plan[name] = _scaled(plan[name], factor)


def _scaled(level, factor):
    """A price or distance of the deciding bar; fractions have no unit."""
    if isinstance(level, list):
        return [_scaled(item, factor) for item in level]
    if isinstance(level, tuple):
        return level if level[0] == "fraction" else (level[0], level[1] / factor)
    return level / factor


class Book:
    """The waiting orders of a run: at most one entry order a symbol, exit orders in a list."""

    def __init__(self):
        self.entries, self.exits = {}, {}

    def exits_of(self, symbol):
        """Exit orders of a symbol."""
        return self.exits.get(symbol, [])

    def whole(self, symbol):
        """The market order that closes the whole position, or None."""
        return next((o for o in self.exits_of(symbol) if o.is_whole), None)

    def add_exit(self, order):
        """Let it wait; a second one for the whole position at market adds nothing."""
        if not (order.is_whole and self.whole(order.symbol)):
            self.exits.setdefault(order.symbol, []).append(order)

    def drop_exit(self, order, outcome):
        """It waits no longer."""
        if order in self.exits_of(order.symbol):
            self.exits[order.symbol].remove(order)
            order.settle(outcome)

    def drop_exits(self, symbol):
        """The position is closed: nothing is left to leave."""
        for order in self.exits.pop(symbol, []):
            order.settle("executed" if order.bill.quantity else "cancelled")

    def drop_entry(self, symbol, outcome):
        """The entry order waits no longer."""
        order = self.entries.pop(symbol, None)
        if order:
            order.settle(outcome)

    def drop_opening(self, symbol):
        """Halts and the universe cancel what opens, not what only closes."""
        if symbol in self.entries and self.entries[symbol].opens:
            self.drop_entry(symbol, "cancelled")

    def all_of(self, symbol):
        """Every order of a symbol."""
        entry = self.entries.get(symbol)
        return self.exits_of(symbol) + ([entry] if entry else [])

    def drop(self, order, outcome):
        """Either kind."""
        if order.purpose == "enter":
            self.drop_entry(order.symbol, outcome)
        else:
            self.drop_exit(order, outcome)


def portion_of(quantity, portion, step):
    """Part of a position, rounded down to the step."""
    return floor(portion * quantity / step) * step
