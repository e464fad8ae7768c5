# SPDX-License-Identifier: PostgreSQL
"""Filling entry orders: reversals, sizes, partial fills (docs/semantics 2, 5, 15 to 17)."""
from costs import Bill
from exits import leave
from orders import Order
from rounding import to_cents
from sizing import Quoter, affordable, set_levels, wanted_quantity, within_limits


def reverse(engine, order, spot):
    """The closing part of an entry against the position held; returns the value it frees."""
    account = engine.account
    if account.side(order.symbol) in (None, order.side):
        return
    if any(other.is_whole and other.reason != "margin_call"
           for other in engine.book.exits_of(order.symbol)):
        return  # that one does the closing
    bill, side = Bill(), account.side(order.symbol)
    parts = [(lot, lot.quantity) for lot in account.lots(order.symbol)]
    rest = leave(engine, spot, parts, "opposite_signal", bill, order.slips)
    if rest:
        engine.book.add_exit(Order(order.symbol, side, "exit", reason="opposite_signal",
                                   bill=bill))


def fill_entries(engine, candidates, phase):
    """Entries of one phase on one snapshot, by priority, then by symbol; returns new lots."""
    def place(item):
        order = item[0]
        missing = order.priority is None
        return (missing, 0 if missing else -order.priority, order.symbol.encode(),
                order.side == "short")
    lots = [fill_entry(engine, order, spot, phase)
            for order, spot in sorted(candidates, key=place)]
    return [lot for lot in lots if lot]


def fill_entry(engine, order, spot, phase):
    """Fill one entry; what the volume does not let through waits. Returns the lot, if any."""
    account = engine.account
    if not order.opens:
        return _done(engine, order, "executed")
    if account.side(order.symbol) not in (None, order.side):
        return _wait(engine, order)
    quoter = Quoter(engine, order, spot)
    if account.costs.room(spot, quoter.step) == 0:
        return _wait(engine, order)
    wanted = order.quantity
    if wanted is None:
        wanted = wanted_quantity(engine, quoter, order.plan, phase.equity)
    wanted = within_limits(engine, quoter, phase, wanted)
    quantity = affordable(engine, quoter, phase, wanted)
    is_short_cash = quantity < wanted and engine.case.on_short_cash == "skip"
    if quoter.value(quantity) == 0 or is_short_cash:
        return _done(engine, order, "rejected")
    return take(engine, order, spot, phase, quantity)


def take(engine, order, spot, phase, quantity):
    """Open a lot of as much of the settled quantity as the volume lets through."""
    account = engine.account
    taken = account.costs.room(spot, quantity)
    if to_cents(taken * Quoter(engine, order, spot).price(taken)) == 0:
        return _wait(engine, order)
    lot = account.open_lot(spot, order.side, taken, order.bill, order, order.reason)
    set_levels(engine, lot, order.plan)
    phase.gross += lot.cost
    phase.net += lot.cost if order.side == "long" else -lot.cost
    phase.fees += lot.entry_fee
    if taken == quantity:
        _done(engine, order, "executed")
    else:
        order.quantity = quantity - taken
        _wait(engine, order)
    return lot


def _done(engine, order, outcome):
    if engine.book.entries.get(order.symbol) is order:
        engine.book.drop_entry(order.symbol, outcome)
    order.settle(outcome)


def _wait(engine, order):
    order.goes_on()
    engine.book.entries[order.symbol] = order
