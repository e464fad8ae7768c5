# SPDX-License-Identifier: PostgreSQL
"""What a peer is asked to do: bars, decisions bar by bar, and how orders are sized and filled.

Decisions are worked out here from exact numbers, so that a peer decides only what this test is
about: which bar, at what price, how many, for how much. Lists have one entry per bar; None in a
list of prices means that there is none yet (a window that is not full).
"""
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

TICK = Decimal("0.0001")
SIDES = ("long", "short")


@dataclass
class Bar:
    """One bar in exact numbers."""
    time: str
    open: Decimal
    high: Decimal
    low: Decimal
    close: Decimal
    volume: Decimal


@dataclass
class Plan:
    """Decisions and settings of one run over one symbol."""
    bars: list
    long: list = None
    short: list = None
    exit_long: list = None
    exit_short: list = None
    first: int = 0                # bar of the first decision
    capital: Decimal = Decimal(10000)
    size: tuple = ("percent", Decimal(100))   # or ("units", n), ("buying_power", None)
    size_at: str = "fill"
    step: Decimal = Decimal(1)
    fill: str = "next_open"
    leverage: Decimal = Decimal(1)
    fee_percent: Decimal = Decimal(0)
    fee_order: Decimal = Decimal(0)
    limit: list = None            # price of the entry order, on the deciding bar;
    stop: list = None             # a dictionary of lists where the sides differ
    valid_bars: int = None        # None: until cancelled
    stop_loss: list = None        # level of the lot, on the deciding bar
    take_profit: list = None
    trail: list = None            # distance of the trailing stop, on the deciding bar
    time_stop: int = None
    partial: list = None          # part of the position is closed, at the next open
    portion: Decimal = Decimal("0.5")
    pyramid: int = 1
    pyramid_step: list = None
    finalize: str = "none"
    on_close: bool = False        # orders are filled at the close of the next bar
    opposite: str = "reverse"     # or "close"
    slip: Decimal = Decimal(0)    # added to what is bought, taken off what is sold
    volume_share: Decimal = None  # of the filling bar's volume, for market orders
    borrow: Decimal = Decimal(0)  # percent a year on short positions

    def __post_init__(self):
        nothing = [False] * len(self.bars)
        for name in ("long", "short", "exit_long", "exit_short", "partial"):
            if getattr(self, name) is None:
                setattr(self, name, nothing)

    def wanted(self, t):
        """Side of the entry that bar t asks for, or None (rules 4 and 5)."""
        sides = [side for side in SIDES if getattr(self, side)[t]]
        if t < self.first or len(sides) != 1 or self.leaves(t, sides[0]):
            return None
        return sides[0]

    def leaves(self, t, side):
        """Whether an exit rule of the side is true at bar t."""
        return t >= self.first and getattr(self, "exit_" + side)[t]

    def price(self, name, side, t):
        """A price of the deciding bar: limit, stop, stop_loss or take_profit."""
        values = getattr(self, name)
        if isinstance(values, dict):
            values = values[side]
        return values[t] if values else None

    def fee(self, quantity, price):
        """Commission of one fill, before any rounding."""
        return quantity * price * self.fee_percent / 100 + self.fee_order


@dataclass
class Trade:
    """A closed part of a lot, or an open lot (no exit)."""
    side: str
    quantity: Decimal
    entry_bar: int
    entry_price: Decimal
    exit_bar: int
    exit_price: Decimal
    pnl: Decimal


@dataclass
class Result:
    """What a run gave: trades in order of closing (open ones last), equity at each close."""
    trades: list = field(default_factory=list)
    equity: dict = field(default_factory=dict)   # bar: amount
    fills: int = 0


def read_bars(rows):
    """Exact bars from the text of load_bars."""
    return [Bar(row[0], *(Decimal(value) for value in row[1:])) for row in rows]


def nearest_tick(price, tick=TICK):
    """Rounded half away from zero to the tick (rule 14)."""
    return (price / tick).quantize(Decimal(1), ROUND_HALF_UP) * tick


def scaled(bars, factor, tick=TICK):
    """factor * close on every bar, on the tick."""
    return [nearest_tick(bar.close * Decimal(factor), tick) for bar in bars]


# Indicators

def sma(values, length):
    """Mean of the last values, exactly."""
    total, found = Fraction(0), []
    for row, value in enumerate(values):
        total += Fraction(value)
        if row >= length:
            total -= Fraction(values[row - length])
        found.append(total / length if row >= length - 1 else None)
    return found


def highest(values, length):
    """Greatest of the last values, the current one included."""
    return _extreme(values, length, max)


def lowest(values, length):
    """Smallest of the last values, the current one included."""
    return _extreme(values, length, min)


def _extreme(values, length, choose):
    return [choose(values[row - length + 1:row + 1]) if row >= length - 1 else None
            for row in range(len(values))]


def rsi(values, length):
    """Wilder's index: averages seeded with the mean of the first changes."""
    found, rise, fall = [None] * len(values), Decimal(0), Decimal(0)
    for row in range(1, len(values)):
        change = values[row] - values[row - 1]
        gain, loss = max(change, Decimal(0)), max(-change, Decimal(0))
        if row <= length:
            rise, fall = rise + gain / length, fall + loss / length
        else:
            rise = (rise * (length - 1) + gain) / length
            fall = (fall * (length - 1) + loss) / length
        if row >= length and rise + fall:
            found[row] = 100 * rise / (rise + fall)
    return found


def shifted(values, bars=1):
    """x[n]: the value of n bars before."""
    return [None] * bars + values[:len(values) - bars]


# Conditions; a missing operand makes one false (rule 32)

def above(left, right):
    """left > right, bar by bar."""
    return [None not in (a, b) and a > b for a, b in zip(left, right)]


def below(left, right):
    """left < right, bar by bar."""
    return above(right, left)


def crosses_above(left, right, strict=False):
    """On the other side at the bar before; `strict` excludes equality there (rule 33)."""
    found = [False]
    for before, now in zip(zip(left, right), list(zip(left, right))[1:]):
        was_under = None not in before and (
            before[0] < before[1] or not strict and before[0] == before[1])
        found.append(was_under and None not in now and now[0] > now[1])
    return found


def crosses_below(left, right, strict=False):
    """The mirror image of crosses_above."""
    return crosses_above(right, left, strict)
