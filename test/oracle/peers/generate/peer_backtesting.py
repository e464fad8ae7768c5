# SPDX-License-Identifier: PostgreSQL
"""Runs a plan in backtesting.py, which fills market orders at the next open (or at the deciding
close), sizes them at the fill price, and knows resting limit and stop orders and brackets."""
import warnings
from decimal import Decimal

import backtesting
import pandas
from backtesting.lib import crossover

from peer_plan import Result, Trade

backtesting.backtesting._tqdm = lambda bars, **_: bars    # no progress bar

NAME, VERSION = "backtesting.py", backtesting.__version__


def frame(bars):
    """The bars as the library wants them."""
    columns = {name.capitalize(): [float(getattr(bar, name)) for bar in bars]
               for name in ("open", "high", "low", "close", "volume")}
    index = pandas.DatetimeIndex([bar.time.rstrip("Z") for bar in bars])
    return pandas.DataFrame(columns, index=index)


class PlanStrategy(backtesting.Strategy):
    """Does at each close what the plan says."""
    plan = None

    def init(self):
        """No indicator: the decisions are given."""

    def next(self):
        """One close."""
        plan, t = self.plan, len(self.data) - 1
        held = next((name for name, side in (("long", 1), ("short", -1))
                     if self.trades and self.trades[0].size * side > 0), None)
        waiting = [order for order in self.orders if order.parent_trade is None]
        for order in waiting:
            side = "long" if order.size > 0 else "short"
            expired = plan.valid_bars and t - order.tag >= plan.valid_bars
            if plan.leaves(t, side) or expired:
                order.cancel()
                waiting = []
        left = self._leave(t, held)
        wanted = plan.wanted(t)
        if wanted is None or waiting or wanted == held and len(self.trades) >= plan.pyramid:
            return
        if wanted == held and plan.pyramid_step:
            gain = float(plan.bars[t].close) - self.trades[-1].entry_price
            if round(gain if held == "long" else -gain, 9) < float(plan.pyramid_step[t]):
                return
        if held and wanted != held and not left:
            self._close_all()
        self._enter(wanted, t)

    def _leave(self, t, held):
        """Exits; whether all of the position goes."""
        plan = self.plan
        if held and plan.leaves(t, held):
            self._close_all()
            return True
        if held and plan.partial[t] and t >= plan.first:
            for trade in self.trades:
                trade.close(float(plan.portion))
        if plan.time_stop is not None:
            for trade in self.trades:
                if t - trade.entry_bar >= plan.time_stop:
                    trade.close()
        return False

    def _close_all(self):
        for trade in self.trades:
            trade.close()

    def _enter(self, side, t):
        plan = self.plan
        names = {"limit": "limit", "stop": "stop", "sl": "stop_loss", "tp": "take_profit"}
        prices = {name: plan.price(field, side, t) for name, field in names.items()}
        prices = {name: float(value) for name, value in prices.items() if value is not None}
        prices["tag"] = t
        kind, amount = plan.size
        if kind == "units":
            prices["size"] = float(amount)
        elif kind == "percent" and amount != 100:
            prices["size"] = float(amount) / 100
        (self.buy if side == "long" else self.sell)(**prices)


def run(plan):
    """The peer's result."""
    kind, _ = plan.size
    if kind != "units" and plan.fee_order:
        raise ValueError("a fixed fee makes the library size relative orders wrongly")
    if plan.slip or plan.volume_share or plan.borrow or plan.on_close or plan.trail \
            or plan.opposite != "reverse":
        raise ValueError("this is not asked of the library here")
    if plan.step != 1 or plan.size_at != "fill" or plan.finalize == "last_close":
        raise ValueError("the library cannot do this")
    strategy = type("Planned", (PlanStrategy,), {"plan": plan})
    commission = (float(plan.fee_order), float(plan.fee_percent) / 100)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for message in (".*insufficient margin", ".*contingent SL/TP order"):
            warnings.filterwarnings("error", message=message)
        test = backtesting.Backtest(
            frame(plan.bars), strategy, cash=float(plan.capital), commission=commission,
            margin=1 / float(plan.leverage), trade_on_close=plan.fill == "same_close",
            finalize_trades=plan.finalize == "last_open")
        stats = test.run()
    return _result(plan, stats)


def native_crossing(plan, fast, slow):
    """The same reversal as anyone would write it, with the library's means only."""
    class Crossing(backtesting.Strategy):
        """As in the library's documentation."""

        def init(self):
            close = pandas.Series(self.data.Close)
            self.fast, self.slow = (self.I(lambda n: close.rolling(n).mean(), length)
                                    for length in (fast, slow))

        def next(self):
            if crossover(self.fast, self.slow):
                self.buy()
            elif crossover(self.slow, self.fast):
                self.sell()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        stats = backtesting.Backtest(
            frame(plan.bars), Crossing, cash=float(plan.capital), exclusive_orders=True,
            finalize_trades=plan.finalize == "last_open").run()
    return _result(plan, stats)


def _result(plan, stats):
    result = Result()
    closed = stats["_trades"]
    for row in closed.itertuples():
        result.trades.append(_trade(row.Size, row.EntryBar, row.EntryPrice, row.ExitBar,
                                    row.ExitPrice, row.PnL))
    result.trades.sort(key=lambda trade: (trade.exit_bar, trade.entry_bar))
    last = plan.bars[-1].close
    for trade in stats["_strategy"].trades:
        gain = trade.size * (float(last) - trade.entry_price)
        fee = plan.fee(Decimal(abs(trade.size)), Decimal(repr(float(trade.entry_price))))
        result.trades.append(_trade(trade.size, trade.entry_bar, trade.entry_price, None, None,
                                    gain - float(fee)))
    result.fills = sum(1 + (trade.exit_bar is not None) for trade in result.trades)
    equity = stats["_equity_curve"]["Equity"]
    result.equity = {t: _number(value, 6) for t, value in enumerate(equity)}
    return result


def _trade(size, entry_bar, entry_price, exit_bar, exit_price, pnl):
    return Trade("long" if size > 0 else "short", Decimal(int(abs(size))), int(entry_bar),
                 _number(entry_price, 4), None if exit_bar is None else int(exit_bar),
                 None if exit_price is None else _number(exit_price, 4), _number(pnl, 6))


def _number(value, digits):
    return Decimal(f"{value:.{digits}f}")
