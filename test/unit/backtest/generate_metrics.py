#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Writes metrics_curve.csv, metrics_trades.csv and metrics.csv beside this file: a random run with two
points a day, and its figures from fractions and 80-digit decimals by the textbook formulas."""
import csv
import random
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
INITIAL = 10_000_000  # cents
PERIODS = Decimal(252)
RISK_FREE = Decimal("0.03")
getcontext().prec = 80


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def decimal(fraction):
    fraction = Fraction(fraction)
    return Decimal(fraction.numerator) / Decimal(fraction.denominator)


def random_curve(source):
    """[day, cash, market value, gross] in cents; two points a day, gaps between the days."""
    rows, equity, day = [], INITIAL, 9000
    for index in range(400):
        if index % 2 == 0:
            day += source.choice([1, 1, 1, 3])
        equity = max(1, equity + source.randint(-250_000, 270_000))
        held = source.choice([0, equity // 3, -equity // 4])
        rows.append([day, equity - held, held, abs(held)])
    return rows


def random_trades(source):
    """[pnl in cents, bars held, closed, value of its two fills in cents]."""
    return [[source.choice([0, source.randint(-90_000, 110_000)]), source.randint(0, 30), int(index < 60),
             source.randint(100_000, 900_000)] for index in range(63)]


def longest_run(outcomes):
    longest = current = 0
    for outcome in outcomes:
        current = current + 1 if outcome else 0
        longest = max(longest, current)
    return longest


def performance(curve):
    days = [row[0] for row in curve]
    equity = [row[1] + row[2] for row in curve]
    span = days[-1] - days[0]
    last_of_day = {day: value for day, value in zip(days, equity)}
    sampled = [INITIAL] + list(last_of_day.values())
    returns = [decimal(Fraction(after, before) - 1) for before, after in zip(sampled, sampled[1:])]
    target = RISK_FREE / PERIODS
    excess = [value - target for value in returns]
    mean = sum(excess) / len(excess)
    deviation = (sum((x - mean) ** 2 for x in excess) / (len(excess) - 1)).sqrt()
    downside = (sum(min(x, 0) ** 2 for x in excess) / len(excess)).sqrt() * PERIODS.sqrt()
    growth = ((decimal(Fraction(equity[-1], INITIAL))).ln() * Decimal("365.25") / span).exp() - 1
    peak, peak_day, depth, amount, longest, below = INITIAL, days[0], Fraction(0), 0, 0, False
    for day, value in zip(days, equity):
        # An episode lasts from its peak to its recovery, or to the last point.
        if below or value < peak:
            longest = max(longest, day - peak_day)
        below = value < peak
        if not below:
            peak, peak_day = value, day
        depth = max(depth, Fraction(peak - value, peak))
        amount = max(amount, peak - value)
    return {
        "final_value": Fraction(equity[-1], 100), "total_return": Fraction(equity[-1], INITIAL) - 1,
        "annualized_return": growth, "volatility": deviation * PERIODS.sqrt(),
        "downside_deviation": downside, "sharpe_ratio": mean / deviation * PERIODS.sqrt(),
        "sortino_ratio": mean * PERIODS / downside, "calmar_ratio": growth / decimal(depth),
        "max_drawdown": depth, "max_drawdown_amount": Fraction(amount, 100),
        "max_drawdown_duration_days": longest, "periods": len(returns),
    }


def trading(curve, trades):
    closed = [row[0] for row in trades if row[2]]
    wins, losses = [x for x in closed if x > 0], [-x for x in closed if x < 0]
    equity = [row[1] + row[2] for row in curve]
    traded, span = sum(row[3] for row in trades), curve[-1][0] - curve[0][0]
    return {
        "exposure": Fraction(sum(1 for row in curve if row[3]), len(curve)),
        "turnover": Fraction(traded, 2) / Fraction(sum(equity), len(equity)) * Fraction(36525, 100 * span),
        "total_trades": len(closed), "winning_trades": len(wins), "losing_trades": len(losses),
        "open_trades": len(trades) - len(closed), "win_rate": Fraction(len(wins), len(closed)),
        "profit_factor": Fraction(sum(wins), sum(losses)), "expectancy": Fraction(sum(closed), 100 * len(closed)),
        "gross_profit": Fraction(sum(wins), 100), "gross_loss": Fraction(sum(losses), 100),
        "average_win": Fraction(sum(wins), 100 * len(wins)),
        "average_loss": Fraction(sum(losses), 100 * len(losses)),
        "largest_win": Fraction(max(wins), 100), "largest_loss": Fraction(max(losses), 100),
        "max_consecutive_wins": longest_run([x > 0 for x in closed]),
        "max_consecutive_losses": longest_run([x < 0 for x in closed]),
        "average_bars_held": Fraction(sum(row[1] for row in trades if row[2]), len(closed)),
    }


def main():
    source = random.Random(252)
    curve, trades = random_curve(source), random_trades(source)
    figures = performance(curve) | trading(curve, trades)
    unit = Decimal(1).scaleb(-12)
    rows = [[name, (value if isinstance(value, Decimal) else decimal(value)).quantize(unit, ROUND_HALF_UP)]
            for name, value in figures.items()]
    write("metrics_curve.csv", ["day", "cash", "market_value", "gross"], curve)
    write("metrics_trades.csv", ["pnl", "bars_held", "closed", "traded"], trades)
    write("metrics.csv", ["name", "value"], [[name, format(value, "f")] for name, value in rows])


if __name__ == "__main__":
    main()
