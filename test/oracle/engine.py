# SPDX-License-Identifier: PostgreSQL
"""A bar-by-bar backtest engine, written from the rules alone, as an oracle for the product.

Deliberately simple and slow: rationals everywhere, one bar, one symbol, one phase at a time.
Numbers in brackets are rules of the semantics. `run(case)` takes the JSON form of generate.py.

Agreed readings
 A1  A stop or target that the open has passed (touch counts) fills at the open in phase 2, for
     a lot held before the bar.
 A2  Every fill price, slippage zero or not, is rounded to price_tick against the trader.
 A3  Default size is {"percent_equity": 100}.
 A4  An exit condition that is true beats only the entry of its own side, also while flat; an
     exit rule without "side" serves both sides.
 A5  New exposure: gross after the fill <= leverage x (equity snapshot after exits - fees of
     this phase's entries), this order's fee included, values at fill.
 A6  Finalize comes after the last timestamp's phases and is dated there; last_open takes the
     open of the symbol's last bar, last_close its close; what was bought at that close leaves at it.
 A7  The exit bar contributes only the exit price to mae and mfe, the entry bar its whole range
     if filled at the open and only the fill price if filled at the close.

Readings chosen here, where the text leaves a choice
 R1  Precedence of exits at one open: margin_call, signal, opposite_signal, then a stop or
     target that the open has passed. A stop and a target both passed: the stop.
 R2  A reversal whose exit rule is true too closes with reason `signal`; an earlier pending exit
     (margin call, or a symbol without a bar) keeps its reason.
 R3  on_opposite is judged at the deciding close: with `close` or `ignore` an entry against the
     held side never opens, even if an exit rule closes the position in the same phase.
 R4  Long and short true at once: no entry order, whatever is held and whatever exits say; exit
     orders are still given.
 R5  A lot filled at this open whose level the open has already passed (slippage, rounding)
     leaves in phase 3 at the open, in every intrabar mode, the stop before the target; this is
     no ambiguous bar. An ambiguous bar is one (symbol, bar) whose exposed lot has stop and
     target both touched and neither passed by the open, counted in every mode.
 R6  stop_first and worst_case are the same here; nearest_extreme compares high - open with
     open - low, equal is worst_case.
 R7  Percent and tick slippage add up before the one rounding; a fill price is at least one tick.
     A target filled at an open that is off the tick is rounded against the trader as well.
 R8  total_slippage is |fill price - price before slippage| x quantity for every fill, so the
     rounding to the tick counts, also on targets.
 R9  same_close: rules see the state before the closing fills; exits of all symbols, then
     entries on one snapshot at the closes; the equity point of the bar is taken after them.
     What phase 3 freed counts in that snapshot (A5 gives the formula; rule 2 alone would say
     "from the next timestamp on").
 R10 size_at signal: raw close without slippage, equity of that bar's mark, before any fill of
     same_close and before the fees of a reversal; at the fill it is only reduced (A5).
 R11 position is the signed quantity, 0 while flat; entry_price and bars_held are missing while
     flat; bars_held is 0 on the entry bar; cash includes short proceeds. equity and cash are
     those after the marks of the deciding bar. A past value of any of them ([n], n > 0, or the
     earlier bar of a crossing) is missing.
 R12 min, max and every other function are missing if one argument is. round(x) and round(x, d)
     are half away. A divisor built of numbers and parameters only is constant, so the quotient
     stays exact; any other quotient, and every sqrt, is put on the grid.
 R13 The warm-up is one number for the run: the longest lookback of any condition, in bars of
     each symbol before its first bar >= start_date; nested lookbacks add up; crossings add 1.
 R14 Margin call: at a mark with equity < maintenance x gross, whole positions by size (ties by
     symbol) until equity >= maintenance x what remains; lots with an exit pending count as
     gone. They leave at their symbol's next open also with same_close, unless a rule closes
     them at that close first.
 R15 equity <= 0 at a mark: all lots get a margin_call exit, waiting entries are dropped, no
     rule is evaluated any more, equity points go on; stops stay in force until the exit fills.
 R16 The finalize fill is a market fill: slippage, tick and commission. The last equity point is
     the one after it. exposure counts timestamps whose equity point (after all fills of the
     timestamp, finalize included) has an open lot.
 R17 An open lot's row: NULL exit, pnl at the last mark less the entry fee, whole range of every
     bar since entry, bars_held up to the symbol's last bar.
 R18 A size that comes to 0 refuses the entry; the closing part of a reversal is still done.
 R19 A lot entered and left in the same bar: the exit bar wins, so only the two fill prices
     count for mae and mfe (also for last_open on a lot that entered at that bar's close).
"""
from dataclasses import dataclass, field
from fractions import Fraction

from account import Account
from case_input import CaseInput
from rounding import round_half_away
from series import SymbolSeries


@dataclass
class EntryOrder:
    """A market entry waiting for its symbol's next bar; quantity None = sized at the fill."""
    symbol: str
    side: str
    quantity: Fraction
    signal: dict


@dataclass
class Phase:
    """The one snapshot on which the entries of a phase are sized (docs/semantics 17)."""
    equity: Fraction
    gross: Fraction
    fees: Fraction = Fraction(0)


@dataclass
class Run:
    """What a run leaves behind."""
    case: CaseInput
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
        self.result = Run(case)
        self.series = {symbol: SymbolSeries(case.bars[symbol], case.crossover == "strict")
                       for symbol in case.symbols}
        self.exit_orders, self.entry_orders = {}, {}
        self.trading_ended = False
        self.peak = case.initial_capital

    def run(self):
        rows_at = {}
        for symbol in self.case.symbols:
            for row in range(self.case.first_row[symbol], len(self.case.bars[symbol])):
                timestamp = self.case.bars[symbol][row].timestamp
                rows_at.setdefault(timestamp, {})[symbol] = row
            if self.case.first_row[symbol] < len(self.case.bars[symbol]):
                self.result.bars_read += len(self.case.bars[symbol])
        if not rows_at:
            raise ValueError("no bar in the period")
        last = max(rows_at)
        for timestamp in sorted(rows_at):
            self._step(timestamp, rows_at[timestamp], timestamp == last)
        for order in self.entry_orders.values():
            order.signal["outcome"] = "expired"
        for symbol in sorted(self.account.lots):
            lot = self.account.lots[symbol]
            self.account.trades.append(
                self.account.open_trade(lot, len(self.case.bars[symbol]) - 1))
        self.result.fills, self.result.trades = self.account.fills, self.account.trades
        return self.result

    def _step(self, timestamp, rows, is_last):
        bars = {symbol: self.case.bars[symbol][row] for symbol, row in rows.items()}
        self._opening_fills(bars, rows)
        for symbol in self._in_order(bars):
            self._intrabar_exit(symbol, bars[symbol], rows[symbol])
        for symbol, bar in bars.items():
            self.account.marks[symbol] = bar.close
        equity, gross = self.account.snapshot({})
        self._margin_check(equity, gross)
        if not self.trading_ended:
            self._decide(bars, rows, equity)
        if is_last:
            self._finalize(timestamp)
        self._record(timestamp)

    def _in_order(self, symbols):
        return [symbol for symbol in self.case.symbols if symbol in symbols]

    # Phase 2

    def _opening_fills(self, bars, rows):
        for symbol in self._in_order(bars):
            lot, bar = self.account.lots.get(symbol), bars[symbol]
            if lot is None:
                continue
            if symbol in self.exit_orders:
                self._close(symbol, bar.open, bar, rows[symbol], self.exit_orders[symbol])
                continue
            passed = self._passed_by_open(lot, bar)
            if passed:
                self._close(symbol, bar.open, bar, rows[symbol], passed)
        waiting = [self.entry_orders.pop(s) for s in self._in_order(bars) if s in self.entry_orders]
        opens = {symbol: bar.open for symbol, bar in bars.items()}
        self._fill_entries(waiting, opens, bars, rows, "open")

    def _close(self, symbol, reference, bar, row, reason):
        """Close the lot and whatever exit order it had; a limit (target) never slips [14]."""
        self.exit_orders.pop(symbol, None)
        self.account.close_lot(symbol, reference, bar.timestamp, row, reason,
                               slips=reason != "take_profit")

    def _fill_entries(self, orders, prices, bars, rows, filled_at):
        """Entries of one phase: one snapshot after the exits, then by symbol [17]."""
        phase = Phase(*self.account.snapshot(prices))
        for order in orders:
            symbol = order.symbol
            price = self.account.fill_price(symbol, prices[symbol], order.side == "long", True)
            wanted = order.quantity
            if wanted is None:
                wanted = self.account.wanted_quantity(symbol, price, phase.equity)
            quantity = self.account.affordable_quantity(symbol, price, wanted, phase)
            if quantity == 0 or quantity < wanted and self.case.on_short_cash == "skip":
                order.signal["outcome"] = "refused"
                continue
            fill = self.account.open_lot(symbol, order.side, quantity, prices[symbol],
                                         bars[symbol], rows[symbol], filled_at)
            phase.gross += fill.value
            phase.fees += fill.fee
            order.signal["outcome"] = "executed"

    # Phase 3

    @staticmethod
    def _passed_by_open(lot, bar):
        """Which level the open has already passed [10]."""
        sign = 1 if lot.side == "long" else -1
        if lot.stop is not None and sign * bar.open <= sign * lot.stop:
            return "stop_loss"
        if lot.target is not None and sign * bar.open >= sign * lot.target:
            return "take_profit"
        return None

    def _intrabar_exit(self, symbol, bar, row):
        lot = self.account.lots.get(symbol)
        if lot is None:
            return
        passed = self._passed_by_open(lot, bar)
        if passed:
            self._close(symbol, bar.open, bar, row, passed)
            return
        is_long = lot.side == "long"
        stop_touched = lot.stop is not None and (
            bar.low <= lot.stop if is_long else bar.high >= lot.stop)
        target_touched = lot.target is not None and (
            bar.high >= lot.target if is_long else bar.low <= lot.target)
        if stop_touched and target_touched:
            self.result.ambiguous_bars += 1
            stop_touched = self._stop_comes_first(is_long, bar)
        if stop_touched:
            self._close(symbol, lot.stop, bar, row, "stop_loss")
        elif target_touched:
            self._close(symbol, lot.target, bar, row, "take_profit")

    def _stop_comes_first(self, is_long, bar):
        """The setting `intrabar` [11]."""
        mode, up, down = self.case.intrabar, bar.high - bar.open, bar.open - bar.low
        if mode == "nearest_extreme" and up != down:
            mode = "ohlc" if up < down else "olhc"
        if mode in ("ohlc", "olhc"):
            high_first = mode == "ohlc"
            return high_first != is_long
        return True

    # Phase 4

    def _margin_check(self, equity, gross):
        """Maintenance and ruin at a mark [20]."""
        if equity <= 0:
            self.trading_ended = True
            for order in self.entry_orders.values():
                order.signal["outcome"] = "cancelled"
            self.entry_orders.clear()
            for symbol in self.account.lots:
                self.exit_orders.setdefault(symbol, "margin_call")
            return
        if equity >= self.case.maintenance * gross:
            return
        values = {symbol: round_half_away(lot.quantity * self.account.marks[symbol], 2)
                  for symbol, lot in self.account.lots.items()}
        remaining = gross - sum(values[s] for s in values if s in self.exit_orders)
        candidates = [s for s in self._in_order(values) if s not in self.exit_orders]
        for symbol in sorted(candidates, key=lambda s: -values[s]):
            if equity >= self.case.maintenance * remaining:
                break
            self.exit_orders[symbol] = "margin_call"
            remaining -= values[symbol]

    def _decide(self, bars, rows, equity):
        exits, entries = {}, []
        for symbol in self._in_order(bars):
            reason, side = self._rules(symbol, rows[symbol], equity)
            if reason:
                exits[symbol] = reason
            if side:
                entries.append(self._entry_order(symbol, side, rows[symbol], equity))
        if self.case.fill == "next_open":
            for symbol, reason in exits.items():
                self.exit_orders.setdefault(symbol, reason)
            self.entry_orders.update({order.symbol: order for order in entries})
            return
        for symbol, reason in exits.items():
            self._close(symbol, bars[symbol].close, bars[symbol], rows[symbol], reason)
        closes = {symbol: bar.close for symbol, bar in bars.items()}
        self._fill_entries(entries, closes, bars, rows, "close")

    def _rules(self, symbol, row, equity):
        """(reason of an exit order or None, side of an entry order or None) [4, 5]."""
        lot = self.account.lots.get(symbol)
        state = self._state(lot, row, equity)
        series = self.series[symbol]
        exit_true = {side: any(series.is_true(rule.condition, row, state)
                               for rule in self.case.exits if rule.side in (None, side))
                     for side in ("long", "short")}
        reason = None
        if lot and exit_true[lot.side]:
            reason = "signal"
            self._note(symbol, row, "sell" if lot.side == "long" else "cover", reason)
        wanted = [side for side, condition in self.case.entries.items()
                  if series.is_true(condition, row, state)]
        if len(wanted) != 1 or exit_true[wanted[0]] or lot and lot.side == wanted[0]:
            return reason, None
        if lot is None:
            return reason, wanted[0]
        if self.case.on_opposite == "ignore":
            return reason, None
        if reason is None:
            reason = "opposite_signal"
            self._note(symbol, row, "sell" if lot.side == "long" else "cover", reason)
        return reason, wanted[0] if self.case.on_opposite == "reverse" else None

    def _state(self, lot, row, equity):
        state = {"position": Fraction(0), "entry_price": None, "bars_held": None,
                 "equity": equity, "cash": self.account.cash}
        if lot:
            state["position"] = lot.quantity if lot.side == "long" else -lot.quantity
            state["entry_price"] = lot.entry_price
            state["bars_held"] = Fraction(row - lot.entry_row)
        return state

    def _entry_order(self, symbol, side, row, equity):
        quantity = None
        if self.case.size_at == "signal":
            close = self.case.bars[symbol][row].close
            quantity = self.account.wanted_quantity(symbol, close, equity)
        signal = self._note(symbol, row, "buy" if side == "long" else "short", "entry")
        return EntryOrder(symbol, side, quantity, signal)

    def _note(self, symbol, row, signal_type, reason):
        bar = self.case.bars[symbol][row]
        signal = {"symbol": symbol, "signal_date": bar.timestamp, "signal_type": signal_type,
                  "signal_price": bar.close, "reason": reason, "outcome": "placed"}
        self.result.signals.append(signal)
        return signal

    # The end of a timestamp

    def _finalize(self, timestamp):
        """Close what is open at the symbol's last bar, dated at the run's last timestamp [9]."""
        if self.case.finalize == "none":
            return
        for symbol in self._in_order(list(self.account.lots)):
            row = len(self.case.bars[symbol]) - 1
            bar = self.case.bars[symbol][row]
            lot = self.account.lots[symbol]
            bought_later = lot.filled_at == "close" and lot.entry_row == row
            at_open = self.case.finalize == "last_open" and not bought_later
            price = bar.open if at_open else bar.close
            self.exit_orders.pop(symbol, None)
            self.account.close_lot(symbol, price, timestamp, row, "end_of_data")

    def _record(self, timestamp):
        equity, gross = self.account.snapshot({})
        self.account.check_identity(equity)
        self.peak = max(self.peak, equity)
        self.result.curve.append({
            "timestamp": timestamp, "cash_balance": self.account.cash,
            "market_value": equity - self.account.cash, "equity": equity,
            "gross_exposure": gross, "in_position": bool(self.account.lots),
            "drawdown": round_half_away((self.peak - equity) / self.peak, 6)})
