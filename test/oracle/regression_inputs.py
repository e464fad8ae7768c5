# SPDX-License-Identifier: PostgreSQL
"""Observations for regression_figures.py, from a generator of their own.

Texts are exact decimals: returns in millionths, some scaled by a power of ten.
"""

from fractions import Fraction

from covariance_figures import format_exact
from regression_figures import regression
from tail_risk_series import Generator, text_of

KINDS = ("ols", "hc1", "newey_west")


def observations(seed, count, loadings, noise=4000, reach=6000):
    """(y, x): y = 0.0002 + loadings x + noise, loadings in thousandths."""
    generator = Generator(seed)
    ys, xs = [], []
    for _ in range(count):
        factors = [generator.bell(reach) for _ in loadings]
        noisy = generator.bell(noise) if noise else 0
        y = 200 + sum(b * f for b, f in zip(loadings, factors)) // 1000 + noisy
        xs.append([text_of(f) for f in factors])
        ys.append(text_of(y))
    return ys, xs


def scaled(values, factor):
    return [format_exact(Fraction(v) * factor) for v in values]


def scaled_columns(xs, factors):
    return [[format_exact(Fraction(v) * f) for v, f in zip(row, factors)]
            for row in xs]


def with_column(xs, make):
    """A further column, made from each row and its index."""
    return [row + [format_exact(Fraction(make([Fraction(v) for v in row], t)))]
            for t, row in enumerate(xs)]


def regular_inputs():
    """(name, y, x)."""
    yield "one_factor_3", *observations(51, 3, (900,))
    yield "one_factor_20", *observations(52, 20, (1100,))
    yield "two_factors_4", *observations(53, 4, (900, -300))
    yield "two_factors_60", *observations(54, 60, (900, 200))
    yield "three_factors_100", *observations(55, 100, (1000, 300, -200))
    yield "five_factors_101", *observations(56, 101, (900, 100, -50, 0, 400))
    yield "five_factors_250", *observations(57, 250, (900, 100, -50, 0, 400))

    y, x = observations(58, 40, (800, 300, 100))
    yield ("mixed_scales", scaled(y, 10**6),
           scaled_columns(x, (Fraction(1, 1000), 10**6, 1)))
    y, x = observations(59, 30, (1000,))
    yield "tiny_factor", y, scaled_columns(x, (Fraction(1, 10**7),))
    yield "tiny_all", scaled(y, Fraction(1, 10**7)), \
        scaled_columns(x, (Fraction(1, 10**7),))
    y, x = observations(60, 30, (1000, 500))
    yield "far_from_zero", [format_exact(Fraction(v) + 10**6) for v in y], \
        [[format_exact(Fraction(v) + 10**6) for v in row] for row in x]

    y, x = observations(61, 50, (700,))
    yield "nearly_collinear", y, with_column(
        x, lambda row, t: 2 * row[0] + Fraction(t % 3 - 1, 10**9))
    yield "nearly_constant", y, with_column(
        x, lambda _, t: 1 + Fraction(int(t == 17), 10**9))
    yield "nearly_collinear_1e-12", y, with_column(
        x, lambda row, t: row[0] + Fraction(t * t % 7, 10**12))
    yield "dummy", y, with_column(x, lambda _, t: int(t == 9))


def exact_inputs():
    """Fits without residual, constants and zeros."""
    x = [["0.01"], ["0.02"], ["-0.03"], ["0.005"], ["0.04"]]
    line = [format_exact(Fraction("0.001") + Fraction("1.25") * Fraction(v))
            for (v,) in x]
    yield "perfect_fit", line, x
    yield "perfect_through_zero", [format_exact(2 * Fraction(v))
                                   for (v,) in x], x
    yield "constant_y", ["0.0015"] * 5, x
    yield "zero_y", ["0"] * 5, x
    yield "no_slope", ["1", "2", "2", "1"], [["1"], ["2"], ["1"], ["2"]]
    yield "whole_numbers", ["1", "3", "2", "5", "4", "6"], \
        [["1"], ["2"], ["3"], ["4"], ["5"], ["6"]]


def error_inputs():
    y, x = observations(62, 20, (900, 200))
    yield "second_is_first", y, [[a, a] for a, _ in x]
    yield "second_is_first_thirded", y, [
        [format_exact(3 * Fraction(a)), a] for a, _ in x]
    yield "third_is_sum", y, with_column(x, lambda row, _: row[0] + row[1])
    yield "third_is_sum_and_constant", y, with_column(
        x, lambda row, _: Fraction("0.5") - row[0] + 3 * row[1])
    yield "constant_first", y, [["0.001", b] for _, b in x]
    yield "constant_second", y, [[a, "1"] for a, _ in x]
    yield "zero_column", y, [[a, "0", b] for a, b in x]
    yield "two_bad_columns", y, [[a, a, b, b] for a, b in x]
    yield "weekday_dummies", y, [[str(int(t % 3 == i)) for i in range(3)]
                                 for t in range(len(y))]
    yield "scales_collinear", y, [
        [a, format_exact(Fraction(a) * Fraction(1, 10**9))] for a, _ in x]
    yield "two_observations", ["0.01", "0.02"], [["0.03"], ["0.01"]]
    yield "three_for_two_factors", *observations(63, 3, (900, 200))
    yield "few_and_collinear", ["0.1", "0.2", "0.3"], [["1", "1"], ["2", "2"],
                                                       ["3", "3"]]
    yield "one_observation", ["0.01"], [["0.02"]]


def case_inputs():
    """(name, y, x, kind of standard errors)."""
    for name, y, x in regular_inputs():
        kinds = KINDS if len(y) <= 101 else ("ols", "newey_west")
        for kind in kinds:
            yield name, y, x, kind
    for name, y, x in exact_inputs():
        kinds = KINDS if name == "perfect_fit" else ("ols",)
        for kind in kinds:
            yield name, y, x, kind
    for name, y, x in error_inputs():
        yield name, y, x, "ols"
    yield "constant_second", *list(error_inputs())[5][1:], "newey_west"


def regression_cases():
    return [{"name": f"{name}_{kind}", "y": y, "x": x,
             "standard_errors": kind, **regression(y, x, kind)}
            for name, y, x, kind in case_inputs()]
