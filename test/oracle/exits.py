# SPDX-License-Identifier: PostgreSQL
"""All that leaves: market exits, stops and targets, resting orders (docs/semantics 10 to 13)."""
from costs import Bill
from orders import PRICED, Order
from rounding import nearest_step


def leave(engine, spot, parts, reason, bill, slips=True, limited=True):
    """Close parts of lots in one fill; returns the quantity that the volume did not let through."""
    total = sum(part for _, part in parts)
    taken = engine.account.costs.room(spot, total) if limited else total
    if taken == 0:
        return total
    rest, trimmed = taken, []
    for lot, part in parts:
        if rest > 0:
            trimmed.append((lot, min(part, rest)))
        rest -= min(part, rest)
    engine.account.close_parts(spot, trimmed, reason, bill, slips)
    if spot.symbol not in engine.account.positions:
        engine.position_closed(spot.symbol, spot.row)
    return total - taken


def _parts_of(engine, order):
    account = engine.account
    if account.side(order.symbol) != order.side:
        return []
    if order.lot:
        return [(order.lot, order.lot.quantity)] if order.lot.quantity else []
    held = account.quantity(order.symbol)
    quantity = held if order.quantity is None else min(order.quantity, held)
    return account.first_in_first_out(order.symbol, quantity)


def fill_exit(engine, order, spot):
    """Fill one exit order; what remains waits."""
    parts = _parts_of(engine, order)
    if not parts:
        engine.book.drop_exit(order, "cancelled")
        return
    rest = leave(engine, spot, parts, order.reason, order.bill, order.slips,
                 limited=order.reason != "margin_call")
    if rest == 0:
        order.settle("executed")
        engine.book.drop_exit(order, "executed")
        return
    if order.quantity is not None:
        order.quantity = rest
    order.goes_on()
    if order not in engine.book.exits_of(order.symbol):
        engine.book.add_exit(order)


def market_exits(engine, orders, spot):
    """The whole position first, then lots (oldest first), then parts in order of the rules."""
    rank = {order: (0, 0) if order.is_whole else (1, order.lot.number) if order.lot
            else (2, order.rule) for order in orders}
    for order in sorted(orders, key=rank.get):
        fill_exit(engine, order, spot)


def opening_exits(engine, symbol):
    """Phase 2 of one symbol, up to reversals."""
    book, bar = engine.book, engine.bar(symbol)
    spot = engine.spot(symbol, "open", bar.open)
    market_exits(engine, [o for o in book.exits_of(symbol) if o.kind == "market"], spot)
    for lot in list(engine.account.lots(symbol)):
        if not lot.leaving:
            _leave_at_open(engine, lot, spot)
    for order in _resting(engine, symbol):
        if order.at_open(bar, engine.case.price_tick[symbol], engine.through):
            engine.touched.add(order)
            fill_exit(engine, order, spot)


def _resting(engine, symbol):
    orders = [o for o in engine.book.exits_of(symbol) if o.kind in PRICED]
    return sorted(orders, key=lambda order: order.rule)


# Stops and targets of lots


def stop_of(engine, lot):
    """(level, reason) of the stop that the price meets first, or (None, None)."""
    if lot.distance is None:
        return lot.stop, "stop_loss"
    sign = 1 if lot.side == "long" else -1
    trail = nearest_step(lot.best - sign * lot.distance, engine.case.price_tick[lot.symbol])
    if lot.stop is not None and sign * lot.stop >= sign * trail:
        return lot.stop, "stop_loss"
    return trail, "trailing_stop"


def _passed_by_open(engine, lot, bar):
    sign = 1 if lot.side == "long" else -1
    level, reason = stop_of(engine, lot)
    if level is not None and sign * (bar.open - level) <= 0:
        return reason
    if lot.target is not None and sign * (bar.open - lot.target) >= engine.beyond(lot.symbol):
        return "take_profit"
    return None


def _leave_at_open(engine, lot, spot):
    reason = _passed_by_open(engine, lot, engine.bar(lot.symbol))
    if reason == "take_profit" and lot in engine.touched:
        return False
    if reason:
        close_lot(engine, lot, spot, reason)
    return reason is not None


def close_lot(engine, lot, spot, reason):
    """A stop goes on at market with what remains, a target rests."""
    is_target = reason == "take_profit"
    bill = lot.target_bill if is_target else Bill()
    rest = leave(engine, spot, [(lot, lot.quantity)], reason, bill, not is_target)
    if is_target:
        engine.touched.add(lot)
    elif rest:
        lot.leaving = True
        engine.book.add_exit(Order(lot.symbol, lot.side, "exit", reason=reason, lot=lot, bill=bill))


def inside_exits(engine, symbol):
    """Phase 3 of one symbol: lots oldest first, then resting orders in order of the rules."""
    bar = engine.bar(symbol)
    for lot in list(engine.account.lots(symbol)):
        if not lot.leaving:
            _inside_lot(engine, lot, bar)
    for order in _resting(engine, symbol):
        if order in engine.touched:
            continue
        price = order.inside(bar, engine.case.price_tick[symbol], engine.through)
        if price is not None:
            fill_exit(engine, order, engine.spot(symbol, "inside", price))


def _inside_lot(engine, lot, bar):
    symbol = lot.symbol
    if _leave_at_open(engine, lot, engine.spot(symbol, "open", bar.open)):
        return
    level, reason = stop_of(engine, lot)
    stopped = touches_stop(lot, level, bar)
    reached = lot not in engine.touched and touches_target(engine, lot, bar)
    if stopped and reached:
        stopped = _stop_comes_first(engine, lot, level, bar)
    if stopped:
        close_lot(engine, lot, engine.spot(symbol, "inside", level), reason)
    elif reached:
        close_lot(engine, lot, engine.spot(symbol, "inside", lot.target), "take_profit")


def touches_stop(lot, level, bar):
    """Whether the bar's range reaches the stop."""
    return level is not None and (bar.low <= level if lot.side == "long" else bar.high >= level)


def touches_target(engine, lot, bar):
    """Whether the bar's range reaches the target, or goes a tick beyond it if so asked."""
    if lot.target is None:
        return False
    needed = engine.beyond(lot.symbol)
    if lot.side == "long":
        return bar.high - lot.target >= needed
    return lot.target - bar.low >= needed


def _stop_comes_first(engine, lot, level, bar):
    """The setting `intrabar` [11]; notes the bar unless finer bars decide."""
    key = (lot.symbol, engine.rows[lot.symbol])
    mode, is_long = engine.case.intrabar, lot.side == "long"
    if mode == "lower_timeframe":
        for finer in engine.case.finer_bars_within(*key):
            touched = touches_stop(lot, level, finer), touches_target(engine, lot, finer)
            if touched[0] != touched[1]:
                return touched[0]
            if touched[0]:
                break
    engine.ambiguous.add(key)
    up, down = bar.high - bar.open, bar.open - bar.low
    if mode == "nearest_extreme" and up != down:
        mode = "ohlc" if up < down else "olhc"
    if mode in ("ohlc", "olhc"):
        return (mode == "ohlc") != is_long
    return True


def exit_of_new_lot(engine, lot):
    """A lot filled inside the bar: its stop by the extreme, its target by the close [12]."""
    bar, sign = engine.bar(lot.symbol), 1 if lot.side == "long" else -1
    level, reason = stop_of(engine, lot)
    if touches_stop(lot, level, bar):
        price = level if sign * (lot.entry_price - level) >= 0 else lot.entry_price
        close_lot(engine, lot, engine.spot(lot.symbol, "inside", price), reason)
    elif lot.target is not None and sign * (bar.close - lot.target) >= engine.beyond(lot.symbol):
        close_lot(engine, lot, engine.spot(lot.symbol, "inside", lot.target), "take_profit")
