# SPDX-License-Identifier: PostgreSQL
"""Compares the risk figures of random series and portfolios with arithmetic of 120 digits.

    python3 risk_compare.py [COUNT] [--seed N]

COUNT (default 300) random series of returns, as many of equity and as many portfolios, from
seed N (default 0) on. Every figure must be equal to the last digit that the server gives. The
database is that of libpq's environment and has the extension; nothing is left in it. Prints
the differences, the first ones with the statements that show them, and a count; exit status 1
when something differs.
"""
import argparse
import sys
from decimal import Decimal
from fractions import Fraction

from ledger_sql import run_scripts
from risk_random_figures import TINY, rounded
from risk_random_portfolios import PORTFOLIOS, market_case
from risk_random_series import EXACT, curve_case, series_case

SHOWN, REPRODUCED = 40, 5  # differences shown, and those with their statements
BATCH = 60
MARKETS = 5  # per call of psql
SECTIONS = ("record", "row", "risk", "parts")  # what is read of each portfolio
MONEY = {"portfolio_value", "gross_exposure", "net_exposure", "high_water_mark", "value_at_risk",
         "expected_shortfall"}
WIDEST = 10 ** 4  # of a numeric(8,4)


class Tally:
    """Counts what is equal and shows what is not."""

    def __init__(self):
        self.passed = self.failed = self.figures = 0

    def note(self, name, found, figures, statement):
        self.figures += figures
        if not found:
            self.passed += 1
            return
        self.failed += 1
        if self.failed <= SHOWN:
            print(f"FAILED {name}: " + "; ".join(found[:8]), flush=True)
        if self.failed <= REPRODUCED:
            print(f"    {statement}", flush=True)


def difference(label, expected, digits, answer):
    """A text where the answer of the server is another one than the figure expected."""
    shown = "NULL" if expected is None else f"{expected:.40f}"
    if answer is None or expected is None:
        equal = answer is None and expected is None
    else:
        given = Decimal(answer)
        places = digits if digits != EXACT else max(0, -given.as_tuple().exponent)
        equal = given == rounded(expected, places)
        if digits == EXACT and places < 12:
            equal = abs(given - expected) < TINY
    return [] if equal else [f"{label}: oracle {shown}, database {answer}"]


def compare_series(tally, name, make, seeds):
    for start in range(0, len(seeds), BATCH):
        batch = seeds[start:start + BATCH]
        cases = [make(seed) for seed in batch]
        answers = run_scripts([[statement] for statement, _ in cases], BATCH)
        for seed, (statement, questions), (rows, error) in zip(batch, cases, answers):
            found = [error] if error else []
            given = rows[0][1] if rows else []
            for (label, expected, digits), answer in zip(questions, given):
                found += difference(label, expected, digits, answer)
            if len(given) != len(questions) and not error:
                found.append(f"{len(given)} answers to {len(questions)} questions")
            tally.note(f"{name} {seed}", found, len(questions), statement)


def places(name):
    """Decimals of a column."""
    if name in MONEY or name.startswith(("var_", "expected_shortfall")):
        return 2
    return 0 if name.endswith(("observations", "days")) else 4


def figure_faults(expected, stored, digits_of, where=""):
    """Texts for the figures that differ to their last digit."""
    found = []
    for name, figure in expected.items():
        figure = rounded(Decimal(figure), digits_of(name)) if figure is not None else None
        if figure is not None and digits_of(name) == 4 and abs(figure) >= WIDEST:
            figure = None
        other = stored.get(name)
        if (None if figure is None else Fraction(figure)) != (
                None if other is None else Fraction(other)):
            found.append(f"{where}{name}: oracle {figure}, database "
                         f"{other if other is None else float(other)}")
    return found


def portfolio_faults(portfolio, answers):
    """What the recorded row has otherwise, and how many figures were compared."""
    figures, code = portfolio.figures(), answers["record"]
    if figures is None:
        return ([] if code == "22023" else [f"record: oracle 22023, database {code}"]), 1
    row = answers["row"]
    if code != "ok" or row is None:
        return [f"record: oracle ok, database {code}"], 1
    related = portfolio.factor_figures()
    columns = {**figures, **related, "observations": len(portfolio.pairs),
               "missing_observations": portfolio.missing(portfolio.pairs)}
    for name in ("volatility", "downside_deviation", "skewness", "excess_kurtosis"):
        columns.setdefault(name)
    found = figure_faults(columns, row, places)
    fine = {name: figure for name, figure in figures.items() if not name.endswith("days")}
    found += figure_faults(fine, row["parameters"]["figures"], lambda _: 12, "figures.")
    found += figure_faults(related, row["parameters"].get("profile_figures", {}), lambda _: 12,
                           "profile_figures.")
    parts = portfolio.contributions(figures["var_1d_95"]) if portfolio.holdings else {}
    if parts is not None:
        found += figure_faults(parts, row["risk_contributions"], lambda _: 2, "contribution ")
    return found, len(columns) + len(fine) + len(related) + len(parts or ())


def question_faults(question, answer, parts):
    if question.refused:
        return ([] if answer == "22023" else [f"{question.call}: oracle 22023, {answer}"]), 1
    if answer is None:
        return [f"{question.call}: no answer"], 1
    expected = question.answer()
    found, compared = figure_faults(expected, answer, places, question.call + " "), len(expected)
    for symbol, columns in (question.parts() or {} if question.has_parts() else {}).items():
        found += figure_faults(columns, (parts or {}).get(symbol, {}), part_places,
                               f"risk_contributions as {question.call} {symbol} ")
        compared += len(columns)
    return found, compared


def part_places(name):
    return 12 if name == "marginal_var" else 2


def compare_portfolios(tally, count, first_seed):
    """So many portfolios, PORTFOLIOS to a market."""
    seeds = range(first_seed, first_seed + -(-count // PORTFOLIOS))
    for start in range(0, len(seeds), MARKETS):
        batch = seeds[start:start + MARKETS]
        markets = [market_case(seed) for seed in batch]
        answers = run_scripts([setup + [line for *_, lines in cases for line in lines]
                               for setup, cases in markets], MARKETS)
        for seed, (setup, cases), (rows, error) in zip(batch, markets, answers):
            if error:
                tally.note(f"market {seed}", [error], 0, "")
            for number, (portfolio, question, statements) in enumerate(cases):
                given = dict(rows[len(SECTIONS) * number:][:len(SECTIONS)])
                if set(given) != set(SECTIONS):
                    tally.note(f"portfolio {seed} {number}", ["no answer"], 0, "")
                    continue
                found, figures = portfolio_faults(portfolio, given)
                more, asked = question_faults(question, given["risk"], given["parts"])
                tally.note(f"portfolio {seed} {number} at {portfolio.as_of}", found + more,
                           figures + asked, "\n    ".join(setup + statements))


def main(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=300)
    parser.add_argument("--seed", type=int, default=0)
    given = parser.parse_args(arguments)
    tally, seeds = Tally(), range(given.seed, given.seed + given.count)
    compare_series(tally, "series", series_case, seeds)
    compare_series(tally, "curve", curve_case, seeds)
    compare_portfolios(tally, given.count, given.seed)
    print(f"figures: {tally.figures}")
    print(f"oracle: {tally.passed} passed, {tally.failed} failed")
    return 1 if tally.failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
