# SPDX-License-Identifier: PostgreSQL
"""Oscillators and what is made of volume. See indicator_grid.py for the numbers."""
from fractions import Fraction

from indicator_grid import (SCALE, changes, combine, divide, entering, finite, moving_sum,
                            passing_over, ratio, wilder_sums)
from indicator_readings import READINGS


def rsi(x, n):
    return passing_over(lambda values: _of_moves(values, n, lambda up, down: (up, up + down)), x)


def cmo(x, n, form="wilder"):
    if form == "wilder":
        return passing_over(
            lambda values: _of_moves(values, n, lambda up, down: (up - down, up + down)), x)
    if READINGS["cmo_sum_null"] == "pass":
        return passing_over(lambda values: _cmo_of_sums(values, n), x)
    return _cmo_of_sums(x, n)


def _of_moves(x, n, quotient):
    """100 times a quotient of the Wilder sums of gains and losses."""
    moves = changes(x)
    ups = wilder_sums([max(move, 0) for move in moves], n, n)
    downs = wilder_sums([max(-move, 0) for move in moves], n, n)
    return [None] * min(1, len(x)) + combine(
        lambda up, down: ratio(*quotient(up, down), 100), ups, downs)


def _cmo_of_sums(x, n):
    def figure(t):
        moves = changes(x[t - n:t + 1])
        return ratio(sum(moves), sum(abs(move) for move in moves), 100)
    return finite([(x, 0, n)], figure)


def stochastic(h, l, c, n, smooth, d):
    """k, d."""
    def figure(t):
        low = min(l[t - n + 1:t + 1])
        span = max(h[t - n + 1:t + 1]) - low
        return entering("stochastic_raw", 100 * SCALE * (c[t] - low), span) if span else None
    raw = finite([(h, 0, n - 1), (l, 0, n - 1), (c, 0, 0)], figure)
    sums = moving_sum(raw, smooth)
    k = combine(lambda total: divide(total, smooth), sums)
    if READINGS["stochastic_k"] == "grid":
        return k, combine(lambda total: divide(total, d), moving_sum(k, d))
    return k, combine(lambda total: divide(total, smooth * d), moving_sum(sums, d))


def stochrsi(x, n, m, smooth, d):
    """k, d."""
    strength = rsi(x, n)
    if READINGS["stochrsi_null"] == "values":
        return passing_over(lambda r: stochastic(r, r, r, m, smooth, d), strength)
    return stochastic(strength, strength, strength, m, smooth, d)


def cci(h, l, c, n):
    def figure(t):
        typical = [h[i] + l[i] + c[i] for i in range(t - n + 1, t + 1)]
        total = sum(typical)
        deviation = sum(abs(n * price - total) for price in typical)
        # (TP - mean)/(0.015 * mean deviation), both times 3 n.
        return ratio((n * typical[-1] - total) * n * 1000, 15 * deviation)
    return finite([(h, 0, n - 1), (l, 0, n - 1), (c, 0, n - 1)], figure)


def williams_r(h, l, c, n):
    def figure(t):
        high = max(h[t - n + 1:t + 1])
        return ratio(c[t] - high, high - min(l[t - n + 1:t + 1]), 100)
    return finite([(h, 0, n - 1), (l, 0, n - 1), (c, 0, 0)], figure)


def momentum(x, n):
    return finite([(x, 0, 0), (x, n, n)], lambda t: x[t] - x[t - n])


def roc(x, n):
    return finite([(x, 0, 0), (x, n, n)], lambda t: ratio(x[t] - x[t - n], x[t - n], 100))


def ultimate_oscillator(h, l, c, short, middle, long):
    def average(t, n):
        rows = range(t - n + 1, t + 1)
        ranges = sum(max(h[i], c[i - 1]) - min(l[i], c[i - 1]) for i in rows)
        pressure = sum(c[i] - min(l[i], c[i - 1]) for i in rows)
        return entering("ultimate_ratio", SCALE * pressure, ranges) if ranges else None

    def figure(t):
        averages = [average(t, n) for n in (short, middle, long)]
        if None in averages:
            return None
        return divide(100 * sum(w * a for w, a in zip((4, 2, 1), averages)), 7)
    n = max(short, middle, long)
    return finite([(h, 0, n - 1), (l, 0, n - 1), (c, 0, n)], figure)


def aroon(h, l, n):
    """up, down, oscillator."""
    def age(values, extreme):
        return values[::-1].index(extreme(values))

    def up(t):
        return n - age(h[t - n:t + 1], max)

    def down(t):
        return n - age(l[t - n:t + 1], min)
    spans = [(h, 0, n), (l, 0, n)]
    return (finite(spans, lambda t: ratio(up(t), n, 100)),
            finite(spans, lambda t: ratio(down(t), n, 100)),
            finite(spans, lambda t: ratio(up(t) - down(t), n, 100)))


def obv(c, v, start="volume"):
    return passing_over(lambda closes, volumes: _obv(closes, volumes, start), c, v)


def _obv(c, v, start):
    result = [0 if start == "zero" else v[0]] if v else []
    for t in range(1, len(c)):
        sign = (c[t] > c[t - 1]) - (c[t] < c[t - 1])
        result.append(result[-1] + sign * v[t])
    return result


def _multiplier(high, low, close):
    """((c-l)-(h-c))/(h-l), exact."""
    return Fraction(2 * close - low - high, high - low) if high != low else Fraction(0)


def ad(h, l, c, v):
    return passing_over(_ad, h, l, c, v)


def _ad(h, l, c, v):
    total, result = 0, []
    for high, low, close, volume in zip(h, l, c, v):
        total += _rounded(_multiplier(high, low, close) * volume)
        result.append(total)
    return result


def _rounded(value):
    return divide(value.numerator, value.denominator)


def cmf(h, l, c, v, n):
    def flow(high, low, close, volume):
        multiplier = _multiplier(high, low, close)
        if READINGS["cmf_flow"] == "product":
            return _rounded(multiplier * volume)
        if READINGS["cmf_flow"] == "multiplier":
            return Fraction(_rounded(multiplier * SCALE), SCALE) * volume
        return multiplier * volume
    flows = combine(flow, h, l, c, v)

    def figure(t):
        return ratio(sum(flows[t - n + 1:t + 1]), sum(v[t - n + 1:t + 1]))
    return finite([(column, 0, n - 1) for column in (h, l, c, v)], figure)


def mfi(h, l, c, v, n):
    def figure(t):
        gained = lost = 0
        typical = [h[i] + l[i] + c[i] for i in range(t - n, t + 1)]
        for i in range(1, n + 1):
            flow = typical[i] * v[t - n + i]
            gained += flow if typical[i] > typical[i - 1] else 0
            lost += flow if typical[i] < typical[i - 1] else 0
        return ratio(gained, gained + lost, 100)
    return finite([(h, 0, n), (l, 0, n), (c, 0, n), (v, 0, n - 1)], figure)
