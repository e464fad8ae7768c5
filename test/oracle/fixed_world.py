# SPDX-License-Identifier: PostgreSQL
"""Hand-worked cases of corporate actions, the universe, and what rules read (docs/semantics 1, 7,
21 to 28)."""
from fractions import Fraction

from hand_case import QUIET, case, day_text

LONG, SHORT, OUT = QUIET[:-1] + "1", QUIET[:-1] + "2", QUIET[:-1] + "3"


def _trade(*fields, symbol="ORC", side="long"):
    return (symbol, side, *fields)


def _day(number):
    return day_text(number)[:10]


def _split(number, new, old):
    return {"type": "split", "ex_date": _day(number), "to": new, "from": old}


def _dividend(number, amount):
    return {"type": "dividend", "ex_date": _day(number), "amount": amount}


def _split_cases():
    halves = [LONG, QUIET, "5 5.1 4.9 5 3", "6 6 6 6 0"]
    yield case("two for one", halves, [_trade("20", "5", "6", "signal", "20")],
               actions={"ORC": [_split(2, 2, 1)]})
    # 10 * 3/4 = 7.5: 7 kept, 0.5 paid at 10 * 4/3 = 6.67
    yield case("a fraction is paid in cash", [LONG, QUIET, "13 13 13 13 3", "14 14 14 14 0"],
               [_trade("7", "13.3333", "14", "signal", "-2")],
               actions={"ORC": [_split(2, 3, 4)]}, income=["6.67"], final="1004.67")
    yield case("a short position is charged", [SHORT, QUIET, "13 13 13 13 0"],
               [_trade("7", "13.3333", None, None, "9", side="short")],
               actions={"ORC": [_split(2, 3, 4)]}, income=["-6.67"], final="1002.33")
    yield case("nothing would be left", [LONG, "10 10 9 9 0", "180 180 180 180 0"],
               [_trade("10", "10", "9", "delisted", "-10")],
               {"commission": {"percent": 0}}, actions={"ORC": [_split(2, 1, 20)]})
    levels = {"stop_loss": Fraction("0.1"), "trailing_stop": Fraction("0.2")}
    yield case("the stop is split", [LONG, QUIET, "5 5.1 4.9 5 0", "5 5.1 4.4 5 0"],
               [_trade("20", "5", "4.50", "stop_loss", "-10")], None, levels,
               actions={"ORC": [_split(2, 2, 1)]})
    yield case("a waiting order is split", [LONG, "5 5.1 4.7 5 0"],
               [_trade("10", "4.75", None, None, "2.50")],
               actions={"ORC": [_split(1, 2, 1)]}, strategy={"entry_rules": {"long": {
                   "when": "volume = 1", "order": {"type": "limit", "limit": "close - 0.5"}}}})
    # 5 is no fall after two for one: close[1] reads as 5 and sma(close, 2) as 5
    yield case("rules read units of the deciding bar", ["10 10 10 10 0", "5 5 5 5 0", QUIET],
               [_trade("10", "10", None, None, "0")], actions={"ORC": [_split(1, 2, 1)]},
               strategy={"entry_rules": {"long": {
                   "when": "close = close[1] and sma(close, 2) = 5 and highest(volume, 2) = 0"}}})
    yield case("adjusted bars have no splits", halves, [_trade("10", "10", "6", "signal", "-40")],
               {"prices": "adjusted"}, actions={"ORC": [_split(2, 2, 1), _dividend(2, 1)]},
               income=["0"])


def _dividend_cases():
    bars = [LONG, QUIET, "9.5 9.6 9.4 9.5 3", "9 9 9 9 0"]
    yield case("a dividend is income, not pnl", bars, [_trade("10", "10", "9", "signal", "-10")],
               actions={"ORC": [_dividend(2, "0.123")]}, income=["1.23"], final="991.23")
    yield case("a short position pays it", [SHORT] + bars[1:],
               [_trade("10", "10", "9", "signal", "10", side="short")],
               actions={"ORC": [_dividend(2, "0.123")]}, income=["-1.23"], final="1008.77")
    yield case("who buys on the ex-date gets none", bars[:2],
               [_trade("10", "10", None, None, "0")],
               actions={"ORC": [_dividend(1, "0.5")]}, income=["0"])
    yield case("the split comes first", [LONG, QUIET, "5 5 5 5 0"],
               [_trade("20", "5", None, None, "0")],
               actions={"ORC": [_dividend(2, "0.5"), _split(2, 2, 1)]}, income=["10"])
    yield case("a dividend before a later split of adjusted bars", [LONG, QUIET, QUIET, QUIET],
               [_trade("10", "10", None, None, "0")], {"prices": "split_adjusted"},
               actions={"ORC": [_dividend(2, "0.5"), _split(3, 2, 1)]}, income=["2.50"])
    # 1.25 over lots of 10 and 10: cumulative rounding gives 0.63 and 0.62
    yield case("lots share a dividend", [LONG, LONG, QUIET, QUIET],
               [_trade("10", "10", None, None, "0")] * 2, None, {"pyramiding": {"max": 2}},
               actions={"ORC": [_dividend(3, "0.0625")]}, income=["0.63", "0.62"])


def _ending_cases():
    other = [QUIET] * 6
    short_life = [LONG, "10 10 9 9 0", None, None, None, None]
    closed = [_trade("10", "10", "9", "delisted", "-11.90", symbol="ORC.A")]
    costs = {"commission": {"percent": 1}, "slippage": {"ticks": 0}}
    yield case("delisted on its last day", {"ORC.A": short_life, "ORC.B": other}, closed, costs,
               asset={"ORC.A": {"delisted_on": _day(1)}})
    yield case("delisted after its last bar", {"ORC.A": short_life, "ORC.B": other}, closed, costs,
               asset={"ORC.A": {"delisted_on": _day(4)}})
    yield case("stale", {"ORC.A": short_life, "ORC.B": other}, closed,
               {**costs, "stale_days": 4})
    yield case("not yet stale", {"ORC.A": short_life, "ORC.B": other},
               [_trade("10", "10", None, None, "-11", symbol="ORC.A")],
               {**costs, "stale_days": 5})
    left = [LONG, QUIET, QUIET, "11 11 11 11 1", QUIET]
    member = [{"symbol": "ORC", "to": _day(2)}]
    yield case("who leaves the universe is kept", left, [_trade("10", "10", None, None, "0")],
               universe=member)
    yield case("or closed at the next open", left,
               [_trade("10", "10", "11", "rebalance", "10")], {"on_leave": "close"},
               universe=member)
    yield case("a waiting entry of who has left is cancelled", [QUIET, QUIET, LONG, QUIET], [],
               universe=member)
    yield case("not yet listed", [LONG, LONG, "10 10 10 10 1", "11 11 11 11 0"],
               [_trade("10", "11", None, None, "0")], asset={"ORC": {"listed_on": _day(2)}})


def _reading_cases():
    def when(text):
        return {"entry_rules": {"long": {"when": text}}, "exit_rules": []}
    up = ["10 10 10 10 0", "11 11 11 11 0", "12 12 12 12 0", "13 13 13 13 0"]
    gap = ["10 10 10 10 0", None, "8 8 8 8 0", "9 9 9 9 0"]
    pair = {"ORC.A": up, "ORC.B": gap}
    yield case("another symbol, only at the same time", pair,
               [_trade("10", "13", None, None, "0", symbol="ORC.A")],
               strategy=when('at("ORC.B", close) < close - 2 and high = low and close > 9'
                             ' and not at("ORC.B", close) > 8'))
    yield case("another symbol, up to two days old", pair,
               [_trade("10", "12", None, None, "10", symbol="ORC.A")], {"max_age": "2d"},
               strategy=when('at("ORC.B", close) < close and close >= 11'))
    # Monday 1 March 2021 is day 0: the week has ended by the end of Sunday, day 6
    week = ["10 12 9 11 1", None, None, None, "11 13 10 12 2", None, "12 12 11 11.5 0",
            "9 9 9 9 0", "9 9 9 9 0"]
    yield case("a week is seen once it has ended", week,
               [_trade("10", "9", None, None, "0")],
               strategy=when('tf("1w", high) = 13 and tf("1w", open) = 10'
                             ' and tf("1w", volume) = 3 and tf("1w", close) = 11.5'))
    yield case("calendar in the zone of the run", ["10 10 10 10 0", "11 11 11 11 0"],
               [_trade("10", "11", None, None, "0")], {"timezone": "America/New_York"},
               strategy=when("weekday = 7 and hour = 19 and day = 28 and month = 2"),
               start_date="2021-02-28")


def world_cases():
    """All of them."""
    for group in (_split_cases, _dividend_cases, _ending_cases, _reading_cases):
        yield from group()
