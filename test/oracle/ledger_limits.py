# SPDX-License-Identifier: PostgreSQL
"""Random limits, accounts and orders: what quant.check_limits() must say.

Each limit is worked out in exact fractions for the account after the order: the position is
revalued at the order's price and the costs are paid. Drawdown is that of the wealth index over
the marks and now, before the order; trading halts at its limit, other limits may be reached.
"""
from fractions import Fraction
from random import Random

from ledger_book import UNIT, ZERO, Book
from ledger_cases import ASSETS, CURRENCIES, random_cents, random_costs
from ledger_sql import (account_statements, number, number_text, record_call, run_scripts, shown,
                        sql, step_statement)
from rounding import round_half_away, to_cents

SYMBOLS = ("LAA", "LBB", "LCC", "LDD")
WORDS = {"symbols": lambda symbol: symbol, "sectors": lambda symbol: ASSETS[symbol][1],
         "asset_types": lambda symbol: ASSETS[symbol][0]}
VALUES = {"symbols": SYMBOLS, "sectors": ("Energy", "Health"),
          "asset_types": ("stock", "etf", "fund")}


class Wealth:
    """Growth of one unit without deposits and withdrawals, and its peak."""

    def __init__(self, start):
        self.equity, self.flows = Fraction(start), ZERO
        self.index = self.peak = Fraction(1)

    def at(self, equity):
        """The index now, without storing a mark."""
        return self.index * equity / (self.equity + self.flows)

    def mark(self, equity):
        self.index = self.at(equity)
        self.equity, self.flows = equity, ZERO
        self.peak = max(self.peak, self.index)

    def drawdown(self, equity):
        index = self.at(equity)
        peak = max(self.peak, index)
        return (peak - index) / peak


def random_case(seed):
    """An account, its profile, an order, and the limits that the order meets."""
    random = Random(f"ledger limits {seed}")
    plain = random.random() < 0.3
    book = Book(Fraction(10000) if plain else random_cents(random, False) * 100 + 5000, CURRENCIES)
    steps, wealth = [], Wealth(book.initial)
    for day in range(1, random.randint(3, 9)):
        date = f"2024-01-{day:02d}"
        terms = build_terms(random, book, plain)
        book.post(**terms)
        if terms["kind"] in ("deposit", "withdrawal"):
            wealth.flows += terms["amount"] * (1 if terms["kind"] == "deposit" else -1)
        steps.append(("book", terms, date + " 15:00+00"))
        if random.random() < 0.6 and book.equity > 0:
            wealth.mark(book.equity)
            steps.append(("mark", None, date + " 21:00+00"))
    order = random_order(random, book, plain)
    profile = random_profile(random, after_order(book, order))
    drawdown = wealth.drawdown(book.equity)
    if profile["max_drawdown_limit"] is not None and random.random() < 0.4:
        exact = round_half_away(drawdown, 4)
        profile["max_drawdown_limit"] = exact if 0 < exact <= 1 else Fraction(1, 10)
    return {"book": book, "steps": steps, "order": order, "profile": profile,
            "limits": judge(book, order, profile, drawdown)}


def edge_case():
    """A drawdown of 0.09999967 does not reach a limit of 0.1, whatever its display says."""
    book = Book(3000000, CURRENCIES)
    steps = [("book", {"kind": "fee", "amount": Fraction(299999)}, "2024-01-02 11:00+00"),
             ("mark", None, "2024-01-02 21:00+00")]
    book.post(**steps[0][1])
    order = {"kind": "buy", "symbol": "LAA", "quantity": Fraction(1), "price": Fraction(1)}
    profile = {"max_sector_exposure_pct": None, "max_gross_exposure_pct": None,
               "max_net_exposure_pct": None, "max_positions": None, "max_leverage": Fraction(1),
               "max_position_size_pct": Fraction(10), "max_drawdown_limit": Fraction(1, 10),
               "allow_short": False, "asset_restrictions": {}}
    return {"book": book, "steps": steps, "order": order, "profile": profile,
            "limits": judge(book, order, profile, Fraction(299999, 3000000))}


def build_terms(random, book, plain):
    """One transaction that the account takes; prices move between them."""
    position = book.open_position(symbol := random.choice(SYMBOLS))
    chance = random.random()
    if chance < 0.15:
        return {"kind": random.choice(("deposit", "deposit", "withdrawal", "fee", "interest")),
                "amount": to_cents(book.initial * random.randint(1, 30) / 100)}
    if position is not None and chance < 0.35:
        return {"kind": "sell" if position.side > 0 else "cover", "symbol": symbol,
                "quantity": position.lots[0].quantity, "price": moved(random, position)}
    side = position.side if position else random.choice((1, 1, -1))
    price = moved(random, position) if position else Fraction(random.choice((10, 25, 50, 100)))
    share = book.initial * random.randint(1, 30) / 100
    quantity = share // price + 1 if plain else share / price // UNIT * UNIT + UNIT
    costs = {} if plain else random_costs(random)
    return {"kind": "buy" if side > 0 else "short", "symbol": symbol, "quantity": quantity,
            "price": price} | costs


def moved(random, position):
    return Fraction(int(position.price * random.randint(80, 125) * 100), 10 ** 4)


def random_order(random, book, plain):
    """An order that opens or adds."""
    while True:
        terms = build_terms(random, book, plain)
        if terms["kind"] in ("buy", "short"):
            return terms


def after_order(book, order):
    """Signed values of the positions by symbol and the equity once the order is filled."""
    side = 1 if order["kind"] == "buy" else -1
    position = book.open_position(order["symbol"])
    held = position.quantity if position else ZERO
    values = {position.symbol: position.market_value for position in book.positions
              if position.lots}
    values[order["symbol"]] = to_cents((held + side * order["quantity"]) * order["price"])
    cash = (book.cash - side * to_cents(order["quantity"] * order["price"])
            - order.get("commission", ZERO) - order.get("fees", ZERO))
    return values, cash + sum(values.values())


def ratios(values, equity, symbol):
    """The limits that relate to equity: name -> percent (leverage: times), exact."""
    gross = sum(abs(value) for value in values.values())
    sector = ASSETS[symbol][1]
    in_sector = sum(abs(value) for name, value in values.items() if ASSETS[name][1] == sector)
    amounts = {"max_position_size_pct": abs(values[symbol]) * 100,
               "max_gross_exposure_pct": gross * 100,
               "max_net_exposure_pct": abs(sum(values.values())) * 100, "max_leverage": gross}
    if sector is not None:
        amounts["max_sector_exposure_pct"] = in_sector * 100
    return {name: amount / equity if equity > 0 else None for name, amount in amounts.items()}


def random_profile(random, after):
    """Limits, often just at or around what the order leads to."""
    values, equity = after
    profile = {name: None for name in ("max_sector_exposure_pct", "max_gross_exposure_pct",
                                       "max_net_exposure_pct", "max_positions",
                                       "max_drawdown_limit")}
    symbol = random.choice(tuple(values))
    near = ratios(values, equity, symbol)
    profile["max_position_size_pct"] = near_limit(random, near["max_position_size_pct"], 100)
    profile["max_leverage"] = max(Fraction(1), near_limit(random, near["max_leverage"], 50))
    for name, top in (("max_sector_exposure_pct", 100), ("max_gross_exposure_pct", 500),
                      ("max_net_exposure_pct", 500)):
        if random.random() < 0.7:
            profile[name] = near_limit(random, near.get(name), top)
    gross, net = profile["max_gross_exposure_pct"], profile["max_net_exposure_pct"]
    if gross is not None and net is not None and net > gross:
        profile["max_net_exposure_pct"] = gross
    if random.random() < 0.6:
        profile["max_positions"] = max(1, len(values) + random.choice((-1, 0, 1)))
    if random.random() < 0.8:
        profile["max_drawdown_limit"] = Fraction(random.choice((5, 50, 100, 200)), 1000)
    profile["allow_short"] = random.random() < 0.6
    profile["asset_restrictions"] = {
        f"{side}_{word}": random.sample(VALUES[word], random.randint(1, 2))
        for word in VALUES for side in ("allowed", "forbidden") if random.random() < 0.05}
    return profile


def near_limit(random, value, top):
    if value is None or random.random() < 0.3:
        return Fraction(random.choice((5, 20, 60, 90, 100)))
    step = Fraction(1, 100)
    limit = round_half_away(value, 2) + step * random.choice((-1, 0, 0, 1))
    limit += 20 if random.random() < 0.5 else 0
    return min(max(limit, step), Fraction(top))


def judge(book, order, profile, drawdown):
    """name -> (value, threshold, breached) of every limit that speaks about this order."""
    values, equity = after_order(book, order)
    found = {}
    for name, value in ratios(values, equity, order["symbol"]).items():
        threshold = profile[name]
        if threshold is not None:
            shown_value = None if value is None else round_half_away(value, 4)
            found[name] = (shown_value, threshold, value is None or value > threshold)
    if profile["max_positions"] is not None:
        found["max_positions"] = (Fraction(len(values)), Fraction(profile["max_positions"]),
                                  len(values) > profile["max_positions"])
    if profile["max_drawdown_limit"] is not None:
        found["max_drawdown_limit"] = (round_half_away(drawdown, 4), profile["max_drawdown_limit"],
                                       drawdown >= profile["max_drawdown_limit"])
    if order["kind"] == "short" and not profile["allow_short"]:
        found["allow_short"] = (None, None, True)
    if restricted(profile["asset_restrictions"], order["symbol"]):
        found["asset_restrictions"] = (None, None, True)
    return found


def restricted(restrictions, symbol):
    for word, of in WORDS.items():
        allowed = restrictions.get(f"allowed_{word}")
        if allowed is not None and of(symbol) not in allowed:
            return True
        if of(symbol) in restrictions.get(f"forbidden_{word}", ()):
            return True
    return False


def profile_statement(profile):
    columns = {"user_id": ":user_id", "is_default": "true",
               "advanced_settings": "'{\"limit_mode\": \"off\"}'"}
    for name, value in profile.items():
        if name == "asset_restrictions":
            lists = (f'"{key}": [' + ", ".join(f'"{item}"' for item in items) + "]"
                     for key, items in value.items())
            columns[name] = sql("{" + ", ".join(lists) + "}")
        else:
            columns[name] = str(value) if isinstance(value, bool) else sql(value)
    return (f"INSERT INTO trading.risk_profiles ({', '.join(columns)})"
            f" VALUES ({', '.join(columns.values())});")


def case_script(seed, case):
    script = account_statements(f"ledger limits {seed}", case["book"].initial, ASSETS)
    script.append(profile_statement(case["profile"]))
    for action, terms, date in case["steps"]:
        if action == "book":
            script.append(step_statement(terms, date))
        else:
            script.append(f"SELECT 'mark', quant.mark_portfolio(:account, {sql(date)});")
    order, later = case["order"], "2024-01-20 15:00+00"
    costs = order.get("commission", ZERO) + order.get("fees", ZERO)
    script.append(
        "SELECT 'limits', coalesce(jsonb_agg(to_jsonb(r)), '[]') FROM quant.check_limits(:account,"
        f" {sql(order['kind'])}, {sql(order['symbol'])}, {number_text(order['quantity'])},"
        f" {number_text(order['price'])}, {number_text(costs)}, {sql(later)}) AS r;")
    script.append("UPDATE trading.risk_profiles SET advanced_settings ="
                  " '{\"limit_mode\": \"enforce\"}' WHERE user_id = :user_id;")
    script += ["SAVEPOINT ordered;", step_statement(order, later, "order"), "ROLLBACK TO ordered;"]
    for terms in closings(case["book"]):
        script.append(
            "SELECT 'none', count(*) FROM quant.check_limits(:account, "
            f"{sql(terms['kind'])}, {sql(terms['symbol'])}, {number_text(terms['quantity'])},"
            f" {number_text(terms['price'])}) AS r;")
        script.append(f"SELECT 'closed', to_jsonb(pg_temp.attempt($call$"
                      f"{record_call(terms, later)}$call$, :account));")
    return script


def closings(book):
    return [{"kind": "sell" if position.side > 0 else "cover", "symbol": position.symbol,
             "quantity": position.units, "price": position.price}
            for position in book.positions if position.lots]


def case_faults(case, rows):
    """What the database says otherwise of one case."""
    found = []
    answers = {}
    for section, value in rows:
        answers.setdefault(section, []).append(value)
    built = [answer["code"] for answer in answers.get("step", [])]
    if any(code != "ok" for code in built):
        return [f"the account could not be built: {built}"]
    stored = {}
    for row in answers.get("limits", [[]])[0]:
        if row["breached"] or row["value"] is not None:
            stored[row["limit_name"]] = (number(row["value"]), number(row["threshold"]),
                                         row["breached"])
    for name in sorted(stored.keys() | case["limits"].keys()):
        if stored.get(name) != case["limits"].get(name):
            found.append(f"{name}: oracle {triple(case['limits'].get(name))},"
                         f" database {triple(stored.get(name))}")
    breached = any(limit[2] for limit in case["limits"].values())
    code = answers["order"][0]["code"] if "order" in answers else "none"
    if code != ("23514" if breached else "ok"):
        found.append(f"enforce: breached {breached}, database {code}")
    if any(answers.get("none", [])) or set(answers.get("closed", ["ok"])) != {"ok"}:
        found.append(f"closing under enforce: rows {answers.get('none')}, {answers.get('closed')}")
    return found


def triple(limit):
    return "no row" if limit is None else "(" + ", ".join(shown(part) for part in limit) + ")"


def check_limit_cases(tally, count, first_seed):
    seeds = [*range(first_seed, first_seed + count), "edge"]
    cases = [random_case(seed) for seed in seeds[:-1]] + [edge_case()]
    answers = run_scripts([case_script(seed, case) for seed, case in zip(seeds, cases)])
    for seed, case, (rows, error) in zip(seeds, cases, answers):
        tally.note(f"limits {seed}", ([error] if error else []) + case_faults(case, rows))
