# SPDX-License-Identifier: PostgreSQL
"""Covariance matrices, for risk_model_cases.py; returns[day][asset].

  sample                ddof 1
  ewma                  zero mean: S_1 = x_1 x_1', S_(t+1) = L S_t
                        + (1 - L) x_t x_t', the result is S_(n+1) (RiskMetrics
                        1996)
  ledoit_wolf           towards m I (2004): S with ddof 0, m = tr S / p,
                        d2 = |S - m I|^2 / p, b2 = min(d2, sum_k
                        |x_k x_k' - S|^2 / (n^2 p)), shrinkage b2 / d2
  constant_correlation  Ledoit and Wolf, "Honey, I shrunk the sample covariance
                        matrix" (2003), appendix B: S with ddof 0, as the
                        divisors T of the paper and its first covCor.m;
                        target f_ij = r sqrt(s_ii s_jj), r the mean
                        correlation; shrinkage max(0, min(1, (pi - rho)
                        / (gamma T)))

Where the target equals S (gamma or d2 is 0: one asset, two assets under
constant correlation, nothing but constants) the shrinkage is 0.  A constant
column has no correlation: its pairs are left out of the mean, its targets
are 0.

The first three are rational and exact, the last has 60 digits.
"""

from fractions import Fraction

from mpmath import mp, mpf

from exact_matrix import fractions, rounded_matrix, transpose
from tail_risk_figures import TINY, real, rounded
from tail_risk_series import Generator, text_of


def centred(returns):
    n = len(returns)
    columns = transpose(returns)
    means = [sum(column) / n for column in columns]
    return [[x - mu for x, mu in zip(row, means)] for row in returns]


def second_moments(rows, divisor):
    columns = transpose(rows)
    return [[sum(x * y for x, y in zip(a, b)) / divisor for b in columns]
            for a in columns]


def blend(weight, target, base):
    return [[weight * f + (1 - weight) * s for f, s in zip(fs, ss)]
            for fs, ss in zip(target, base)]


def sample(returns, _):
    return second_moments(centred(returns), len(returns) - 1), None


def ewma(returns, decay):
    def outer(x):
        return [[a * b for b in x] for a in x]

    state = outer(returns[0])
    for x in returns:
        state = blend(decay, state, outer(x))
    return state, None


def squared_distance(a, b):
    return sum((x - y) ** 2 for r, q in zip(a, b) for x, y in zip(r, q))


def ledoit_wolf(returns, _):
    n, p = len(returns), len(returns[0])
    rows = centred(returns)
    s = second_moments(rows, n)
    m = sum(s[i][i] for i in range(p)) / p
    target = [[m if i == j else Fraction(0) for j in range(p)]
              for i in range(p)]
    d2 = squared_distance(s, target) / p
    if d2 == 0:
        return s, Fraction(0)
    b2 = sum(squared_distance([[a * b for b in x] for a in x], s)
             for x in rows) / (n * n * p)
    weight = min(d2, b2) / d2
    return blend(weight, target, s), weight


def mean_correlation(s):
    p = len(s)
    pairs = [real(s[i][j]) / mp.sqrt(real(s[i][i] * s[j][j]))
             for i in range(p) for j in range(i + 1, p)
             if s[i][i] and s[j][j]]
    return sum(pairs) / len(pairs) if pairs else mpf(0)


def covariation(rows, s, first, second):
    """The mean of (x_a x_b - s_ab)(x_c x_d - s_cd)."""
    a, b = first
    c, d = second
    return sum((x[a] * x[b] - s[a][b]) * (x[c] * x[d] - s[c][d])
               for x in rows) / len(rows)


def constant_correlation(returns, _):
    n, p = len(returns), len(returns[0])
    rows = centred(returns)
    s = second_moments(rows, n)
    r = mean_correlation(s)
    target = [[real(s[i][i]) if i == j
               else r * mp.sqrt(real(s[i][i] * s[j][j])) for j in range(p)]
              for i in range(p)]
    base = [[real(x) for x in row] for row in s]
    gamma = squared_distance(target, base)
    size = sum(base[i][i] for i in range(p))
    if gamma <= TINY * size ** 2:
        return s, Fraction(0)
    pi = sum(covariation(rows, s, (i, j), (i, j))
             for i in range(p) for j in range(p))
    rho = real(sum(covariation(rows, s, (i, i), (i, i)) for i in range(p)))
    for i in range(p):
        for j in range(p):
            if i != j and s[i][i] and s[j][j]:
                theta = covariation(rows, s, (i, i), (i, j))
                rho += r * mp.sqrt(real(s[j][j] / s[i][i])) * real(theta)
    kappa = (real(pi) - rho) / gamma
    weight = max(mpf(0), min(mpf(1), kappa / n))
    if weight == 0:
        return s, Fraction(0)
    result = blend(weight, target, base)
    for i in range(p):
        result[i][i] = s[i][i]      # of target and base alike, and exact
    return result, weight


METHODS = {
    "sample": sample,
    "ewma": ewma,
    "ledoit_wolf": ledoit_wolf,
    "constant_correlation": constant_correlation,
}


# Returns in millionths

def common_factor(seed, days, assets, noise=3000):
    """A common move with a loading of each asset, and noise."""
    generator = Generator(seed)
    loadings = [400 + generator.below(1200) for _ in range(assets)]
    rows = []
    for _ in range(days):
        market = generator.bell(2500)
        rows.append([text_of(market * b // 1000 + generator.bell(noise))
                     for b in loadings])
    return rows


def with_constant(rows, column, value):
    return [[value if j == column else x for j, x in enumerate(row)]
            for row in rows]


def scaled(rows, factor):
    return [[format_exact(Fraction(x) * factor) for x in row] for row in rows]


def format_exact(value):
    """A decimal fraction as text, with all its digits."""
    digits = 0
    while (value * 10 ** digits).denominator != 1:
        digits += 1
    units = abs(value * 10 ** digits).numerator
    sign = "-" if value < 0 else ""
    text = f"{units:0{digits + 1}d}"
    return sign + (text[:-digits] + "." + text[-digits:] if digits else text)


def case_inputs():
    """(name, returns, method, lambda)."""
    sets = {
        "one_asset_20": common_factor(31, 20, 1),
        "two_assets_2_days": common_factor(32, 2, 2),
        "two_assets_60": common_factor(33, 60, 2),
        "three_assets_30": common_factor(34, 30, 3),
        "five_assets_120": common_factor(35, 120, 5),
        "eight_assets_5_days": common_factor(36, 5, 8),
        "constant_column": with_constant(common_factor(37, 40, 4), 2,
                                         "0.000100"),
        "all_constant": [["0.001", "-0.002", "0"]] * 6,
    }
    for name, returns in sets.items():
        for method in METHODS:
            yield name, returns, method, "0.94"
    generator = Generator(40)
    independent = [[text_of(generator.bell(3000)) for _ in range(6)]
                   for _ in range(25)]
    for method in ("ledoit_wolf", "constant_correlation"):
        yield "six_independent_25", independent, method, "0.94"
    opposite = [[a, format_exact(-Fraction(a)), b] for a, b in
                common_factor(38, 15, 2)]
    for method in METHODS:
        yield "opposite_columns", opposite, method, "0.94"
    yield "eight_assets_2_days", common_factor(39, 2, 8), \
        "constant_correlation", "0.94"
    yield "eight_assets_2_days", common_factor(39, 2, 8), "ledoit_wolf", "0.94"
    yield "eight_assets_120", common_factor(41, 120, 8), \
        "constant_correlation", "0.94"
    yield "tiny_returns", scaled(common_factor(42, 30, 3),
                                 Fraction(1, 100)), "ledoit_wolf", "0.94"
    yield "money", scaled(common_factor(43, 30, 3), 10**6), "ledoit_wolf", \
        "0.94"
    yield "money", scaled(common_factor(43, 30, 3), 10**6), \
        "constant_correlation", "0.94"
    for decay in ("0.97", "0.5"):
        yield "five_assets_120", sets["five_assets_120"], "ewma", decay
    yield "one_day", [["0.01", "-0.02"]], "ewma", "0.94"
    yield "large_mean", [[format_exact(Fraction(x) + 10**6) for x in row]
                         for row in common_factor(44, 20, 3)], "sample", "0.94"


def covariance_cases():
    cases = []
    for name, returns, method, decay in case_inputs():
        matrix, weight = METHODS[method](fractions(returns), Fraction(decay))
        cases.append({"name": f"{name}_{method}"
                      + (f"_{decay}" if method == "ewma" else ""),
                      "returns": returns, "method": method, "lambda": decay,
                      "matrix": rounded_matrix(matrix),
                      "shrinkage": rounded(weight)})
    return cases
