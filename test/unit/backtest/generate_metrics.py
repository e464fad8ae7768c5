#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Writes metrics_curve.csv, metrics_trades.csv and metrics.csv beside this file: a random run with two
points a day, against a random benchmark, and its figures from fractions and 80-digit decimals by the
textbook formulas."""
import csv
import datetime
import random
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction
from pathlib import Path

HERE = Path(__file__).parent
INITIAL = 10_000_000  # cents
PERIODS = Decimal(252)
RISK_FREE = Decimal("0.03")
BENCHMARK_BASE = 1_000_000  # units of 0.0001
EPOCH = datetime.date(2000, 1, 1)
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


def random_benchmark(source, curve):
    """A close in units of 0.0001 for each point."""
    closes, close = [], BENCHMARK_BASE
    for _ in curve:
        close = max(1, close + source.randint(-9_000, 9_500))
        closes.append(close)
    return closes


def mean(values):
    return sum(values) / len(values)


def deviation_of(values):
    centre = mean(values)
    return (sum((x - centre) ** 2 for x in values) / (len(values) - 1)).sqrt()


def quantile(values, p):
    """Type 7."""
    ordered = sorted(values)
    position = (len(ordered) - 1) * Fraction(p)
    low = int(position)
    if low + 1 == len(ordered):
        return ordered[low]
    return ordered[low] + (ordered[low + 1] - ordered[low]) * decimal(position - low)


def worst_mean(values, share):
    """Mean of exactly the lowest `share` of the values, the boundary one with its part."""
    ordered, count = sorted(values), Fraction(share) * len(values)
    whole = int(count)
    total = sum(ordered[:whole]) + (ordered[whole] * decimal(count - whole) if count > whole else 0)
    return total / decimal(count)


def normal_distribution(x):
    """Phi by the Taylor series of its density, term by term."""
    term, total, k = x, x, 0
    while abs(term) > Decimal("1e-75"):
        k += 1
        term = -term * x * x / (2 * k)
        total += term / (2 * k + 1)
    pi = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899862803")
    return Decimal("0.5") + total / (2 * pi).sqrt()


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
    average = mean(excess)
    deviation = (sum((x - average) ** 2 for x in excess) / (len(excess) - 1)).sqrt()
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
        "downside_deviation": downside, "sharpe_ratio": average / deviation * PERIODS.sqrt(),
        "sortino_ratio": average * PERIODS / downside, "calmar_ratio": growth / decimal(depth),
        "max_drawdown": depth, "max_drawdown_amount": Fraction(amount, 100),
        "max_drawdown_duration_days": longest, "periods": len(returns),
    }


def sampled_days(curve):
    """Equity of the last point of each day, and its date, the capital before them."""
    last_of_day = {row[0]: row[1] + row[2] for row in curve}
    return list(last_of_day), [INITIAL] + list(last_of_day.values())


def further_returns(curve):
    _, equity = sampled_days(curve)
    exact = [Fraction(after, before) - 1 for before, after in zip(equity, equity[1:])]
    returns, n = [decimal(value) for value in exact], len(exact)
    target = RISK_FREE / PERIODS
    centre = mean(returns)
    second, third, fourth = (sum((x - centre) ** k for x in returns) / n for k in (2, 3, 4))
    skewness, kurtosis = third / (second * second.sqrt()), fourth / second ** 2
    sharpe = (centre - target) / deviation_of(returns)
    variance = 1 - skewness * sharpe + (kurtosis - 1) / 4 * sharpe ** 2
    return {
        "annual_return": centre * PERIODS,
        "omega_ratio": sum(max(x - target, 0) for x in returns) / sum(max(target - x, 0) for x in returns),
        "skewness": skewness, "excess_kurtosis": kurtosis - 3,
        "tail_ratio": quantile(returns, "0.95") / abs(quantile(returns, "0.05")),
        "best_period": max(exact), "worst_period": min(exact),
        "positive_periods": Fraction(sum(x > 0 for x in exact), n),
        "value_at_risk_95": -quantile(returns, "0.05"),
        "expected_shortfall_95": -worst_mean(returns, "0.05"),
        "probabilistic_sharpe": normal_distribution(sharpe * (Decimal(n - 1) / variance).sqrt()),
    }


def episode_depths(equity):
    """Depth of each fall below the peak, over all points."""
    depths, peak, below = [], INITIAL, False
    for value in equity:
        if value >= peak:
            peak, below = value, False
        elif not below:
            depths.append(Fraction(peak - value, peak))
            below = True
        else:
            depths[-1] = max(depths[-1], Fraction(peak - value, peak))
    return depths


def further_drawdowns(curve, figures):
    every, (days, sampled) = [row[1] + row[2] for row in curve], sampled_days(curve)
    depths = episode_depths(every)
    drawdowns = [1 - Fraction(value, max(sampled[:i + 2])) for i, value in enumerate(sampled[1:])]
    years = {}
    for day, value in zip(days, drawdowns):
        year = (EPOCH + datetime.timedelta(days=day)).year
        years[year] = max(years.get(year, 0), value)
    falls = [decimal(value) for value in drawdowns]
    excess = figures["annualized_return"] - RISK_FREE
    ulcer = mean([value ** 2 for value in falls]).sqrt()
    return {
        "current_drawdown": 1 - Fraction(every[-1], max([INITIAL] + every)),
        "drawdown_episodes": len(depths), "average_drawdown": mean(depths),
        "ulcer_index": ulcer, "pain_index": mean(falls),
        "conditional_drawdown_95": -worst_mean([-value for value in falls], "0.05"),
        "martin_ratio": excess / ulcer, "pain_ratio": excess / mean(falls),
        "burke_ratio": excess / sum(decimal(value) ** 2 for value in depths).sqrt(),
        "sterling_ratio": figures["annualized_return"]
        / (decimal(mean(list(years.values()))) + Decimal("0.1")),
        "recovery_factor": Fraction(every[-1] - INITIAL, 100) / Fraction(figures["max_drawdown_amount"]),
        "average_gross_exposure": mean([Fraction(row[3], row[1] + row[2]) for row in curve]),
    }


def comparison(curve, closes):
    _, equity = sampled_days(curve)
    last_of_day = {row[0]: close for row, close in zip(curve, closes)}
    prices = [BENCHMARK_BASE] + list(last_of_day.values())
    r = [decimal(Fraction(after, before) - 1) for before, after in zip(equity, equity[1:])]
    b = [decimal(Fraction(after, before) - 1) for before, after in zip(prices, prices[1:])]
    target, x, y = RISK_FREE / PERIODS, mean(r), mean(b)
    shared = sum((p - x) * (q - y) for p, q in zip(r, b))
    squares_r, squares_b = sum((p - x) ** 2 for p in r), sum((q - y) ** 2 for q in b)
    beta, active = shared / squares_b, [p - q for p, q in zip(r, b)]
    error = deviation_of(active) * PERIODS.sqrt()

    def capture(wanted):
        chosen, ours, theirs = [i for i, q in enumerate(b) if wanted(q)], Decimal(1), Decimal(1)
        for i in chosen:
            ours, theirs = ours * (1 + r[i]), theirs * (1 + b[i])
        root = Decimal(1) / len(chosen)
        return ((ours.ln() * root).exp() - 1) / ((theirs.ln() * root).exp() - 1)
    return {
        "benchmark_return": Fraction(closes[-1], BENCHMARK_BASE) - 1, "beta": beta,
        "alpha": PERIODS * (x - target - beta * (y - target)), "tracking_error": error,
        "information_ratio": mean(active) * PERIODS / error,
        "correlation": shared / (squares_r * squares_b).sqrt(),
        "r_squared": shared ** 2 / (squares_r * squares_b),
        "treynor_ratio": PERIODS * (x - target) / beta,
        "up_capture": capture(lambda q: q > 0), "down_capture": capture(lambda q: q < 0),
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


def further_trading(trades):
    closed = [row[0] for row in trades if row[2]]
    wins, losses = [x for x in closed if x > 0], [-x for x in closed if x < 0]
    payoff = Fraction(sum(wins), len(wins)) / Fraction(sum(losses), len(losses))
    rate, values = Fraction(len(wins), len(closed)), [Decimal(x) for x in closed]
    return {
        "payoff_ratio": payoff, "kelly_fraction": rate - (1 - rate) / payoff,
        "sqn": Decimal(len(values)).sqrt() * mean(values) / deviation_of(values),
        "max_bars_held": max(row[1] for row in trades if row[2]),
    }


def main():
    source = random.Random(252)
    curve, trades = random_curve(source), random_trades(source)
    closes = random_benchmark(random.Random(365), curve)
    figures = performance(curve) | trading(curve, trades)
    figures |= further_returns(curve) | further_drawdowns(curve, figures) | further_trading(trades)
    figures |= comparison(curve, closes)
    unit = Decimal(1).scaleb(-12)
    rows = [[name, (value if isinstance(value, Decimal) else decimal(value)).quantize(unit, ROUND_HALF_UP)]
            for name, value in figures.items()]
    write("metrics_curve.csv", ["day", "cash", "market_value", "gross", "benchmark"],
          [row + [close] for row, close in zip(curve, closes)])
    write("metrics_trades.csv", ["pnl", "bars_held", "closed", "traded"], trades)
    write("metrics.csv", ["name", "value"], [[name, format(value, "f")] for name, value in rows])


if __name__ == "__main__":
    main()
