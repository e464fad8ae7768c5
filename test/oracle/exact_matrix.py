# SPDX-License-Identifier: PostgreSQL
"""Rational matrices and numbers, for risk_model_cases.py.

Matrices are lists of rows of Fraction.  Nothing is rounded here: a pivot is
zero when it is zero.
"""

from fractions import Fraction
from math import isqrt

from mpmath import mp

from tail_risk_figures import real, rounded


def fractions(rows):
    return [[Fraction(x) for x in row] for row in rows]


def transpose(a):
    return [list(column) for column in zip(*a)]


def product(a, b):
    columns = transpose(b)
    return [[sum(x * y for x, y in zip(row, column)) for column in columns]
            for row in a]


def dependent_column(x):
    """The first column that the columns before it span, from 0; or None."""
    rows = [list(row) for row in x]
    rank = 0
    for j in range(len(x[0])):
        pivot = next((i for i in range(rank, len(rows)) if rows[i][j] != 0),
                     None)
        if pivot is None:
            return j
        rows[rank], rows[pivot] = rows[pivot], rows[rank]
        for i in range(rank + 1, len(rows)):
            factor = rows[i][j] / rows[rank][j]
            if factor:
                rows[i] = [u - factor * v
                           for u, v in zip(rows[i], rows[rank])]
        rank += 1
    return None


def inverse(a):
    """Gauss and Jordan; the matrix must be regular."""
    n = len(a)
    rows = [list(row) + [Fraction(int(i == j)) for j in range(n)]
            for i, row in enumerate(a)]
    for j in range(n):
        pivot = next(i for i in range(j, n) if rows[i][j] != 0)
        rows[j], rows[pivot] = rows[pivot], rows[j]
        rows[j] = [v / rows[j][j] for v in rows[j]]
        for i in range(n):
            if i != j and rows[i][j]:
                factor = rows[i][j]
                rows[i] = [u - factor * v for u, v in zip(rows[i], rows[j])]
    return [row[n:] for row in rows]


def root(value):
    """The square root: rational where it is, else with 60 digits."""
    if not isinstance(value, Fraction):
        return mp.sqrt(value)
    if value < 0:
        raise ArithmeticError(f"root of {value}")
    top, bottom = isqrt(value.numerator), isqrt(value.denominator)
    if top * top == value.numerator and bottom * bottom == value.denominator:
        return Fraction(top, bottom)
    return mp.sqrt(real(value))


def ratio(a, b):
    """a / b, rational if both are."""
    if isinstance(a, Fraction) and isinstance(b, Fraction):
        return a / b
    return real(a) / real(b)


def rounded_matrix(a):
    return [[rounded(x) for x in row] for row in a]


def near(value, expected, digits):
    """Stops unless value agrees with a published figure."""
    if abs(real(value) - mp.mpf(expected)) > mp.mpf(10) ** -digits:
        raise ArithmeticError(f"{value} is not {expected}")
