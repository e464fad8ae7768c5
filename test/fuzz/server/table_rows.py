# SPDX-License-Identifier: PostgreSQL
"""Rows straight into trading.market_data, and through quant.check_bar(), by the CHECKs of the table."""
from fractions import Fraction

import numerics
from import_model import NUMBERS, PRICES, TIMEFRAMES, Judged, is_aligned, judge_numbers
from numerics import exact, rounded
from server_fuzz import Attempt, SUCCESS, quoted


def time_literal(moment):
    if moment is None:
        return "NULL"
    if isinstance(moment, int):
        return f"timestamptz '1970-01-01 00:00+00' + {moment} * interval '1 microsecond'"
    return {"low": "timestamptz '4713-01-01 00:00:00+00 BC'", "high": "timestamptz '294276-12-31 00:00:00+00'"}.get(
        moment, f"timestamptz '{moment}'")


def insert(symbol, timeframe, moment, values, assets, before):
    numbers = ", ".join("NULL" if values[n] is None else f"'{values[n]}'::numeric" for n in NUMBERS)
    statement = (f"INSERT INTO trading.market_data (symbol, timeframe, \"timestamp\", {', '.join(NUMBERS)}) VALUES"
                 f" ({quoted(symbol)}, {quoted(timeframe)}, {time_literal(moment)}, {numbers}) RETURNING"
                 f" concat_ws('|', {', '.join(f'coalesce({n}::text, $$-$$)' for n in NUMBERS)})")
    possible = set()  # SQLSTATE or constraint
    columns = {}
    for name in NUMBERS:
        text = values[name]
        decimals, limit = (0, 10**15) if name == "volume" else (4, 10**6)
        if text is None:
            columns[name] = None
            if name in PRICES[:4] + ("volume",):
                possible.add("23502")
        elif text == "NaN":
            columns[name] = "NaN"
        elif "Inf" in text or abs(rounded(exact(text), decimals)) >= limit:
            possible.add("22003")
            columns[name] = None
        else:
            columns[name] = rounded(exact(text), decimals)

    def order(value):  # NaN is above all
        return (1, 0) if value == "NaN" else (0, value)

    def check(name, *conditions):
        if any(c is False for c in conditions):
            possible.add(name)

    def holds(a, b):  # a >= b
        a, b = (columns.get(v, v) if isinstance(v, str) else v for v in (a, b))
        return None if a is None or b is None else order(a) >= order(b)

    def number(name, least=None):
        value = columns[name]
        if value is None:
            return None
        return value != "NaN" and (least is None or value > least)
    check("ck_high_low_valid", holds("high_price", "low_price"))
    check("ck_ohlc_valid", holds("open_price", "low_price"), holds("high_price", "open_price"),
          holds("close_price", "low_price"), holds("high_price", "close_price"))
    low = columns["low_price"]
    check("ck_prices_positive", None if low is None else order(low) > (0, 0), number("high_price"))
    check("ck_quote_valid", number("bid_price", 0), number("ask_price", 0), holds("ask_price", "bid_price"))
    check("ck_volume_non_negative", number("volume", -1))
    check("ck_vwap_valid", holds("vwap", "low_price"), holds("high_price", "vwap"))
    if timeframe is None:
        possible.add("23502")
    elif timeframe not in TIMEFRAMES:
        possible.add("ck_timeframe_valid")
    if moment is None:
        possible.add("23502")
    elif moment in ("infinity", "-infinity"):
        possible.add("ck_timestamp_finite")
    if symbol is None:
        possible.add("23502")
    elif symbol not in assets:
        possible.add("23503")
    if not possible and (symbol, timeframe, moment) in before:
        possible.add("23505")

    def judge(outcome):
        if outcome.state == SUCCESS:
            if possible:
                return f"a wrong bar is stored\nit breaks {sorted(possible)}"
            sent = [columns[n] for n in NUMBERS]
            got = [None if v == "-" else Fraction(v) for v in outcome.value.split("|")]
            return None if sent == got else f"another bar is stored than was sent: {sent}"
        name = outcome.name if outcome.state == "23514" else outcome.state
        if "22003" in possible and outcome.state == "22003":
            return None
        if name == "ck_prices_positive" and any(columns[n] is not None and order(columns[n]) <= (0, 0) or columns[n] == "NaN"
                                                for n in PRICES[:4]):
            return None  # the trigger's word for a price that another CHECK refuses
        if name == "ck_vwap_valid" and columns["vwap"] == "NaN":
            return None  # beside a NULL that NOT NULL refuses
        return None if name in possible else f"a bar is refused for another cause\nit breaks {sorted(possible)}"
    return Attempt(statement, judge)


def check_bar(timeframe, moment, values):
    numbers = ", ".join("NULL" if values[n] is None else f"'{values[n]}'::numeric" for n in NUMBERS)
    statement = f"SELECT array_to_string(quant.check_bar({numbers}, {time_literal(moment)}, {quoted(timeframe)}), ',')"
    judged = Judged()
    judge_numbers(judged, {n: None if v is None else "special" if v in numerics.SPECIAL else exact(v) for n, v in values.items()})
    if moment in ("infinity", "-infinity"):
        judged.add("not_finite")
    if timeframe is not None and timeframe not in TIMEFRAMES:
        judged.add("unknown_timeframe")
    elif timeframe is not None and isinstance(moment, int) and not is_aligned(moment, timeframe):
        judged.add("misaligned")
    elif moment in ("low", "high"):
        judged.add("misaligned", False)

    def judge(outcome):
        if outcome.state != SUCCESS:
            return "quant.check_bar() raises"
        reasons = outcome.value.split(",") if outcome.value else []
        long = any(v and len(v) > 38 for v in values.values())
        return None if judged.agrees(reasons) else \
            f"quant.check_bar() gives other reasons{' for more than 38 digits' if long else ''}\nnot {sorted(judged.must)} (perhaps {sorted(judged.may)})"
    return Attempt(statement, judge)
