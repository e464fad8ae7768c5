# SPDX-License-Identifier: PostgreSQL
"""How much an entry opens: levels, sizes, limits, buying power (docs/semantics 16, 17, 20, 29)."""
from dataclasses import dataclass, field
from fractions import Fraction

from rounding import down_to_step, largest_multiple, nearest_step, sqrt_on_grid, to_cents, to_grid


@dataclass
class Phase:
    """The one snapshot on which the entries of a phase are sized."""
    equity: Fraction
    gross: Fraction
    net: Fraction
    prices: dict = field(default_factory=dict)
    fees: Fraction = Fraction(0)


# The deciding bar


def plan_entry(engine, symbol, row, state):
    """Levels and size of an entry on its deciding bar, or None: missing or not positive."""
    case, reader = engine.case, engine.reader
    plan = {"stop_loss": None, "take_profit": None, "trailing": []}

    def read(level):
        return level.kind, reader.value(symbol, level.node, row, state)
    for name in ("stop_loss", "take_profit"):
        if getattr(case, name):
            plan[name] = read(getattr(case, name))
    trailing = [case.trailing_stop] if case.trailing_stop else []
    plan["trailing"] = [read(level) for level in trailing]
    plan["trailing_rules"] = [(side, read(level)) for side, level in case.trailing_rules]
    read_size(engine, symbol, row, state, plan)
    return plan


def read_size(engine, symbol, row, state, plan):
    """What the size needs of the deciding bar."""
    size = engine.case.size
    if size.kind == "weight":
        plan["weight"] = engine.reader.value(symbol, size.node, row, state)
    if size.kind == "risk_percent" and size.node:
        plan["risk_distance"] = engine.reader.value(symbol, size.node, row, state)
    if size.kind == "volatility_target_percent":
        plan["volatility"] = volatility(engine, symbol, row, size.lookback)


def is_refused(plan, side):
    """Whether the deciding bar leaves something missing or not positive; takes the side's
    trailing rules over into `trailing`."""
    plan["trailing"] += [level for of, level in plan.pop("trailing_rules") if of in (None, side)]
    levels = [plan["stop_loss"], plan["take_profit"]] + plan["trailing"]
    values = [level[1] for level in levels if level]
    values += [plan[name] for name in ("weight", "risk_distance", "volatility") if name in plan]
    return any(value is None or value <= 0 for value in values)


def volatility(engine, symbol, row, lookback):
    """Deviation of the last returns close to close times the root of the periods in a year."""
    closes = engine.reader.closes(symbol, row, lookback + 1)
    if len(closes) <= lookback or lookback < 2:
        return None
    returns = [to_grid(now / before) - 1 for before, now in zip(closes, closes[1:])]
    mean = sum(returns) / Fraction(lookback)
    variance = sum((r - mean) ** 2 for r in returns) / Fraction(lookback - 1)
    return to_grid(sqrt_on_grid(variance) * sqrt_on_grid(engine.case.periods_per_year))


# Levels


def level_price(level, side, fill, direction, tick):
    """A stop (direction -1) or target (+1) of a lot, half away to the tick."""
    if level is None:
        return None
    kind, value = level
    sign = direction if side == "long" else -direction
    if kind == "price":
        return nearest_step(value, tick)
    return nearest_step(fill + sign * (fill * value if kind == "fraction" else value), tick)


def trailing_distance(levels, fill):
    """The smallest of the trailing distances, or None."""
    distances = {"fraction": lambda value: fill * value, "distance": lambda value: value,
                 "price": lambda value: abs(fill - value)}
    return min((distances[kind](value) for kind, value in levels), default=None)


def set_levels(engine, lot, plan):
    """Stop, target and trailing stop from the lot's own fill."""
    tick = engine.case.price_tick[lot.symbol]
    lot.stop = level_price(plan.get("stop_loss"), lot.side, lot.entry_price, -1, tick)
    lot.target = level_price(plan.get("take_profit"), lot.side, lot.entry_price, +1, tick)
    lot.distance = trailing_distance(plan.get("trailing", []), lot.entry_price)
    lot.best = None if lot.distance is None else lot.entry_price


# Quantities

LARGEST_QUANTITY = Fraction(999999999999999, 10 ** 6)


class Quoter:
    """Price, value and fee of a quantity of one order at one place."""

    def __init__(self, engine, order, spot):
        self.costs, self.order, self.spot = engine.account.costs, order, spot
        self.step = engine.case.quantity_step[order.symbol]
        self.fixed = None

    def price(self, quantity):
        """Fill price, or the fixed one."""
        if self.fixed is not None:
            return self.fixed
        return self.costs.fill_price(self.spot, self.order.buying, self.order.slips, quantity)

    def value(self, quantity):
        """Rounded value."""
        return to_cents(quantity * self.price(quantity))

    def fee(self, quantity):
        """Commission still due of the order."""
        return self.costs.fee(self.order.bill, self.value(quantity), quantity)

    def largest(self, fits, at_most):
        """Largest multiple of the step for which the test holds. What is sold may have a lower
        price the more it is: what does not fit at the price of a larger quantity does not at its
        own."""
        at_most = min(at_most, LARGEST_QUANTITY)
        if self.order.buying or self.fixed is not None:
            return largest_multiple(self.step, fits, at_most)
        found = down_to_step(at_most, self.step)
        while True:
            self.fixed, most = self.price(found), found
            found = most if fits(most) else largest_multiple(self.step, fits, most)
            self.fixed = None
            if found == most:
                return found

    def pays_for(self, budget):
        """Largest quantity whose value and fee lie within the budget."""
        if budget <= 0:
            return Fraction(0)
        lowest = min(self.price(self.step), self.price(Fraction(10) ** 12))
        return self.largest(lambda q: self.value(q) + self.fee(q) <= budget,
                            (budget + 1) / lowest)


def wanted_quantity(engine, quoter, plan, equity):
    """What the size rule, or the signal, says (docs/semantics 16, 37)."""
    size = plan.get("size", engine.case.size)
    if size.kind == "units":
        return max(Fraction(0), down_to_step(size.amount, quoter.step))
    if size.kind == "risk_percent":
        return _risked(engine, quoter, plan, equity * size.amount / 100)
    budget = {"cash": lambda: size.amount,
              "percent_equity": lambda: equity * size.amount / 100,
              "weight": lambda: equity * plan["weight"],
              "volatility_target_percent":
                  lambda: equity * size.amount / 100 / plan["volatility"]}[size.kind]()
    return quoter.pays_for(budget)


def _risked(engine, quoter, plan, money):
    if money <= 0:
        return Fraction(0)
    if "risk_distance" in plan:
        return down_to_step(money / plan["risk_distance"], quoter.step)
    side, tick = quoter.order.side, engine.case.price_tick[quoter.order.symbol]

    def distance(quantity):
        fill = quoter.price(quantity)
        return abs(fill - level_price(plan["stop_loss"], side, fill, -1, tick))
    nearest = distance(quoter.step)
    if nearest == 0:
        return Fraction(0)
    # A short sale's own impact brings its stop nearer; the risk is that without it.
    return quoter.largest(lambda q: q * distance(q) <= money, money / nearest)


def within_limits(engine, quoter, phase, wanted):
    """Reduce to what risk_rules allow (docs/semantics 29)."""
    limits, account, order = engine.case.limits, engine.account, quoter.order
    if order.side == "short" and not engine.case.allow_short:
        return Fraction(0)
    is_new = order.symbol not in account.positions
    if is_new and limits["max_positions"] is not None:
        if len(account.positions) >= limits["max_positions"]:
            return Fraction(0)
    existing = account.value(order.symbol, phase.prices)
    net = phase.net if order.side == "long" else -phase.net
    exposures = (("max_position_size_pct", existing), ("max_gross_exposure_pct", phase.gross),
                 ("max_net_exposure_pct", net))
    tests = [(before, limits[key]) for key, before in exposures if limits[key] is not None]

    def fits(quantity):
        value = quoter.value(quantity)
        return all((before + value) * 100 <= percent * phase.equity for before, percent in tests)
    return wanted if fits(wanted) else quoter.largest(fits, wanted)


def affordable(engine, quoter, phase, wanted):
    """Reduce to gross exposure <= leverage x (equity - fees of this phase)."""
    def fits(quantity):
        room = engine.case.leverage * (phase.equity - phase.fees - quoter.fee(quantity))
        return phase.gross + quoter.value(quantity) <= room
    return wanted if fits(wanted) else quoter.largest(fits, wanted)
