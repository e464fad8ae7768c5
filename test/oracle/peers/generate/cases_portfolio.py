# SPDX-License-Identifier: PostgreSQL
"""Several symbols that share one account."""
from decimal import Decimal

import peer_backtrader
import peer_portfolio
from peer_case import STRICT, case, equity_rows, text, trade_row
from peer_plan import Result
from peer_shared import cross_plan, cross_rules

CENT = Decimal("0.01")


def portfolio_case(make, name, shares, first, last, periods, percent):
    """Crossings of each share's averages, each entry a part of the common equity."""
    sources = {f"PEER.{share}": {"file": "sp500_5yr.csv.xz", "name": share, "from": first,
                                 "to": last, "decimals": 2} for share in shares}
    plans = {symbol: cross_plan(make.bars(source), *periods)
             for symbol, source in sources.items()}
    portfolio = peer_portfolio.Portfolio(plans, Decimal(50000), Decimal(percent))
    found, expected = peer_portfolio.run(portfolio), peer_portfolio.replay(portfolio)
    if sorted(found.trades, key=_key) != sorted(expected.trades, key=_key):
        raise ValueError(f"{name}: trades differ")
    if any(abs(value - expected.equity[t]) > CENT for t, value in found.equity.items()):
        raise ValueError(f"{name}: equity differs")
    plan = next(iter(plans.values()))
    return {
        "case": name, "peer": peer_backtrader.NAME, "peer_version": peer_backtrader.VERSION,
        "note": f"{percent} percent of the common equity at the deciding close for each share",
        "data": sources, "timeframe": "1d", "start_date": plan.bars[0].time[:10],
        "end_date": plan.bars[-1].time[:10], "capital": text(portfolio.capital),
        "strategy": cross_rules({"percent_equity": percent}, False, *periods),
        "parameters": {"execution": STRICT | {"quantity_step": 1, "price_tick": 0.0001,
                                              "size_at": "signal"}},
        "trades": [trade_row(symbol, plans[symbol], trade) for symbol, trade in found.trades],
        "final_equity": text(found.equity[len(plan.bars) - 1]),
        "equity": equity_rows(plan, found, Result()),
        "tolerance": {"pnl": "0.000001", "equity": "0.000100",
                      "reason": "the peer's binary numbers"}}


def _key(row):
    symbol, trade = row
    return symbol, trade.entry_bar


@case
def backtrader_five_shares(make):
    """Room for all of them at once."""
    return portfolio_case(make, "backtrader_five_shares", ("AAPL", "DIS", "JPM", "KO", "XOM"),
                          "2013-02-08", "2016-12-30", (10, 30), 18)


@case
def backtrader_twelve_shares(make):
    """Many entries at the same open."""
    return portfolio_case(make, "backtrader_twelve_shares",
                          ("AAPL", "BA", "CSCO", "CVX", "DIS", "GE", "HD", "IBM", "INTC", "JNJ",
                           "JPM", "KO"), "2015-01-02", "2017-12-29", (20, 50), 7)
