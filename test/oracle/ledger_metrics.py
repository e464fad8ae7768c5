# SPDX-License-Identifier: PostgreSQL
"""Marks and performance figures of accounts and benchmarks, from FORMULAS sections 2, 3, 5, 9.

A mark values the holdings at the close of the last daily bar, else at the last fill. Returns are
time-weighted: r_t = E_t / (E_(t-1) + F_t) - 1 with the initial capital as E_0 and F_t the
deposits less withdrawals since the mark before; the wealth index is their product. Statistics
read it at the last mark of each day, the maximum drawdown at every mark.
"""
from datetime import date, timedelta
from fractions import Fraction
from random import Random

from mpmath import mp, mpf

from ledger_book import UNIT, ZERO, Book
from ledger_cases import ASSETS, CURRENCIES
from ledger_sql import (account_statements, bars_statement, differences, number, number_text,
                        run_scripts, step_statement)
from rounding import round_half_away, to_cents

mp.dps = 60
DIGITS, WIDEST = 4, 10 ** 4
YEAR_DAYS = mpf("365.25")
SYMBOLS = ("LAA", "LBB")
READ_METRICS = ["SELECT 'none', to_json(quant.update_portfolio_metrics(:account)::text);",
                "SELECT 'state', pg_temp.book_state(:account);",
                "SELECT 'curve', to_jsonb(c) FROM trading.equity_curves AS c"
                " WHERE c.portfolio_id = :account ORDER BY c.timestamp;"]


def column(value):
    """A numeric(8,4): four decimals, NULL where it does not fit."""
    if value is None:
        return None
    if not isinstance(value, Fraction):
        value = Fraction(int(mp.nint(value * mpf(10) ** 40)), 10 ** 40)
    rounded = round_half_away(value, DIGITS)
    return rounded if abs(rounded) < WIDEST else None


def real(value):
    return mpf(value.numerator) / mpf(value.denominator)


def growth_per_year(growth, days):
    """growth^(365.25 / days) - 1; NULL within a day."""
    return None if days == 0 else real(growth) ** (YEAR_DAYS / days) - 1


def ratios(returns):
    """volatility, sharpe_ratio and sortino_ratio of daily returns, 252 to the year."""
    count, sharpe, sortino, volatility = len(returns), None, None, None
    if count == 0:
        return volatility, sharpe, sortino
    mean = real(sum(returns, ZERO) / count)
    if count > 1:
        exact = sum(returns, ZERO) / count
        variance = sum(((value - exact) ** 2 for value in returns), ZERO) / (count - 1)
        volatility = mp.sqrt(real(variance) * 252)
        sharpe = mean / mp.sqrt(real(variance)) * mp.sqrt(252) if variance else None
    below = sum((value ** 2 for value in returns if value < 0), ZERO) / count
    if below:
        sortino = mean * 252 / mp.sqrt(real(below) * 252)
    return volatility, sharpe, sortino


def deepest(indexes):
    """Largest fall of a series from its running peak."""
    peak, depth = indexes[0], ZERO
    for index in indexes:
        peak = max(peak, index)
        depth = max(depth, (peak - index) / peak)
    return depth


class Curve:
    """The account at its marks."""

    def __init__(self, initial):
        self.equity, self.flow, self.index = Fraction(initial), ZERO, [Fraction(1)]
        self.points, self.days, self.ended = [], {}, True

    def mark(self, day, moment, cash, values):
        equity = cash + sum(values, ZERO)
        self.index.append(self.index[-1] * equity / (self.equity + self.flow))
        self.equity, self.flow = equity, ZERO
        peak = max(self.index)
        self.days[day] = self.index[-1]
        self.points.append((moment, {
            "cash_balance": cash, "market_value": equity - cash, "equity": equity,
            "gross_exposure": sum((abs(value) for value in values), ZERO),
            "drawdown": round_half_away((peak - self.index[-1]) / peak, 6)}))

    def too_large(self):
        """Names of figures whose column stays NULL because they do not fit it (rule 40)."""
        days = list(self.days)
        yearly = growth_per_year(self.index[-1], (days[-1] - days[0]).days)
        return [] if yearly is None or column(yearly) is not None else ["annualized_return"]

    def figures(self):
        """The performance columns of trading.portfolios."""
        indexes = [Fraction(1), *self.days.values()]
        returns = [after / before - 1 for before, after in zip(indexes, indexes[1:])]
        days = list(self.days)
        volatility, sharpe, sortino = ratios(returns)
        return {"total_return": column(self.index[-1] - 1),
                "annualized_return": column(growth_per_year(self.index[-1],
                                                            (days[-1] - days[0]).days)),
                "volatility": column(volatility), "sharpe_ratio": column(sharpe),
                "sortino_ratio": column(sortino), "max_drawdown": column(deepest(self.index))}


def random_bars(random, first, count, move):
    """Weekday closes, with days missing now and then."""
    bars, day, price = [], first, Fraction(random.randint(200, 3000), 10)
    while len(bars) < count:
        if day.weekday() < 5 and random.random() < 0.95:
            price = max(Fraction(1, 2), round_half_away(
                price * (1000 + random.randint(-move, move)) / 1000, 4))
            bars.append((day, price))
        day += timedelta(days=1)
    return bars


def random_portfolio(seed):
    """A script of bars, transactions and marks, and what they lead to."""
    random = Random(f"ledger metrics {seed}")
    count = random.choice((1, 2, 3, 10, 40, 120, 260))
    first = date(2023, random.randint(1, 12), random.randint(1, 28))
    bars = {symbol: random_bars(random, first, count + 3, random.choice((5, 20, 60)))
            for symbol in SYMBOLS}
    bars["LBB"] = bars["LBB"][random.randint(0, 4):]
    book = Book(Fraction(random.randint(10 ** 6, 10 ** 8), 100), CURRENCIES)
    script = [bars_statement(symbol, rows) for symbol, rows in bars.items() if rows]
    curve, marks = Curve(book.initial), []
    at_once = random.random() < 0.5
    def mark(day, moment):
        values = [marked(position, day, bars) for position in book.positions if position.lots]
        curve.mark(day, moment, book.cash, values)
        marks.append(f"SELECT 'mark', quant.mark_portfolio(:account, '{moment}');")
        if not at_once:
            script.append(marks[-1])

    for day, _ in bars["LAA"][:count]:
        if random.random() < 0.25:
            mark(day, f"{day} 00:30+00")
        for hour in sorted(random.sample(range(9, 20), random.choice((0, 0, 1, 2)))):
            terms = random_terms(random, book, day, bars)
            book.post(**terms)
            if terms["kind"] in ("deposit", "withdrawal"):
                curve.flow += terms["amount"] * (1 if terms["kind"] == "deposit" else -1)
            script.append(step_statement(terms, f"{day} {hour:02d}:00+00"))
        if random.random() < 0.85 or not curve.points:
            mark(day, f"{day} 21:00+00")
    if at_once:
        script += marks
    script += READ_METRICS
    head = account_statements(f"ledger metrics {seed}", book.initial, ASSETS)
    curve.ended = f"{day} 21:00+00" == curve.points[-1][0]
    return head + script, curve, at_once


def random_terms(random, book, day, bars):
    """A deposit, a withdrawal, interest or a fill at about the price of the day."""
    chance, symbol = random.random(), random.choice(SYMBOLS)
    if chance < 0.35:
        kind = random.choice(("deposit", "deposit", "withdrawal", "interest", "fee"))
        share = random.randint(1, 30) if kind in ("deposit", "interest") else random.randint(1, 8)
        return {"kind": kind, "amount": to_cents(book.initial * share / 100)}
    position, price = book.open_position(symbol), last_close(symbol, day, bars) or Fraction(50)
    price = Fraction(int(price * random.randint(985, 1015) * 10), 10 ** 4)
    if position is not None and chance < 0.6:
        return {"kind": "sell" if position.side > 0 else "cover", "symbol": symbol,
                "quantity": random.choice((position.units, position.lots[0].quantity)),
                "price": price, "commission": Fraction(random.randint(0, 300), 100)}
    side = position.side if position else random.choice((1, 1, -1))
    share = book.initial * random.randint(1, 15) / 100
    return {"kind": "buy" if side > 0 else "short", "symbol": symbol,
            "quantity": share / price // UNIT * UNIT + UNIT, "price": price,
            "commission": Fraction(random.randint(0, 300), 100)}


def last_close(symbol, day, bars):
    closes = [price for bar_day, price in bars[symbol] if bar_day <= day]
    return closes[-1] if closes else None


def marked(position, day, bars):
    close = last_close(position.symbol, day, bars)
    return to_cents(position.quantity * (position.price if close is None else close))


def portfolio_faults(curve, answer):
    rows, error = answer
    found = [error] if error else []
    found += [f"a transaction gave {value['code']}" for section, value in rows
              if section == "step" and value["code"] != "ok"]
    stored = [value for section, value in rows if section == "curve"]
    if len(stored) != len(curve.points):
        found.append(f"points: oracle {len(curve.points)}, database {len(stored)}")
    for (moment, expected), row in zip(curve.points, stored):
        found += [f"{moment} {text}" for text in differences(expected, row)]
    given = [number(value) for section, value in rows if section == "mark"]
    if given != [expected["equity"] for _, expected in curve.points]:
        found.append("mark_portfolio does not give the equity that it stores")
    state = [value for section, value in rows if section == "state"]
    if state:
        found += differences(nullable(curve.figures(), state[0]["portfolio"]),
                             state[0]["portfolio"])
        found += differences({"total_value": curve.points[-1][1]["equity"]},
                             state[0]["portfolio"]) if curve.ended else []
        warned = str(state[0]["portfolio"]["warnings"])
        found += [f"{name} does not fit and no warning names it" for name in curve.too_large()
                  if name not in warned]
    return found


def nullable(expected, stored):
    """The expected figures with the stored ones as Fractions."""
    for name in expected:
        stored[name] = number(stored[name])
    return expected


# Cash only: a fall and recovery within one day (its return is exactly 0), then a doubling.
RECOVERY = (("mark", 0, "2024-01-02 10:00"), ("fee", 1000, "2024-01-02 11:00"),
            ("mark", 0, "2024-01-02 12:00"), ("interest", 1000, "2024-01-02 13:00"),
            ("mark", 0, "2024-01-02 21:00"), ("mark", 0, "2024-01-03 21:00"))
FIXED_ACCOUNTS = {
    "recovery within a day": RECOVERY,
    "recovery and a gain": (*RECOVERY, ("interest", 1, "2024-01-04 13:00"),
                            ("mark", 0, "2024-01-04 21:00")),
    "doubled in a day": (("mark", 0, "2024-01-02 21:00"), ("interest", 10000, "2024-01-03 13:00"),
                         ("mark", 0, "2024-01-03 21:00")),
}
FIXED_BENCHMARKS = {
    "doubled in a day": [(date(2024, 1, 3), Fraction(100)), (date(2024, 1, 4), Fraction(200))],
    "twice after three years": [(date(2019, 1, 2), Fraction(100)),
                                (date(2021, 1, 4), Fraction(100)),
                                (date(2023, 1, 4), Fraction(100)),
                                (date(2024, 1, 4), Fraction(200))],
}


def fixed_portfolio(events):
    """An account of 10000 that holds cash only."""
    book, script, curve = Book(10000, CURRENCIES), [], Curve(10000)
    for kind, amount, moment in events:
        if kind == "mark":
            curve.mark(date.fromisoformat(moment[:10]), moment, book.cash, [])
            script.append(f"SELECT 'mark', quant.mark_portfolio(:account, '{moment}+00');")
        else:
            terms = {"kind": kind, "amount": Fraction(amount)}
            book.post(**terms)
            script.append(step_statement(terms, moment + "+00"))
    return account_statements("ledger fixed", 10000, ASSETS) + script + READ_METRICS, curve


def random_benchmark(seed):
    """Bars with splits and dividends, and the figures of trading.benchmarks."""
    random = Random(f"ledger benchmark {seed}")
    count = random.choice((2, 3, 20, 100, 280, 800, 1400))
    bars = random_bars(random, date(2019, random.randint(1, 12), random.randint(1, 28)), count, 30)
    actions = {}
    for day, _ in random.sample(bars[1:], min(len(bars) - 1, random.choice((0, 1, 5, 12)))):
        actions[day] = (random.choice(((1, 1), (1, 1), (2, 1), (3, 2))),
                        random.choice((ZERO, Fraction(random.randint(1, 2 * 10 ** 6), 10 ** 6))))
    if random.random() < 0.9:
        bars = split_prices(bars, actions)
    return benchmark_script(bars, actions), benchmark_figures(bars, actions)


def benchmark_script(bars, actions):
    script = account_statements("ledger benchmark", 1000, ASSETS)
    script += [bars_statement("LAA", bars),
               "INSERT INTO trading.benchmarks (symbol) VALUES ('LAA');"]
    script += [action_statement(kind, day, extra) for day, (split, amount) in actions.items()
               for kind, extra in (("split", split), ("dividend", amount))
               if extra not in ((1, 1), ZERO)]
    script += ["SELECT 'none', to_json(quant.update_benchmark_metrics('LAA')::text);",
               "SELECT 'benchmark', to_jsonb(b) FROM trading.benchmarks AS b"
               " WHERE b.symbol = 'LAA';"]
    return script


def split_prices(bars, actions):
    """The closes fall where a split multiplies the shares."""
    factor, fallen = Fraction(1), []
    for day, price in bars:
        new, old = actions.get(day, ((1, 1), ZERO))[0]
        factor *= Fraction(old, new)
        fallen.append((day, max(Fraction(1, 10), round_half_away(price * factor, 4))))
    return fallen


def action_statement(kind, day, extra):
    columns, values = (("split_to, split_from", f"{extra[0]}, {extra[1]}") if kind == "split"
                       else ("amount", number_text(extra)))
    return ("INSERT INTO trading.corporate_actions (asset_id, action_type, ex_date,"
            f" {columns}) SELECT id, '{kind}', '{day}', {values} FROM trading.assets"
            " WHERE symbol = 'LAA';")


def benchmark_figures(bars, actions):
    days, index, returns = [bars[0][0]], [Fraction(1)], []
    for (_, before), (day, price) in zip(bars, bars[1:]):
        (new, old), amount = actions.get(day, ((1, 1), ZERO))
        returns.append(Fraction(new, old) * (price + amount) / before - 1)
        days.append(day)
        index.append(index[-1] * (1 + returns[-1]))
    last = days[-1]
    volatility, sharpe, _ = ratios(returns)
    figures = {"as_of_date": last.isoformat(),
               "ytd_return": since(days, index, date(last.year - 1, 12, 31), 1)}
    for years, name in ((1, "return_1y"), (3, "return_3y"), (5, "return_5y")):
        figures[name] = since(days, index, years_before(last, years), years)
    return figures | {
        "annualized_return": column(growth_per_year(index[-1], (last - days[0]).days)),
        "volatility": column(volatility), "sharpe_ratio": column(sharpe),
        "max_drawdown": column(deepest(index))}


def years_before(day, years):
    leap = (day.month, day.day) == (2, 29)
    return date(day.year - years, day.month, 28 if leap else day.day)


def since(days, index, base_day, years):
    """Return per year since the last bar at or before base_day; NULL where there is none."""
    known = [value for day, value in zip(days, index) if day <= base_day]
    if not known:
        return None
    return column(real(index[-1] / known[-1]) ** (mpf(1) / years) - 1)


def benchmark_faults(figures, answer):
    rows, error = answer
    stored = [value for section, value in rows if section == "benchmark"]
    if error or not stored:
        return [error or "no row"]
    named = {name: value for name, value in figures.items() if name != "as_of_date"}
    found = differences(nullable(named, stored[0]), stored[0])
    if stored[0]["as_of_date"] != figures["as_of_date"]:
        found.append(f"as_of_date: {stored[0]['as_of_date']}")
    return found


def check_metric_cases(tally, count, first_seed):
    """Two thirds of the random cases are accounts, the others benchmarks; then the fixed."""
    seeds = range(first_seed, first_seed + count)
    accounts = [(seed, *random_portfolio(seed)) for seed in seeds if seed % 3 < 2]
    answers = run_scripts([script for _, script, _, _ in accounts])
    for (seed, _, curve, at_once), answer in zip(accounts, answers):
        tally.note(f"metrics {seed}{' marked at once' if at_once else ''}",
                   portfolio_faults(curve, answer))
    benchmarks = [(seed, *random_benchmark(seed)) for seed in seeds if seed % 3 == 2]
    answers = run_scripts([script for _, script, _ in benchmarks])
    for (seed, _, figures), answer in zip(benchmarks, answers):
        tally.note(f"benchmark {seed}", benchmark_faults(figures, answer))
    check_fixed(tally)


def check_fixed(tally):
    accounts = {name: fixed_portfolio(events) for name, events in FIXED_ACCOUNTS.items()}
    answers = run_scripts([script for script, _ in accounts.values()], 1)
    for (name, (_, curve)), answer in zip(accounts.items(), answers):
        tally.note(f"metrics {name}", portfolio_faults(curve, answer))
    answers = run_scripts([benchmark_script(bars, {}) for bars in FIXED_BENCHMARKS.values()], 1)
    for (name, bars), answer in zip(FIXED_BENCHMARKS.items(), answers):
        tally.note(f"benchmark {name}", benchmark_faults(benchmark_figures(bars, {}), answer))
