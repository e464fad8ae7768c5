# SPDX-License-Identifier: PostgreSQL
"""Rotation between the members of the universe (docs/semantics 31)."""
from dataclasses import dataclass, field
from fractions import Fraction

from costs import Bill
from days import period_of
from entries import take
from exits import leave
from orders import Order
from rounding import largest_multiple, to_cents
from sizing import Quoter, affordable, is_refused, plan_entry, volatility, within_limits


@dataclass
class Target:
    """What a symbol is brought to at its next open; weight 0 sells it wholly."""
    symbol: str
    weight: Fraction = Fraction(0)
    rank: int = 0
    buys: bool = True
    plan: dict = field(default_factory=dict)


def is_due(engine):
    """Whether this timestamp is the first (last) of its period."""
    rotation, times, number = engine.case.rotation, engine.timestamps, engine.number
    other = number - 1 if rotation.on == "first" else number + 1
    if not 0 <= other < len(times):
        return rotation.on == "first"
    periods = [period_of(engine.case.day(times[n]), rotation.every) for n in (number, other)]
    return periods[0] != periods[1]


def decide_rotation(engine, equity):
    """Rank, select, weigh: a target for each symbol that is selected or held."""
    ranked = _ranked(engine, equity)
    selected = _selected(engine, ranked)
    targets = {symbol: Target(symbol) for symbol in engine.account.positions}
    for symbol, weight in _weights(engine, selected, equity).items():
        state = engine.state(symbol, engine.rows[symbol], equity)
        plan = plan_entry(engine, symbol, engine.rows[symbol], state)
        buys = not is_refused(plan, "long") and not engine.halted
        targets[symbol] = Target(symbol, weight, ranked.index(symbol), buys, plan)
    engine.targets = targets
    if engine.case.fill == "same_close":
        fill_rotation(engine, "close")


def _ranked(engine, equity):
    """Symbols, best first."""
    rotation, reader, found = engine.case.rotation, engine.reader, []
    for symbol in engine.symbols_with_bar():
        row = engine.rows[symbol]
        state = engine.state(symbol, row, equity)
        value = reader.value(symbol, rotation.rank_by, row, state)
        passes = rotation.gate is None or reader.is_true(symbol, rotation.gate, row, state)
        weighable = rotation.weight != "inverse_volatility" or volatility(
            engine, symbol, row, rotation.lookback)
        if engine.case.is_member(symbol, engine.day) and passes and value is not None and weighable:
            found.append((value if rotation.order == "asc" else -value, symbol.encode(), symbol))
    return [symbol for _, _, symbol in sorted(found)]


def _selected(engine, ranked):
    """The top n; who is held and ranks well enough stays in before others."""
    rotation = engine.case.rotation
    stay = [s for s in ranked[:rotation.keep] if s in engine.account.positions][:rotation.top]
    others = [s for s in ranked if s not in stay][:rotation.top - len(stay)]
    return [s for s in ranked if s in stay + others]


def _weights(engine, selected, equity):
    rotation, count = engine.case.rotation, len(selected)
    if rotation.weight == "equal":
        shares = [Fraction(1, count)] * count if count else []
    elif rotation.weight == "rank":
        shares = [Fraction(2 * (count - n), count * (count + 1)) for n in range(count)]
    elif rotation.weight == "inverse_volatility":
        inverse = [1 / volatility(engine, s, engine.rows[s], rotation.lookback) for s in selected]
        shares = [x / sum(inverse) for x in inverse]
    else:
        values = [engine.reader.value(s, rotation.node, engine.rows[s],
                                      engine.state(s, engine.rows[s], equity)) for s in selected]
        shares = [min(Fraction(1), max(Fraction(0), x or Fraction(0))) for x in values]
    return {s: share * rotation.buffer for s, share in zip(selected, shares) if share}


# Fills


def fill_rotation(engine, moment):
    """Sell what is not selected, then what is too much, then buy in rank order."""
    due = [symbol for symbol in engine.symbols_with_bar() if symbol in engine.targets]
    if not due:
        return
    spots = {s: engine.spot(s, moment, getattr(engine.bar(s), moment))
             for s in engine.symbols_with_bar()}
    prices = {s: spot.reference for s, spot in spots.items()}
    equity = engine.account.snapshot(prices)[0]
    targets = [engine.targets.pop(symbol) for symbol in due]
    targets = [t for t in targets if not _is_left_alone(engine, t, equity, prices)]
    for target in [t for t in targets if not t.weight] + [t for t in targets if t.weight]:
        _sell(engine, target, spots[target.symbol], equity)
    phase = engine.phase(prices)
    for target in sorted(targets, key=lambda t: t.rank):
        if target.weight and target.buys and engine.case.is_member(target.symbol, engine.day):
            _buy(engine, target, spots[target.symbol], equity, phase)


def _is_left_alone(engine, target, equity, prices):
    if equity <= 0 or not target.weight or target.symbol not in engine.account.positions:
        return False
    weight = engine.account.value(target.symbol, prices) / equity
    return abs(weight - target.weight) * 100 < engine.case.rotation.drift


def _sell(engine, target, spot, equity):
    """Down to the largest holding that is worth no more than the target."""
    account, symbol = engine.account, target.symbol
    held = account.quantity(symbol)
    if not held:
        return
    order = Order(symbol, "long", "exit", reason="rebalance", rule=0)
    quoter = Quoter(engine, order, spot)
    goal = target.weight * equity

    def fits(kept):
        return kept * quoter.price(held - kept) <= goal
    kept = held if fits(held) else largest_multiple(quoter.step, fits, held)
    if kept < held:
        parts = account.first_in_first_out(symbol, held - kept)
        rest = leave(engine, spot, parts, "rebalance", order.bill)
        if rest:
            order.quantity = rest
            engine.book.add_exit(order)


def _buy(engine, target, spot, equity, phase):
    account, symbol = engine.account, target.symbol
    held = account.quantity(symbol)
    order = Order(symbol, "long", "enter", reason="rebalance", plan=target.plan, bill=Bill())
    quoter = Quoter(engine, order, spot)
    goal = target.weight * equity
    wanted = quoter.largest(lambda q: (held + q) * quoter.price(q) <= goal,
                            max(Fraction(0), goal / quoter.price(quoter.step)))
    wanted = within_limits(engine, quoter, phase, wanted)
    quantity = affordable(engine, quoter, phase, wanted)
    if quantity < wanted and engine.case.on_short_cash == "skip":
        return
    if to_cents(quantity * quoter.price(quantity)) > 0:
        take(engine, order, spot, phase, quantity)
