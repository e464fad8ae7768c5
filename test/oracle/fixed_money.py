# SPDX-License-Identifier: PostgreSQL
"""Hand-worked cases of costs, sizes, limits and halts (docs/semantics 14 to 21, 29, 30)."""
from fractions import Fraction

from hand_case import QUIET, case

LONG, SHORT, OUT = QUIET[:-1] + "1", QUIET[:-1] + "2", QUIET[:-1] + "3"
FLAT = "10 10 10 10 "
BY_DAY = {"entry_rules": {"long": {"when": "day = 1"}}, "exit_rules": []}


def _open(quantity, price, pnl, side="long", symbol="ORC"):
    return (symbol, side, quantity, price, None, None, pnl)


def _fee_cases():
    tiers = {"commission": {"tiers": [{"up_to": 100, "percent": 1},
                                      {"percent": Fraction("0.5")}]}}
    # 105 = 100 at 1 percent and 5 at half a percent: 1.025, to cents 1.03
    yield case("tiers", [LONG, "10.5 10.5 10.5 10.5 0"], [_open("10", "10.50", "-1.03")], tiers)
    yield case("per share, per order, at most", [LONG, "10 10 10 10 0"],
               [_open("10", "10", "-1.50")],
               {"commission": {"per_order": 1, "per_share": Fraction("0.1"),
                               "max": Fraction("1.5")}})
    # 4 units bear the minimum of 2, the other 6 nothing: 0.1 percent of 100 is below it
    yield case("a minimum holds for the order, not for its fills",
               [FLAT + "9", FLAT + "8", FLAT + "20"],
               [_open("4", "10", "-2"), _open("6", "10", "0")],
               {"commission": {"percent": Fraction("0.1"), "min": 2},
                "max_volume_share": Fraction("0.5")}, strategy=BY_DAY)
    yield case("a bar without volume lets nothing through",
               [FLAT + "9", FLAT + "0", FLAT + "20"], [_open("10", "10", "0")],
               {"max_volume_share": Fraction("0.5")}, strategy=BY_DAY)
    leaving = {**BY_DAY, "exit_rules": [{"id": "out", "when": "day = 3"}]}
    yield case("an exit goes on at the next opens",
               [FLAT + "90", FLAT + "20", FLAT + "90", "11 11 11 11 12", "12 12 12 12 20"],
               [("ORC", "long", "6", "10", "11", "signal", "6"),
                ("ORC", "long", "4", "10", "12", "signal", "8")],
               {"max_volume_share": Fraction("0.5")}, strategy=leaving)


def _price_cases():
    # half of the volume: 10 * 0.1 * 0.25 = 0.25
    yield case("price impact of the share of volume", [FLAT + "9", FLAT + "20"],
               [_open("10", "10.25", "-2.50")],
               {"slippage": {"volume_share": Fraction("0.1")}}, strategy=BY_DAY)
    yield case("price impact by the bar before", [FLAT + "10", FLAT + "20"],
               [_open("10", "11", "-10")],
               {"slippage": {"volume_share": Fraction("0.1"), "volume_basis": "previous_bar"}},
               strategy=BY_DAY)
    quoted = [LONG + " 9.98 10.04", "10 10.1 9.9 10 0 9 11"]
    yield case("half the quoted spread of the bar before", quoted, [_open("10", "10.03", "-0.30")])
    yield case("the spread left out", quoted, [_open("10", "10", "0")], {"spread": "none"})
    yield case("at the close the bar's own spread", quoted[:1], [_open("10", "10.03", "-0.30")],
               {"fill": "same_close"})


def _carry_cases():
    # 100 * 36 % / 360 = 0.10 a day, three days before the last one
    yield case("borrow", [SHORT, QUIET, QUIET, QUIET, QUIET], [_open("10", "10", "0", "short")],
               {"borrow_rate_percent": 36}, final="999.70")
    # 1000 * 3.65 % / 365 = 0.10, then 0.10001 and 0.10002: 0.10 a day
    yield case("interest", [QUIET] * 4, [], {"interest_rate_percent": Fraction("3.65")},
               final="1000.30")
    # 0.004 a day: the rest is carried, a cent is booked on the second and on the third day
    yield case("rests are carried", [QUIET, QUIET, QUIET, None, None], [],
               {"interest_rate_percent": Fraction("0.146")}, final="1000.01")


def _sized(size, quantity, execution=None, bar="10 10 10 10 0", price="10", pnl="0", risk=None):
    return case(f"size {size}", [LONG, bar], [_open(quantity, price, pnl)], execution,
                {"size": size, **(risk or {})})


def _sizes():
    yield _sized({"cash": 255}, "25")
    yield _sized({"weight": "0.3"}, "30")
    yield _sized({"risk_percent": 1, "distance": "0.6"}, "16")
    # the fill at 10, the stop at 9.50: 10 at risk by 0.50
    yield _sized({"risk_percent": 1}, "20", risk={"stop_loss": Fraction("0.05")})
    yield case("a size that is not positive", [LONG, QUIET], [], None,
               {"size": {"weight": "close - 10"}})
    yield case("size at the signal", [LONG, "8 8 8 8 0"], [_open("100", "8", "0")],
               {"size_at": "signal"}, {"size": {"percent_equity": 100}})
    # returns 0.1 and -0.1: deviation sqrt(0.02); a year of 50 periods makes 1
    volatile = ["10 10 10 10 0", "11 11 11 11 0", "9.9 9.9 9.9 9.9 1", "10 10 10 10 0"]
    yield case("size by volatility", volatile, [_open("50", "10", "0")],
               {"periods_per_year": 50},
               {"size": {"volatility_target_percent": 50, "lookback": 2}})


def _limit_cases():
    two = {"ORC.A": [LONG, "10 10 10 10 0"], "ORC.B": [LONG, "10 10 10 10 0"]}
    yield case("one position at most", two, [_open("10", "10", "0", symbol="ORC.A")], None,
               {"max_positions": 1})
    yield case("priority before the alphabet",
               {"ORC.A": ["9 9 9 9 1", "10 10 10 10 0"], "ORC.B": two["ORC.B"]},
               [_open("10", "10", "0", symbol="ORC.B")], None, {"max_positions": 1},
               strategy={"entry_rules": {"long": {"when": "volume = 1"}, "priority": "close"}})
    yield case("size of a position", [LONG, "10 10 10 10 0"], [_open("5", "10", "0")], None,
               {"max_position_size_pct": Fraction("5.5")})
    yield case("gross exposure", two, [_open("10", "10", "0", symbol="ORC.A"),
                                       _open("2", "10", "0", symbol="ORC.B")], None,
               {"max_gross_exposure_pct": 12})
    mixed = {"ORC.A": two["ORC.A"], "ORC.B": [SHORT, "10 10 10 10 0"]}
    yield case("net exposure of long and short", mixed,
               [_open("5", "10", "0", symbol="ORC.A"),
                _open("10", "10", "0", "short", "ORC.B")], None, {"max_net_exposure_pct": 5})
    profile = {"max_position_size_pct": 10, "max_leverage": 1, "allow_short": False,
               "max_positions": 1}
    yield case("the risk profile", mixed, [_open("10", "10", "0", symbol="ORC.A")],
               {"use_risk_profile": True}, {"size": {"percent_equity": 50}}, risk_profile=profile)


def _halt_cases():
    fall = [LONG, "10 10 9 9 1", "9 9 9 9 0", "9 9 9 9 1", "9 9 9 9 0"]
    big = {"size": {"units": 60}, "pyramiding": {"max": 3}}
    # 60 * 1 = 60 of 1000 lost on the second day: 6 percent
    yield case("a daily loss stops entries until the next day", fall,
               [_open("60", "10", "-60"), _open("44", "9", "0")], None,
               {**big, "daily_loss_halt_pct": 6})
    yield case("a drawdown stops them for good", fall, [_open("60", "10", "-60")], None,
               {**big, "drawdown_halt_pct": 6})
    yield case("a halt that closes", fall,
               [("ORC", "long", "60", "10", "9", "risk_limit", "-60")], None,
               {**big, "drawdown_halt_pct": 6, "halt_action": "close"})


def money_cases():
    """All of them."""
    for group in (_fee_cases, _price_cases, _carry_cases, _sizes, _limit_cases, _halt_cases):
        yield from group()
