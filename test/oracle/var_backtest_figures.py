# SPDX-License-Identifier: PostgreSQL
"""Back-tests of value at risk, for tail_risk_cases.py."""

from fractions import Fraction
from math import comb

from mpmath import mp, mpf

from tail_risk_figures import TINY, real, rounded
from tail_risk_series import Generator


# Back-tests

def log_likelihood(q, misses, hits):
    """misses ln(1 - q) + hits ln q with 0 ln 0 = 0."""
    total = mpf(0)
    if misses:
        total += misses * mp.log(real(1 - q))
    if hits:
        total += hits * mp.log(real(q))
    return total


def share(hits, misses):
    """hits / (hits + misses); an empty row has likelihood 1 at any share."""
    return Fraction(hits, hits + misses) if hits + misses else Fraction(0)


def ratio(restricted, free):
    """-2 (ln L0 - ln L1), which is never negative."""
    value = 2 * (free - restricted)
    if value < -TINY:
        raise ArithmeticError("a likelihood ratio below 0")
    return mpf(0) if value < TINY else value


def chi_square_tail(value, degrees):
    if degrees == 1:
        return mp.erfc(mp.sqrt(value / 2))
    return mp.exp(-value / 2)      # 2 degrees of freedom


def kupiec(n, x, p):
    return ratio(log_likelihood(p, n - x, x),
                 log_likelihood(Fraction(x, n), n - x, x))


def independence(marks):
    pairs = list(zip(marks, marks[1:]))
    n00, n01, n10, n11 = (pairs.count(pair) for pair in
                          ((0, 0), (0, 1), (1, 0), (1, 1)))
    pooled = log_likelihood(share(n01 + n11, n00 + n10), n00 + n10, n01 + n11)
    by_row = (log_likelihood(share(n01, n00), n00, n01)
              + log_likelihood(share(n11, n10), n10, n11))
    return ratio(pooled, by_row)


def zone_of(n, x, p):
    f = sum(comb(n, k) * p ** k * (1 - p) ** (n - k) for k in range(x + 1))
    if f < Fraction("0.95"):
        return "green"
    return "yellow" if f < Fraction("0.9999") else "red"


YELLOW_MULTIPLIERS = {5: "1.70", 6: "1.76", 7: "1.83", 8: "1.88", 9: "1.92"}


def multiplier_of(n, x, level):
    if n != 250 or level != "0.99":
        return None
    if x < 5:
        return "1.50"
    return YELLOW_MULTIPLIERS.get(x, "2.00")


def back_test(losses, forecasts, level):
    marks = [int(Fraction(loss) > Fraction(forecast))
             for loss, forecast in zip(losses, forecasts)]
    n, x, p = len(marks), sum(marks), 1 - Fraction(level)
    pof = kupiec(n, x, p)
    ind = independence(marks)
    return {
        "losses": losses, "forecasts": forecasts, "level": level,
        "exceptions": x,
        "kupiec_lr": rounded(pof),
        "kupiec_p": rounded(chi_square_tail(pof, 1)),
        "independence_lr": rounded(ind),
        "independence_p": rounded(chi_square_tail(ind, 1)),
        "conditional_coverage_lr": rounded(pof + ind),
        "conditional_coverage_p": rounded(chi_square_tail(pof + ind, 2)),
        "zone": zone_of(n, x, p),
        "multiplier": multiplier_of(n, x, level),
    }


def marked(n, hits, seed):
    """Losses and forecasts in cents with exceptions at the given places
    (0-based).  Every seventh other day loses exactly the forecast, which is
    no exception; an exception may exceed it by one cent."""
    g = Generator(seed)
    losses, forecasts = [], []
    for day in range(n):
        forecast = 10000 + g.below(4001)
        if day in hits:
            loss = forecast + 1 + g.below(3000) * (day % 2)
        elif day % 7 == 3:
            loss = forecast
        else:
            loss = forecast - 1 - g.below(24000)
        losses.append(cents(loss))
        forecasts.append(cents(forecast))
    return losses, forecasts


def cents(amount):
    sign = "-" if amount < 0 else ""
    return f"{sign}{abs(amount) // 100}.{abs(amount) % 100:02d}"


def scattered(n, count, seed):
    g = Generator(seed)
    places = set()
    while len(places) < count:
        places.add(g.below(n))
    return places


def back_test_cases():
    inputs = [(250, scattered(250, x, 100 + x), "0.99") for x in range(13)]
    inputs += [
        (250, set(range(120, 127)), "0.99"),          # one cluster
        (250, {0, 249}, "0.99"),                      # first and last day
        (250, set(range(250)), "0.99"),               # x = n, 250 days
        (100, {40, 41, 42, 70, 71}, "0.95"),          # x / n = 1 - level
        (20, set(range(0, 20, 2)), "0.9"),            # alternating
        (21, set(range(1, 21, 2)), "0.9"),            # alternating, 0 first
        (12, set(range(12)), "0.975"),                # x = n
        (30, set(), "0.95"),                          # x = 0
        (10, {9}, "0.9"),                             # only the last day
        (10, {0}, "0.9"),                             # only the first day
        (500, scattered(500, 14, 7), "0.975"),
        (120, scattered(120, 2, 9), "0.999"),
        (250, scattered(250, 9, 10), "0.95"),         # 250 days, other level
        (1, set(), "0.99"),
        (1, {0}, "0.99"),
        (2, {1}, "0.95"),
    ]
    cases = [back_test(*marked(n, hits, seed), level)
             for seed, (n, hits, level) in enumerate(inputs, start=1)]
    # A forecast may be negative (a sure gain).
    cases.append(back_test(["-5", "-4.99", "0", "1.25"],
                           ["-5", "-5", "0.00", "1.24"], "0.9"))
    return cases
