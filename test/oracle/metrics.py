# SPDX-License-Identifier: PostgreSQL
"""Figures of a run: docs/formulas, own series and trades, those that `backtests` stores.

Ratios of stored numbers are rationals; sums of period returns, roots and powers are decimals of
100 digits. `figures(run)` gives exact or 100-digit values (and a few that only the worked checks
need), `columns(run)` the values as the columns of `backtests` hold them.

Readings chosen here
 M1  max_drawdown_amount is the largest P_t - E_t in money, not the money of max_drawdown.
 M2  An episode whose peak is E_0 begins on the session date of the first bar.
 M3  turnover divides by the mean of E_1..E_N over every bar; NULL if that mean is not positive.
 M4  total_slippage adds the cents of every fill. total_fees is borrow and interest that was
     paid, total_income interest received and dividends, those of short positions subtracted,
     cash in lieu included.
 M5  A flat trade ends a run of wins and a run of losses. Exit order: time, symbol, closing.
 M6  bars_processed counts the bars of every symbol that has one in the period, warm-up included.
 M7  Constant returns are recognised exactly: volatility 0, Sharpe and Sortino by their edges.
     downside_deviation without a return below m is 0, without any return NULL.
 M8  At ruin the return series ends; max_drawdown, exposure and turnover use the whole curve.
"""
from decimal import ROUND_HALF_UP, Decimal, getcontext
from fractions import Fraction

from rounding import round_half_away

getcontext().prec = 100

RATIO, MONEY, COUNT, BARS, WIDE_RATIO = (6, 12), (2, 15), (0, 18), (2, 12), (6, 14)
COLUMNS = {
    "final_value": MONEY, "total_return": RATIO, "annualized_return": RATIO,
    "volatility": RATIO, "downside_deviation": RATIO, "sharpe_ratio": RATIO,
    "sortino_ratio": RATIO, "calmar_ratio": RATIO, "max_drawdown": RATIO,
    "max_drawdown_amount": MONEY, "max_drawdown_duration_days": COUNT, "exposure": RATIO,
    "benchmark_return": RATIO, "alpha": RATIO, "beta": RATIO, "tracking_error": RATIO,
    "information_ratio": RATIO, "turnover": WIDE_RATIO, "total_trades": COUNT, "winning_trades": COUNT,
    "losing_trades": COUNT, "open_trades": COUNT, "win_rate": RATIO, "profit_factor": RATIO,
    "expectancy": MONEY, "gross_profit": MONEY, "gross_loss": MONEY, "average_win": MONEY,
    "average_loss": MONEY, "largest_win": MONEY, "largest_loss": MONEY,
    "max_consecutive_wins": COUNT, "max_consecutive_losses": COUNT, "average_bars_held": BARS,
    "total_commission": MONEY, "total_fees": MONEY, "total_slippage": MONEY,
    "total_income": MONEY, "bars_processed": COUNT, "ambiguous_bars": COUNT,
}


def columns(run):
    """The result columns: rounded half away once, NULL where a ratio does not fit."""
    values = figures(run)
    return {name: _store(values[name], *form) for name, form in COLUMNS.items()}


def _store(value, digits, precision):
    if value is None:
        return None
    if isinstance(value, Decimal):
        stored = Fraction(value.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP))
    else:
        stored = round_half_away(value, digits)
    return stored if abs(stored) < 10 ** (precision - digits) else None


def figures(run):
    """Every figure by name, unrounded."""
    values = {}
    values.update(_performance(run))
    values.update(_drawdowns(run, values))
    values.update(_trades(run))
    values.update(_totals(run))
    values.update(_relative(run))
    return values


def decimal(value):
    """A rational to 100 digits."""
    value = Fraction(value)
    return Decimal(value.numerator) / Decimal(value.denominator)


def _mean(values):
    return sum(values) / len(values)


def _deviation(values):
    """sd with ddof 1."""
    mean = _mean(values)
    return (sum((x - mean) ** 2 for x in values) / (len(values) - 1)).sqrt()


# Series


def _period_key(run):
    """What two timestamps of one period have in common: the day, or nothing but themselves."""
    by_day = run.case.timeframe not in ("1w", "1mo") and run.case.frequency == "day"
    return run.case.day if by_day else (lambda timestamp: timestamp)


def metric_periods(run):
    """Equity at E_0 and at the last bar of each period."""
    key = _period_key(run)
    curve = {key(point["timestamp"]): point["equity"] for point in run.curve}
    return [run.case.initial_capital] + list(curve.values())


def period_returns(equity):
    """r_t = E_t/E_(t-1) - 1; the series ends at ruin."""
    returns = []
    for before, now in zip(equity, equity[1:]):
        if now < 0:
            break
        returns.append(now / before - 1)
        if now == 0:
            break
    return returns


def _calendar_days(run):
    return (run.case.day(run.curve[-1]["timestamp"]) - run.case.day(run.curve[0]["timestamp"])).days


# Section 3


def _performance(run):
    case, final = run.case, run.curve[-1]["equity"]
    days, equity = _calendar_days(run), metric_periods(run)
    returns = period_returns(equity)
    values = {
        "final_value": final,
        "total_return": final / case.initial_capital - 1,
        "annualized_return": _growth(final / case.initial_capital, days),
        "exposure": Fraction(sum(point["in_position"] for point in run.curve), len(run.curve)),
        "turnover": _turnover(run, days),
    }
    values.update(_ratios(returns, case.risk_free, case.periods_per_year))
    values.update(_shape(returns))
    return values


def _growth(ratio, days):
    """cagr = (E_N/E_0)^(365.25/D) - 1."""
    if days == 0 or ratio < 0:
        return None
    if ratio == 0:
        return Decimal(-1)
    return (decimal(ratio).ln() * Decimal("365.25") / days).exp() - 1 if ratio != 1 else Decimal(0)


def _turnover(run, days):
    average = _mean([point["equity"] for point in run.curve])
    if days == 0 or average <= 0:
        return None
    traded = sum((fill.value for fill in run.fills), Fraction(0))
    return traded / 2 / average * Fraction("365.25") / days


def _ratios(returns, risk_free, per_year):
    names = ("volatility", "sharpe_ratio", "downside_deviation", "sortino_ratio")
    values = dict.fromkeys(names)
    if not returns:
        return values
    annual, target = decimal(per_year), risk_free / per_year
    excess = [decimal(r - target) for r in returns]
    shortfall = [decimal(r - target) for r in returns if r < target]
    if len(returns) >= 2:
        constant = len(set(returns)) == 1
        values["volatility"] = Decimal(0)
        if not constant:
            deviation = _deviation([decimal(r) for r in returns])
            values["volatility"] = deviation * annual.sqrt()
            values["sharpe_ratio"] = _mean(excess) / deviation * annual.sqrt()
    downside = (sum((x * x for x in shortfall), Decimal(0)) / len(returns)).sqrt() * annual.sqrt()
    values["downside_deviation"] = downside
    if shortfall:
        values["sortino_ratio"] = annual * _mean(excess) / downside
    return values


def _shape(returns):
    """Only for the worked checks: moments and the historical quantile of returns."""
    values = dict.fromkeys(("skewness", "kurtosis", "var_95"))
    if len(set(returns)) > 1:
        xs = [decimal(r) for r in returns]
        mean = _mean(xs)
        m2, m3, m4 = (_mean([(x - mean) ** k for x in xs]) for k in (2, 3, 4))
        values["skewness"] = m3 / (m2 * m2.sqrt())
        values["kurtosis"] = m4 / m2 ** 2 - 3
    if len(returns) >= 20:
        ordered = sorted(returns)
        position = (len(returns) - 1) * Fraction(5, 100)
        low = int(position)
        values["var_95"] = -(ordered[low] + (position - low) * (ordered[low + 1] - ordered[low]))
    return values


# Relative to a benchmark


def _relative(run):
    """Pairs of period returns where the benchmark has a close at both ends."""
    names = ("benchmark_return", "alpha", "beta", "tracking_error", "information_ratio")
    values = dict.fromkeys(names)
    case = run.case
    if case.benchmark is None:
        return values
    bars, first = case.bars[case.benchmark], case.first_row[case.benchmark]
    key = _period_key(run)
    closes = {key(bar.timestamp): bar.close for bar in bars[first:]}
    base = case.benchmark_base
    values["benchmark_return"] = bars[-1].close / base - 1
    ends = list(dict.fromkeys(key(point["timestamp"]) for point in run.curve))
    pairs, before = [], base
    for end, own in zip(ends, period_returns(metric_periods(run))):
        now = closes.get(end)
        if now is not None and before is not None:
            pairs.append((own, now / before - 1))
        before = now
    values.update(_regression(pairs, case.risk_free / case.periods_per_year, case.periods_per_year))
    return values


def _regression(pairs, target, per_year):
    values = {}
    if len(pairs) < 2:
        return values
    own, other = (_mean(column) for column in zip(*pairs))
    squares = sum((y - other) ** 2 for _, y in pairs)
    annual = decimal(per_year)
    if squares:
        beta = sum((decimal((x - own) * (y - other)) for x, y in pairs), Decimal(0)) / decimal(squares)
        values["beta"] = beta
        values["alpha"] = annual * (decimal(own - target) - beta * decimal(other - target))
    active = [x - y for x, y in pairs]
    values["tracking_error"] = Decimal(0)
    if len(set(active)) > 1:
        deviation = _deviation([decimal(x) for x in active])
        values["tracking_error"] = deviation * annual.sqrt()
        values["information_ratio"] = decimal(_mean(active)) / deviation * annual.sqrt()
    return values


# Section 5


def _drawdowns(run, performance):
    """On every bar, E_0 first; an episode runs from the last bar at the peak to recovery."""
    dates = [run.case.day(point["timestamp"]) for point in run.curve]
    deepest, amount, longest = Fraction(0), Fraction(0), 0
    peak, peak_date, falling = run.case.initial_capital, dates[0], False
    for day, point in zip(dates, run.curve):
        fall = peak - point["equity"]
        if fall > 0 or falling:
            longest = max(longest, (day - peak_date).days)
        falling = fall > 0
        deepest, amount = max(deepest, fall / peak), max(amount, fall)
        if not falling:
            peak, peak_date = point["equity"], day
    growth = performance["annualized_return"]
    defined = growth is not None and deepest > 0
    return {"max_drawdown": deepest, "max_drawdown_amount": amount,
            "max_drawdown_duration_days": longest,
            "calmar_ratio": growth / decimal(deepest) if defined else None,
            "ulcer_index": _ulcer_index(metric_periods(run))}


def _ulcer_index(equity):
    """Only for the worked checks: sqrt(mean d^2) over metric periods 1..n."""
    peak, squares = equity[0], []
    for value in equity[1:]:
        peak = max(peak, value)
        squares.append(decimal((peak - value) / peak) ** 2)
    return _mean(squares).sqrt()


# Section 4


def _trades(run):
    closed = [trade for trade in run.trades if trade["exit_date"] is not None]
    closed.sort(key=lambda t: (t["exit_date"], t["symbol"].encode()))
    results = [trade["pnl"] for trade in closed]
    wins, losses = [p for p in results if p > 0], [-p for p in results if p < 0]
    gross_profit, gross_loss = sum(wins, Fraction(0)), sum(losses, Fraction(0))
    values = {
        "total_trades": len(closed), "winning_trades": len(wins), "losing_trades": len(losses),
        "open_trades": len(run.trades) - len(closed),
        "win_rate": Fraction(len(wins), len(closed)) if closed else None,
        "gross_profit": gross_profit, "gross_loss": gross_loss,
        "profit_factor": gross_profit / gross_loss if gross_loss else None,
        "expectancy": _mean(results) if results else None,
        "average_win": _mean(wins) if wins else None,
        "average_loss": _mean(losses) if losses else None,
        "largest_win": max(wins, default=None), "largest_loss": max(losses, default=None),
        "max_consecutive_wins": _longest_run(results, lambda pnl: pnl > 0),
        "max_consecutive_losses": _longest_run(results, lambda pnl: pnl < 0),
        "average_bars_held": (_mean([Fraction(t["bars_held"]) for t in closed])
                              if closed else None),
    }
    both = wins and losses
    values["payoff_ratio"] = values["average_win"] / values["average_loss"] if both else None
    values["sqn"] = None
    if len(set(results)) > 1:
        pnl = [decimal(p) for p in results]
        values["sqn"] = Decimal(len(pnl)).sqrt() * _mean(pnl) / _deviation(pnl)
    return values


def _longest_run(results, belongs):
    longest = current = 0
    for pnl in results:
        current = current + 1 if belongs(pnl) else 0
        longest = max(longest, current)
    return longest


def _totals(run):
    return {"total_commission": sum((fill.fee for fill in run.fills), Fraction(0)),
            "total_slippage": sum((fill.slippage for fill in run.fills), Fraction(0)),
            "total_fees": run.account.borrow + run.account.interest_paid,
            "total_income": run.account.dividends + run.account.interest_received,
            "bars_processed": run.bars_read, "ambiguous_bars": run.ambiguous_bars}
