# SPDX-License-Identifier: PostgreSQL
"""What the documents say of a bar: which reasons an import gives it, and what it stores."""
import datetime
import re
from fractions import Fraction

from numerics import exact, rounded

FIELDS = ("symbol", "timestamp", "timeframe", "open_price", "high_price", "low_price", "close_price", "volume",
          "bid_price", "ask_price", "vwap", "trade_count", "additional_data")
PRICES = ("open_price", "high_price", "low_price", "close_price", "bid_price", "ask_price", "vwap")
NUMBERS = FIELDS[3:11]
ORDER = ("null_price", "not_finite", "out_of_range", "not_positive", "rounds_to_zero", "high_below_low",
         "high_below_open_close", "low_above_open_close", "negative_volume", "bid_above_ask", "vwap_outside_range",
         "unknown_timeframe", "misaligned", "null_symbol", "invalid_symbol", "unknown_symbol", "null_timestamp",
         "malformed_timestamp", "null_timeframe", "malformed_number", "excess_decimals", "fractional_volume",
         "malformed_json", "duplicate")
SECONDS = {"1s": 1, "5s": 5, "15s": 15, "30s": 30, "1m": 60, "2m": 120, "3m": 180, "5m": 300, "10m": 600, "15m": 900,
           "30m": 1800, "1h": 3600, "2h": 7200, "4h": 14400, "6h": 21600, "8h": 28800, "12h": 43200}
TIMEFRAMES = tuple(SECONDS) + ("1d", "1w", "1mo")
EPOCH = datetime.datetime(1970, 1, 1, tzinfo=datetime.timezone.utc)
SPACES = " \t\n\v\f\r"
NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]+)?\Z")
SPECIAL = re.compile(r"[+-]?(nan|inf|infinity)\Z", re.I)
KNOWN = ("FZA", "FZB", "fz é", "FZ_" + "x" * 29)
FAR = Fraction(10**15)
FINE = Fraction(1, 10**20)


def micros(moment):
    return (moment - EPOCH) // datetime.timedelta(microseconds=1)


def is_aligned(at, timeframe):
    """Whether `at`, microseconds since 1970, lies on the grid."""
    if timeframe in SECONDS:
        return at % (SECONDS[timeframe] * 10**6) == 0
    if at % 86_400_000_000:
        return False
    day = EPOCH + datetime.timedelta(microseconds=at)
    return {"1d": True, "1w": day.weekday() == 0, "1mo": day.day == 1}[timeframe]


class Judged:
    """What the documents say of a row: reasons that it must have, and that it may have."""

    def __init__(self):
        self.must = set()
        self.may = set()

    def add(self, reason, surely=True):
        (self.must if surely else self.may).add(reason)

    def agrees(self, reasons):
        return self.must <= set(reasons) <= self.must | self.may and \
            reasons == sorted(reasons, key=ORDER.index) and len(set(reasons)) == len(reasons)


def judge_numbers(judged, values):
    """`values`: a Fraction, or None for a missing one, "special", "malformed" for each of NUMBERS."""
    usable = {}
    for name in NUMBERS:
        value = values[name]
        if value is None:
            if name in PRICES[:4]:
                judged.add("null_price")
        elif value == "special":
            judged.add("not_finite")
        elif value == "malformed":
            judged.add("malformed_number")
        else:
            usable[name] = value
            decimals, limit = (4, 10**6) if name != "volume" else (0, 10**15)
            if abs(rounded(value, decimals) if abs(value) < FAR * 10 else value) >= limit:
                judged.add("out_of_range")
            if name != "volume" and 0 < value < Fraction(1, 20000):
                judged.add("rounds_to_zero", value > FINE)
                if value < FINE:
                    judged.add("not_positive", False)

    def sure(*names):
        return all(abs(usable[name]) < FAR for name in names)

    def below(reason, first, second):
        if first in usable and second in usable and usable[first] < usable[second]:
            judged.add(reason, sure(first, second) and usable[second] - usable[first] > FINE)
    for name in PRICES[:6]:
        if name in usable and usable[name] <= 0:
            judged.add("not_positive", sure(name) and usable[name] < -FINE or usable[name] == 0)
    below("high_below_low", "high_price", "low_price")
    below("high_below_open_close", "high_price", "open_price")
    below("high_below_open_close", "high_price", "close_price")
    below("low_above_open_close", "open_price", "low_price")
    below("low_above_open_close", "close_price", "low_price")
    if "volume" in usable and usable["volume"] < 0:
        judged.add("negative_volume", sure("volume") and usable["volume"] < -FINE)
    below("bid_above_ask", "ask_price", "bid_price")
    below("vwap_outside_range", "vwap", "low_price")
    below("vwap_outside_range", "high_price", "vwap")
    return usable


def trimmed(text):
    if text is None:
        return None
    return text.strip(SPACES) or None


def read_number(text):
    if text is None:
        return None
    if NUMBER.match(text):
        return exact(text)
    return "special" if SPECIAL.match(text) else "malformed"


class Row:
    """A row as it is sent, with what its generator knows of its texts that the model does not parse."""

    def __init__(self):
        self.texts = dict.fromkeys(FIELDS)
        self.source = None
        self.moment = None  # of the timestamp: microseconds since 1970, "malformed", "open"
        self.json = None  # of additional_data: the value, or "malformed"

    def judge(self, policy, assets):
        """Reasons of the row alone, and what would be stored."""
        judged = Judged()
        text = {name: trimmed(value) for name, value in self.texts.items()}
        symbol = text["symbol"]
        if symbol is None:
            judged.add("null_symbol")
        elif len(symbol) > 32:
            judged.add("invalid_symbol")
        elif symbol not in assets and policy["unknown_symbol"] == "reject":
            judged.add("unknown_symbol")
        moment = None
        if text["timestamp"] is None:
            judged.add("null_timestamp")
        elif self.moment == "malformed":
            judged.add("malformed_timestamp")
        elif self.moment == "open":
            judged.add("malformed_timestamp", False)
            judged.add("misaligned", False)
        else:
            moment = self.moment
        if text["timeframe"] is None:
            judged.add("null_timeframe")
        elif text["timeframe"] not in TIMEFRAMES:
            judged.add("unknown_timeframe")
        elif moment is not None and not is_aligned(moment, text["timeframe"]):
            judged.add("misaligned")
        usable = judge_numbers(judged, {name: read_number(text[name]) for name in NUMBERS})
        count = read_number(text["trade_count"])
        if count == "malformed":
            judged.add("malformed_number")
        elif count == "special" or count is not None and (count.denominator != 1 or not 0 <= count < 2**31):
            judged.add("out_of_range")
        stored = {}
        self.is_rounded = False
        for name, value in usable.items():
            decimals = 0 if name == "volume" else 4
            if abs(value) >= FAR:
                judged.add("fractional_volume" if name == "volume" else "excess_decimals", False)
                continue
            stored[name] = rounded(value, decimals)
            if stored[name] != value:
                self.is_rounded = True
                if policy["volume" if name == "volume" else "decimals"] == "reject":
                    judged.add("fractional_volume" if name == "volume" else "excess_decimals")
        if self.json == "malformed" and text["additional_data"] is not None:
            judged.add("malformed_json")
        stored.setdefault("volume", Fraction(0))
        return judged, (symbol, text["timeframe"], moment), (
            *(stored.get(name) for name in NUMBERS), None if count is None else count,
            None if text["additional_data"] is None else self.json)
