# SPDX-License-Identifier: PostgreSQL
"""Back-tests of expected shortfall, for risk_model_cases.py (Acerbi and
Szekely 2014).

losses, var and es are positive losses, one a day, forecast before the day;
alpha = 1 - level; an exception is loss > var, strictly; P&L = -loss.
  z1 = 1 + mean over the exceptions of P&L / ES, null without any
  z2 = 1 + sum over the exceptions of P&L / ES / (n alpha)
Both are 0 on average if the model is right and negative if ES is too small.
All is rational.
"""

from fractions import Fraction

from tail_risk_figures import rounded
from tail_risk_series import Generator


def statistics(losses, var, es, level):
    days = [tuple(map(Fraction, day)) for day in zip(losses, var, es)]
    ratios = [-loss / shortfall for loss, limit, shortfall in days
              if loss > limit]
    expected = len(days) * (1 - Fraction(level))
    z1 = 1 + sum(ratios) / len(ratios) if ratios else None
    return z1, 1 + sum(ratios) / expected


def cents(value):
    sign = "-" if value < 0 else ""
    return f"{sign}{abs(value) // 100}.{abs(value) % 100:02d}"


def simulated(seed, count, var, ratio, drift=0):
    """Nearly normal losses of deviation 100; es = ratio var / 100; the
    forecasts move by up to drift percent."""
    generator = Generator(seed)
    losses, limits, shortfalls = [], [], []
    for _ in range(count):
        losses.append(cents(generator.bell(5000)))
        limit = var + var * generator.uniform(drift) // 100
        limits.append(cents(limit))
        shortfalls.append(cents(limit * ratio // 100))
    return losses, limits, shortfalls


def case_inputs():
    """(name, (losses, var, es), level)."""
    yield "right_model_250", simulated(121, 250, 19600, 119), "0.975"
    yield "right_model_500_moving", simulated(122, 500, 19600, 119, 20), \
        "0.975"
    yield "too_small_250", simulated(123, 250, 13000, 119, 10), "0.975"
    yield "too_large_250", simulated(124, 250, 24000, 125), "0.975"
    yield "no_exception", simulated(125, 30, 90000, 110), "0.975"
    yield "level_99", simulated(126, 250, 18000, 115, 5), "0.99"
    yield "level_95", simulated(127, 100, 16450, 125), "0.95"
    yield "touching_is_none", (["10.00", "10.01", "9.99", "-50.00"],
                               ["10.00"] * 4, ["12.50"] * 4), "0.75"
    yield "all_exceptions", (["20", "30", "25"], ["10"] * 3,
                             ["12", "15", "20"]), "0.95"
    yield "negative_var", (["-1.00", "-3.00", "0.50"], ["-2.00"] * 3,
                           ["4.00", "4.00", "4.00"]), "0.9"
    yield "one_day_exception", (["15"], ["10"], ["12"]), "0.975"
    yield "one_day_none", (["5"], ["10"], ["12"]), "0.975"


def acerbi_szekely_cases():
    cases = []
    for name, (losses, var, es), level in case_inputs():
        z1, z2 = statistics(losses, var, es, level)
        cases.append({"name": name, "losses": losses, "var": var, "es": es,
                      "level": level, "z1": rounded(z1), "z2": rounded(z2)})
    return cases
