# SPDX-License-Identifier: PostgreSQL
"""Orders that a user wrote down: rows of trading.signals (docs/semantics 37)."""
from fractions import Fraction

from orders import Order
from rounding import down_to_step
from sizing import is_refused, plan_entry
from strategy import Size

ENTRIES = {"buy": "long", "short": "short"}
EXITS = {"sell": ("long",), "cover": ("short",), "exit": ("long", "short")}


def work_signals(engine):
    """Turn the signals that work at this open into market orders."""
    for row in engine.case.user_signals:
        if row["symbol"] in engine.rows and row["time"] < engine.now and "status" not in row:
            row["status"] = "executed"
            order = _order(engine, row)
            if order is None:
                row["status"] = "rejected"
            else:
                order.signal = row


def _order(engine, row):
    symbol, kind = row["symbol"], row["type"]
    held = engine.account.side(symbol)
    if kind in EXITS:
        return _exit(engine, row, held) if held in EXITS[kind] else None
    if kind == "hold":
        return Order(symbol, "long", "hold")
    return _entry(engine, row, held, ENTRIES[kind])


def _exit(engine, row, held):
    symbol = row["symbol"]
    order = Order(symbol, held, "exit", rule=0)
    if row.get("target_quantity") is not None:
        wanted = down_to_step(Fraction(row["target_quantity"]), engine.case.quantity_step[symbol])
        if wanted == 0:
            return None
        if wanted < engine.account.quantity(symbol):
            order.quantity = wanted
    engine.book.add_exit(order)
    return order


def _entry(engine, row, held, side):
    case, symbol = engine.case, row["symbol"]
    if engine.halted or not case.is_member(symbol, engine.day) or engine.trading_ended:
        return None
    against = held not in (None, side)
    if against and case.on_opposite == "ignore":
        return None
    if held == side:
        entries = {lot.entry for lot in engine.account.lots(symbol)}
        if len(entries) >= case.max_entries:
            return None
    order = Order(symbol, side, "enter", opens=not (against and case.on_opposite == "close"))
    deciding = max(engine.rows[symbol] - 1, 0)
    order.plan = plan_entry(engine, symbol, deciding, engine.state(symbol, deciding, None))
    if is_refused(order.plan, side):
        return None
    if row.get("strength") is not None:
        order.priority = Fraction(row["strength"])
    if row.get("target_quantity") is not None:
        order.quantity = down_to_step(Fraction(row["target_quantity"]),
                                      case.quantity_step[symbol])
    elif row.get("target_weight_pct") is not None:
        order.plan["size"] = Size("percent_equity", Fraction(row["target_weight_pct"]), None, 0)
    engine.book.entries[symbol] = order
    return order
