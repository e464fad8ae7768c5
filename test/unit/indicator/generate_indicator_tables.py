#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Writes recursions.csv and warm_up.csv beside this file. The recursive indicators are computed
twice in fractions: on the grid of 10^-12 as their definition says, which the table holds, and
without any rounding, from which the first must stay within the error bound that is promised."""
import csv
import random
from decimal import ROUND_CEILING, Decimal, getcontext
from fractions import Fraction
from math import floor
from pathlib import Path

HERE = Path(__file__).parent
UNIT = 10 ** 12
BARS = 160


def grid(value):
    scaled = abs(value) * UNIT
    whole = floor(scaled + Fraction(1, 2))
    return Fraction(whole if value >= 0 else -whole, UNIT)


def no_rounding(value):
    return value


def ema(values, n, g):
    seed, state, out = [], None, []
    for x in values:
        if x is None:
            out.append(None)
            continue
        if state is None:
            seed.append(x)
            if len(seed) == n:
                state = g(sum(seed) / n)
        else:
            state = g(state + 2 * (x - state) / (n + 1))
        out.append(state)
    return out


class Wilder:
    def __init__(self, n, g):
        self.n, self.g, self.count, self.sum = n, g, 0, Fraction(0)

    def update(self, x):
        if self.count < self.n:
            self.count += 1
            self.sum += x
        else:
            self.sum = self.sum - self.g(self.sum / self.n) + x
        return self.sum if self.count == self.n else None


def rsi(values, n, g):
    up, down, previous, out = Wilder(n, g), Wilder(n, g), None, []
    for x in values:
        result = None
        if x is not None:
            if previous is not None:
                gain, loss = up.update(max(x - previous, 0)), down.update(max(previous - x, 0))
                if gain is not None and gain + loss != 0:
                    result = g(100 * gain / (gain + loss))
            previous = x
        out.append(result)
    return out


def atr(bars, n, g):
    ranges, previous, out = Wilder(n, g), None, []
    for bar in bars:
        result = None
        if None not in bar:
            high, low, close = bar
            if previous is not None:
                total = ranges.update(max(high, previous) - min(low, previous))
                if total is not None:
                    result = g(total / n)
            previous = close
        out.append(result)
    return out


def random_bars(source):
    """High, low, close in prices of four decimals; some values missing, some bars unchanged."""
    bars, close = [], 1_000_000
    for index in range(BARS):
        close = max(1000, close + source.randint(-30_000, 30_000)) if index % 11 else close
        high, low = close + source.randint(0, 9_000), close - source.randint(0, 900)
        bar = [Fraction(value, 10_000) for value in (high, low, close)]
        if index in (3, 4, 40, 41, 42, 90, 159):
            bar = [None, None, None]
        elif index in (60, 61, 62):
            bar[index - 60] = None
        bars.append(bar)
    return bars


def in_units(value):
    if value is None:
        return ""
    assert (value * UNIT).denominator == 1
    return int(value * UNIT)


def checked(compute, bound):
    """The column on the grid, which may leave the exact one by `bound` units at most."""
    on_grid, exact = compute(grid), compute(no_rounding)
    for a, b in zip(on_grid, exact):
        assert (a is None) == (b is None)
        assert a is None or abs(a - b) * UNIT <= bound, (a, b)
    return on_grid


def recursions():
    bars = random_bars(random.Random(7))
    closes = [bar[2] for bar in bars]
    columns = {"high": [bar[0] for bar in bars], "low": [bar[1] for bar in bars], "close": closes}
    for n in (1, 2, 3, 10, 50):
        columns[f"ema_{n}"] = checked(lambda g, n=n: ema(closes, n, g), Fraction(n + 1, 4))
    for n in (1, 2, 14):
        # A ratio of sums, so its bound depends on how much has moved.
        columns[f"rsi_{n}"] = checked(lambda g, n=n: rsi(closes, n, g), 100 * n)
        # The average is off by at most 1 unit, its last rounding by half a unit.
        columns[f"atr_{n}"] = checked(lambda g, n=n: atr(bars, n, g), Fraction(3, 2))
    with open(HERE / "recursions.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(columns)
        writer.writerows([[in_units(value) for value in row] for row in zip(*columns.values())])


def forgotten_after(weight):
    if weight == 1:
        return 0
    bars = 8 * Decimal(10).ln() / -(1 - Decimal(weight.numerator) / weight.denominator).ln()
    return int(bars.to_integral_value(ROUND_CEILING))


def warm_up():
    getcontext().prec = 60
    rows = []
    for n in list(range(1, 61)) + [100, 200, 252, 1000, 9999, 99_999, 100_000]:
        recursion = n - 1 + forgotten_after(Fraction(2, n + 1))
        wilder = n + forgotten_after(Fraction(1, n))
        rows += [["sma", n, n - 1, n - 1], ["highest", n, n - 1, n - 1], ["lowest", n, n - 1, n - 1],
                 ["ema", n, n - 1, recursion], ["rsi", n, n, wilder], ["atr", n, n, wilder]]
    with open(HERE / "warm_up.csv", "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["name", "period", "lookback", "stable_after"])
        writer.writerows(rows)


if __name__ == "__main__":
    recursions()
    warm_up()
