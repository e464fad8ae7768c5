# SPDX-License-Identifier: PostgreSQL
"""Random orders, exits, costs, sizes and limits for generate.py: one function a feature.

Each takes the case, its own random numbers and the frame (style, times), and changes the case.
"""
from fractions import Fraction

RESTING = ("limit", "limit", "stop", "stop", "stop_limit", "market_on_close")
LIMITS = {"long": ("close - atr(3) * 0.3", "close * 0.99", "low", "lowest(low, 3)", "close",
                   "(high + low) / 2", "close * 1.01"),
          "short": ("close + atr(3) * 0.3", "close * 1.01", "high", "highest(high, 3)", "close",
                    "(high + low) / 2", "close * 0.99")}
STOPS = {"long": ("high", "close * 1.01", "highest(high, 2)", "close + atr(3) / 2", "close * 0.99"),
         "short": ("low", "close * 0.99", "lowest(low, 2)", "close - atr(3) / 2", "close * 1.01")}
BEYOND = {"long": ("high * 1.01", "high", "close * 1.02"),
          "short": ("low * 0.99", "low", "close * 0.98")}
OTHER = {"long": "short", "short": "long"}


def number(text):
    """Exact number of a decimal text."""
    return Fraction(text)


def execution_of(case):
    """parameters.execution, made if it is not there."""
    return case["parameters"].setdefault("execution", {})


def risk_of(case):
    """risk_rules."""
    return case["strategy"]["risk_rules"]


def _sides(case):
    return [side for side in ("long", "short") if side in case["strategy"]["entry_rules"]]


def _order(rng, buys_as):
    """An order that buys (as `long`) or sells (as `short`)."""
    kind = rng.choice(RESTING)
    order = {"type": kind}
    if kind == "limit":
        order["limit"] = rng.choice(LIMITS[buys_as])
    if kind in ("stop", "stop_limit"):
        order["stop"] = rng.choice(STOPS[buys_as])
    if kind == "stop_limit":
        order["limit"] = rng.choice(BEYOND[buys_as] + LIMITS[buys_as][:2])
    if kind != "market_on_close" and rng.random() < 0.6:
        order["tif"] = rng.choice(("day", "gtc", {"bars": rng.randint(1, 5)}))
    return order


def entry_orders(case, rng, _):
    """Limits, stops, stop-limits and market-on-close orders to enter."""
    for side in _sides(case):
        if rng.random() < 0.8:
            case["strategy"]["entry_rules"][side]["order"] = _order(rng, side)


def exit_orders(case, rng, _):
    """The same to leave."""
    for rule in _exit_rules(case, rng):
        if rng.random() < 0.7:
            side = rule.get("side") or rng.choice(_sides(case))
            rule["side"] = side
            rule["order"] = _order(rng, OTHER[side])


def _exit_rules(case, rng):
    rules = case["strategy"]["exit_rules"]
    if not rules:
        rules.append({"id": "exit_1", "when": f"bars_held >= {rng.randint(1, 4)}"})
    return rules


def partial_exits(case, rng, _):
    """portion."""
    for rule in _exit_rules(case, rng):
        if rng.random() < 0.7:
            rule["portion"] = number(rng.choice(("0.5", "0.25", "0.3333", "0.8", "0.1")))


def pyramids(case, rng, _):
    """More than one lot, in smaller sizes."""
    form = {"max": rng.randint(2, 4)}
    if rng.random() < 0.6:
        form["step"] = rng.choice(("0", "atr(3) / 4", "close * 0.005", "atr(4)", "close * 0.02"))
    risk_of(case)["pyramiding"] = form
    if rng.random() < 0.8:
        risk_of(case)["size"] = {"percent_equity": rng.choice((10, 25, 30, 50))}


def trailing_stops(case, rng, _):
    """In the risk rules, as an exit rule, or both."""
    if rng.random() < 0.7:
        risk_of(case)["trailing_stop"] = rng.choice((
            number("0.02"), number("0.01"), number("0.05"), {"distance": "atr(3)"},
            {"distance": "close * 0.015"}, {"price": "lowest(low, 4)"}, {"price": "close * 0.97"}))
    if rng.random() < 0.5 or "trailing_stop" not in risk_of(case):
        rule = {"type": "trailing_stop", "id": "trail",
                "distance": rng.choice(("atr(4)", "close * 0.02", "high - low + close * 0.002"))}
        if rng.random() < 0.5:
            rule["side"] = rng.choice(_sides(case))
        case["strategy"]["exit_rules"].append(rule)


def levels(case, rng, _):
    """Stops and targets by expressions."""
    side_free = len(_sides(case)) == 2
    if rng.random() < 0.7:
        forms = [{"distance": "atr(4) * 1.5"}, {"distance": "close * 0.02"}]
        if not side_free:
            is_long = _sides(case) == ["long"]
            forms.append({"price": "lowest(low, 4)" if is_long else "highest(high, 4)"})
        risk_of(case)["stop_loss"] = rng.choice(forms)
    if rng.random() < 0.6:
        risk_of(case)["take_profit"] = rng.choice((
            {"distance": "atr(3) * 2"}, {"distance": "close * 0.03"}, {"distance": "high - low"}))


def time_stops(case, rng, _):
    """time_stop_bars."""
    risk_of(case)["time_stop_bars"] = rng.randint(1, 8)


def cooldowns(case, rng, _):
    """cooldown_bars."""
    risk_of(case)["cooldown_bars"] = rng.randint(1, 6)


def through(case, _, __):
    """Limits that must be passed."""
    execution_of(case)["limit_fill"] = "through"


# Money


def commissions(case, rng, _):
    """Tiers, fixed parts, minimum and maximum."""
    form = {}
    if rng.random() < 0.4:
        up_to = rng.choice((100, 1000, 5000))
        form["tiers"] = [{"up_to": up_to, "percent": number("0.5")},
                         {"up_to": up_to * 4, "percent": number("0.25")},
                         {"percent": number("0.08")}]
    elif rng.random() < 0.6:
        form["percent"] = number(rng.choice(("0.1", "0.05", "0.333")))
    for key, choices in (("per_order", ("1", "0.35", "2.5")), ("min", ("1", "5", "0.99")),
                         ("max", ("6", "20", "9.99")), ("per_share", ("0.005", "0.0035"))):
        if rng.random() < 0.4:
            form[key] = number(rng.choice(choices))
    execution_of(case)["commission"] = form or {"per_order": 1}


def impact(case, rng, _):
    """Slippage by the share of volume."""
    slippage = execution_of(case).setdefault("slippage", {})
    slippage["volume_share"] = number(rng.choice(("0.1", "0.02", "0.5")))
    if rng.random() < 0.5:
        slippage["volume_basis"] = "previous_bar"


def partial_fills(case, rng, _):
    """max_volume_share."""
    execution_of(case)["max_volume_share"] = number(rng.choice(("0.1", "0.25", "0.01", "1")))
    if rng.random() < 0.3:
        execution_of(case).setdefault("slippage", {})["volume_basis"] = "previous_bar"


def carry(case, rng, _):
    """Borrow and interest."""
    if rng.random() < 0.7:
        execution_of(case)["borrow_rate_percent"] = number(rng.choice(("3", "0.25", "36")))
    if rng.random() < 0.7:
        execution_of(case)["interest_rate_percent"] = number(rng.choice(("2", "5.5", "0.1")))


def sizes(case, rng, _):
    """By weight, risk and volatility."""
    risk = risk_of(case)
    sizes_known = [{"weight": "0.3"}, {"weight": "(high - low) / close * 5"},
                   {"risk_percent": 1, "distance": "atr(4)"},
                   {"risk_percent": number("0.5"), "distance": "close * 0.01"},
                   {"volatility_target_percent": 10, "lookback": rng.choice((2, 5, 10))}]
    if "stop_loss" in risk:
        sizes_known += [{"risk_percent": 1}, {"risk_percent": number("0.5")}]
    risk["size"] = rng.choice(sizes_known)
    if "volatility_target_percent" in risk["size"]:
        # The volatility of intraday bars has no usual number of periods in a year.
        execution_of(case).setdefault("periods_per_year", 252)


def priorities(case, rng, _):
    """Who is served first."""
    case["strategy"]["entry_rules"]["priority"] = rng.choice((
        "close / close[3] - 1", "volume", "-close", "highest(high, 5) - close"))


def limits(case, rng, _):
    """Limits of the risk rules."""
    risk, forms = risk_of(case), {
        "max_positions": (1, 2, 3), "max_position_size_pct": (20, number("33.3"), 60),
        "max_gross_exposure_pct": (50, 80, 120), "max_net_exposure_pct": (25, 60, 90)}
    for key in rng.sample(sorted(forms), rng.choice((1, 1, 2, 3))):
        risk[key] = rng.choice(forms[key])
    if rng.random() < 0.3:
        execution_of(case)["on_short_cash"] = "skip"


def halts(case, rng, _):
    """Daily loss and drawdown."""
    risk = risk_of(case)
    if rng.random() < 0.6:
        risk["daily_loss_halt_pct"] = number(rng.choice(("0.5", "1", "3")))
    if rng.random() < 0.4 or "daily_loss_halt_pct" not in risk:
        risk["drawdown_halt_pct"] = number(rng.choice(("5", "12", "25")))
    if rng.random() < 0.5:
        risk["halt_action"] = "close"


def risk_profiles(case, rng, _):
    """The owner's default profile."""
    execution_of(case)["use_risk_profile"] = True
    profile = {"max_position_size_pct": rng.choice((25, 50, 100)),
               "max_leverage": rng.choice((1, 2)), "allow_short": rng.random() < 0.6}
    for key, choices in (("max_positions", (1, 2)), ("max_daily_loss", ("0.01", "0.05")),
                         ("max_drawdown_limit", ("0.2", "0.1"))):
        if rng.random() < 0.3:
            profile[key] = number(rng.choice(choices))
    if rng.random() < 0.3:
        profile["max_gross_exposure_pct"] = rng.choice((60, 90, 150))
    case["risk_profile"] = profile
