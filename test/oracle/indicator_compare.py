# SPDX-License-Identifier: PostgreSQL
"""Compares the indicators of a database with the oracle, exactly, to the 12th decimal.

    python3 indicator_compare.py [N] [--seed S] [--only NAME,...] [--reading NAME=VALUE]

N (default 100) random series from seed S (default 0) in groups of ten; each group is given other
random arguments. The database is that of libpq's environment and has the extension; nothing is
left in it. --reading sets a choice of indicator_readings.py. Prints a line for each difference,
at most --shown (default 20) of one indicator, then their number; exit status 1 if there is any.
"""
import argparse
import sys
from collections import Counter
from random import Random

from database import DatabaseError
from indicator_figures import INDICATORS, grid_figures, on_grid
from indicator_grid import SCALE
from indicator_readings import CHOICES, READINGS
from indicator_series import random_calls, random_series
from indicator_sql import evaluate

GROUP = 10
PLACES = 12


class Tally:
    """Counts figures and shows differences."""

    def __init__(self, shown):
        self.figures, self.values, self.wrong, self.shown = Counter(), Counter(), Counter(), shown

    def note(self, name, text):
        self.wrong[name] += 1
        if self.wrong[name] <= self.shown:
            print(text, flush=True)

    def report(self):
        for name, count in sorted(self.wrong.items()):
            print(f"FAILED {name}: {count} differences in {self.figures[name]} figures")
        print(f"{self.figures.total()} figures compared, {self.values.total()} of them not NULL")
        print(f"oracle: {len(self.figures) - len(self.wrong)} passed, {len(self.wrong)} failed")


def found_value(text):
    """A figure of the database on the grid, or its text if it is not on it."""
    if not text:
        return None if text == "" else "no row"
    whole, _, decimals = text.partition(".")
    try:
        if decimals[PLACES:].strip("0"):
            return text
        return int(whole + decimals[:PLACES].ljust(PLACES, "0"))
    except ValueError:
        return text


def shown(value):
    if not isinstance(value, int):
        return "NULL" if value is None else value
    whole, part = divmod(abs(value), SCALE)
    return ("-" if value < 0 else "") + (f"{whole}.{part:012d}".rstrip("0").rstrip("."))


def compare_call(tally, call, group, grids, answer):
    if isinstance(answer, str):
        tally.note(call.name, f"{call.sql()}: {answer}")
        return
    for series in group:
        columns = [grids[series.number][name] for name in call.columns]
        for output, expected in grid_figures(call.name, columns, call.arguments).items():
            tally.figures[call.name] += len(expected)
            found = [found_value(text) for text in answer[series.number, output]]
            tally.values[call.name] += len(expected) - expected.count(None)
            if found == expected:
                continue
            for bar, (wanted, value) in enumerate(zip(expected, found)):
                if wanted != value:
                    tally.note(call.name, f"{call.sql()} {output}, series {series.number}"
                               f" ({series.kind}) bar {bar}: expected {shown(wanted)},"
                               f" found {shown(value)}")


def compare_group(tally, seed, numbers, only):
    group = [random_series(Random(f"indicator series {seed} {number}"), number)
             for number in numbers]
    calls = random_calls(Random(f"indicator calls {seed} {numbers[0]}"))
    calls = [call for call in calls if not only or call.name in only]
    grids = {series.number: {name: on_grid(column) for name, column in series.columns.items()}
             for series in group}
    for call, answer in evaluate(group, calls).items():
        compare_call(tally, call, group, grids, answer)


def read_arguments(arguments):
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("count", nargs="?", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", default="", help="names of indicators, with commas")
    parser.add_argument("--reading", action="append", default=[], metavar="NAME=VALUE")
    parser.add_argument("--shown", type=int, default=20, help="lines of one indicator")
    options = parser.parse_args(arguments)
    options.only = set(filter(None, options.only.split(",")))
    if options.only - set(INDICATORS):
        parser.error(f"unknown indicators: {', '.join(sorted(options.only - set(INDICATORS)))}")
    for reading in options.reading:
        name, _, value = reading.partition("=")
        if value not in CHOICES.get(name, ()):
            parser.error(f"unknown reading {reading}; there are {CHOICES}")
        READINGS[name] = value
    return options


def main(arguments):
    options = read_arguments(arguments)
    tally, lost = Tally(options.shown), False
    for start in range(0, options.count, GROUP):
        numbers = range(start, min(start + GROUP, options.count))
        try:
            compare_group(tally, options.seed, numbers, options.only)
        except DatabaseError as error:
            print(f"no answer for the series from {start} on: {error}")
            lost = True
            break
    tally.report()
    return 1 if tally.wrong or lost else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
