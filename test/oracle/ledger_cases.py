# SPDX-License-Identifier: PostgreSQL
"""Random accounts: transactions of all types, among them some that must be refused."""
from copy import deepcopy
from datetime import datetime, timedelta, timezone
from fractions import Fraction
from random import Random

from ledger_book import UNIT, Book, Refused
from rounding import to_cents

CURRENCIES = {"LAA": "USD", "LBB": "USD", "LCC": "USD", "LDD": "USD", "LEU": "EUR"}
ASSETS = {"LAA": ("stock", "Energy", "USD"), "LBB": ("etf", "Energy", "USD"),
          "LCC": ("stock", "Health", "USD"), "LDD": ("fund", None, "USD"),
          "LEU": ("stock", "Health", "EUR")}
SPLITS = ((2, 1), (3, 1), (3, 2), (7, 3), (1, 2), (1, 10), (21, 20), (1, 7), (10007, 10000),
          (13, 29), (1, 1000), (20, 1))
START = datetime(2024, 1, 2, 14, 30, tzinfo=timezone.utc)


def random_account(seed):
    """The account: initial capital and steps [{terms, date, code, profit}], and its book."""
    random = Random(f"ledger account {seed}")
    initial = Fraction(random.choice((1000000, 10000000, 123456789, 1, 99999)), 100)
    symbols = random.sample([s for s, currency in CURRENCIES.items() if currency == "USD"],
                            random.randint(1, 4))
    book, steps, moment = Book(initial, CURRENCIES), [], START
    style = random.choice(("whole", "fine", "mixed"))
    for _ in range(random.randint(5, 80)):
        moment += timedelta(minutes=random.randint(0, 3000))
        terms = random_terms(random, book, symbols, style)
        if random.random() < 0.12:
            terms = spoilt(random, book, terms)
        date = moment - timedelta(days=random.choice((0, 0, 0, 0, 0, 1, 40)))
        steps.append({"terms": terms, "date": date.isoformat(), **expected(book, terms)})
    return initial, steps, book


def expected(book, terms):
    """What the book says of one transaction, which it books unless it refuses."""
    cash = book.cash
    try:
        profit, code = book.post(**terms), "ok"
    except Refused as refusal:
        profit, code = None, str(refusal)
    return {"code": code, "profit": profit, "net": book.cash - cash, "portfolio": book.row(),
            "positions": [position.row() for position in book.positions]}


def random_terms(random, book, symbols, style):
    """Terms that fit their type; those of a closing or a split fit the account mostly."""
    symbol = random.choice(symbols)
    position = book.open_position(symbol)
    chance = random.random()
    if chance < 0.80:
        if position is None:
            kind = random.choice(("buy", "buy", "short"))
        elif random.random() < 0.45:
            kind = "buy" if position.side > 0 else "short"
        elif random.random() < 0.12:
            return split_terms(random, position)
        else:
            return closing_terms(random, position, style)
        terms = {"kind": kind, "symbol": symbol, "quantity": random_quantity(random, style),
                 "price": random_price(random, position)}
        return terms | random_costs(random)
    if chance < 0.90:
        return {"kind": "dividend", "symbol": symbol, "amount": random_cents(random, True),
                **(random_costs(random) if random.random() < 0.3 else {})}
    kind = random.choice(("deposit", "withdrawal", "interest", "adjustment", "fee", "tax",
                          "borrow_fee"))
    terms = {"kind": kind, "amount": random_cents(random, kind in ("interest", "adjustment"))}
    if kind in ("interest", "fee", "tax", "borrow_fee") and random.random() < 0.3:
        terms["symbol"] = symbol
    return terms | (random_costs(random) if random.random() < 0.3 else {})


def closing_terms(random, position, style):
    units = position.units
    quantity = random.choice((
        units, units, position.lots[0].quantity, units - UNIT, UNIT,
        Fraction(random.randint(1, int(units / UNIT)), 10 ** 6),
        min(units, random_quantity(random, style)),
        units + UNIT if random.random() < 0.3 else units))
    return {"kind": "sell" if position.side > 0 else "cover", "symbol": position.symbol,
            "quantity": max(quantity, UNIT), "price": random_price(random, position)
            } | random_costs(random)


def split_terms(random, position):
    """A split by a ratio: the new quantity floored to shares or to six decimals, cash for the
    rest; sometimes a change that no ratio explains."""
    new, old = random.choice(SPLITS)
    units, step = position.units, random.choice((UNIT, UNIT, Fraction(1)))
    after = units * new / old // step * step
    if random.random() < 0.2:
        after = units + Fraction(random.randint(-10 ** 7, 10 ** 7), 10 ** 6)
    highest = max(lot.price for lot in position.lots)
    if after <= 0 or max(highest, position.price) * units / after > 90000 or after > 10 ** 7:
        after = 2 * units
    cash = random.choice((None, Fraction(0), random_cents(random, True)))
    terms = {"kind": "split", "symbol": position.symbol,
             "quantity": position.side * (after - units), "amount": cash}
    return terms | (random_costs(random) if random.random() < 0.3 else {})


def random_quantity(random, style):
    if style == "whole" or style == "mixed" and random.random() < 0.5:
        return Fraction(random.choice((1, 3, 7, 10, 100, 333, random.randint(1, 2000))))
    return Fraction(random.choice((1, 3, 333333, 1000001, random.randint(1, 10 ** 4),
                                   random.randint(1, 10 ** 9))), 10 ** 6)


def random_price(random, position):
    """Mostly near the last price, so that gains and losses mix; sometimes anywhere."""
    if position is not None and position.price and random.random() < 0.7:
        moved = position.price * random.randint(7000, 14000) / 10000
        return Fraction(max(1, int(moved * 10 ** 4)), 10 ** 4)
    return Fraction(random.choice((1, 3333, 50005, 1000000, 1234567, random.randint(1, 5 * 10 ** 6),
                                   random.randint(10 ** 4, 5 * 10 ** 5))), 10 ** 4)


def random_cents(random, signed):
    cents = random.choice((1, 333, 100000, random.randint(1, 10 ** 6)))
    return Fraction(-cents if signed and random.random() < 0.3 else cents, 100)


def random_costs(random):
    """Commission and fees with cents that no fraction divides evenly; sometimes none."""
    costs = {}
    if random.random() < 0.7:
        costs["commission"] = Fraction(random.choice((1, 7, 99, 101, 335, random.randint(0, 5000))),
                                       100)
    if random.random() < 0.4:
        costs["fees"] = Fraction(random.choice((1, 2, 13, random.randint(0, 300))), 100)
    return costs


def spoilt(random, book, terms):
    """Terms of a transaction that must be refused, made from good ones."""
    kind, wrong = terms["kind"], dict(terms)
    fill = "price" in terms
    choices = [{"kind": "spinoff", "symbol": "LAA", "quantity": Fraction(1), "amount": Fraction(1)},
               {"kind": "merger", "symbol": "LAA", "amount": Fraction(1)}, {"kind": "gift"},
               wrong | {"commission": Fraction(-1, 100)}, wrong | {"fees": Fraction(1, 1000)}]
    if "symbol" in terms:
        choices += [wrong | {"symbol": "LXX"}, wrong | {"symbol": "LEU"}]
    if kind in ("buy", "sell", "short", "cover", "dividend", "split"):
        choices.append(wrong | {"symbol": None})
    if fill:
        choices += [wrong | {"price": None}, wrong | {"quantity": None},
                    wrong | {"quantity": -terms["quantity"]}, wrong | {"quantity": Fraction(0)},
                    wrong | {"quantity": terms["quantity"] + UNIT / 10},
                    wrong | {"price": terms["price"] + Fraction(1, 10 ** 5)},
                    wrong | {"price": -terms["price"]}, wrong | {"quantity": Fraction(10 ** 9)},
                    wrong | {"amount": to_cents(terms["quantity"] * terms["price"])
                             + Fraction(1, 100)}]
        choices += wrong_sides(book, terms) * 4
    elif kind == "split":
        holding = book.open_position(terms["symbol"]).quantity
        choices += [wrong | {"quantity": None}, wrong | {"quantity": Fraction(0)},
                    wrong | {"quantity": -holding}, wrong | {"quantity": -2 * holding}]
    else:
        choices += [wrong | {"amount": None}, wrong | {"amount": terms["amount"] + UNIT}]
    if kind in ("deposit", "withdrawal"):
        choices += [wrong | {"amount": -terms["amount"]}, wrong | {"amount": Fraction(0)},
                    wrong | {"symbol": "LAA"}]
    choice = random.choice(choices)
    probe = deepcopy(book)
    try:
        probe.post(**choice)
    except Refused:
        return choice
    return {"kind": "gift"}


def wrong_sides(book, terms):
    """The same fill on the side that the holding does not allow, and more than is held."""
    position = book.open_position(terms["symbol"])
    if position is None:
        return [terms | {"kind": "sell"}, terms | {"kind": "cover"}]
    close, opposite, other_close = (("sell", "short", "cover") if position.side > 0
                                    else ("cover", "buy", "sell"))
    more = {"kind": close, "quantity": position.units + UNIT}
    return [terms | {"kind": opposite}, terms | {"kind": other_close}, terms | more,
            terms | more | {"quantity": position.units * 2}]
