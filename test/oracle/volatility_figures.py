# SPDX-License-Identifier: PostgreSQL
"""Volatility from bars, for risk_model_cases.py.

Annualised with A periods a year, from M bars, oldest first:
  close_close      sqrt(A var1(ln c_t / c_(t-1))), M - 1 returns, null under 2
  parkinson        sqrt(A / (4 N ln 2) sum ln(h/l)^2), N = M (1980)
  garman_klass     sqrt(A / N sum(ln(h/l)^2 / 2 - (2 ln 2 - 1) ln(c/o)^2)),
                   N = M (1980); never negative for a bar that holds its open
                   and close, so the null case has bars that do not
  rogers_satchell  sqrt(A / N sum(ln(h/c) ln(h/o) + ln(l/c) ln(l/o))), N = M
                   (1991)
  yang_zhang       sqrt(A (var1(ln o_t / c_(t-1)) + k var1(ln c/o)
                   + (1 - k) rs)), k = .34 / (1.34 + (N + 1) / (N - 1)), rs the
                   mean of the Rogers-Satchell terms (2000); N = M - 1, the
                   first bar only gives its close; null for N < 2
A negative radicand: null.  Logarithms have 60 digits; a radicand that is zero
but for their error is 0 (growth at a constant rate).
"""

from fractions import Fraction

from mpmath import mp, mpf

from tail_risk_figures import TINY, real, rounded
from tail_risk_series import Generator


def log_ratio(a, b):
    return mp.log(real(a / b)) if a != b else mpf(0)


def variance(xs):
    mu = sum(xs) / len(xs)
    return sum((x - mu) ** 2 for x in xs) / (len(xs) - 1)


def annualised(radicand, periods):
    if abs(radicand) < TINY:
        return mpf(0)
    return mp.sqrt(radicand * real(periods)) if radicand > 0 else None


def close_close(bars):
    returns = [log_ratio(b[3], a[3]) for a, b in zip(bars, bars[1:])]
    return variance(returns)


def parkinson(bars):
    total = sum(log_ratio(h, l) ** 2 for _, h, l, _ in bars)
    return total / (4 * len(bars) * mp.log(2))


def garman_klass(bars):
    weight = 2 * mp.log(2) - 1
    return sum(log_ratio(h, l) ** 2 / 2 - weight * log_ratio(c, o) ** 2
               for o, h, l, c in bars) / len(bars)


def rogers_satchell(bars):
    return sum(log_ratio(h, c) * log_ratio(h, o)
               + log_ratio(l, c) * log_ratio(l, o)
               for o, h, l, c in bars) / len(bars)


def yang_zhang(bars):
    n = len(bars) - 1
    k = mpf("0.34") / (mpf("1.34") + mpf(n + 1) / (n - 1))
    overnight = [log_ratio(b[0], a[3]) for a, b in zip(bars, bars[1:])]
    inside = [log_ratio(c, o) for o, _, _, c in bars[1:]]
    return (variance(overnight) + k * variance(inside)
            + (1 - k) * rogers_satchell(bars[1:]))


# The estimator and the least number of bars
ESTIMATORS = {
    "close_close": (close_close, 3),
    "parkinson": (parkinson, 1),
    "garman_klass": (garman_klass, 1),
    "rogers_satchell": (rogers_satchell, 1),
    "yang_zhang": (yang_zhang, 3),
}


def figures(bars, periods):
    bars = [[Fraction(x) for x in bar] for bar in bars]
    return {name: annualised(radicand(bars), periods)
            if len(bars) >= least else None
            for name, (radicand, least) in ESTIMATORS.items()}


# Bars: prices in units of 0.0001, from a generator of their own

def price(units):
    return f"{units // 10**4}.{units % 10**4:04d}"


def bar(o, h, l, c):
    return [price(x) for x in (o, h, l, c)]


def walk(seed, count, start, step, gap=0):
    """A random walk; step and gap are the greatest moves in millionths."""
    generator = Generator(seed)
    last, bars = start, []

    def moved(value, reach):
        return max(1, value + value * generator.uniform(reach) // 10**6)

    for _ in range(count):
        o = moved(last, gap) if gap else last
        path = [o]
        for _ in range(6):
            path.append(moved(path[-1], step))
        last = path[-1]
        bars.append(bar(o, max(path), min(path), last))
    return bars


def doubling(count):
    """Each bar opens at the close before and doubles: closes grow at a
    constant rate, and no bar leaves the range of its open and close."""
    return [bar(10**4 * 2**i, 10**4 * 2**(i + 1), 10**4 * 2**i,
                10**4 * 2**(i + 1)) for i in range(count)]


def halving(count):
    start = 10**4 * 2**count
    return [bar(start >> i, start >> i, start >> (i + 1), start >> (i + 1))
            for i in range(count)]


def case_inputs():
    """(name, bars, periods per year)."""
    yield "no_bar", [], "252"
    yield "one_bar", walk(1, 1, 1_000_000, 9000), "252"
    yield "one_flat_bar", [bar(10**6, 10**6, 10**6, 10**6)], "252"
    yield "two_bars", walk(2, 2, 1_000_000, 9000, 5000), "252"
    yield "three_bars", walk(3, 3, 1_000_000, 9000, 5000), "252"
    yield "walk_10", walk(4, 10, 1_000_000, 4000), "252"
    yield "walk_21_gaps", walk(5, 21, 537_500, 6000, 8000), "252"
    yield "walk_60", walk(6, 60, 2_500_000, 5000, 2000), "252"
    yield "walk_250", walk(7, 250, 1_000_000, 5000, 3000), "252"
    yield "walk_60_crypto", walk(8, 60, 400_000_000, 20000), "365"
    yield "walk_52_weeks", walk(9, 52, 1_000_000, 15000, 4000), "52"
    yield "walk_24_months", walk(10, 24, 1_000_000, 30000, 9000), "12"
    yield "minutes_120", walk(11, 120, 1_000_000, 200), "98280"
    yield "periods_not_whole", walk(12, 30, 1_000_000, 5000), "252.75"
    yield "huge_prices", walk(13, 30, 98_765_432_109_876, 5000, 3000), "252"
    yield "tiny_prices", walk(14, 30, 37, 400000, 200000), "252"
    yield "smallest_prices", [bar(1, 2, 1, 1), bar(2, 2, 1, 2),
                              bar(1, 1, 1, 1), bar(3, 4, 2, 4)], "252"
    yield "huge_range", [bar(1, 10**14, 1, 10**14), bar(10**14, 10**14, 1, 1),
                         bar(5, 10**14, 1, 10**7)], "252"
    yield "constant_10", [bar(123_400, 123_400, 123_400, 123_400)] * 10, "252"
    yield "constant_close", [bar(10**6 - i, 10**6 + 70 * i, 10**6 - 90 * i - 1,
                                 10**6) for i in range(12)], "252"
    yield "only_gaps", [bar(x, x, x, x) for x in
                        (10**6, 1_030_000, 990_000, 1_100_000, 870_000,
                         880_000)], "252"
    yield "large_gaps", walk(15, 20, 1_000_000, 3000, 400000), "252"
    yield "doubling", doubling(12), "252"
    yield "halving", halving(12), "252"
    yield "nearly_constant", [bar(10**10, 10**10 + i % 2, 10**10, 10**10)
                              for i in range(15)], "252"
    yield "open_high_close_low", [bar(x, x, x - 7000, x - 7000) for x in
                                  (10**6, 998_000, 1_003_000, 991_000)], "252"
    yield "invalid_close_above_high", [bar(10**6, 1_010_000, 995_000,
                                           1_200_000)] * 2 + walk(
        16, 3, 1_200_000, 500), "252"
    yield "invalid_4_alike", [bar(10**6, 1_010_000, 995_000,
                                  1_200_000)] * 4, "252"


def volatility_cases():
    cases = []
    for name, bars, periods in case_inputs():
        found = figures(bars, Fraction(periods))
        cases.append({"name": name, "bars": bars, "periods_per_year": periods,
                      "figures": {k: rounded(v) for k, v in found.items()}})
    return cases
