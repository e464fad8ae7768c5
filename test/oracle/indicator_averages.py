# SPDX-License-Identifier: PostgreSQL
"""Averages, and what is made of them. See indicator_grid.py for the numbers."""
from decimal import Context, Decimal
from math import isqrt

from indicator_grid import (SCALE, combine, divide, entering, exponential, exponential_seeded_at,
                            finite, moving_sum, passing_over, ratio, weighted_sum, wilder_average,
                            window)


def sma(x, n):
    return combine(lambda total: divide(total, n), moving_sum(x, n))


def ema(x, n, seed="mean"):
    return exponential(x, n, seed == "first")


def rma(x, n):
    return wilder_average(x, n)


def wma(x, n):
    return combine(lambda total: divide(total, n * (n + 1) // 2), weighted_sum(x, n))


def dema(x, n):
    e1 = exponential(x, n)
    return combine(lambda a, b: 2 * a - b, e1, exponential(e1, n))


def tema(x, n):
    e1 = exponential(x, n)
    e2 = exponential(e1, n)
    return combine(lambda a, b, c: 3 * a - 3 * b + c, e1, e2, exponential(e2, n))


def hma(x, n):
    """The inner averages enter exactly, so as numerators over one denominator."""
    half, outer = n // 2, isqrt(n)
    of_half, of_n, of_outer = (m * (m + 1) // 2 for m in (half, n, outer))
    inner = combine(lambda fast, slow: 2 * fast * of_n - slow * of_half,
                    weighted_sum(x, half), weighted_sum(x, n))
    return combine(lambda total: divide(total, of_outer * of_half * of_n),
                   weighted_sum(inner, outer))


def kama(x, n, fast=2, slow=30):
    return passing_over(lambda values: _kama(values, n, fast, slow), x)


def _kama(x, n, fast, slow):
    result = [None] * min(n, len(x))
    whole = (fast + 1) * (slow + 1)
    state = x[n - 1] if len(x) >= n else None
    for t in range(n, len(x)):
        path = sum(abs(x[i] - x[i - 1]) for i in range(t - n + 1, t + 1))
        direct = abs(x[t] - x[t - n])
        efficiency = entering("kama_ratio", direct * SCALE, path) if path else SCALE
        # The root of the smoothing constant, times whole and SCALE.
        base = efficiency * 2 * (slow - fast) + 2 * (fast + 1) * SCALE
        unit = (whole * SCALE) ** 2
        state = divide(state * unit + base ** 2 * (x[t] - state), unit)
        result.append(state)
    return result


def vwma(x, v, n):
    def figure(t):
        rows = range(t - n + 1, t + 1)
        volume = sum(v[i] for i in rows)
        return divide(sum(x[i] * v[i] for i in rows), volume) if volume else None
    return finite([(x, 0, n - 1), (v, 0, n - 1)], figure)


def session_vwap(h, l, c, v, session, anchor="session"):
    """session holds dates; the sums begin anew with each one, week, month, or never."""
    period = {"session": lambda day: day, "week": lambda day: day.isocalendar()[:2],
              "month": lambda day: (day.year, day.month), "run": lambda day: None}[anchor]
    return passing_over(lambda *columns: _session_vwap(period, *columns), h, l, c, v, session)


def _session_vwap(period, h, l, c, v, session):
    result, money, volume = [], 0, 0
    for t, day in enumerate(session):
        if t and period(day) != period(session[t - 1]):
            money = volume = 0
        money += (h[t] + l[t] + c[t]) * v[t]
        volume += v[t]
        result.append(divide(money, 3 * volume) if volume else None)
    return result


def macd(x, fast=12, slow=26, signal=9, seed="slow"):
    """macd, signal, histogram."""
    quick = exponential(x, fast) if seed == "own" else exponential_seeded_at(x, fast, slow - 1)
    line = combine(lambda a, b: a - b, quick, exponential(x, slow))
    average = exponential(line, signal)
    return line, average, combine(lambda a, b: a - b, line, average)


def trix(x, n, form="percent"):
    if form == "log":
        x = [None if value is None else logarithm(value) for value in x]
    e = exponential(exponential(exponential(x, n), n), n)

    def change(before, value):
        if form == "log":
            return 10000 * (value - before)
        return ratio(value - before, before, 100)
    return passing_over(lambda values: [None] * min(1, len(values)) + [
        change(before, value) for before, value in zip(values, values[1:])], e)


def logarithm(value):
    """ln of a grid value, on the grid."""
    exact = Context(prec=60).divide(Decimal(value), Decimal(SCALE)).ln(Context(prec=60))
    numerator, denominator = exact.as_integer_ratio()
    return divide(numerator * SCALE, denominator)


def highest(x, n):
    return window(x, n, max)


def lowest(x, n):
    return window(x, n, min)


def typical_price(h, l, c):
    return combine(lambda *prices: divide(sum(prices), 3), h, l, c)


def median_price(h, l):
    return combine(lambda *prices: divide(sum(prices), 2), h, l)


def heikin_ashi(o, h, l, c):
    """open, high, low, close."""
    return passing_over(_heikin_ashi, o, h, l, c)


def _heikin_ashi(o, h, l, c):
    opens, closes = [], [divide(sum(bar), 4) for bar in zip(o, h, l, c)]
    for t, close in enumerate(c):
        opens.append(divide(opens[-1] + closes[t - 1], 2) if t else divide(o[0] + close, 2))
    return (opens, [max(bar) for bar in zip(h, opens, closes)],
            [min(bar) for bar in zip(l, opens, closes)], closes)
