# SPDX-License-Identifier: PostgreSQL
"""Deviations, slopes and correlations of windows. See indicator_grid.py for the numbers."""
from fractions import Fraction

from indicator_grid import SCALE, divide, entering, entering_root, finite, ratio, root, window
from indicator_readings import READINGS


def _squares(values):
    """n sum x^2 - (sum x)^2."""
    return len(values) * sum(x * x for x in values) - sum(values) ** 2


def _products(xs, ys):
    """n sum xy - sum x sum y."""
    return len(xs) * sum(x * y for x, y in zip(xs, ys)) - sum(xs) * sum(ys)


def stddev(x, n, times=1, ddof=0):
    """The deviation, `times` times."""
    times = Fraction(times)

    def figure(values):
        deviation = entering_root("stddev_times", _squares(values), n * (n - ddof))
        return divide(deviation * times.numerator, times.denominator)
    return window(x, n, figure)


def zscore(x, n, ddof=0):
    def figure(values):
        squares = _squares(values)
        deviation = entering_root("zscore_deviation", squares, n * (n - ddof))
        return ratio(n * values[-1] - sum(values), n * deviation)
    return window(x, n, figure)


def bollinger(x, n, k, ddof=0):
    """upper, middle, lower, percent_b, bandwidth."""
    def bands(values):
        width = Fraction(k) * entering_root("bollinger_deviation", _squares(values),
                                            n * (n - ddof))
        middle = Fraction(sum(values), n)
        exact = middle + width, middle, middle - width
        rounded = tuple(divide(band.numerator, band.denominator) for band in exact)
        upper, middle, lower = exact if READINGS["bollinger_bands"] == "exact" else rounded
        return (*rounded, ratio(values[-1] - lower, upper - lower),
                ratio(upper - lower, middle))
    rows = window(x, n, bands)
    return tuple([row and row[part] for row in rows] for part in range(5))


def linreg_slope(x, n):
    positions = range(n)

    def figure(values):
        return divide(_products(positions, values), _squares(positions))
    return window(x, n, figure)


def correlation(x, y, n):
    """The root of a ratio, rounded once."""
    def figure(t):
        xs, ys = x[t - n + 1:t + 1], y[t - n + 1:t + 1]
        product, squares = _products(xs, ys), _squares(xs) * _squares(ys)
        if squares == 0:
            return None
        size = root((product * SCALE) ** 2, squares)
        return size if product >= 0 else -size
    return finite([(x, 0, n - 1), (y, 0, n - 1)], figure)


def beta(asset, market, n):
    def returns(series, rows):
        return [entering("beta_return", SCALE * (series[i] - series[i - 1]), series[i - 1])
                for i in rows]

    def figure(t):
        rows = range(t - n + 1, t + 1)
        if any(series[i - 1] == 0 for series in (asset, market) for i in rows):
            return None
        of_asset, of_market = returns(asset, rows), returns(market, rows)
        return ratio(_products(of_asset, of_market), _squares(of_market))
    return finite([(asset, 0, n), (market, 0, n)], figure)
