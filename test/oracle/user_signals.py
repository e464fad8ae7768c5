# SPDX-License-Identifier: PostgreSQL
"""Orders that a user wrote down: rows of trading.signals (docs/semantics 37)."""
from fractions import Fraction

from decisions import may_add
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


def _exit(engine, row, held, reason="signal"):
    symbol = row["symbol"]
    if engine.book.whole(symbol):
        return None
    order = Order(symbol, held, "exit", rule=0, reason=reason)
    if reason == "signal" and row.get("target_quantity") is not None:
        wanted = down_to_step(Fraction(row["target_quantity"]), engine.case.quantity_step[symbol])
        if wanted == 0:
            return None
        if wanted < engine.account.quantity(symbol):
            order.quantity = wanted
    engine.book.add_exit(order)
    return order


def _entry(engine, row, held, side):
    case, symbol = engine.case, row["symbol"]
    against = held not in (None, side)
    if against and case.on_opposite == "close":
        return _exit(engine, row, held, "opposite_signal")
    if engine.halted or not case.is_member(symbol, engine.day) or engine.trading_ended:
        return None
    waiting = engine.book.entries.get(symbol)
    if (against and case.on_opposite == "ignore") or (waiting and waiting.side == side):
        return None
    deciding = max(engine.rows[symbol] - 1, 0)
    state = engine.state(symbol, deciding, None)
    if held == side and not may_add(engine, symbol, deciding, state):
        return None
    order = Order(symbol, side, "enter")
    order.plan = plan_entry(engine, symbol, deciding, state)
    if is_refused(order.plan, side):
        return None
    if row.get("strength") is not None:
        order.priority = Fraction(row["strength"])
    if row.get("target_quantity") is not None:
        order.quantity = down_to_step(Fraction(row["target_quantity"]),
                                      case.quantity_step[symbol])
        if order.quantity == 0:
            return None
    elif row.get("target_weight_pct") is not None:
        order.plan["size"] = Size("percent_equity", Fraction(row["target_weight_pct"]), None, 0)
    engine.book.drop_entry(symbol, "cancelled")
    engine.book.entries[symbol] = order
    return order
