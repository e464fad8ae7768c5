# SPDX-License-Identifier: PostgreSQL
"""The pieces of a Monte Carlo value at risk, for risk_model_cases.py.

  philox           philox.py
  normal_quantile  Phi^-1(u), 20 significant digits of the true value; u is
                   exact, and where "k" stands it is (k + 1/2) / 2^53
  spectral_repair  eigenvalues of the correlation matrix below 0 become 0,
                   rows of the root are scaled back to unit length (Rebonato
                   and Jaeckel 1999); largest_change is the largest absolute
                   change of an element
  cholesky         C = L L', L lower with a positive diagonal
  var              P&L = sum V_i R_i, R normal with the given mean and
                   covariance: VaR = -(mu + z s), ES = -mu + s phi(z) / alpha,
                   z = Phi^-1(alpha), in closed form; a simulation of "paths"
                   paths differs from them by sampling error, whose standard
                   deviations for large samples are (q = -z,
                   g = phi(z) / alpha)
                     VaR  s sqrt(alpha (1 - alpha) / paths) / phi(z)
                     ES   s sqrt((v + (1 - alpha)(g - q)^2)
                          / (alpha paths)), v = 1 + q g - g^2, the variance
                          of a standard normal beyond q (Trindade, Uryasev,
                          Shapiro and Zrazhevsky 2007)

Figures are rounded to 12 decimals but for normal_quantile.
"""

from fractions import Fraction

from mpmath import mp, mpf

from covariance_figures import format_exact
from exact_matrix import fractions, near, root, rounded_matrix
from philox import philox_cases
from tail_risk_figures import (normal_density, normal_quantile, real,
                               rounded)

PATHS = 10000

# Normal quantiles

LATTICE = (0, 1, 2, 1000, 2**40, 2**50, 2**51, 2**52 - 2**30, 2**52 - 1, 2**52,
           2**52 + 1, 3 * 2**51, 2**53 - 2**40, 2**53 - 2, 2**53 - 1,
           0x12345678901234)
# The branches of AS 241 part at 0.075, 0.925 and at exp(-25) from the ends
EXACT = ("0.5", "0.25", "0.75", "0.001", "0.01", "0.025", "0.05", "0.95",
         "0.975", "0.99", "0.999", "0.075", "0.925", "0.0749999999",
         "0.0750000001", "0.9250000001", "0.00000000001388",
         "0.00000000001389", "0.4999999999", "0.00000000000000000001")
# Published with algorithm AS 241 (Wichura 1988), to about 16 digits
WICHURA = (("0.25", "-0.6744897501960817"), ("0.001", "-3.090232306167814"),
           ("0.00000000000000000001", "-9.262340089798408"))


def exact_quantile(u):
    if u == Fraction(1, 2):
        return mpf(0)
    z = normal_quantile(u)
    near(mp.erfc(-z / mp.sqrt(2)) / 2 / real(u), 1, 30)
    return z


def significant(value):
    return mp.nstr(value, 20, strip_zeros=False, min_fixed=-60, max_fixed=60)


def quantile_cases():
    for u, expected in WICHURA:
        near(exact_quantile(Fraction(u)), expected, 15)
    cases = [{"k": str(k), "u": format_exact(Fraction(2 * k + 1, 2**54))}
             for k in LATTICE] + [{"u": u} for u in EXACT]
    for case in cases:
        case["value"] = significant(exact_quantile(Fraction(case["u"])))
    return cases


# Spectral repair

def symmetric(size, values):
    """A correlation matrix from the elements below the diagonal, by rows."""
    left = iter(values)
    matrix = [["1"] * size for _ in range(size)]
    for i in range(size):
        for j in range(i):
            matrix[i][j] = matrix[j][i] = next(left)
    return matrix


REPAIRS = {
    "rebonato_jaeckel": symmetric(3, ("0.9", "0.7", "0.3")),
    "three_opposed": symmetric(3, ("-0.9", "-0.9", "-0.9")),
    "barely_indefinite": symmetric(3, ("0.9", "0.6", "0.889")),
    "four": symmetric(4, ("0.8", "-0.5", "0.4", "0.7", "0.6", "-0.9")),
    "five": symmetric(5, ("0.95", "0.9", "0.2", "-0.3", "0.8", "0.5", "0.6",
                          "-0.7", "0.1", "0.85")),
    "six_two_negative": symmetric(6, (
        "0.9", "-0.8", "0.7", "0.6", "0.9", "-0.5", "-0.9", "0.3", "0.8",
        "0.4", "0.1", "0.75", "-0.6", "0.95", "0.2")),
    "singular_kept": symmetric(3, ("1", "0.5", "0.5")),
    "definite_kept": symmetric(4, ("0.5", "0.25", "-0.125", "0", "0.3",
                                   "0.1")),
}


def repaired(matrix):
    n = range(len(matrix))
    values, vectors = mp.eigsy(mp.matrix([[real(x) for x in row]
                                          for row in matrix]))
    rows = [[vectors[i, j] * mp.sqrt(max(values[j], mpf(0))) for j in n]
            for i in n]
    rows = [[x / mp.sqrt(sum(y * y for y in row)) for x in row]
            for row in rows]
    result = [[Fraction(1) if i == j
               else sum(x * y for x, y in zip(rows[i], rows[j])) for j in n]
              for i in n]
    return values, result


def repair_cases():
    cases = []
    for name, texts in REPAIRS.items():
        matrix = fractions(texts)
        values, result = repaired(matrix)
        if (values[0] < -mpf(10) ** -40) == name.endswith("_kept"):
            raise ArithmeticError(f"{name}: smallest eigenvalue {values[0]}")
        change = max(abs(real(x) - real(y)) for r, q in zip(result, matrix)
                     for x, y in zip(r, q))
        cases.append({"name": name, "matrix": texts,
                      "repaired": rounded_matrix(result),
                      "largest_change": rounded(change)})
    first = cases[0]["repaired"]
    if [first[0][1], first[0][2], first[1][2]] != [
            "0.894024408509", "0.696319066114", "0.300969036105"]:
        raise ArithmeticError(f"{first} is not the published repair")
    return cases


# Cholesky

COVARIANCES = {
    "one": [["0.0004"]],
    "diagonal": [["0.0004", "0", "0"], ["0", "0.000225", "0"],
                 ["0", "0", "0.0009"]],
    "textbook": [["4", "12", "-16"], ["12", "37", "-43"],
                 ["-16", "-43", "98"]],
    "daily_returns": [
        ["0.000196", "0.000110", "0.000072", "-0.000018"],
        ["0.000110", "0.000324", "0.000095", "0.000004"],
        ["0.000072", "0.000095", "0.000144", "-0.000011"],
        ["-0.000018", "0.000004", "-0.000011", "0.000025"]],
    "nearly_singular": [["0.01", "0.0099999", "0.005"],
                        ["0.0099999", "0.01", "0.005"],
                        ["0.005", "0.005", "0.0100001"]],
    "mixed_scales": [
        ["1000000", "0.5", "-200", "0.03", "7"],
        ["0.5", "0.000004", "0.001", "-0.0000001", "0.0002"],
        ["-200", "0.001", "250", "0.004", "-3"],
        ["0.03", "-0.0000001", "0.004", "0.00001", "0.0001"],
        ["7", "0.0002", "-3", "0.0001", "16"]],
}


def cholesky(matrix):
    """By the rational L1 D L1', then the roots of D."""
    n = len(matrix)
    unit = [[Fraction(int(i == j)) for j in range(n)] for i in range(n)]
    pivots = []
    for j in range(n):
        for i in range(j, n):
            left = matrix[i][j] - sum(unit[i][k] * unit[j][k] * pivots[k]
                                      for k in range(j))
            if i == j:
                pivots.append(left)
            else:
                unit[i][j] = left / pivots[j]
    if min(pivots) <= max(pivots) * Fraction(1, 10**12):
        raise ArithmeticError("a pivot is too small")
    roots = [root(d) for d in pivots]
    return [[scaled(unit[i][j], roots[j]) for j in range(n)]
            for i in range(n)]


def scaled(x, factor):
    return x * factor if isinstance(factor, Fraction) else real(x) * factor


def cholesky_cases():
    cases = [{"name": name, "matrix": texts,
              "lower": rounded_matrix(cholesky(fractions(texts)))}
             for name, texts in COVARIANCES.items()]
    published = [["2", "0", "0"], ["6", "1", "0"], ["-8", "5", "3"]]
    if fractions(cases[2]["lower"]) != fractions(published):
        raise ArithmeticError("the textbook's matrix")
    return cases


# Value at risk of two assets

PORTFOLIOS = (
    ("independent", ("0", "0"), ("0.0001", "0", "0.0004"),
     ("100000", "50000"), "0.99"),
    ("correlated", ("0.0005", "0.0002"), ("0.0004", "0.00018", "0.000225"),
     ("100000", "50000"), "0.95"),
    ("correlated_975", ("0.0005", "0.0002"), ("0.0004", "0.00018", "0.000225"),
     ("100000", "50000"), "0.975"),
    ("hedged", ("0.0005", "0.0003"), ("0.0004", "0.00025", "0.000225"),
     ("100000", "-110000"), "0.99"),
    ("one_position_is_0", ("0.001", "0.002"), ("0.0004", "0.0001", "0.0009"),
     ("0", "20000"), "0.95"),
    ("negative_correlation", ("0.0001", "0.0002"),
     ("0.0004", "-0.00024", "0.000225"), ("60000", "40000"), "0.99"),
    ("perfect_correlation", ("0", "0.0001"), ("0.0004", "0.0002", "0.0001"),
     ("10000", "30000"), "0.95"),
    ("sure_gain", ("0.05", "0.05"), ("0.0001", "0.00005", "0.0001"),
     ("1000", "1000"), "0.99"),
)


def sampling_errors(s, z, alpha):
    q, g = -z, normal_density(z) / real(alpha)
    of_var = mp.sqrt(real(alpha * (1 - alpha)) / PATHS) / normal_density(z)
    beyond = 1 + q * g - g * g
    of_es = mp.sqrt((beyond + real(1 - alpha) * (g - q) ** 2)
                    / (real(alpha) * PATHS))
    return s * of_var, s * of_es


def var_case(name, means, covariance, holdings, level):
    mean, v = [Fraction(x) for x in means], [Fraction(x) for x in holdings]
    a, b, c = (Fraction(x) for x in covariance)
    alpha = 1 - Fraction(level)
    mu = real(sum(x * y for x, y in zip(mean, v)))
    s = real(root(a * v[0] ** 2 + 2 * b * v[0] * v[1] + c * v[1] ** 2))
    z = normal_quantile(alpha)
    errors = sampling_errors(s, z, alpha)
    first, second, third = covariance
    return {"name": name, "mean": means,
            "covariance": [[first, second], [second, third]],
            "values": holdings, "level": level, "paths": PATHS,
            "var": rounded(-(mu + z * s)),
            "es": rounded(-mu + s * normal_density(z) / real(alpha)),
            "var_standard_error": rounded(errors[0]),
            "es_standard_error": rounded(errors[1])}


def monte_carlo_cases():
    return {"philox": philox_cases(),
            "normal_quantile": quantile_cases(),
            "spectral_repair": repair_cases(),
            "cholesky": cholesky_cases(),
            "var": [var_case(*portfolio) for portfolio in PORTFOLIOS]}
