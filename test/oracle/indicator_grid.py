# SPDX-License-Identifier: PostgreSQL
"""What the indicators of the oracle share: the grid, windows, recursions and averages.

A series is a list of integers, multiples of 10^-12, with None for NULL. Sums of them are exact;
divide() and root() are the only places that round, half away from zero. An intermediate value
that must stay exact is a Fraction.
"""
from fractions import Fraction
from itertools import accumulate
from math import isqrt

from indicator_readings import READINGS

SCALE = 10 ** 12
FINER = 10 ** 40  # of roots that stand for exact ones


def to_grid(value):
    """The integer of a number that is on the grid."""
    scaled = Fraction(value) * SCALE
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than 12 decimals")
    return scaled.numerator


def divide(numerator, denominator):
    """The integer nearest to a quotient, a half away from zero."""
    magnitude = (2 * abs(numerator) + abs(denominator)) // (2 * abs(denominator))
    return magnitude if (numerator < 0) == (denominator < 0) else -magnitude


def ratio(numerator, denominator, times=1):
    """The grid value of a quotient, or None if the denominator is 0."""
    return divide(times * SCALE * numerator, denominator) if denominator else None


def entering(reading, numerator, denominator):
    """A quotient as it enters an expression, in units of the grid: rounded or exact."""
    if READINGS[reading] == "grid":
        return divide(numerator, denominator)
    return Fraction(numerator, denominator)


def root(numerator, denominator):
    """The integer nearest to the square root of a quotient."""
    return (isqrt(4 * numerator // denominator) + 1) // 2


def entering_root(reading, numerator, denominator):
    """A root as it enters an expression; the exact one is one of 40 more digits."""
    if READINGS[reading] == "grid":
        return root(numerator, denominator)
    return Fraction(root(numerator * FINER ** 2, denominator), FINER)


def finite(spans, figure):
    """figure(t) of each row t whose window holds no NULL.

    A span (series, newest, oldest) says which values the figure reads, in rows back from t.
    """
    if READINGS["finite_null"] == "row":
        newest = min(span[1] for span in spans)
        oldest = max(span[2] for span in spans)
        spans = [(series, newest, oldest) for series, _, _ in spans]
    size = len(spans[0][0])
    counted = [(list(accumulate((value is None for value in series), initial=0)), newest, oldest)
               for series, newest, oldest in spans]
    first = max(oldest for _, _, oldest in spans)
    return [figure(t) if t >= first and all(
        counts[t - newest + 1] == counts[t - oldest] for counts, newest, oldest in counted)
        else None for t in range(size)]


def window(series, n, figure):
    """figure(the last n values) of each row that has them."""
    return finite([(series, 0, n - 1)], lambda t: figure(series[t - n + 1:t + 1]))


def passing_over(run, *columns):
    """run() on the rows that have all values; the others are NULL and change nothing.

    run returns a series or a tuple of series, as long as what it is given.
    """
    rows = [t for t, row in enumerate(zip(*columns)) if None not in row]
    results = run(*([column[t] for t in rows] for column in columns))
    if isinstance(results, tuple):
        return tuple(_spread(result, rows, len(columns[0])) for result in results)
    return _spread(results, rows, len(columns[0]))


def _spread(values, rows, size):
    series = [None] * size
    for t, value in zip(rows, values):
        series[t] = value
    return series


def combine(figure, *columns):
    """figure(values) of each row that has all of them."""
    return [None if None in row else figure(*row) for row in zip(*columns)]


def moving_sum(series, n):
    return window(series, n, sum)


def weighted_sum(series, n):
    """Sum of j x_j, the newest value with weight n."""
    return window(series, n, lambda values: sum(j * x for j, x in enumerate(values, 1)))


def exponential(series, n, from_first=False):
    """EMA_n, seeded with the mean of the first n values or with the first value."""
    return passing_over(lambda values: _exponential(values, n, from_first), series)


def exponential_seeded_at(series, n, bar):
    """EMA_n, seeded with the mean of the n values that end at value number `bar`."""
    skipped = bar + 1 - n
    return passing_over(lambda values: [None] * min(skipped, len(values))
                        + _exponential(values[skipped:], n, False), series)


def _exponential(values, n, from_first):
    seed = 1 if from_first else n
    state, result = None, [None] * min(seed - 1, len(values))
    for t in range(seed - 1, len(values)):
        if state is None:
            state = divide(sum(values[:seed]), seed)
        else:
            state = divide(state * (n + 1) + 2 * (values[t] - state), n + 1)
        result.append(state)
    return result


def wilder_sums(values, n, seed):
    """W_n seeded with the sum of the first `seed` values; there are no NULLs here."""
    total, result = 0, []
    for t, value in enumerate(values):
        total = total + value if t < seed else total - divide(total, n) + value
        result.append(total if t >= seed - 1 else None)
    return result


def wilder_average(series, n):
    """RMA_n."""
    return passing_over(lambda values: [None if total is None else divide(total, n)
                                        for total in wilder_sums(values, n, n)], series)


def changes(values):
    """x - x[1] from bar 1 on."""
    return [value - before for before, value in zip(values, values[1:])]


def true_ranges(h, l, c):
    """TR from bar 1 on, without NULLs."""
    return [max(high, before) - min(low, before)
            for high, low, before in zip(h[1:], l[1:], c)]


def average_true_range(h, l, c, n):
    """ATR_n without NULLs in the input."""
    return [None] * min(1, len(c)) + wilder_average(true_ranges(h, l, c), n)
