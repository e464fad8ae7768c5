# SPDX-License-Identifier: PostgreSQL
"""Random bars, and random legal calls of every indicator."""
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

COLUMNS = ("open_price", "high_price", "low_price", "close_price", "volume", "session_date")
PRICES = COLUMNS[:4]
BAR = PRICES[1:]
LARGEST = 9_999_999_999  # numeric(10,4) in ticks of 0.0001
KINDS = ("usual",) * 4 + ("flat", "flat", "coarse", "coarse", "huge", "tiny", "jumps", "constant",
                          "rising")
# Kind of series: lowest and highest start in ticks, usual relative move of a bar.
SHAPES = {"usual": (10_000, 5_000_000, 0.02), "flat": (100, 500_000, 0.01),
          "coarse": (30_000, 200_000, 0.02), "huge": (9_000_001_234, 9_900_000_000, 0.01),
          "tiny": (1, 12, 0.2), "jumps": (1, 9_000_001_234, 1.5), "constant": (1, LARGEST, 0),
          "rising": (1_000, 1_000_000, 0.01)}
VOLUMES = ("usual", "usual", "small", "huge", "zeros", "zero")


@dataclass
class Series:
    """One symbol; columns are lists of Decimal or date, None where missing."""
    number: int
    kind: str
    columns: dict
    size: int


@dataclass(frozen=True)
class Call:
    """quant.name(columns, arguments)"""
    name: str
    columns: tuple
    arguments: tuple

    def sql(self):
        shown = [f"'{value}'" if isinstance(value, str) else str(value)
                 for value in self.arguments]
        return f"quant.{self.name}({', '.join([*self.columns, *shown])})"


def random_series(random, number):
    kind = random.choice(KINDS)
    size = random.choice((random.randint(0, 5), random.randint(6, 60), random.randint(61, 300),
                          random.randint(61, 300)))
    bars = _random_bars(random, kind, size)
    columns = {name: [Decimal(bar[i]).scaleb(-4) for bar in bars] for i, name in enumerate(PRICES)}
    columns["volume"] = _random_volumes(random, size)
    columns["session_date"] = _random_sessions(random, size)
    _lose_some(random, columns, size)
    return Series(number, kind, columns, size)


def _random_bars(random, kind, size):
    """Consistent bars in ticks."""
    low, high, move = SHAPES[kind]
    unit = random.choice((5_000, 10_000)) if kind == "coarse" else 1
    price, bars, still = random.randint(low, high), [], 0

    def near(value):
        factor = 1 + random.gauss(0, move)
        if kind == "rising":
            factor = max(factor, 1)
        return min(max(round(value * max(factor, 0.001) / unit) * unit, unit), LARGEST)
    for _ in range(size):
        if still == 0 and kind == "flat" and random.random() < 0.05:
            still = random.randint(2, 40)
        if still:
            still -= 1
            bars.append((price,) * 4)
            continue
        start = near(price) if random.random() < 0.5 else price
        price = near(start)
        ends = sorted((start, price))
        if kind == "rising" or random.random() < 0.2:
            bars.append((start, ends[1], ends[0], price))
        else:
            bars.append((start, max(near(ends[1]), ends[1]), min(near(ends[0]), ends[0]), price))
    return bars


def _random_volumes(random, size):
    kind = random.choice(VOLUMES)
    largest = {"usual": 10 ** 7, "small": 5, "huge": 10 ** 14, "zeros": 1000, "zero": 0}[kind]
    return [Decimal(0 if kind == "zeros" and random.random() < 0.6
                    else random.randint(0, largest)) for _ in range(size)]


def _random_sessions(random, size):
    """Dates that never go back, some with many bars, some weeks apart."""
    day, stay, result = date(2019, 12, 20), random.choice((0, 0.5, 0.9)), []
    for _ in range(size):
        if random.random() >= stay:
            day += timedelta(days=random.choice((1, 1, 1, 1, 3, 20)))
        result.append(day)
    return result


def _lose_some(random, columns, size):
    """Missing values in single columns and missing rows; the session is always there."""
    single = random.choice((0, 0, 0, 0.01, 0.1))
    whole = random.choice((0, 0, 0, 0.03, 0.2))
    start = random.randint(0, 40) if random.random() < 0.1 else 0
    for t in range(size):
        gone = t < start or random.random() < whole
        for name in COLUMNS[:5]:
            if gone or random.random() < single:
                columns[name][t] = None


def random_calls(random):
    """At least one call of each indicator; the alternatives come up now and then."""
    def n(least=1):
        return random.choice((least, least + 1, random.randint(least, 8), random.randint(least, 20),
                              random.randint(least, 30)))

    def maybe(*values):
        return random.choice(((),) + tuple((value,) for value in values))

    def factor():
        return random.choice((1, 2, 3, Decimal("0.5"), Decimal("1.5"), Decimal("2.25")))

    def rising(count, largest):
        return sorted(random.sample(range(1, largest + 1), count))
    price = random.choice(PRICES)
    other = random.choice([name for name in PRICES if name != price])
    high_low, volume = BAR[:2], ("volume",)
    step = Decimal(random.randint(1, 60)).scaleb(-3)
    calls = [Call(name, (price,), (n(),))
             for name in ("sma", "rma", "wma", "dema", "tema", "rsi", "momentum", "roc",
                          "highest", "lowest")]
    calls += [Call(name, (price,), (n(2),)) for name in ("hma", "zscore", "linreg_slope")]
    calls += [Call(name, BAR, (n(),)) for name in ("atr", "natr", "di", "dx", "adx", "adxr", "cci",
                                                   "williams_r")]
    calls += [
        Call("ema", (price,), (n(), *maybe("first"))),
        Call("kama", (price,), (n(), *random.choice(((), (2, 30), rising(2, 40))))),
        Call("vwma", (price, "volume"), (n(),)),
        Call("session_vwap", BAR + volume + ("session_date",), maybe("week", "month", "run")),
        Call("macd", (price,), (*rising(2, 26), n(), *maybe("own"))),
        Call("bollinger", (price,), (n(2), factor(), *maybe(0, 1))),
        Call("stddev", (price,), (n(2), *random.choice(((), (factor(),), (factor(), 0),
                                                        (factor(), 1))))),
        Call("true_range", BAR, maybe("range")),
        Call("stochastic", BAR, (n(), random.randint(1, 5), random.randint(1, 5))),
        Call("stochrsi", (price,), (n(), n(), random.randint(1, 5), random.randint(1, 5))),
        Call("cmo", (price,), (n(), *maybe("sum"))),
        Call("obv", ("close_price", "volume"), maybe("zero")),
        Call("ad", BAR + volume, ()),
        Call("cmf", BAR + volume, (n(),)),
        Call("mfi", BAR + volume, (n(),)),
        Call("donchian", high_low, (n(),)),
        Call("keltner", BAR, (n(), factor(), n(), *maybe("chester"))),
        Call("supertrend", BAR, (n(), factor())),
        Call("psar", high_low, random.choice((
            (Decimal("0.02"), Decimal("0.2")), (step, step + Decimal(random.randint(0, 300))
                                                .scaleb(-3))))),
        Call("ichimoku", BAR, random.choice(((9, 26, 52, 25), (9, 26, 52, 26), (
            *rising(3, 30), random.randint(1, 30))))),
        Call("aroon", high_low, (n(),)),
        Call("trix", (price,), (n(), *maybe("log"))),
        Call("ultimate_oscillator", BAR, tuple(rising(3, 28))),
        Call("correlation", (price, other), (n(2),)),
        Call("beta", (price, other), (n(2),)),
        Call("typical_price", BAR, ()),
        Call("median_price", high_low, ()),
        Call("heikin_ashi", PRICES, ()),
    ]
    return calls
