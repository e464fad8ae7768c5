# SPDX-License-Identifier: PostgreSQL
"""The oracle against the hand-worked trades of fixed_cases.py, and the generator's promises.

    python3 -m unittest test_fixed.py
"""
import unittest
from fractions import Fraction

import engine
import metrics
from case_input import dump_json, load_json
from fixed_cases import fixed_cases
from generate import FEATURES, random_case
from hand_case import case as hand_case
from shrink import shrink


class HandWorkedTrades(unittest.TestCase):
    """Quantity, prices, reason and pnl of every trade."""

    def test_trades(self):
        for case in fixed_cases():
            with self.subTest(case["name"]):
                run = engine.run(load_json(dump_json(case)))
                metrics.columns(run)
                if "expect" in case:
                    self.assertEqual(_summary(run.trades), _expected(case["expect"]))
                if "income" in case:
                    income = [trade["income"] for trade in run.trades]
                    self.assertEqual(income, [Fraction(text) for text in case["income"]])
                if "final" in case:
                    self.assertEqual(run.curve[-1]["equity"], Fraction(case["final"]))


class Generator(unittest.TestCase):
    """The same seed gives the same case, and every case runs and keeps its identities."""

    def test_repeatable(self):
        self.assertEqual(dump_json(random_case(7)), dump_json(random_case(7)))

    def test_runs(self):
        for seed in range(1, 31):
            with self.subTest(seed=seed):
                metrics.columns(engine.run(load_json(dump_json(random_case(seed)))))


class Without(unittest.TestCase):
    """A feature that is left out changes no other."""

    def test_left_out(self):
        names = {name for name, _, _ in FEATURES}
        for seed in range(1, 40):
            whole, plain = random_case(seed), random_case(seed, names - {"time_stops"})
            risk = [case["strategy"]["risk_rules"] for case in (whole, plain)]
            if "time_stop_bars" in risk[0]:
                self.assertEqual(risk[0]["time_stop_bars"], risk[1]["time_stop_bars"])

    def test_shrink(self):
        def fails(case):
            stop = case["strategy"]["risk_rules"].get("stop_loss")
            return ["differs"] if stop and len(case["bars"].get("ORC", ())) > 2 else []
        bars = ["10 10 10 10 0"] * 30
        case = hand_case("large", {"ORC": bars, "ORC.B": bars}, None, {"fill": "same_close"},
                         {"stop_loss": Fraction("0.1"), "take_profit": Fraction("0.1")})
        small = shrink(case, fails)
        self.assertEqual(len(small["bars"]["ORC"]), 3)
        self.assertEqual(list(small["strategy"]["risk_rules"]), ["stop_loss"])
        self.assertEqual((small["universe"], small["parameters"]), (["ORC"], {"execution": {}}))


def _summary(trades):
    return [(t["symbol"], t["side"], t["quantity"], t["entry_price"], t["exit_price"],
             t["exit_reason"], t["pnl"]) for t in trades]


def _expected(rows):
    def number(text):
        return None if text is None else Fraction(text)
    return [(symbol, side, number(quantity), number(entry), number(leave), reason, number(pnl))
            for symbol, side, quantity, entry, leave, reason, pnl in rows]


if __name__ == "__main__":
    unittest.main()
