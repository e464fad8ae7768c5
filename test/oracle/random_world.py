# SPDX-License-Identifier: PostgreSQL
"""Random corporate actions, universes, quotes and other series for generate.py."""
from datetime import timedelta
from fractions import Fraction

from case_input import parse_timestamp
from days import bar_end
from random_features import execution_of, number
from rounding import decimal_text, round_half_away

RATIOS = ((2, 1), (3, 1), (3, 2), (4, 3), (1, 2), (1, 10), (7, 1), (21, 20), (1, 25))
ZONES = ("America/New_York", "Asia/Tokyo", "Europe/London")


def _date(rng, frame, margin=3):
    """A day of the bars, or near them, or between them."""
    first, last = frame.times[0], frame.times[-1]
    days = (last - first).days
    return (first + timedelta(days=rng.randint(-margin, days + margin))).date().isoformat()


def _text(value):
    return decimal_text(max(value, Fraction(1, 10000)), 4)


# Corporate actions


def splits(case, rng, frame):
    """Splits and stock dividends, at most of which the price moves."""
    for symbol in case["universe"]:
        used = set()
        for _ in range(rng.choice((0, 1, 1, 2))):
            new, old = rng.choice(RATIOS)
            action = {"type": rng.choice(("split", "split", "stock_dividend")),
                      "ex_date": _date(rng, frame), "to": new, "from": old}
            if (action["type"], action["ex_date"]) in used:
                continue
            if max(Fraction(bar[2]) for bar in case["bars"][symbol]) * old / new >= 900000:
                continue  # a position could not be restated
            used.add((action["type"], action["ex_date"]))
            case.setdefault("actions", {}).setdefault(symbol, []).append(action)
            if rng.random() < 0.85:
                _restate(case["bars"][symbol], action["ex_date"], Fraction(old, new))


def _restate(bars, ex_date, factor):
    """Prices as traded after the split, within what the column holds."""
    later = [bar for bar in bars if bar[0][:10] >= ex_date]
    highest = max((Fraction(bar[2]) for bar in later), default=0)
    lowest = min((Fraction(bar[3]) for bar in later), default=1)
    if highest * factor >= 900000 or lowest * factor < Fraction(1, 1000):
        return
    for bar in later:
        bar[1:5] = [_text(round_half_away(Fraction(price) * factor, 4)) for price in bar[1:5]]
        bar[5] = str(int(Fraction(bar[5]) / factor))


def dividends(case, rng, frame):
    """Dividends of up to some percent of a price of the symbol."""
    for symbol in case["universe"]:
        used = set()
        for _ in range(rng.choice((0, 1, 2, 4))):
            kind, day = rng.choice(("dividend", "dividend", "special_dividend")), _date(rng, frame)
            bars = case["bars"][symbol]
            if (kind, day) in used or not bars:
                continue
            used.add((kind, day))
            price = Fraction(rng.choice(bars)[4])
            amount = round_half_away(price * rng.randint(1, 40) / 1000, 6)
            if amount > 0:
                case.setdefault("actions", {}).setdefault(symbol, []).append(
                    {"type": kind, "ex_date": day, "amount": amount})


def price_kinds(case, rng, _):
    """What the bars are said to be."""
    execution_of(case)["prices"] = rng.choice(("split_adjusted", "adjusted"))


# Universe


def memberships(case, rng, frame):
    """from, to, listed_on; what happens to who leaves."""
    if "legs" in case["strategy"]["entry_rules"]:
        return
    entries = []
    for symbol in case["universe"]:
        entry = {"symbol": symbol}
        if rng.random() < 0.4:
            entry["from"] = _date(rng, frame)
        if rng.random() < 0.5:
            entry["to"] = max(_date(rng, frame), entry.get("from", ""))
        entries.append(entry)
        if "to" in entry and rng.random() < 0.3:
            later = _date(rng, frame)
            if later > entry["to"]:
                entries.append({"symbol": symbol, "from": later})
    case["universe"] = entries
    for asset in case["assets"]:
        if rng.random() < 0.15:
            day = _date(rng, frame)
            if day <= asset.get("delisted_on", day):
                asset["listed_on"] = day
    if rng.random() < 0.5:
        execution_of(case)["on_leave"] = "close"


def delistings(case, rng, frame):
    """Symbols that end, with or without a known date."""
    if rng.random() < 0.5:
        execution_of(case)["stale_days"] = rng.choice((2, 3, 5))
    for asset in case["assets"][1:] or case["assets"]:
        if rng.random() < 0.3:
            continue
        day, symbol = _date(rng, frame, 0), asset["symbol"]
        if rng.random() < 0.7 and day >= asset.get("listed_on", ""):
            asset["delisted_on"] = day
        kept = [bar for bar in case["bars"][symbol] if bar[0][:10] <= day]
        if rng.random() < 0.8 and len(kept) > 5 and len(case["assets"]) > 1:
            case["bars"][symbol] = kept


# Other series


def quotes(case, rng, _):
    """Bid and ask on some bars."""
    share = rng.choice((1, 0.7, 0.3))
    for bars in case["bars"].values():
        for bar in bars:
            if rng.random() < share:
                close = Fraction(bar[4])
                half = round_half_away(close * rng.randint(0, 10) / 2000, 4)
                if close > half:
                    bar += [_text(close - half), _text(close + half + Fraction(
                        rng.randint(0, 1), 10000))]
    if rng.random() < 0.15:
        execution_of(case)["spread"] = "none"


def finer_bars(case, rng, _):
    """intrabar: lower_timeframe, with finer bars inside most bars."""
    execution_of(case)["intrabar"] = "lower_timeframe"
    frames = {"1d": ("30m", "1h"), "1h": ("5m", "15m")}[case["timeframe"]]
    case["finer_bars"] = {}
    for timeframe in frames[rng.randint(0, 1):]:
        case["finer_bars"][timeframe] = {
            symbol: [row for bar in bars if rng.random() < 0.6
                     for row in _path(rng, bar, timeframe)]
            for symbol, bars in case["bars"].items()}


def _path(rng, bar, timeframe):
    """Some finer bars from open to close that reach both extremes."""
    opening, high, low, close = (Fraction(x) for x in bar[1:5])
    corners = [high, low] if rng.random() < 0.5 else [low, high]
    stops = [opening] + corners + [close]
    time, rows = parse_timestamp(bar[0]), []
    for before, after in zip(stops, stops[1:]):
        rows.append([time.strftime("%Y-%m-%dT%H:%M:%SZ"), _text(before), _text(max(before, after)),
                     _text(min(before, after)), _text(after), "10"])
        time = bar_end(time, timeframe)
    if rng.random() < 0.3:
        merged = rows[:2]
        rows[:2] = [[merged[0][0], merged[0][1], _text(high), _text(low), merged[1][4], "20"]]
    return rows


def zones(case, rng, _):
    """Days of another zone."""
    execution_of(case)["timezone"] = rng.choice(ZONES)


def _combine(case, rng, condition):
    """Put a condition beside that of one side."""
    entries = case["strategy"]["entry_rules"]
    rule = entries[rng.choice([side for side in ("long", "short") if side in entries])]
    rule["when"] = f"({rule['when']}) {rng.choice(('and', 'or'))} ({condition})"


def calendars(case, rng, _):
    """Names of the calendar."""
    _combine(case, rng, rng.choice((
        "weekday = 1", "weekday >= 4", "day <= 10", "month != 2", "year = 2021 and day > 20",
        "hour >= 16", "weekday + day > 12", "not (weekday = 5) and minute = 0")))


def indicators(case, rng, _):
    """Named indicators."""
    case["strategy"]["entry_rules"]["indicators"] = {
        "trend": rng.choice(("sma(close, 4)", "ema(close, $fast)", "highest(high, 3)[1]")),
        "above": "close - trend"}
    _combine(case, rng, rng.choice(("close > trend", "above < 0", "above > above[1]")))


def other_symbols(case, rng, _):
    """at(...): another symbol of the universe, or one outside of it."""
    symbol = rng.choice(case["universe"])
    if rng.random() < 0.3:
        symbol = "ORC.X"
        source = rng.choice(case["universe"])
        case["assets"].append({**next(a for a in case["assets"] if a["symbol"] == source),
                               "symbol": symbol})
        case["bars"][symbol] = [list(bar) for bar in case["bars"][source][1::2]]
    if rng.random() < 0.6:
        execution_of(case)["max_age"] = rng.choice(("1d", "2d", "5d"))
    _combine(case, rng, rng.choice((
        f'at("{symbol}", close) > at("{symbol}", sma(close, 3))',
        f'close > at("{symbol}", close)', f'at("{symbol}", close - open) > 0',
        f'not (at("{symbol}", highest(high, 4)) > close)',
        f'close / at("{symbol}", close) < sma(close, 3) / at("{symbol}", sma(close, 3))')))


def timeframes(case, rng, frame):
    """tf(...), without bars before the run: there are none to fill the lookback."""
    case["start_date"] = (frame.times[0] - timedelta(days=1)).date().isoformat()
    timeframe = rng.choice(("1w", "1w", "1mo") if case["timeframe"] == "1d"
                           else ("1d", "4h", "2h", "1w"))
    _combine(case, rng, rng.choice((
        f'close > tf("{timeframe}", close)', f'tf("{timeframe}", close) > tf("{timeframe}", open)',
        f'tf("{timeframe}", sma(close, 2)) < close',
        f'tf("{timeframe}", high - low) > atr(3)', f'tf("{timeframe}", volume - volume[1]) > 0',
        f'crosses_above(close, tf("{timeframe}", high))')))


def frequencies(case, rng, _):
    """Every timestamp is a period."""
    execution_of(case)["frequency"] = "bar"
    execution_of(case)["periods_per_year"] = number(rng.choice(("252", "1512")))
