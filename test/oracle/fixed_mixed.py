# SPDX-License-Identifier: PostgreSQL
"""Hand-worked cases in which several rules meet."""
from fractions import Fraction

from hand_case import QUIET, case, day_text

LEVELS = {"stop_loss": Fraction("0.05"), "take_profit": Fraction("0.05")}
HALF = {"max_volume_share": Fraction("0.5")}


def _trade(*fields, symbol="ORC", side="long"):
    return (symbol, side, *fields)


def _when(long=None, short=None, **rules):
    entries = {side: {"when": text} for side, text in (("long", long), ("short", short)) if text}
    return {"entry_rules": entries, "exit_rules": [], **rules}


def _parts_of_fills():
    start = ["10 10 10 10 100", "10 10 10 10 100"]
    # the order pays its 1 with the first fill; 0.40 and 0.60 of the entry's 1 go with the parts
    yield case("what remains of a target rests",
               start + ["10 10.6 9.9 10.2 8", "10 10.6 10 10.2 20"],
               [_trade("4", "10", "10.50", "take_profit", "0.60"),
                _trade("6", "10", "10.50", "take_profit", "2.40")],
               {**HALF, "commission": {"per_order": 1}}, LEVELS, strategy=_when("day = 1"))
    yield case("what remains of a stop goes at the next open",
               start + ["10 10 9.4 9.6 8", "9 9.2 8.9 9 20"],
               [_trade("4", "10", "9.50", "stop_loss", "-2"),
                _trade("6", "10", "9", "stop_loss", "-6")],
               HALF, LEVELS, strategy=_when("day = 1"))
    yield case("the entry of a reversal waits until all is closed",
               start + ["11 11 11 11 8", "12 12 12 12 40"],
               [_trade("4", "10", "11", "opposite_signal", "4"),
                _trade("6", "10", "12", "opposite_signal", "12"),
                _trade("10", "12", None, None, "0", side="short")],
               HALF, strategy=_when("day = 1", "day = 2"))
    resting = {"entry_rules": {"long": {"when": "day = 1", "order": {
        "type": "limit", "limit": "close - 1"}}}, "exit_rules": []}
    yield case("what remains of a limit rests",
               ["10 10 10 10 100", "9.5 9.5 9 9.5 6", "9.5 9.5 9.2 9.5 90", "8.5 9 8 9 90"],
               [_trade("3", "9", None, None, "0"), _trade("7", "8.50", None, None, "3.50")],
               HALF, strategy=resting)


def _budgets():
    """A takes all; B's limit is touched in the bar in which A leaves."""
    strategy = {"entry_rules": {"long": {"when": "volume = 1", "order": {
        "type": "limit", "limit": "close"}}}, "exit_rules": []}
    everything = {"size": {"percent_equity": 100}, "take_profit": Fraction("0.05")}

    def pair(last):
        return {"ORC.A": ["10 10 10 10 1", QUIET, last],
                "ORC.B": [QUIET, QUIET[:-1] + "1", "10.2 10.3 9.9 10 0"]}
    # equity is 1050 by then, but the 1000 still count as exposure
    yield case("what leaves inside the bar is spent later", pair("10 10.6 10 10.5 0"),
               [_trade("100", "10", "10.50", "take_profit", "50", symbol="ORC.A"),
                _trade("5", "10", None, None, "0", symbol="ORC.B")],
               None, everything, strategy=strategy)
    yield case("what leaves at the open is spent inside the bar", pair("10.6 10.7 10.6 10.6 0"),
               [_trade("100", "10", "10.60", "take_profit", "60", symbol="ORC.A"),
                _trade("106", "10", None, None, "0", symbol="ORC.B")],
               None, everything, strategy=strategy)
    yield case("an entry that does not fit is left out if so asked", [QUIET[:-1] + "1", QUIET], [],
               {"on_short_cash": "skip"}, {"size": {"units": 200}})


def _lots():
    # 5 and 5 become 5: the first lot's share of 2.5 is rounded to 3
    yield case("lots share what a split leaves",
               [QUIET[:-1] + "1", QUIET[:-1] + "1", QUIET, "20 20 20 20 0"],
               [_trade("3", "20", None, None, "10"), _trade("2", "20", None, None, "-10")], None,
               {"size": {"units": 5}, "pyramiding": {"max": 2}},
               actions={"ORC": [{"type": "split", "ex_date": day_text(3)[:10],
                                 "to": 1, "from": 2}]})
    yield case("a trailing stop of a short position",
               [QUIET[:-1] + "2", "10 10.1 9.4 9.5 0", "9.5 9.8 9 9.1 0", "9.2 9.6 9.1 9.3 0"],
               [_trade("10", "10", "9.50", "trailing_stop", "5", side="short")], None,
               {"trailing_stop": Fraction("0.05")})
    # 10.70 came before the fill, or may have: 9.70 is the best price, 9.20 the level at the end
    yield case("a trailing stop of a lot filled inside the bar",
               ["10 10 10 10 1", "10 10.7 9.4 9.6 0", "9.6 9.7 9.1 9.2 0", "9 9 9 9 0"],
               [_trade("10", "9.50", "9", "trailing_stop", "-5")], None,
               {"trailing_stop": {"distance": "0.5"}},
               strategy={"entry_rules": {"long": {"when": "volume = 1", "order": {
                   "type": "limit", "limit": "9.5"}}}, "exit_rules": []})


def _same_close():
    yield case("same close: a time stop, a part, an entry",
               ["10 10 10 10 1", "11 11 11 11 0", "12 12 12 12 3", "13 13 13 13 0"],
               [_trade("5", "10", "12", "signal", "10"),
                _trade("5", "10", "13", "time_exit", "15")],
               {"fill": "same_close"}, {"time_stop_bars": 3},
               strategy={"exit_rules": [{"id": "half", "when": "volume = 3",
                                         "portion": Fraction("0.5")}]})
    yield case("same close: a limit works from the next bar on",
               ["10 10 9 10 1", "10 10 9.8 10 0", "10 10 9.4 10 0"],
               [_trade("10", "9.50", None, None, "5")], {"fill": "same_close"},
               strategy={"entry_rules": {"long": {"when": "volume = 1", "order": {
                   "type": "limit", "limit": "9.5"}}}, "exit_rules": []})


def mixed_cases():
    """All of them."""
    for group in (_parts_of_fills, _budgets, _lots, _same_close):
        yield from group()
