# SPDX-License-Identifier: PostgreSQL
"""A case: what the peer gives, compared with the rules, in the form that test_peers.py reads."""
import json
from decimal import Decimal

import peer_replay
from peer_bars import load_bars
from peer_plan import read_bars

MOST_TRADES = 300
CASES = []


def case(function):
    """Marks a function that gives one case."""
    CASES.append(function)
    return function


class Maker:
    """Data directory, and the bars that were read from it."""

    def __init__(self, directory):
        self.directory = directory

    def bars(self, source):
        """Exact bars of a source."""
        return read_bars(load_bars(self.directory, source))


ALL_EQUITY = {"percent_equity": 100}
STRICT = {"crossover": "strict"}


def finish(name, peer, source, plan, strategy, execution, note, symbol="PEER.A"):
    """Runs peer and rules, compares them, and gives the case."""
    if any(plan.short):
        execution = {"maintenance": 0} | execution     # no peer has margin calls
    found, expected = peer.run(plan), peer_replay.Replay(plan).run()
    tolerance = tolerances(plan, found)
    compare(name, found, expected, tolerance)
    return {
        "case": name, "peer": peer.NAME, "peer_version": peer.VERSION, "note": note,
        "data": {symbol: source}, "timeframe": "1h" if source.get("bars") == "1h" else "1d",
        "start_date": plan.bars[plan.first].time[:10], "end_date": plan.bars[-1].time[:10],
        "capital": text(plan.capital), "strategy": strategy,
        "parameters": {"execution": {"quantity_step": number(plan.step),
                                     "price_tick": 0.0001} | execution},
        "trades": [trade_row(symbol, plan, trade) for trade in found.trades],
        "final_equity": text(found.equity[max(found.equity)]),
        "equity": equity_rows(plan, found, expected), "tolerance": tolerance}


def tolerances(plan, result):
    """What rounding to cents may add up to; prices and quantities are compared exactly."""
    prices = [price for trade in result.trades for price in (trade.entry_price, trade.exit_price)
              if price is not None]
    whole_cents = plan.step == 1 and all(price == round(price, 2) for price in prices)
    each, reasons = Decimal("0.000001"), ["the peer's binary numbers"]
    carried = Decimal("0.01") if plan.borrow else Decimal(0)
    if not whole_cents:
        each += Decimal("0.01")
        reasons.append("two values rounded to cents a trade")
    if plan.fee_percent:
        each += Decimal("0.01")
        reasons.append("two commissions rounded to cents a trade")
    if carried:
        reasons.append("borrow cost booked in cents")
    return {"pnl": text(each), "equity": text(each * max(1, len(result.trades)) + carried),
            "reason": ", ".join(reasons)}


def compare(name, found, expected, tolerance):
    """Refuses a case in which the peer does not do what the rules say."""
    if not found.trades or len(found.trades) > MOST_TRADES:
        raise ValueError(f"{name}: {len(found.trades)} trades")
    for place, (one, other) in enumerate(zip(found.trades, expected.trades)):
        for field in ("side", "quantity", "entry_bar", "entry_price", "exit_bar", "exit_price"):
            if getattr(one, field) != getattr(other, field):
                raise ValueError(f"{name}: trade {place}, {field}: {one} is not {other}")
        if abs(one.pnl - other.pnl) > Decimal(tolerance["pnl"]):
            raise ValueError(f"{name}: trade {place}, pnl: {one} is not {other}")
    if len(found.trades) != len(expected.trades):
        raise ValueError(f"{name}: {len(found.trades)} trades, not {len(expected.trades)}")
    for t, equity in found.equity.items():
        if t in expected.equity and not quiet(expected, t):
            continue
        if abs(equity - expected.equity[t]) > Decimal(tolerance["equity"]):
            raise ValueError(f"{name}: equity at {t}: {equity} is not {expected.equity[t]}")


def same_decisions(peer, plan, fast, slow):
    """The peer's own averages must lead to the trades of the given decisions."""
    if peer.native_crossing(plan, fast, slow).trades != peer.run(plan).trades:
        raise ValueError(f"{peer.NAME} decides otherwise")


def quiet(result, t):
    """No fill at the bar: some peers book a fill at the close only on the next bar."""
    return all(t not in (trade.entry_bar, trade.exit_bar) for trade in result.trades)


def equity_rows(plan, found, expected):
    """About a dozen closes, and the last."""
    bars = len(plan.bars)
    wanted = [t for t in range(bars // 13, bars, max(1, bars // 13))]
    rows = []
    for t in wanted + [bars - 1]:
        while t > plan.first and not quiet(expected, t) and t != bars - 1:
            t -= 1
        if t >= plan.first:
            rows.append({"bar": t, "date": plan.bars[t].time, "equity": text(found.equity[t])})
    return [row for place, row in enumerate(rows) if row not in rows[:place]]


def trade_row(symbol, plan, trade):
    """One trade as text."""
    closed = trade.exit_bar is not None
    return {"symbol": symbol, "side": trade.side, "quantity": text(trade.quantity),
            "entry_bar": trade.entry_bar, "entry_date": plan.bars[trade.entry_bar].time,
            "entry_price": text(trade.entry_price), "exit_bar": trade.exit_bar,
            "exit_date": plan.bars[trade.exit_bar].time if closed else None,
            "exit_price": text(trade.exit_price) if closed else None, "pnl": text(trade.pnl)}


def text(value):
    """A decimal without an exponent or trailing zeros."""
    found = f"{value:f}"
    return found.rstrip("0").rstrip(".") if "." in found else found


def number(value):
    """A decimal as a JSON number."""
    return int(value) if value == int(value) else float(value)


def layout(found):
    """JSON with one trade, equity or action a line."""
    lines = []
    for key, value in found.items():
        if isinstance(value, list):
            rows = ",\n".join("  " + json.dumps(row) for row in value)
            lines.append(f"{json.dumps(key)}: [\n{rows}\n]")
        else:
            lines.append(f"{json.dumps(key)}: {json.dumps(value)}")
    return "{\n" + ",\n".join(lines) + "\n}\n"
