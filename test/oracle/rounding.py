# SPDX-License-Identifier: PostgreSQL
"""Exact rounding on rationals: cents, ticks, quantity steps and the grid of 10^-12."""
from fractions import Fraction
from math import ceil, floor, isqrt

GRID_DIGITS = 12
HALF = Fraction(1, 2)


def round_half_away(value, digits):
    """Round to `digits` decimals, a half away from zero, as PostgreSQL's numeric does."""
    scale = 10 ** digits
    magnitude = floor(abs(Fraction(value)) * scale + HALF)
    return Fraction(magnitude if value >= 0 else -magnitude, scale)


def to_cents(value):
    """Money: two decimals."""
    return round_half_away(value, 2)


def to_grid(value):
    """G(x): the grid on which recursions, roots and quotients live."""
    return round_half_away(value, GRID_DIGITS)


def sqrt_on_grid(value):
    """G(sqrt(x)) without a float: floor(2 sqrt(x) 10^12) is an integer square root."""
    doubled = isqrt(floor(4 * Fraction(value) * 10 ** (2 * GRID_DIGITS)))
    return Fraction((doubled + 1) // 2, 10 ** GRID_DIGITS)


def up_to_step(value, step):
    """Smallest multiple of step >= value."""
    return ceil(value / step) * step


def down_to_step(value, step):
    """Largest multiple of step <= value."""
    return floor(value / step) * step


def nearest_step(value, step):
    """Nearest multiple of step, a half away from zero."""
    return round_half_away(value / step, 0) * step


def largest_multiple(step, fits, at_most):
    """Largest n * step <= at_most for which the monotone test `fits` holds; 0 if none does."""
    low, high = 0, max(0, floor(at_most / step))
    while low < high:
        middle = (low + high + 1) // 2
        if fits(middle * step):
            low = middle
        else:
            high = middle - 1
    return low * step


def decimal_text(value, digits):
    """Fixed notation of a rational that has at most `digits` decimals."""
    scaled = value * 10 ** digits
    if scaled.denominator != 1:
        raise ValueError(f"{value} has more than {digits} decimals")
    sign, whole = ("-" if scaled < 0 else ""), str(abs(scaled.numerator)).rjust(digits + 1, "0")
    return sign + (whole if digits == 0 else f"{whole[:-digits]}.{whole[-digits:]}")
