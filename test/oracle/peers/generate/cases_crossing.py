# SPDX-License-Identifier: PostgreSQL
"""Crossings of two averages: sizes, fills, commission."""
from decimal import Decimal

import peer_backtesting
import peer_backtrader
from peer_case import ALL_EQUITY, STRICT, case, finish, same_decisions
from peer_shared import AAPL, BTC, GOOG, MSFT, SPY, cross_plan, cross_rules


# Moving averages

@case
def backtesting_sma_10_30_reversal(make):
    """The library's own example."""
    plan = cross_plan(make.bars(GOOG), reversal=True, finalize="last_open")
    same_decisions(peer_backtesting, plan, 10, 30)
    return finish("backtesting_sma_10_30_reversal", peer_backtesting, GOOG, plan,
                  cross_rules(ALL_EQUITY, True), STRICT | {"finalize": "last_open"},
                  "always long or short, all equity at the next open")


@case
def backtesting_sma_20_50_reversal(make):
    """Other periods, last position left open."""
    plan = cross_plan(make.bars(GOOG), 20, 50, reversal=True)
    return finish("backtesting_sma_20_50_reversal", peer_backtesting, GOOG, plan,
                  cross_rules(ALL_EQUITY, True, 20, 50), STRICT, "the last position stays open")


@case
def backtesting_sma_long_only(make):
    """Leaves on the crossing down."""
    plan = cross_plan(make.bars(MSFT), capital=Decimal(25000))
    return finish("backtesting_sma_long_only", peer_backtesting, MSFT, plan,
                  cross_rules(ALL_EQUITY), STRICT, "long or flat")


@case
def backtesting_sma_cross_fixed_units(make):
    """Ten units each way."""
    plan = cross_plan(make.bars(GOOG), reversal=True, size=("units", Decimal(10)))
    return finish("backtesting_sma_cross_fixed_units", peer_backtesting, GOOG, plan,
                  cross_rules({"units": 10}, True), STRICT, "ten units, long or short")


@case
def backtesting_sma_half_equity(make):
    """Half of the equity, sized at the fill."""
    plan = cross_plan(make.bars(SPY), 20, 50, reversal=True, size=("percent", Decimal(50)))
    return finish("backtesting_sma_half_equity", peer_backtesting, SPY, plan,
                  cross_rules({"percent_equity": 50}, True, 20, 50), STRICT,
                  "half of the equity after the exit, at the price of the fill")


@case
def backtesting_trade_on_close(make):
    """Fills at the close that decides."""
    plan = cross_plan(make.bars(GOOG), reversal=True, fill="same_close")
    return finish("backtesting_trade_on_close", peer_backtesting, GOOG, plan,
                  cross_rules(ALL_EQUITY, True), STRICT | {"fill": "same_close"},
                  "trade_on_close=True; the library books such a fill on the bar after, so equity"
                  " is compared on bars without fills")


@case
def backtesting_margin_half(make):
    """Leverage 2."""
    plan = cross_plan(make.bars(GOOG), 20, 50, reversal=True, leverage=Decimal(2),
                      size=("buying_power", None))
    return finish("backtesting_margin_half", peer_backtesting, GOOG, plan,
                  cross_rules({"cash": 1000000000}, True, 20, 50),
                  STRICT | {"leverage": 2},
                  "margin=0.5: all that leverage 2 buys, here a size in cash that is reduced to"
                  " the buying power; the library has no maintenance margin")


# Commission

@case
def backtesting_commission_percent(make):
    """0.1 percent of each fill."""
    plan = cross_plan(make.bars(GOOG), reversal=True, fee_percent=Decimal("0.1"),
                      finalize="last_open")
    return finish("backtesting_commission_percent", peer_backtesting, GOOG, plan,
                  cross_rules(ALL_EQUITY, True),
                  STRICT | {"finalize": "last_open", "commission": {"percent": 0.1}},
                  "commission=0.001; the library does not round it to cents")


@case
def backtesting_commission_per_order(make):
    """One per fill."""
    plan = cross_plan(make.bars(GOOG), reversal=True, fee_order=Decimal(1),
                      size=("units", Decimal(10)))
    return finish("backtesting_commission_per_order", peer_backtesting, GOOG, plan,
                  cross_rules({"units": 10}, True), STRICT | {"commission": {"per_order": 1}},
                  "commission=(1, 0); with a relative size the library would add the whole"
                  " commission to the price of every unit, so the size is fixed")


@case
def backtrader_commission_percent(make):
    """0.1 percent of each fill, sized before."""
    plan = cross_plan(make.bars(SPY), strict=False, reversal=True, fee_percent=Decimal("0.1"),
                      size=("percent", Decimal(80)), size_at="signal")
    return finish("backtrader_commission_percent", peer_backtrader, SPY, plan,
                  cross_rules({"percent_equity": 80}, True),
                  {"size_at": "signal", "commission": {"percent": 0.1}},
                  "80 percent of the equity at the deciding close, commission included")


@case
def backtrader_commission_per_order(make):
    """One per fill."""
    plan = cross_plan(make.bars(MSFT), strict=False, fee_order=Decimal(1),
                      size=("units", Decimal(100)))
    return finish("backtrader_commission_per_order", peer_backtrader, MSFT, plan,
                  cross_rules({"units": 100}), {"commission": {"per_order": 1}},
                  "one per fill, 100 shares")


# Sizes at the deciding close

@case
def backtrader_percent_sizer(make):
    """The size is that of the close before the fill."""
    plan = cross_plan(make.bars(GOOG), 20, 50, strict=False, reversal=True, size_at="signal",
                      size=("percent", Decimal(90)))
    return finish("backtrader_percent_sizer", peer_backtrader, GOOG, plan,
                  cross_rules({"percent_equity": 90}, True, 20, 50), {"size_at": "signal"},
                  "90 percent of the equity at the deciding close")


@case
def backtrader_sma_fixed_units(make):
    """Ten shares, long or short."""
    plan = cross_plan(make.bars(AAPL), strict=False, reversal=True, size=("units", Decimal(10)))
    same_decisions(peer_backtrader, plan, 10, 30)
    return finish("backtrader_sma_fixed_units", peer_backtrader, AAPL, plan,
                  cross_rules({"units": 10}, True), {}, "a reversal is an order to close and one"
                  " to open")


@case
def backtrader_cheat_on_close(make):
    """Fills at the close that decides."""
    plan = cross_plan(make.bars(SPY), strict=False, reversal=True, fill="same_close",
                      size=("units", Decimal(20)))
    return finish("backtrader_cheat_on_close", peer_backtrader, SPY, plan,
                  cross_rules({"units": 20}, True), {"fill": "same_close"},
                  "set_coc(True); the library books such a fill on the bar after, so equity is"
                  " compared on bars without fills")


@case
def backtrader_btc_hourly(make):
    """Hourly bars, fractions of a unit."""
    plan = cross_plan(make.bars(BTC), strict=False, size_at="signal", step=Decimal("0.001"),
                      size=("percent", Decimal(70)), reversal=True)
    return finish("backtrader_btc_hourly", peer_backtrader, BTC, plan,
                  cross_rules({"percent_equity": 70}, True), {"size_at": "signal"},
                  "hours made of minutes, quantities in thousandths")
