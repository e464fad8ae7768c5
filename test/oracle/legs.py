# SPDX-License-Identifier: PostgreSQL
"""Several symbols traded as one (docs/semantics 47)."""
from dataclasses import dataclass, field
from fractions import Fraction

from costs import Bill
from exits import leave
from orders import Order
from rounding import down_to_step, largest_multiple
from sizing import Quoter, is_refused, read_size

MILLIONTH = Fraction(1, 10 ** 6)


@dataclass
class LegsEntry:
    """An entry that waits for a timestamp at which all legs have a bar."""
    side: str
    ratios: dict
    plan: dict


@dataclass
class LegsState:
    """What a run with legs holds and waits for."""
    side: str = None
    exit_reason: str = None
    entry: LegsEntry = None
    closed_row: int = None
    spots: dict = field(default_factory=dict)


def decide_legs(engine, equity, closes):
    """Rules on the bars of the first leg; `closes` is a halt's closing."""
    legs, case = engine.legs, engine.case
    if not engine.account.positions:
        legs.side = legs.exit_reason = None
    if closes and legs.side:
        _leave(engine, "risk_limit")
    symbol = case.legs[0].symbol
    if symbol in engine.rows:
        _rules(engine, symbol, equity)
    if case.fill == "same_close":
        called = legs.exit_reason if legs.exit_reason == "margin_call" else None
        legs.exit_reason = None if called else legs.exit_reason
        fill_legs(engine, "close")
        legs.exit_reason = called if legs.side and called else legs.exit_reason


def _leave(engine, reason):
    """The first reason stays, but a margin call waits for an open and yields at a close."""
    legs = engine.legs
    yields = legs.exit_reason == "margin_call" and engine.case.fill == "same_close"
    if legs.exit_reason is None or yields:
        legs.exit_reason = reason


def _rules(engine, symbol, equity):
    case, legs, reader, row = engine.case, engine.legs, engine.reader, engine.rows[symbol]
    state = engine.state(symbol, row, equity)
    exit_true = {side: any(reader.is_true(symbol, rule.condition, row, state)
                           for rule in case.exits if rule.side in (None, side))
                 for side in ("long", "short")}
    if legs.side and exit_true[legs.side]:
        _leave(engine, "signal")
    if legs.entry and exit_true[legs.entry.side]:
        legs.entry = None
    wanted = [rule.side for rule in case.entries
              if reader.is_true(symbol, rule.condition, row, state)]
    if len(wanted) != 1 or exit_true[wanted[0]] or legs.side == wanted[0]:
        return
    if legs.entry and legs.entry.side == wanted[0]:
        return
    if legs.side and case.on_opposite == "close":
        _leave(engine, "opposite_signal")
        return
    if engine.halted or not all(case.is_member(leg.symbol, engine.day) for leg in case.legs):
        return
    if legs.side is None and legs.closed_row is not None:
        if row < legs.closed_row + case.cooldown_bars:
            return
    if legs.side and case.on_opposite == "ignore":
        return
    entry = _entry(engine, symbol, wanted[0], row, state)
    if entry:
        legs.entry = entry


def _entry(engine, symbol, side, row, state):
    ratios = {leg.symbol: engine.reader.value(symbol, leg.ratio, row, state)
              for leg in engine.case.legs}
    plan = {"stop_loss": None, "take_profit": None, "trailing": [], "trailing_rules": []}
    read_size(engine, symbol, row, state, plan)
    if not all(ratios.values()) or is_refused(plan, side):
        return None
    return LegsEntry(side, ratios, plan)


# Fills


def fill_legs(engine, moment):
    """Close and open at a timestamp at which all legs have a bar."""
    legs, case = engine.legs, engine.case
    symbols = sorted((leg.symbol for leg in case.legs), key=str.encode)
    if not all(symbol in engine.rows for symbol in symbols):
        return
    spots = {s: engine.spot(s, moment, getattr(engine.bar(s), moment)) for s in symbols}
    if legs.exit_reason:
        _close(engine, spots, legs.exit_reason)
    entry, legs.entry = legs.entry, None
    if entry is None:
        return
    if legs.side not in (None, entry.side):
        _close(engine, spots, "opposite_signal")
    if legs.side is None:
        _open(engine, entry, spots, moment)


def _close(engine, spots, reason):
    legs, account = engine.legs, engine.account
    for symbol, spot in spots.items():
        parts = [(lot, lot.quantity) for lot in account.lots(symbol)]
        if parts:
            leave(engine, spot, parts, reason, Bill())
    legs.closed_row = engine.rows[engine.case.legs[0].symbol]
    legs.side = legs.exit_reason = None


class Basket:
    """Quantities, values and fees of all legs for u units."""

    def __init__(self, engine, entry, spots):
        self.quoters, self.ratios = {}, entry.ratios
        for symbol, spot in spots.items():
            is_long = (entry.ratios[symbol] > 0) == (entry.side == "long")
            order = Order(symbol, "long" if is_long else "short", "enter")
            self.quoters[symbol] = Quoter(engine, order, spot)

    def quantities(self, units):
        """|ratio| * u of each leg, rounded down to its step."""
        return {s: down_to_step(abs(self.ratios[s]) * units, quoter.step)
                for s, quoter in self.quoters.items()}

    def values(self, units):
        """Rounded value of each leg."""
        return {s: self.quoters[s].value(q) for s, q in self.quantities(units).items()}

    def fees(self, units):
        """Commissions of all legs together."""
        return sum(self.quoters[s].fee(q) for s, q in self.quantities(units).items())

    def most(self, money):
        """More units than the money can pay for."""
        steps = sum(q.step * q.price(q.step) for q in self.quoters.values())
        unit = sum(abs(self.ratios[s]) * q.price(q.step) for s, q in self.quoters.items())
        return (max(money, Fraction(0)) + 1 + steps) / unit


def _open(engine, entry, spots, moment):
    account, case = engine.account, engine.case
    prices = {s: getattr(engine.bar(s), moment) for s in engine.symbols_with_bar()}
    phase, basket = engine.phase(prices), Basket(engine, entry, spots)
    if any(q.order.side == "short" for q in basket.quoters.values()) and not case.allow_short:
        return
    wanted = _limited(engine, basket, phase, _wanted(engine, entry, basket, phase))

    def pays(units):
        room = case.leverage * (phase.equity - basket.fees(units))
        return phase.gross + sum(basket.values(units).values()) <= room
    units = wanted if pays(wanted) else largest_multiple(MILLIONTH, pays, wanted)
    quantities = basket.quantities(units)
    is_short = quantities != basket.quantities(wanted)
    if is_short and case.on_short_cash == "skip" or not all(basket.values(units).values()):
        return
    for symbol, quantity in quantities.items():
        order = basket.quoters[symbol].order
        account.open_lot(spots[symbol], order.side, quantity, order.bill, order, "signal")
    engine.legs.side = entry.side


def _wanted(engine, entry, basket, phase):
    size = engine.case.size
    if size.kind == "units":
        return down_to_step(size.amount, MILLIONTH)
    budget = {"cash": lambda: size.amount,
              "percent_equity": lambda: phase.equity * size.amount / 100,
              "weight": lambda: phase.equity * entry.plan["weight"]}[size.kind]()

    def fits(units):
        return sum(basket.values(units).values()) + basket.fees(units) <= budget
    return largest_multiple(MILLIONTH, fits, basket.most(budget)) if budget > 0 else Fraction(0)


def _limited(engine, basket, phase, wanted):
    limits, account = engine.case.limits, engine.account
    most = limits["max_positions"]
    if most is not None and len(account.positions) + len(basket.quoters) > most:
        return Fraction(0)

    def fits(units):
        values = basket.values(units)
        tests = [(value, limits["max_position_size_pct"]) for value in values.values()]
        tests.append((phase.gross + sum(values.values()), limits["max_gross_exposure_pct"]))
        return all(value * 100 <= percent * phase.equity for value, percent in tests
                   if percent is not None)
    return wanted if fits(wanted) else largest_multiple(MILLIONTH, fits, wanted)
