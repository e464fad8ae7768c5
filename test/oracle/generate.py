# SPDX-License-Identifier: PostgreSQL
"""Seeded random cases, one JSON object a line.

    python3 generate.py COUNT [FIRST_SEED]

A case: name, timeframe, start_date, end_date, initial_capital, universe, assets [{symbol,
tick_size, lot_size, asset_type, listed_on, delisted_on}], bars {symbol: [[timestamp, open, high,
low, close, volume, bid, ask]]}, strategy {parameters, entry_rules, exit_rules, risk_rules},
parameters (overrides of the strategy's and "execution"); if it has any, actions {symbol: [{type,
ex_date, to, from} or {type, ex_date, amount}]}, finer_bars {timeframe: bars}, finest first,
risk_profile, signals [{symbol, type, date, strength, target_quantity, target_weight_pct}].
Prices are text; money too. The same seed gives the same case, feature by feature.
"""
import random
import sys
from collections import namedtuple
from datetime import datetime, timedelta, timezone
from fractions import Fraction

import random_features
import random_portfolio
import random_world
from case_input import dump_json
from random_rules import entry_rules, exit_rules, strategy_parameters
from rounding import decimal_text

PRICE_UNIT_DIGITS = 4

# Prices in units of 0.0001: start, largest move within a bar, gap between bars, their step;
# odds_of_jump is the chance (in percent) of a gap twenty times as large.
PriceStyle = namedtuple("PriceStyle",
                        "weight low high move gap step odds_of_jump tick lots capitals")
PRICE_STYLES = {
    "plain": PriceStyle(4, 200000, 2000000, 15000, 8000, 100, 4, "0.01",
                        ("1", "1", "0.001", "10"), ("10000.00", "100000.00", "54321.09")),
    "ties": PriceStyle(3, 99900, 100100, 100, 100, 100, 0, "0.01",
                       ("1", "100"), ("10000.00", "1000.00")),
    "wild": PriceStyle(3, 50000, 500000, 30000, 15000, 100, 12, "0.01",
                       ("1", "0.01"), ("10000.00", "25000.00", "99999.99")),
    "off_tick": PriceStyle(2, 50000, 400000, 7000, 2500, 1, 5, "0.01",
                           ("1", "0.5"), ("10000.00", "1234.56")),
    "tiny": PriceStyle(2, 100, 900, 12, 8, 1, 4, "0.0001",
                       ("1", "1000", "0.000001"), ("1000.00", "10.00")),
    "micro": PriceStyle(1, 3, 60, 3, 2, 1, 4, "0.0001", ("1", "1000"), ("1000.00", "99.99")),
    "huge": PriceStyle(1, 2000000000, 4000000000, 40000000, 20000000, 50, 3, "0.01",
                       ("0.000001", "0.001"), ("100000.00", "1000000.00")),
    "large": PriceStyle(1, 900000000, 3000000000, 30000000, 15000000, 100, 3, "0.01",
                        ("0.000001", "0.01"), ("100000.00", "1234567.89")),
}
# In byte order the capitals come first and "_" before the small letters.
SYMBOLS = ("ORC.B", "ORC_z", "ORCa", "ORCB", "ORCb", "ORCé")
FIRST_DAY = datetime(2021, 1, 4, tzinfo=timezone.utc)


# In this order; the odds are percent. What replaces the rules as a whole comes last.
FEATURES = (
    ("entry_orders", 25, random_features.entry_orders),
    ("exit_orders", 15, random_features.exit_orders),
    ("partial_exits", 15, random_features.partial_exits),
    ("pyramids", 15, random_features.pyramids),
    ("levels", 15, random_features.levels),
    ("trailing_stops", 18, random_features.trailing_stops),
    ("time_stops", 12, random_features.time_stops),
    ("cooldowns", 12, random_features.cooldowns),
    ("through", 12, random_features.through),
    ("commissions", 25, random_features.commissions),
    ("impact", 10, random_features.impact),
    ("partial_fills", 12, random_features.partial_fills),
    ("carry", 15, random_features.carry),
    ("sizes", 20, random_features.sizes),
    ("priorities", 15, random_features.priorities),
    ("limits", 20, random_features.limits),
    ("halts", 12, random_features.halts),
    ("risk_profiles", 8, random_features.risk_profiles),
    ("splits", 20, random_world.splits),
    ("dividends", 20, random_world.dividends),
    ("price_kinds", 6, random_world.price_kinds),
    ("quotes", 15, random_world.quotes),
    ("finer_bars", 8, random_world.finer_bars),
    ("zones", 12, random_world.zones),
    ("calendars", 10, random_world.calendars),
    ("indicators", 10, random_world.indicators),
    ("other_symbols", 10, random_world.other_symbols),
    ("timeframes", 10, random_world.timeframes),
    ("frequencies", 6, random_world.frequencies),
    ("delistings", 12, random_world.delistings),
    ("rotation", 9, random_portfolio.rotation),
    ("legs", 7, random_portfolio.legs),
    ("signals", 7, random_portfolio.signals),
    ("memberships", 12, random_world.memberships),
)
Frame = namedtuple("Frame", "style times")


def random_case(seed, without=()):
    """The case of a seed, with some features left out: the others stay as they are."""
    rng = random.Random(seed)
    style_name = rng.choices(list(PRICE_STYLES), [s.weight for s in PRICE_STYLES.values()])[0]
    frame, case = _plain_case(rng, PRICE_STYLES[style_name])
    used, replaced = [], False
    for name, odds, change in FEATURES:
        own = random.Random(f"{seed} {name}")
        wanted = own.randrange(100) < odds and name not in without
        replaces = name in ("rotation", "legs", "signals")
        if wanted and not (replaces and replaced):
            change(case, own, frame)
            used.append(name)
            replaced = replaced or replaces
    case["name"] = f"seed {seed} ({', '.join([style_name] + used)})"
    return case


def _plain_case(rng, style):
    timeframe = rng.choice(("1d", "1d", "1d", "1d", "1h"))
    symbols = rng.sample(SYMBOLS, rng.choice((1, 1, 2, 3, 4)))
    times = _timestamps(rng, timeframe, rng.randint(50, 160))
    bars = {symbol: _bars(rng, style, times, symbol == symbols[0]) for symbol in symbols}
    parameters = strategy_parameters(rng)
    capital = rng.choice(style.capitals)
    start, end = _period(rng, times)
    entries = entry_rules(rng, capital)
    return Frame(style, times), {
        "timeframe": timeframe,
        "start_date": start, "end_date": end, "initial_capital": capital, "universe": symbols,
        "assets": [{"symbol": symbol, "tick_size": style.tick, "lot_size": rng.choice(style.lots),
                    "asset_type": "stock"} for symbol in symbols],
        "bars": bars,
        "strategy": {"parameters": parameters,
                     "entry_rules": entries,
                     "exit_rules": exit_rules(rng, capital, tuple(entries)),
                     "risk_rules": _risk_rules(rng, capital)},
        "parameters": _run_parameters(rng, parameters, symbols[0]),
    }


def _timestamps(rng, timeframe, count):
    if timeframe == "1h":
        hours = range(14, 20)
        days = (FIRST_DAY + timedelta(days=day) for day in range(count))
        return [day + timedelta(hours=hour) for day in days for hour in hours][:count]
    every_day = rng.random() < 0.3
    days = [FIRST_DAY + timedelta(days=day) for day in range(count * 2)]
    return [day for day in days if every_day or day.weekday() < 5][:count]


def _period(rng, times):
    """Often the whole of the bars, often with bars before start_date or after end_date."""
    first = rng.choice((0, 0, 10, 25, 40))
    last = len(times) - 1 - rng.choice((0, 0, 0, 3, 8))
    return times[min(first, last)].date().isoformat(), times[last].date().isoformat()


def _bars(rng, style, times, is_complete):
    """A random walk in price units, with bars left out and listings that begin or end inside,
    unless it is the symbol that gives every timestamp."""
    missing = rng.choice((0, 0, 0, 5, 20))
    begin = rng.choice((0, 0, 0, rng.randint(0, 30)))
    end = len(times) - rng.choice((0, 0, 0, rng.randint(0, 20)))
    close = rng.randint(style.low, style.high) // style.step * style.step
    bars = []
    for row, time in enumerate(times):
        prices = _next_prices(rng, style, close)
        close = prices[3]
        present = begin <= row < end and rng.randint(1, 100) > missing
        if present or is_complete:
            bars.append([time.strftime("%Y-%m-%dT%H:%M:%SZ")]
                        + [_price_text(price) for price in prices]
                        + [str(rng.choice((0, 100, rng.randint(1, 10 ** 6))))])
    return bars


def _next_prices(rng, style, close):
    jump = 20 if rng.randint(1, 100) <= style.odds_of_jump else 1
    # A walk that may not leave a band keeps equity and quantities within the columns.
    pull = 1 if close < style.low // 2 else -1 if close > style.high * 2 else 0
    opening = close + _step(rng, style, style.gap * jump) + pull * style.gap
    least = min(style.step * 40, style.low)
    opening = max(opening, least)
    ends = [opening, max(opening + _step(rng, style, style.move), least)]
    flat = rng.random() < 0.08
    high = max(ends) + (0 if flat else abs(_step(rng, style, style.move)))
    low = min(ends) - (0 if flat else abs(_step(rng, style, style.move)))
    return opening, high, max(low, style.step), ends[1]


def _step(rng, style, largest):
    bound = largest // style.step
    return rng.randint(-bound, bound) * style.step


def _price_text(units):
    return decimal_text(Fraction(units, 10 ** PRICE_UNIT_DIGITS), PRICE_UNIT_DIGITS)


def _risk_rules(rng, capital):
    rules = {}
    if rng.random() < 0.6:
        rules["stop_loss"] = rng.choice(("0.01", "0.02", "0.05", "0.005", "0.1"))
    if rng.random() < 0.6:
        rules["take_profit"] = rng.choice(("0.01", "0.03", "0.06", "0.005", "0.15"))
    whole = capital.partition(".")[0]
    size = rng.choice((None, None, {"percent_equity": "100"}, {"percent_equity": "30"},
                       {"percent_equity": "12.5"}, {"percent_equity": "80"},
                       {"units": "7"}, {"units": "120.75"},
                       {"cash": whole[:-1]}, {"cash": whole[:-1] + "3.33"}))
    if size:
        rules["size"] = size
    return {key: _number(value) for key, value in rules.items()}


def _run_parameters(rng, declared, complete_symbol):
    execution = {}
    _maybe(rng, execution, "fill", ("next_open", "same_close"), 0.5)
    _maybe(rng, execution, "intrabar",
           ("worst_case", "stop_first", "nearest_extreme", "ohlc", "olhc"), 0.8)
    _maybe(rng, execution, "crossover", ("strict",), 0.3)
    _maybe(rng, execution, "size_at", ("fill", "signal"), 0.6)
    _maybe(rng, execution, "on_opposite", ("reverse", "close", "ignore"), 0.7)
    _maybe(rng, execution, "finalize", ("none", "last_close", "last_open"), 0.8)
    _maybe(rng, execution, "maintenance", ("0.1", "0.25", "0.4"), 0.2)
    _maybe(rng, execution, "leverage", ("1", "2", "3.5", "5"), 0.4)
    _maybe(rng, execution, "quantity_step", ("1", "0.01", "5"), 0.2)
    _maybe(rng, execution, "price_tick", ("0.0001", "0.0005"), 0.15)
    if rng.random() < 0.6:
        execution["commission"] = {"percent": rng.choice(("0.1", "0.2", "0.05", "0.333", "1"))}
    if rng.random() < 0.5:
        execution["slippage"] = rng.choice((
            {"percent": "0.1"}, {"percent": "0.05"}, {"ticks": "1"}, {"ticks": "2"},
            {"percent": "0.5"}, {"percent": "0.02", "ticks": "1"}))
    _maybe(rng, execution, "periods_per_year", ("252", "365"), 0.1)
    _maybe(rng, execution, "risk_free", ("0.02",), 0.15)
    parameters = {}
    if rng.random() < 0.4:
        parameters["benchmark"] = complete_symbol
    if rng.random() < 0.3:
        parameters["fast"] = _number(str(rng.randint(2, 4)))
    if rng.random() < 0.8:
        parameters["execution"] = {key: _number(value) for key, value in execution.items()}
    return parameters


def _maybe(rng, target, key, choices, odds):
    if rng.random() < odds:
        target[key] = rng.choice(choices)


def _number(value):
    """Decimal text to an exact JSON number, inside objects too; other text stays."""
    if isinstance(value, dict):
        return {key: _number(item) for key, item in value.items()}
    is_number = isinstance(value, str) and value.replace(".", "", 1).isdigit()
    return Fraction(value) if is_number else value


def main():
    """Print the cases of COUNT seeds."""
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 60
    first = int(sys.argv[2]) if len(sys.argv) > 2 else 1
    for seed in range(first, first + count):
        print(dump_json(random_case(seed)))


if __name__ == "__main__":
    main()
