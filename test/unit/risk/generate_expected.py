#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Writes expected.json, what the unit tests of core/risk must find: exact rationals for quantiles,
tails and drawdowns, 120-digit decimals for roots. Nothing here is taken from the code under test.

  python3 generate_expected.py > expected.json
"""
import json
import random
from decimal import Decimal, getcontext, ROUND_HALF_UP
from fractions import Fraction as F
from math import ceil, floor

getcontext().prec = 120
RANDOM = random.Random(20240628)


# ---- rounding and text

def half_away(value, digits):
    scale = 10 ** digits
    magnitude = floor(abs(value) * scale + F(1, 2))
    return F(magnitude if value >= 0 else -magnitude, scale)


def fixed(value, digits):
    """Fixed notation with exactly `digits` decimals."""
    scaled = half_away(value, digits) * 10 ** digits
    text = str(abs(scaled.numerator)).rjust(digits + 1, "0")
    if digits:
        text = text[:-digits] + "." + text[-digits:]
    return ("-" if scaled < 0 else "") + text


def shortest(value, digits):
    """The decimal number itself where it ends within 37 decimals, else rounded to `digits`."""
    rest = value.denominator
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
    if rest != 1:
        return fixed(value, digits)
    places = 0
    while (value * 10 ** places).denominator != 1:
        places += 1
    return fixed(value, places if places <= 37 else digits)


def decimal(value):
    return Decimal(value.numerator) / Decimal(value.denominator)


def rounded(value, digits):
    if value is None:
        return None
    if isinstance(value, F):
        return fixed(value, digits)
    return fixed(F(value), digits)


# ---- quantiles, by the definition with m: j = floor(np + m), g = np + m - j [Hyndman, Fan 1996]

def quantile(data, p, kind):
    x = sorted(data)
    n = len(x)

    def order(rank):
        return x[min(max(rank, 1), n) - 1]

    m = {1: F(0), 2: F(0), 3: F(-1, 2), 4: F(0), 5: F(1, 2), 6: p, 7: 1 - p,
         8: (p + 1) / 3, 9: p / 4 + F(3, 8)}[kind]
    j = floor(n * p + m)
    g = n * p + m - j
    if kind == 1:
        weight = F(1) if g > 0 else F(0)
    elif kind == 2:
        weight = F(1) if g > 0 else F(1, 2)
    elif kind == 3:
        weight = F(0) if g == 0 and j % 2 == 0 else F(1)
    else:
        weight = g
    return (1 - weight) * order(j) + weight * order(j + 1)


def tail_mean(data, p):
    """(1/p) times the integral of the quantile function from 0 to p, step by step."""
    n = len(data)
    total = F(0)
    for k, value in enumerate(sorted(data)):
        total += value * max(F(0), min(F(k + 1, n), p) - F(k, n))
    return total / p


def mean_below(data, p, kind):
    limit = quantile(data, p, kind)
    below = [value for value in data if value < limit]
    return sum(below, F(0)) / len(below) if below else None


def quantile_cases():
    hand = ["-0.1", "-0.07", "-0.05", "-0.04", "-0.01", "0", "0.01", "0.02", "0.03", "0.06"]
    lattice = [str(Decimal((i * 37) % 251 - 125) / 10000) for i in range(1, 251)]
    ties = [str(Decimal(RANDOM.randint(-9, 9)) / 100) for _ in range(37)]
    long_digits = [str(Decimal(RANDOM.randint(-10 ** 30, 10 ** 30)) / 10 ** 30) for _ in range(23)]
    for data in (hand, lattice, ties, long_digits, ["0.02"], ["-0.03", "0.01"]):
        values = [F(text) for text in data]
        cases = []
        for p in ("0.01", "0.025", "0.05", "0.1", "0.25", "0.3", "0.5", "0.9", "0.333333333333"):
            share = F(p)
            scale = max(12, max(len(text.partition(".")[2]) for text in data))
            below = mean_below(values, share, 7)
            cases.append({
                "probability": p,
                "quantiles": [shortest(quantile(values, share, t), scale) for t in range(1, 10)],
                "tail_mean": shortest(tail_mean(values, share), scale),
                "mean_below": None if below is None else shortest(below, scale)})
        yield {"data": RANDOM.sample(data, len(data)), "cases": cases}


# ---- statistics of returns

def statistics(r, a, target):
    n = len(r)
    mean = sum(r, F(0)) / n
    m2, m3, m4 = (sum(((x - mean) ** k for x in r), F(0)) / n for k in (2, 3, 4))
    root_a = decimal(a).sqrt()
    sd = (decimal(m2 * n / (n - 1))).sqrt() if n > 1 else None
    short = sum((min(x - target, F(0)) ** 2 for x in r), F(0)) / n
    gain = sum((max(x - target, F(0)) for x in r), F(0))
    loss = sum((max(target - x, F(0)) for x in r), F(0))
    downside = decimal(short).sqrt() * root_a
    low, high = quantile(r, F("0.05"), 7), quantile(r, F("0.95"), 7)
    return {
        "volatility": None if sd is None else sd * root_a,
        "downside_deviation": downside,
        "sharpe_ratio": None if not sd else decimal(mean) / sd * root_a,
        "sortino_ratio": None if short == 0 else decimal((mean - target) * a) / downside,
        "omega_ratio": None if loss == 0 else gain / loss,
        "skewness": None if m2 == 0 else decimal(m3) / (decimal(m2) * decimal(m2).sqrt()),
        "excess_kurtosis": None if m2 == 0 else m4 / m2 ** 2 - 3,
        "tail_ratio": None if low == 0 else high / abs(low)}


def statistic_cases():
    random_returns = [str(Decimal(RANDOM.gauss(0.0004, 0.012)).quantize(Decimal("0.00000001")))
                      for _ in range(120)]
    samples = [
        (["-0.1", "-0.07", "-0.05", "-0.04", "-0.01", "0", "0.01", "0.02", "0.03", "0.06"], "252", "0"),
        (random_returns, "252", "0.0001"),
        (["0.01", "0.01", "0.01"], "12", "0"),
        (["0.02"], "52", "0.05"),
        (["0.01", "0.02", "0.04"], "365", "0.02"),
        (["-1", "0.5", "12345678901234567890.5"], "252", "0")]
    for data, a, target in samples:
        figures = statistics([F(x) for x in data], F(a), F(target))
        yield {"data": data, "periods_per_year": a, "target": target,
               "expected": {name: rounded(value, 12) for name, value in figures.items()}}


# ---- drawdown: each episode found by looking at the whole curve again

def drawdown(cents):
    peaks = [max(cents[:t + 1]) for t in range(len(cents))]
    depths = [F(p - e, p) for p, e in zip(peaks, cents)]
    episodes, t = [], 1
    while t < len(cents):
        if depths[t] == 0:
            t += 1
            continue
        end = next((u for u in range(t, len(cents)) if cents[u] >= peaks[t]), None)
        stop = len(cents) if end is None else end
        trough = min(range(t, stop), key=lambda u: (cents[u], u))
        last = len(cents) - 1 if end is None else end
        episodes.append({"peak": t - 1, "trough": trough, "recovery": end,
                         "days": last - (t - 1), "depth": fixed(depths[trough], 12)})
        t = stop
    squares = sum((d ** 2 for d in depths[1:]), F(0)) / (len(cents) - 1)
    return {"cents": cents, "episodes": episodes, "max": fixed(max(depths), 12),
            "current": fixed(depths[-1], 12), "high_water_mark": max(cents),
            "max_amount": max(p - e for p, e in zip(peaks, cents)),
            "max_days": max((e["days"] for e in episodes), default=0),
            "ulcer_index": rounded(decimal(squares).sqrt(), 12)}


def drawdown_cases():
    walk, level = [], 1_000_000
    for _ in range(200):
        walk.append(level)
        level += RANDOM.randint(-9_000, 9_300)
    for curve in (walk, [100, 100, 90, 100, 95, 95, 80], [100, 110, 120], [100, 90], [100, 0, -50],
                  [100, 80, 100, 125, 100, 125]):
        yield drawdown(curve)


# ---- historical simulation and the risk of a portfolio

def simulate():
    """Two holdings over 320 days, with a split 3:2, two dividends, and days without a bar."""
    days = 320
    prices = {"LONG": [], "SHORT": []}
    actions = {"LONG": [(200, 3, 2, "0"), (200, 1, 1, "0.125"), (250, 1, 1, "1.234567")],
               "SHORT": [(260, 1, 10, "0")]}
    missing = {"LONG": {150, 151}, "SHORT": {150, 210, 319}}
    level = {"LONG": F(80), "SHORT": F(12)}
    for day in range(days):
        for name in prices:
            level[name] *= 1 + F(RANDOM.randint(-300, 310), 10000)
            for ex_date, to, of, _ in actions[name]:
                if ex_date == day:
                    level[name] *= F(of, to)
            prices[name].append(half_away(level[name], 4))
    quantities = {"LONG": F("1234.5"), "SHORT": F("-310.25")}
    closes = {name: {day: p for day, p in enumerate(series) if day not in missing[name]}
              for name, series in prices.items()}
    return quantities, closes, actions


def total_return(name, before, after, closes, actions):
    shares, cash = F(1), F(0)
    for ex_date, to, of, amount in actions[name]:
        if before < ex_date <= after:
            shares *= F(to, of)
            cash += shares * F(amount)
    return (shares * closes[name][after] + cash) / closes[name][before] - 1


def portfolio_case():
    quantities, closes, actions = simulate()
    cash = F("2500.75")
    joint = sorted(set(closes["LONG"]) & set(closes["SHORT"]))[-251:]
    seen = {day for series in closes.values() for day in series if day >= joint[0]}
    last = {name: closes[name][max(closes[name])] for name in closes}
    exact = {name: quantities[name] * last[name] for name in closes}
    cents = {name: half_away(exact[name], 2) for name in closes}
    value = cash + sum(cents.values())
    pnl = [sum(exact[name] * total_return(name, a, b, closes, actions) for name in closes)
           for a, b in zip(joint, joint[1:])]
    returns = [x / value for x in pnl]
    figures = {}
    for level in ("0.95", "0.99"):
        tail = 1 - F(level)
        var = -quantile(pnl, tail, 7)
        suffix = level[2:]
        figures[f"var_1d_{suffix}"] = rounded(var, 2)
        figures[f"var_10d_{suffix}"] = rounded(decimal(var) * Decimal(10).sqrt(), 2)
        figures[f"expected_shortfall_1d_{suffix}"] = rounded(-tail_mean(pnl, tail), 2)
    moments = statistics(returns, F(252), F(0))
    for name in ("volatility", "downside_deviation", "skewness", "excess_kurtosis"):
        figures[name] = rounded(moments[name], 4)
    gross = sum(abs(x) for x in exact.values())
    figures["concentration_hhi"] = rounded(sum(x ** 2 for x in exact.values()) / gross ** 2, 4)
    figures["portfolio_value"] = fixed(value, 2)
    figures["gross_exposure"] = fixed(sum(abs(x) for x in cents.values()), 2)
    figures["net_exposure"] = fixed(sum(cents.values()), 2)
    worst = sorted(range(len(pnl)), key=lambda k: (pnl[k], k))
    return {
        "cash": fixed(cash, 2),
        "holdings": [{"symbol": name, "quantity": fixed(quantities[name], 6),
                      "closes": [[day, fixed(p, 4)] for day, p in closes[name].items()],
                      "actions": [list(action) for action in actions[name]]} for name in closes],
        "observations": len(pnl), "missing_days": len(seen) - len(joint),
        "tail_days": [joint[k + 1] for k in worst[:ceil(F(len(pnl)) / 20)]],
        "figures": figures}


if __name__ == "__main__":
    print(json.dumps({"quantiles": list(quantile_cases()), "statistics": list(statistic_cases()),
                      "drawdowns": list(drawdown_cases()), "portfolio": portfolio_case()},
                     separators=(",", ":")).replace('},{"', '},\n{"'))
