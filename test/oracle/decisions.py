# SPDX-License-Identifier: PostgreSQL
"""Rules at a close and the orders they give (docs/semantics 3 to 6, 28, 30, 32)."""
from fractions import Fraction

from entries import fill_entries, reverse
from exits import market_exits
from legs import decide_legs
from orders import Order, portion_of
from rotation import decide_rotation, is_due
from rounding import nearest_step
from sizing import Quoter, is_refused, plan_entry, wanted_quantity


def decide(engine, equity, leaving):
    """All symbols decide on the state before the closing fills; with same_close those follow.
    `leaving` are the closings of a halt, which come before what the rules say."""
    if engine.case.legs:
        decide_legs(engine, equity, bool(leaving))
        return
    exits, entries = leaving, []
    leaves = {order.symbol for order in leaving}
    if engine.case.fill == "next_open":
        place(engine, leaving, [])
    for symbol in engine.symbols_with_bar():
        new_exits, entry = _rules(engine, symbol, equity, symbol in leaves)
        exits += _time_stops(engine, symbol) + new_exits
        if entry:
            entries.append(entry)
    place(engine, exits, entries)
    if engine.case.rotation and is_due(engine):
        decide_rotation(engine, equity)


def place(engine, exits, entries):
    """Let orders wait, or fill those at market at this close."""
    at_once = engine.case.fill == "same_close"
    now = [order for order in exits if at_once and order.kind == "market"
           and order.symbol in engine.rows]
    for order in exits:
        if order not in now:
            engine.book.add_exit(order)
    for order in entries:
        engine.book.drop_entry(order.symbol, "cancelled")
        if not (at_once and order.kind == "market"):
            engine.book.entries[order.symbol] = order
    if at_once:
        entries = [order for order in entries if order.kind == "market"]
        fill_at_close(engine, now, entries)


def fill_at_close(engine, exits, entries):
    """Exits of all symbols, reversals last, then entries on one snapshot."""
    spots = {symbol: engine.spot(symbol, "close", engine.bar(symbol).close)
             for symbol in engine.symbols_with_bar()}
    for symbol, spot in spots.items():
        market_exits(engine, [order for order in exits if order.symbol == symbol], spot)
        for order in entries:
            if order.symbol == symbol:
                reverse(engine, order, spot)
    if entries:
        phase = engine.phase({symbol: spot.reference for symbol, spot in spots.items()})
        fill_entries(engine, [(order, spots[order.symbol]) for order in entries], phase)


# Exits


def _time_stops(engine, symbol):
    limit, orders = engine.case.time_stop_bars, []
    for lot in engine.account.lots(symbol) if limit else []:
        waits = any(order.lot is lot for order in engine.book.exits_of(symbol))
        if engine.rows[symbol] - lot.entry_row >= limit and not waits:
            orders.append(Order(symbol, lot.side, "exit", reason="time_exit", lot=lot))
    return orders


def _exit_orders(engine, symbol, row, state):
    """Orders of the exit rules in their order, up to one for the whole position at market."""
    orders, account = [], engine.account
    side = account.side(symbol)
    for number, rule in enumerate(engine.case.exits):
        whole = engine.book.whole(symbol)
        if whole and not (engine.case.fill == "same_close" and whole.reason == "margin_call"):
            break
        if rule.side not in (None, side) or not engine.reader.is_true(
                symbol, rule.condition, row, state):
            continue
        if any(order.rule == number for order in engine.book.exits_of(symbol)):
            continue
        order = Order(symbol, side, "exit", rule.order.kind, rule=number, tif=rule.order.tif)
        if rule.portion is not None:
            step = engine.case.quantity_step[symbol]
            order.quantity = portion_of(account.quantity(symbol), rule.portion, step)
        if order.quantity == 0 or not _read_prices(engine, order, rule.order, row, state):
            continue
        order.signal = engine.note(order, row, "sell" if side == "long" else "cover")
        orders.append(order)
        if order.is_whole:
            break
    return orders


def _read_prices(engine, order, form, row, state):
    """Order prices of the deciding bar, to the tick; False if one is missing or not positive."""
    tick = engine.case.price_tick[order.symbol]
    for name in ("limit", "stop"):
        node = getattr(form, name)
        if node is None:
            continue
        value = engine.reader.value(order.symbol, node, row, state)
        price = None if value is None else nearest_step(value, tick)
        if price is None or price <= 0:
            return False
        setattr(order, name, price)
    return True


# Entries


def _rules(engine, symbol, equity, leaves):
    """(exit orders, entry order or None) of one symbol; a halt's closing is an exit already."""
    row, case, reader = engine.rows[symbol], engine.case, engine.reader
    state = engine.state(symbol, row, equity)
    exit_true = {side: any(reader.is_true(symbol, rule.condition, row, state)
                           for rule in case.exits
                           if rule.side in (None, side) and rule.portion in (None, 1))
                 for side in ("long", "short")}
    held = engine.account.side(symbol)
    exits = _exit_orders(engine, symbol, row, state) if held and not leaves else []
    waiting = engine.book.entries.get(symbol)
    if waiting and exit_true[waiting.side]:
        engine.book.drop_entry(symbol, "cancelled")
    wanted = [rule for rule in case.entries
              if reader.is_true(symbol, rule.condition, row, state)]
    if len(wanted) != 1 or exit_true[wanted[0].side]:
        return exits, None
    if not _may_enter(engine, symbol, wanted[0].side, row, state):
        return exits, None
    return exits, entry_order(engine, symbol, wanted[0], row, state, equity)


def _may_enter(engine, symbol, side, row, state):
    held, waiting = engine.account.side(symbol), engine.book.entries.get(symbol)
    if waiting and waiting.side == side:
        return False
    if held not in (None, side) and engine.case.on_opposite == "close":
        return True
    if engine.halted or not engine.case.is_member(symbol, engine.day):
        return False
    if held is None:
        closed = engine.closed_row.get(symbol)
        return closed is None or row >= closed + engine.case.cooldown_bars
    if held == side:
        return may_add(engine, symbol, row, state)
    return engine.case.on_opposite != "ignore"


def may_add(engine, symbol, row, state):
    """Another entry of a pyramid [6]."""
    case, lots = engine.case, engine.account.lots(symbol)
    if len({lot.entry for lot in lots}) >= case.max_entries or engine.book.whole(symbol):
        return False
    if case.pyramid_step is None:
        return True
    step = engine.reader.value(symbol, case.pyramid_step, row, state)
    if step is None:
        return False
    sign = 1 if lots[-1].side == "long" else -1
    return sign * (case.bars[symbol][row].close - lots[-1].entry_price) >= step


def entry_order(engine, symbol, rule, row, state, equity):
    """The order of an entry rule, or None if it is refused on the deciding bar."""
    case = engine.case
    order = Order(symbol, rule.side, "enter", rule.order.kind, tif=rule.order.tif)
    order.plan = plan_entry(engine, symbol, row, state)
    signal = engine.note(order, row, "buy" if rule.side == "long" else "short")
    is_complete = _read_prices(engine, order, rule.order, row, state)
    against = engine.account.side(symbol) not in (None, rule.side)
    order.opens = not (against and case.on_opposite == "close")
    # What only closes needs neither size nor stops.
    if not is_complete or (order.opens and is_refused(order.plan, rule.side)):
        signal["outcome"] = "rejected"
        return None
    order.signal = signal
    if case.priority:
        order.priority = engine.reader.value(symbol, case.priority, row, state)
    if case.size_at == "signal" and order.opens:
        close = engine.bar(symbol).close
        quoter = Quoter(engine, order, engine.spot(symbol, "close", close))
        quoter.fixed = close
        order.quantity = wanted_quantity(engine, quoter, order.plan, equity)
    return order


def state_of(engine, symbol, row, equity):
    """position, entry_price, bars_held, equity, cash as rules read them."""
    lots = engine.account.lots(symbol)
    state = {"position": Fraction(0), "entry_price": None, "bars_held": None,
             "equity": equity, "cash": engine.account.cash}
    if lots:
        held = engine.account.quantity(symbol)
        state["position"] = held if lots[0].side == "long" else -held
        state["entry_price"] = lots[0].entry_price
        state["bars_held"] = Fraction(row - lots[0].entry_row)
    return state
