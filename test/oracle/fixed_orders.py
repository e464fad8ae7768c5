# SPDX-License-Identifier: PostgreSQL
"""Hand-worked cases of orders and of fills inside a bar (docs/semantics 3 to 13)."""
from fractions import Fraction

from hand_case import QUIET, case, day_text

LONG, SHORT = QUIET[:-1] + "1", QUIET[:-1] + "2"
OUT = QUIET[:-1] + "3"


def _entry(kind, side="long", **form):
    trigger = {"long": "volume = 1", "short": "volume = 2"}[side]
    return {"entry_rules": {side: {"when": trigger, "order": {"type": kind, **form}}}}


def _open(price, pnl, quantity="10", side="long"):
    return ("ORC", side, quantity, price, None, None, pnl)


def _entry_orders():
    limit = _entry("limit", limit="close - 0.5")
    late = [LONG, "10 10.2 9.6 9.8 0", "9.9 10 9.5 9.7 0", "9.8 9.9 9.49 9.9 0"]
    yield case("a limit waits for its touch", late, [_open("9.50", "4")], strategy=limit)
    yield case("a limit gone through by a tick", late[:3] + ["9.8 9.9 9.49 9.8 0"],
               [_open("9.50", "3")], {"limit_fill": "through"}, strategy=limit)
    yield case("a limit that is only touched does not fill when it must be passed", late[:3], [],
               {"limit_fill": "through"}, strategy=limit)
    yield case("the open has passed the limit", [LONG, "9.2 9.6 9.1 9.5 0"], [_open("9.20", "3")],
               {"slippage": {"ticks": 5}}, strategy=limit)
    stop = _entry("stop", stop="close + 0.5")
    tick = {"slippage": {"ticks": 1}}
    yield case("a stop slips", [LONG, "10 10.5 9.9 10.4 0"], [_open("10.51", "-1.10")], tick,
               strategy=stop)
    yield case("the open has passed the stop", [LONG, "11 11.5 10.9 11.4 0"],
               [_open("11.01", "3.90")], tick, strategy=stop)
    short = _entry("stop", "short", stop="close - 0.5")
    yield case("a sell stop", [SHORT, "10 10.2 9.5 9.6 0"], [_open("9.49", "-1.10", side="short")],
               tick, strategy=short)
    lives = ["10 10.2 9.8 10 0"] * 2 + ["10 10.2 9.5 10 0"]
    for tif, filled in (("day", False), ({"bars": 2}, False), ({"bars": 3}, True), ("gtc", True)):
        yield case(f"time in force {tif}", [LONG] + lives, [_open("9.50", "5")] if filled else [],
                   strategy=_entry("limit", limit="close - 0.5", tif=tif))
    # ordered for 9.50 at day 0, and for 9.70 at day 1 if the first order has ended by then
    again = [LONG, "10.2 10.3 9.8 10.2 1", "10 10.2 9.5 10 0"]
    for tif, price, pnl in (("day", "9.70", "3"), ({"bars": 1}, "9.70", "3"),
                            ({"bars": 2}, "9.50", "5")):
        yield case(f"a rule that still holds orders anew, time in force {tif}", again,
                   [_open(price, pnl)], strategy=_entry("limit", limit="close - 0.5", tif=tif))
    yield case("market on close", [LONG, "10.2 10.8 10 10.6 0", "11 11 11 11 0"],
               [_open("10.61", "3.90")], tick, strategy=_entry("market_on_close"))
    yield case("an order price of zero is refused", [LONG, QUIET, QUIET], [],
               strategy=_entry("limit", limit="close - 10"))


def _stop_limits():
    def form(limit):
        return _entry("stop_limit", stop="close + 0.5", limit=limit)
    near, far = form("close + 0.6"), form("close + 1.2")
    cases = (
        ("between stop and limit at the open", near, ["10.55 10.7 10.5 10.6 0"], "10.55", "0.50"),
        ("open beyond the limit, close within", near, ["11 11.1 10.5 10.58 0"], "10.60", "-0.20"),
        ("high below the limit", far, ["10 10.8 9.9 10.7 0"], "10.80", "-1"),
        ("rests as a limit and is touched", near, ["10 11 10 10.9 0", "10.8 10.9 10.6 10.7 0"],
         "10.60", "1"),
        ("rests as a limit and opens below it", near, ["10 11 10 10.9 0", "10.3 10.4 10.2 10.4 0"],
         "10.30", "1"),
    )
    for name, strategy, bars, price, pnl in cases:
        yield case(f"stop-limit: {name}", [LONG] + bars, [_open(price, pnl)],
                   {"slippage": {"ticks": 3}}, strategy=strategy)


def _exit_orders():
    def rules(**form):
        return {"exit_rules": [{"id": "out", "when": "volume = 3", **form}]}
    start = [LONG, OUT]
    yield case("an exit at a limit", start + ["10 10.3 9.9 10.1 0"],
               [("ORC", "long", "10", "10", "10.30", "signal", "3")],
               strategy=rules(order={"type": "limit", "limit": "close + 0.3"}))
    yield case("an exit at a stop", start + ["10 10.3 9.7 10.1 0"],
               [("ORC", "long", "10", "10", "9.80", "signal", "-2")],
               strategy=rules(order={"type": "stop", "stop": "entry_price - 0.2"}))
    yield case("an exit at the next close", start + ["10 10.3 9.7 10.1 0"],
               [("ORC", "long", "10", "10", "10.10", "signal", "1")],
               strategy=rules(order={"type": "market_on_close"}))
    parts = start + ["11 11 11 11 0", "11 11 11 11 3", "12 12 12 12 0"]
    yield case("parts of a position", parts,
               [("ORC", "long", "3", "10", "11", "signal", "3"),
                ("ORC", "long", "2", "10", "12", "signal", "4"), _open("10", "10", "5")],
               strategy=rules(portion=Fraction("0.35")))
    yield case("the stop of the lot comes before a resting exit in the bar",
               start + ["10 10.3 9.4 10.1 0"],
               [("ORC", "long", "10", "10", "9.50", "stop_loss", "-5")], None,
               {"stop_loss": Fraction("0.05")},
               strategy=rules(order={"type": "limit", "limit": "close + 0.3"}))
    yield case("a passed stop comes before a reversal",
               [LONG, QUIET[:-1] + "2", "9 9.1 8.9 9 0"],
               [("ORC", "long", "10", "10", "9", "stop_loss", "-10"),
                _open("9", "0", side="short")],
               None, {"stop_loss": Fraction("0.05")})


def _waiting():
    both = {"entry_rules": {"long": {"when": "volume = 1", "order": {"type": "limit",
                                                                     "limit": "close - 1"}},
                            "short": {"when": "volume = 2"}}}
    yield case("an entry for the other side cancels the waiting one",
               [LONG, SHORT, QUIET, "10 10 9 10 0", "9.5 9.5 9.5 9.5 0"],
               [_open("10", "5", side="short")], strategy=both)
    yield case("an exit rule cancels the waiting entry of its side",
               [LONG, OUT, "10 10 9 10 0"], [],
               strategy=_entry("limit", limit="close - 1"))
    yield case("a reversal inside the bar", [SHORT, QUIET, LONG, "10 10.5 9.9 10.2 0"],
               [("ORC", "short", "10", "10", "10.40", "opposite_signal", "-4"),
                _open("10.40", "-2")],
               strategy={"entry_rules": {"long": {"when": "volume = 1", "order": {
                   "type": "stop", "stop": "close + 0.4"}}, "short": {"when": "volume = 2"}}})
    stopped = ["10 10 9 10 1", "10 10 9 10 1", "10 10 9 10 1", "10 10 9.6 10 0"]
    yield case("no cooldown", [LONG] + stopped,
               [("ORC", "long", "10", "10", "9.50", "stop_loss", "-5")] * 3 + [_open("10", "0")],
               None, {"stop_loss": Fraction("0.05")})
    yield case("cooldown of two bars", [LONG] + stopped,
               [("ORC", "long", "10", "10", "9.50", "stop_loss", "-5"), _open("10", "0")],
               None, {"stop_loss": Fraction("0.05"), "cooldown_bars": 2})


def _lots():
    bars = [LONG, "10 10.4 10 10.4 1", "10.4 10.6 10.4 10.6 1", "10.7 10.7 10.7 10.7 1",
            OUT, "11 11 11 11 0"]
    pyramid = {"pyramiding": {"max": 2, "step": "0.5"}}
    expect = [("ORC", "long", "10", "10", "11", "signal", "8.50"),
              ("ORC", "long", "10", "10.70", "11", "signal", "1.50")]
    yield case("a pyramid of two, closed by one order", bars, expect,
               {"commission": {"per_order": 1}}, pyramid)
    yield case("each lot has its own stop",
               [LONG, "10 10.6 10 10.6 1", "11 11 11 11 0", "11 11 10.3 10.5 0"],
               [("ORC", "long", "10", "11", "10.45", "stop_loss", "-5.50"), _open("10", "5")],
               None, {**pyramid, "stop_loss": Fraction("0.05")})
    trail = {"trailing_stop": Fraction("0.05")}
    yield case("a trailing stop follows the bars before",
               [LONG, "10 10.6 9.9 10.5 0", "10.5 11 10.2 10.9 0", "10.8 10.9 10.4 10.6 0"],
               [("ORC", "long", "10", "10", "10.50", "trailing_stop", "5")], None, trail)
    near = {"exit_rules": [{"type": "trailing_stop", "distance": "0.3", "id": "near"}]}
    yield case("the nearest of two trailing stops counts",
               [LONG, "10 10.6 9.9 10.5 0", "10.5 11 10.2 10.9 0"],
               [("ORC", "long", "10", "10", "10.30", "trailing_stop", "3")], None, trail,
               strategy=near)
    yield case("a stop loss above the trailing stop",
               [LONG, "10 10.1 9.6 9.8 0"],
               [("ORC", "long", "10", "10", "9.80", "stop_loss", "-2")], None,
               {**trail, "stop_loss": Fraction("0.02")})
    yield case("a time stop", [LONG, QUIET, QUIET, QUIET, "10.5 10.5 10.5 10.5 0"],
               [("ORC", "long", "10", "10", "10.50", "time_exit", "5")], None,
               {"time_stop_bars": 2})


def _filled_inside():
    levels = {"stop_loss": Fraction("0.02"), "take_profit": Fraction("0.02")}
    limit = _entry("limit", limit="close - 0.5")
    for name, bar, trade in (
            ("its stop by the low", "10 10 9.3 9.8 0", ("9.31", "stop_loss", "-1.90")),
            ("its target by the close", "10 10 9.4 9.7 0", ("9.69", "take_profit", "1.90"))):
        yield case(f"a lot filled inside the bar leaves by {name}", [LONG, bar],
                   [("ORC", "long", "10", "9.50", *trade)], None, levels, strategy=limit)
    yield case("a lot filled inside the bar ignores the high", [LONG, "10 10 9.4 9.6 0"],
               [_open("9.50", "1")], None, levels, strategy=limit)
    wide = {"stop_loss": Fraction("0.05"), "take_profit": Fraction("0.05")}
    finer = [[day_text(1).replace("T00", hour)] + row.split() for hour, row in (
        ("T10", "10 10.2 9.8 10 0"), ("T11", "10 10.6 9.9 10.5 0"), ("T12", "10.5 10.7 9.4 10 0"))]
    yield case("finer bars decide between stop and target", [LONG, "10 10.7 9.4 10 0"],
               [("ORC", "long", "10", "10", "10.50", "take_profit", "5")],
               {"intrabar": "lower_timeframe"}, wide, finer_bars={"1h": {"ORC": finer}})
    yield case("a finer bar that touches both is the stop", [LONG, "10 10.7 9.4 10 0"],
               [("ORC", "long", "10", "10", "9.50", "stop_loss", "-5")],
               {"intrabar": "lower_timeframe"}, wide, finer_bars={"1h": {"ORC": finer[2:]}})


def order_cases():
    """All of them."""
    for group in (_entry_orders, _stop_limits, _exit_orders, _waiting, _lots, _filled_inside):
        yield from group()
