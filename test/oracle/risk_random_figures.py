# SPDX-License-Identifier: PostgreSQL
"""Figures of returns in decimals of 120 digits, from the formulas alone, for risk_compare.py.

Sums of decimals are exact in 120 digits, so a sample is constant only where it is; what comes
from quotients is taken as equal within TINY. None stands for NULL.
"""
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal, getcontext
from functools import lru_cache

from mpmath import mp, mpf

getcontext().prec = 120
getcontext().Emin, getcontext().Emax = -999999999, 999999999
mp.dps = 75
TINY = Decimal("1e-75")
ZERO, ONE, HALF = Decimal(0), Decimal(1), Decimal("0.5")
YEAR_DAYS = Decimal("365.25")


def rounded(value, digits):
    """Half away from zero; what lies within TINY of a half counts as the half."""
    if value is None:
        return None
    return (value + TINY.copy_sign(value)).quantize(ONE.scaleb(-digits), ROUND_HALF_UP)


def to_decimal(number):
    return Decimal(mp.nstr(number, 75))


def to_mpf(number):
    return mpf(str(number))


def over(numerator, denominator):
    """A quotient, NULL for a denominator of 0."""
    return None if denominator is None or numerator is None or abs(denominator) < TINY \
        else numerator / denominator


def mean(values):
    return sum(values, ZERO) / len(values)


def constant(values):
    return max(values) - min(values) < TINY


class Moments:
    """Mean and central moments of a sample."""

    def __init__(self, values):
        self.n, self.mean = len(values), mean(values)
        squares = [(value - self.mean) ** 2 for value in values]
        self.constant = constant(values)
        self.m2 = ZERO if self.constant else mean(squares)
        self.m3 = mean([square * (value - self.mean) for square, value in zip(squares, values)])
        self.m4 = mean([square * square for square in squares])
        self.skewness = None if self.constant else self.m3 / (self.m2 * self.m2.sqrt())
        self.kurtosis = None if self.constant else self.m4 / self.m2 ** 2 - 3

    def deviation(self, ddof=1):
        return None if self.n <= ddof else (self.m2 * self.n / (self.n - ddof)).sqrt()


# Distributions

@lru_cache(None)
def normal_quantile(p):
    with mp.workdps(110):
        return Decimal(mp.nstr(-mp.sqrt(2) * mp.erfinv(1 - 2 * to_mpf(p)), 110))


@lru_cache(None)
def normal_density(x):
    with mp.workdps(110):
        x = to_mpf(x)
        return Decimal(mp.nstr(mp.exp(-x * x / 2) / mp.sqrt(2 * mp.pi), 110))


def normal_probability(x):
    return to_decimal(mp.ncdf(to_mpf(x)))


def t_density(x, v):
    return (mp.exp(mp.loggamma((v + 1) / 2) - mp.loggamma(v / 2)) / mp.sqrt(v * mp.pi)
            * (1 + x * x / v) ** (-(v + 1) / 2))


@lru_cache(4096)
def t_quantile(p, v):
    """The quantile for p < 1/2 and its density, by Newton's steps from the right."""
    x, digits = to_mpf(normal_quantile(p)), 20
    while True:
        with mp.workdps(digits + 5):
            target, freedom = to_mpf(p), to_mpf(v)
            below = mp.betainc(freedom / 2, HALF_MPF, 0, freedom / (freedom + x * x),
                               regularized=True) / 2
            step = (below - target) / t_density(x, freedom)
            x -= step
        if abs(step) < abs(x) * mpf(10) ** (-digits // 2 - 2):
            if digits >= 70:
                return to_decimal(x), to_decimal(t_density(x, to_mpf(v)))
            digits = min(70, 2 * digits)


HALF_MPF = mpf(1) / 2


# Historical figures

def whole(value, mode):
    return int(value.to_integral_value(mode))


def quantile(ordered, p, kind=7):
    n = len(ordered)
    share = n * p
    def at(k):
        return ordered[min(max(k, 1), n) - 1]
    if kind == 2 and share == share.to_integral_value():
        return (at(int(share)) + at(int(share) + 1)) / 2
    if kind <= 2:
        return at(whole(share, ROUND_CEILING))
    if kind == 3:
        return at(whole(share, ROUND_HALF_EVEN))
    # Positions times 12, so that thirds and eighths of the types 8 and 9 stay whole.
    place = {4: 24 * share, 5: 24 * share + 12, 6: 24 * (share + p), 7: 24 * (share - p + 1),
             8: 24 * share + 8 * p + 8, 9: 24 * share + 6 * p + 9}[kind]
    place = min(max(place, Decimal(24)), Decimal(24 * n))
    below = whole(place / 24, ROUND_FLOOR)
    return at(below) + (place - 24 * below) * (at(below + 1) - at(below)) / 24


def tail_mean(ordered, p):
    """Mean of exactly the lowest share p, the value at the boundary with its part."""
    size = len(ordered) * p
    k = whole(size, ROUND_CEILING)
    return (sum(ordered[:k - 1], ZERO) + (size - k + 1) * ordered[k - 1]) / size


def historical(values, a, options):
    if not values:
        return None, None
    ordered = sorted(values)
    cut = quantile(ordered, a, options.get("quantile_type", 7))
    if options.get("tail") != "below":
        return -cut, -tail_mean(ordered, a)
    tail = [value for value in ordered if value < cut - TINY]
    return -cut, -mean(tail) if tail else None


# The other methods: (value at risk, shortfall) of one period, or of h by `root` and `times`

def by_normal(values, a, options, times, root):
    if len(values) < 2:
        return None, None
    moments, z = Moments(values), normal_quantile(a)
    mu, s = moments.mean * times, moments.deviation() * root
    return -(mu + z * s), -mu + s * normal_density(z) / a


def by_student_t(values, a, options, times, root):
    if len(values) < 2:
        return None, None
    moments = Moments(values)
    v = options.get("degrees_of_freedom")
    if v is None:
        if moments.constant or moments.kurtosis <= 0:
            return by_normal(values, a, options, times, root)
        v = 4 + 6 / moments.kurtosis
    v = Decimal(v)
    t, density = t_quantile(a, v)
    mu, s = moments.mean * times, moments.deviation() * root * ((v - 2) / v).sqrt()
    return -(mu + s * t), -mu + s * density / a * (v + t * t) / (v - 1)


def by_cornish_fisher(values, a, options, times, root):
    if len(values) < 2 or constant(values):
        return None, None
    moments, z = Moments(values), normal_quantile(a)
    skew, kurt = moments.skewness, moments.kurtosis
    bend, tilt = kurt / 8 - skew ** 2 / 6, skew / 3
    level = 1 - kurt / 8 + 5 * skew ** 2 / 36
    if bend < 0 or level <= 0 or tilt ** 2 > 4 * bend * level:
        return None, None
    w = (z + (z ** 2 - 1) * skew / 6 + (z ** 3 - 3 * z) * kurt / 24
         - (2 * z ** 3 - 5 * z) * skew ** 2 / 36)
    tail = 1 + z * skew / 6 + (z ** 2 - 1) * kurt / 24 - (2 * z ** 2 - 1) * skew ** 2 / 36
    mu, s = moments.mean * times, moments.deviation(options.get("ddof", 1)) * root
    return -(mu + s * w), -mu + s * normal_density(z) / a * tail


def variances(values, decay):
    """Those expected before each value, and the one after the last."""
    found = [values[0] ** 2]
    for value in values:
        found.append(decay * found[-1] + (1 - decay) * value ** 2)
    return found


def by_ewma(values, a, options, times, root):
    decay = Decimal(options.get("lambda", "0.94"))
    if options.get("init") == "window":
        total = ZERO
        for value in values:
            total = total * decay + value ** 2
        variance = (1 - decay) * total / (1 - decay ** len(values))
    else:
        variance = variances(values, decay)[-1]
    s, z = variance.sqrt() * root, normal_quantile(a)
    return -z * s, s * normal_density(z) / a


def by_filter(values, a, options, times, root):
    expected = variances(values, Decimal(options.get("lambda", "0.94")))
    last = expected[-1].sqrt()
    scaled = [value * last / variance.sqrt() for value, variance in zip(values, expected)
              if variance]
    return grown(historical(scaled, a, options), root)


def by_age(values, a, options, times, root):
    decay, n = Decimal(options.get("lambda", "0.98")), len(values)
    unit = (1 - decay) / (1 - decay ** n)
    total = reached = ZERO
    for value, index in sorted(zip(values, range(n))):
        weight = unit * decay ** (n - 1 - index)
        if reached + weight >= a - TINY:
            break
        reached += weight
        total += weight * value
    return grown((-value, -(total + (a - reached) * value) / a), root)


def by_history(values, a, options, times, root):
    return grown(historical(values, a, options), root)


def grown(pair, root):
    return tuple(None if figure is None else figure * root for figure in pair)


METHODS = {"historical": by_history, "normal": by_normal, "student_t": by_student_t,
           "cornish_fisher": by_cornish_fisher, "ewma": by_ewma,
           "filtered_historical": by_filter, "age_weighted": by_age}
OVERLAPPING = ("historical", "normal", "student_t", "cornish_fisher")


def compounded(returns, periods):
    """The returns of so many periods each, one for each that begins one."""
    found = []
    for start in range(len(returns) - periods + 1):
        growth = ONE
        for value in returns[start:start + periods]:
            growth *= 1 + value
        found.append(growth - 1)
    return found


def tail_risk(values, level, method, options, horizon):
    """Value at risk and shortfall; for overlapping periods `values` are theirs already."""
    if not values:
        return None, None
    if options.get("horizon_method") == "overlapping":
        horizon = 1
    return METHODS[method](values, 1 - level, options, horizon, Decimal(horizon).sqrt())


# Ratios

def downside(values, periods, target):
    short = mean([min(value - target, ZERO) ** 2 for value in values])
    return (short * periods).sqrt()


def slope_and_means(pairs):
    """(beta, mean r, mean b), beta None where it is not defined."""
    if not pairs:
        return None, None, None
    r_mean, b_mean = (mean(side) for side in zip(*pairs))
    if len(pairs) < 2 or constant([b for _, b in pairs]):
        return None, r_mean, b_mean
    joint = sum(((r - r_mean) * (b - b_mean) for r, b in pairs), ZERO)
    return joint / sum(((b - b_mean) ** 2 for _, b in pairs), ZERO), r_mean, b_mean


def correlation(pairs):
    r_mean, b_mean = (mean(side) for side in zip(*pairs))
    if any(constant(side) for side in zip(*pairs)):
        return None
    joint = sum(((r - r_mean) * (b - b_mean) for r, b in pairs), ZERO)
    sides = [sum(((value - middle) ** 2 for value in side), ZERO)
             for side, middle in zip(zip(*pairs), (r_mean, b_mean))]
    return joint / (sides[0] * sides[1]).sqrt()


def regression(values, columns):
    """(slopes, R^2) of least squares with a constant; slopes None where columns are dependent."""
    centred = [[value - middle for value in side]
               for side in (*columns, values) for middle in [mean(side)]]
    *sides, y = centred
    rows = [[product(side, other) for other in centred] for side in sides]
    for k, row in enumerate(rows):
        if abs(row[k]) < TINY:
            return None, None
        row[:] = [value / row[k] for value in row]
        for other in rows:
            if other is not row:
                other[:] = [value - other[k] * part for value, part in zip(other, row)]
    slopes = [row[-1] for row in rows]
    explained = sum((slope * product(side, y) for slope, side in zip(slopes, sides)), ZERO)
    return slopes, over(explained, product(y, y))


def product(left, right):
    return sum((a * b for a, b in zip(left, right)), ZERO)


# What each position brings to the risk of all: [(value at risk, shortfall)] before rounding

def shares_of_normal(parts, gains, a, root):
    z, whole_one = normal_quantile(a), Moments(gains)
    found = []
    for part in parts:
        middle = mean(part)
        joint = product([x - middle for x in part], [p - whole_one.mean for p in gains])
        lean = joint / (len(gains) - 1) / whole_one.deviation() * root
        found.append((-middle * root ** 2 - z * lean,
                      -middle * root ** 2 + normal_density(z) / a * lean))
    return found


def shares_of_ewma(parts, gains, a, root, options):
    decay, n = Decimal(options.get("lambda", "0.94")), len(gains)
    weights = [(1 - decay) * decay ** (n - 1 - k) for k in range(n)]
    if options.get("init") == "window":
        weights = [weight / (1 - decay ** n) for weight in weights]
    else:
        weights[0] = decay ** (n - 1)  # the recursion begins with the first square in full
    z = normal_quantile(a)
    s = sum((w * p * p for w, p in zip(weights, gains)), ZERO).sqrt()
    leans = [sum((w * x * p for w, x, p in zip(weights, part, gains)), ZERO) / s * root
             for part in parts]
    return [(-z * lean, normal_density(z) / a * lean) for lean in leans]


def shares_of_history(parts, gains, a, root):
    """By type 7 and the exact tail; None where equal gains leave it open which ones count."""
    order, n = sorted(range(len(gains)), key=lambda k: gains[k]), len(gains)
    place, size = (n - 1) * a, n * a
    low, edge = whole(place, ROUND_FLOOR), whole(size, ROUND_CEILING) - 1
    step = place - low
    upper = min(low + 1, n - 1)
    if any(gains[order[k + 1]] - gains[order[k]] < TINY for k in range(min(upper + 2, n - 1))):
        return None
    return [(-(part[order[low]] + step * (part[order[upper]] - part[order[low]])) * root,
             -(sum((part[k] for k in order[:edge]), ZERO)
               + (size - edge) * part[order[edge]]) / size * root) for part in parts]


def falls(points):
    """The drawdown at each point, the first one being the first peak."""
    peak, found = points[0], []
    for point in points:
        peak = max(peak, point)
        found.append((peak - point) / peak)
    return found


def drawdowns(capital, points):
    """Figures of a curve [(day, equity)] that starts from the capital, by their columns."""
    names = ("current_drawdown", "max_drawdown", "average_drawdown",
             "max_drawdown_duration_days", "ulcer_index", "high_water_mark")
    if not points:
        return dict.fromkeys(names)
    depths = falls([capital] + [equity for _, equity in points])[1:]
    since, longest, episodes, under = points[0][0], 0, [], False
    for (day, _), depth in zip(points, depths):
        if depth and under:
            episodes[-1] = max(episodes[-1], depth)
        elif depth:
            episodes.append(depth)
        if depth or under:
            longest = max(longest, (day - since).days)
        if depth == 0:
            since = day
        under = depth > 0
    # The ulcer index reads the last point of each day, against the peak of those and the capital.
    daily = falls([capital, *dict(points).values()])[1:]
    return dict(zip(names, (depths[-1], max(depths), mean(episodes) if episodes else None, longest,
                            mean([depth ** 2 for depth in daily]).sqrt(),
                            max(capital, *(equity for _, equity in points)))))
