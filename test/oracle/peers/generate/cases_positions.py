# SPDX-License-Identifier: PostgreSQL
"""Channels and oscillators; exits and entries that look at the position."""
from dataclasses import replace
from decimal import Decimal

import peer_backtesting
import peer_backtrader
from peer_case import ALL_EQUITY, STRICT, case, finish
from peer_plan import (Plan, above, below, crosses_above, crosses_below, highest, lowest, rsi,
                       shifted, sma)
from peer_shared import (AAPL, GOOG, GOOG_CLOSES, MSFT, SPY, CROSS, UP, closes, cross_plan,
                         cross_rules)


# Channels and oscillators

def channel_plan(bars, enter, leave, **settings):
    """Closes beyond the channel of the bars before, both sides."""
    high, low, close = [b.high for b in bars], [b.low for b in bars], closes(bars)
    return Plan(bars=bars, long=above(close, shifted(highest(high, enter))),
                short=below(close, shifted(lowest(low, enter))),
                exit_long=below(close, shifted(lowest(low, leave))),
                exit_short=above(close, shifted(highest(high, leave))), **settings)


def channel_rules(enter, leave, size):
    """The same in the strategy language."""
    return {"parameters": {"enter": enter, "leave": leave},
            "entry_rules": {"long": {"when": "close > highest(high, $enter)[1]"},
                            "short": {"when": "close < lowest(low, $enter)[1]"}},
            "exit_rules": [{"side": "long", "when": "close < lowest(low, $leave)[1]"},
                           {"side": "short", "when": "close > highest(high, $leave)[1]"}],
            "risk_rules": {"size": size}}


@case
def backtesting_channel_55_20(make):
    """Both sides, market orders."""
    plan = channel_plan(make.bars(GOOG), 55, 20)
    return finish("backtesting_channel_55_20", peer_backtesting, GOOG, plan,
                  channel_rules(55, 20, ALL_EQUITY), {}, "breakouts of 55 bars, exits of 20")


@case
def backtrader_channel_55_20(make):
    """On an index fund, sized before."""
    plan = channel_plan(make.bars(SPY), 55, 20, size=("percent", Decimal(75)), size_at="signal")
    return finish("backtrader_channel_55_20", peer_backtrader, SPY, plan,
                  channel_rules(55, 20, {"percent_equity": 75}), {"size_at": "signal"},
                  "breakouts of 55 bars, exits of 20")


def reversion_plan(bars, **settings):
    """Wilder's index below 30 buys, above 70 sells short; back at 55 and 45 leaves."""
    index, count = rsi(closes(bars), 14), len(bars)

    def level(value):
        return [Decimal(value)] * count
    return Plan(bars=bars, long=below(index, level(30)), short=above(index, level(70)),
                exit_long=above(index, level(55)), exit_short=below(index, level(45)), **settings)


def reversion_rules(size):
    """The same in the strategy language."""
    return {"parameters": {}, "entry_rules": {"long": {"when": "rsi(close, 14) < 30"},
                                              "short": {"when": "rsi(close, 14) > 70"}},
            "exit_rules": [{"side": "long", "when": "rsi(close, 14) > 55"},
                           {"side": "short", "when": "rsi(close, 14) < 45"}],
            "risk_rules": {"size": size}}


@case
def backtesting_rsi_reversion(make):
    """Levels, not crossings."""
    plan = reversion_plan(make.bars(GOOG))
    return finish("backtesting_rsi_reversion", peer_backtesting, GOOG, plan,
                  reversion_rules(ALL_EQUITY), {}, "Wilder's RSI 14")


@case
def backtrader_rsi_reversion(make):
    """On another share, with a fixed size."""
    plan = reversion_plan(make.bars(MSFT), size=("units", Decimal(150)))
    return finish("backtrader_rsi_reversion", peer_backtrader, MSFT, plan,
                  reversion_rules({"units": 150}), {}, "Wilder's RSI 14")


# Exits that need the position

@case
def backtesting_time_exit_rule(make):
    """Leaves after ten bars, by a rule."""
    plan = replace(cross_plan(make.bars(GOOG), 5, 20), exit_long=None, time_stop=10)
    strategy = cross_rules(ALL_EQUITY, False, 5, 20)
    strategy["exit_rules"] = [{"side": "long", "when": "bars_held >= 10"}]
    return finish("backtesting_time_exit_rule", peer_backtesting, GOOG, plan, strategy, STRICT,
                  "decided at the close of the tenth bar after that of the entry")


@case
def backtrader_time_stop(make):
    """Leaves after eight bars, by the time stop."""
    plan = replace(cross_plan(make.bars(AAPL), 5, 20, strict=False), exit_long=None, time_stop=8,
                   size=("units", Decimal(25)))
    strategy = cross_rules({"units": 25}, False, 5, 20, time_stop_bars=8) | {"exit_rules": []}
    return finish("backtrader_time_stop", peer_backtrader, AAPL, plan, strategy, {},
                  "decided at the close of the eighth bar after that of the entry, filled at the"
                  " next open, as `bars_held >= 8` would be")


@case
def backtesting_partial_exit(make):
    """Half of what is held goes at each weak close."""
    bars = make.bars(MSFT)
    plan = cross_plan(bars, size=("units", Decimal(1024)), capital=Decimal(100000),
                      partial=crosses_below(closes(bars), sma(closes(bars), 10), True))
    strategy = cross_rules({"units": 1024})
    strategy["exit_rules"].append({"id": "half", "side": "long", "portion": 0.5,
                                   "when": "crosses_below(close, sma(close, 10))"})
    return finish("backtesting_partial_exit", peer_backtesting, MSFT, plan, strategy, STRICT,
                  "half of what is held at each crossing below the average of ten bars, whole"
                  " numbers throughout")


@case
def backtrader_pyramiding(make):
    """Up to three entries, each 2 above the last."""
    bars = make.bars(SPY)
    quick, calm = sma(closes(bars), 10), sma(closes(bars), 30)
    plan = Plan(bars=bars, long=above(quick, calm), exit_long=below(quick, calm), first=29,
                size=("units", Decimal(15)), pyramid=3, pyramid_step=[Decimal(2)] * len(bars))
    strategy = {"parameters": CROSS,
                "entry_rules": {"long": {"when": "sma(close, $fast) > sma(close, $slow)"}},
                "exit_rules": [{"when": "sma(close, $fast) < sma(close, $slow)"}],
                "risk_rules": {"size": {"units": 15}, "pyramiding": {"max": 3, "step": 2}}}
    return finish("backtrader_pyramiding", peer_backtrader, SPY, plan, strategy, {},
                  "two more entries, each when the close is 2 above the last fill; all leave"
                  " together, first in first out")


@case
def backtesting_pyramiding_short(make):
    """Adds to a falling position at any bar."""
    bars = make.bars(GOOG)
    low = [bar.low for bar in bars]
    quick, calm = sma(closes(bars), 10), sma(closes(bars), 30)
    plan = Plan(bars=bars, short=below(closes(bars), shifted(lowest(low, 10))), first=30,
                exit_short=crosses_above(quick, calm, True), size=("units", Decimal(5)),
                pyramid=4, capital=Decimal(50000))
    strategy = {"parameters": CROSS,
                "entry_rules": {"short": {"when": "close < lowest(low, 10)[1]"}},
                "exit_rules": [{"side": "short", "when": UP}],
                "risk_rules": {"size": {"units": 5}, "pyramiding": {"max": 4}}}
    return finish("backtesting_pyramiding_short", peer_backtesting, GOOG, plan, strategy, STRICT,
                  "up to four entries, one at each new low of ten bars")


@case
def backtrader_trailing_stop(make):
    """StopTrail on bars made of closes."""
    bars = make.bars(GOOG_CLOSES)
    spread = [None if a is None else a - b for a, b in
              zip(highest([b.high for b in bars], 10), lowest([b.low for b in bars], 10))]
    plan = cross_plan(bars, 5, 20, strict=False, size=("units", Decimal(12)), trail=spread)
    strategy = cross_rules({"units": 12}, False, 5, 20, trailing_stop={
        "distance": "highest(high, 10) - lowest(low, 10)"})
    return finish("backtrader_trailing_stop", peer_backtrader, GOOG_CLOSES, plan, strategy, {},
                  "the library trails the close and starts on the bar after the entry; so each"
                  " bar is made of two closes, and no bar of an entry reaches its stop")
