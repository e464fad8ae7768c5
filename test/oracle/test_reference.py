# SPDX-License-Identifier: PostgreSQL
"""Proves the oracle against published figures, so that it can judge the product.

    PG_QUANT_REFERENCE_DIR=... python3 -m unittest test_reference.py
"""
import json
import os
import unittest
from fractions import Fraction

import engine
import metrics
import series
from case_input import Bar, parse_timestamp
from expressions import parse
from reference_cases import (FIRST_DECISION_BAR, TRADES_FILE, goog_case, read_rows,
                             reference_directory)

HALF_CENT = Fraction(1, 200)

WORKED_FIGURES = {
    "total_return": "4.142299", "annualized_return": "0.21160245705963",
    "volatility": "0.29482357568315", "sharpe_ratio": "0.7981653229981",
    "sortino_ratio": "1.2055073959469", "max_drawdown": "0.47980127050076",
    "calmar_ratio": "0.44102104364747", "ulcer_index": "0.19344696045701",
    "winning_trades": "31", "losing_trades": "35", "profit_factor": "1.4778410020971",
    "expectancy": "627.62", "sqn": "1.0766187356698", "payoff_ratio": "1.668530163658",
    "skewness": "0.65939400977063", "kurtosis": "10.399753292908",
    "var_95": "0.027420161517431",
}


@unittest.skipUnless(reference_directory(), "PG_QUANT_REFERENCE_DIR is not set")
class GoogReference(unittest.TestCase):
    """backtesting.py's own unit test, confirmed with decimal arithmetic."""

    @classmethod
    def setUpClass(cls):
        cls.goog = engine.run(goog_case())
        cls.expected = read_rows(reference_directory(), TRADES_FILE)

    def test_every_trade(self):
        rows = {bar.timestamp: row for row, bar in enumerate(self.goog.case.bars["ORC.GOOG"])}
        self.assertEqual(len(self.goog.trades), 66)
        for trade, expected in zip(self.goog.trades, self.expected):
            size = trade["quantity"] if trade["side"] == "long" else -trade["quantity"]
            found = (size, rows[trade["entry_date"]], rows[trade["exit_date"]],
                     trade["entry_price"], trade["exit_price"], trade["pnl"],
                     trade["entry_date"].date().isoformat(), trade["exit_date"].date().isoformat())
            wanted = tuple(Fraction(expected[name]) for name in
                           ("size", "entry_bar", "exit_bar", "entry_price", "exit_price", "pnl"))
            self.assertEqual(found, wanted + (expected["entry_date"], expected["exit_date"]))

    def test_reasons(self):
        reasons = [trade["exit_reason"] for trade in self.goog.trades]
        self.assertEqual(reasons, ["opposite_signal"] * 65 + ["end_of_data"])

    def test_first_decision_bar(self):
        bars = self.goog.case.bars["ORC.GOOG"]
        first = self.goog.signals[0]["signal_date"]
        self.assertGreaterEqual(first, bars[FIRST_DECISION_BAR].timestamp)

    def test_equity(self):
        self.assertEqual(self.goog.curve[-1]["equity"], Fraction("51422.99"))
        self.assertEqual(max(p["equity"] for p in self.goog.curve), Fraction("75787.44"))
        self.assertEqual(len(self.goog.curve), 2148)

    def test_worked_figures(self):
        values = metrics.figures(self.goog)
        for name, text in WORKED_FIGURES.items():
            with self.subTest(name):
                digits = len(text.partition(".")[2])
                value = Fraction(values[name])
                self.assertEqual(series.round_half_away(value, digits), Fraction(text))

    def test_with_commission(self):
        run = engine.run(goog_case(Fraction("0.2")))
        self.assertEqual(len(run.trades), 66)
        difference = abs(run.curve[-1]["equity"] - Fraction("39280.73682"))
        self.assertLessEqual(difference, HALF_CENT * len(run.fills))


@unittest.skipUnless(reference_directory(), "PG_QUANT_REFERENCE_DIR is not set")
class IndicatorReference(unittest.TestCase):
    """TA-Lib's 252 bars; its doubles agree with the exact values to about 1e-10."""

    COLUMNS = {"sma_30": "sma(close, 30)", "ema_10": "ema(close, 10)", "rsi_14": "rsi(close, 14)",
               "atr_14": "atr(14)", "max_30": "highest(close, 30)", "min_30": "lowest(close, 30)"}

    def test_columns(self):
        rows = read_rows(reference_directory(), "talib_252bars_reference.csv")
        start = parse_timestamp("2000-01-01T00:00:00Z")
        bars = [Bar(start, *(Fraction(row[name]) for name in
                             ("open", "high", "low", "close", "volume"))) for row in rows]
        values = series.SymbolSeries(bars, False)
        for column, text in self.COLUMNS.items():
            node = parse(text, {})
            for row, reference in enumerate(rows):
                with self.subTest(column, row=row):
                    value = values.value(node, row)
                    self.assertEqual(value is None, reference[column] == "")
                    if value is not None:
                        difference = abs(value - Fraction(reference[column]))
                        self.assertLess(difference, Fraction(1, 10 ** 9))


@unittest.skipUnless(reference_directory(), "PG_QUANT_REFERENCE_DIR is not set")
class ExactReference(unittest.TestCase):
    """Inputs on which running sums in double go wrong, and NULL and 0/0 cases."""

    @classmethod
    def setUpClass(cls):
        path = os.path.join(reference_directory(), "exact_decimal_cases.json")
        with open(path, encoding="utf-8") as file:
            cases = json.load(file, parse_float=Fraction, parse_int=Fraction)["cases"]
        cls.cases = {case["name"]: case for case in cases}

    def check(self, name, key, function, length):
        case = self.cases[name]
        values = [None if x is None else Fraction(x) for x in case["input"]]
        expected = [None if x is None else Fraction(x) for x in case[key]]
        first = case.get("first_output_bar", 0)
        self.assertEqual(function(values, length)[int(first):], expected)

    def test_sma_after_a_huge_value(self):
        self.check("sma_3_after_huge_value", "exact", series.sma, 3)

    def test_sma_recovers_from_null(self):
        self.check("sma_3_null_inside", "exact_with_recovery", series.sma, 3)

    def test_ema_seed(self):
        self.check("ema_3_bounded_frame_trap", "true_ema3_sma_seed", series.ema, 3)

    def test_rsi_without_movement_is_missing(self):
        values = [Fraction(x) for x in self.cases["rsi_flat"]["input"]]
        self.assertEqual(series.rsi(values, 3), [None] * 5)

    def test_rsi_only_up(self):
        values = [Fraction(x) for x in self.cases["rsi_only_up"]["input"]]
        self.assertEqual(series.rsi(values, 3), [None] * 3 + [100, 100])


if __name__ == "__main__":
    unittest.main()
