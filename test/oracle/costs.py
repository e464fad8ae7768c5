# SPDX-License-Identifier: PostgreSQL
"""Fill prices, commissions and what a bar's volume lets through (docs/semantics 14, 15)."""
from collections import namedtuple
from dataclasses import dataclass
from fractions import Fraction

from market import factor_between
from rounding import down_to_step, round_half_away, to_cents, up_to_step

# Where a fill happens: moment is "open", "inside" or "close" of the symbol's bar at `row`.
Spot = namedtuple("Spot", "symbol row moment reference timestamp")


@dataclass(eq=False)
class Bill:
    """What an order has done and paid so far."""
    value: Fraction = Fraction(0)
    quantity: Fraction = Fraction(0)
    paid: Fraction = Fraction(0)


class Costs:
    """The costs of a case."""

    def __init__(self, case):
        self.case = case

    def fee(self, bill, value, quantity):
        """Commission due for the order so far less what it has paid."""
        return self._commission(bill.value + value, bill.quantity + quantity) - bill.paid

    def pay(self, bill, value, quantity):
        """As fee, and note it on the bill."""
        fee = self.fee(bill, value, quantity)
        bill.value, bill.quantity, bill.paid = (bill.value + value, bill.quantity + quantity,
                                                bill.paid + fee)
        return fee

    def _commission(self, value, quantity):
        rates = self.case.commission
        amount = rates["per_order"] + rates["per_share"] * quantity
        if self.case.tiers:
            begin = Fraction(0)
            for up_to, percent in self.case.tiers:
                end = value if up_to is None else min(value, up_to)
                amount += max(end - begin, 0) * percent / 100
                begin = end
        else:
            amount += value * rates["percent"] / 100
        amount = max(amount, rates["min"])
        return to_cents(amount if rates["max"] is None else min(amount, rates["max"]))

    def fill_price(self, spot, buying, slips, quantity):
        """The reference worsened by half the spread and slippage, to the tick, at least one."""
        tick = self.case.price_tick[spot.symbol]
        price = spot.reference
        if slips:
            move = self._slippage(spot, tick, quantity) + self._half_spread(spot)
            price = spot.reference + move if buying else spot.reference - move
        price = up_to_step(price, tick) if buying else down_to_step(price, tick)
        return max(price, tick)

    def _slippage(self, spot, tick, quantity):
        rates = self.case.slippage
        move = spot.reference * rates["percent"] / 100 + rates["ticks"] * tick
        if rates["volume_share"]:
            volume = self.volume(spot)
            share = min(Fraction(1), quantity / volume) if volume else Fraction(1)
            move += spot.reference * rates["volume_share"] * share * share
        return move

    def _half_spread(self, spot):
        """Of the last bar that has closed: at a close the bar itself, else the one before."""
        row = spot.row if spot.moment == "close" else spot.row - 1
        if self.case.spread == "none" or row < 0:
            return Fraction(0)
        bar = self.case.bars[spot.symbol][row]
        if bar.bid is None or bar.ask is None:
            return Fraction(0)
        return (bar.ask - bar.bid) / 2 / self._splits(spot.symbol, row, spot.row)

    def volume(self, spot):
        """Volume of the filling bar, or of the one before it in the units of the filling bar."""
        bars = self.case.bars[spot.symbol]
        if self.case.volume_basis != "previous_bar":
            return bars[spot.row].volume
        if spot.row == 0:
            return Fraction(0)
        factor = self._splits(spot.symbol, spot.row - 1, spot.row)
        return round_half_away(bars[spot.row - 1].volume * factor, 0)

    def _splits(self, symbol, earlier, later):
        return factor_between(self.case.actions[symbol], earlier, later)

    def room(self, spot, quantity):
        """As much of the quantity as one fill may take."""
        if self.case.max_volume_share is None:
            return quantity
        step = self.case.quantity_step[spot.symbol]
        return min(quantity, down_to_step(self.case.max_volume_share * self.volume(spot), step))
