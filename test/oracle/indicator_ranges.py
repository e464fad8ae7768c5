# SPDX-License-Identifier: PostgreSQL
"""Ranges, directional movement, channels and stops. See indicator_grid.py for the numbers."""
from fractions import Fraction

from indicator_grid import (average_true_range, combine, divide, exponential, finite, moving_sum,
                            passing_over, ratio, true_ranges, wilder_average, wilder_sums)
from indicator_readings import READINGS


def true_range(h, l, c, first="none"):
    if READINGS["true_range_gap"] == "previous":
        result = passing_over(lambda *bars: [None] * min(1, len(bars[2])) + true_ranges(*bars),
                              h, l, c)
    else:
        result = finite([(h, 0, 0), (l, 0, 0), (c, 0, 1)], lambda t: true_ranges(
            h[t - 1:t + 1], l[t - 1:t + 1], c[t - 1:t + 1])[0])
    if first == "range":
        whole = [t for t, bar in enumerate(zip(h, l, c)) if None not in bar][:1]
        if whole and (whole == [0] or READINGS["true_range_start"] == "first"):
            result[whole[0]] = h[whole[0]] - l[whole[0]]
    return result


def atr(h, l, c, n):
    return passing_over(lambda *bars: average_true_range(*bars, n), h, l, c)


def natr(h, l, c, n):
    return combine(lambda average, close: ratio(average, close, 100), atr(h, l, c, n), c)


def _movements(h, l):
    """+DM and -DM from bar 1 on, without NULLs."""
    plus, minus = [], []
    for t in range(1, len(h)):
        up, down = h[t] - h[t - 1], l[t - 1] - l[t]
        plus.append(up if up > down and up > 0 else 0)
        minus.append(down if down > up and down > 0 else 0)
    return plus, minus


def _directional_sums(h, l, c, n):
    """P, M, T from bar n on, without NULLs in the input."""
    missing = [None] * min(n, len(c))
    return tuple(missing + wilder_sums(values, n, n - 1)[n - 1:]
                 for values in (*_movements(h, l), true_ranges(h, l, c)))


def di(h, l, c, n):
    """plus_di, minus_di."""
    p, m, t = passing_over(lambda *bars: _directional_sums(*bars, n), h, l, c)
    return tuple(combine(lambda part, whole: ratio(part, whole, 100), side, t) for side in (p, m))


def dx(h, l, c, n):
    p, m, _ = passing_over(lambda *bars: _directional_sums(*bars, n), h, l, c)
    return combine(lambda plus, minus: ratio(abs(plus - minus), plus + minus, 100), p, m)


def adx(h, l, c, n):
    return wilder_average(dx(h, l, c, n), n)


def adxr(h, l, c, n):
    def mean_with_lag(values):
        return [None] * min(n - 1, len(values)) + combine(
            lambda value, before: divide(value + before, 2), values[n - 1:], values)
    if READINGS["adxr_lag"] == "rows":
        return passing_over(lambda *bars: mean_with_lag(adx(*bars, n)), h, l, c)
    return passing_over(mean_with_lag, adx(h, l, c, n))


def donchian(h, l, n):
    """upper, middle, lower."""
    upper, lower = _extremes(h, l, n)
    return upper, combine(lambda high, low: divide(high + low, 2), upper, lower), lower


def _extremes(h, l, n):
    spans = [(h, 0, n - 1), (l, 0, n - 1)]
    return (finite(spans, lambda t: max(h[t - n + 1:t + 1])),
            finite(spans, lambda t: min(l[t - n + 1:t + 1])))


def keltner(h, l, c, n, k, m, form="ema"):
    """upper, middle, lower."""
    if form == "chester":
        return _keltner_chester(h, l, c, n, Fraction(k), m)
    k = Fraction(k)

    def run(*bars):
        middle, average = exponential(bars[2], n), average_true_range(*bars, m)
        upper = combine(lambda mid, width: _band(mid, 1, k, width), middle, average)
        lower = combine(lambda mid, width: _band(mid, 1, -k, width), middle, average)
        return upper, _with_bands(middle, upper), lower
    return passing_over(run, h, l, c)


def _band(centre, parts, factor, width):
    """G(centre/parts + factor * width)."""
    p, q = factor.as_integer_ratio()
    return divide(centre * q + parts * p * width, parts * q)


def _with_bands(middle, upper):
    if READINGS["keltner_middle"] == "own":
        return middle
    return combine(lambda mid, _: mid, middle, upper)


def _keltner_chester(h, l, c, n, k, m):
    typical = combine(lambda *bar: sum(bar), h, l, c)
    span = combine(lambda high, low, _: high - low, h, l, c)
    middle, width = moving_sum(typical, n), moving_sum(span, m)
    if READINGS["chester_first"] == "as usual":
        width = [None] * min(m, len(width)) + width[m:]

    upper, lower = (combine(
        lambda total, spans, factor=factor: _band(total, 3 * n, factor, Fraction(spans, m)),
        middle, width) for factor in (k, -k))
    middle = combine(lambda total: divide(total, 3 * n), middle)
    return upper, _with_bands(middle, upper), lower


def supertrend(h, l, c, n, k):
    """value, direction."""
    return passing_over(lambda *bars: _supertrend(*bars, n, Fraction(k)), h, l, c)


def _supertrend(h, l, c, n, k):
    average = average_true_range(h, l, c, n)
    values, directions = [None] * min(n, len(c)), [None] * min(n, len(c))
    upper = lower = None
    direction = -1
    for t in range(n, len(c)):
        up, down = (_band(h[t] + l[t], 2, factor, average[t]) for factor in (k, -k))
        first = upper is None
        if first or up < upper or c[t - 1] > upper:
            upper = up
        if first or down > lower or c[t - 1] < lower:
            lower = down
        if not first or READINGS["supertrend_first_turn"] == "yes":
            if direction == -1 and c[t] > upper:
                direction = 1
            elif direction == 1 and c[t] < lower:
                direction = -1
        values.append(lower if direction == 1 else upper)
        directions.append(direction * 10 ** 12)
    return values, directions


def psar(h, l, step, maximum):
    return passing_over(lambda *bars: _psar(*bars, Fraction(step), Fraction(maximum)), h, l)


def _psar(h, l, step, maximum):
    if len(h) < 2:
        return [None] * len(h)
    long = _movements(h[:2], l[:2])[1] == [0]
    stop, best = (l[0], h[1]) if long else (h[0], l[1])
    factor, result = step, [None]
    for t in range(1, len(h)):
        before = max(t - 1, 1)
        reached = l[t] <= stop if long else h[t] >= stop
        if reached:
            stop = max(best, h[before], h[t]) if long else min(best, l[before], l[t])
            long, factor = not long, step
            best = h[t] if long else l[t]
        elif h[t] > best if long else l[t] < best:
            best = h[t] if long else l[t]
            factor = min(factor + step, maximum)
        result.append(stop)
        following = _band(stop, 1, factor, best - stop)
        stop = (min(following, l[before], l[t]) if long else max(following, h[before], h[t]))
    return result


def ichimoku(h, l, c, fast=9, base=26, slow=52, displacement=25):
    """tenkan, kijun, senkou_a, senkou_b, chikou."""
    def extremes(n):
        """HH + LL; the close belongs to the row, though it is not read."""
        return finite([(h, 0, n - 1), (l, 0, n - 1), (c, 0, -1)],
                      lambda t: max(h[t - n + 1:t + 1]) + min(l[t - n + 1:t + 1]))

    def earlier(series):
        """A row that lacks an input has no values at all."""
        moved = [None] * min(displacement, len(series)) + series[:max(len(series) - displacement, 0)]
        return [value if None not in row else None for value, *row in zip(moved, h, l, c)]
    tenkan, kijun, third = extremes(fast), extremes(base), extremes(slow)
    senkou = combine(lambda a, b: a + b, tenkan, kijun)
    chikou = finite([(c, 0, 0), (h, 0, -1), (l, 0, -1)], lambda t: c[t])
    return (*(combine(lambda total: divide(total, 2), series) for series in (tenkan, kijun)),
            combine(lambda total: divide(total, 4), earlier(senkou)),
            combine(lambda total: divide(total, 2), earlier(third)), chikou)
