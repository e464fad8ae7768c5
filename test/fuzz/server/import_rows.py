# SPDX-License-Identifier: PostgreSQL
"""Random rows for an import: valid ones, spoilt in every way."""
import datetime
import json
from decimal import Decimal

import numerics
from import_model import FIELDS, KNOWN, NUMBERS, PRICES, SPACES, TIMEFRAMES, Row, micros

JSONS = [('{"a": 1}', {"a": 1}), ("[]", []), ("null", None), ("1e3", 1000), ('"é\\u0041"', "éA"), ("{", "malformed"),
         ('{"a": }', "malformed"), ("NaN", "malformed"), ("'a'", "malformed"), ('"\\u0000"', "malformed"),
         ('"\\ud800"', "malformed"), ("1 2", "malformed"), ("tru", "malformed"), ("true", True),
         ('{"a":{"b":[1,2,{"c":null}]}}', {"a": {"b": [1, 2, {"c": None}]}}), ("[" * 50 + "]" * 50, "deep")]
ODD = ["\u00a0", "\u200b", "\ufeff", "😀", "e\u0301", "\x01", "\x7f", "\\", "\"", "'", "\\N", "\\.", "%s", "{", "}", ",", "|",
       "\u2028", "ﬃ", "\U0010ffff", "$$", ";", "--", "NULL", "\x1b[0m"]


def odd_text(random):
    return "".join(random.choice(ODD + ["a", "B", "7", " "]) for _ in range(random.randint(1, 6)))


def number_text(random):
    kind = random.randrange(12)
    if kind < 3:
        return numerics.any_text(random)
    if kind == 3:
        return random.choice(("NaN", "nan", "Infinity", "-inf", "INF", "+Infinity"))
    if kind == 4:
        return random.choice(("1,000", "ten", "0x10", "1_000", "--1", "1e", "e5", ".", "-", "1.2.3", "١٢", "1 2", "10%", "$5",
                              "1e5.5", "NaN1", "1d", "½", "+-1"))
    if kind == 5:
        return odd_text(random)
    if kind == 6:
        return random.choice(("0", "-0", "0.00004999999999999999999999999999999999999999999999", "0.00005", "999999.99994999",
                              "999999.99995", "999999.9999", "1000000", "-0.00001", "999999999999999", "999999999999999.5",
                              "999999999999999.4", "1e15", "2147483647", "2147483648", "1e400", "1e-400", "10.00005", "10.00004999999",
                              "1.00015", "0.5", "1.5", "2.5"))
    if kind == 7:
        return random.choice(("", " ", "\t", "\n \r"))
    if kind == 8:
        return random.choice(SPACES) * random.randint(0, 3) + numerics.plain(random, 4) + random.choice(SPACES)
    if kind == 9:
        return random.choice(("+9.5", "1.05e1", "1E3", "105e-1", ".5", "1e0", "+1e+1", "00010.50"))
    if kind == 10:
        return None
    return numerics.plain(random, 6)


def time_of(random):
    """A text, and its meaning."""
    kind = random.randrange(14)
    day = datetime.datetime(random.choice((2023, 2024, 2024, 2025)), random.randint(1, 12), random.randint(1, 28),
                            tzinfo=datetime.timezone.utc)
    if kind < 3:
        return f"{day:%Y-%m-%d}", micros(day)
    moment = day + datetime.timedelta(seconds=random.choice((0, 3600 * random.randint(0, 23), 60 * random.randint(0, 1439),
                                                             random.randint(0, 86399))))
    if kind < 5:
        return f"{moment:%Y-%m-%d}{random.choice('Tt ')}{moment:%H:%M:%S}Z", micros(moment)
    if kind == 5:
        hours, minutes = random.randint(0, 13), random.choice((0, 30, 45))
        sign = random.choice((1, -1))
        there = moment + sign * datetime.timedelta(hours=hours, minutes=minutes)
        return f"{there:%Y-%m-%d %H:%M:%S}{'+' if sign > 0 else '-'}{hours:02d}:{minutes:02d}", micros(moment)
    if kind == 6:
        fraction = random.randint(0, 999999)
        return f"{moment:%Y-%m-%d %H:%M:%S}.{fraction:06d}", micros(moment) + fraction
    if kind in (7, 8):
        return str(micros(moment) // 1000), micros(moment)
    if kind == 9:
        return random.choice(("infinity", "-infinity", "4713-01-01 BC", "294276-12-31", "now", "today", "01/02/2024", "2024-02-30",
                              "2024-13-01", "20240102", "1704153600", "2024-1-2", "2024-01-02 25:00:00", "2024-01-02T", "epoch",
                              "2024-01-02 America/New_York", "9" * 30, "-1", "0", "J2451187", "2024-W01-1", "ten")), "malformed"
    if kind == 10:
        return random.choice((("0001-01-01", micros(datetime.datetime(1, 1, 1, tzinfo=datetime.timezone.utc))),
                              ("9999-12-31", micros(datetime.datetime(9999, 12, 31, tzinfo=datetime.timezone.utc))),
                              ("1900-02-28", micros(datetime.datetime(1900, 2, 28, tzinfo=datetime.timezone.utc))),
                              ("1900-02-29", "malformed"), ("2000-02-29", micros(datetime.datetime(2000, 2, 29, tzinfo=datetime.timezone.utc))),
                              ("0000-01-01", "open"), ("2024-01-02 24:00:00", "open"), ("2024-01-02 23:59:60", "open"),
                              ("2024-01-02 09:30", "open"), ("2024-01-02T09:30+0530", "open"), ("99999999999999999", "open"),
                              ("-210866803200000", "open"), ("9224318015999999", "open"), ("2024-01-02 10:00:00.1234567", "open")))
    if kind == 11:
        return odd_text(random), "malformed"
    if kind == 12:
        return random.choice((None, "", "  ")), None
    text, meaning = f" {day:%Y-%m-%d}\t", micros(day)
    return text, meaning


def new_row(random):
    row = Row()
    day = random.randint(1, 12)  # few, so that rows meet
    low = random.randint(1, 10**6) * random.choice((1, 100))
    high = low + random.randint(0, 5000)
    inside = [str(Decimal(random.randint(low, high)).scaleb(-4)) for _ in range(3)]
    row.texts.update(symbol=random.choice(KNOWN), timestamp=f"2024-01-{day:02d}", timeframe=random.choice(("1d", "1d", "1h")),
                     open_price=inside[0], high_price=str(Decimal(high).scaleb(-4)), low_price=str(Decimal(low).scaleb(-4)),
                     close_price=inside[1], volume=str(random.randint(0, 10**random.randint(0, 15) - 1)))
    row.moment = micros(datetime.datetime(2024, 1, day, tzinfo=datetime.timezone.utc))
    if random.randrange(3) == 0:
        row.texts.update(bid_price=inside[0], ask_price=inside[0], vwap=inside[2], trade_count=str(random.randint(0, 2**31 - 1)))
    if random.randrange(4) == 0:
        row.texts["additional_data"], row.json = random.choice(JSONS[:5])
    for _ in range(random.choice((0, 0, 0, 1, 1, 2, 4))):
        spoil(random, row)
    row.source = random.choice((None, None, "feed", odd_text(random)))
    return row


def spoil(random, row):
    kind = random.randrange(12)
    texts = row.texts
    if kind == 0:
        texts["symbol"] = random.choice((None, "", " ", "FZNEW", "fza", " FZA ", "FZA\t", "x" * 32, "x" * 33, "é" * 32, "é" * 33,
                                         "😀" * 33, "y" * 5000, odd_text(random), "\u00a0FZA"))
    elif kind in (1, 2):
        texts["timestamp"], row.moment = time_of(random)
    elif kind == 3:
        texts["timeframe"] = random.choice((None, "", " 1d ", "1D", "1M", "7m", odd_text(random)) + TIMEFRAMES)
    elif kind == 4:
        texts["additional_data"], row.json = random.choice(JSONS)
        if row.json == "deep":
            row.json = json.loads(texts["additional_data"])
    elif kind == 5:
        a, b = random.sample(PRICES, 2)
        texts[a], texts[b] = texts[b], texts[a]
    elif kind == 6:
        name = random.choice(FIELDS)
        texts[name] = None
    elif kind == 7:
        texts["trade_count"] = number_text(random)
    else:
        texts[random.choice(NUMBERS)] = number_text(random)
