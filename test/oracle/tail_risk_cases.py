# SPDX-License-Identifier: PostgreSQL
"""Expected figures for value at risk, expected shortfall and VaR back-tests.

Writes ../unit/risk/data/tail_risk_cases.json and
../unit/risk/data/var_backtest_cases.json (relative to this file).  Needs
mpmath; rationals stay exact, everything else has 60 digits, and a value that
lies too near a rounding boundary stops the script.

Tail figures, from returns x_1 .. x_n in the given order (oldest first), with
alpha = 1 - level, z = Phi^-1(alpha), loss measures positive:
  historical           sample quantiles of Hyndman and Fan (1996), types 1..9;
                       ES is the exact tail integral (Rockafellar and Uryasev
                       2000), or the mean of x < -VaR (tail "below")
  normal               -(mu + z s) and -mu + s phi(z) / alpha, s with ddof 1
  student_t            variance matched, v = 4 + 6 / K or given; K <= 0: normal
  cornish_fisher       expansion to the fourth moment and its integral; null
                       outside the domain in which it rises (Maillard 2012)
  ewma                 RiskMetrics (1996), zero mean
  filtered_historical  Hull and White (1998), Barone-Adesi (1999)
  age_weighted         Boudoukh, Richardson and Whitelaw (1998)
Horizon h: mean * h and deviation * sqrt(h) for normal, student_t,
cornish_fisher and ewma; figure * sqrt(h) for the others.

Back-tests: Kupiec (1995) proportion of failures, Christoffersen (1998)
independence and conditional coverage, zones by the binomial distribution
function, multipliers of the Basel framework MAR99 (250 days, 99 percent).

Figures are rounded half away from zero to 12 decimals.
"""

import json
from fractions import Fraction
from pathlib import Path

from mpmath import mpf

from tail_risk_figures import METHODS, cornish_fisher_factors, rounded, t_quantile
from tail_risk_series import make_series
from var_backtest_figures import back_test_cases, kupiec

DATA = Path(__file__).resolve().parent.parent / "unit" / "risk" / "data"
LEVELS = ("0.9", "0.95", "0.975", "0.99", "0.999")


def case_inputs():
    """(series, method, options, levels)."""
    for kind in range(1, 10):
        yield "ten", "historical", {"quantile_type": kind}, ("0.9", "0.95")
        yield "sixty", "historical", {"quantile_type": kind}, ("0.975",)
        yield "fat_250", "historical", {"quantile_type": kind}, ("0.99",)
    yield "ten", "historical", {"quantile_type": 3}, ("0.999",)
    yield "sixty", "historical", {"quantile_type": 2}, ("0.95",)
    yield "fat_250", "historical", {}, LEVELS
    yield "gains_10", "historical", {}, ("0.9", "0.99")
    below = {"tail": "below"}
    yield "fat_250", "historical", below, LEVELS
    yield "ten", "historical", below, ("0.9", "0.999")
    yield "ten", "historical", {"quantile_type": 1, **below}, ("0.9", "0.95")
    yield "sixty", "historical", {"quantile_type": 6, **below}, ("0.95",)
    yield "constant_10", "historical", below, ("0.95",)
    yield "one", "historical", below, ("0.99",)
    yield "sixty", "historical", {"horizon": 10}, ("0.95", "0.99")
    yield "fat_250", "historical", {"horizon": 5, **below}, ("0.99",)

    for name in ("constant_10", "constant_loss_10", "zero_3", "one", "two"):
        for method in METHODS:
            yield name, method, {}, ("0.95",)
    yield "one_zero", "filtered_historical", {}, ("0.95",)
    yield "one_zero", "ewma", {}, ("0.95",)

    yield "fat_250", "normal", {}, LEVELS
    yield "gains_10", "normal", {}, ("0.9",)
    yield "crash_60", "normal", {}, ("0.99",)
    yield "sixty", "normal", {"horizon": 10}, ("0.99",)

    yield "fat_250", "student_t", {}, LEVELS
    yield "flat_60", "student_t", {}, ("0.95", "0.99")
    yield "crash_60", "student_t", {}, ("0.975",)
    yield "fat_250", "student_t", {"horizon": 10}, ("0.99",)
    for v in ("2.5", "3", "5", "30"):
        yield "sixty", "student_t", {"degrees_of_freedom": v}, ("0.99",)
    yield "flat_60", "student_t", {"degrees_of_freedom": "6"}, ("0.999",)
    yield ("ten", "student_t", {"degrees_of_freedom": "4", "horizon": 3},
           ("0.9",))
    yield "constant_10", "student_t", {"degrees_of_freedom": "5"}, ("0.99",)
    yield "one", "student_t", {"degrees_of_freedom": "5"}, ("0.99",)

    yield "fat_250", "cornish_fisher", {}, LEVELS
    yield "fat_250", "cornish_fisher", {"ddof": 0}, ("0.95", "0.99")
    yield "fat_250", "cornish_fisher", {"horizon": 10}, ("0.99",)
    yield ("fat_250", "cornish_fisher", {"ddof": 0, "horizon": 2}, ("0.975",))
    yield "sixty", "cornish_fisher", {}, ("0.95",)
    yield "zero_first_60", "cornish_fisher", {}, ("0.95",)
    yield "flat_60", "cornish_fisher", {}, ("0.99",)
    yield "crash_60", "cornish_fisher", {}, ("0.95", "0.99")
    yield "one", "cornish_fisher", {"ddof": 0}, ("0.95",)

    window = {"init": "window"}
    yield "fat_250", "ewma", {}, LEVELS
    yield "fat_250", "ewma", window, ("0.95", "0.99")
    yield "ten", "ewma", {"lambda": "0.97"}, ("0.95",)
    yield "ten", "ewma", {"lambda": "0.5", **window}, ("0.95",)
    yield "zero_first_60", "ewma", {}, ("0.99",)
    yield "zeros_first_10", "ewma", window, ("0.99",)
    yield "crash_60", "ewma", {"horizon": 10}, ("0.99",)
    yield "two", "ewma", window, ("0.9",)
    yield "one", "ewma", window, ("0.9",)

    yield "fat_250", "filtered_historical", {}, LEVELS
    yield "fat_250", "filtered_historical", below, ("0.95", "0.99")
    for kind in (1, 2, 3, 6, 8):
        yield ("sixty", "filtered_historical", {"quantile_type": kind},
               ("0.95",))
    yield "zero_first_60", "filtered_historical", {}, ("0.95", "0.99")
    yield "zeros_first_10", "filtered_historical", {}, ("0.9",)
    yield ("zeros_first_10", "filtered_historical",
           {"quantile_type": 1, **below}, ("0.9",))
    yield "crash_60", "filtered_historical", {"lambda": "0.9"}, ("0.975",)
    yield "sixty", "filtered_historical", {"horizon": 10}, ("0.99",)
    yield "constant_10", "filtered_historical", below, ("0.95",)

    yield "fat_250", "age_weighted", {}, LEVELS
    yield "ten", "age_weighted", {}, ("0.9", "0.95")
    yield "ten", "age_weighted", {"lambda": "0.5"}, ("0.9", "0.975")
    yield "sixty", "age_weighted", {"lambda": "0.995"}, ("0.95",)
    yield "zero_first_60", "age_weighted", {}, ("0.975",)
    yield "crash_60", "age_weighted", {}, ("0.99",)
    yield "sixty", "age_weighted", {"horizon": 10}, ("0.95",)


def tail_risk_cases():
    series = make_series()
    cases = []
    for name, method, options, levels in case_inputs():
        xs = [Fraction(x) for x in series[name]]
        for level in levels:
            var, es = METHODS[method](xs, 1 - Fraction(level), options)
            cases.append({"series": name, "method": method,
                          "options": options, "level": level,
                          "var": rounded(var), "es": rounded(es)})
    return {"series": series, "cases": cases}


def self_check():
    """Published or hand-checked values."""
    def near(value, expected, digits):
        if abs(value - mpf(expected)) > mpf(10) ** -digits:
            raise ArithmeticError(f"{value} is not {expected}")

    near(kupiec(1043, 57, Fraction("0.05")), "0.461466", 6)
    near(kupiec(250, 0, Fraction("0.01")), "5.025168", 6)
    w, tail = cornish_fisher_factors(mpf("-0.4"), mpf("1.2"),
                                     Fraction("0.01"))
    near(-w, "2.8408054043", 10)
    near(tail, "3.5501274303", 10)
    near(t_quantile(Fraction("0.01"), mpf(5)), "-3.364930", 6)


def lines(items):
    return "[\n" + ",\n".join(json.dumps(item) for item in items) + "\n]"


def main():
    self_check()
    DATA.mkdir(parents=True, exist_ok=True)
    tail = tail_risk_cases()
    series = ",\n".join(f"{json.dumps(name)}: {json.dumps(values)}"
                        for name, values in tail["series"].items())
    (DATA / "tail_risk_cases.json").write_text(
        '{"series": {\n' + series + '\n},\n"cases": '
        + lines(tail["cases"]) + "}\n", encoding="utf-8")
    (DATA / "var_backtest_cases.json").write_text(
        lines(back_test_cases()) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
