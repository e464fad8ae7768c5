# SPDX-License-Identifier: PostgreSQL
"""A bar-by-bar backtest engine, written from the rules alone, as an oracle for the product.

Deliberately simple and slow: rationals everywhere, one bar, one symbol, one phase at a time.
Numbers in brackets are rules of the semantics; readings.md says how they were read where the
text leaves a choice. `run(case)` takes the JSON form of generate.py.
"""
from dataclasses import dataclass, field
from fractions import Fraction

from account import Account
from case_input import CaseInput
from costs import Bill, Spot
from decisions import decide, fill_at_close, state_of
from entries import fill_entries, reverse
from events import Accruals, before_open, close_delisted
from exits import exit_of_new_lot, fill_exit, inside_exits, opening_exits
from legs import LegsState, fill_legs
from market import Reader
from orders import Book, Order
from rotation import fill_rotation
from rounding import round_half_away, to_cents
from sizing import Phase
from user_signals import work_signals


@dataclass
class Run:
    """What a run leaves behind."""
    case: CaseInput
    account: Account = None
    fills: list = field(default_factory=list)
    trades: list = field(default_factory=list)
    curve: list = field(default_factory=list)
    signals: list = field(default_factory=list)
    ambiguous_bars: int = 0
    bars_read: int = 0


def run(case):
    """Run one case (a dict in the JSON form) and return its Run."""
    return Engine(CaseInput(case)).run()


class Engine:
    """Walks the timestamps and passes every symbol through phase after phase [2]."""

    def __init__(self, case):
        self.case = case
        self.account = Account(case)
        self.result = Run(case, self.account)
        self.reader = Reader(case)
        self.book = Book()
        self.accruals = Accruals()
        self.legs = LegsState()
        self.targets = {}
        self.through = case.limit_fill == "through"
        self.rows, self.last_row, self.closed_row = {}, {}, {}
        self.now = self.day = None
        self.days_seen = []
        self.touched, self.ambiguous = set(), set()
        self.opening = None
        self.trading_ended = self.drawdown_halt = False
        self.peak = self.equity_before_today = self.last_equity = case.initial_capital
        self.halted_day = None

    def run(self):
        rows_at = {}
        for symbol in self.case.symbols:
            for row in range(self.case.first_row[symbol], len(self.case.bars[symbol])):
                timestamp = self.case.bars[symbol][row].timestamp
                rows_at.setdefault(timestamp, {})[symbol] = row
            if self.case.first_row[symbol] < len(self.case.bars[symbol]):
                self.result.bars_read += self.case.bars_counted[symbol]
        if not rows_at:
            raise ValueError("no bar in the period")
        self.timestamps = sorted(rows_at)
        for number, timestamp in enumerate(self.timestamps):
            self.number = number
            self._step(timestamp, rows_at[timestamp])
        for order in [o for s in self.case.symbols for o in self.book.all_of(s)]:
            order.settle("expired")
        for row in self.case.user_signals:
            row.setdefault("status", "expired")
        for symbol in sorted(self.account.positions):
            row = len(self.case.bars[symbol]) - 1
            self.account.trades += self.account.open_trades(symbol, row)
        self.result.fills, self.result.trades = self.account.fills, self.account.trades
        self.result.ambiguous_bars = len(self.ambiguous)
        return self.result

    # What the phases ask

    @property
    def halted(self):
        """Whether a halt refuses entries [30]."""
        return self.drawdown_halt or self.halted_day == self.day

    def symbols_with_bar(self):
        """In byte order."""
        return [symbol for symbol in self.case.symbols if symbol in self.rows]

    def bar(self, symbol):
        """The symbol's bar of this timestamp."""
        return self.case.bars[symbol][self.rows[symbol]]

    def spot(self, symbol, moment, reference):
        """A place of a fill in this timestamp's bar."""
        return Spot(symbol, self.rows[symbol], moment, reference, self.now)

    def beyond(self, symbol):
        """How far a bar must go beyond a limit or target to fill it."""
        return self.case.price_tick[symbol] if self.through else Fraction(0)

    def phase(self, prices):
        """A snapshot for entries."""
        return Phase(*self.account.snapshot(prices), prices)

    def state(self, symbol, row, equity):
        """What rules may ask of the account."""
        return state_of(self, symbol, row, equity)

    def position_closed(self, symbol, row):
        """Nothing is left: exit orders go, the cooldown begins [4]."""
        self.book.drop_exits(symbol)
        self.closed_row[symbol] = row

    def note(self, order, row, signal_type):
        """A decision [37]."""
        bar = self.case.bars[order.symbol][row]
        signal = {"symbol": order.symbol, "signal_date": bar.timestamp, "signal_type": signal_type,
                  "signal_price": bar.close}
        self.result.signals.append(signal)
        return signal

    # One timestamp

    def _step(self, timestamp, rows):
        day = self.case.day(timestamp)
        if self.day is not None and day != self.day:
            self.accruals.book(self.account, (day - self.day).days)
            self.equity_before_today = self.last_equity
        if day != self.day:
            self.days_seen.append(day)
        self.now, self.day, self.rows, self.touched = timestamp, day, rows, set()
        self.last_row.update(rows)
        self._end_orders_of_yesterday()
        before_open(self)
        work_signals(self)
        self._opening()
        self._inside()
        self._closing()
        if self.number == len(self.timestamps) - 1:
            self._finalize()
        self._record()

    def _opening(self):
        """Phase 2."""
        entries = self._entries_at_open()
        for symbol in self.symbols_with_bar():
            opening_exits(self, symbol)
            for order, spot in entries:
                if order.symbol == symbol:
                    reverse(self, order, spot)
        fill_rotation(self, "open")
        if self.case.legs:
            fill_legs(self, "open")
        self.opening = self.phase({s: self.bar(s).open for s in self.symbols_with_bar()})
        fill_entries(self, entries, self.opening)

    def _entries_at_open(self):
        found = []
        for symbol in self.symbols_with_bar():
            order, bar = self.book.entries.get(symbol), self.bar(symbol)
            if order and order.at_open(bar, self.case.price_tick[symbol], self.through):
                self.touched.add(order)
                found.append((order, self.spot(symbol, "open", bar.open)))
        return found

    def _inside(self):
        """Phase 3: exits of all symbols, then entries, then the stops of what was filled."""
        for symbol in self.symbols_with_bar():
            inside_exits(self, symbol)
        entries = self._entries_inside()
        gross, net = self.opening.gross, self.opening.net
        for order, spot in entries:
            side, before = self.account.side(order.symbol), self._value_inside(order.symbol)
            reverse(self, order, spot)
            freed = before - self._value_inside(order.symbol)
            gross, net = gross - freed, net - freed if side == "long" else net + freed
        equity = self.account.equity_and_exposure(self._value_inside)[0]
        phase = Phase(equity, gross, net, self.opening.prices)
        for lot in fill_entries(self, entries, phase):
            exit_of_new_lot(self, lot)
        self._move_trailing_stops()

    def _entries_inside(self):
        found = []
        for symbol in self.symbols_with_bar():
            order = self.book.entries.get(symbol)
            if order and order not in self.touched:
                price = order.inside(self.bar(symbol), self.case.price_tick[symbol], self.through)
                if price is not None:
                    found.append((order, self.spot(symbol, "inside", price)))
        return found

    def _value_inside(self, symbol):
        """At the marks of phase 2; what was filled since, at its fill price."""
        lots = self.account.lots(symbol)
        old = sum((lot.quantity for lot in lots if lot.entry_date != self.now), Fraction(0))
        price = self.opening.prices.get(symbol, self.account.marks.get(symbol, 0))
        return to_cents(old * price) + sum(to_cents(lot.quantity * lot.entry_price)
                                           for lot in lots if lot.entry_date == self.now)

    def _move_trailing_stops(self):
        """A bar's extreme moves the level of the bars after it [13]."""
        for symbol in self.symbols_with_bar():
            for lot in self.account.lots(symbol):
                counts = lot.entry_date != self.now or lot.filled_at == "open"
                if lot.best is not None and counts:
                    bar, is_long = self.bar(symbol), lot.side == "long"
                    lot.best = max(lot.best, bar.high) if is_long else min(lot.best, bar.low)

    def _closing(self):
        """Phase 4."""
        self._market_on_close()
        for symbol in self.rows:
            self.account.marks[symbol] = self.bar(symbol).close
        close_delisted(self)
        equity, gross, _ = self.account.snapshot({})
        self._margin_check(equity, gross)
        leaving = self._halts(equity)
        self._end_orders()
        if not self.trading_ended:
            decide(self, equity, leaving)

    def _market_on_close(self):
        for symbol in self.symbols_with_bar():
            spot = self.spot(symbol, "close", self.bar(symbol).close)
            orders = [o for o in self.book.exits_of(symbol) if o.kind == "market_on_close"]
            for order in sorted(orders, key=lambda order: order.rule):
                fill_exit(self, order, spot)
        entries = [self.book.entries[s] for s in self.symbols_with_bar()
                   if s in self.book.entries and self.book.entries[s].kind == "market_on_close"]
        fill_at_close(self, [], entries)

    def _end_orders(self):
        """Orders end with the close of their last bar, before the rules are asked [9]. That an
        intraday bar is the last of its day shows only when another day begins."""
        is_last_of_day = self.case.timeframe in ("1d", "1w", "1mo")
        for symbol in self.symbols_with_bar():
            for order in list(self.book.all_of(symbol)):
                if order.is_new:
                    continue
                order.first_day = order.first_day or self.day
                if order.ends_with_bar(is_last_of_day):
                    self.book.drop(order, "expired")

    def _end_orders_of_yesterday(self):
        """Day orders of intraday bars end before the first open of another day [9]."""
        for symbol in self.symbols_with_bar():
            for order in list(self.book.all_of(symbol)):
                rests = order.kind != "market" and order.tif == "day"
                if rests and order.first_day and order.first_day < self.day:
                    self.book.drop(order, "expired")

    # Margin and halts

    def _margin_check(self, equity, gross):
        """Maintenance and ruin at a mark [20]."""
        if equity <= 0:
            self.trading_ended = True
            self._drop_entries()
            self._close_all("margin_call")
            return
        if equity >= self.case.maintenance * gross:
            return
        if self.case.legs:
            self._close_all("margin_call")
            return
        values = {symbol: self.account.value(symbol, {}) for symbol in self.account.positions}
        remaining = gross - sum(values[s] for s in values if self.book.whole(s))
        candidates = [s for s in self.case.symbols if s in values and not self.book.whole(s)]
        for symbol in sorted(candidates, key=lambda s: -values[s]):
            if equity >= self.case.maintenance * remaining:
                break
            self._leave(symbol, "margin_call")
            remaining -= values[symbol]

    def _leave(self, symbol, reason):
        side = self.account.side(symbol)
        self.book.add_exit(Order(symbol, side, "exit", reason=reason))

    def _close_all(self, reason):
        if self.case.legs:
            self.legs.exit_reason = self.legs.exit_reason or reason
            return
        for symbol in self.case.symbols:
            if symbol in self.account.positions:
                self._leave(symbol, reason)

    def _drop_entries(self):
        self.legs.entry = None
        for target in self.targets.values():
            target.buys = False
        for symbol in self.case.symbols:
            self.book.drop_opening(symbol)

    def _halts(self, equity):
        """Daily loss against the day before, drawdown against the peak [30]; what then leaves."""
        limits = self.case.limits
        daily, drawdown = limits["daily_loss_halt_pct"], limits["drawdown_halt_pct"]
        before = self.equity_before_today
        if daily is not None and (before - equity) * 100 >= daily * before:
            self.halted_day = self.day
        if drawdown is not None and (self.peak - equity) * 100 >= drawdown * self.peak:
            self.drawdown_halt = True
        if self.halted:
            self._drop_entries()
        closes = self.halted and self.case.halt_closes
        return [Order(s, self.account.side(s), "exit", reason="risk_limit")
                for s in self.case.symbols if closes and s in self.account.positions
                and not any(o.is_whole and o.reason != "margin_call"
                            for o in self.book.exits_of(s))]

    # The end of a timestamp

    def _finalize(self):
        """Close what is open at the symbol's last bar, dated at the run's last timestamp [9]."""
        if self.case.finalize == "none":
            return
        for symbol in [s for s in self.case.symbols if s in self.account.positions]:
            row, bill = len(self.case.bars[symbol]) - 1, Bill()
            bar, lots = self.case.bars[symbol][row], self.account.lots(symbol)
            at_open = [lot for lot in lots if self.case.finalize == "last_open"
                       and not (lot.entry_row == row and lot.filled_at != "open")]
            for moment, group in (("open", at_open),
                                  ("close", [lot for lot in lots if lot not in at_open])):
                if group:
                    spot = Spot(symbol, row, moment, getattr(bar, moment), self.now)
                    parts = [(lot, lot.quantity) for lot in group]
                    self.account.close_parts(spot, parts, "end_of_data", bill)
            self.book.drop_exits(symbol)

    def _record(self):
        equity, gross, _ = self.account.snapshot({})
        self.account.check_identity(equity)
        self.peak, self.last_equity = max(self.peak, equity), equity
        self.result.curve.append({
            "timestamp": self.now, "cash_balance": self.account.cash,
            "market_value": equity - self.account.cash, "equity": equity,
            "gross_exposure": gross, "in_position": bool(self.account.positions),
            "drawdown": round_half_away((self.peak - equity) / self.peak, 6)})
