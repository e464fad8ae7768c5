# SPDX-License-Identifier: PostgreSQL
"""Series and cases for garch_figures.py.

"filter": the recursion and likelihood at given parameters; log_likelihood
has 12 decimals, h is the forecast h_(T+1) with 15 significant digits.
"fit": the maximum; mu, omega, alpha, beta have 25 significant digits, h is
the forecast at the maximum.  "boundary" names the face that holds the
maximum: "alpha" (alpha = 0), "alpha_plus_beta" (the limit alpha + beta = 1)
or null.  The case dem_gbp has no x but the file and the column of it under
PG_QUANT_REFERENCE_DIR/data (Bollerslev and Ghysels 1996); its maximum is the
published one.
"""

import csv
import os
from math import sqrt

from mpmath import mp, mpf

from exact_matrix import near
from garch_figures import fit, log_likelihood, variances
from tail_risk_figures import rounded
from tail_risk_series import Generator

DEM_GBP = {"file": "garch_dmbp_returns.csv", "column": "return_pct"}
PUBLISHED = ("-0.00619041", "0.0107613", "0.153134", "0.805974")


def digits(value, count):
    return mp.nstr(value, count, strip_zeros=False, min_fixed=-60,
                   max_fixed=60)


def shocks(seed, count):
    """Nearly normal, variance 1."""
    generator = Generator(seed)
    return [generator.bell(500_000) / 1_000_001 for _ in range(count)]


def simulate(seed, count, parameters, places=6):
    """Starts from the stationary variance, or from 1 where there is none."""
    mu, w, a, b = parameters
    h = w / (1 - a - b) if a + b < 1 else 1.0
    values = []
    for z in shocks(seed, count):
        e = z * sqrt(h)
        values.append(f"{mu + e:.{places}f}")
        h = w + a * e * e + b * h
    return values


def rising_and_alternating(seed, count):
    """A level of volatility that rises, and large and small moves by turns:
    a large square is followed by a small one, so alpha wants to be below 0."""
    values, distance = [], 1.0
    for t, z in enumerate(shocks(seed, count)):
        level = (2.5 - 1.5 * distance) * (1.9 if t % 2 else 0.1)
        values.append(f"{0.02 + z * level:.6f}")
        distance *= 0.97
    return values


def dem_gbp():
    """The series, or None without the directory of references."""
    root = os.environ.get("PG_QUANT_REFERENCE_DIR")
    if not root:
        return None
    path = os.path.join(root, "data", DEM_GBP["file"])
    with open(path, encoding="utf-8", newline="") as file:
        return [row[DEM_GBP["column"]] for row in csv.DictReader(file)]


def filter_inputs():
    """(name, x, (mu, omega, alpha, beta))."""
    usual = ("0.05", "0.05", "0.08", "0.9")
    ten = ["0.5", "-1.25", "0.75", "2", "-3.5", "0.1", "0", "-0.2", "1.1",
           "0.3"]
    yield "ten", ten, usual
    yield "one_value", ["0.7"], usual
    yield "two_values", ["0.7", "-0.4"], usual
    yield "constant_at_mu", ["0.05"] * 8, usual
    yield "constant_away", ["1.05"] * 8, usual
    yield "no_arch", ten, ("0", "0.4", "0", "0.6")
    yield "no_garch", ten, ("0.1", "0.8", "0.3", "0")
    yield "constant_variance", ten, ("0.1", "1.5", "0", "0")
    yield "nearly_integrated", ten, ("0", "0.000001", "0.05", "0.949999")
    yield "far_mu", ten, ("25", "0.1", "0.2", "0.7")
    yield "fractions_of_one", \
        simulate(101, 60, (0.0005, 2e-6, 0.09, 0.89), 8), \
        ("0.0005", "0.000002", "0.09", "0.89")
    yield "money", simulate(102, 60, (120, 4e6, 0.15, 0.7), 2), \
        ("120", "4000000", "0.15", "0.7")
    yield "crash", ten + ["-40"] + ten, usual
    yield "small_omega", ten, ("0", "0.000000000001", "0.1", "0.8")
    yield "long", simulate(103, 500, (0.05, 0.05, 0.08, 0.87)), usual


def fit_inputs():
    """(name, x, the face that must hold the maximum)."""
    yield "interior_250", simulate(71, 250, (0.05, 0.1, 0.1, 0.8)), "interior"
    yield "interior_300_money", simulate(
        72, 300, (12, 400, 0.15, 0.7), 2), "interior"
    yield "interior_400", simulate(72, 400, (0, 0.5, 0.3, 0.4)), "interior"
    yield "interior_500", simulate(71, 500, (0.05, 0.05, 0.08, 0.87)), \
        "interior"
    yield "interior_750", simulate(72, 750, (-0.1, 0.02, 0.05, 0.93)), \
        "interior"
    yield "interior_1000_fractions", simulate(
        72, 1000, (0.0005, 2e-6, 0.09, 0.89), 8), "interior"
    yield "alpha_0", rising_and_alternating(91, 400), "alpha"
    yield "integrated", simulate(85, 300, (0.02, 0.05, 0.3, 0.72)), \
        "alpha_plus_beta"


def filter_case(name, x, parameters):
    values = [mpf(v) for v in x]
    theta = [mpf(v) for v in parameters]
    return {"name": name, "x": x,
            **dict(zip(("mu", "omega", "alpha", "beta"), parameters)),
            "log_likelihood": rounded(log_likelihood(values, theta)),
            "h": digits(variances(values, theta)[-1], 15)}


def fit_case(name, x, wanted):
    face, theta, value = fit(x)
    if face != wanted:
        raise ArithmeticError(f"{name}: the maximum is {face}")
    values = [mpf(v) for v in x]
    near(value, log_likelihood(values, theta), 40)
    return {"name": name, "x": x,
            "fit": dict(zip(("mu", "omega", "alpha", "beta"),
                            (digits(v, 25) for v in theta))),
            "boundary": None if face == "interior" else face,
            "log_likelihood": rounded(value),
            "h": digits(variances(values, theta)[-1], 15)}


def dem_gbp_cases(x):
    at_published = filter_case("dem_gbp_published", x, PUBLISHED)
    near(mpf(at_published["log_likelihood"]), "-1106.60788", 5)
    fitted = fit_case("dem_gbp", x, "interior")
    for value, expected, places in zip(fitted["fit"].values(), PUBLISHED,
                                       (8, 6, 6, 6)):
        near(mpf(value), expected, places)
    for case in (at_published, fitted):
        case["x"] = DEM_GBP
    return at_published, fitted


def garch_cases():
    x = dem_gbp()
    if x is None:
        raise SystemExit("garch_cases needs PG_QUANT_REFERENCE_DIR")
    filtered, fitted = dem_gbp_cases(x)
    filters = [filter_case(*inputs) for inputs in filter_inputs()]
    fits = [fit_case(*inputs) for inputs in fit_inputs()]
    return {"filters": filters + [filtered], "fits": fits + [fitted]}
