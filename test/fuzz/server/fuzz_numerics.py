#!/usr/bin/env python3
# SPDX-License-Identifier: PostgreSQL
"""Numerics of every shape through functions that read and write them exactly.

Each figure is computed again in fractions, or in 300 decimal digits where there is a root. A number
that the extension cannot hold is an error of the documents; a wrong digit is a finding. Some reach
the function from a table whose values are compressed, or lie out of line.
"""
from fractions import Fraction

import numerics
from figures import figure, quantile_of, root, tail_mean, tie_safe
from numerics import EXACT, decimals_of, digits_together, exact, fits_decimal, is_special, rounded, to_decimal
from server_fuzz import Attempt, Run, SUCCESS, main

# An error for want of room is let pass only where that many digits are needed.
ROOM = 36
# The documents say 1.7 x 10^26: what fits 128 bits in units of 10^-12.
WINDOW_LIMIT = Fraction(2**127, 10**12)
# As far as the decimals of figures with a root are certain, with 50 digits at work.
LARGE = Fraction(10**24)


class Expected:
    """What a result must be: exactly one of `values` (Fractions, or None), or an error of `states`."""

    def __init__(self, values=(), states=()):
        self.values = list(values)
        self.states = set(states)

    def judge(self, outcome):
        if outcome.state != SUCCESS:
            return None if outcome.state in self.states else \
                f"an error where a result is due\n{[str(v)[:100] for v in self.values]} or {sorted(self.states)}"
        value = None if outcome.value is None else exact(outcome.value)
        if value in self.values:
            return None
        return f"a wrong result\nnot {[None if v is None else str(to_decimal(v))[:120] for v in self.values]} or {sorted(self.states)}"


class Numerics(Run):
    name = "fuzz_numerics"
    batch = 25

    def prepare(self, connection):
        for storage in ("plain", "main", "external", "extended"):
            connection.execute(f"CREATE TABLE fuzz.{storage} (n integer, v numeric, w numeric, padding text)")
            if storage != "plain":
                connection.execute(f"ALTER TABLE fuzz.{storage} ALTER v SET STORAGE {storage}, ALTER w SET STORAGE {storage}")
                connection.execute(f"ALTER TABLE fuzz.{storage} SET (toast_tuple_target = 128)")
        connection.execute("INSERT INTO trading.users (id, username, email, password_hash) VALUES (1, 'f', 'f@example.com', 'x')")
        connection.execute("INSERT INTO trading.assets (symbol) VALUES ('FZ')")
        connection.execute("INSERT INTO trading.portfolios (id, user_id, name, initial_capital) VALUES (1, 1, 'p', 1000000000)")

    # How values reach a function.
    def source(self, random, rows):
        """Setup, and a FROM item that gives the rows (n, v, w)."""
        values = ", ".join("({}, {}, {})".format(n, *(("NULL" if v is None else f"'{v}'") + "::numeric" for v in row))
                           for n, row in enumerate(rows))
        if random.randrange(3):
            return "", f"(VALUES {values}) t(n, v, w)"
        table = f"fuzz.{random.choice(('plain', 'main', 'external', 'extended'))}"
        return f"INSERT INTO {table} (n, v, w, padding) SELECT n, v, w, repeat('x', 100 + n) FROM (VALUES {values}) t(n, v, w)", f"{table} t"

    def values_of(self, random, most=12, special=True):
        """Texts of one sample: mostly of one kind, so that many have a result."""
        count = random.randint(1, most)
        kind = random.randrange(6)
        if kind < 3:
            texts = [numerics.plain(random, random.choice((2, 4, 12)), 100) for _ in range(count)]
            if kind == 2:
                texts = [random.choice(("", "-")) + text for text in texts]
        elif kind == 3:
            places = random.choice((15, 18, 20, 30, 36))
            texts = [f"{random.choice(('', '-'))}0.{numerics.digits_of(random, places)}" for _ in range(count)]
        elif kind == 4:
            digits = random.choice((10, 18, 19, 20, 30, 37, 38, 39))
            at = random.randint(0, digits)
            texts = []
            for _ in range(count):
                text = str(random.randint(0, 10**digits - 1)).zfill(digits)
                texts.append((text[:at] or "0") + ("." + text[at:] if text[at:] else ""))
        else:
            texts = [numerics.any_text(random) for _ in range(count)]
        if special and random.randrange(3) == 0:
            texts[random.randrange(count)] = numerics.any_text(random)
        if random.randrange(6) == 0:
            texts[random.randrange(count)] = None
        return texts

    def attempts(self, random):
        return [random.choice((self.quantile, self.quantile, self.statistic, self.statistic, self.relative, self.window, self.window,
                               self.candle, self.candle, self.drawdown, self.booking, self.booking))(random)]

    @staticmethod
    def bad_values(texts, least=None):
        """States that the values alone may end with."""
        states = set()
        for text in texts:
            if text is None:
                continue
            if is_special(text):
                states.add("22023")
            else:
                value = exact(text)
                if not fits_decimal(value):
                    states.add("22003")
                if least is not None and value < least:
                    states.add("22023")
        return states | {"22003"} if states else states  # which fault is met first is not said

    def quantile(self, random):
        texts = self.values_of(random)
        level = random.choice(("0.95", "0.99", "0.5", "0.90", "0.975", "0.9999", "0.333333333333", "0.1", "0.950" + "0" * 300))
        kind = random.randint(1, 9)
        shortfall = random.randrange(3) == 0
        setup, source = self.source(random, [(text, None) for text in texts])
        options = f"'{{\"quantile_type\": {kind}}}'"
        name = "expected_shortfall" if shortfall else "value_at_risk"
        statement = f"SELECT quant.{name}(v, {level}, 'historical', {options})::text FROM {source}"
        states = self.bad_values(texts, -1)
        if states:
            return Attempt(statement, Expected(states=states).judge, setup)
        sample = sorted(exact(text) for text in texts if text is not None)
        if not sample:
            return Attempt(statement, Expected([None]).judge, setup)
        p = 1 - exact(level)
        value = -(tail_mean(sample, p) if shortfall else quantile_of(sample, p, kind))
        digits = digits_together(sample)
        states = {"22003"} if digits > ROOM else set()

        def judge(outcome):
            if outcome.state != SUCCESS:
                # What is interpolated, or averaged, may need more digits than its values.
                allowed = states or ({"22003"} if digits + 14 > ROOM else set())
                return None if outcome.state in allowed else f"an error where a result is due\n{to_decimal(value)}"
            got = exact(outcome.value)
            if got == value:
                return None
            decimals = len(outcome.value.partition(".")[2])
            if decimals_of(value) is not None and decimals_of(value) <= 12 or abs(got - value) > Fraction(1, 2 * 10**max(decimals, 12)):
                return f"a wrong result\nnot {to_decimal(value)}"
            return None
        return Attempt(statement, judge, setup)

    def rooted(self, statement, setup, value, sample):
        """`value`: what gives the figure as a Decimal of 300 digits, a Fraction, or None."""
        states = {"22003"} if digits_together(sample) > ROOM else set()
        if value is None:
            return Attempt(statement, Expected([None], states).judge, setup)
        if isinstance(value, Fraction):
            values = [rounded(value, 12)]
        else:
            values = [Fraction(v) for v in tie_safe(value, 12)]
        if any(abs(v) >= LARGE for v in values):
            states.add("22003")
        return Attempt(statement, Expected(values, states).judge, setup)

    def statistic(self, random):
        name = random.choice(("volatility", "downside_deviation", "sharpe_ratio", "sortino_ratio", "omega_ratio", "skewness",
                              "excess_kurtosis", "tail_ratio"))
        texts = self.values_of(random)
        a = random.choice(("252", "1", "12", "365.25", "0.0001", "1000000", "252." + "0" * 400))
        m = random.choice(("0", "0.01", "-0.02", "0.000000000001", "1"))
        arguments = {"volatility": [a], "downside_deviation": [a, m], "sharpe_ratio": [a], "sortino_ratio": [a, m], "omega_ratio": [m]}.get(name, [])
        setup, source = self.source(random, [(text, None) for text in texts])
        statement = f"SELECT quant.{name}({', '.join(['v'] + arguments)})::text FROM {source}"
        states = self.bad_values(texts, -1)
        if states:
            return Attempt(statement, Expected(states=states).judge, setup)
        r = [exact(text) for text in texts if text is not None]
        return self.rooted(statement, setup, figure(name, r, exact(a), exact(m)) if r else None, r)

    def relative(self, random):
        name = random.choice(("beta", "alpha", "tracking_error", "information_ratio"))
        texts = self.values_of(random)
        others = (self.values_of(random) + self.values_of(random) + texts)[:len(texts)]
        a = random.choice(("252", "12", "365.25"))
        setup, source = self.source(random, list(zip(texts, others)))
        statement = f"SELECT quant.{name}(v, w{'' if name == 'beta' else ', ' + a})::text FROM {source}"
        both = [(x, y) for x, y in zip(texts, others) if x is not None and y is not None]
        states = self.bad_values([text for pair in both for text in pair], -1)
        if states:
            return Attempt(statement, Expected(states=states).judge, setup)
        if len(both) < 2:
            return Attempt(statement, Expected([None], {"22003"} if len(both) else ()).judge, setup)
        r, b = ([exact(pair[i]) for pair in both] for i in (0, 1))
        n = len(r)
        mean_r, mean_b = sum(r) / n, sum(b) / n
        value = None
        factor = exact(a)
        if name in ("beta", "alpha"):
            squares = sum((y - mean_b)**2 for y in b)
            if squares:
                value = sum((x - mean_r) * (y - mean_b) for x, y in zip(r, b)) / squares
                if name == "alpha":
                    value = factor * (mean_r - value * mean_b)
        else:
            d = [x - y for x, y in zip(r, b)]
            mean = sum(d) / n
            variance = sum((x - mean)**2 for x in d) / (n - 1)
            if name == "tracking_error":
                value = root(variance * factor)
            elif variance:
                value = EXACT.multiply(to_decimal(mean), root(factor / variance))
        return self.rooted(statement, setup, value, r + b)

    def window(self, random):
        name = random.choice(("sma", "highest", "lowest", "momentum", "wma"))
        texts = self.values_of(random, 8)
        n = random.randint(1, 4)
        if name == "wma":
            n = max(n, 2)
        setup, source = self.source(random, [(text, None) for text in texts])
        statement = (f"SELECT string_agg(coalesce(f::text, 'NULL'), ',' ORDER BY n) FROM"
                     f" (SELECT n, quant.{name}(v, {n}) OVER (ORDER BY n) AS f FROM {source}) s")
        states = set()
        values = []
        for text in texts:
            if text is None:
                values.append(None)
            elif is_special(text):
                states.add("22023")
            else:
                value = exact(text)
                if abs(value) > WINDOW_LIMIT:
                    states.add("22003")
                values.append(rounded(value, 12))  # the grid on which indicators count
        if states:  # a sum before it may be too large
            return Attempt(statement, Expected(states=states | {"22003"}).judge, setup)
        expected = []
        for i in range(len(values)):
            part = values[max(0, i - n):i + 1] if name == "momentum" else values[max(0, i - n + 1):i + 1]
            if len(part) < (n + 1 if name == "momentum" else n) or \
                    (None in part if name != "momentum" else part[0] is None or part[-1] is None):
                expected.append(None)
            elif name == "sma":
                expected.append(rounded(sum(part) / n, 12))
            elif name == "wma":
                expected.append(rounded(sum(x * k for k, x in enumerate(part, 1)) / Fraction(n * (n + 1), 2), 12))
            elif name == "momentum":
                expected.append(part[-1] - part[0])
            else:
                expected.append((max if name == "highest" else min)(part))
        large = any(v is not None and abs(v) > WINDOW_LIMIT / 20 for v in values + expected)
        holes = None in values and name == "momentum"

        def judge(outcome):
            if outcome.state != SUCCESS:
                return None if outcome.state == "22003" and large else "an error where a result is due"
            got = [None if text == "NULL" else exact(text) for text in outcome.value.split(",")]
            if holes:  # whether a hole counts between its ends is not said
                return None if all(g in (e, None) for g, e in zip(got, expected)) else "a wrong result of a window"
            return None if got == expected else f"a wrong result of a window\nnot {[v and str(to_decimal(v)) for v in expected]}"
        return Attempt(statement, judge, setup)

    def candle(self, random):
        prices = self.values_of(random, 6)
        volumes = (self.values_of(random, 6) + prices)[:len(prices)]
        times = [random.randint(0, 9) for _ in prices]
        setup, source = self.source(random, list(zip(prices, volumes)))
        moments = ", ".join(map(str, times))
        statement = (f"SELECT concat_ws(',', (c).open_price, (c).high_price, (c).low_price, (c).close_price, (c).volume,"
                     f" coalesce((c).vwap::text, 'NULL'), (c).trade_count) FROM (SELECT quant.candlestick(timestamptz '2024-01-01 00:00+00' +"
                     f" (ARRAY[{moments}])[n + 1] * interval '1 minute', v, w ORDER BY n) AS c FROM {source}) s")
        trades = [(t, p, v) for t, p, v in zip(times, prices, volumes) if p is not None and v is not None]
        states = self.bad_values([text for trade in trades for text in trade[1:]])
        if states:
            return Attempt(statement, Expected(states=states | {"22003", "22023"}).judge, setup)
        if len(trades) != len(prices):  # a NULL is documented for no column: no claim but on the error
            return Attempt(statement, lambda o: None if o.state in (SUCCESS, "22003", "22023", "22004") else "an error that is not documented", setup)
        trades = [(t, exact(p), exact(v)) for t, p, v in trades]
        volume = sum(v for _, _, v in trades)
        turnover = sum(p * v for _, p, v in trades)
        products = [p * v for _, p, v in trades]
        partial = [sum(products[:k + 1]) for k in range(len(products))]
        tight = digits_together([v for _, _, v in trades] + [volume]) > ROOM or digits_together(products + partial) > ROOM or \
            any(decimals_of(p) + decimals_of(v) > 36 or digits_together([p]) + digits_together([v]) > ROOM for _, p, v in trades)
        first = min(trades, key=lambda trade: trade[0])
        last_time = max(trade[0] for trade in trades)
        last = [trade for trade in trades if trade[0] == last_time][-1]
        negative = any(v < 0 for _, _, v in trades)
        vwap = rounded(turnover / volume, 12) if volume > 0 else None
        expected = [first[1], max(p for _, p, _ in trades), min(p for _, p, _ in trades), last[1], volume, vwap, len(trades)]
        overflows = vwap is not None and abs(vwap) >= 10**25

        def judge(outcome):
            if outcome.state != SUCCESS:
                allowed = {"22003"} if tight or overflows else set()
                if negative:
                    allowed |= {"22023", "22003"}
                return None if outcome.state in allowed else "an error where a candle is due"
            got = [None if text == "NULL" else exact(text) for text in outcome.value.split(",")]
            return None if got == expected else f"a wrong candle\nnot {[v is not None and str(to_decimal(Fraction(v))) for v in expected]}"
        return Attempt(statement, judge, setup)

    def drawdown(self, random):
        texts = [text and text.lstrip("-") if random.randrange(20) else text for text in self.values_of(random)]
        setup, source = self.source(random, [(text, None) for text in texts])
        statement = f"SELECT quant.max_drawdown(v, timestamptz '2024-01-01 00:00+00' + n * interval '1 day')::text FROM {source}"
        states = self.bad_values(texts)
        if states:
            return Attempt(statement, Expected(states=states).judge, setup)
        equity = [exact(text) for text in texts if text is not None]
        if not equity:
            return Attempt(statement, Expected([None]).judge, setup)
        states = {"22003"} if digits_together(equity) > ROOM else set()
        if equity[0] <= 0:
            return Attempt(statement, Expected(states=states | {"22023"}).judge, setup)
        peak, depth = equity[0], Fraction(0)
        for value in equity:
            peak = max(peak, value)
            depth = max(depth, (peak - value) / peak)
        if depth >= LARGE:
            states.add("22003")
        return Attempt(statement, Expected([rounded(depth, 12)], states).judge, setup)

    def booking(self, random):
        """A deposit, or a purchase: cash is exact to the cent, ties and all."""
        def number(decimals, most):
            return numerics.any_text(random) if random.randrange(4) == 0 else numerics.plain(random, decimals, most)
        commission = number(2, 100) if random.randrange(3) == 0 else "0"
        if random.randrange(3) == 0:
            amount = number(2, 10**10)
            terms = {"amount": (amount, 2, 13), "commission": (commission, 2, 8)}
            call = f"'deposit', NULL, NULL, NULL, '{amount}'::numeric, '{commission}'::numeric"
        else:
            quantity, price = number(6, 10**5), number(4, 10**4)
            if random.randrange(3) == 0:  # half cents
                quantity, price = str(random.randint(1, 1000)), f"{random.randint(1, 999)}.{random.randint(0, 99):02d}5"
                quantity = f"{quantity}.{random.choice(('5', '1', '25', '125', '000001', '000000000'))}"
            terms = {"quantity": (quantity, 6, 9), "price": (price, 4, 6), "commission": (commission, 2, 8)}
            call = f"'buy', 'FZ', '{quantity}'::numeric, '{price}'::numeric, NULL, '{commission}'::numeric"
        setup = f"SELECT quant.record_transaction(1, {call})"
        statement = ("SELECT concat_ws(',', t.quantity, t.price, t.total_value, t.commission, p.cash_balance) FROM trading.transactions t,"
                     " trading.portfolios p WHERE p.id = 1")
        states = set()
        for text, decimals, digits in terms.values():
            if is_special(text):
                states.add("22023")
                continue
            value = exact(text)
            if value < 0 or value == 0 and decimals != 4:  # a price may be 0
                states.add("22023")
            if decimals_of(value) > decimals:
                states.add("22023")
            if abs(value) >= 10**digits or not fits_decimal(value):
                states |= {"22003", "22023"}
        if commission in ("0",) or not is_special(commission) and exact(commission) == 0:
            wrong = any(is_special(t) or exact(t) < (0 if d == 4 else Fraction(1, 10**9)) or decimals_of(exact(t)) > d or abs(exact(t)) >= 10**g for t, d, g in list(terms.values())[:-1])
            if not wrong:
                states.clear()
        if states:
            must = True
            only_commission = all(not is_special(t) and exact(t) >= 0 and decimals_of(exact(t)) <= d and abs(exact(t)) < 10**g
                                  for t, d, g in list(terms.values())[:-1]) and not is_special(commission) and exact(commission) < 0 \
                and decimals_of(exact(commission)) <= 2
            if only_commission:  # a rebate: not documented whether it may be
                must = False

            def judge_error(outcome):
                if outcome.state == SUCCESS:
                    return "an amount is booked that must be refused" if must else None
                return None if outcome.state in states | {"22003", "22023"} else "an error that is not documented"
            return Attempt(statement, judge_error, setup)
        costs = exact(commission)
        if "amount" in terms:
            value = exact(amount)
            cash = 10**9 + value - costs
            expected = [value, costs, cash]
        else:
            value = rounded(exact(quantity) * exact(price), 2)
            cash = 10**9 - value - costs
            expected = [exact(quantity), exact(price), value, costs, cash]
        too_much = value >= 10**13 or abs(cash) >= 10**13 or value == 0

        def judge(outcome):
            if outcome.state != SUCCESS:
                return None if too_much and outcome.state in ("22003", "22023") else "an error where a booking is due"
            got = [exact(text) for text in outcome.value.split(",")]
            return None if got == expected else f"a wrong booking\nnot {[str(to_decimal(Fraction(v))) for v in expected]}"
        return Attempt(statement, judge, setup)


main(Numerics)
