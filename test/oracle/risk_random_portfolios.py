# SPDX-License-Identifier: PostgreSQL
"""Random markets with portfolios on them, and the risk that the server must record for each.

A market is some symbols with daily closes, days missing and corporate actions, and makes one case:
a transaction with all of its portfolios, each a date and a question of quant.portfolio_risk().
"""
import json
from bisect import bisect_right
from datetime import date, timedelta
from decimal import ROUND_FLOOR, Decimal
from random import Random

from risk_random_figures import (METHODS, ONE, TINY, ZERO, Moments, compounded, constant,
                                 correlation, downside, drawdowns, quantile, regression, rounded,
                                 shares_of_ewma, shares_of_history, shares_of_normal,
                                 slope_and_means, tail_mean, tail_risk, whole)
from risk_random_series import decimal_of, random_level, random_options, read_options

PORTFOLIOS = 20
FIRST_ID = 10 ** 12
WINDOW = 250
SYMBOLS = tuple(f"RQ{letter}" for letter in "ABCDEFGH")
EXPOSURES = {"market": "market_beta", "size": "size_exposure", "value": "value_exposure",
             "momentum": "momentum_exposure", "quality": "quality_exposure"}
# The factors that the profiles of three users name.
FACTORS = ({}, {"market": "RQA", "size": "RQB-RQC"},
           {"size": "RQD", "value": "RQE-RQF", "momentum": "RQG", "quality": "RQH-RQG"})
SHARES = {"historical": shares_of_history, "normal": shares_of_normal}
SPLITS = ((2, 1), (3, 1), (3, 2), (1, 10), (21, 20), (7, 3))


class Market:
    """Closes {symbol: {day: close}} and actions {symbol: [(ex-date, type, terms)]}."""

    def __init__(self, seed):
        random = self.random = Random(f"risk market {seed}")
        first = date(2020, 1, 1) + timedelta(days=random.randint(0, 700))
        self.days = [first + timedelta(days=k) for k in range(random.randint(70, 420))]
        self.closes, self.dates, self.actions, self.kinds, self.known = {}, {}, {}, {}, {}
        for symbol in SYMBOLS:
            self.kinds[symbol] = random.choice(("stock", "stock", "etf", "crypto", "crypto"))
            self.actions[symbol] = self.random_actions()
            self.closes[symbol] = self.random_closes(symbol)
            self.dates[symbol] = sorted(self.closes[symbol])

    def random_actions(self):
        random, found = self.random, {}
        for _ in range(random.choice((0, 0, 1, 3, 6))):
            kind = random.choice(("split", "stock_dividend", "dividend", "special_dividend"))
            terms = random.choice(SPLITS) if kind in ("split", "stock_dividend") \
                else Decimal(random.randint(1, 3 * 10 ** 6)).scaleb(-6)
            found[random.choice(self.days), kind] = terms
        return [(day, kind, terms) for (day, kind), terms in sorted(found.items())]

    def random_closes(self, symbol):
        random, closes = self.random, {}
        missing, spread = random.choice((0, 0, 0.01, 0.05)), random.choice((0.003, 0.01, 0.04))
        price, splits = random.choice((0.5, 20, 300, 90000)) * (1 + random.random()), {}
        for day, _, terms in self.actions[symbol]:
            if isinstance(terms, tuple) and random.random() < 0.8:
                splits[day] = splits.get(day, 1) * terms[1] / terms[0]
        start = random.choice((0, 0, 0, 0, 5, 20))
        common, flat = Random(str(self.days[0])), random.random() < 0.05
        for index, day in enumerate(self.days):
            move = 1 if flat else 1 + random.gauss(0, spread) + common.gauss(0, 0.008)
            price *= splits.get(day, 1) * max(0.3, move)
            price = min(max(price, 0.01), 500000)
            if index >= start and random.random() >= missing:
                closes[day] = max(Decimal("0.0001"), decimal_of(price, 4))
        return closes

    def last_day(self, symbol, as_of):
        at = bisect_right(self.dates[symbol], as_of)
        return self.dates[symbol][at - 1] if at else None

    def split_after_last(self, symbol, as_of):
        """Whether the last close is of other units than those of the date."""
        last = self.last_day(symbol, as_of)
        return last is None or any(last < day <= as_of and isinstance(terms, tuple)
                                   for day, _, terms in self.actions[symbol])

    def total_return(self, symbol, before, after):
        """What one share became from one day to the other, over its price, less 1."""
        key = symbol, before, after
        if key not in self.known:
            shares, cash = ONE, ZERO
            due = [action for action in self.actions[symbol] if before < action[0] <= after]
            for _, _, terms in sorted(due, key=lambda action: (action[0],
                                                               not isinstance(action[2], tuple))):
                if isinstance(terms, tuple):
                    shares = shares * terms[0] / terms[1]
                else:
                    cash += shares * terms
            closes = self.closes[symbol]
            self.known[key] = (shares * closes[after] + cash) / closes[before] - 1
        return self.known[key]

    def returns(self, symbol, pairs):
        return [self.total_return(symbol, before, after) for before, after in pairs]

    def joint_pairs(self, symbols, as_of, lookback):
        """The last so many steps between days on which each of the symbols has a close."""
        joint = [day for day in self.days if day <= as_of
                 and all(day in self.closes[symbol] for symbol in symbols)]
        return list(zip(joint, joint[1:]))[-lookback:]

    def statements(self):
        rows = ", ".join(f"('{symbol}', '{kind}')" for symbol, kind in self.kinds.items())
        yield f"INSERT INTO trading.assets (symbol, asset_type) VALUES {rows};"
        for symbol in SYMBOLS:
            days = ",".join(str(day) for day in self.dates[symbol])
            prices = ",".join(str(self.closes[symbol][day]) for day in self.dates[symbol])
            yield ("INSERT INTO trading.market_data (symbol, timestamp, timeframe, open_price,"
                   f" high_price, low_price, close_price) SELECT '{symbol}', d::timestamp AT TIME"
                   f" ZONE 'UTC', '1d', p, p, p, p FROM unnest('{{{days}}}'::date[],"
                   f" '{{{prices}}}'::numeric[]) AS bar (d, p);")
            for day, kind, terms in self.actions[symbol]:
                given = (f"split_to, split_from) SELECT id, '{day}', '{kind}', {terms[0]},"
                         f" {terms[1]}" if isinstance(terms, tuple)
                         else f"amount) SELECT id, '{day}', '{kind}', {terms:f}")
                yield (f"INSERT INTO trading.corporate_actions (asset_id, ex_date, action_type,"
                       f" {given} FROM trading.assets WHERE symbol = '{symbol}';")


def in_cents(exact, total):
    """Rounded down, and the missing cents to those that lost most, so that they add up."""
    cents = {symbol: whole((part + TINY) * 100, ROUND_FLOOR) for symbol, part in exact.items()}
    lacking = int(rounded(total, 2) * 100) - sum(cents.values())
    for symbol in sorted(exact, key=lambda name: (cents[name] - exact[name] * 100, name))[:lacking]:
        cents[symbol] += 1
    return {symbol: Decimal(amount).scaleb(-2) for symbol, amount in cents.items()}


class Portfolio:
    """Holdings {symbol: quantity}, cash, a curve [(instant, equity)], a benchmark and a date."""

    def __init__(self, market, random, number):
        self.market, self.id = market, FIRST_ID + number
        self.user = number % len(FACTORS)
        self.factors = FACTORS[self.user]
        self.as_of = random.choice(market.days[60:] if random.random() < 0.98 else market.days)
        if random.random() < 0.4:
            self.as_of = market.days[-1]
        count = random.randint(1, 6) if random.random() < 0.98 else 0
        chosen = [symbol for symbol in sorted(random.sample(SYMBOLS, count))
                  if not market.split_after_last(symbol, self.as_of)]
        self.holdings = {symbol: self.random_quantity(random) for symbol in chosen}
        self.values = {symbol: quantity * market.closes[symbol][market.last_day(symbol, self.as_of)]
                       for symbol, quantity in self.holdings.items()}
        size = float(sum((abs(value) for value in self.values.values()), ONE))
        self.cash = decimal_of(size * random.choice((0, 0.1, 1, 3, -0.5, -2)) * random.random(), 2)
        self.initial = decimal_of(random.uniform(1, 10 ** 7), 2)
        self.benchmark = random.choice((None,) + SYMBOLS)
        self.curve = self.random_curve(random)
        self.pairs = market.joint_pairs(chosen, self.as_of, WINDOW) if chosen else []

    @staticmethod
    def random_quantity(random):
        quantity = Decimal(random.randint(1, 10 ** random.randint(3, 10))).scaleb(-6)
        return -quantity if random.random() < 0.3 else quantity

    def random_curve(self, random):
        points, equity, step = [], self.initial, random.choice((0.002, 0.02, 0.1))
        day = self.as_of - timedelta(days=random.randint(0, 90))
        for _ in range(random.choice((0, 1, 5, 40))):
            equity = decimal_of(max(0.01, float(equity) * (1 + random.gauss(0, step))), 2)
            if random.random() < 0.1:
                equity = max([self.initial] + [point[2] for point in points])
            points.append((day, random.randint(0, 23), equity))
            day += timedelta(days=random.choice((0, 1, 1, 3)))
        found = {(day, hour): equity for day, hour, equity in points}
        return [(day, hour, equity) for (day, hour), equity in sorted(found.items())]

    def scenarios(self, pairs):
        """Gains of each holding {symbol: [money]}."""
        return {symbol: [self.values[symbol] * move
                         for move in self.market.returns(symbol, pairs)]
                for symbol in self.holdings}

    def missing(self, pairs):
        """Days since the first one used on which some holding has a bar, but not each."""
        if not pairs:
            return 0
        held = [self.market.closes[symbol] for symbol in self.holdings]
        return sum(1 for day in self.market.days if pairs[0][0] <= day <= self.as_of
                   and 0 < sum(day in closes for closes in held) < len(held))

    def worth(self):
        """(portfolio value, gross, net): the value of each holding in cents."""
        cents = [rounded(value, 2) for value in self.values.values()]
        net = sum(cents, ZERO)
        return self.cash + net, sum((abs(value) for value in cents), ZERO), net

    def periods(self):
        kinds = {self.market.kinds[symbol] for symbol in self.holdings}
        return Decimal(365 if kinds == {"crypto"} else 252)

    def figures(self):
        """Everything that is a number in the recorded row; None: it must be refused."""
        if self.holdings and len(self.pairs) < 60:
            return None
        value, gross, net = self.worth()
        found = {"portfolio_value": value, "gross_exposure": gross, "net_exposure": net,
                 "concentration_hhi": self.concentration(),
                 **drawdowns(self.initial, [(day, equity) for day, _, equity in self.curve
                                            if day <= self.as_of])}
        parts = self.scenarios(self.pairs)
        gains = [sum(step, ZERO) for step in zip(*parts.values())]
        for level in (95, 99):
            found |= self.tail_figures(gains, level)
        if gains and value > 0:
            rates = [gain / value for gain in gains]
            moments = Moments(rates)
            found |= {"volatility": moments.deviation() * self.periods().sqrt(),
                      "downside_deviation": downside(rates, self.periods(), ZERO),
                      "skewness": moments.skewness, "excess_kurtosis": moments.kurtosis}
        elif not self.holdings:
            found |= {"volatility": ZERO, "downside_deviation": ZERO}
        return found

    def concentration(self):
        """By the values before their rounding."""
        sizes = [abs(value) for value in self.values.values()]
        return sum(((size / sum(sizes)) ** 2 for size in sizes), ZERO) if sizes else None

    @staticmethod
    def tail_figures(gains, level):
        names = f"var_1d_{level}", f"var_10d_{level}", f"expected_shortfall_1d_{level}"
        if not gains:
            return dict.fromkeys(names, ZERO)
        if level == 99 and len(gains) < 100:
            return dict.fromkeys(names)
        ordered, a = sorted(gains), ONE - Decimal(level) / 100
        var = -quantile(ordered, a)
        return dict(zip(names, (var, var * Decimal(10).sqrt(), -tail_mean(ordered, a))))

    def factor_figures(self):
        """Exposures, R^2 and correlation, each over the joint days of what it takes."""
        found = dict.fromkeys((*EXPOSURES.values(), "r_squared", "benchmark_correlation"))
        if self.worth()[0] <= 0 or not self.holdings:
            return found
        named = {**({"market": self.benchmark} if self.benchmark else {}), **self.factors}
        if "market" in named:
            gains, moves = self.joint_moves([named["market"]])
            found["market_beta"] = slope_and_means(list(zip(gains, *moves)))[0]
        if self.benchmark:
            gains, moves = self.joint_moves([self.benchmark])
            found["benchmark_correlation"] = correlation(list(zip(gains, *moves)))
        if named:
            gains, moves = self.joint_moves(named.values())
            slopes, found["r_squared"] = regression(gains, moves)
            for name, slope in zip(named, slopes or [None] * len(moves)):
                if name != "market":
                    found[EXPOSURES[name]] = slope
            if slopes is None:
                found.pop("market_beta")  # the documents leave open whether it is NULL with these
        return found

    def joint_moves(self, factors):
        """(returns of the holdings, those of each factor) between days that all of them have."""
        needed = {symbol for factor in factors for symbol in factor.split("-")}
        pairs = self.market.joint_pairs({*self.holdings, *needed}, self.as_of, WINDOW)
        value = self.worth()[0]
        gains = [sum(step, ZERO) / value for step in zip(*self.scenarios(pairs).values())]
        return gains, [self.factor_moves(factor, pairs) for factor in factors]

    def factor_moves(self, factor, pairs):
        first, *second = (self.market.returns(symbol, pairs) for symbol in factor.split("-"))
        return [a - b for a, b in zip(first, *second)] if second else first

    def contributions(self, var):
        """The cents of each holding in the value at risk at 95 percent."""
        parts = self.scenarios(self.pairs)
        gains = [sum(step, ZERO) for step in zip(*parts.values())]
        shares = shares_of_history(list(parts.values()), gains, Decimal("0.05"), ONE)
        return shares and in_cents(dict(zip(parts, (share for share, _ in shares))), var)

    def statements(self):
        benchmark = "NULL" if self.benchmark is None else \
            f"(SELECT id FROM trading.benchmarks WHERE symbol = '{self.benchmark}' LIMIT 1)"
        yield ("INSERT INTO trading.portfolios (id, user_id, name, initial_capital, cash_balance,"
               f" current_capital, benchmark_id) SELECT {self.id},"
               f" {FIRST_ID + self.user}, '{self.id}',"
               f" {self.initial}, {self.cash}, {self.cash}, {benchmark};")
        if self.holdings:
            rows = ", ".join(f"({self.id}, '{symbol}', {quantity:f}, 1, '2019-12-01 00:00+00')"
                             for symbol, quantity in self.holdings.items())
            yield ("INSERT INTO trading.positions (portfolio_id, symbol, quantity, avg_entry_price,"
                   f" opened_at) VALUES {rows};")
        if self.curve:
            rows = ", ".join(f"({self.id}, '{day} {hour:02d}:00+00', {equity}, 0, {equity})"
                             for day, hour, equity in self.curve)
            yield ("INSERT INTO trading.equity_curves (portfolio_id, timestamp, cash_balance,"
                   f" market_value, equity) VALUES {rows};")
        yield (f"SELECT 'record', to_json(pg_temp.attempt($$SELECT quant.record_risk_metrics($1,"
               f" '{self.as_of}')$$, {self.id}));")
        yield (f"SELECT 'row', (SELECT to_jsonb(r) FROM trading.risk_metrics AS r"
               f" WHERE portfolio_id = {self.id});")


class Question:
    """A call of quant.portfolio_risk() and its answer."""

    def __init__(self, portfolio, random):
        self.level, self.method = random_level(random), random.choice(sorted(METHODS))
        self.options = random_options(random, self.method, whole_horizon=False)
        self.horizon = random.choice((1, 1, 2, 5, 10))
        lookback = random.choice((60, 100, 120, 250, 250, 400))
        self.call = (f"quant.portfolio_risk({portfolio.id}, '{portfolio.as_of}', '{self.method}',"
                     f" {self.level}, {self.horizon}, {lookback}, '{json.dumps(self.options)}')")
        self.pairs = portfolio.market.joint_pairs(portfolio.holdings, portfolio.as_of, lookback) \
            if portfolio.holdings else []
        needed = 60 if Decimal(self.level) <= Decimal("0.95") else 100
        self.refused = bool(portfolio.holdings) and len(self.pairs) < needed
        self.portfolio = portfolio

    def answer(self):
        if not self.portfolio.holdings:
            var = es = ZERO
        else:
            var, es = self.risk(self.gains())
        return {"value_at_risk": var, "expected_shortfall": es,
                "portfolio_value": self.portfolio.worth()[0], "observations": len(self.pairs),
                "missing_observations": self.portfolio.missing(self.pairs)}

    def gains(self):
        portfolio = self.portfolio
        moves = {symbol: portfolio.market.returns(symbol, self.pairs)
                 for symbol in portfolio.holdings}
        if self.options.get("horizon_method") == "overlapping":
            moves = {name: compounded(part, self.horizon) for name, part in moves.items()}
        return [sum((portfolio.values[name] * move for name, move in zip(moves, step)), ZERO)
                for step in zip(*moves.values())]

    def risk(self, gains):
        return tail_risk(gains, Decimal(self.level), self.method, read_options(self.options),
                         self.horizon)

    def has_parts(self):
        return (not self.refused and self.portfolio.holdings and len(self.options) < 3
                and self.method in ("historical", "normal", "ewma")
                and not {"quantile_type", "tail", "horizon_method"} & set(self.options))

    def parts(self):
        """The columns of each holding; None where equal gains leave them open, or all are 0."""
        portfolio, a, root = self.portfolio, 1 - Decimal(self.level), Decimal(self.horizon).sqrt()
        moves, gains = portfolio.scenarios(self.pairs), self.gains()
        if constant(gains):
            return None
        given = list(moves.values()), gains, a, root
        shares = shares_of_ewma(*given, read_options(self.options)) if self.method == "ewma" \
            else SHARES[self.method](*given)
        if shares is None:
            return None
        var, es = self.risk(gains)
        sides = [in_cents(dict(zip(moves, side)), total)
                 for side, total in zip(zip(*shares), (var, es))]
        found = {}
        for (symbol, part), (exact, _) in zip(moves.items(), shares):
            without = self.risk([gain - own for gain, own in zip(gains, part)])[0]
            found[symbol] = {"component_var": sides[0][symbol], "component_es": sides[1][symbol],
                             "marginal_var": exact / portfolio.values[symbol],
                             "incremental_var": var - without}
        return found

    def statements(self):
        yield (f"SELECT 'risk', to_json(pg_temp.attempt($$SELECT $1, r.* FROM {self.call} AS"
               " r$$, 0));" if self.refused
               else f"SELECT 'risk', to_jsonb(r) FROM {self.call} AS r;")
        if self.has_parts():
            call = self.call.replace("portfolio_risk", "risk_contributions")
            yield f"SELECT 'parts', jsonb_object_agg(symbol, to_jsonb(r)) FROM {call} AS r;"
        else:
            yield "SELECT 'parts', NULL;"


def market_case(seed, count=PORTFOLIOS):
    """(statements of the market, [(portfolio, question, their statements)])."""
    market, setup = Market(seed), []
    for user, factors in enumerate(FACTORS):
        settings = json.dumps({"factors": factors} if factors else {})
        setup += ["INSERT INTO trading.users (id, username, email, password_hash) VALUES"
                   f" ({FIRST_ID + user}, 'risk oracle {user}', 'risk{user}@example.invalid',"
                   " 'none');",
                   "INSERT INTO trading.risk_profiles (user_id, name, advanced_settings) VALUES"
                   f" ({FIRST_ID + user}, 'oracle', '{settings}');"]
    setup += market.statements()
    setup += [f"INSERT INTO trading.benchmarks (symbol) VALUES ('{symbol}');"
               for symbol in SYMBOLS]
    cases = []
    for number in range(count):
        random = Random(f"risk portfolio {seed} {number}")
        portfolio = Portfolio(market, random, number)
        question = Question(portfolio, random)
        cases.append((portfolio, question, [*portfolio.statements(), *question.statements()]))
    return setup, cases
