# SPDX-License-Identifier: PostgreSQL
"""Random rotations, legs and user signals for generate.py: they replace the rules of a case."""
from random_features import execution_of, number, risk_of

LEVELS = ("stop_loss", "take_profit", "trailing_stop", "time_stop_bars", "pyramiding")


def rotation(case, rng, _):
    """Weekly, monthly or daily, with all kinds of weights."""
    form = {"every": rng.choice(("day", "week", "week", "month", "quarter")),
            "rank_by": rng.choice(("close / close[5] - 1", "-rsi(close, 4)", "volume",
                                   "sma(close, 3) - close", "round(close / close[2] - 1, 2)")),
            "top": rng.randint(1, 3)}
    optional = {"on": ("first", "last"), "gate": ("close > sma(close, 5)", "volume > 0"),
                "order": ("asc", "desc"), "keep_if_rank_within": (2, 3),
                "weight": ("equal", "rank", "inverse_volatility", "0.3",
                           "(high - low) / close * 4"),
                "cash_buffer_percent": (2, number("12.5")),
                "drift_threshold_percent": (1, 5, number("0.5"))}
    for key, choices in optional.items():
        if rng.random() < 0.45:
            form[key] = rng.choice(choices)
    if "keep_if_rank_within" in form:
        form["keep_if_rank_within"] = max(form["keep_if_rank_within"], form["top"])
    if form.get("weight") == "inverse_volatility":
        form["lookback"] = rng.choice((3, 5))
        execution_of(case).setdefault("periods_per_year", 252)
    _only(case, {"rotate": form}, ("pyramiding", "cooldown_bars", "time_stop_bars", "size"))
    execution_of(case).pop("max_volume_share", None)


def _only(case, entries, left_out):
    """These entry rules, no exit rules, and risk rules without some keys."""
    old = case["strategy"]["entry_rules"]
    case["strategy"]["entry_rules"] = entries
    if "indicators" in old:
        entries["indicators"] = old["indicators"]
    case["strategy"]["exit_rules"] = []
    for key in left_out:
        risk_of(case).pop(key, None)


def legs(case, rng, _):
    """Two or three symbols as one."""
    symbols = [symbol for symbol in case["universe"]
               if any(case["start_date"] <= bar[0][:10] <= case["end_date"]
                      for bar in case["bars"][symbol])]
    if len(symbols) < 2:
        return
    symbols = symbols[:rng.choice((2, 2, 3))]
    names = rng.sample(("a", "x", "y"), len(symbols))
    ratios = ["1"] + [rng.choice(("-1", "-0.5", "2", f"-({names[0]}.close / {name}.close)"))
                      for name in names[1:]]
    rules = {"legs": {name: {"asset": symbol, "ratio": number(ratio) if "close" not in ratio
                             and rng.random() < 0.5 else ratio}
                      for name, symbol, ratio in zip(names, symbols, ratios)}}
    conditions = (f"{names[0]}.close > {names[1]}.close", "close > close[1]",
                  f"{names[0]}.close / {names[1]}.close > 1", "rsi(close, 3) > 60",
                  "close < sma(close, 4)")
    for side in rng.choice((("long",), ("short",), ("long", "short"))):
        rules[side] = {"when": rng.choice(conditions)}
    _only(case, rules, LEVELS + ("max_net_exposure_pct", "size"))
    if rng.random() < 0.6:
        side = rng.choice([s for s in ("long", "short") if s in rules])
        case["strategy"]["exit_rules"] = [{"id": "out", "side": side,
                                           "when": rng.choice(("close < open", "bars_held >= 3"))}]
    risk_of(case)["size"] = rng.choice((
        {"units": rng.choice((3, number("12.345"), 200))}, {"percent_equity": 100},
        {"percent_equity": 40}, {"cash": 3333}, {"weight": "0.5"}))
    case["universe"] = symbols
    execution = execution_of(case)
    for key in ("max_volume_share", "size_at"):
        execution.pop(key, None)
    execution.get("slippage", {}).pop("volume_share", None)
    for asset in case["assets"]:
        asset.pop("delisted_on", None)
    execution.pop("stale_days", None)


def signals(case, rng, _):
    """At most one signal between two bars of a symbol, through run_backtest."""
    _only(case, {"signals": True}, ())
    risk = risk_of(case)
    for key in LEVELS[:3]:
        if isinstance(risk.get(key), dict):
            del risk[key]
    risk["size"] = rng.choice(({"percent_equity": 30}, {"units": 10}, {"cash": 1000}))
    risk.pop("cooldown_bars", None)
    execution_of(case).pop("size_at", None)
    rows = []
    for symbol in case["universe"]:
        bars = [bar for bar in case["bars"][symbol] if bar[0][:10] >= case["start_date"]]
        for bar in bars[1:-1]:
            if rng.random() < 0.25:
                rows.append(_signal(rng, symbol, bar[0]))
    case["signals"] = rows


def _signal(rng, symbol, timestamp):
    row = {"symbol": symbol, "date": timestamp, "strength": rng.randint(1, 5),
           "type": rng.choice(("buy", "buy", "short", "sell", "cover", "exit"))}
    if rng.random() < 0.4:
        row["target_quantity"] = rng.choice((5, 20, number("2.5")))
    elif rng.random() < 0.4 and row["type"] in ("buy", "short"):
        row["target_weight_pct"] = rng.choice((10, number("33.3")))
    return row
