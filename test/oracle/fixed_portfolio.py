# SPDX-License-Identifier: PostgreSQL
"""Hand-worked cases of rotation, legs and user signals (docs/semantics 31, 37, 47)."""
from fractions import Fraction

from hand_case import QUIET, case, day_text


def _flat(price, volume=0):
    return f"{price} {price} {price} {price} {volume}"


def _trade(symbol, *fields, side="long"):
    return (symbol, side, *fields)


def _rotating(**form):
    return {"entry_rules": {"rotate": {"every": "week", "rank_by": "volume", "top": 1, **form}},
            "exit_rules": [], "risk_rules": {}}


def _rotations():
    # Monday is day 0 and day 7; the volume of those days ranks
    a = [_flat(10, 2)] + [_flat(11)] * 6 + [_flat(11, 1), _flat(12), _flat(12)]
    b = [_flat(20, 1)] + [_flat(20)] * 6 + [_flat(20, 2), _flat(20), _flat(25)]
    pair = {"ORC.A": a, "ORC.B": b}
    # 990 at 11 is 90; sold at 12: 1090 in cash, 54 at 20
    yield case("the strongest of each week", pair,
               [_trade("ORC.A", "90", "11", "12", "rebalance", "90"),
                _trade("ORC.B", "54", "20", None, None, "270")],
               strategy=_rotating())
    yield case("the last day of a week decides", pair,
               [_trade("ORC.A", "90", "11", None, None, "90")],
               strategy=_rotating(on="last", rank_by="-close"))
    # 12 percent of 1000 is 120: 10 of A at 11, 6 of B at 20 is 120
    yield case("equal weights and a buffer of cash", pair,
               [_trade("ORC.A", "10", "11", None, None, "10"),
                _trade("ORC.B", "6", "20", None, None, "30")],
               strategy=_rotating(top=2, cash_buffer_percent=76, drift_threshold_percent=2))
    # 2/3 of 1000 for the first, 1/3 for the second
    yield case("weights by rank", {"ORC.A": a[:3], "ORC.B": b[:3]},
               [_trade("ORC.A", "60", "11", None, None, "0"),
                _trade("ORC.B", "16", "20", None, None, "0")],
               strategy=_rotating(top=2, weight="rank"))
    yield case("who is held and ranks second may stay", pair,
               [_trade("ORC.A", "90", "11", None, None, "90")],
               strategy=_rotating(keep_if_rank_within=2, drift_threshold_percent=5))
    # 25 percent at 12 of 1000 + 22: 21 held where 22 were bought
    yield case("too much is sold", pair,
               [_trade("ORC.A", "1", "11", "12", "rebalance", "1"),
                _trade("ORC.A", "21", "11", None, None, "21")],
               strategy=_rotating(weight="0.25", gate="close < 15"))


def _pairs():
    def legs(side="long", **rules):
        return {"entry_rules": {"legs": {"y": {"asset": "ORC.B", "ratio": 1},
                                         "x": {"asset": "ORC.A", "ratio": "-0.5"}},
                                side: {"when": "x.volume = 1 and y.close = 20"}, **rules},
                "exit_rules": [{"id": "out", "when": "volume = 3"}]}
    bars = {"ORC.A": [_flat(10, 1), None, _flat(10), _flat(10, 3), _flat(12)],
            "ORC.B": [_flat(20), _flat(20), _flat(20), _flat(20), _flat(22)]}
    yield case("both legs when both have a bar", bars,
               [_trade("ORC.A", "2", "10", "12", "signal", "-4", side="short"),
                _trade("ORC.B", "4", "20", "22", "signal", "8")], None,
               {"size": {"units": 4}}, strategy=legs())
    # u of B at 20 and u/2 of A at 10: 25 u of 1000 makes 40 and 20
    yield case("the budget holds for both", bars,
               [_trade("ORC.A", "20", "10", "12", "signal", "40"),
                _trade("ORC.B", "40", "20", "22", "signal", "-80", side="short")], None,
               {"size": {"percent_equity": 100}}, strategy=legs("short"))


def _signals():
    def rows(*signals):
        return [dict(zip(("symbol", "type", "date", "target_quantity", "target_weight_pct"),
                         ("ORC", kind, day_text(day), *targets)))
                for kind, day, *targets in signals]
    strategy = {"entry_rules": {"signals": True}, "exit_rules": []}
    bars = [_flat(10), _flat(10), _flat(11), _flat(12), _flat(13)]
    yield case("bought and sold as written down", bars,
               [_trade("ORC", "5", "10", "12", "signal", "10"),
                _trade("ORC", "2", "10", "13", "signal", "6")],
               strategy=strategy, signals=rows(("buy", 0, 7), ("buy", 1), ("sell", 2, 5),
                                               ("cover", 1), ("exit", 3)))
    yield case("a weight, then the other side", bars,
               [_trade("ORC", "25", "10", "12", "opposite_signal", "50"),
                _trade("ORC", "10", "12", None, None, "-10", side="short")],
               strategy=strategy, signals=rows(("buy", 0, None, 25), ("short", 2)))
    yield case("a stop protects what a signal bought", [QUIET, QUIET, "10 10 9 9 0"],
               [_trade("ORC", "10", "10", "9.50", "stop_loss", "-5")], None,
               {"stop_loss": Fraction("0.05")}, strategy=strategy, signals=rows(("buy", 0)))


def portfolio_cases():
    """All of them."""
    for group in (_rotations, _pairs, _signals):
        yield from group()
