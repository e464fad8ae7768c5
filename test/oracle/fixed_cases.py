# SPDX-License-Identifier: PostgreSQL
"""Small cases with trades worked out by hand, run by test_fixed.py and by compare.py.

hand_case.py says how they are written down.
"""
from fractions import Fraction

from fixed_mixed import mixed_cases
from fixed_money import money_cases
from fixed_orders import order_cases
from fixed_portfolio import portfolio_cases
from fixed_world import world_cases
from hand_case import QUIET, case, day_text


def _intrabar_cases():
    """Entry at 10, levels 9.50 and 10.50, range 9.40 to 10.70: the low is nearer to the open."""
    bars = {"long": [QUIET[:-1] + "1", "10 10.7 9.4 10 0", QUIET],
            "short": [QUIET[:-1] + "2", "10 10.7 9.4 10 0", QUIET]}
    levels = {"stop_loss": Fraction("0.05"), "take_profit": Fraction("0.05")}
    wins = {("long", "ohlc"), ("short", "olhc"), ("short", "nearest_extreme")}
    for side in ("long", "short"):
        for mode in ("worst_case", "stop_first", "nearest_extreme", "ohlc", "olhc"):
            won = (side, mode) in wins
            price = "10.50" if won == (side == "long") else "9.50"
            yield case(f"stop and target in one bar, {side}, {mode}", bars[side],
                       [("ORC", side, "10", "10", price,
                         "take_profit" if won else "stop_loss", "5" if won else "-5")],
                       {"intrabar": mode}, levels)


def _gap_cases():
    levels = {"stop_loss": Fraction("0.05"), "take_profit": Fraction("0.05")}
    start = [QUIET[:-1] + "1", QUIET]
    tick = {"slippage": {"ticks": 1}}
    yield case("gap through the stop", start + ["9 9.2 8.8 9.1 0"],
               [("ORC", "long", "10", "10.01", "8.99", "stop_loss", "-10.20")], tick, levels)
    yield case("gap over the target", start + ["11 11.2 10.8 11.1 0"],
               [("ORC", "long", "10", "10.01", "11", "take_profit", "9.90")], tick, levels)
    yield case("signal exit before a gapped stop", [start[0], QUIET[:-1] + "3", "9 9.2 8.8 9 0"],
               [("ORC", "long", "10", "10", "9", "signal", "-10")], None, levels)
    yield case("slippage puts the fill beyond its own stop", start,
               [("ORC", "long", "10", "10.20", "9.80", "stop_loss", "-4")],
               {"slippage": {"percent": 2}}, {"stop_loss": Fraction("0.01")})
    yield case("equal extremes in nearest_extreme are worst case",
               [start[0], "10 10.6 9.4 10 0"],
               [("ORC", "long", "10", "10", "9.50", "stop_loss", "-5")],
               {"intrabar": "nearest_extreme"}, levels)


def _order_cases():
    yield case("next open in and out",
               ["10 10.5 9.5 10 1", "10.1 10.6 10 10.5 0", "10.5 11 10.4 10.9 3",
                "10.8 10.9 10.7 10.8 0"],
               [("ORC", "long", "10", "10.10", "10.80", "signal", "7")])
    yield case("same close in and out",
               ["10 10.5 9.5 10 1", "10.1 10.6 10 10.5 0", "10.5 11 10.4 10.9 3"],
               [("ORC", "long", "10", "10", "10.90", "signal", "9")], {"fill": "same_close"})
    yield case("an order waits for its symbol's next bar",
               {"ORC.A": [QUIET[:-1] + "1", None, None, "12 12 12 12 3", "13 13 13 13 0"],
                "ORC.B": [QUIET] * 5},
               [("ORC.A", "long", "10", "12", "13", "signal", "10")])
    yield case("long and short at once give no order", [QUIET[:-1] + "4", QUIET, QUIET], [])
    yield case("an exit beats the entry of its side", [QUIET[:-1] + "5", QUIET, QUIET], [])
    yield case("an order of the last bar expires", [QUIET, QUIET[:-1] + "1"], [])
    yield case("one bar, no trade", [QUIET], [])
    reversal = [QUIET[:-1] + "1", QUIET[:-1] + "2", "11 11 11 11 0", "12 12 12 12 0"]
    closed = ("ORC", "long", "10", "10", "11", "opposite_signal", "10")
    yield case("reverse", reversal, [closed, ("ORC", "short", "10", "11", None, None, "-10")])
    yield case("opposite closes only", reversal, [closed], {"on_opposite": "close"})
    yield case("opposite is ignored", reversal,
               [("ORC", "long", "10", "10", None, None, "20")], {"on_opposite": "ignore"})
    yield case("division by zero stays missing under not",
               ["10 10 10 10 0", QUIET, QUIET], [],
               strategy={"entry_rules": {"long": {"when":
                         "not ((close - low) / (high - low) > 0.6) and high = low"}}})


def _size_cases():
    yield case("the fee is within the budget", [QUIET[:-1] + "1", QUIET],
               [("ORC", "long", "99", "10", None, None, "-9.90")],
               {"commission": {"percent": 1}}, {"size": {"percent_equity": 100}})
    yield case("the second entry of a phase is reduced",
               {"ORC.A": [QUIET[:-1] + "1", QUIET], "ORC.B": ["20 20 20 20 1", "20 20 20 20 0"]},
               [("ORC.A", "long", "60", "10", None, None, "0"),
                ("ORC.B", "long", "20", "20", None, None, "0")],
               None, {"size": {"percent_equity": 60}})
    yield case("sized at the signal, reduced at the fill", [QUIET[:-1] + "1", "11 11 11 11 0"],
               [("ORC", "long", "90", "11", None, None, "0")],
               {"size_at": "signal"}, {"size": {"percent_equity": 100}})
    yield case("off-tick opens round against the trader",
               ["10.005 10.005 10.005 10.005 1", "10.005 10.005 10.005 10.005 3",
                "10.005 10.005 10.005 10.005 0"],
               [("ORC", "long", "10", "10.01", "10", "signal", "-0.10")])
    # Rule 16 bounds the rounded value: 33.334999 x 3 = 100.004997 is 100.00, within 100.
    yield case("fractions of a unit", [QUIET[:-1] + "1", "3 3 3 3 0"],
               [("ORC", "long", "33.334999", "3", None, None, "0")],
               {"quantity_step": Fraction("0.000001")}, {"size": {"cash": 100}})


def _margin_cases():
    margin = {"leverage": 5}
    short = {"size": {"units": 400}}
    yield case("margin call on a short", [QUIET[:-1] + "2", "10 11 10 11 0", "11.2 11.2 11 11 0"],
               [("ORC", "short", "400", "10", "11.20", "margin_call", "-480")], margin, short)
    yield case("ruin ends trading",
               [QUIET[:-1] + "2", "10 13 10 13 0", "13.5 13.5 12 12 1", QUIET, QUIET],
               [("ORC", "short", "400", "10", "13.50", "margin_call", "-1400")], margin, short)


def _end_cases():
    bars = {"ORC.A": [QUIET[:-1] + "1", QUIET, "11 12 11 12 0", None],
            "ORC.B": [QUIET[:-1] + "2", QUIET, QUIET, "9 9 8 8 0"]}
    for mode, a, b in (("last_open", "11", "9"), ("last_close", "12", "8")):
        yield case(f"finalize {mode} of symbols that end apart", bars,
                   [("ORC.A", "long", "10", "10", a, "end_of_data", str((int(a) - 10) * 10)),
                    ("ORC.B", "short", "10", "10", b, "end_of_data", str((10 - int(b)) * 10))],
                   {"finalize": mode})
    yield case("open lots are marked", bars,
               [("ORC.A", "long", "10", "10", None, None, "20"),
                ("ORC.B", "short", "10", "10", None, None, "20")])


def _warm_up_cases():
    """Equal averages are no crossing; bars before start_date only fill lookbacks."""
    closes = ["10.00", "10.01", "9.99", "10.00", "10.00", "10.00", "10.01", "9.99", "10.02",
              "10.00", "9.98", "10.00", "10.03", "10.00", "9.97", "10.00", "10.00", "10.05"]
    bars = [f"{c} 10.10 9.90 {c} 0" for c in closes]
    for average in ("sma", "ema", "rsi"):
        rules = {"entry_rules": {"long": {"when": f"{average}(close, 2) > {average}(close, 4)"}},
                 "exit_rules": [{"id": "out",
                                 "when": f"{average}(close, 2) < {average}(close, 4)"}]}
        yield case(f"warm-up, {average}", bars, strategy=rules,
                   start_date=day_text(8)[:10], end_date=day_text(16)[:10])
        yield case(f"no warm-up, {average}", bars, strategy=rules)


def fixed_cases():
    """All fixed cases."""
    cases = []
    for group in (_order_cases, _gap_cases, _intrabar_cases, _size_cases, _margin_cases,
                  _end_cases, _warm_up_cases, order_cases, money_cases, world_cases,
                  portfolio_cases, mixed_cases):
        cases += group()
    return cases
