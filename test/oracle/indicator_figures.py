# SPDX-License-Identifier: PostgreSQL
"""Every indicator by its SQL name, exact: integers and rationals on the grid of 10^-12.

figures("bollinger", [closes], [20, 2]) takes lists of Decimal (dates for a session) with None for
NULL and returns {output: list of Fraction or None}; a single output has the name "value".
"""
from datetime import date
from fractions import Fraction

import indicator_averages as averages
import indicator_oscillators as oscillators
import indicator_ranges as ranges
import indicator_statistics as statistics
from indicator_grid import SCALE, to_grid

SINGLE = ("value",)
OUTPUTS = {
    "macd": ("macd", "signal", "histogram"),
    "bollinger": ("upper", "middle", "lower", "percent_b", "bandwidth"),
    "di": ("plus_di", "minus_di"),
    "stochastic": ("k", "d"),
    "stochrsi": ("k", "d"),
    "donchian": ("upper", "middle", "lower"),
    "keltner": ("upper", "middle", "lower"),
    "supertrend": ("value", "direction"),
    "ichimoku": ("tenkan", "kijun", "senkou_a", "senkou_b", "chikou"),
    "aroon": ("up", "down", "oscillator"),
    "heikin_ashi": ("open", "high", "low", "close"),
}
HOMES = {
    averages: "sma ema rma wma dema tema hma kama vwma session_vwap macd trix highest lowest"
              " typical_price median_price heikin_ashi",
    oscillators: "rsi cmo stochastic stochrsi cci williams_r momentum roc ultimate_oscillator"
                 " aroon obv ad cmf mfi",
    ranges: "true_range atr natr di dx adx adxr donchian keltner supertrend psar ichimoku",
    statistics: "stddev zscore bollinger linreg_slope correlation beta",
}
INDICATORS = {name: getattr(home, name) for home, names in HOMES.items()
              for name in names.split()}


def outputs(name):
    return OUTPUTS.get(name, SINGLE)


def grid_figures(name, columns, arguments):
    """As figures(), with integers in units of 10^-12 in and out."""
    result = INDICATORS[name](*columns, *arguments)
    return dict(zip(outputs(name), result if isinstance(result, tuple) else (result,)))


def on_grid(column):
    """A column of numbers as integers; dates stay dates."""
    return [value if value is None or isinstance(value, date) else to_grid(value)
            for value in column]


def figures(name, columns, arguments=()):
    found = grid_figures(name, [on_grid(column) for column in columns], arguments)
    return {output: [None if value is None else Fraction(value, SCALE) for value in series]
            for output, series in found.items()}
