# SPDX-License-Identifier: PostgreSQL
"""Factor regressions, for risk_model_cases.py.

Ordinary least squares of y on an intercept (alpha) and the k columns of X
(x1, x2, ..), n observations; b = (X'X)^-1 X'y, e = y - X b.  Variances:
  ols         s^2 (X'X)^-1, s^2 = e'e / (n - k - 1)
  hc1         n / (n - k - 1) (X'X)^-1 (sum e_t^2 x_t x_t') (X'X)^-1
              (White 1980; MacKinnon and White 1985)
  newey_west  (X'X)^-1 (G_0 + sum_j (1 - j/(L+1)) (G_j + G_j')) (X'X)^-1,
              G_j = sum_t e_t e_(t-j) x_t x_(t-j)', L = floor(4 (n/100)^(2/9))
              (Newey and West 1987), no small-sample factor
t = b / se; p is two-sided with n - k - 1 degrees of freedom for all three.
residual_deviation = s; R2 = 1 - e'e / sum (y - mean)^2, null if y is
constant; adjusted 1 - (1 - R2) (n - 1) / (n - k - 1).  A standard error of 0
(perfect fit): t and p null.

Errors: "observations" if n <= k + 1, else "singular" with the first column of
X, from 1, that the intercept and the columns before it span; "constant" says
that the intercept alone spans it.

All is rational but roots and p, so that singular and perfect are exact.
"""

from fractions import Fraction

from mpmath import mp

from exact_matrix import (dependent_column, fractions, inverse, product,
                          ratio, root, transpose)
from tail_risk_figures import real, rounded


def newey_west_lag(n):
    """The largest L with L <= 4 (n / 100)^(2/9), in integers."""
    lag = 0
    while (lag + 1) ** 9 * 100 ** 2 <= 4 ** 9 * n ** 2:
        lag += 1
    return lag


def cross_moments(rows, lag):
    """The sum over t of r_t r_(t-lag)'."""
    width = range(len(rows[0]))
    pairs = list(zip(rows[lag:], rows))
    return [[sum(a[i] * b[j] for a, b in pairs) for j in width] for i in width]


def meat(rows, residuals, kind):
    scores = [[e * x for x in row] for e, row in zip(residuals, rows)]
    total = cross_moments(scores, 0)
    lags = newey_west_lag(len(rows)) if kind == "newey_west" else 0
    for lag in range(1, lags + 1):
        weight = 1 - Fraction(lag, lags + 1)
        moments = cross_moments(scores, lag)
        for i, row in enumerate(total):
            for j in range(len(row)):
                row[j] += weight * (moments[i][j] + moments[j][i])
    return total


def variances(rows, residuals, bread, kind):
    n, width = len(rows), len(rows[0])
    if kind == "ols":
        s2 = sum(e * e for e in residuals) / (n - width)
        return [s2 * bread[i][i] for i in range(width)]
    sandwich = product(product(bread, meat(rows, residuals, kind)), bread)
    factor = Fraction(n, n - width) if kind == "hc1" else Fraction(1)
    return [factor * sandwich[i][i] for i in range(width)]


def two_sided(t, freedom):
    square = real(t) ** 2
    return mp.betainc(mp.mpf(freedom) / 2, mp.mpf(1) / 2, 0,
                      freedom / (freedom + square), regularized=True)


def coefficient(name, estimate, variance, freedom):
    error = root(variance)
    t = ratio(estimate, error) if variance else None
    if t is None:
        p = None
    else:
        p = two_sided(t, freedom) if t else Fraction(1)
    return {"name": name, "estimate": rounded(estimate),
            "standard_error": rounded(error), "t": rounded(t),
            "p": rounded(p)}


def regression(y, x, kind):
    y = [Fraction(v) for v in y]
    rows = [[Fraction(1)] + row for row in fractions(x)]
    n, width = len(rows), len(rows[0])
    if n <= width:
        return {"error": "observations"}
    column = dependent_column(rows)
    if column is not None:
        constant = len({row[column] for row in rows}) == 1
        return {"error": "singular", "column": column, "constant": constant}
    bread = inverse(product(transpose(rows), rows))
    moments = [sum(v * row[i] for v, row in zip(y, rows))
               for i in range(width)]
    b = [sum(u * v for u, v in zip(row, moments)) for row in bread]
    residuals = [v - sum(u * w for u, w in zip(b, row))
                 for v, row in zip(y, rows)]
    left = sum(e * e for e in residuals)
    mean = sum(y) / n
    total = sum((v - mean) ** 2 for v in y)
    r2 = 1 - left / total if total else None
    adjusted = (1 - (1 - r2) * Fraction(n - 1, n - width) if total else None)
    names = ["alpha"] + [f"x{i}" for i in range(1, width)]
    spread = variances(rows, residuals, bread, kind)
    return {"coefficients": [coefficient(name, u, v, n - width)
                             for name, u, v in zip(names, b, spread)],
            "r_squared": rounded(r2), "adjusted_r_squared": rounded(adjusted),
            "residual_deviation": rounded(root(left / (n - width))),
            "observations": n}
