# SPDX-License-Identifier: PostgreSQL
"""Brackets, orders that wait, slippage, volume, borrow cost."""
from decimal import Decimal

import peer_backtesting
import peer_backtrader
from peer_case import ALL_EQUITY, STRICT, case, finish
from peer_plan import (Plan, above, below, crosses_above, crosses_below, highest, lowest, scaled,
                       shifted, sma)
from peer_shared import AAPL, GOOG, MSFT, SPY, CROSS, DOWN, UP, closes, cross_plan, cross_rules


# Brackets

@case
def backtesting_bracket_long(make):
    """Stop 5 % below and target 10 % above the deciding close."""
    bars = make.bars(GOOG)
    plan = cross_plan(bars, stop_loss=scaled(bars, "0.95"), take_profit=scaled(bars, "1.1"))
    strategy = cross_rules(ALL_EQUITY, stop_loss={"price": "close * 0.95"},
                           take_profit={"price": "close * 1.1"})
    return finish("backtesting_bracket_long", peer_backtesting, GOOG, plan, strategy,
                  STRICT | {"intrabar": "stop_first"},
                  "sl= and tp= from the deciding close; active in the bar of the entry")


@case
def backtesting_bracket_short(make):
    """Stop above and target below."""
    bars = make.bars(AAPL)
    quick, calm = sma(closes(bars), 10), sma(closes(bars), 30)
    plan = Plan(bars=bars, short=crosses_below(quick, calm, True),
                exit_short=crosses_above(quick, calm, True),
                stop_loss=scaled(bars, "1.04"), take_profit=scaled(bars, "0.95"))
    strategy = {"parameters": CROSS, "entry_rules": {"short": {"when": DOWN}},
                "exit_rules": [{"side": "short", "when": UP}],
                "risk_rules": {"size": ALL_EQUITY, "stop_loss": {"price": "close * 1.04"},
                               "take_profit": {"price": "close * 0.95"}}}
    return finish("backtesting_bracket_short", peer_backtesting, AAPL, plan, strategy,
                  STRICT | {"intrabar": "stop_first"}, "levels rounded to four decimals")


@case
def backtesting_bracket_tight(make):
    """Levels so near that many are hit in the bar of the entry."""
    bars = make.bars(GOOG)
    rising = above(closes(bars), shifted(highest([bar.high for bar in bars], 5)))
    plan = Plan(bars=bars, long=rising, first=5, stop_loss=scaled(bars, "0.985"),
                take_profit=scaled(bars, "1.04"), size=("units", Decimal(10)))
    strategy = {"parameters": {}, "exit_rules": [],
                "entry_rules": {"long": {"when": "close > highest(high, 5)[1]"}},
                "risk_rules": {"size": {"units": 10}, "stop_loss": {"price": "close * 0.985"},
                               "take_profit": {"price": "close * 1.04"}}}
    return finish("backtesting_bracket_tight", peer_backtesting, GOOG, plan, strategy,
                  {"intrabar": "stop_first"}, "many exits in the bar of the entry")


@case
def backtrader_bracket(make):
    """buy_bracket with prices from the deciding close."""
    bars = make.bars(GOOG)
    plan = cross_plan(bars, strict=False, stop_loss=scaled(bars, "0.93"),
                      take_profit=scaled(bars, "1.15"), size=("units", Decimal(10)))
    strategy = cross_rules({"units": 10}, stop_loss={"price": "close * 0.93"},
                           take_profit={"price": "close * 1.15"})
    return finish("backtrader_bracket", peer_backtrader, GOOG, plan, strategy,
                  {"intrabar": "stop_first"},
                  "the library arms a bracket only on the bar after the entry; levels are so far"
                  " away here that no bar of an entry reaches one")


# Entry orders that wait

@case
def backtesting_limit_entry(make):
    """Buys 1 % below the close of the crossing, until the crossing down."""
    bars = make.bars(GOOG)
    plan = cross_plan(bars, limit=scaled(bars, "0.99"))
    order = {"type": "limit", "limit": "close * 0.99", "tif": "gtc"}
    return finish("backtesting_limit_entry", peer_backtesting, GOOG, plan,
                  cross_rules(ALL_EQUITY, order=order), STRICT,
                  "good till cancelled; the exit rule cancels it")


@case
def backtrader_limit_entry_valid(make):
    """The same for three bars."""
    bars = make.bars(SPY)
    plan = cross_plan(bars, strict=False, limit=scaled(bars, "0.99"), valid_bars=3,
                      size=("units", Decimal(50)))
    order = {"type": "limit", "limit": "close * 0.99", "tif": {"bars": 3}}
    return finish("backtrader_limit_entry_valid", peer_backtrader, SPY, plan,
                  cross_rules({"units": 50}, order=order), {}, "valid for three bars")


def breakout_plan(bars, enter, leave, **settings):
    """A resting buy order at the channel's upper edge, for the next bar only."""
    high, low = [bar.high for bar in bars], [bar.low for bar in bars]
    edge = highest(high, enter)
    return Plan(bars=bars, long=[True] * len(bars), first=enter - 1, stop=edge, valid_bars=1,
                exit_long=below(closes(bars), shifted(lowest(low, leave))), **settings)


def breakout_rules(enter, leave, order, size):
    """The same in the strategy language."""
    order = {"stop": f"highest(high, {enter})", "tif": {"bars": 1}} | order
    return {"parameters": {}, "entry_rules": {"long": {"when": True, "order": order}},
            "exit_rules": [{"side": "long", "when": f"close < lowest(low, {leave})[1]"}],
            "risk_rules": {"size": size}}


@case
def backtesting_stop_entry(make):
    """Donchian breakout with a buy stop."""
    plan = breakout_plan(make.bars(GOOG), 20, 10)
    return finish("backtesting_stop_entry", peer_backtesting, GOOG, plan,
                  breakout_rules(20, 10, {"type": "stop"}, ALL_EQUITY), {},
                  "a new buy stop at each close while flat")


@case
def backtrader_stop_entry(make):
    """The same with a fixed size, on another share."""
    plan = breakout_plan(make.bars(AAPL), 20, 10, size=("units", Decimal(30)))
    return finish("backtrader_stop_entry", peer_backtrader, AAPL, plan,
                  breakout_rules(20, 10, {"type": "stop"}, {"units": 30}), {},
                  "a new buy stop at each close while flat")


def stop_limit_case(make, name, source, stop, limit):
    """Buys the pull-back after a rise above the crossing's close."""
    bars = make.bars(source)
    plan = cross_plan(bars, strict=False, size=("units", Decimal(10)),
                      stop=scaled(bars, stop), limit=scaled(bars, limit))
    order = {"type": "stop_limit", "stop": f"close * {stop}", "limit": f"close * {limit}"}
    return finish(name, peer_backtrader, source, plan,
                  cross_rules({"units": 10}, order=order), {},
                  "limit below the stop; in the bar of the trigger the library's guess about the"
                  " way of the price differs from the rules', which no order of this case meets")


@case
def backtrader_stop_limit_goog(make):
    """Limit near the close."""
    return stop_limit_case(make, "backtrader_stop_limit_goog", GOOG, "1.01", "1.002")


@case
def backtrader_stop_limit_spy(make):
    """Limit near the stop."""
    return stop_limit_case(make, "backtrader_stop_limit_spy", SPY, "1.01", "1.005")


@case
def backtesting_stop_entry_both_sides(make):
    """Buy stops above, sell stops below, on the side of the average."""
    bars = make.bars(SPY)
    high, low, calm = [b.high for b in bars], [b.low for b in bars], sma(closes(bars), 50)
    over, under = above(closes(bars), calm), below(closes(bars), calm)
    plan = Plan(bars=bars, long=over, short=under, exit_long=under, exit_short=over, first=49,
                stop={"long": highest(high, 10), "short": lowest(low, 10)}, valid_bars=1)

    def side(sign, stop):
        return {"when": f"close {sign} sma(close, 50)",
                "order": {"type": "stop", "stop": stop, "tif": "day"}}
    strategy = {"parameters": {}, "entry_rules": {"long": side(">", "highest(high, 10)"),
                                                  "short": side("<", "lowest(low, 10)")},
                "exit_rules": [{"side": "long", "when": "close < sma(close, 50)"},
                               {"side": "short", "when": "close > sma(close, 50)"}],
                "risk_rules": {"size": ALL_EQUITY}}
    return finish("backtesting_stop_entry_both_sides", peer_backtesting, SPY, plan, strategy, {},
                  "a day order at the edge of ten bars, sized when it is filled")


@case
def backtrader_limit_entry_short(make):
    """Sells short 1 % above the close of the crossing down."""
    bars = make.bars(GOOG)
    quick, calm = sma(closes(bars), 10), sma(closes(bars), 30)
    plan = Plan(bars=bars, short=crosses_below(quick, calm), exit_short=crosses_above(quick, calm),
                limit={"short": scaled(bars, "1.01")}, size=("units", Decimal(10)))
    strategy = {"parameters": CROSS, "entry_rules": {"short": {
        "when": DOWN, "order": {"type": "limit", "limit": "close * 1.01"}}},
        "exit_rules": [{"side": "short", "when": UP}], "risk_rules": {"size": {"units": 10}}}
    return finish("backtrader_limit_entry_short", peer_backtrader, GOOG, plan, strategy, {},
                  "good till cancelled, which is the default")


@case
def backtrader_market_on_close(make):
    """Both ways at the close of the next bar."""
    plan = cross_plan(make.bars(AAPL), strict=False, on_close=True, size=("units", Decimal(40)))
    order = {"type": "market_on_close"}
    return finish("backtrader_market_on_close", peer_backtrader, AAPL, plan,
                  cross_rules({"units": 40}, order=order, leave=order), {},
                  "Order.Close: the close of the bar after the decision")


# Slippage, volume, borrow cost

@case
def backtrader_slippage_and_stop(make):
    """0.03 on market and stop fills."""
    bars = make.bars(GOOG)
    plan = cross_plan(bars, strict=False, size=("units", Decimal(10)), slip=Decimal("0.03"),
                      stop_loss=scaled(bars, "0.95", Decimal("0.01")))
    strategy = cross_rules({"units": 10}, stop_loss={"price": "close * 0.95"})
    return finish("backtrader_slippage_and_stop", peer_backtrader, GOOG, plan, strategy,
                  {"price_tick": 0.01, "slippage": {"ticks": 3}},
                  "set_slippage_fixed(0.03), not held inside the bar; no bar of an entry reaches"
                  " its stop")


@case
def backtrader_volume_share(make):
    """Orders that take several bars."""
    plan = cross_plan(make.bars(GOOG), 5, 20, strict=False, size=("units", Decimal(900)),
                      volume_share=Decimal("0.0001"), capital=Decimal(1000000))
    return finish("backtrader_volume_share", peer_backtrader, GOOG, plan,
                  cross_rules({"units": 900}, False, 5, 20), {"max_volume_share": 0.0001},
                  "FixedBarPerc: a fill takes at most a ten-thousandth of the bar's volume, the"
                  " rest goes on at the next open")


@case
def backtrader_borrow(make):
    """Short positions pay 6 percent a year."""
    plan = cross_plan(make.bars(MSFT), strict=False, reversal=True, size=("units", Decimal(100)),
                      borrow=Decimal(6))
    return finish("backtrader_borrow", peer_backtrader, MSFT, plan,
                  cross_rules({"units": 100}, True), {"borrow_rate_percent": 6},
                  "charged on the last close for the calendar days between two bars; the"
                  " library's own formula (entry price, 365 days) is replaced, its bookkeeping"
                  " is not")


@case
def backtrader_opposite_closes(make):
    """An opposite signal only closes."""
    plan = cross_plan(make.bars(SPY), 5, 20, strict=False, reversal=True, opposite="close",
                      size=("units", Decimal(50)))
    return finish("backtrader_opposite_closes", peer_backtrader, SPY, plan,
                  cross_rules({"units": 50}, True, 5, 20), {"on_opposite": "close"},
                  "every other crossing opens a position")
