# SPDX-License-Identifier: PostgreSQL
"""What the calendar brings: borrow, interest, splits, dividends, delisting (docs/semantics 21 to
28)."""
from fractions import Fraction

from costs import Bill, Spot
from orders import Order, scale_plan
from rounding import down_to_step, nearest_step, to_cents


class Accruals:
    """Borrow and interest between two days with bars; unrounded rests are carried [21]."""

    def __init__(self):
        self.borrow = self.interest = Fraction(0)

    def book(self, account, days):
        """Accrue the days on the last marks and book whole cents."""
        case = account.case
        shorts = sum(account.value(symbol, {}) for symbol in account.positions
                     if account.side(symbol) == "short")
        self.borrow += shorts * case.borrow_rate_percent / 100 * days / 360
        self.interest += account.cash * case.interest_rate_percent / 100 * days / 365
        fee, interest = to_cents(self.borrow), to_cents(self.interest)
        self.borrow, self.interest = self.borrow - fee, self.interest - interest
        account.cash += interest - fee
        account.borrow += fee
        account.interest_received += max(interest, 0)
        account.interest_paid += max(-interest, 0)


def before_open(engine):
    """Phase 1."""
    for symbol in engine.symbols_with_bar():
        for order in engine.book.all_of(symbol):
            order.is_new = False
        for action in engine.case.actions[symbol]:
            if action.row == engine.rows[symbol]:
                _apply(engine, symbol, action)
        if not engine.case.is_member(symbol, engine.day):
            _not_a_member(engine, symbol)


def _not_a_member(engine, symbol):
    engine.book.drop_opening(symbol)
    if any(leg.symbol == symbol for leg in engine.case.legs):
        engine.legs.entry = None
        if engine.case.on_leave == "close" and engine.legs.side:
            engine.legs.exit_reason = engine.legs.exit_reason or "rebalance"
        return
    if engine.case.on_leave == "close" and symbol in engine.account.positions:
        side = engine.account.side(symbol)
        engine.book.add_exit(Order(symbol, side, "exit", reason="rebalance"))


def _apply(engine, symbol, action):
    account = engine.account
    if action.factor:
        _split(engine, symbol, action)
    elif symbol in account.positions:
        amount = to_cents(account.quantity(symbol) * action.amount)
        account.pay_income(symbol, amount if account.side(symbol) == "long" else -amount)


def _split(engine, symbol, action):
    account, step = engine.account, engine.case.quantity_step[symbol]
    tick, factor = engine.case.price_tick[symbol], action.factor
    if symbol in account.positions:
        exact = account.quantity(symbol) * factor
        whole = down_to_step(exact, step)
        if whole == 0:
            last_close = max(nearest_step(account.marks[symbol], tick), tick)
            spot = Spot(symbol, engine.rows[symbol], "open", last_close, engine.now)
            for lot in account.lots(symbol):
                lot.units_row = engine.rows[symbol] - 1
                lot.units_factor = _applied_before(engine, symbol, action)
            close_position(engine, spot, "delisted", charge=False)
        else:
            rest = to_cents((exact - whole) * account.marks[symbol] / factor)
            is_long = account.side(symbol) == "long"
            account.pay_income(symbol, rest if is_long else -rest)
            account.split(symbol, factor, whole)
            account.marks[symbol] /= factor
    if symbol in engine.targets:
        scale_plan(engine.targets[symbol].plan, factor)
    for order in list(engine.book.all_of(symbol)):
        order.split(factor, tick, step)
        if order.quantity == 0:
            engine.book.drop(order, "cancelled")


def _applied_before(engine, symbol, action):
    """Product of the splits of this bar that came before one of them."""
    actions, product = engine.case.actions[symbol], Fraction(1)
    for other in actions[:actions.index(action)]:
        if other.factor and other.row == action.row:
            product *= other.factor
    return product


def close_position(engine, spot, reason, charge=True):
    """Close the whole position at a price that does not slip, whatever the volume."""
    account = engine.account
    parts = [(lot, lot.quantity) for lot in account.lots(spot.symbol)]
    account.close_parts(spot, parts, reason, Bill(), slips=False, charge=charge)
    engine.position_closed(spot.symbol, spot.row)


def close_delisted(engine):
    """Phase 4: positions whose symbol trades no more [27]."""
    for symbol in [s for s in engine.case.symbols if s in engine.account.positions]:
        row = engine.last_row[symbol]
        if _is_delisted(engine, symbol, row) or _is_stale(engine, symbol, row):
            close = engine.case.bars[symbol][row].close
            spot = Spot(symbol, row, "close", engine.account.marks.get(symbol, close), engine.now)
            close_position(engine, spot, "delisted")


def _is_delisted(engine, symbol, row):
    last_day = engine.case.assets[symbol].get("delisted_on")
    if last_day is None or engine.day.isoformat() < last_day:
        return False
    return not any(day.isoformat() <= last_day for day in engine.case.bar_days[symbol][row + 1:])


def _is_stale(engine, symbol, row):
    last_bar = engine.case.bar_days[symbol][row]
    return sum(day > last_bar for day in engine.days_seen) >= engine.case.stale_days
