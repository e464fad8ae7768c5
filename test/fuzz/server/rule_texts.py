# SPDX-License-Identifier: PostgreSQL
"""Random expressions of the strategy language and documents of rules, some of them spoilt."""
import json


class Raw(str):
    """A number as it is written."""


def dumped(value):
    if isinstance(value, Raw):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(k, ensure_ascii=False)}: {dumped(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(dumped, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


class Texts:
    """Random expressions, valid for the most part."""

    def __init__(self, random, spoil):
        self.random = random
        self.spoil = spoil  # one in so many is spoilt; 0: none
        self.account = True

    def one_in(self, n):
        return n and self.random.randrange(n) == 0

    def word(self, *words):
        return self.random.choice(words)

    def period(self):
        return self.word("1", "2", "3", "5", "10", "$fast", "$slow") if not self.one_in(15) else \
            self.word("0", "-1", "1.5", "100000", "100001", "close", "$odd", "1e1", "2 + 1", "99999999999999999999")

    def operand(self):
        if self.account and self.one_in(12):
            return self.word("position", "entry_price", "bars_held", "equity", "cash")
        return self.word("open", "high", "low", "close", "close", "volume", "vwap", "year", "month", "day", "weekday", "hour", "minute", "1",
                         "0", "100", "0.5", ".5", "1e-4", "$fast", "$odd", "1e37", "0.0000000000001", "99999999999999999999999999999999999999",
                         "trend")

    def number(self, depth):
        if depth <= 0:
            return self.operand()
        inner = lambda: self.number(depth - 1)  # noqa: E731
        kind = self.random.randrange(18)
        if kind == 0:
            return f"{inner()} + {inner()}"
        if kind == 1:
            return f"({inner()} - {inner()})"
        if kind == 2:
            return f"({inner()}) * ({inner()})"
        if kind == 3:
            return f"({inner()}) / ({inner()})"
        if kind == 4:
            return f"-({inner()})"
        if kind == 5:
            return f"({self.plain(depth - 1)})[{self.word('0', '1', '2', '5', '$fast', '100000')}]"
        if kind in (6, 7):
            name = self.word("sma", "ema", "rma", "wma", "dema", "rsi", "highest", "lowest", "momentum", "linreg_slope", "trima", "hma", "midpoint")
            return f"{name}({self.plain(depth - 1)}, {self.period()})"
        if kind == 8:
            return f"atr({self.period()})"
        if kind == 9:
            return f"{self.word('abs', 'sqrt', 'round')}({inner()})"
        if kind == 10:
            return f"{self.word('min', 'max')}({inner()}, {inner()}{', ' + inner() if self.one_in(3) else ''})"
        if kind == 11:
            return f"macd({self.plain(depth - 1)}, 3, 6, 4).{self.word('macd', 'signal', 'histogram')}"
        if kind == 12:
            return f"bollinger({self.plain(depth - 1)}, {self.period()}, 2).{self.word('upper', 'lower', 'middle', 'percent_b')}"
        if kind == 13 and self.account:
            return f'at("{self.word("FZA", "FZB", "FZC")}", {self.plain(depth - 1)})'
        if kind == 14 and self.account:
            return f'tf("{self.word("1w", "1mo", "1w", "1d", "1h")}", {self.plain(depth - 1)})'
        if kind == 15:
            return f"round({inner()}, {self.word('0', '2', '12', '13', '-1')})"
        return self.operand()

    def plain(self, depth):
        """Without the account."""
        account, self.account = self.account, False
        text = self.number(depth)
        self.account = account
        return text

    def condition(self, depth):
        if depth > 0:
            inner = lambda: f"({self.condition(depth - 1)})"  # noqa: E731
            kind = self.random.randrange(9)
            if kind == 0:
                return f"{inner()} and {inner()}"
            if kind == 1:
                return f"{inner()} or {inner()}"
            if kind == 2:
                return f"not {inner()}"
            if kind in (3, 4):
                return f"crosses_{self.word('above', 'below')}({self.plain(depth - 1)}, {self.plain(depth - 1)})"
        return f"{self.number(depth - 1)} {self.word('>', '<', '>=', '<=', '=', '!=')} {self.number(depth - 1)}"

    def spoilt(self, text):
        if not self.one_in(self.spoil):
            return text
        kind = self.random.randrange(9)
        at = self.random.randint(0, len(text))
        if kind == 0:
            return text[:at]
        if kind == 1:
            return text[:at] + self.word("(", ")", "[", "]", ",", ".", "$", '"', "'", "==", "é", "\\", "😀", "\t", "\n", "#", "1e", "\u00a0") + text[at:]
        if kind == 2:
            return text[at:]
        if kind == 3:
            return text.replace("close", self.word("clos", "Close", "CLOSE", "closee", ""), 1)
        if kind == 4:
            return self.word("", " ", "((((", "not", "1", "true", "close", "1 > 2", "close > close", "sma", "sma()", "sma(close, 5, 6, 7)", "1 / 0 > 1",
                             "close < 5 < 6", "a" * 300, "$", "at(close)", "nosuch(1) > 2", "0 = 0")
        if kind == 5 and self.one_in(4):
            depth = self.word(150, 199, 200, 201, 250, 3000)
            return "(" * depth + text + ")" * depth
        if kind == 6 and self.one_in(4):
            return " or ".join([text] * (self.word(9_900, 10_100, 20_000) // (len(text) + 4)))
        if kind == 7:
            return "".join(self.random.sample(text, len(text)))
        return text + " " + text

    def a_condition(self, depth=2):
        return self.spoilt(self.condition(self.random.randint(0, depth)))

    def a_number(self, depth=2):
        return self.spoilt(self.number(self.random.randint(0, depth)))


class Rules:
    """Random documents."""

    def __init__(self, random):
        self.random = random
        self.fault = random.choice((0, 0, 12, 40))  # one member in so many is wrong
        self.texts = Texts(random, random.choice((0, 0, 25)))

    def one_in(self, n):
        return n and self.random.randrange(n) == 0

    def pick(self, *values):
        return self.random.choice(values)

    def anything(self, depth=2):
        kind = self.random.randrange(10)
        if kind == 0:
            return None
        if kind == 1:
            return self.pick(True, False)
        if kind in (2, 3):
            return Raw(self.pick("0", "-1", "1e30", "1e37", "-1e37", "1e400", "99999999999999999999999999999999999999", "1e-12", "2.5", "1000000000",
                                 "0." + "0" * 36 + "1", "9999999999999", "2147483648", "1e-400", "0.3333333333333333333333333333", "1" * 5000))
        if kind in (4, 5):
            return self.pick("", "NaN", "close", "long", "é", "market", "1", "2024-01-01", "UTC", "close > open", "'", "x" * 400, "\u2028", "$fast")
        if kind == 6:
            return []
        if kind == 7:
            return {}
        if kind == 8 and depth:
            return [self.anything(depth - 1) for _ in range(self.random.randint(1, 3))]
        return {self.pick("when", "distance", "price", "percent", "bars", "x", "", "é"): self.anything(depth - 1) if depth else 1}

    def members(self, *members):
        """(key, one in so many, make): 1 is always."""
        made = {}
        for key, chance, make in members:
            wrong = self.one_in(self.fault)
            if chance == 1 and wrong and self.one_in(3) or chance > 1 and not self.one_in(chance):
                continue
            if wrong and self.one_in(3):
                key += self.pick("s", "_", " ")
            made[key] = self.anything() if wrong else make()
        if self.one_in(self.fault * 3):
            made[self.pick("x", "", "Long", "note")] = self.anything()
        return made

    def condition(self, depth=2):
        kind = self.random.randrange(12)
        if depth and kind == 0:
            return {self.pick("all", "any"): [self.condition(depth - 1) for _ in range(self.random.randint(1, 3))]}
        if depth and kind == 1:
            return {"not": self.condition(depth - 1)}
        if kind == 2:
            return {"left": self.texts.a_number(), "op": self.pick(">", "<=", "="), "right": self.pick(1, "close", {"left": "open", "op": "*", "right": 1.01})}
        if kind == 3:
            return True
        return self.texts.a_condition()

    def order(self):
        kind = self.pick("market", "limit", "stop", "stop_limit", "market_on_close")
        tif = lambda: self.pick("gtc", "day", {"bars": self.random.randint(1, 5)})  # noqa: E731
        members = [("type", 1, lambda: kind)]
        if "limit" in kind:
            members.append(("limit", 1, self.texts.a_number))
        if "stop" in kind:
            members.append(("stop", 1, self.texts.a_number))
        if not kind.startswith("market"):
            members.append(("tif", 2, tif))
        return self.members(*members)

    def entry(self):
        if self.one_in(10):
            return self.members(("rotate", 1, lambda: self.members(
                ("every", 1, lambda: self.pick("day", "week", "month")), ("on", 3, lambda: self.pick("first", "last")), ("rank_by", 1, self.texts.a_number),
                ("order", 3, lambda: self.pick("asc", "desc")), ("top", 1, lambda: self.random.randint(1, 3)), ("gate", 4, self.condition),
                ("weight", 3, lambda: self.pick("equal", "rank", "inverse_volatility", "0.3")), ("lookback", 5, lambda: 5),
                ("cash_buffer_percent", 5, lambda: 5), ("drift_threshold_percent", 5, lambda: 2))), ("indicators", 1, self.indicators))
        if self.one_in(20):
            return self.members(("legs", 1, lambda: {"y": {"asset": "FZA"}, "x": {"asset": "FZB", "ratio": self.pick("-1", "-$fast", "-0.5", 1)}}),
                                ("long", 1, lambda: {"when": "y.close - x.close > 1"}), ("indicators", 1, self.indicators))
        side = lambda: self.members(("when", 1, self.condition), ("order", 4, self.order))  # noqa: E731
        return self.members(("long", 1, side), ("short", 4, side), ("indicators", 1, self.indicators), ("priority", 6, self.texts.a_number))

    def indicators(self):
        made = {"trend": self.texts.spoilt(self.pick("ema(close, 5)", "sma(close, $slow)", "highest(high, 4) - low", "close"))}
        if self.one_in(8):
            made[self.pick("close", "é", "a b", "") if self.one_in(self.fault) else "other"] = self.pick("trend + 1", "trend", "macd(close, 3, 6, 4)", "other" if self.fault else "trend[1]")
        return made

    def exits(self):
        rules = []
        for n in range(self.pick(0, 0, 1, 1, 2)):
            if self.one_in(6):
                rules.append(self.members(("type", 1, lambda: "trailing_stop"), ("distance", 1, self.texts.a_number), ("side", 3, lambda: "long")))
            else:
                rules.append(self.members(("when", 1, self.condition), ("side", 3, lambda: self.pick("long", "both", "both", "short" if self.fault else "both")), ("id", 3, lambda: f"rule {n}"),
                                          ("order", 6, self.order), ("portion", 6, lambda: self.pick(0.5, 1, Raw("0.333333333333")))))
        return self.anything() if self.one_in(self.fault * 2) else rules

    def level(self):
        return self.pick(0.02, 0.1, {"distance": self.texts.a_number()}, {"price": self.texts.a_number()}, {"distance": "2 * atr(5)"})

    def risk(self, entry):
        if isinstance(entry, dict) and entry.keys() & {"rotate", "legs"} and not self.one_in(self.fault):
            return {}
        return self.members(
            ("stop_loss", 3, self.level), ("take_profit", 4, self.level), ("trailing_stop", 6, self.level), ("time_stop_bars", 6, lambda: 4),
            ("size", 2, lambda: self.pick({"units": 10}, {"cash": 5000}, {"percent_equity": 50}, {"weight": self.texts.a_number()},
                                          {"risk_percent": 1, "distance": "atr(5)"}, {"volatility_target_percent": 10, "lookback": 5}, {"units": Raw("0.000001")})),
            ("pyramiding", 8, lambda: {"max": 3, "step": self.texts.a_number()}), ("cooldown_bars", 8, lambda: 2), ("max_positions", 8, lambda: 1),
            ("max_position_size_pct", 8, lambda: 50), ("max_gross_exposure_pct", 8, lambda: 150), ("daily_loss_halt_pct", 8, lambda: 3),
            ("drawdown_halt_pct", 8, lambda: 10), ("halt_action", 50, lambda: "close"))

    def parameters(self):
        return self.members(("fast", 1, lambda: self.pick(1, 2, 3, {"default": 2, "grid": [1, 2]})), ("slow", 1, lambda: self.pick(5, 8, {"default": 6, "range": [2, 8, 2]})),
                            ("odd", 1, lambda: self.pick(Raw("0.1"), Raw("1e30"), Raw("-5"), 0, 2)), ("note", 5, lambda: "kept"))

    def execution(self):
        return self.members(
            ("fill", 4, lambda: self.pick("next_open", "same_close")), ("intrabar", 5, lambda: self.pick("worst_case", "stop_first", "ohlc", "olhc", "nearest_extreme")),
            ("limit_fill", 6, lambda: "through"), ("crossover", 6, lambda: "strict"), ("size_at", 6, lambda: "signal"), ("on_opposite", 6, lambda: self.pick("close", "ignore")),
            ("on_short_cash", 6, lambda: "skip"), ("finalize", 5, lambda: self.pick("last_close", "last_open")), ("timezone", 6, lambda: self.pick("UTC", "America/New_York")),
            ("price_tick", 6, lambda: Raw("0.05")), ("quantity_step", 6, lambda: Raw("0.001")),
            ("commission", 4, lambda: self.members(("percent", 2, lambda: 0.1), ("per_order", 2, lambda: 1), ("per_share", 3, lambda: 0.01), ("min", 3, lambda: 1), ("max", 4, lambda: 50))),
            ("slippage", 4, lambda: self.members(("percent", 2, lambda: 0.1), ("ticks", 2, lambda: 1), ("volume_share", 3, lambda: 0.1))),
            ("max_volume_share", 8, lambda: 0.1), ("leverage", 6, lambda: self.pick(1, 2, 1000)), ("borrow_rate_percent", 8, lambda: 3),
            ("interest_rate_percent", 8, lambda: self.pick(2, -2)), ("max_age", 8, lambda: "5d"), ("frequency", 8, lambda: "bar"), ("risk_free", 8, lambda: 0.02),
            ("conventions", 8, lambda: self.pick("backtesting.py", "empyrical", "lean", "vectorbt", "backtrader", "performanceanalytics")),
            ("periods_per_year", 8, lambda: 252))

    def run_parameters(self):
        return self.members(("fast", 4, lambda: 2), ("benchmark", 6, lambda: self.pick("FZA", "FZC", "NOSUCH")), ("execution", 2, self.execution))

    def universe(self):
        if self.one_in(self.fault):
            return self.anything()
        return self.pick(["FZA"], ["FZA", "FZB"], ["FZA", "FZB", "FZC"], {"asset_type": "stock"}, {"symbols": ["FZA", "FZB"], "exclude": ["FZB"]},
                         {"asset_type": "stock", "min_history_bars": 5}, [{"symbol": "FZA", "from": "2024-01-10", "to": "2024-02-01"}, "FZB"],
                         self.pick(["NOSUCH"], [], {}) if self.fault else ["FZC"])


def heavy(random):
    """Documents at the limits of values and levels."""
    kind = random.randrange(4)
    if kind == 0:
        depth = random.choice((62, 63, 64, 65, 200, 2000))
        return {"long": {"when": json.loads('{"not": ' * depth + '"close > open"' + "}" * depth)}} if depth < 300 else \
            Raw('{"long": {"when": ' + '{"not": ' * depth + '"close > open"' + "}" * depth + "}}")
    if kind == 1:
        return {"long": {"when": {"any": ["close > open"] * random.choice((19_000, 20_100))}}}
    if kind == 2:
        n = random.choice((900, 1001, 1500))
        return {"long": {"when": f"x{n} > 1"}, "indicators": {"x0": "close", **{f"x{i + 1}": f"x{i} + 1" for i in range(n)}}}
    return {"long": {"when": " + ".join(["close"] * random.choice((1400, 1700, 10))) + " > 1"}}
