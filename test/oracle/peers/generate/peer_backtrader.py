# SPDX-License-Identifier: PostgreSQL
"""Runs a plan in backtrader, which sizes orders when they are placed and knows stop-limit and
trailing orders, brackets and orders that are valid for a time."""
from datetime import datetime
from decimal import ROUND_FLOOR, Decimal

import backtrader

from peer_backtesting import frame
from peer_plan import Result, Trade

NAME, VERSION = "backtrader", backtrader.__version__
ORDER = backtrader.Order


class PlanCommission(backtrader.CommInfoBase):
    """Percent of the value and an amount per order."""
    params = (("percent", 0.0), ("fixed", 0.0), ("stocklike", True),
              ("commtype", backtrader.CommInfoBase.COMM_PERC), ("percabs", True))

    def _get_credit_interest(self, data, size, price, days, dt0, dt1):
        """On the last close, 360 days a year, instead of the entry price and 365."""
        return days * abs(size) * data.close[-1] * self.p.interest / 360

    def _getcommission(self, size, price, pseudoexec):
        return abs(size) * price * self.p.percent + (self.p.fixed if size else 0)


class PlanStrategy(backtrader.Strategy):
    """Does at each close what the plan says."""
    params = (("plan", None),)

    def __init__(self):
        self.fills, self.equity, self.entry, self.children = [], {}, None, []
        self.entry_bars, self.entry_prices, self.distance = [], [], None
        self.decided = self.leaving = None

    def notify_order(self, order):
        if order.status in (ORDER.Margin, ORDER.Rejected):
            raise ValueError(f"refused at {order.data.datetime.datetime(0)}")
        if order.status in (ORDER.Partial, ORDER.Completed):
            for bit in order.executed.iterpending():
                self.fills.append((self._bar_of(bit.dt), bit.size, bit.price, bit.comm))
        if order.status == ORDER.Completed:
            executed, bar = order.executed, self.fills[-1][0]
            if getattr(self.entry, "ref", None) == order.ref:
                self.entry = None
                if self.position.size == executed.size:
                    self.entry_bars, self.entry_prices = [], []
                self.entry_bars.append(bar)
                self.entry_prices.append(executed.price)
                self.distance = order.info.get("distance")
        elif order.status in (ORDER.Expired, ORDER.Canceled):
            if getattr(self.entry, "ref", None) == order.ref:
                self.entry = None

    def _bar_of(self, moment):
        length = len(self.data)
        return next(length - 1 - ago for ago in range(length)
                    if self.data.datetime[-ago] <= moment)

    def next(self):
        """One close."""
        plan, t = self.p.plan, len(self.data) - 1
        self.equity[t] = self.broker.getvalue()
        size = self.position.size
        held = None if size == 0 else "long" if size > 0 else "short"
        if held and plan.trail and not self._children_alive() and not plan.leaves(t, held):
            self._trail(held)      # an order of this close could not be cancelled any more
        self._cancel(t)
        left = self._leave(t, held)
        wanted = plan.wanted(t)
        if wanted is None or self.entry or wanted == held and not self._may_add(t, held):
            return
        if held and wanted != held and not left:
            self._close_all()
        if held in (None, wanted) or plan.opposite == "reverse":
            self._enter(wanted, t)

    def _cancel(self, t):
        """An exit cancels the waiting entry; the library would let an order that was valid up
        to this bar die only on the next."""
        plan = self.p.plan
        if self.entry is None:
            return
        expired = plan.valid_bars and t - self.decided >= plan.valid_bars
        if expired or plan.leaves(t, "long" if self.entry.isbuy() else "short"):
            self.cancel(self.entry)
            self.entry = None

    def _children_alive(self):
        self.children = [order for order in self.children if order.alive()]
        return self.children

    def _trail(self, held):
        """The library trails the close: from the better of fill and close on, as the rules do
        on bars whose extremes are closes."""
        choose = max if held == "long" else min
        price = choose(self.entry_prices[-1], self.data.close[0])
        order = (self.sell if held == "long" else self.buy)(
            size=abs(self.position.size), exectype=ORDER.StopTrail, price=price,
            trailamount=self.distance)
        self.children = [order]

    def _leave(self, t, held):
        """Exits; whether all of the position goes."""
        plan = self.p.plan
        if not held:
            return False
        if plan.leaves(t, held) or (
                plan.time_stop is not None and t - self.entry_bars[0] >= plan.time_stop):
            self._close_all()
            return True
        if plan.partial[t] and t >= plan.first:
            part = Decimal(repr(abs(self.position.size))) * plan.portion / plan.step
            size = float(part.to_integral_value(ROUND_FLOOR) * plan.step)
            (self.sell if held == "long" else self.buy)(size=size)
        return False

    def _close_all(self):
        for order in self._children_alive():
            self.cancel(order)
        self.children = []
        if not self.leaving or not self.leaving.alive():
            self.leaving = self.close(exectype=self._market())

    def _market(self):
        return ORDER.Close if self.p.plan.on_close else ORDER.Market

    def _may_add(self, t, held):
        plan = self.p.plan
        if len(self.entry_bars) >= plan.pyramid:
            return False
        if plan.pyramid_step is None:
            return True
        gain = self.data.close[0] - self.entry_prices[-1]
        return round(gain if held == "long" else -gain, 9) >= float(plan.pyramid_step[t])

    def _enter(self, side, t):
        plan, self.decided = self.p.plan, t
        send = self.buy if side == "long" else self.sell
        order = {"size": self._size(), "exectype": self._market()}
        if plan.trail:
            order["distance"] = float(plan.trail[t])
        if plan.limit or plan.stop:
            order |= self._resting(side, t)
        levels = [(kind, plan.price(name, side, t)) for kind, name in
                  ((ORDER.Stop, "stop_loss"), (ORDER.Limit, "take_profit"))]
        levels = [(kind, float(price)) for kind, price in levels if price is not None]
        self.entry = send(transmit=not levels, **order)
        leave = self.sell if side == "long" else self.buy
        self.children = [
            leave(size=order["size"], exectype=kind, price=price, parent=self.entry,
                  transmit=(kind, price) == levels[-1]) for kind, price in levels]

    def _resting(self, side, t):
        plan = self.p.plan
        stop, limit = (plan.price(name, side, t) for name in ("stop", "limit"))
        if stop and limit:
            order = {"exectype": ORDER.StopLimit, "price": float(stop), "plimit": float(limit)}
        elif stop:
            order = {"exectype": ORDER.Stop, "price": float(stop)}
        else:
            order = {"exectype": ORDER.Limit, "price": float(limit)}
        if plan.valid_bars and t + plan.valid_bars < len(plan.bars):
            time = plan.bars[t + plan.valid_bars].time.rstrip("Z")
            order["valid"] = datetime.fromisoformat(time)
        return order

    def _size(self):
        plan = self.p.plan
        kind, amount = plan.size
        if kind == "units":
            return float(amount)
        budget = Decimal(repr(self.broker.getvalue())) * amount / 100 - plan.fee_order
        unit = Decimal(repr(self.data.close[0])) * (1 + plan.fee_percent / 100) * plan.step
        return float((budget / unit).to_integral_value(ROUND_FLOOR) * plan.step)


def run(plan):
    """The peer's result."""
    if plan.size[0] != "units" and plan.size_at != "signal" or plan.finalize != "none":
        raise ValueError("the library cannot do this")
    return _run(plan, PlanStrategy)


def native_crossing(plan, fast, slow):
    """The same reversal with the library's own average."""
    class Crossing(PlanStrategy):
        """Decides by itself, and leaves the bookkeeping to its parent."""

        def __init__(self):
            super().__init__()
            self.fast, self.slow = (backtrader.indicators.SMA(period=length)
                                    for length in (fast, slow))

        def next(self):
            self.equity[len(self.data) - 1] = self.broker.getvalue()
            up = self.fast[0] > self.slow[0] and self.fast[-1] <= self.slow[-1]
            down = self.fast[0] < self.slow[0] and self.fast[-1] >= self.slow[-1]
            if up or down:
                self.close()
                (self.buy if up else self.sell)(size=float(plan.size[1]))
    return _run(plan, Crossing)


def _run(plan, strategy):
    cerebro = backtrader.Cerebro(stdstats=False)
    cerebro.adddata(backtrader.feeds.PandasData(
        dataname=frame(plan.bars), timeframe=backtrader.TimeFrame.Minutes))
    cerebro.broker.setcash(float(plan.capital))
    cerebro.broker.set_coc(plan.fill == "same_close")
    cerebro.broker.addcommissioninfo(PlanCommission(
        percent=float(plan.fee_percent) / 100, fixed=float(plan.fee_order),
        interest=float(plan.borrow) / 100))
    cerebro.broker.set_int2pnl(False)
    if plan.slip:
        cerebro.broker.set_slippage_fixed(float(plan.slip), slip_open=True, slip_out=True)
    if plan.volume_share:
        cerebro.broker.set_filler(backtrader.fillers.FixedBarPerc(
            perc=float(plan.volume_share * 100)))
    cerebro.addstrategy(strategy, plan=plan)
    done, = cerebro.run()
    result = trades_of(done.fills, plan)
    result.equity = {t: Decimal(f"{value:.6f}") for t, value in done.equity.items()}
    return result


def trades_of(fills, plan):
    """Fills to trades, first in first out; fees follow quantity."""
    result, lots = Result(fills=len(fills)), []
    for bar, size, price, fee in fills:
        rest, fee_each = Decimal(repr(abs(size))), Decimal(repr(fee)) / Decimal(repr(abs(size)))
        side, price = ("long" if size > 0 else "short"), Decimal(f"{price:.4f}")
        while rest and lots and lots[0][0] != side:
            lot_side, bar_in, price_in, left, lot_fee = lots[0]
            part = min(rest, left)
            gain = part * (price - price_in) * (1 if lot_side == "long" else -1)
            result.trades.append(Trade(lot_side, part, bar_in, price_in, bar, price,
                                       gain - part * (lot_fee + fee_each)))
            rest -= part
            lots[0] = (lot_side, bar_in, price_in, left - part, lot_fee)
            if left == part:
                lots.pop(0)
        if rest:
            lots.append((side, bar, price, rest, fee_each))
    last = plan.bars[-1].close
    for side, bar_in, price_in, left, lot_fee in lots:
        gain = left * (last - price_in) * (1 if side == "long" else -1)
        result.trades.append(Trade(side, left, bar_in, price_in, None, None,
                                   gain - left * lot_fee))
    return result
