# SPDX-License-Identifier: PostgreSQL
"""Statistics of samples, computed again in fractions, or in 300 digits where there is a root."""
from decimal import Decimal
from fractions import Fraction

from numerics import EXACT, to_decimal


def tie_safe(value, decimals):
    """The two neighbours between which 300 digits leave the rounding open, else the one."""
    low = EXACT.subtract(value, Decimal(1).scaleb(-200))
    high = EXACT.add(value, Decimal(1).scaleb(-200))
    step = Decimal(1).scaleb(-decimals)
    return {EXACT.quantize(low, step), EXACT.quantize(high, step)}


def root(value):
    return EXACT.sqrt(to_decimal(value))


def tail_mean(sample, p):
    """Of exactly the worst p * n values."""
    weight = p * len(sample)
    whole = int(weight)
    total = sum(sample[:whole], Fraction(0))
    if whole < len(sample):
        total += (weight - whole) * sample[whole]
    return total / weight


def quantile_of(sample, p, kind):
    n = len(sample)
    if kind <= 3:
        np = n * p
        if kind == 3:
            k = int(np)
            rest = np - k
            if rest > Fraction(1, 2) or rest == Fraction(1, 2) and k % 2 == 1:
                k += 1
            return sample[min(max(k, 1), n) - 1]
        k = max(-(-np.numerator // np.denominator), 1)
        if kind == 2 and np.denominator == 1 and 1 <= np < n:
            return (sample[int(np) - 1] + sample[int(np)]) / 2
        return sample[min(k, n) - 1]
    h = {4: n * p, 5: n * p + Fraction(1, 2), 6: (n + 1) * p, 7: (n - 1) * p + 1, 8: (n + Fraction(1, 3)) * p + Fraction(1, 3),
         9: (n + Fraction(1, 4)) * p + Fraction(3, 8)}[kind]
    h = min(max(h, Fraction(1)), Fraction(n))
    j = int(h)
    low = sample[j - 1]
    return low if j == n else low + (h - j) * (sample[j] - low)


def figure(name, r, a, m):
    n = len(r)
    mean = sum(r) / n
    squares = sum((x - mean)**2 for x in r)
    downside = sum(min(x - m, Fraction(0))**2 for x in r) / n
    if name == "volatility":
        return None if n < 2 else root(squares / (n - 1) * a)
    if name == "downside_deviation":
        return root(downside * a)
    if name == "sharpe_ratio":
        return None if n < 2 or squares == 0 else EXACT.multiply(to_decimal(mean), root(a / (squares / (n - 1))))
    if name == "sortino_ratio":
        return None if downside == 0 else EXACT.multiply(to_decimal(a * (mean - m)), root(1 / (downside * a)))
    if name == "omega_ratio":
        below = sum(max(m - x, Fraction(0)) for x in r)
        return None if below == 0 else Fraction(sum(max(x - m, Fraction(0)) for x in r)) / below
    if name in ("skewness", "excess_kurtosis"):
        if squares == 0:
            return None
        m2, m3, m4 = (sum((x - mean)**k for x in r) / n for k in (2, 3, 4))
        return EXACT.multiply(to_decimal(m3), root(1 / m2**3)) if name == "skewness" else Fraction(m4 / m2**2 - 3)
    low, high = (quantile_of(sorted(r), Fraction(p, 20), 7) for p in (1, 19))
    return None if low == 0 else high / abs(low)
