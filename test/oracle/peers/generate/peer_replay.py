# SPDX-License-Identifier: PostgreSQL
"""The rules of docs/semantics.md for the plans of this directory, in decimal numbers.

No engine: one symbol, decisions given, a few order types. It tells, before the product is asked,
whether a peer's result is what the rules say.
"""
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal

from peer_plan import Result, Trade, nearest_tick

CENT = Decimal("0.01")


def cents(amount):
    """Rounded to cents, half away from zero (rule 15)."""
    return amount.quantize(CENT, ROUND_HALF_UP)


@dataclass
class Lot:
    """One entry fill with its own levels (rule 6)."""
    side: str
    quantity: Decimal
    bar: int
    price: Decimal
    cost: Decimal
    fee: Decimal
    stop: Decimal
    target: Decimal
    distance: Decimal
    best: Decimal

    @property
    def sign(self):
        """1 for a long lot, -1 for a short one."""
        return 1 if self.side == "long" else -1


@dataclass
class Order:
    """A waiting entry."""
    side: str
    decided: int
    quantity: Decimal
    limit: Decimal
    stop: Decimal


class Replay:
    """Walks the bars of a plan once."""

    def __init__(self, plan):
        self.plan, self.cash = plan, plan.capital
        self.lots, self.order = [], None
        self.exit_all = self.exit_part = False
        self.timed, self.due = [], Decimal(0)
        self.result = Result()

    def run(self):
        """The result by the rules."""
        plan = self.plan
        for t, bar in enumerate(plan.bars):
            self._at_open(t, bar)
            self._inside(t, bar)
            self._at_close(t, bar)
        last = len(plan.bars) - 1
        if plan.finalize != "none":
            self._close_all(last, getattr(plan.bars[last], plan.finalize[5:]))
        self.result.equity[last] = self._equity(plan.bars[last].close)
        for lot in self.lots:
            gain = lot.sign * (cents(lot.quantity * plan.bars[last].close) - lot.cost)
            self.result.trades.append(Trade(lot.side, lot.quantity, lot.bar, lot.price, None,
                                            None, gain - lot.fee))
        return self.result

    # Phase 2: the open

    def _at_open(self, t, bar):
        self._accrue(t)
        if self.plan.on_close:
            return
        if self.exit_all:
            self.exit_all = not self._close_all(t, bar.open)
        for lot in self.timed:
            if lot in self.lots:
                self._close(lot, lot.quantity, t, bar.open)
        for lot in list(self.lots):
            if self._passed(lot, bar.open):
                self._close(lot, lot.quantity, t, bar.open)
        if self.exit_part:
            self._close_part(t, bar.open)
        self.exit_part = False
        self.timed = []
        order = self.order
        if order and self._opens(order, bar.open):
            self._enter(order, t, bar.open, bar.open)

    @staticmethod
    def _opens(order, price):
        """Whether an order fills at the open (rule 10)."""
        sign = 1 if order.side == "long" else -1
        if order.stop is not None and sign * price < sign * order.stop:
            return False
        return order.limit is None or sign * price <= sign * order.limit

    def _passed(self, lot, price):
        return any(lot.sign * price <= lot.sign * level for level in self._stops(lot)) or (
            lot.target is not None and lot.sign * price >= lot.sign * lot.target)

    @staticmethod
    def _stops(lot):
        """Stop loss and trailing stop, the one that the price meets first in front (rule 13)."""
        levels = [] if lot.stop is None else [lot.stop]
        if lot.distance is not None:
            levels.append(nearest_tick(lot.best - lot.sign * lot.distance))
        return sorted(levels, key=lambda level: -lot.sign * level)

    # Phase 3: inside the bar

    def _inside(self, t, bar):
        for lot in list(self.lots):
            self._touch(lot, t, bar)
        waits = self.order and (self.order.limit or self.order.stop)
        price = self._inside_price(self.order, bar) if waits else None
        if price is not None:
            self._enter(self.order, t, price, bar.open)

    def _touch(self, lot, t, bar):
        worst, best = (bar.low, bar.high) if lot.side == "long" else (bar.high, bar.low)
        stops = self._stops(lot)
        if self._passed(lot, bar.open):
            self._close(lot, lot.quantity, t, bar.open)
        elif stops and lot.sign * worst <= lot.sign * stops[0]:
            self._close(lot, lot.quantity, t, stops[0])
        elif lot.target is not None and lot.sign * best >= lot.sign * lot.target:
            self._close(lot, lot.quantity, t, lot.target)

    @staticmethod
    def _inside_price(order, bar):
        """Price of a fill between open and close, or None (rule 10)."""
        sign = 1 if order.side == "long" else -1
        toward, away = (bar.high, bar.low) if sign == 1 else (bar.low, bar.high)
        if order.stop is None:
            return order.limit if sign * away <= sign * order.limit else None
        if sign * toward < sign * order.stop:
            return None
        if order.limit is None:
            return order.stop
        order.stop = None
        if sign * bar.close > sign * order.limit:
            return None
        return sign * min(sign * order.limit, sign * toward)

    # Phase 4: the close

    def _at_close(self, t, bar):
        plan = self.plan
        if plan.on_close:
            if self.exit_all:
                self._close_all(t, bar.close)
            self.exit_all = False
            if self.order:
                self._enter(self.order, t, bar.close, bar.close)
        for lot in self.lots:
            best = bar.high if lot.side == "long" else bar.low
            if not (lot.bar == t and plan.fill == "same_close"):
                lot.best = max(lot.best, best) if lot.side == "long" else min(lot.best, best)
        self.result.equity[t] = self._equity(bar.close)
        order = self.order
        if order and plan.valid_bars and t - order.decided >= plan.valid_bars:
            self.order = None
        self._decide(t)
        if plan.fill == "same_close":
            if self.exit_all:
                self._close_all(t, bar.close)
            self.exit_all = False
            if self.order:
                self._enter(self.order, t, bar.close, bar.close)

    def _decide(self, t):
        plan = self.plan
        side = self.lots[0].side if self.lots else None
        if self.order and plan.leaves(t, self.order.side):
            self.order = None
        if side and plan.leaves(t, side):
            self.exit_all = True
        if side and plan.partial[t] and t >= plan.first:
            self.exit_part = True
        if plan.time_stop is not None:
            self.timed = [lot for lot in self.lots if t - lot.bar >= plan.time_stop]
        wanted = plan.wanted(t)
        if wanted is None or self.order and self.order.side == wanted:
            return
        if wanted == side and not self._may_add(t):
            return
        if side and wanted != side:
            self.exit_all = True
            if plan.opposite == "close":
                return
        self.order = self._new_order(wanted, t)

    def _may_add(self, t):
        plan = self.plan
        if len(self.lots) >= plan.pyramid:
            return False
        lot, step = self.lots[-1], plan.pyramid_step
        return step is None or lot.sign * (plan.bars[t].close - lot.price) >= step[t]

    def _new_order(self, side, t):
        plan = self.plan
        quantity = None
        if plan.size_at == "signal":
            close = plan.bars[t].close
            quantity = self._quantity(close, self._equity(close))
        return Order(side, t, quantity, plan.price("limit", side, t), plan.price("stop", side, t))

    # Money

    def _equity(self, price):
        return self.cash + sum(lot.sign * cents(lot.quantity * price) for lot in self.lots)

    def _fee(self, quantity, price):
        value = cents(quantity * price)
        return cents(value * self.plan.fee_percent / 100 + self.plan.fee_order)

    def _largest(self, price, fits):
        """Largest multiple of the step that fits (rule 16)."""
        step = self.plan.step
        bound = 10 * self.plan.leverage * (self.plan.capital + abs(self.cash)) / price
        low, high = 0, int((bound / step).to_integral_value(ROUND_FLOOR)) + 1
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if fits(middle * step) else (low, middle)
        return low * step

    def _quantity(self, price, equity):
        kind, amount = self.plan.size
        if kind == "units":
            return amount
        if kind == "buying_power":
            return None
        budget = equity * amount / 100
        return self._largest(
            price, lambda q: cents(q * price) + self._fee(q, price) <= budget)

    def _enter(self, order, t, price, mark):
        plan = self.plan
        self.order = None
        if order.limit is None:
            price += plan.slip if order.side == "long" else -plan.slip
        equity = self._equity(mark)
        gross = sum(cents(lot.quantity * mark) for lot in self.lots)

        def affordable(quantity):
            room = plan.leverage * (equity - self._fee(quantity, price))
            return gross + cents(quantity * price) <= room
        quantity = order.quantity
        if quantity is None:
            quantity = self._quantity(price, equity)
        if quantity is None or not affordable(quantity):
            quantity = self._largest(price, affordable)
        allowed = self._allowed(t)
        if allowed is not None and allowed < quantity:
            self.order = order
            order.quantity, quantity = quantity - allowed, allowed
        if quantity <= 0:
            return
        value, fee = cents(quantity * price), self._fee(quantity, price)
        sign = 1 if order.side == "long" else -1
        self.cash -= sign * value + fee
        self.result.fills += 1
        at = order.decided
        self.lots.append(Lot(
            order.side, quantity, t, price, value, fee,
            plan.price("stop_loss", order.side, at), plan.price("take_profit", order.side, at),
            plan.trail and plan.trail[at], price))

    def _allowed(self, t):
        """What a market order may take of a bar's volume (rule 15), None: all of it."""
        share = self.plan.volume_share
        if share is None:
            return None
        return (self.plan.bars[t].volume * share).to_integral_value(ROUND_FLOOR)

    def _close_all(self, t, price):
        """Whether nothing is left."""
        allowed = self._allowed(t)
        for lot in list(self.lots):
            part = lot.quantity if allowed is None else min(allowed, lot.quantity)
            if allowed is not None:
                allowed -= part
            if part:
                self._close(lot, part, t, price)
        return not self.lots

    def _accrue(self, t):
        """Cost of short positions since the bar before, in cents with the rest carried (21)."""
        if t == 0 or not self.plan.borrow:
            return
        before, now = (date.fromisoformat(self.plan.bars[row].time[:10]) for row in (t - 1, t))
        value = sum(cents(lot.quantity * self.plan.bars[t - 1].close) for lot in self.lots
                    if lot.side == "short")
        self.due += value * self.plan.borrow / 100 * (now - before).days / 360
        self.cash -= cents(self.due)
        self.due -= cents(self.due)

    def _close_part(self, t, price):
        rest = sum(lot.quantity for lot in self.lots) * self.plan.portion
        rest = (rest / self.plan.step).to_integral_value(ROUND_FLOOR) * self.plan.step
        for lot in list(self.lots):
            part = min(rest, lot.quantity)
            if part:
                self._close(lot, part, t, price)
                rest -= part

    def _close(self, lot, part, t, price):
        whole = part == lot.quantity
        price -= lot.sign * self.plan.slip       # plans with slippage have no targets
        cost = lot.cost if whole else cents(lot.cost * part / lot.quantity)
        entry_fee = lot.fee if whole else cents(lot.fee * part / lot.quantity)
        value, fee = cents(part * price), self._fee(part, price)
        self.cash += lot.sign * value - fee
        self.result.fills += 1
        self.result.trades.append(Trade(lot.side, part, lot.bar, lot.price, t, price,
                                        lot.sign * (value - cost) - entry_fee - fee))
        lot.quantity, lot.cost, lot.fee = lot.quantity - part, lot.cost - cost, lot.fee - entry_fee
        if whole:
            self.lots.remove(lot)
