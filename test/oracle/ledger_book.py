# SPDX-License-Identifier: PostgreSQL
"""An independent account: what a transaction does to positions, cash and profit.

Written from SEMANTICS rules 15, 18, 38 and 39, FORMULAS section 4 and the comment of
quant.record_transaction, in exact fractions. Money is rounded half away from zero to cents,
prices to four decimals, quantities are floored at six.
"""
from fractions import Fraction

from rounding import down_to_step, round_half_away, to_cents

UNIT = Fraction(1, 10 ** 6)
ZERO = Fraction(0)
FILLS = {"buy": 1, "short": -1, "sell": 1, "cover": -1}
OPENING = ("buy", "short")
CASH_SIGN = {"sell": 1, "short": 1, "deposit": 1, "dividend": 1, "interest": 1, "adjustment": 1,
             "split": 1, "buy": -1, "cover": -1, "withdrawal": -1, "fee": -1, "tax": -1,
             "borrow_fee": -1}
BAD_TERMS, NO_SUCH, NOT_BOOKED, TOO_BIG = "22023", "42704", "0A000", "22003"


class Refused(Exception):
    """A transaction that must not be booked; the argument is the expected SQLSTATE."""


class Lot:
    """What one entry fill left: its quantity, price, cost and the costs of entering."""

    def __init__(self, quantity, price, cost, entry_costs):
        self.quantity, self.price = quantity, price
        self.cost, self.entry_costs = cost, entry_costs

    def take(self, part):
        """Cost and entry costs of `part` units, which leave the lot; the last takes the rest."""
        share = part / self.quantity
        cost, entry_costs = to_cents(self.cost * share), to_cents(self.entry_costs * share)
        self.quantity -= part
        self.cost -= cost
        self.entry_costs -= entry_costs
        return cost, entry_costs


class Position:
    """One holding from flat to flat; side is 1 for long, -1 for short."""

    def __init__(self, symbol, side):
        self.symbol, self.side, self.lots = symbol, side, []
        self.realized, self.income = ZERO, ZERO
        self.price = self.average = None

    @property
    def units(self):
        return sum((lot.quantity for lot in self.lots), ZERO)

    @property
    def quantity(self):
        return self.side * self.units

    @property
    def cost_basis(self):
        return self.side * sum((lot.cost for lot in self.lots), ZERO)

    @property
    def open_costs(self):
        return sum((lot.entry_costs for lot in self.lots), ZERO)

    @property
    def market_value(self):
        return to_cents(self.quantity * self.price)

    @property
    def unrealized(self):
        return self.market_value - self.cost_basis

    def enter(self, quantity, price, costs):
        self.lots.append(Lot(quantity, price, to_cents(quantity * price), costs))
        self._after_fill(price)

    def leave(self, quantity, price, costs):
        """Closes first in, first out; gives the P&L, allocated lot by lot."""
        value, closed = to_cents(quantity * price), ZERO
        value_before = costs_before = profit = ZERO
        while closed < quantity:
            lot = self.lots[0]
            part = min(lot.quantity, quantity - closed)
            closed += part
            cost, entry_costs = lot.take(part)
            value_so_far = to_cents(value * closed / quantity)
            costs_so_far = to_cents(costs * closed / quantity)
            profit += self.side * (value_so_far - value_before - cost)
            profit -= entry_costs + costs_so_far - costs_before
            value_before, costs_before = value_so_far, costs_so_far
            if not lot.quantity:
                self.lots.pop(0)
        self.realized += profit
        self._after_fill(price)
        return profit

    def split(self, change, cash):
        """Changes the number of units, keeps the cost, scales the prices."""
        before, after = self.units, self.units + self.side * change
        kept, given, counted = [], ZERO, ZERO
        cost = entry_costs = ZERO
        for lot in self.lots:
            counted += lot.quantity
            part = down_to_step(counted * after / before, UNIT) - given
            given += part
            cost, entry_costs = cost + lot.cost, entry_costs + lot.entry_costs
            if part:
                price = round_half_away(lot.price * before / after, 4)
                kept.append(Lot(part, price, cost, entry_costs))
                cost = entry_costs = ZERO
        self.lots = kept
        self.income += cash
        self._after_fill(round_half_away(self.price * before / after, 4))

    def _after_fill(self, price):
        self.price = price
        if self.lots:
            worth = sum(lot.quantity * lot.price for lot in self.lots)
            self.average = round_half_away(worth / self.units, 4)

    def row(self):
        """The figures of its row in trading.positions."""
        return {"symbol": self.symbol, "quantity": self.quantity, "avg_entry_price": self.average,
                "current_price": self.price, "market_value": self.market_value,
                "cost_basis": self.cost_basis, "realized_pnl": self.realized,
                "unrealized_pnl": self.unrealized, "income": self.income,
                "is_open": bool(self.lots)}


class Book:
    """An account. `currencies` maps the known symbols to their currency."""

    def __init__(self, initial_capital, currencies, currency="USD"):
        self.initial, self.cash = Fraction(initial_capital), Fraction(initial_capital)
        self.currencies, self.currency = currencies, currency
        self.positions = []
        self.deposits = self.realized = self.income = self.costs = ZERO

    def open_position(self, symbol):
        for position in self.positions:
            if position.symbol == symbol and position.lots:
                return position
        return None

    def post(self, kind, symbol=None, quantity=None, price=None, amount=None,
             commission=ZERO, fees=ZERO):
        """Books one transaction. Gives the P&L that it closed (None unless a position is
        closed), or raises Refused and leaves the account as it was."""
        self._check_terms(kind, symbol, quantity, price, amount, commission, fees)
        paid = commission + fees
        if kind in FILLS:
            value, profit = to_cents(quantity * price), None
            position = self._position_for(kind, symbol, quantity)
            if kind in OPENING:
                position.enter(quantity, price, paid)
            else:
                profit = position.leave(quantity, price, paid)
                self.realized += profit
        else:
            value, profit = amount if amount is not None else ZERO, None
            self._post_other(kind, symbol, quantity, value)
            self.costs += paid
        self.cash += CASH_SIGN[kind] * value - paid
        return profit

    def _post_other(self, kind, symbol, quantity, value):
        if kind == "split":
            position = self.open_position(symbol)
            if position is None or position.units + position.side * quantity <= 0:
                raise Refused(BAD_TERMS)
            position.split(quantity, value)
        elif kind == "dividend":
            held = [position for position in self.positions if position.symbol == symbol]
            position = self.open_position(symbol) or (held[-1] if held else None)
            if position is not None:
                position.income += value
        if kind in ("split", "dividend", "interest", "adjustment"):
            self.income += value
        elif kind in ("deposit", "withdrawal"):
            self.deposits += CASH_SIGN[kind] * value
        else:
            self.costs += value

    def _position_for(self, kind, symbol, quantity):
        position, side = self.open_position(symbol), FILLS[kind]
        if kind in OPENING:
            if position is None:
                position = Position(symbol, side)
                self.positions.append(position)
            elif position.side != side:
                raise Refused(BAD_TERMS)
        elif position is None or position.side != side or position.units < quantity:
            raise Refused(BAD_TERMS)
        return position

    def _check_terms(self, kind, symbol, quantity, price, amount, commission, fees):
        if kind in ("spinoff", "merger"):
            raise Refused(NOT_BOOKED)
        if kind not in CASH_SIGN:
            raise Refused(BAD_TERMS)
        numbers = ((quantity, 6), (price, 4), (amount, 2), (commission, 2), (fees, 2))
        if any(value is not None and round_half_away(value, digits) != value
               for value, digits in numbers):
            raise Refused(BAD_TERMS)
        if quantity is not None and abs(quantity) >= 10 ** 9:
            raise Refused(TOO_BIG)
        if commission < 0 or fees < 0:
            raise Refused(BAD_TERMS)
        if kind in FILLS:
            if None in (symbol, quantity, price) or quantity <= 0 or price < 0:
                raise Refused(BAD_TERMS)
            if amount is not None and amount != to_cents(quantity * price):
                raise Refused(BAD_TERMS)
        elif kind == "split":
            if symbol is None or not quantity:
                raise Refused(BAD_TERMS)
        elif amount is None or (kind == "dividend" and symbol is None):
            raise Refused(BAD_TERMS)
        if kind in ("deposit", "withdrawal") and (amount <= 0 or symbol is not None):
            raise Refused(BAD_TERMS)
        if symbol is not None and symbol not in self.currencies:
            raise Refused(NO_SUCH)
        if symbol is not None and self.currencies[symbol] != self.currency:
            raise Refused(BAD_TERMS)

    @property
    def market_value(self):
        return sum((position.market_value for position in self.positions), ZERO)

    @property
    def equity(self):
        return self.cash + self.market_value

    def row(self):
        """The figures of its row in trading.portfolios; rule 39 is held to the cent."""
        open_costs = sum((position.open_costs for position in self.positions), ZERO)
        capital = (self.initial + self.deposits + self.realized + self.income - self.costs
                   - open_costs)
        unrealized = sum((position.unrealized for position in self.positions), ZERO)
        if capital + unrealized != self.equity:
            raise AssertionError("the oracle's own account does not balance")
        return {"initial_capital": self.initial, "current_capital": capital,
                "cash_balance": self.cash, "total_value": self.equity,
                "realized_pnl": self.realized, "unrealized_pnl": unrealized}
