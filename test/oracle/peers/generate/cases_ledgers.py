# SPDX-License-Identifier: PostgreSQL
"""Dividends and splits of raw prices, and rotation."""
from decimal import Decimal

import peer_ledgers
import peer_replay
from peer_case import MOST_TRADES, case, compare, equity_rows, number, text, trade_row
from peer_plan import Plan, crosses_above, crosses_below, sma
from peer_shared import MSFT, SPY, cross_rules


# Plain loops

def dividend_case(make, name, symbol, source, note, size, reversal=None):
    """A run on raw prices with its recorded splits and dividends."""
    bars = make.bars(source)
    actions = peer_ledgers.read_actions(make.directory, symbol, bars[0].time[:10],
                                        bars[-1].time[:10])
    adjusted = peer_ledgers.split_adjusted(bars, actions)
    if reversal is None:
        plan = Plan(bars=bars, long=[True] * len(bars), capital=Decimal(100000), size=size)
        strategy = {"parameters": {}, "entry_rules": {"long": {"when": True}}, "exit_rules": [],
                    "risk_rules": {"size": risk_size(size)}}
    else:
        quick, calm = sma(adjusted, 20), sma(adjusted, 50)
        down = crosses_below(quick, calm)
        plan = Plan(bars=bars, long=crosses_above(quick, calm), capital=Decimal(100000),
                    size=size, **({"short": down} if reversal else {"exit_long": down}))
        strategy = cross_rules(risk_size(size), reversal, 20, 50)
    same = peer_ledgers.HoldingAccount(plan, []).run()
    compare(name + " without actions", same, peer_replay.Replay(plan).run(),
            {"pnl": "0", "equity": "0"})
    account = peer_ledgers.HoldingAccount(plan, actions)
    found = account.run()
    return {
        "case": name, "peer": peer_ledgers.NAME, "peer_version": peer_ledgers.VERSION,
        "note": note, "data": {"PEER.A": source}, "timeframe": "1d",
        "start_date": bars[0].time[:10], "end_date": bars[-1].time[:10],
        "actions": {"PEER.A": actions}, "capital": text(plan.capital), "strategy": strategy,
        "parameters": {"execution": {"quantity_step": 1, "price_tick": 0.0001, "prices": "raw",
                                     "maintenance": 0}},
        "trades": [trade_row("PEER.A", plan, trade) for trade in found.trades],
        "income": text(account.income), "final_equity": text(found.equity[len(bars) - 1]),
        "equity": equity_rows(plan, found, found),
        "tolerance": {"pnl": "0", "equity": "0", "reason": "decimal numbers by the same rules"}}


def risk_size(size):
    """A plan's size in the strategy language."""
    return {{"units": "units", "percent": "percent_equity"}[size[0]]: number(size[1])}


@case
def decimal_spy_buy_and_hold(make):
    """80 dividends."""
    source = SPY | {"from": "2000-01-03", "to": "2020-11-25"}
    return dividend_case(make, "decimal_spy_buy_and_hold", "SPY", source,
                         "raw prices; dividends are credited as cash on the ex-date",
                         ("percent", Decimal(100)))


@case
def decimal_spy_sma_reversal(make):
    """Dividends credited to longs and charged to shorts."""
    source = SPY | {"from": "2000-01-03", "to": "2020-11-25"}
    return dividend_case(make, "decimal_spy_sma_reversal", "SPY", source,
                         "raw prices, long or short; a short position pays the dividend",
                         ("percent", Decimal(95)), True)


@case
def decimal_aapl_buy_and_hold(make):
    """Three splits."""
    source = {"file": "raw_and_adjusted_aapl.csv", "from": "2004-01-02", "to": "2020-11-25",
              "decimals": 2}
    return dividend_case(make, "decimal_aapl_buy_and_hold", "AAPL", source,
                         "raw prices, splits 2:1, 7:1 and 4:1, dividends; quantity and entry"
                         " price are in units at the end", ("units", Decimal(100)))


@case
def decimal_aapl_sma_long_only(make):
    """Averages in the units of the deciding bar."""
    source = {"file": "raw_and_adjusted_aapl.csv", "from": "2004-01-02", "to": "2020-11-25",
              "decimals": 2}
    return dividend_case(make, "decimal_aapl_sma_long_only", "AAPL", source,
                         "raw prices; without adjustment each split would look like a fall",
                         ("percent", Decimal(100)), False)


@case
def decimal_msft_sma_reversal(make):
    """A split in the first weeks, then dividends."""
    source = MSFT | {"from": "2002-06-03", "to": "2020-11-25"}
    return dividend_case(make, "decimal_msft_sma_reversal", "MSFT", source,
                         "raw prices, split 2:1, 3.08 paid in one dividend of 2004",
                         ("percent", Decimal(90)), True)


# Rotation

SHARES = ("AAPL", "BA", "CSCO", "CVX", "DIS", "GE", "HD", "IBM", "INTC", "JNJ", "JPM", "KO",
          "MCD", "MRK", "MSFT", "PEP", "PFE", "PG", "WMT", "XOM")


def rotation_case(make, name, peer, note, rotate, execution, **settings):
    """Several symbols that share one account."""
    sources = {f"PEER.{share}": {"file": "sp500_5yr.csv.xz", "name": share,
                                 "from": "2013-02-08", "to": settings.pop("to", "2016-12-30")}
               for share in SHARES}
    bars = {symbol: make.bars(source) for symbol, source in sources.items()}
    times = [bar.time for bar in bars["PEER.AAPL"]]
    plan = peer_ledgers.Rotation(bars=bars, lookback=126,
                                 first=times.index("2014-01-02T00:00:00Z"), **settings)
    found = peer_ledgers.RotationAccount(plan).run()
    name_, version, money = peer_ledgers.NAME, peer_ledgers.VERSION, "0"
    if peer == "bt":
        expected, found = found, peer_ledgers.run_bt(plan)
        name_, version, money = peer_ledgers.BT_NAME, peer_ledgers.BT_VERSION, "0.01"
        compare_rotation(name, found, expected)
    if len(found.trades) > MOST_TRADES:
        raise ValueError(f"{name}: {len(found.trades)} trades")
    last, step = len(times) - 1, (len(times) - plan.first) // 12
    fills = found.fills if peer == "bt" else 0
    rows = [{"bar": t, "date": times[t], "equity": text(found.equity[t])}
            for t in [*range(plan.first + step, last, step), last]]
    holder = Plan(bars=bars["PEER.AAPL"])
    return {
        "case": name, "peer": name_, "peer_version": version, "note": note, "data": sources,
        "timeframe": "1d", "start_date": times[plan.first][:10], "end_date": times[-1][:10],
        "capital": text(plan.capital),
        "strategy": {"parameters": {}, "entry_rules": {"rotate": rotate}, "exit_rules": [],
                     "risk_rules": {}},
        "parameters": {"execution": {"quantity_step": 1, "price_tick": 0.0001} | execution},
        "trades": [trade_row(symbol, holder, trade) for symbol, trade in found.trades],
        "final_equity": text(found.equity[last]), "equity": rows,
        "tolerance": {"pnl": "0", "equity": text(Decimal(money) * fills + Decimal("0.000001")),
                      "reason": "fills and marks rounded to cents" if fills
                      else "decimal numbers by the same rules"}}


def compare_rotation(name, found, expected):
    """The peer against the rules."""
    def key(row):
        return (row[1].exit_bar is None, row[1].exit_bar or 0, row[0], row[1].entry_bar)
    if sorted(found.trades, key=key) != sorted(expected.trades, key=key):
        raise ValueError(f"{name}: trades differ")
    for t, equity in found.equity.items():
        if abs(equity - expected.equity[t]) > Decimal("0.01") * (found.fills + 20):
            raise ValueError(f"{name}: equity at {t}: {equity} is not {expected.equity[t]}")


GROWTH = {"rank_by": "close / close[126] - 1", "weight": "equal"}


@case
def bt_monthly_rotation(make):
    """The three strongest of twenty, at the close that decides."""
    return rotation_case(make, "bt_monthly_rotation", "bt",
                         "ranking by half a year's growth; bt rebalances at the deciding close",
                         {"every": "month", "on": "first", "top": 3} | GROWTH,
                         {"fill": "same_close"}, top=3, fill="same_close")


@case
def bt_equal_weights(make):
    """All twenty, brought back to equal weights each year."""
    return rotation_case(make, "bt_equal_weights", "bt",
                         "all twenty shares with equal weights, once a year",
                         {"every": "year", "on": "first", "top": 20} | GROWTH,
                         {"fill": "same_close"}, top=20, fill="same_close", period=4)


@case
def decimal_monthly_rotation(make):
    """At the next open."""
    return rotation_case(make, "decimal_monthly_rotation", "decimal",
                         "ranking by half a year's growth, filled at the next open",
                         {"every": "month", "on": "first", "top": 3} | GROWTH, {}, top=3)


@case
def decimal_calm_rotation(make):
    """With everything that avoids trades."""
    rotate = {"every": "month", "on": "first", "top": 5, "keep_if_rank_within": 8,
              "cash_buffer_percent": 5, "drift_threshold_percent": 1.5} | GROWTH
    return rotation_case(make, "decimal_calm_rotation", "decimal",
                         "a share stays while it is among the first eight, and is left alone"
                         " within 1.5 percentage points of its weight",
                         rotate, {}, top=5, keep=8, buffer=Decimal(5), drift=Decimal("1.5"))
