# SPDX-License-Identifier: PostgreSQL
"""Cash, lots, fills and trades of one run (docs/semantics 6, 15, 18, 19, 36)."""
from dataclasses import dataclass, field
from fractions import Fraction

from costs import Bill, Costs
from market import factor_between
from rounding import nearest_step, round_half_away, to_cents

SHARED = ("cost", "entry_fee", "entry_slippage", "income")


@dataclass(eq=False)
class Lot:
    """One entry fill; a position is a list of lots, oldest first."""
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
    entry: object = None
    income: Fraction = Fraction(0)
    stop: Fraction = None
    target: Fraction = None
    distance: Fraction = None
    best: Fraction = None
    target_bill: Bill = field(default_factory=Bill)
    leaving: bool = False
    units_row: int = None
    units_factor: Fraction = Fraction(1)  # of splits after that row
    exact_entry: Fraction = None  # after a split, not rounded


@dataclass(eq=False)
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
        self.costs = Costs(case)
        self.cash = case.initial_capital
        self.positions, self.fills, self.trades = {}, [], []
        self.marks = {}
        self.realised = Fraction(0)
        self.dividends = self.interest_received = self.interest_paid = self.borrow = Fraction(0)
        self.lots_opened = 0

    # Positions

    def lots(self, symbol):
        """Open lots, oldest first."""
        return self.positions.get(symbol, [])

    def side(self, symbol):
        """long, short or None."""
        return self.positions[symbol][0].side if symbol in self.positions else None

    def quantity(self, symbol):
        """Units held, without sign."""
        return sum((lot.quantity for lot in self.lots(symbol)), Fraction(0))

    def first_in_first_out(self, symbol, quantity):
        """[(lot, part)] of the oldest lots that make up the quantity."""
        parts = []
        for lot in self.lots(symbol):
            part = min(lot.quantity, quantity)
            if part > 0:
                parts.append((lot, part))
            quantity -= part
        return parts

    # Valuation

    def value(self, symbol, prices):
        """Value of a position, without sign, at the given price, else at the last mark."""
        price = prices.get(symbol, self.marks.get(symbol, 0))
        return to_cents(self.quantity(symbol) * price)

    def equity_and_exposure(self, value):
        """(equity, gross, net) with value(symbol) of each position."""
        gross = net = Fraction(0)
        for symbol in self.positions:
            amount = value(symbol)
            gross += amount
            net += amount if self.side(symbol) == "long" else -amount
        return self.cash + net, gross, net

    def snapshot(self, prices):
        """(equity, gross, net) with the given prices, else the last marks."""
        return self.equity_and_exposure(lambda symbol: self.value(symbol, prices))

    def open_results(self, symbol):
        """Market value less cost less entry fee of each lot; values add up to the position's."""
        results, before, held = [], Fraction(0), Fraction(0)
        for lot in self.lots(symbol):
            held += lot.quantity
            upto = to_cents(held * self.marks[symbol])
            gain = upto - before - lot.cost
            before = upto
            results.append((gain if lot.side == "long" else -gain) - lot.entry_fee)
        return results

    def check_identity(self, equity):
        """docs/semantics 19, to the cent."""
        expected = self.case.initial_capital + self.realised + self.dividends - self.borrow
        expected += self.interest_received - self.interest_paid
        expected += sum(sum(self.open_results(symbol)) for symbol in self.positions)
        if equity != expected:
            raise AssertionError(f"{self.case.name}: equity {equity} is not {expected}")

    # Fills

    def open_lot(self, spot, side, quantity, bill, entry, reason):
        """Fill an entry of a size that is already settled."""
        buying = side == "long"
        fill = self._fill(spot, "buy" if buying else "short", quantity, True, bill, reason,
                          entry.slips)
        self.lots_opened += 1
        lot = Lot(self.lots_opened, spot.symbol, side, quantity, spot.timestamp, spot.row,
                  fill.price, fill.value, fill.fee, fill.slippage, spot.moment, entry)
        self.positions.setdefault(spot.symbol, []).append(lot)
        return lot

    def close_parts(self, spot, parts, reason, bill, slips=True, charge=True):
        """Fill the exit of parts of lots: one fill, and one trade row a part."""
        symbol = spot.symbol
        side = self.side(symbol)
        total = sum(part for _, part in parts)
        fill = self._fill(spot, "cover" if side == "short" else "sell", total, charge, bill,
                          reason, slips)
        done, before = Fraction(0), (Fraction(0),) * 3
        for lot, part in parts:
            done += part
            upto = tuple(to_cents(amount * done / total)
                         for amount in (fill.value, fill.fee, fill.slippage))
            shares = [after - earlier for after, earlier in zip(upto, before)]
            before = upto
            self._close_part(lot, part, spot.row, fill, *shares)
        kept = [lot for lot in self.positions[symbol] if lot.quantity > 0]
        self.positions[symbol] = kept
        if not kept:
            del self.positions[symbol]

    def _close_part(self, lot, part, row, fill, value, fee, slippage):
        taken = {}
        for name in SHARED:
            rest = getattr(lot, name)
            taken[name] = rest if part == lot.quantity else to_cents(rest * part / lot.quantity)
            setattr(lot, name, rest - taken[name])
        lot.quantity -= part
        gain = value - taken["cost"] if lot.side == "long" else taken["cost"] - value
        pnl = gain - taken["entry_fee"] - fee
        self.realised += pnl
        self.trades.append(self._trade(lot, part, row, pnl, fill, fee, slippage, taken))

    def _fill(self, spot, action, quantity, charge, bill, reason, slips):
        price = self.costs.fill_price(spot, action in ("buy", "cover"), slips, quantity)
        value = to_cents(quantity * price)
        fee = self.costs.pay(bill, value, quantity) if charge else Fraction(0)
        fill = Fill(spot.timestamp, spot.symbol, action, quantity, price, value, fee,
                    to_cents(abs(price - spot.reference) * quantity), reason)
        self.fills.append(fill)
        self.cash += (-value if action in ("buy", "cover") else value) - fee
        return fill

    # Income and splits

    def pay_income(self, symbol, amount):
        """Credit (or charge) income and share it over the lots in their order."""
        self.cash += amount
        self.dividends += amount
        total, held, before = self.quantity(symbol), Fraction(0), Fraction(0)
        for lot in self.lots(symbol):
            held += lot.quantity
            upto = to_cents(amount * held / total)
            lot.income += upto - before
            before = upto

    def split(self, symbol, factor, new_quantity):
        """Restate the lots: cumulative rounding, cost unchanged (docs/semantics 24)."""
        step, tick = self.case.quantity_step[symbol], self.case.price_tick[symbol]
        lots, total = self.lots(symbol), self.quantity(symbol)
        held = before = Fraction(0)
        for lot in lots:
            held += lot.quantity
            upto = new_quantity if lot is lots[-1] else nearest_step(
                new_quantity * held / total, step)
            lot.quantity, before = upto - before, upto
            lot.exact_entry = (lot.exact_entry or lot.entry_price) / factor
            lot.entry_price = round_half_away(lot.entry_price / factor, 4)
            for name in ("stop", "target"):
                level = getattr(lot, name)
                if level is not None:
                    setattr(lot, name, nearest_step(level / factor, tick))
            if lot.best is not None:
                lot.best = round_half_away(lot.best / factor, 4)
                lot.distance /= factor
        kept = [lot for lot in lots if lot.quantity > 0]
        for number, lot in enumerate(lots):
            if lot.quantity == 0:
                heir = next((x for x in lots[number + 1:] if x.quantity > 0), kept[-1])
                for name in SHARED:
                    setattr(heir, name, getattr(heir, name) + getattr(lot, name))
        self.positions[symbol] = kept

    # Rows

    def open_trades(self, symbol, row):
        """The rows of lots that are still open at the end (docs/semantics 36)."""
        for lot, pnl in zip(self.lots(symbol), self.open_results(symbol)):
            taken = {name: getattr(lot, name) for name in SHARED}
            yield self._trade(lot, lot.quantity, row, pnl, None, 0, 0, taken)

    def _trade(self, lot, quantity, row, pnl, exit_fill, exit_fee, exit_slippage, taken):
        adverse, favourable = self._excursions(lot, row, exit_fill)
        basis = taken["cost"] + taken["entry_fee"]
        return {
            "symbol": lot.symbol, "side": lot.side, "quantity": quantity,
            "entry_date": lot.entry_date, "entry_price": lot.entry_price,
            "exit_date": exit_fill.timestamp if exit_fill else None,
            "exit_price": exit_fill.price if exit_fill else None,
            "exit_reason": exit_fill.reason if exit_fill else None,
            "pnl": pnl,
            "trade_return": round_half_away(pnl / basis, 6) if basis else None,
            "commission": taken["entry_fee"] + exit_fee,
            "slippage": taken["entry_slippage"] + exit_slippage,
            "income": taken["income"],
            "bars_held": row - lot.entry_row,
            "mae": _fraction(adverse, lot.exact_entry or lot.entry_price),
            "mfe": _fraction(favourable, lot.exact_entry or lot.entry_price),
            "lot": lot.number,
        }

    def _excursions(self, lot, last_row, exit_fill):
        """Largest adverse and favourable move over bars entry..exit, in units at the exit."""
        bars, actions = self.case.bars[lot.symbol], self.case.actions[lot.symbol]
        units_row = last_row if lot.units_row is None else lot.units_row
        entry = lot.exact_entry or lot.entry_price
        prices = [entry]
        for row in range(lot.entry_row, last_row + 1):
            if exit_fill and row == last_row:
                prices.append(exit_fill.price)
            elif row > lot.entry_row or lot.filled_at == "open":
                factor = factor_between(actions, row, units_row) * lot.units_factor
                prices += [bars[row].low / factor, bars[row].high / factor]
        down, up = entry - min(prices), max(prices) - entry
        return (down, up) if lot.side == "long" else (up, down)


def _fraction(move, price):
    return round_half_away(move / price, 6) if price else None
