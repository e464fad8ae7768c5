# SPDX-License-Identifier: PostgreSQL
"""Several symbols with one account: market orders at the next open, long or flat, each entry a
percentage of the equity at its deciding close. By backtrader, and by the rules."""
from dataclasses import dataclass
from decimal import ROUND_FLOOR, Decimal

import backtrader

from peer_backtesting import frame
from peer_backtrader import trades_of
from peer_plan import Result, Trade
from peer_replay import cents


@dataclass
class Portfolio:
    """Plans of several symbols, all with bars of the same dates."""
    plans: dict
    capital: Decimal
    percent: Decimal

    def quantity(self, equity, close):
        """Whole shares for the percentage of the equity."""
        return (equity * self.percent / 100 / close).to_integral_value(ROUND_FLOOR)


class PortfolioStrategy(backtrader.Strategy):
    """Does at each close what the plans say."""
    params = (("portfolio", None),)

    def __init__(self):
        self.fills, self.equity = {name: [] for name in self.p.portfolio.plans}, {}

    def notify_order(self, order):
        if order.status in (order.Margin, order.Rejected):
            raise ValueError(f"refused at {self.data.datetime.datetime(0)}")
        if order.status == order.Completed:
            done = order.executed
            self.fills[order.data._name].append(
                (len(self.data) - 1, done.size, done.price, done.comm))

    def next(self):
        """One close."""
        t = len(self.data) - 1
        self.equity[t] = self.broker.getvalue()
        for data in self.datas:
            plan, held = self.p.portfolio.plans[data._name], self.getposition(data).size
            if held and plan.leaves(t, "long"):
                self.close(data)
            elif not held and plan.wanted(t):
                size = self.p.portfolio.quantity(Decimal(repr(self.equity[t])),
                                                 Decimal(repr(data.close[0])))
                self.buy(data, size=float(size))


def run(portfolio):
    """backtrader's result: trades by symbol, equity."""
    cerebro = backtrader.Cerebro(stdstats=False)
    for name, plan in portfolio.plans.items():
        cerebro.adddata(backtrader.feeds.PandasData(dataname=frame(plan.bars)), name=name)
    cerebro.broker.setcash(float(portfolio.capital))
    cerebro.addstrategy(PortfolioStrategy, portfolio=portfolio)
    done, = cerebro.run()
    result = Result(equity={t: Decimal(f"{value:.6f}") for t, value in done.equity.items()})
    for name, plan in portfolio.plans.items():
        result.trades += [(name, trade) for trade in trades_of(done.fills[name], plan).trades]
    return result


def replay(portfolio):
    """The same by the rules."""
    cash, lots, leaving, entering = portfolio.capital, {}, set(), {}
    result = Result()
    for t in range(len(next(iter(portfolio.plans.values())).bars)):
        bars = {name: plan.bars[t] for name, plan in portfolio.plans.items()}
        for name in sorted(leaving):
            quantity, bar, price = lots.pop(name)
            value = cents(quantity * bars[name].open)
            cash += value
            result.trades.append((name, Trade("long", quantity, bar, price, t, bars[name].open,
                                              value - cents(quantity * price))))
        for name, quantity in sorted(entering.items()):
            price = bars[name].open
            cash -= cents(quantity * price)
            lots[name] = (quantity, t, price)
        if cash < 0:
            raise ValueError("an order would have been reduced")
        equity = cash + sum(cents(lot[0] * bars[name].close) for name, lot in lots.items())
        result.equity[t] = equity
        leaving = {name for name in lots if portfolio.plans[name].leaves(t, "long")}
        entering = {name: portfolio.quantity(equity, bars[name].close)
                    for name, plan in portfolio.plans.items()
                    if name not in lots and plan.wanted(t)}
    for name, (quantity, bar, price) in lots.items():
        gain = cents(quantity * portfolio.plans[name].bars[-1].close) - cents(quantity * price)
        result.trades.append((name, Trade("long", quantity, bar, price, None, None, gain)))
    return result
