# SPDX-License-Identifier: PostgreSQL
"""Cash, lots, fills and sizing of one run (docs/semantics 14 to 20, docs/formulas)."""
from dataclasses import dataclass
from fractions import Fraction

from rounding import (down_to_step, largest_multiple, nearest_step, round_half_away, to_cents,
                      up_to_step)


@dataclass
class Lot:
    """One entry fill; the slice has at most one per symbol."""
    number: int
    symbol: str
    side: str
    quantity: Fraction
    entry_date: object
    entry_row: int
    entry_price: Fraction
    cost: Fraction
    entry_fee: Fraction
    entry_slippage: Fraction
    filled_at: str
    stop: Fraction = None
    target: Fraction = None


@dataclass
class Fill:
    """One execution."""
    timestamp: object
    symbol: str
    action: str
    quantity: Fraction
    price: Fraction
    value: Fraction
    fee: Fraction
    slippage: Fraction
    reason: str


class Account:
    """The single cash account that all symbols share."""

    def __init__(self, case):
        self.case = case
        self.cash = case.initial_capital
        self.lots, self.fills, self.trades = {}, [], []
        self.marks = {}
        self.realised = Fraction(0)

    # Prices

    def fill_price(self, symbol, reference, buying, slips):
        """Slippage, then against the trader to price_tick, at least one tick (docs/semantics 14)."""
        tick = self.case.price_tick[symbol]
        price = reference
        if slips:
            move = reference * self.case.slippage_percent / 100 + self.case.slippage_ticks * tick
            price = reference + move if buying else reference - move
        price = up_to_step(price, tick) if buying else down_to_step(price, tick)
        return max(price, tick)

    def fee(self, value):
        """Commission in cents on the rounded value (docs/semantics 15)."""
        return to_cents(value * self.case.commission_percent / 100)

    def level(self, symbol, side, price, fraction, direction):
        """A stop (direction -1) or target (+1) from the fill price, half away to price_tick."""
        if fraction is None:
            return None
        sign = direction if side == "long" else -direction
        return nearest_step(price * (1 + sign * fraction), self.case.price_tick[symbol])

    # Valuation

    def snapshot(self, prices):
        """(equity, gross exposure) with the given prices, else the last mark (docs/semantics 16)."""
        equity, gross = self.cash, Fraction(0)
        for symbol, lot in self.lots.items():
            value = to_cents(lot.quantity * prices.get(symbol, self.marks.get(symbol, 0)))
            equity += value if lot.side == "long" else -value
            gross += value
        return equity, gross

    def open_result(self, lot):
        """Market value less cost less entry fee of an open lot at its mark."""
        value = to_cents(lot.quantity * self.marks[lot.symbol])
        gain = value - lot.cost if lot.side == "long" else lot.cost - value
        return gain - lot.entry_fee

    def check_identity(self, equity):
        """docs/semantics 19, to the cent."""
        expected = self.case.initial_capital + self.realised
        expected += sum(self.open_result(lot) for lot in self.lots.values())
        if equity != expected:
            raise AssertionError(f"{self.case.name}: equity {equity} is not {expected}")

    # Sizing

    def wanted_quantity(self, symbol, price, equity):
        """Largest multiple of quantity_step within the size rule (docs/semantics 16)."""
        step, amount = self.case.quantity_step[symbol], self.case.size_amount
        if self.case.size_kind == "units":
            return max(Fraction(0), down_to_step(amount, step))
        budget = amount if self.case.size_kind == "cash" else equity * amount / 100
        if budget <= 0:
            return Fraction(0)

        def fits(quantity):
            value = to_cents(quantity * price)
            return value + self.fee(value) <= budget
        return largest_multiple(step, fits, (budget + 1) / price)

    def affordable_quantity(self, symbol, price, wanted, phase):
        """Reduce to gross exposure <= leverage x (equity - fees of this phase) (docs/semantics 20).

        What rounds to a value of 0.00 is no fill: dust for nothing."""
        def fits(quantity):
            value = to_cents(quantity * price)
            room = self.case.leverage * (phase.equity - phase.fees - self.fee(value))
            return phase.gross + value <= room
        step = self.case.quantity_step[symbol]
        quantity = wanted if fits(wanted) else largest_multiple(step, fits, wanted)
        return quantity if to_cents(quantity * price) > 0 else Fraction(0)

    # Fills

    def open_lot(self, symbol, side, quantity, reference, bar, row, filled_at):
        """Fill an entry order of a size that is already settled."""
        buying = side == "long"
        price = self.fill_price(symbol, reference, buying, True)
        fill = self._fill(bar.timestamp, symbol, "buy" if buying else "short", quantity,
                          price, reference, "signal")
        self.cash += (-fill.value if buying else fill.value) - fill.fee
        self.lots[symbol] = Lot(
            sum(f.action in ("buy", "short") for f in self.fills), symbol, side, quantity,
            bar.timestamp, row, price, fill.value, fill.fee, fill.slippage, filled_at,
            self.level(symbol, side, price, self.case.stop_loss, -1),
            self.level(symbol, side, price, self.case.take_profit, +1))
        return fill

    def close_lot(self, symbol, reference, timestamp, row, reason, slips=True):
        """Fill the exit of the whole lot and write its trade row."""
        lot = self.lots.pop(symbol)
        buying = lot.side == "short"
        price = self.fill_price(symbol, reference, buying, slips)
        fill = self._fill(timestamp, symbol, "cover" if buying else "sell", lot.quantity,
                          price, reference, reason)
        self.cash += (-fill.value if buying else fill.value) - fill.fee
        gain = lot.cost - fill.value if buying else fill.value - lot.cost
        pnl = gain - lot.entry_fee - fill.fee
        self.realised += pnl
        self.trades.append(self._trade(lot, row, pnl, fill))

    def _fill(self, timestamp, symbol, action, quantity, price, reference, reason):
        value = to_cents(quantity * price)
        fill = Fill(timestamp, symbol, action, quantity, price, value, self.fee(value),
                    to_cents(abs(price - reference) * quantity), reason)
        self.fills.append(fill)
        return fill

    # Rows

    def open_trade(self, lot, row):
        """The row of a lot that is still open at the end (docs/semantics 36)."""
        return self._trade(lot, row, self.open_result(lot), None)

    def _trade(self, lot, row, pnl, exit_fill):
        adverse, favourable = self._excursions(lot, row, exit_fill)
        basis = lot.cost + lot.entry_fee
        fee = exit_fill.fee if exit_fill else 0
        return {
            "symbol": lot.symbol, "side": lot.side, "quantity": lot.quantity,
            "entry_date": lot.entry_date, "entry_price": lot.entry_price,
            "exit_date": exit_fill.timestamp if exit_fill else None,
            "exit_price": exit_fill.price if exit_fill else None,
            "exit_reason": exit_fill.reason if exit_fill else None,
            "pnl": pnl,
            "trade_return": round_half_away(pnl / basis, 6) if basis else None,
            "commission": lot.entry_fee + fee,
            "slippage": lot.entry_slippage + (exit_fill.slippage if exit_fill else 0),
            "bars_held": row - lot.entry_row,
            "mae": round_half_away(adverse / lot.entry_price, 6),
            "mfe": round_half_away(favourable / lot.entry_price, 6),
            "lot": lot.number,
        }

    def _excursions(self, lot, last_row, exit_fill):
        """Largest adverse and favourable move in price over bars entry..exit (docs/formulas)."""
        bars = self.case.bars[lot.symbol]
        prices = [lot.entry_price]
        for row in range(lot.entry_row, last_row + 1):
            if exit_fill and row == last_row:
                prices.append(exit_fill.price)
            elif row > lot.entry_row or lot.filled_at == "open":
                prices += [bars[row].low, bars[row].high]
        down, up = lot.entry_price - min(prices), max(prices) - lot.entry_price
        return (down, up) if lot.side == "long" else (up, down)
