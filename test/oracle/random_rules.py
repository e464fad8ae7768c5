# SPDX-License-Identifier: PostgreSQL
"""Random rules for generate.py: conditions that are true often enough to trade."""

MOVING_AVERAGES = ("sma", "sma", "ema")


def strategy_parameters(rng):
    """Values for $fast, $slow, $limit; now and then in the object form with a default."""
    fast = rng.randint(2, 5)
    values = {"fast": fast, "slow": fast + rng.randint(1, 9), "limit": rng.randint(25, 70)}
    if rng.random() < 0.3:
        values["fast"] = {"default": fast, "grid": [fast, fast + 1]}
    return values


def entry_rules(rng, capital):
    """Long, short or both."""
    sides = rng.choice((("long",), ("long",), ("short",), ("long", "short"), ("long", "short")))
    if len(sides) == 2 and rng.random() < 0.5:
        average = rng.choice(MOVING_AVERAGES)
        pair = f"({average}(close, $fast), {average}(close, $slow))"
        return {"long": {"when": "crosses_above" + pair}, "short": {"when": "crosses_below" + pair}}
    return {side: {"when": _condition(rng, capital)} for side in sides}


def exit_rules(rng, capital, sides):
    """None to two, with one of the sides that the entries open, or for both."""
    rules = []
    for number in range(rng.choice((0, 1, 1, 2))):
        rule = {"id": f"exit_{number + 1}", "when": _exit_condition(rng, capital)}
        side = rng.choice((*sides, None))
        if side:
            rule["side"] = side
        rules.append(rule)
    return rules


def _condition(rng, capital):
    first = rng.choice(_CONDITIONS)(rng, capital)
    if rng.random() < 0.35:
        second = rng.choice(_CONDITIONS)(rng, capital)
        first = f"({first}) {rng.choice(('and', 'or', 'or'))} ({second})"
    return f"not ({first})" if rng.random() < 0.1 else first


def _exit_condition(rng, capital):
    held = (
        lambda: f"bars_held >= {rng.randint(1, 6)}",
        lambda: f"close > entry_price * 1.0{rng.randint(1, 4)}",
        lambda: f"close < entry_price * 0.9{rng.randint(4, 9)} or bars_held > 7",
        lambda: f"position > 0 and close < close[{rng.randint(1, 3)}]",
        lambda: "position < 0 and close > close[1]",
        lambda: f"abs(close / entry_price - 1) > 0.0{rng.randint(1, 3)}",
    )
    return rng.choice(held)() if rng.random() < 0.5 else _condition(rng, capital)


def _side_of(rng):
    return rng.choice((">", "<", ">=", "<="))


def _cross(rng, _):
    average = rng.choice(MOVING_AVERAGES)
    name = rng.choice(("crosses_above", "crosses_below"))
    return f"{name}({average}(close, $fast), {average}(close, $slow))"


def _average_level(rng, _):
    average = rng.choice(MOVING_AVERAGES)
    return f"close {_side_of(rng)} {average}({rng.choice(('close', 'open'))}, $fast)"


def _averages(rng, _):
    return f"sma(close, $fast) {_side_of(rng)} sma(close, $slow)"


def _breakout(rng, _):
    length = rng.randint(2, 8)
    return rng.choice((f"close > highest(high, {length})[1]", f"close < lowest(low, {length})[1]",
                       f"close = highest(close, {length})", f"low <= lowest(low, {length})"))


def _oscillator(rng, _):
    length = rng.randint(2, 14)
    return rng.choice((f"rsi(close, {length}) < $limit", f"rsi(close, {length}) > $limit",
                       f"not (rsi(close, {length}) < 45)",
                       f"crosses_above(rsi(close, {length}), 40)",
                       f"crosses_below(rsi(close, {length}), 60)"))


def _range(rng, _):
    length = rng.randint(2, 10)
    return rng.choice((f"close - close[1] > atr({length}) * 0.4",
                       f"abs(close - open) > atr({length}) / 2",
                       f"high - low > atr({length})[1] and close < open",
                       f"close < close[2] - atr({length}) / $fast"))


def _candle(rng, _):
    return rng.choice(("close > open", "close < open and close[1] < open[1]",
                       "(close - low) / (high - low) > 0.6",
                       "not ((close - low) / (high - low) > 0.4)",
                       "max(open, close, close[1]) = close", "min(open, close) <= low",
                       "round(close, 1) = close", "round(close) != round(open)",
                       "sqrt(close * close[1]) < close", "-close + open > 0",
                       "(high + low) / 2 > sma(close, 3)", "(open + high + low) / 3 < close"))


def _volume(rng, _):
    return rng.choice(("volume > sma(volume, 3)", "volume < volume[1]",
                       "volume / sma(volume, 4) > 1.2"))


def _nested(rng, _):
    return rng.choice(("ema(ema(close, 3), 4) < close", "sma(ema(close, 3), 3) > close",
                       "ema(sma(close, 4), 3) >= close",
                       "highest(sma(close, 3), 4) = sma(close, 3)",
                       "sma(high - low, 3) > (high - low)", "lowest(rsi(close, 3), 4) < 30",
                       "sma(close, 3)[1] < sma(close, 3)",
                       "crosses_above(close, sma(close, 4)[1])"))


def _money(rng, capital):
    whole = capital.partition(".")[0]
    return rng.choice((f"equity > {whole} * 0.9 and close > open",
                       f"cash > {whole} / 2 and close < open",
                       "cash = equity and close >= close[1]",
                       "position = 0 and close != close[1]",
                       f"equity / {whole} > 0.95 and low < low[1]"))


_CONDITIONS = (_cross, _cross, _average_level, _averages, _breakout, _oscillator, _range,
               _candle, _candle, _volume, _nested, _money)
