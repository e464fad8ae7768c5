#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Writes conventions_curve.csv, conventions_trades.csv and conventions.csv beside this file: a random
run of three years against a random benchmark, and its figures as other engines compute them, each
by its own code:

    pip install backtesting==0.6.6 empyrical-reloaded==0.7.1 vectorbt==1.2.0 backtrader==1.9.78.123

LEAN (C#) and PerformanceAnalytics (R) are transcribed line by line from their sources:
Common/Statistics/PortfolioStatistics.cs and Statistics.cs; Return.annualized.R,
SharpeRatio.annualized.R, DownsideDeviation.R, SortinoRatio.R, CAPM.jensenAlpha.R,
InformationRatio.R, TreynorRatio.R, UpDownRatios.R, MartinRatio.R (version 2.0)."""
import csv
import datetime
import importlib.metadata
import math
import random
import statistics
from pathlib import Path

import backtesting._stats
import backtrader
import empyrical
import numpy as np
import pandas as pd
import vectorbt  # noqa: F401  (adds .vbt to pandas)

HERE = Path(__file__).parent
PINNED = {"backtesting": "0.6.6", "empyrical-reloaded": "0.7.1", "vectorbt": "1.2.0",
          "backtrader": "1.9.78.123"}
INITIAL = 10_000_000  # cents
RISK_FREE = 0.02  # a year
PERIODS = 252
EPOCH = datetime.date(2000, 1, 1)


def write(name, header, rows):
    with open(HERE / name, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(rows)


def random_curve(source):
    """[day, equity in cents, benchmark close in units of 0.0001]: weekdays, a gain on the first."""
    rows, equity, close = [], INITIAL, 1_000_000
    day = datetime.date(2021, 3, 1)
    while day < datetime.date(2023, 10, 1):
        if day.weekday() < 5:
            shared = source.gauss(0, 0.008)
            change = 0.004 if not rows else 0.0006 + shared + source.gauss(0, 0.007)
            equity = round(equity * (1 + change))
            close = round(close * (1.0003 + shared + source.gauss(0, 0.003)))
            rows.append([(day - EPOCH).days, equity, close])
        day += datetime.timedelta(days=1)
    return rows


def random_trades(source):
    """[quantity, entry price in units of 0.0001, pnl in cents], closed."""
    return [[source.randint(1, 500), source.randint(50_000, 3_000_000),
             source.choice([0, source.randint(-90_000, 110_000), source.randint(-90_000, 110_000)])]
            for _ in range(40)]


def by_backtesting_py(index, equity, closes, trades):
    pnl = [row[2] / 100 for row in trades]
    frame = pd.DataFrame({"PnL": pnl, "ReturnPct": [p / (row[0] * row[1] / 10_000)
                                                     for p, row in zip(pnl, trades)]})
    frame["EntryBar"], frame["ExitBar"] = 0, 0
    frame["Duration"] = pd.Timedelta(days=1)
    stats = backtesting._stats.compute_stats(
        frame, np.array(equity[1:]), pd.DataFrame({"Close": closes}, index=index), None, RISK_FREE)
    return {"annualized_return": stats["Return (Ann.) [%]"] / 100,
            "volatility": stats["Volatility (Ann.) [%]"] / 100,
            "sharpe_ratio": stats["Sharpe Ratio"], "sortino_ratio": stats["Sortino Ratio"],
            "calmar_ratio": stats["Calmar Ratio"], "alpha": stats["Alpha [%]"] / 100,
            "beta": stats["Beta"], "max_drawdown": -stats["Max. Drawdown [%]"] / 100,
            "profit_factor": stats["Profit Factor"], "sqn": stats["SQN"],
            "kelly_fraction": stats["Kelly Criterion"], "win_rate": stats["Win Rate [%]"] / 100}


def by_empyrical(returns, benchmark):
    daily = RISK_FREE / PERIODS
    return {"annualized_return": empyrical.annual_return(returns),
            "volatility": empyrical.annual_volatility(returns),
            "downside_deviation": empyrical.downside_risk(returns, daily),
            "sharpe_ratio": empyrical.sharpe_ratio(returns, daily),
            "sortino_ratio": empyrical.sortino_ratio(returns, daily),
            "calmar_ratio": empyrical.calmar_ratio(returns),
            "max_drawdown": -empyrical.max_drawdown(returns),
            "omega_ratio": empyrical.omega_ratio(returns, daily),
            "tail_ratio": empyrical.tail_ratio(returns),
            "value_at_risk_95": -empyrical.value_at_risk(returns),
            "expected_shortfall_95": -empyrical.conditional_value_at_risk(returns),
            "alpha": empyrical.alpha(returns, benchmark, daily),
            "beta": empyrical.beta(returns, benchmark, daily),
            "up_capture": empyrical.up_capture(returns, benchmark),
            "down_capture": empyrical.down_capture(returns, benchmark)}


def by_vectorbt(returns, benchmark):
    theirs = returns.vbt.returns(freq="1D")
    daily = RISK_FREE / theirs.ann_factor
    return {"annualized_return": theirs.annualized(), "volatility": theirs.annualized_volatility(),
            "downside_deviation": theirs.downside_risk(required_return=daily),
            "sharpe_ratio": theirs.sharpe_ratio(risk_free=daily),
            "sortino_ratio": theirs.sortino_ratio(required_return=daily),
            "calmar_ratio": theirs.calmar_ratio(), "max_drawdown": -theirs.max_drawdown(),
            "omega_ratio": theirs.omega_ratio(risk_free=daily), "tail_ratio": theirs.tail_ratio(),
            "value_at_risk_95": -theirs.value_at_risk(),
            "expected_shortfall_95": -theirs.cond_value_at_risk(),
            "ulcer_index": theirs.ulcer_index(),
            "martin_ratio": theirs.martin_ratio(risk_free=daily),
            "alpha": theirs.alpha(benchmark, risk_free=daily), "beta": theirs.beta(benchmark),
            "information_ratio": theirs.information_ratio(benchmark),
            "up_capture": theirs.up_capture(benchmark), "down_capture": theirs.down_capture(benchmark)}


class CurveBroker(backtrader.brokers.BackBroker):
    """A broker whose account is worth what the curve says."""
    curve = []
    bars = 0

    def getvalue(self, datas=None):
        return self.curve[self.bars]

    get_value = getvalue

    def next(self):
        self.bars += 1
        super().next()


class Recorded(backtrader.Strategy):
    """Makes no trade, but tells the analyzers of those that the run had."""
    trades = []

    def stop(self):
        for trade in self.trades:
            made = backtrader.trade.Trade()
            made.status, made.pnlcomm = made.Closed, trade[2] / 100
            self.analyzers.sqn.notify_trade(made)


def by_backtrader(index, equity, trades):
    cerebro = backtrader.Cerebro(stdstats=False)
    cerebro.broker = CurveBroker()
    CurveBroker.curve, Recorded.trades = equity, trades
    frame = pd.DataFrame({name: equity[1:] for name in ("open", "high", "low", "close")}, index=index)
    cerebro.adddata(backtrader.feeds.PandasData(dataname=frame, timeframe=backtrader.TimeFrame.Days))
    cerebro.addstrategy(Recorded)
    cerebro.addanalyzer(backtrader.analyzers.Returns, _name="returns")
    cerebro.addanalyzer(backtrader.analyzers.SharpeRatio, _name="sharpe", riskfreerate=RISK_FREE)
    cerebro.addanalyzer(backtrader.analyzers.SQN, _name="sqn")
    cerebro.addanalyzer(backtrader.analyzers.DrawDown, _name="drawdown")
    run = cerebro.run()[0]
    return {"annualized_return": run.analyzers.returns.get_analysis()["rnorm"],
            "sharpe_ratio": run.analyzers.sharpe.get_analysis()["sharperatio"],
            "sqn": run.analyzers.sqn.get_analysis()["sqn"],
            "max_drawdown": run.analyzers.drawdown.get_analysis()["max"]["drawdown"] / 100,
            "max_drawdown_amount": run.analyzers.drawdown.get_analysis()["max"]["moneydown"]}


def by_lean(days, equity, returns, benchmark):
    def annual(values):
        return math.pow(statistics.fmean(values) + 1, PERIODS) - 1

    def annual_deviation(values):
        return math.sqrt(statistics.variance(values) * PERIODS)

    n = len(returns)
    series = pd.Series(returns)
    deviation = annual_deviation(returns)
    beta = float(np.cov(returns, benchmark)[0, 1] / np.var(benchmark, ddof=1))
    error = annual_deviation([a - b for a, b in zip(returns, benchmark)])
    downside = annual_deviation([value for value in returns if value < 0])
    sharpe = statistics.fmean(returns) / statistics.stdev(returns)
    # MathNet's Skewness and Kurtosis are the corrected ones of a sample, as pandas has them.
    estimate = math.sqrt((1 - series.skew() * sharpe + (series.kurt() - 1) / 4 * sharpe ** 2) / (n - 1))
    years = (days[-1] - days[0]) / 365
    return {"annualized_return": math.pow(equity[-1] / equity[0], 1 / years) - 1,
            "volatility": deviation, "sharpe_ratio": (annual(returns) - RISK_FREE) / deviation,
            "downside_deviation": downside,
            "sortino_ratio": (annual(returns) - RISK_FREE) / downside, "beta": beta,
            "alpha": annual(returns) - (RISK_FREE + beta * (annual(benchmark) - RISK_FREE)),
            "tracking_error": error,
            "information_ratio": (annual(returns) - annual(benchmark)) / error,
            "treynor_ratio": (annual(returns) - RISK_FREE) / beta,
            "probabilistic_sharpe": statistics.NormalDist().cdf(
                (sharpe - 1 / math.sqrt(PERIODS)) / estimate)}


def by_performanceanalytics(returns, benchmark):
    def annual(values):
        return float(np.prod(1 + values)) ** (PERIODS / len(values)) - 1

    r, b, daily = np.array(returns), np.array(benchmark), RISK_FREE / PERIODS
    deviation = float(np.std(r, ddof=1)) * math.sqrt(PERIODS)
    beta = float(np.cov(r - daily, b - daily)[0, 1] / np.var(b - daily, ddof=1))
    downside = math.sqrt(float(np.sum((daily - r[r < daily]) ** 2)) / len(r))
    error = float(np.std(r - b, ddof=1)) * math.sqrt(PERIODS)
    wealth = np.cumprod(1 + r)
    drawdowns = 1 - wealth / np.maximum(np.maximum.accumulate(wealth), 1)
    ulcer = math.sqrt(float(np.sum(drawdowns ** 2)) / len(r))
    return {"annualized_return": annual(r), "volatility": deviation, "downside_deviation": downside,
            "sharpe_ratio": annual(r - daily) / deviation,
            "sortino_ratio": float(np.mean(r - daily)) / downside,
            "alpha": annual(r) - RISK_FREE - beta * (annual(b) - RISK_FREE), "beta": beta,
            "tracking_error": error, "information_ratio": (annual(r) - annual(b)) / error,
            "treynor_ratio": annual(r - daily) / beta, "ulcer_index": ulcer,
            "martin_ratio": (annual(r) - RISK_FREE) / ulcer,
            "up_capture": float((np.prod(1 + r[b > 0]) - 1) / (np.prod(1 + b[b > 0]) - 1)),
            "down_capture": float((np.prod(1 + r[b <= 0]) - 1) / (np.prod(1 + b[b <= 0]) - 1))}


def main():
    for package, version in PINNED.items():
        assert importlib.metadata.version(package) == version, (package, version)
    source = random.Random(31)
    curve, trades = random_curve(source), random_trades(source)
    days = [row[0] for row in curve]
    equity = [INITIAL / 100] + [row[1] / 100 for row in curve]
    closes = [100.0] + [row[2] / 10_000 for row in curve]
    index = pd.DatetimeIndex([EPOCH + datetime.timedelta(days=day) for day in days])
    returns = pd.Series([b / a - 1 for a, b in zip(equity, equity[1:])], index=index)
    benchmark = pd.Series([b / a - 1 for a, b in zip(closes, closes[1:])], index=index)
    figures = {
        "backtesting.py": by_backtesting_py(index, equity, closes[1:], trades),
        "empyrical": by_empyrical(returns, benchmark), "vectorbt": by_vectorbt(returns, benchmark),
        "backtrader": by_backtrader(index, equity, trades),
        "lean": by_lean(days, equity, list(returns), list(benchmark)),
        "performanceanalytics": by_performanceanalytics(list(returns), list(benchmark))}
    write("conventions_curve.csv", ["day", "equity", "benchmark"], curve)
    write("conventions_trades.csv", ["quantity", "entry_price", "pnl"], trades)
    write("conventions.csv", ["conventions", "name", "value"],
          [[engine, name, format(float(value), ".15f")]
           for engine, values in figures.items() for name, value in values.items()])


if __name__ == "__main__":
    main()
