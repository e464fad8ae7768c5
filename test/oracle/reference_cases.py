# SPDX-License-Identifier: PostgreSQL
"""The published GOOG SMA 10/30 trades as a case. PG_QUANT_REFERENCE_DIR names the directory that
holds the figures in its folder `reference` and the bars in its folder `data`."""
import csv
import os

TRADES_FILE = "goog_sma_10_30_trades.csv"
FIRST_DECISION_BAR = 30


def reference_directory():
    """Directory of the references, or None."""
    root = os.environ.get("PG_QUANT_REFERENCE_DIR")
    return os.path.join(root, "reference") if root else None


def data_directory():
    """Directory of the bars that belong to the references."""
    return os.path.join(reference_directory(), os.pardir, "data")


def read_rows(directory, name):
    """A CSV file as a list of dictionaries of text."""
    with open(os.path.join(directory, name), encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def goog_bars():
    """[timestamp, open, high, low, close, volume] as text."""
    rows = read_rows(data_directory(), "goog_daily.csv")
    return [[f"{row['']}T00:00:00Z"] + [row[name] for name in
                                        ("Open", "High", "Low", "Close", "Volume")]
            for row in rows]


def goog_case(commission_percent=None):
    """Long/short reversal on SMA 10/30, whole shares, all equity, next open, last open."""
    bars = goog_bars()
    execution = {"crossover": "strict", "finalize": "last_open", "on_opposite": "reverse"}
    if commission_percent is not None:
        execution["commission"] = {"percent": commission_percent}
    above = "crosses_above(sma(close, $fast), sma(close, $slow))"
    below = "crosses_below(sma(close, $fast), sma(close, $slow))"
    return {
        "name": "goog sma 10/30"
                + ("" if commission_percent is None else " with commission"),
        "timeframe": "1d", "start_date": bars[0][0][:10], "end_date": bars[-1][0][:10],
        "initial_capital": "10000.00", "universe": ["ORC.GOOG"],
        "assets": [{"symbol": "ORC.GOOG", "tick_size": "0.01", "lot_size": "1"}],
        "bars": {"ORC.GOOG": bars},
        "strategy": {"parameters": {"fast": 10, "slow": 30},
                     "entry_rules": {"long": {"when": above}, "short": {"when": below}},
                     "exit_rules": [],
                     "risk_rules": {"size": {"percent_equity": 100}}},
        "parameters": {"execution": execution},
    }
