# SPDX-License-Identifier: PostgreSQL
"""Value at risk and expected shortfall by each method, for tail_risk_cases.py."""

from fractions import Fraction
from math import ceil, floor

from mpmath import mp, mpf

mp.dps = 60

PLACES = 12
TINY = mpf(10) ** -45   # far above the error of 60 digits, far below any datum


# Numbers

def real(value):
    """A rational as a 60-digit number; other numbers as they are."""
    if isinstance(value, Fraction):
        return mpf(value.numerator) / value.denominator
    return mpf(value)


def rounded(value):
    """Half away from zero to 12 decimals, as text; None stays None."""
    if value is None:
        return None
    scale = 10 ** PLACES
    if isinstance(value, (int, Fraction)):
        units = floor(abs(Fraction(value)) * scale + Fraction(1, 2))
    else:
        scaled = abs(value) * scale + mpf("0.5")
        units = int(mp.floor(scaled))
        if abs(scaled - mp.nint(scaled)) < mpf(10) ** -30:
            raise ValueError(f"too near a rounding boundary: {value}")
    sign = "-" if value < 0 and units else ""
    return f"{sign}{units // scale}.{units % scale:0{PLACES}d}"


def times_root(value, horizon):
    """value * sqrt(horizon), exact for horizon 1."""
    if value is None or horizon == 1:
        return value
    return real(value) * mp.sqrt(horizon)


# Distributions

def normal_density(x):
    return mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi)


def normal_quantile(p):
    return -mp.sqrt(2) * mp.erfinv(1 - 2 * real(p))


def t_density(x, v):
    log_factor = mp.loggamma((v + 1) / 2) - mp.loggamma(v / 2)
    return (mp.exp(log_factor) / mp.sqrt(v * mp.pi)
            * (1 + x * x / v) ** (-(v + 1) / 2))


def t_quantile(p, v):
    """Newton's method for p < 1/2, from the normal quantile, which lies to
    the right: the distribution function is convex there, so it converges."""
    p = real(p)
    x = normal_quantile(p)
    for _ in range(200):
        below = mp.betainc(v / 2, mpf(1) / 2, 0, v / (v + x * x),
                           regularized=True) / 2
        step = (below - p) / t_density(x, v)
        x -= step
        if abs(step) < mpf(10) ** -52:
            return x
    raise ArithmeticError("the quantile of t did not converge")


# Moments

def mean(xs):
    return sum(xs, Fraction(0)) / len(xs)


def central(xs, power):
    mu = mean(xs)
    return sum(((x - mu) ** power for x in xs), Fraction(0)) / len(xs)


def deviation(xs, ddof):
    n = len(xs)
    return mp.sqrt(real(central(xs, 2) * n / (n - ddof)))


def excess_kurtosis(xs):
    return central(xs, 4) / central(xs, 2) ** 2 - 3


# Historical

def blend(xs, weight):
    """xs[0] + weight (xs[1] - xs[0]), rational or real."""
    low, high = xs
    if weight == 0 or low == high:
        return low
    if isinstance(low, Fraction):
        return low + weight * (high - low)
    return low + real(weight) * (high - low)


def quantile(ordered, p, kind):
    n = len(ordered)
    np = n * p

    def at(k):
        return ordered[min(max(k, 1), n) - 1]

    if kind == 1:
        return at(ceil(np))
    if kind == 2:
        if np.denominator == 1:
            return blend((at(int(np)), at(int(np) + 1)), Fraction(1, 2))
        return at(ceil(np))
    if kind == 3:
        return at(round(np))      # of a Fraction: ties to even
    h = {
        4: np,
        5: np + Fraction(1, 2),
        6: (n + 1) * p,
        7: (n - 1) * p + 1,
        8: (n + Fraction(1, 3)) * p + Fraction(1, 3),
        9: (n + Fraction(1, 4)) * p + Fraction(3, 8),
    }[kind]
    h = min(max(h, Fraction(1)), Fraction(n))
    j = floor(h)
    return blend((at(j), at(j + 1)), h - j)


def historical_figures(xs, alpha, options):
    """(VaR, ES) of one period; xs are rationals or reals."""
    exact = isinstance(xs[0], Fraction)
    ordered = sorted(xs)
    n = len(ordered)
    q = quantile(ordered, alpha, options.get("quantile_type", 7))
    if options.get("tail", "integral") == "below":
        slack = 0 if exact else TINY
        tail = [x for x in ordered if x < q - slack]
        return -q, (-sum(tail) / len(tail) if tail else None)
    k = ceil(alpha * n)
    share = alpha * n - k + 1
    size = alpha * n
    if not exact:
        share, size = real(share), real(size)
    return -q, -(sum(ordered[:k - 1]) + share * ordered[k - 1]) / size


def historical(xs, alpha, options):
    horizon = options.get("horizon", 1)
    var, es = historical_figures(xs, alpha, options)
    return times_root(var, horizon), times_root(es, horizon)


# Parametric

def scaled_moments(xs, ddof, options):
    horizon = options.get("horizon", 1)
    return (real(mean(xs) * horizon),
            deviation(xs, ddof) * mp.sqrt(horizon))


def normal(xs, alpha, options):
    if len(xs) < 2:
        return None, None
    mu, s = scaled_moments(xs, 1, options)
    z = normal_quantile(alpha)
    return -(mu + z * s), -mu + s * normal_density(z) / real(alpha)


def student_t(xs, alpha, options):
    if len(xs) < 2:
        return None, None
    if "degrees_of_freedom" in options:
        v = Fraction(options["degrees_of_freedom"])
    elif central(xs, 2) == 0 or excess_kurtosis(xs) <= 0:
        return normal(xs, alpha, options)
    else:
        v = 4 + 6 / excess_kurtosis(xs)
    v = real(v)
    mu, s = scaled_moments(xs, 1, options)
    t = t_quantile(alpha, v)
    scale = s * mp.sqrt((v - 2) / v)
    var = -(mu + scale * t)
    es = -mu + scale * t_density(t, v) / real(alpha) * (v + t * t) / (v - 1)
    return var, es


def cornish_fisher_factors(skew, kurt, alpha):
    """(w, integral factor) of the standardised expansion."""
    z = normal_quantile(alpha)
    w = (z + (z ** 2 - 1) * skew / 6 + (z ** 3 - 3 * z) * kurt / 24
         - (2 * z ** 3 - 5 * z) * skew ** 2 / 36)
    tail = (normal_density(z) / real(alpha)
            * (1 + z * skew / 6 + (z ** 2 - 1) * kurt / 24
               - (2 * z ** 2 - 1) * skew ** 2 / 36))
    return w, tail


def cornish_fisher_rises(skew_squared, kurt):
    """a z^2 + b z + c >= 0 for every z, all in rationals."""
    a = kurt / 8 - skew_squared / 6
    b_squared = skew_squared / 9
    c = 1 - kurt / 8 + 5 * skew_squared / 36
    return a >= 0 and c > 0 and b_squared <= 4 * a * c


def cornish_fisher(xs, alpha, options):
    if len(xs) < 2 or central(xs, 2) == 0:
        return None, None
    kurt = excess_kurtosis(xs)
    skew_squared = central(xs, 3) ** 2 / central(xs, 2) ** 3
    if not cornish_fisher_rises(skew_squared, kurt):
        return None, None
    skew = real(central(xs, 3)) / mp.sqrt(real(central(xs, 2) ** 3))
    mu, s = scaled_moments(xs, options.get("ddof", 1), options)
    w, tail = cornish_fisher_factors(skew, real(kurt), alpha)
    return -(mu + s * w), -mu + s * tail


# Exponential weights

def variance_forecasts(xs, decay):
    """s2_1 .. s2_(n+1): the variance forecast before each return and the
    one after the last."""
    forecasts = [xs[0] ** 2]
    for x in xs:
        forecasts.append(decay * forecasts[-1] + (1 - decay) * x ** 2)
    return forecasts


def ewma(xs, alpha, options):
    decay = Fraction(options.get("lambda", "0.94"))
    if options.get("init", "recursive") == "window":
        total = sum(decay ** i * x ** 2 for i, x in enumerate(reversed(xs)))
        variance = (1 - decay) * total / (1 - decay ** len(xs))
    else:
        variance = variance_forecasts(xs, decay)[-1]
    s = mp.sqrt(real(variance)) * mp.sqrt(options.get("horizon", 1))
    z = normal_quantile(alpha)
    return -z * s, s * normal_density(z) / real(alpha)


def filtered_historical(xs, alpha, options):
    decay = Fraction(options.get("lambda", "0.94"))
    forecasts = variance_forecasts(xs, decay)
    values = [real(x) * mp.sqrt(real(forecasts[-1] / s2))
              for x, s2 in zip(xs, forecasts) if s2 != 0]
    if not values:
        return None, None
    return historical(values, alpha, options)


def age_weighted(xs, alpha, options):
    decay = Fraction(options.get("lambda", "0.98"))
    n = len(xs)
    unit = (1 - decay) / (1 - decay ** n)
    weighted = sorted((x, decay ** (n - 1 - i) * unit)
                      for i, x in enumerate(xs))
    before = Fraction(0)
    total = Fraction(0)
    for x, weight in weighted:
        if before + weight >= alpha:
            break
        before += weight
        total += weight * x
    horizon = options.get("horizon", 1)
    es = -(total + (alpha - before) * x) / alpha
    return times_root(-x, horizon), times_root(es, horizon)


METHODS = {
    "historical": historical,
    "normal": normal,
    "student_t": student_t,
    "cornish_fisher": cornish_fisher,
    "ewma": ewma,
    "filtered_historical": filtered_historical,
    "age_weighted": age_weighted,
}


# Series: whole millionths from a linear congruential generator
